//! Uploads: many files in one call, but no more than a megabyte of them.

use std::collections::BTreeMap;

use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderValue, Method};
use qv_domain::{Blob, FilePath, SandboxId};

use super::Core;
use super::config::UploadProgress;
use super::http::{Call, Repeat, under};
use super::inside::Use;
use crate::{FileWrite, Result, SandboxError};

/// The most bytes of files in one call; a larger file goes alone.
const BATCH_BYTES: usize = 1 << 20;
/// The most files in one call.
const BATCH_FILES: usize = 500;

impl Core {
    pub(super) async fn write(&self, id: SandboxId, files: &[FileWrite]) -> Result<()> {
        if files.is_empty() {
            return self.look(id).await.map(drop);
        }
        let written = self.write_all(id, files).await;
        match written {
            Err(error) => Err(self.explain(id, error).await),
            Ok(()) => Ok(()),
        }
    }

    async fn write_all(&self, id: SandboxId, files: &[FileWrite]) -> Result<()> {
        let remote = self.remote(id).await?;
        let project = self.project(&remote).await?;
        // Of a path that is named twice, the last is meant.
        let last: BTreeMap<&FilePath, Option<&Blob>> =
            files.iter().map(|file| (&file.path, file.content.as_ref())).collect();
        // Removed first, so that a file may take the place of a folder.
        let removed = last.iter().filter(|(_, content)| content.is_none());
        let mut ways: Vec<(Use, &FilePath)> =
            removed.map(|(path, _)| (Use::Remove, *path)).collect();
        let written: Vec<(&FilePath, &Blob)> =
            last.iter().filter_map(|(path, content)| Some((*path, (*content)?))).collect();
        ways.extend(written.iter().map(|(path, _)| (Use::Write, *path)));
        self.way(&remote, &ways).await?;
        let mut progress = UploadProgress {
            sandbox: id,
            files: 0,
            files_in_all: written.len(),
            bytes: 0,
            bytes_in_all: written.iter().map(|(_, content)| content.len() as u64).sum(),
            failed_tries: 0,
        };
        for batch in batches(&written) {
            let (kind, body) = form(batch, project, &self.api.nonce())?;
            let url = under(&remote.toolbox, &["files", "bulk-upload"]);
            let mut call = Call::new(Method::POST, url, Repeat::Safe);
            call.body = Some((kind, body));
            let mut failed = |tries| self.tell(UploadProgress { failed_tries: tries, ..progress });
            self.api.call_watched(call, &mut failed).await?;
            progress.files += batch.len();
            progress.bytes += batch.iter().map(|(_, content)| content.len() as u64).sum::<u64>();
            self.tell(progress);
        }
        Ok(())
    }

    fn tell(&self, progress: UploadProgress) {
        if let Some(hears) = &self.on_upload {
            (hears.0)(progress);
        }
    }
}

/// Neighbours that go in one call.
fn batches<'a, 'b>(
    mut files: &'a [(&'b FilePath, &'b Blob)],
) -> impl Iterator<Item = &'a [(&'b FilePath, &'b Blob)]> {
    std::iter::from_fn(move || {
        let (mut count, mut bytes) = (0, 0);
        for (_, content) in files.iter().take(BATCH_FILES) {
            bytes += content.len();
            if count > 0 && bytes > BATCH_BYTES {
                break;
            }
            count += 1;
        }
        let (batch, rest) = files.split_at(count);
        files = rest;
        (!batch.is_empty()).then_some(batch)
    })
}

/// A form whose parts are in the one order that the toolbox understands: where to, then what.
fn form(batch: &[(&FilePath, &Blob)], project: &str, nonce: &str) -> Result<(HeaderValue, Bytes)> {
    let boundary = format!("quickvibe-{nonce}");
    let mut body = BytesMut::new();
    for (at, (path, content)) in batch.iter().enumerate() {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"files[{at}].path\"\r\n\r\n\
             {project}/{path}\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"files[{at}].file\"; filename=\"{at}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            path = &***path,
        );
        body.reserve(head.len() + content.len() + 2);
        body.put_slice(head.as_bytes());
        body.put_slice(content);
        body.put_slice(b"\r\n");
    }
    body.put_slice(format!("--{boundary}--\r\n").as_bytes());
    let kind = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"))
        .map_err(|_| SandboxError::Transient {
            message: "the upload has no boundary".to_owned(),
        })?;
    Ok((kind, body.freeze()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(lengths: &[usize]) -> Vec<usize> {
        let path = FilePath::parse("a").unwrap();
        let blobs: Vec<Blob> = lengths.iter().map(|&length| vec![0; length].into()).collect();
        let files: Vec<_> = blobs.iter().map(|blob| (&path, blob)).collect();
        batches(&files).map(<[_]>::len).collect()
    }

    #[test]
    fn a_batch_has_a_megabyte_or_one_file() {
        assert_eq!(sizes(&[]), [0_usize; 0]);
        assert_eq!(sizes(&[BATCH_BYTES / 2, BATCH_BYTES / 2, 1]), [2, 1]);
        assert_eq!(sizes(&[5 * BATCH_BYTES, 1, 5 * BATCH_BYTES]), [1, 1, 1]);
        assert_eq!(sizes(&[0; 1_001]), [500, 500, 1]);
    }

    #[test]
    fn where_to_comes_before_what() {
        let (path, blob) = (FilePath::parse("src/a b.ts").unwrap(), Blob::from(*b"hi\r\n"));
        let (kind, body) = form(&[(&path, &blob)], "/w/project", "n0").unwrap();
        assert_eq!(kind, "multipart/form-data; boundary=quickvibe-n0");
        let text = std::str::from_utf8(&body).unwrap();
        assert_eq!(
            text,
            "--quickvibe-n0\r\nContent-Disposition: form-data; name=\"files[0].path\"\r\n\r\n\
             /w/project/src/a b.ts\r\n--quickvibe-n0\r\n\
             Content-Disposition: form-data; name=\"files[0].file\"; filename=\"0\"\r\n\
             Content-Type: application/octet-stream\r\n\r\nhi\r\n\r\n--quickvibe-n0--\r\n"
        );
    }
}

//! Reading and listing files.

use bytes::Bytes;
use qv_domain::{FilePath, SandboxId};

use super::Core;
use super::http::{Call, under};
use super::inside::Use;
use super::remote::Remote;
use super::wire::FileInfo;
use crate::{Entry, EntryKind, Result, SandboxError};

/// The most entries of a folder that are handed on.
const MOST_ENTRIES: usize = 10_000;

impl Core {
    pub(super) async fn read(&self, id: SandboxId, path: &FilePath, most: u64) -> Result<Bytes> {
        let remote = self.remote(id).await?;
        if let Err(error) = self.way(&remote, &[(Use::Read, path)]).await {
            return Err(self.about_path(id, error, "file").await);
        }
        let mut call = Call::get(self.file_url(&remote, &["files", "download"], Some(path)).await?);
        call.most = most;
        match self.api.call(call).await {
            Ok(answer) => Ok(answer.body),
            Err(error) => Err(self.about_path(id, error, "file").await),
        }
    }

    pub(super) async fn list(
        &self,
        id: SandboxId,
        folder: Option<&FilePath>,
    ) -> Result<Vec<Entry>> {
        let remote = self.remote(id).await?;
        if let Some(folder) = folder
            && let Err(error) = self.way(&remote, &[(Use::Read, folder)]).await
        {
            return Err(self.about_path(id, error, "folder").await);
        }
        let url = self.file_url(&remote, &["files"], folder).await?;
        let found: Option<Vec<FileInfo>> = match self.api.call(Call::get(url)).await {
            Ok(answer) => answer.json()?,
            Err(error) => return Err(self.about_path(id, error, "folder").await),
        };
        let mut entries: Vec<Entry> = found.unwrap_or_default().iter().filter_map(entry).collect();
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        entries.truncate(MOST_ENTRIES);
        Ok(entries)
    }

    async fn file_url(
        &self,
        remote: &Remote,
        parts: &[&str],
        path: Option<&FilePath>,
    ) -> Result<url::Url> {
        let project = match self.project(remote).await {
            Ok(project) => project,
            Err(error) => return Err(self.explain(remote.id, error).await),
        };
        let whole = match path {
            Some(path) => format!("{project}/{}", &**path),
            None => project.to_owned(),
        };
        let mut url = under(&remote.toolbox, parts);
        url.query_pairs_mut().append_pair("path", &whole);
        Ok(url)
    }

    /// What an error about a path means: the toolbox has one answer for many things.
    async fn about_path(
        &self,
        id: SandboxId,
        error: SandboxError,
        what: &'static str,
    ) -> SandboxError {
        match self.explain(id, error).await {
            SandboxError::NotFound { .. } if self.known.get(id).is_some() => {
                SandboxError::NotFound { what }
            }
            SandboxError::InvalidSpec { message } if is_other_kind(&message) => {
                SandboxError::NotFound { what }
            }
            error => error,
        }
    }
}

/// A folder where a file was asked for, or the other way round.
fn is_other_kind(message: &str) -> bool {
    let lower = message.to_lowercase();
    lower.contains("directory")
        || lower.contains("link stands in the way")
        || lower.contains("no such file")
        || lower.contains("not found")
}

fn entry(info: &FileInfo) -> Option<Entry> {
    let name = info.name.clone().filter(|name| !name.is_empty() && !name.contains('/'))?;
    // As `ls` writes it, but for links, which begin with a large letter.
    let kind = match (info.is_dir, info.mode.as_deref()) {
        (_, Some(mode)) if mode.starts_with(['L', 'l', 'p', 's', 'S']) => EntryKind::Other,
        (Some(true), _) => EntryKind::Folder,
        (_, Some(mode)) if mode.starts_with('d') => EntryKind::Folder,
        (_, Some(mode)) if !mode.starts_with('-') => EntryKind::Other,
        _ => EntryKind::File,
    };
    let size = info.size.filter(|_| kind == EntryKind::File);
    let bytes = size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
    Some(Entry { name, kind, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_entry_is() {
        let kind = |is_dir, mode: &str| {
            let info = FileInfo {
                name: Some("x".to_owned()),
                is_dir: Some(is_dir),
                mode: Some(mode.to_owned()),
                size: Some(5),
            };
            entry(&info).map(|entry| (entry.kind, entry.bytes))
        };
        assert_eq!(kind(false, "-rw-r--r--"), Some((EntryKind::File, 5)));
        assert_eq!(kind(true, "drwxr-xr-x"), Some((EntryKind::Folder, 0)));
        assert_eq!(kind(false, "Lrwxrwxrwx"), Some((EntryKind::Other, 0)));
        assert_eq!(kind(false, "prw-r--r--"), Some((EntryKind::Other, 0)));
        assert_eq!(entry(&FileInfo::default()), None);
        let escaping = FileInfo { name: Some("../x".to_owned()), ..FileInfo::default() };
        assert_eq!(entry(&escaping), None);
    }
}

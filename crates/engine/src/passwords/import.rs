//! Takes a list of breached passwords of any size in, sorted on disk.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Seek as _, Write};
use std::path::Path;

use sha1::{Digest as _, Sha1};

use super::breached::prefix;
use crate::{EngineError, Result};

/// The list in the data folder: `MAGIC`, then the first eight bytes of each SHA-1, in order.
pub(super) const FILE: &str = "breached-passwords";
pub(super) const MAGIC: &[u8; 8] = b"QVBREA01";
/// Rows that are sorted in memory at a time: 128 MB.
const RUN: usize = 16_000_000;
/// The longest line that is read; a hash with its count has 60 characters.
const LINE: u64 = 4_096;

/// What an import took in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportedPasswords {
    /// How many different ones.
    pub passwords: u64,
}

/// Puts the passwords of a file in place of the list that was there: one a line, as SHA-1 in hex (what follows a colon
/// is not looked at: the form of Pwned Passwords) or in clear. A running server uses it at once.
///
/// # Errors
/// When the file cannot be read or the list not be written; the list of before stays then.
pub fn import_breached(data_dir: &Path, source: &Path) -> Result<ImportedPasswords> {
    let fail = |what: &str, path: &Path| {
        let what = format!("cannot {what} {}", path.display());
        move |source| EngineError::Io { what, source }
    };
    let list = data_dir.join(FILE);
    let input = File::open(source).map_err(fail("read", source))?;
    let mut output = tempfile::NamedTempFile::new_in(data_dir).map_err(fail("make", &list))?;
    let runs = sorted_runs(BufReader::new(input), data_dir, RUN).map_err(fail("read", source))?;
    let passwords = merge(runs, output.as_file_mut()).map_err(fail("write", &list))?;
    output.as_file().sync_all().map_err(fail("write", &list))?;
    output.persist(&list).map_err(|lost| fail("write", &list)(lost.error))?;
    Ok(ImportedPasswords { passwords })
}

/// The rows in files of `run` rows, each sorted.
fn sorted_runs(mut input: impl BufRead, folder: &Path, run: usize) -> io::Result<Vec<File>> {
    let (mut runs, mut rows, mut line) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        line.clear();
        let read = (&mut input).take(LINE).read_until(b'\n', &mut line)?;
        if read > 0
            && let Some(row) = parse(&line)
        {
            rows.push(row);
        }
        if rows.len() == run || (read == 0 && !rows.is_empty()) {
            rows.sort_unstable();
            let mut file = BufWriter::new(tempfile::tempfile_in(folder)?);
            for row in rows.drain(..) {
                file.write_all(&row.to_be_bytes())?;
            }
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            runs.push(file);
        }
        if read == 0 {
            return Ok(runs);
        }
    }
}

/// One line's row; `None` for an empty one.
fn parse(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        return None;
    }
    let hash = line.split(|byte| *byte == b':').next().unwrap_or_default();
    if hash.len() == 40 && hash.iter().all(u8::is_ascii_hexdigit) {
        let first = std::str::from_utf8(&hash[..16]).ok()?;
        return u64::from_str_radix(first, 16).ok();
    }
    Some(prefix(&Sha1::digest(line).into()))
}

/// Writes the runs as one list, each row once; returns how many.
fn merge(runs: Vec<File>, output: &mut File) -> io::Result<u64> {
    let mut runs: Vec<BufReader<File>> = runs.into_iter().map(BufReader::new).collect();
    let mut next = BinaryHeap::new();
    for (at, run) in runs.iter_mut().enumerate() {
        if let Some(row) = read_row(run)? {
            next.push(Reverse((row, at)));
        }
    }
    let mut output = BufWriter::new(output);
    output.write_all(MAGIC)?;
    let (mut count, mut before) = (0, None);
    while let Some(Reverse((row, at))) = next.pop() {
        if before != Some(row) {
            output.write_all(&row.to_be_bytes())?;
            (count, before) = (count + 1, Some(row));
        }
        if let Some(run) = runs.get_mut(at)
            && let Some(row) = read_row(run)?
        {
            next.push(Reverse((row, at)));
        }
    }
    output.flush()?;
    Ok(count)
}

fn read_row(run: &mut BufReader<File>) -> io::Result<Option<u64>> {
    if run.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut bytes = [0; 8];
    run.read_exact(&mut bytes)?;
    Ok(Some(u64::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_merged_in_order_and_each_row_stays_once() {
        let folder = tempfile::tempdir().unwrap();
        let lines: String =
            (0..100).map(|n| format!("{:016x}{:024x}:1\n", (n * 37) % 50, n)).collect();
        let runs = sorted_runs(lines.as_bytes(), folder.path(), 7).unwrap();
        assert_eq!(runs.len(), 15);
        let path = folder.path().join("list");
        assert_eq!(merge(runs, &mut File::create(&path).unwrap()).unwrap(), 50);
        let bytes = std::fs::read(path).unwrap();
        let rows: Vec<u64> =
            bytes[8..].chunks(8).map(|row| u64::from_be_bytes(row.try_into().unwrap())).collect();
        assert_eq!(rows, (0..50).collect::<Vec<u64>>());
    }
}

//! The turns to replay.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::Fault;

/// One commit, as a turn.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Turn {
    pub(crate) id: String,
    pub(crate) repo: String,
    pub(crate) session: u32,
    pub(crate) turn: u32,
    pub(crate) commit: String,
    pub(crate) parent: String,
    pub(crate) subject: String,
    #[serde(default)]
    pub(crate) body: String,
    pub(crate) files: Vec<Change>,
}

/// A file that the commit changed.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Change {
    pub(crate) path: String,
    pub(crate) st: Kind,
    #[serde(default)]
    pub(crate) old: Option<String>,
    #[serde(default)]
    pub(crate) new: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Kind {
    #[serde(rename = "A")]
    Added,
    #[serde(rename = "M")]
    Modified,
    #[serde(rename = "D")]
    Deleted,
}

impl Turn {
    /// What the person asks.
    pub(crate) fn prompt(&self) -> String {
        if self.body.is_empty() {
            return self.subject.trim().to_owned();
        }
        format!("{}\n\n{}", self.subject, self.body).trim().to_owned()
    }

    /// The files that must be known to make the change: all but new ones.
    pub(crate) fn needed(&self) -> impl Iterator<Item = &Change> {
        self.files.iter().filter(|file| file.st != Kind::Added)
    }
}

/// The turns of all `.jsonl` files of a folder, by repository and session, in order.
pub(crate) fn load(folder: &Path) -> Result<Vec<Vec<Turn>>, Fault> {
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|source| Fault::File { path: path.into(), source })
    };
    let entries =
        fs::read_dir(folder).map_err(|source| Fault::File { path: folder.into(), source })?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    paths.sort();
    let mut turns: Vec<Turn> = Vec::new();
    for path in paths {
        for line in read(&path)?.lines().filter(|line| !line.trim().is_empty()) {
            let turn = serde_json::from_str(line)
                .map_err(|source| Fault::Corpus { path: path.clone(), source })?;
            turns.push(turn);
        }
    }
    turns.sort_by(|a, b| (&a.repo, a.session, a.turn).cmp(&(&b.repo, b.session, b.turn)));
    let sessions = turns.chunk_by(|a, b| a.repo == b.repo && a.session == b.session);
    Ok(sessions.map(<[Turn]>::to_vec).collect())
}

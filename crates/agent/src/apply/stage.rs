use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use qv_domain::{EditOp, FilePath, Limits};

use super::{Change, FileChange, FileContent, FileOp, StagedChange, guards};
use crate::EditFault;
use crate::matcher::{self, MatchFault};
use crate::protocol::EditBlock;

type Files = BTreeMap<FilePath, FileContent>;

/// The most bytes of files that one stage searches: 64 blocks in the largest file, thousands in
/// usual ones.
const SEARCHED_BYTES: usize = 64_000_000;

/// The most blocks of one edit that may miss: each climbs the whole ladder in vain.
const MISSED_BLOCKS: usize = 20;

/// The project with the edits of a turn that hold so far. Nothing is written until the changes are
/// taken with [`Stage::commit`].
#[derive(Debug, Clone)]
pub struct Stage {
    limits: Limits,
    /// The project as it is written.
    base: Files,
    /// The project as it will be.
    files: Files,
    bytes: u64,
    /// The edits that hold, as asked for.
    taken: Vec<Change>,
    staged: Vec<StagedChange>,
    /// Files that a person changed after the model had read them.
    stale: BTreeSet<FilePath>,
    /// Files that the model was not shown.
    unseen: BTreeSet<FilePath>,
    /// Files that may shrink, since the model was asked about it.
    confirmed: BTreeSet<FilePath>,
    searched: usize,
}

impl Stage {
    /// A stage over the project's files.
    #[must_use]
    pub fn new(files: Files, limits: Limits) -> Self {
        let bytes = files.values().map(FileContent::bytes).sum();
        Self {
            limits,
            base: files.clone(),
            files,
            bytes,
            taken: Vec::new(),
            staged: Vec::new(),
            stale: BTreeSet::new(),
            unseen: BTreeSet::new(),
            confirmed: BTreeSet::new(),
            searched: 0,
        }
    }

    /// The project as it will be.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The project as it is written.
    pub(crate) fn base(&self) -> &Files {
        &self.base
    }

    /// Whether any edit would change something.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.staged.is_empty()
    }

    /// The changes so far.
    #[must_use]
    pub fn staged(&self) -> &[StagedChange] {
        &self.staged
    }

    /// Applies one edit. Of an edit with several blocks those that fit are applied, and the others
    /// are the faults.
    ///
    /// # Errors
    /// Each [`EditFault`] says what does not hold; with any, the turn's changes are not to be
    /// committed.
    pub fn apply(&mut self, change: Change) -> Result<(), Vec<EditFault>> {
        let done = match &change {
            Change::Write { path, content } => self.write(path, content),
            Change::Replace { path, blocks } => return self.replace(path, blocks),
            Change::Delete { path } => self.delete(path),
            Change::Rename { from, to } => self.rename(from, to),
        };
        done.map_err(|fault| vec![fault])?;
        self.taken.push(change);
        Ok(())
    }

    /// A person changed a file (`None`: removed it). The edits that hold so far are applied anew;
    /// those that no longer do are the faults.
    pub fn change_by_hand(
        &mut self,
        path: FilePath,
        content: Option<FileContent>,
    ) -> Vec<EditFault> {
        self.stale.insert(path.clone());
        match content {
            Some(content) => self.base.insert(path, content),
            None => self.base.remove(&path),
        };
        let taken = std::mem::take(&mut self.taken);
        self.discard();
        taken.into_iter().filter_map(|change| self.apply(change).err()).flatten().collect()
    }

    /// A program changed a file, and it is written already (`None`: it is gone). The model has not seen it so. Only
    /// between steps, when no edit waits.
    pub fn change_by_tool(&mut self, path: FilePath, content: Option<FileContent>) {
        match content {
            Some(content) => {
                self.unseen.insert(path.clone());
                self.base.insert(path, content);
            }
            None => {
                self.base.remove(&path);
            }
        }
        self.discard();
    }

    /// The model is shown only these files: others may not be written over.
    #[must_use]
    pub fn seen_only(mut self, seen: &[FilePath]) -> Self {
        self.unseen = self.files.keys().filter(|path| !seen.contains(path)).cloned().collect();
        self
    }

    /// The model is shown this file as it will be.
    pub fn shown(&mut self, path: &FilePath) {
        self.stale.remove(path);
        self.unseen.remove(path);
    }

    /// The model is asked whether this file shall shrink so; the next time it may.
    pub fn confirm(&mut self, path: &FilePath) {
        self.confirmed.insert(path.clone());
    }

    /// Gives the changes, numbered, and takes them as written.
    pub fn commit(&mut self) -> Vec<FileChange> {
        self.base = self.files.clone();
        self.taken.clear();
        self.searched = 0;
        let staged = std::mem::take(&mut self.staged);
        (0..).zip(staged).map(|(index, staged)| FileChange { index, op: staged.op }).collect()
    }

    /// Makes the written project what it was before, all of it, and gives the changes that do so; what waits is
    /// forgotten. Files go before others come, so that no two of them clash.
    pub(crate) fn take_back(&mut self, before: &Files) -> Vec<FileChange> {
        let gone = self.base.keys().filter(|path| !before.contains_key(*path));
        let gone = gone.map(|path| FileOp::Delete { path: path.clone() });
        let differs =
            |(path, content): &(&FilePath, &FileContent)| self.base.get(*path) != Some(*content);
        let back = before.iter().filter(differs).map(|(path, content)| match content {
            FileContent::Text(text) => {
                FileOp::Write { path: path.clone(), content: Arc::clone(text) }
            }
            FileContent::Binary(_) => FileOp::Restore { path: path.clone() },
        });
        let ops: Vec<FileOp> = gone.chain(back).collect();
        self.base.clone_from(before);
        self.discard();
        (0..).zip(ops).map(|(index, op)| FileChange { index, op }).collect()
    }

    /// Forgets the changes.
    pub fn discard(&mut self) {
        self.files = self.base.clone();
        self.bytes = self.files.values().map(FileContent::bytes).sum();
        self.taken.clear();
        self.staged.clear();
    }

    fn write(&mut self, path: &FilePath, content: &str) -> Result<(), EditFault> {
        let old = self.files.get(path);
        if self.stale.contains(path) {
            return Err(EditFault::ChangedByHand { path: path.to_string() });
        }
        if self.unseen.contains(path) && old.is_some() {
            return Err(EditFault::Unseen { path: path.to_string() });
        }
        let old = match old {
            Some(FileContent::Binary(_)) => {
                return Err(EditFault::Binary { path: path.to_string() });
            }
            Some(FileContent::Text(text)) => Some(Arc::clone(text)),
            None => None,
        };
        let keeps_crlf = old.as_ref().is_some_and(|old| old.contains("\r\n"));
        let content: Arc<str> =
            if keeps_crlf { content.replace('\n', "\r\n").into() } else { content.into() };
        let (added, removed) = changed_lines(old.as_deref().unwrap_or_default(), &content);
        self.put(path, old.as_ref(), content, EditOp::Write, (added, removed))
    }

    fn replace(&mut self, path: &FilePath, blocks: &[EditBlock]) -> Result<(), Vec<EditFault>> {
        let name = || path.to_string();
        let old = match self.files.get(path) {
            Some(FileContent::Text(text)) => Arc::clone(text),
            Some(FileContent::Binary(_)) => return Err(vec![EditFault::Binary { path: name() }]),
            None => return self.make_by_edit(path, blocks).map_err(|fault| vec![fault]),
        };
        let (mut text, mut lines) = (old.to_string(), (0, 0));
        let (mut done, mut faults) = (Vec::new(), Vec::new());
        for block in blocks {
            self.searched = self.searched.saturating_add(text.len());
            if self.searched > SEARCHED_BYTES || faults.len() >= MISSED_BLOCKS {
                faults.push(EditFault::TooManyBlocks { path: name() });
                break;
            }
            match matcher::replace(&text, block) {
                Ok(matched) => {
                    text = matched.text;
                    lines = (lines.0 + matched.added, lines.1 + matched.removed);
                    done.push(block.clone());
                }
                Err(fault) => faults.push(match fault {
                    MatchFault::NotFound { similar } => {
                        EditFault::NotFound { path: name(), block: block.clone(), similar }
                    }
                    MatchFault::Ambiguous { lines } => {
                        EditFault::Ambiguous { path: name(), block: block.clone(), lines }
                    }
                    MatchFault::EmptySearch => EditFault::EmptySearch { path: name() },
                }),
            }
        }
        self.put(path, Some(&old), text.into(), EditOp::Replace, lines)
            .map_err(|fault| vec![fault])?;
        self.taken.push(Change::Replace { path: path.clone(), blocks: done });
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// An edit that searches nothing in a file that is not there makes the file.
    fn make_by_edit(&mut self, path: &FilePath, blocks: &[EditBlock]) -> Result<(), EditFault> {
        match blocks {
            [block] if block.search.trim().is_empty() => {
                self.write(path, &block.replace)?;
                let blocks = blocks.to_vec();
                self.taken.push(Change::Replace { path: path.clone(), blocks });
                Ok(())
            }
            _ => Err(EditFault::Missing { path: path.to_string() }),
        }
    }

    fn delete(&mut self, path: &FilePath) -> Result<(), EditFault> {
        if self.stale.contains(path) {
            return Err(EditFault::ChangedByHand { path: path.to_string() });
        }
        let Some(old) = self.files.remove(path) else { return Ok(()) };
        self.bytes -= old.bytes();
        let removed = line_count(old.as_text().unwrap_or_default());
        let op = FileOp::Delete { path: path.clone() };
        self.staged.push(StagedChange { op, edit: EditOp::Delete, added: 0, removed });
        Ok(())
    }

    fn rename(&mut self, from: &FilePath, to: &FilePath) -> Result<(), EditFault> {
        if from == to {
            return Ok(());
        }
        match (self.files.contains_key(from), self.files.contains_key(to)) {
            (true, false) if self.stale.contains(from) => {
                return Err(EditFault::ChangedByHand { path: from.to_string() });
            }
            (true, false) => {}
            (true, true) => return Err(EditFault::Exists { path: to.to_string() }),
            (false, true) => return Ok(()),
            (false, false) => return Err(EditFault::Missing { path: from.to_string() }),
        }
        self.check_place(to, Some(from))?;
        let Some(content) = self.files.remove(from) else { return Ok(()) };
        self.files.insert(to.clone(), content);
        let op = FileOp::Rename { from: from.clone(), to: to.clone() };
        self.staged.push(StagedChange { op, edit: EditOp::Rename, added: 0, removed: 0 });
        Ok(())
    }

    fn put(
        &mut self,
        path: &FilePath,
        old: Option<&Arc<str>>,
        new: Arc<str>,
        edit: EditOp,
        (added, removed): (u32, u32),
    ) -> Result<(), EditFault> {
        if old == Some(&new) {
            return Ok(());
        }
        guards::check(path, old.map(|old| &**old), &new, self.confirmed.contains(path))?;
        let bytes = new.len() as u64;
        if bytes > self.limits.file_bytes {
            let limit = self.limits.file_bytes;
            return Err(EditFault::TooLarge { path: path.to_string(), bytes, limit });
        }
        let total = self.bytes - old.map_or(0, |old| old.len() as u64) + bytes;
        let count = self.files.len() + usize::from(old.is_none());
        if total > self.limits.project_bytes || count > self.limits.project_files as usize {
            let (files, bytes) = (self.limits.project_files, self.limits.project_bytes);
            return Err(EditFault::ProjectFull { path: path.to_string(), files, bytes });
        }
        if old.is_none() {
            self.check_place(path, None)?;
        }
        self.bytes = total;
        self.files.insert(path.clone(), FileContent::Text(Arc::clone(&new)));
        self.record(path, new, edit, (added, removed));
        Ok(())
    }

    /// A later write of the same file takes the place of the earlier one.
    fn record(&mut self, path: &FilePath, content: Arc<str>, edit: EditOp, lines: (u32, u32)) {
        let op = FileOp::Write { path: path.clone(), content };
        if let Some(last) = self.staged.iter_mut().rev().find(|staged| staged.op.touches(path))
            && matches!(last.op, FileOp::Write { .. })
        {
            last.op = op;
            if edit == EditOp::Write {
                (last.edit, last.added, last.removed) = (edit, lines.0, lines.1);
            } else {
                last.added += lines.0;
                last.removed += lines.1;
            }
            return;
        }
        self.staged.push(StagedChange { op, edit, added: lines.0, removed: lines.1 });
    }

    /// A new path may differ from the others by more than case, and is no folder of theirs.
    fn check_place(&self, path: &FilePath, except: Option<&FilePath>) -> Result<(), EditFault> {
        let lower = path.to_lowercase();
        let inside = |outer: &str, inner: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        for other in self.files.keys().filter(|other| Some(*other) != except) {
            let theirs = other.to_lowercase();
            if inside(&lower, &theirs) || inside(&theirs, &lower) {
                let (path, with) = (path.to_string(), other.to_string());
                return Err(EditFault::Clashes { path, with });
            }
        }
        Ok(())
    }
}

fn line_count(text: &str) -> u32 {
    u32::try_from(text.lines().count()).unwrap_or(u32::MAX)
}

/// Lines new and gone when a text is written anew: without those that both have at their ends.
fn changed_lines(old: &str, new: &str) -> (u32, u32) {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev());
    let same = head + tail.take_while(|(a, b)| a == b).count();
    let size = |lines: &[&str]| u32::try_from(lines.len() - same).unwrap_or(u32::MAX);
    (size(&new), size(&old))
}

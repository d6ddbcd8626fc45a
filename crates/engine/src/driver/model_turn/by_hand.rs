//! What becomes of a step's changes where people changed the same files while the agent worked on them: what touches
//! other lines is made beside theirs, what meets theirs is kept as a suggestion. Nothing that a person wrote is
//! overwritten unseen, and the turn goes on.

use std::collections::BTreeMap;

use qv_agent::{FileChange, FileOp, Input};
use qv_domain::{Blob, BlobHash, FilePath, SuggestionId, SuggestionState};
use qv_store::{self as store, blob_hash};
use qv_wire::EventData;

use super::Turn;
use super::changes::paths;
use crate::driver::Run;
use crate::driver::journal::Heard;
use crate::merge::merge;
use crate::{EngineError, Result};

/// Files by path with the names of their contents; `None` where one is not there.
pub(super) type Present = BTreeMap<FilePath, Option<BlobHash>>;

/// A step's changes as they can be made.
#[derive(Debug, Default)]
pub(super) struct Reconciled {
    /// By the numbers that the machine gave them; `None` for one that is not made.
    pub(super) changes: Vec<(u32, Option<store::FileChange>)>,
    suggestions: BTreeMap<FilePath, Left>,
    /// Files that are now other than the agent thinks.
    pub(super) by_hand: Vec<FilePath>,
}

/// A change that is left out.
#[derive(Debug)]
struct Left {
    base: Option<Blob>,
    wanted: Option<Blob>,
    reason: String,
}

/// One file: what the agent began from, and what it is now.
struct Meeting {
    base: Option<Blob>,
    now: Option<Blob>,
}

impl Turn<'_> {
    /// Lets the machine hear what people did to files.
    pub(super) async fn hear_hand_edits(&mut self, paths: &[FilePath]) -> Result<()> {
        let files = self.run.files_now(paths).await?;
        paths.iter().for_each(|path| self.began_by_hand(path));
        let hashes = paths.iter().map(|path| (path.clone(), self.run.known.get(path).copied()));
        let heard = Heard::ByHand(hashes.collect());
        self.hear(heard, Input::FilesChangedByHand(files));
        Ok(())
    }

    /// What a person wrote is what the file goes back to, should the turn's changes be taken back.
    pub(super) fn began_by_hand(&mut self, path: &FilePath) {
        match self.run.known.get(path) {
            Some(hash) => self.began.insert(path.clone(), *hash),
            None => self.began.remove(path),
        };
    }
}

impl Run {
    /// The files that changes are about, as they are now.
    pub(super) async fn present(
        &self,
        conn: &mut store::Conn,
        changes: &[FileChange],
    ) -> Result<Present> {
        let mut present = Present::new();
        for path in changes.iter().flat_map(|change| paths(&change.op)) {
            let meta = conn.file_meta(self.project.id, path).await?;
            present.insert(path.clone(), meta.map(|meta| meta.hash));
        }
        Ok(present)
    }

    /// Brings changes, and each as the store makes it, together with what people did to the same files.
    pub(super) async fn reconcile(
        &self,
        changes: &[FileChange],
        stored: &[store::FileChange],
        present: &Present,
    ) -> Result<Reconciled> {
        let mut done = Reconciled::default();
        // Where a file that is moved in this step was before.
        let mut moved: BTreeMap<&FilePath, &FilePath> = BTreeMap::new();
        for (change, stored) in changes.iter().zip(stored) {
            let op = match &change.op {
                FileOp::Write { path, content } => {
                    match self.meeting(origin(&moved, path), present).await? {
                        None => Some(stored.clone()),
                        Some(meeting) => {
                            done.by_hand.push(path.clone());
                            done.write(path, content, meeting).await?
                        }
                    }
                }
                FileOp::Delete { path } => match self.meeting(origin(&moved, path), present).await?
                {
                    None => Some(stored.clone()),
                    Some(meeting) => {
                        done.by_hand.push(path.clone());
                        if let Some(now) = meeting.now {
                            let reason = "You changed it while the agent was about to remove it.";
                            done.leave(path, Some(now), None, reason);
                        }
                        None
                    }
                },
                // A file that is not text goes back to what it was, unless it is a person's by now.
                FileOp::Restore { path } => match self.meeting(path, present).await? {
                    None => Some(stored.clone()),
                    Some(_) => {
                        done.by_hand.push(path.clone());
                        None
                    }
                },
                FileOp::Rename { from, to } => {
                    let before = origin(&moved, from);
                    let from_meets = self.meeting(before, present).await?;
                    let to_meets = self.meeting(to, present).await?;
                    if to_meets.is_none() {
                        // Otherwise a person's own file is at `to`: what is written there later must meet it.
                        moved.insert(to, before);
                    }
                    if from_meets.is_some() || to_meets.is_some() {
                        done.by_hand.extend([from.clone(), to.clone()]);
                    }
                    let is_gone = from_meets.is_some_and(|meeting| meeting.now.is_none());
                    // What a person wrote moves along; where one of the two is not what it was, nothing moves.
                    (!is_gone && to_meets.is_none()).then(|| stored.clone())
                }
            };
            done.changes.push((change.index, op));
        }
        Ok(done)
    }

    /// What a file was and is, where somebody changed it meanwhile.
    async fn meeting(&self, path: &FilePath, present: &Present) -> Result<Option<Meeting>> {
        let (known, now) = (self.known.get(path).copied(), present.get(path).copied().flatten());
        if known == now {
            return Ok(None);
        }
        let mut conn = self.engine.db.read().await?;
        let mut contents = conn.blobs(&known.into_iter().chain(now).collect::<Vec<_>>()).await?;
        let base = known.and_then(|hash| contents.get(&hash).cloned());
        let now = match now {
            None => None,
            Some(hash) => Some(contents.remove(&hash).ok_or_else(|| {
                EngineError::Internal(format!("the contents of {path} are gone"))
            })?),
        };
        Ok(Some(Meeting { base, now }))
    }

    /// Keeps what is left out, with its event.
    pub(super) async fn suggest(&mut self, tx: &mut store::Tx, left: Reconciled) -> Result<()> {
        let engine = self.engine.clone();
        let now = engine.env.now();
        for (path, Left { base, wanted, reason }) in left.suggestions {
            let contents: Vec<Blob> = base.iter().chain(&wanted).cloned().collect();
            tx.put_blobs(&contents, now).await?;
            let suggestion = store::Suggestion {
                id: SuggestionId::generate(&*engine.env),
                project_id: self.project.id,
                generation_id: self.generation.id,
                path: path.clone(),
                base: base.as_deref().map(blob_hash),
                wanted: wanted.as_deref().map(blob_hash),
                state: SuggestionState::Open,
                at: now,
            };
            tx.insert_suggestion(&suggestion).await?;
            self.recorder.push(EventData::Suggested { path, reason });
        }
        Ok(())
    }
}

/// Where a file was before this step moved it.
fn origin<'a>(moved: &BTreeMap<&'a FilePath, &'a FilePath>, path: &'a FilePath) -> &'a FilePath {
    moved.get(path).copied().unwrap_or(path)
}

impl Reconciled {
    /// Brings a written file together with what it is now; gives what is to be written, if anything is.
    async fn write(
        &mut self,
        path: &FilePath,
        content: &str,
        met: Meeting,
    ) -> Result<Option<store::FileChange>> {
        let wanted: Blob = content.as_bytes().into();
        let Some(now) = met.now else {
            let reason = "You removed it while the agent worked on it.";
            self.leave(path, None, Some(wanted), reason);
            return Ok(None);
        };
        let text = |blob: &Blob| std::str::from_utf8(blob).ok().map(str::to_owned);
        // Without its base, or where it was no file, everything in it is both a person's and the agent's.
        let base = met.base.as_ref().and_then(text).unwrap_or_default();
        let Some(present) = text(&now) else {
            let reason = "You put another file in its place while the agent worked on it.";
            self.leave(path, Some(now), Some(wanted), reason);
            return Ok(None);
        };
        let content = content.to_owned();
        let merged = tokio::task::spawn_blocking(move || {
            let merged = merge(&base, &present, &content);
            let differs = merged.text != present;
            (merged, differs)
        });
        let (merged, differs) = merged
            .await
            .map_err(|error| EngineError::Internal(format!("comparing stopped: {error}")))?;
        let made: Blob = merged.text.into_bytes().into();
        if let Some(wanted) = merged.wanted {
            let reason = "You changed the same lines while the agent worked on them.";
            self.leave(path, Some(made.clone()), Some(wanted.into_bytes().into()), reason);
        }
        let path = path.clone();
        Ok(differs.then_some(store::FileChange::Write { path, content: made }))
    }

    fn leave(&mut self, path: &FilePath, base: Option<Blob>, wanted: Option<Blob>, reason: &str) {
        let left = Left { base, wanted, reason: reason.to_owned() };
        self.suggestions.insert(path.clone(), left);
    }
}

//! A step's changes of files, written once, and the look at what they lead to.

use std::collections::BTreeMap;

use qv_agent::{FileChange, FileOp};
use qv_domain::{BlobHash, FilePath, SmokeCheck};
use qv_store as store;
use qv_wire::EventData;

use super::{Found, Turn};
use crate::driver::translate;
use crate::{EngineError, Result};

/// So often changes are brought together with those of people who go on changing the same files.
const MOST_TRIES: u32 = 5;

impl Turn<'_> {
    /// Looks for what is wrong with the app, to be heard next.
    pub(super) async fn check(&mut self) -> Result<()> {
        self.run.recorder.flush().await?;
        // An app with a machine may take minutes to start: whoever stops the turn need not wait for it.
        let (signals, out_of_time) = (&self.run.signals, self.run.out_of_time());
        let checked = tokio::select! {
            biased;
            () = signals.lost.cancelled() => return Ok(()),
            () = signals.cancel.cancelled() => return Ok(()),
            () = tokio::time::sleep_until(out_of_time) => return Ok(()),
            checked = self.run.engine.check(self.run.project.id) => checked?,
        };
        let mut report = translate::check_report(&checked);
        translate::checked(&checked).into_iter().for_each(|event| self.run.recorder.push(event));
        self.run.note_report(&report);
        if report.diagnostics.is_empty() {
            self.run.recorder.push(EventData::PreviewReady {});
        }
        self.run.load_picture(&mut report).await?;
        self.found = Some(Found::Report(report));
        Ok(())
    }

    /// Carries out the tester's checks, to be heard next.
    pub(super) async fn try_smoke(&mut self, checks: Vec<(FilePath, SmokeCheck)>) -> Result<()> {
        self.run.recorder.flush().await?;
        let (count, signals) = (checks.len(), &self.run.signals);
        let out_of_time = self.run.out_of_time();
        let tried = tokio::select! {
            biased;
            () = signals.lost.cancelled() => return Ok(()),
            () = signals.cancel.cancelled() => return Ok(()),
            () = tokio::time::sleep_until(out_of_time) => return Ok(()),
            tried = self.run.engine.try_smoke(self.run.project.id, checks) => tried?,
        };
        let kept = tried.iter().filter(|result| result.ok).count();
        tracing::info!(generation = %self.run.generation.id, count, kept, "smoke checks were tried");
        self.found = Some(Found::Tried(translate::smoke(&tried)));
        Ok(())
    }

    /// A change as the store makes it.
    async fn stored(&self, op: &FileOp) -> Result<store::FileChange> {
        Ok(match op {
            FileOp::Write { path, content } => {
                store::FileChange::Write { path: path.clone(), content: content.as_bytes().into() }
            }
            FileOp::Delete { path } => store::FileChange::Delete { path: path.clone() },
            FileOp::Rename { from, to } => {
                store::FileChange::Rename { from: from.clone(), to: to.clone() }
            }
            FileOp::Restore { path } => {
                let gone = || EngineError::Internal(format!("the contents of {path} are gone"));
                let hash = self.began.get(path).ok_or_else(gone)?;
                let content = self.run.engine.db.read().await?.blob(hash).await?;
                store::FileChange::Write { path: path.clone(), content: content.ok_or_else(gone)? }
            }
        })
    }

    /// Writes a step's changes with the events that tell of them, each change once. Where people changed the same files
    /// meanwhile, what fits is made and the rest becomes suggestions ([`super::by_hand`]). Gives a path where they went
    /// on changing it all the while: then nothing is written.
    pub(super) async fn commit(
        &mut self,
        step: u32,
        changes: &[FileChange],
    ) -> Result<Option<FilePath>> {
        let done = self.progress();
        let mut all = Vec::with_capacity(changes.len());
        for change in changes {
            all.push(self.stored(&change.op).await?);
        }
        let run = &mut *self.run;
        let engine = run.engine.clone();
        let project = run.project.id;
        let mut tries = 0;
        let (mut tx, reconciled) = loop {
            let present = run.present(&mut *engine.db.read().await?, changes).await?;
            // Comparing texts takes a while, so it is done before anybody is kept waiting.
            let reconciled = run.reconcile(changes, &all, &present).await?;
            let mut tx = engine.db.begin().await?;
            tx.hold(&run.fence).await?;
            // From here on nobody else changes the project's files.
            tx.hold_project(project, engine.env.now()).await?;
            let held = run.present(&mut tx, changes).await?;
            if held == present {
                break (tx, reconciled);
            }
            tries += 1;
            if tries == MOST_TRIES {
                let differs = held.into_iter().find(|(path, now)| present.get(path) != Some(now));
                return Ok(differs.map(|(path, _)| path));
            }
        };
        let now = engine.env.now();
        let mut fresh = Vec::new();
        for (index, change) in &reconciled.changes {
            if tx.mark_edit_applied(&run.fence, step, *index).await? {
                fresh.extend(change.clone());
            }
        }
        tx.apply_changes(project, &fresh, &engine.config.limits, now).await?;
        let written: BTreeMap<FilePath, BlobHash> =
            tx.files(project).await?.into_iter().map(|meta| (meta.path, meta.hash)).collect();
        // The machine hears of these as soon as it hears anything.
        self.changed_by_hand.extend(reconciled.by_hand.iter().cloned());
        run.suggest(&mut tx, reconciled).await?;
        run.recorder.progress(done);
        let appended = run.recorder.append_to(&mut tx).await?;
        tx.commit().await?;
        for path in changes.iter().flat_map(|change| paths(&change.op)) {
            match written.get(path) {
                Some(hash) => run.known.insert(path.clone(), *hash),
                None => run.known.remove(path),
            };
        }
        run.recorder.written(appended);
        run.changed |= !fresh.is_empty();
        engine.files_changed(project, &[]).await?;
        Ok(None)
    }
}

/// The files that a change is about.
pub(super) fn paths(op: &FileOp) -> Vec<&FilePath> {
    match op {
        FileOp::Write { path, .. } | FileOp::Delete { path } | FileOp::Restore { path } => {
            vec![path]
        }
        FileOp::Rename { from, to } => vec![from, to],
    }
}

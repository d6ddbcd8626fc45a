//! A step's changes of files, written once, and the look at what they lead to.

use std::collections::BTreeMap;

use qv_agent::{FileChange, FileOp};
use qv_domain::{BlobHash, FilePath};
use qv_store as store;

use qv_wire::EventData;

use super::Turn;
use crate::Result;
use crate::driver::translate;

impl Turn<'_> {
    /// Looks for what is wrong with the app, to be heard next.
    pub(super) async fn check(&mut self) -> Result<()> {
        self.run.recorder.flush().await?;
        // An app with a machine may take minutes to start: whoever stops the turn need not wait for it.
        let signals = &self.run.signals;
        let found = tokio::select! {
            biased;
            () = signals.lost.cancelled() => return Ok(()),
            () = signals.cancel.cancelled() => return Ok(()),
            found = self.run.engine.check(self.run.project.id) => found?,
        };
        let found: Vec<_> = found.found.into_iter().flat_map(|(_, found)| found).collect();
        let report = translate::check_report(&found);
        if report.ok() {
            self.run.recorder.push(EventData::PreviewReady {});
        }
        self.report = Some(report);
        Ok(())
    }

    /// Writes a step's changes with the events that tell of them, each change once. Nothing is written when a
    /// file is no longer what the agent knows of it: then its path is given back.
    pub(super) async fn commit(
        &mut self,
        step: u32,
        changes: &[FileChange],
    ) -> Result<Option<FilePath>> {
        let done = self.progress();
        let run = &mut *self.run;
        let engine = run.engine.clone();
        let (project, now) = (run.project.id, engine.env.now());
        let mut tx = engine.db.begin().await?;
        tx.hold(&run.fence).await?;
        // From here on nobody else changes the project's files.
        tx.hold_project(project, now).await?;
        let mut fresh = Vec::new();
        for change in changes {
            for path in paths(&change.op) {
                let present = tx.file_meta(project, path).await?.map(|meta| meta.hash);
                if present != run.known.get(path).copied() {
                    return Ok(Some(path.clone()));
                }
            }
            if tx.mark_edit_applied(&run.fence, step, change.index).await? {
                fresh.push(store_change(&change.op));
            }
        }
        tx.apply_changes(project, &fresh, &engine.config.limits, now).await?;
        let written: BTreeMap<FilePath, BlobHash> =
            tx.files(project).await?.into_iter().map(|meta| (meta.path, meta.hash)).collect();
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
        run.changed = true;
        engine.files_changed(project, &[]).await?;
        Ok(None)
    }
}

/// The files that a change is about.
fn paths(op: &FileOp) -> Vec<&FilePath> {
    match op {
        FileOp::Write { path, .. } | FileOp::Delete { path } => vec![path],
        FileOp::Rename { from, to } => vec![from, to],
    }
}

fn store_change(op: &FileOp) -> store::FileChange {
    match op {
        FileOp::Write { path, content } => {
            store::FileChange::Write { path: path.clone(), content: content.as_bytes().into() }
        }
        FileOp::Delete { path } => store::FileChange::Delete { path: path.clone() },
        FileOp::Rename { from, to } => {
            store::FileChange::Rename { from: from.clone(), to: to.clone() }
        }
    }
}

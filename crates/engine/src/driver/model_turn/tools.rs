//! What a turn runs in its project's machine, and what it asks people about.

use std::time::Duration;

use qv_agent::{FileContent, Input, ToolCall, ToolOutcome};
use qv_domain::{BlobHash, EngineKind, FilePath};
use qv_store as store;
use qv_wire::EventData;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::Turn;
use crate::Result;
use crate::driver::context::content_of;
use crate::driver::journal::Heard;
use crate::sandboxes::{ChangedFile, Ran};

/// How long a person may take to answer; then it is a no.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// How much of a run's output is in the log; all of it is in the machine's.
const LOGGED: usize = 64 * 1024;
/// Changes of runs are numbered beside those of steps, of which there are fewer than this.
const STEPS: u32 = 1 << 20;

/// A run under way.
pub(super) struct Tool {
    id: u32,
    output: mpsc::Receiver<String>,
    done: tokio::sync::oneshot::Receiver<Ran>,
    logged: usize,
    task: AbortHandle,
}

impl Drop for Tool {
    fn drop(&mut self) {
        // With it goes the run itself.
        self.task.abort();
    }
}

/// A question to people.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    id: u32,
    until: Instant,
}

/// What happened with a run.
pub(super) enum ToolEvent {
    Output(String),
    Done(Ran),
    /// Its task is gone.
    Lost,
}

/// What happens next with the run under way; waits for ever when there is none.
pub(super) async fn next(tool: &mut Option<Tool>) -> ToolEvent {
    let Some(tool) = tool else { return std::future::pending().await };
    // Output first: the end comes after all of it.
    if let Some(text) = tool.output.recv().await {
        return ToolEvent::Output(text);
    }
    match (&mut tool.done).await {
        Ok(ran) => ToolEvent::Done(ran),
        Err(_) => ToolEvent::Lost,
    }
}

/// Waits until a question has had its time; for ever when there is none.
pub(super) async fn patience(question: Option<Question>) {
    match question {
        Some(question) => tokio::time::sleep_until(question.until).await,
        None => std::future::pending().await,
    }
}

impl Turn<'_> {
    /// Begins a run.
    pub(super) async fn run_tool(&mut self, id: u32, call: ToolCall) -> Result<()> {
        // It is in the log, and counted as begun, before it begins: a crash must not begin it twice.
        let done = self.progress();
        self.run.recorder.progress(done);
        self.run.recorder.flush().await?;
        if let Some((engine, reason)) = self.where_it_runs().await? {
            self.run.recorder.push(EventData::SandboxDecided { engine, reason });
        }
        let (engine, project) = (self.run.engine.clone(), self.run.project.clone());
        let (sender, output) = mpsc::channel(64);
        let (finished, done) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(async move {
            let ran = engine.run_tool(&project, &call, &sender).await;
            drop(sender);
            let _ = finished.send(ran);
        });
        self.tool = Some(Tool { id, output, done, logged: 0, task: task.abort_handle() });
        Ok(())
    }

    /// Where runs of this turn happen, said once.
    async fn where_it_runs(&mut self) -> Result<Option<(EngineKind, String)>> {
        if std::mem::replace(&mut self.told_where, true) {
            return Ok(None);
        }
        self.run.engine.work_decision(&self.run.project).await
    }

    pub(super) async fn hear_tool(&mut self, event: ToolEvent) -> Result<()> {
        let Some(tool) = &mut self.tool else { return Ok(()) };
        let id = tool.id;
        match event {
            ToolEvent::Output(text) => {
                let room = LOGGED.saturating_sub(tool.logged);
                let text = &text[..text.floor_char_boundary(room)];
                if !text.is_empty() {
                    tool.logged += text.len();
                    let text = text.to_owned();
                    self.run.recorder.push(EventData::ToolOutput { id, text });
                }
            }
            ToolEvent::Done(ran) => {
                self.tool = None;
                let files = self.take_over(id, ran.changed).await?;
                let hashes = files.iter().map(|(path, hash, _)| (path.clone(), *hash)).collect();
                let duration_ms = u64::try_from(ran.took.as_millis()).unwrap_or(u64::MAX);
                let heard = Heard::ToolDone {
                    id,
                    exit: ran.exit,
                    output: ran.output.clone(),
                    duration_ms,
                    files: hashes,
                };
                let files = files.into_iter().map(|(path, _, content)| (path, Some(content)));
                let outcome = ToolOutcome {
                    exit: ran.exit,
                    output: ran.output,
                    duration_ms,
                    files: files.collect(),
                };
                self.hear(heard, Input::ToolDone { id, outcome });
            }
            ToolEvent::Lost => {
                self.tool = None;
                self.hear(Heard::Resumed, Input::Resumed);
            }
        }
        Ok(())
    }

    /// Writes what a run has changed into the project. What somebody else changed meanwhile stays as they left it.
    async fn take_over(
        &mut self,
        id: u32,
        changed: Vec<ChangedFile>,
    ) -> Result<Vec<(FilePath, BlobHash, FileContent)>> {
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let run = &mut *self.run;
        let engine = run.engine.clone();
        let (project, now) = (run.project.id, engine.env.now());
        let mut tx = engine.db.begin().await?;
        tx.hold(&run.fence).await?;
        tx.hold_project(project, now).await?;
        let mut taken = Vec::new();
        let mut changes = Vec::new();
        for (index, ChangedFile { path, before, content }) in (0..).zip(changed) {
            let present = tx.file_meta(project, &path).await?.map(|meta| meta.hash);
            // The run has changed what it began from: not what somebody has written since.
            if present != Some(before) || present != run.known.get(&path).copied() {
                continue;
            }
            if tx.mark_edit_applied(&run.fence, STEPS + id, index).await? {
                let hash = store::blob_hash(&content);
                taken.push((path.clone(), hash, content_of(&content)));
                changes.push(store::FileChange::Write { path, content });
            }
        }
        tx.apply_changes(project, &changes, &engine.config.limits, now).await?;
        tx.commit().await?;
        for (path, hash, _) in &taken {
            run.known.insert(path.clone(), *hash);
        }
        if !taken.is_empty() {
            run.changed = true;
            engine.files_changed(project, &[]).await?;
        }
        Ok(taken)
    }

    /// Waits for people's word about a run.
    pub(super) async fn ask(&mut self, id: u32) -> Result<()> {
        let done = self.progress();
        self.run.recorder.progress(done);
        self.run.recorder.flush().await?;
        self.question = Some(Question { id, until: Instant::now() + PATIENCE });
        Ok(())
    }

    /// Hears people's word, or their silence.
    pub(super) fn hear_answer(&mut self, answered: Option<(u32, bool)>) {
        let Some(question) = self.question else { return };
        let (id, allowed) = answered.unwrap_or((question.id, false));
        if id == question.id {
            self.question = None;
            self.hear(Heard::PersonAnswered { id, allowed }, Input::PersonAnswered { id, allowed });
        }
    }
}

//! How a generation ends: version, answer, events and status in one transaction.

use qv_domain::{BuildStatus, MessageId, MessageRole, VersionId, VersionOrigin};
use qv_store::{self as store, Outcome};
use qv_wire::{ErrorCode, EventData};

use super::Run;
use crate::{Result, dead_letters, queue, summary};

const TITLE_CHARS: usize = 80;

/// The version that is due at the end, if any.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    pub(super) verified: Option<bool>,
}

impl Run {
    /// Ends well.
    pub(super) async fn finish_done(
        &mut self,
        due: Option<Due>,
        history: Option<String>,
    ) -> Result<()> {
        self.end(due, Outcome::Done, history, |version, verified| EventData::Done {
            version,
            verified,
        })
        .await
    }

    /// Ends because a person said so. What was committed becomes a version.
    pub(super) async fn finish_cancelled(&mut self, history: Option<String>) -> Result<()> {
        let due = self.changed.then_some(Due { verified: Some(false) });
        self.end(due, Outcome::Cancelled, history, |_, _| EventData::Cancelled {}).await
    }

    /// Ends badly. What was committed before becomes a version, so that nothing stands outside history.
    pub(super) async fn finish_failed(
        &mut self,
        code: ErrorCode,
        message: String,
        retryable: bool,
    ) -> Result<()> {
        let due = self.changed.then_some(Due { verified: Some(false) });
        self.summary.error = Some(code);
        self.summary.error_message = Some(message.clone());
        let outcome = Outcome::Failed { code: code.as_str().to_owned(), message: message.clone() };
        self.end(due, outcome, None, |_, _| EventData::Failed { code, message, retryable }).await
    }

    /// Ends because it worked for as long as a turn may.
    pub(super) async fn finish_out_of_time(&mut self) -> Result<()> {
        let minutes = self.engine.config.turn_limit.as_secs() / 60;
        let message = format!(
            "This turn worked for {minutes} minutes, which is as long as one may. What it saved is kept. Ask for \
             less at once, or choose a faster model."
        );
        self.finish_failed(ErrorCode::ProviderTimeout, message, true).await
    }

    /// Ends because an older or newer release began it: what its machine heard leads elsewhere with this one.
    pub(super) async fn finish_of_another_release(&mut self) -> Result<()> {
        self.recount().await?;
        let message = "The server was changed to another release while it was at work on this. What it had saved is \
                       kept. Try again to go on.";
        self.finish_failed(ErrorCode::Interrupted, message.to_owned(), true).await
    }

    async fn end(
        &mut self,
        due: Option<Due>,
        outcome: Outcome,
        history: Option<String>,
        last: impl FnOnce(Option<u32>, Option<bool>) -> EventData,
    ) -> Result<()> {
        let engine = self.engine.clone();
        let now = engine.env.now();
        let failed = matches!(outcome, Outcome::Failed { .. });
        let mut tx = engine.db.begin().await?;
        tx.hold(&self.fence).await?;
        let mut version = None;
        if let Some(due) = due {
            let new = self.new_version(VersionOrigin::Turn, due.verified);
            let made = tx.create_version(new, now).await?;
            let verified = due.verified == Some(true);
            self.recorder.push(EventData::VersionCreated { version: made.number, verified });
            version = Some(made);
        }
        self.summary.version = version.as_ref().map(|version| version.number);
        self.summary.verified = version.as_ref().and_then(|version| version.verified);
        self.summary.duration_ms =
            u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let summary = serde_json::to_value(&self.summary).unwrap_or_default();
        let text = self.prose.trim().to_owned();
        // A turn that said and did nothing leaves no empty answer behind.
        if !text.is_empty() || version.is_some() || !self.summary.questions.is_empty() {
            let changed: Vec<&str> =
                self.summary.files.iter().map(|file| file.path.as_str()).collect();
            let answer = store::NewMessage {
                id: MessageId::generate(&*engine.env),
                project_id: self.project.id,
                role: MessageRole::Assistant,
                mode: Some(self.generation.mode),
                text,
                images: Vec::new(),
                generation_id: Some(self.generation.id),
                summary: history
                    .map(|history| serde_json::json!({ "history": history, "files": changed })),
                context: None,
                author_user_id: None,
            };
            tx.insert_message(answer, &engine.config.limits, now).await?;
        }
        if self.summary.rolled_back.is_some() {
            tx.take_back_smoke_results(self.project.id).await?;
        }
        self.recorder.push(last(self.summary.version, self.summary.verified));
        let appended = self.recorder.append_to(&mut tx).await?;
        dead_letters::note(
            &mut tx,
            &*engine.env,
            &self.generation,
            &self.message.text,
            &outcome,
            now,
        )
        .await?;
        let status = if failed && version.is_none() {
            BuildStatus::Failed
        } else {
            settled(&mut tx, self.project.id).await?
        };
        tx.set_build_status(self.project.id, status, now).await?;
        match outcome {
            Outcome::Done => tx.hold_queue(self.project.id, None).await?,
            Outcome::Failed { .. } => tx.hold_queue(self.project.id, Some(queue::FAILED)).await?,
            // What was there when somebody stopped it is held since then.
            Outcome::Cancelled => {}
        }
        tx.finish(&self.fence, &outcome, Some(&summary), now).await?;
        tx.commit().await?;
        self.recorder.written(appended);
        Ok(())
    }

    /// A version that this turn makes.
    pub(super) fn new_version(
        &self,
        origin: VersionOrigin,
        verified: Option<bool>,
    ) -> store::NewVersion {
        let paths: Vec<&str> = self.summary.files.iter().map(|file| file.path.as_str()).collect();
        store::NewVersion {
            id: VersionId::generate(&*self.engine.env),
            project_id: self.project.id,
            origin,
            generation_id: Some(self.generation.id),
            title: title(&self.message.text),
            summary: summary::of_turn(&self.prose, &paths),
            verified,
            author_user_id: Some(self.generation.user_id),
        }
    }
}

/// The status that a project's newest version gives it.
pub(crate) async fn settled(
    tx: &mut store::Tx,
    project: qv_domain::ProjectId,
) -> Result<BuildStatus> {
    let newest = tx.versions(project, None, 1).await?.items.into_iter().next();
    Ok(match newest.map(|version| version.verified) {
        None => BuildStatus::None,
        Some(Some(true)) => BuildStatus::Verified,
        Some(_) => BuildStatus::Unverified,
    })
}

/// What was asked, on one short line.
pub(crate) fn title(prompt: &str) -> String {
    let line = prompt.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= TITLE_CHARS {
        return line;
    }
    let cut: String = line.chars().take(TITLE_CHARS - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    #[test]
    fn titles_are_one_short_line() {
        assert_eq!(super::title("a\n b"), "a b");
        let long = super::title(&"word ".repeat(40));
        assert!(long.chars().count() <= 80 && long.ends_with('…'));
    }
}

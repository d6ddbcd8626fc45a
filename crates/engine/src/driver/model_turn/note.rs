//! What a turn's card and answer will show.

use qv_agent::{AgentEvent, CheckReport, RepairReason};
use qv_domain::chat::Image;
use qv_wire::TouchedFile;

use crate::Result;
use crate::driver::{Run, translate};

impl Run {
    /// Puts a machine's event into the log, and into what the turn's card will show.
    pub(super) fn tell(&mut self, event: AgentEvent) {
        self.note(&event);
        if let Some(event) = translate::event(event) {
            self.recorder.push(event);
        }
    }

    /// Keeps what a machine's event adds to the turn's answer and card.
    pub(super) fn note(&mut self, event: &AgentEvent) {
        match event {
            AgentEvent::TextDelta { text } => self.prose.push_str(text),
            AgentEvent::ReviewFinished { findings } => {
                self.summary.review = Some(translate::review(findings.clone()));
            }
            AgentEvent::Questions { items } => {
                self.summary.questions = translate::questions(items.clone());
            }
            AgentEvent::RolledBack { reason, .. } => {
                self.summary.rolled_back = Some(reason.clone());
                self.summary.files.clear();
            }
            AgentEvent::Plan { items } => self.summary.plan = translate::plan(items.clone()),
            AgentEvent::RepairStarted { reason, .. } => {
                self.summary.repairs += 1;
                self.mends_edits = *reason == RepairReason::Edits;
            }
            AgentEvent::EditApplied { path, op, added, removed, .. } => {
                let (op, added, removed) = (*op, *added, *removed);
                self.summary.files.retain(|file| file.path != *path);
                self.summary.files.push(TouchedFile { path: path.clone(), op, added, removed });
            }
            _ => {}
        }
    }

    /// Keeps what a look at the app adds to the turn's card.
    pub(in crate::driver) fn note_report(&mut self, report: &CheckReport) {
        self.summary.smoke = translate::smoke_results(&report.smoke);
        if let Some(picture) = &report.picture {
            self.summary.screenshot = Some(picture.address.clone());
        }
    }

    /// Puts the picture of the app into a report that has only its name.
    pub(super) async fn load_picture(&self, report: &mut CheckReport) -> Result<()> {
        if let Some(picture) = &mut report.picture {
            let data = self.engine.db.read().await?.blob(&picture.hash).await?;
            let media_type = picture.media_type.clone();
            picture.image = data.map(|data| Image { media_type, data });
        }
        Ok(())
    }

    /// Takes back what was said since the last call began.
    pub(super) fn unsay(&mut self) {
        self.prose.truncate(self.prose_at_step);
    }
}

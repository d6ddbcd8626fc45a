//! Going on from an earlier message: it and all after it are set aside, the files become what they were before it, and
//! a new message takes its place. Nothing is deleted: what was set aside stays readable, and its versions can be
//! restored.

use std::sync::Arc;

use qv_domain::{FilePath, MessageId, MessageRole, ProjectName, Role, VersionId, VersionOrigin};
use qv_store as store;
use qv_wire::{ErrorCode, StartTurn, TurnStarted};

use crate::budgets::Place;
use crate::driver::{settled, title};
use crate::projects::proposed_name;
use crate::{Access, Engine, EngineError, Result, summary};

impl Engine {
    /// Says something in the place of an earlier message.
    ///
    /// # Errors
    /// `NotFound`; `Busy` while a turn runs; `Conflict` for a message that is set aside; `Invalid` for one that the
    /// agent said; and as [`Engine::start_turn`].
    pub async fn edit_message(
        self: &Arc<Self>,
        access: &Access,
        message: MessageId,
        start: StartTurn,
    ) -> Result<TurnStarted> {
        access.require(Role::Editor)?;
        let project = access.project_id();
        let before = {
            let mut conn = self.db.read().await?;
            let old = replaceable(&mut conn, access, message).await?;
            conn.version_before(&old).await?
        };
        let mut prepared = self.prepare_turn(access.actor.user_id(), start).await?;
        let mut place = access.project.clone();
        if before.is_none() {
            // It begins anew.
            place.file_count = 0;
        }
        self.price_turn(&mut prepared, Place::There(&place)).await?;
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let row = tx.hold_project(project, now).await?;
        if !tx.open_generations(project).await?.is_empty() {
            return Err(EngineError::refused(
                ErrorCode::Busy,
                "The agent is still at work. Stop it first, then go on from there.",
            ));
        }
        let old = replaceable(&mut tx, access, message).await?;
        tx.set_aside_from(project, old.seq).await?;
        let new = store::NewVersion {
            id: VersionId::generate(&*self.env),
            project_id: project,
            origin: VersionOrigin::Restore,
            generation_id: None,
            title: title(&format!("Before: {}", old.text)),
            summary: None,
            verified: None,
            author_user_id: Some(access.actor.user_id()),
        };
        match before {
            Some(before) if row.head_version == Some(before.id) => {}
            Some(before) => {
                let new = store::NewVersion {
                    summary: Some(summary::of_restored(before.number)),
                    verified: before.verified,
                    ..new
                };
                tx.restore_version(before.id, new, now).await?;
            }
            None if row.file_count > 0 => {
                self.begin_anew(&mut tx, &row, &old.text, &prepared.text, now).await?;
                let summary = Some("An empty project, to begin anew".to_owned());
                tx.create_version(store::NewVersion { summary, ..new }, now).await?;
            }
            None => {}
        }
        let status = settled(&mut tx, project).await?;
        tx.set_build_status(project, status, now).await?;
        let turn = self.enqueue_turn(&mut tx, project, prepared, now).await?;
        tx.commit().await?;
        self.turn_enqueued();
        self.files_changed(project, &[]).await?;
        Ok(turn)
    }

    /// Takes a project back to where its first turn began: without files, and without the starter and the name that the
    /// first message led to. What a person chose stays.
    async fn begin_anew(
        &self,
        tx: &mut store::Tx,
        project: &store::Project,
        old: &str,
        new: &str,
        now: qv_domain::Timestamp,
    ) -> Result<()> {
        let paths: Vec<FilePath> =
            tx.files(project.id).await?.into_iter().map(|meta| meta.path).collect();
        let changes: Vec<_> =
            paths.into_iter().map(|path| store::FileChange::Delete { path }).collect();
        tx.apply_changes(project.id, &changes, &self.config.limits, now).await?;
        let led_to = match qv_starters::match_prompt(old, None) {
            qv_starters::Match::Chosen { starter, .. } => Some(starter),
            qv_starters::Match::Unsure { .. } => None,
        };
        let starter = project.starter.as_deref().and_then(qv_starters::get);
        let forgets = starter.is_none()
            || starter.map(qv_starters::Starter::id) == led_to.map(qv_starters::Starter::id);
        if forgets {
            tx.forget_starter(project.id).await?;
        }
        let filled = starter.map(|starter| qv_starters::fill(starter, old).title);
        let names = [
            filled.map(|title| ProjectName::from_text(&title)),
            Some(proposed_name(Some(old), None)),
        ];
        if names.into_iter().flatten().any(|name| name == project.name) {
            let chosen =
                starter.filter(|_| !forgets).map(|starter| starter.manifest.title.as_str());
            let name = Some(proposed_name(Some(new), chosen));
            let change = store::ProjectChange { name, ..store::ProjectChange::default() };
            tx.update_project(project.id, &change, now).await?;
        }
        Ok(())
    }
}

/// A person's message that still counts.
async fn replaceable(
    conn: &mut store::Conn,
    access: &Access,
    message: MessageId,
) -> Result<store::Message> {
    let found = conn.message(access.project_id(), message).await?;
    let found = found.ok_or_else(|| EngineError::not_found("message"))?;
    if found.role != MessageRole::User {
        return Err(EngineError::invalid(
            "message",
            "Only what a person said can be changed. Choose one of your own messages.",
        ));
    }
    if found.set_aside {
        return Err(EngineError::refused(ErrorCode::Conflict, SET_ASIDE));
    }
    Ok(found)
}

/// Why a message that was set aside cannot be used.
pub(crate) const SET_ASIDE: &str =
    "The chat went on from before this message. Restore its version with the chat first.";

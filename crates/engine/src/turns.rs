//! Starting, stopping and retrying turns.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qv_domain::{
    Blob, BuildStatus, Env, GenerationId, MessageId, MessageRole, ProjectId, Role, Timestamp,
    TurnMode, UserId,
};
use qv_store as store;
use qv_wire::{
    AnswerPermission, ErrorCode, EventData, Generation, ImageUpload, StartTurn, TurnStarted,
};

use crate::budgets::{Asking, FirstCall, Payer, Place};
use crate::driver::logged;
use crate::models::Chosen;
use crate::{Access, Engine, EngineError, Result, edits, kept, view};

const MOST_IMAGES: usize = 6;
const IMAGE_BYTES: usize = 5_000_000;

/// A turn that was checked and may be written.
pub(crate) struct Prepared {
    user: UserId,
    pub(crate) text: String,
    pub(crate) mode: TurnMode,
    chosen: Option<Chosen>,
    images: Vec<(String, Blob)>,
    pub(crate) context: Option<serde_json::Value>,
    /// What its first call costs at most; none without a model.
    first: Option<FirstCall>,
}

impl Prepared {
    /// Puts its pictures where a message can refer to them.
    pub(crate) async fn put_images(
        &self,
        tx: &mut store::Tx,
        now: Timestamp,
    ) -> Result<store::MessageImages> {
        let blobs: Vec<Blob> = self.images.iter().map(|(_, blob)| blob.clone()).collect();
        let hashes = tx.put_blobs(&blobs, now).await?;
        let images = hashes.into_iter().zip(&self.images).map(|(hash, (media_type, blob))| {
            store::MessageImage { hash, media_type: media_type.clone(), size: blob.len() as u64 }
        });
        Ok(images.collect())
    }
}

impl Engine {
    /// Says something in a project: message, generation and first event become durable together, and a worker
    /// is woken.
    ///
    /// # Errors
    /// `Busy` while another turn runs; `Invalid` names the field; `NeedsModel` for modes that the starters lack;
    /// `BudgetExceeded` where the first call has no money.
    pub async fn start_turn(&self, access: &Access, start: StartTurn) -> Result<TurnStarted> {
        access.require(Role::Editor)?;
        let mut prepared = self.prepare_turn(access.actor.user_id(), start).await?;
        self.price_turn(&mut prepared, Place::There(&access.project)).await?;
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let turn = self.enqueue_turn(&mut tx, access.project_id(), prepared, now).await?;
        tx.commit().await?;
        self.turn_enqueued();
        Ok(turn)
    }

    /// Stops a generation. What is committed stays; a model is no longer called.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel(
        &self,
        access: &Access,
        generation: &store::Generation,
    ) -> Result<Generation> {
        access.require(Role::Editor)?;
        let mut tx = self.db.begin().await?;
        if tx.request_cancel(generation.id).await? {
            self.hold_behind_stopped(&mut tx, generation.project_id).await?;
        }
        let row = tx.generation(generation.id).await?;
        tx.commit().await?;
        self.stop_running(generation.id);
        // One that waits is claimed only to be ended.
        self.work.notify_one();
        Ok(view::generation(row.as_ref().unwrap_or(generation)))
    }

    /// Says whether a turn may run what it asks about.
    ///
    /// # Errors
    /// `Conflict` when it does not run, or not on this server.
    pub fn answer_permission(
        &self,
        access: &Access,
        generation: &store::Generation,
        answer: &AnswerPermission,
    ) -> Result<()> {
        access.require(Role::Editor)?;
        if self.answer_running(generation.id, (answer.run, answer.allowed)) {
            return Ok(());
        }
        Err(EngineError::refused(
            ErrorCode::Conflict,
            "This turn is over, or was taken up by another server. Reload the page.",
        ))
    }

    /// Tries the message of a finished generation again.
    ///
    /// # Errors
    /// `Conflict` while it still runs; `Busy` while another turn runs; `BudgetExceeded`.
    pub async fn retry(
        &self,
        access: &Access,
        generation: &store::Generation,
    ) -> Result<TurnStarted> {
        access.require(Role::Editor)?;
        if !generation.status.is_final() {
            return Err(EngineError::refused(
                ErrorCode::Conflict,
                "This turn is still running. Stop it first.",
            ));
        }
        let user = access.actor.user_id();
        let chosen = self.model_for_retry(user, generation).await?;
        let first = self.price_retry(generation, chosen.as_ref()).await?;
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let model = chosen.map(|chosen| chosen.id);
        let (turn, fence) = again(&mut tx, &*self.env, generation, user, model, now).await?;
        self.afford_retry(&mut tx, &fence, &turn, user, first.as_ref(), now).await?;
        tx.commit().await?;
        self.turn_enqueued();
        Ok(turn)
    }

    /// Sets a retry's first call aside; last in its transaction.
    pub(crate) async fn afford_retry(
        &self,
        tx: &mut store::Tx,
        fence: &store::Fence,
        turn: &TurnStarted,
        user: UserId,
        first: Option<&FirstCall>,
        now: Timestamp,
    ) -> Result<()> {
        let payer = Payer {
            user,
            project: Some(turn.generation.project_id),
            generation: Some(turn.generation.id),
        };
        self.afford(tx, fence, payer, first, now).await
    }

    /// The model that a user's new try at a message asks: that of then, or the one of now where it is gone.
    pub(crate) async fn model_for_retry(
        &self,
        user: UserId,
        generation: &store::Generation,
    ) -> Result<Option<Chosen>> {
        let of_then = match generation.model.as_deref() {
            Some(id) => self.choose_model(user, Some(id)).await.ok(),
            None => None,
        };
        match of_then {
            Some(chosen) => Ok(chosen),
            None => self.choose_model(user, None).await,
        }
    }

    /// A generation as it stands.
    #[must_use]
    pub fn generation(&self, _access: &Access, generation: &store::Generation) -> Generation {
        view::generation(generation)
    }

    /// What a person says, if it may be said.
    pub(crate) fn message_text(&self, said: &str) -> Result<String> {
        let text = said.trim().to_owned();
        let most = self.config.limits.message_chars;
        if text.is_empty() {
            return Err(EngineError::invalid("message", "Say what you want."));
        }
        if text.chars().count() > most as usize {
            return Err(EngineError::invalid(
                "message",
                format!("A message has at most {most} characters."),
            ));
        }
        Ok(text)
    }

    pub(crate) async fn prepare_turn(&self, user: UserId, start: StartTurn) -> Result<Prepared> {
        let text = self.message_text(&start.message)?;
        let mode = start.mode.unwrap_or(TurnMode::Build);
        let chosen = self.choose_model(user, start.model.as_deref()).await?;
        if chosen.is_none() && mode != TurnMode::Build {
            return Err(Self::needs_model(match mode {
                TurnMode::Ask => "Asking about the app",
                _ => "Planning",
            }));
        }
        if let Some(chosen) = &chosen
            && !start.images.is_empty()
            && !chosen.capabilities.sees_images
        {
            return Err(EngineError::invalid(
                "images",
                format!("{} cannot see pictures. Choose another model.", chosen.name),
            ));
        }
        if start.images.len() > MOST_IMAGES {
            return Err(EngineError::invalid(
                "images",
                format!("At most {MOST_IMAGES} pictures a message."),
            ));
        }
        let images = start.images.into_iter().map(picture).collect::<Result<_>>()?;
        let context = kept::keep(start.context, start.plan)?;
        Ok(Prepared { user, text, mode, chosen, images, context, first: None })
    }

    /// Works out what a turn's first call costs at most.
    pub(crate) async fn price_turn(&self, turn: &mut Prepared, place: Place<'_>) -> Result<()> {
        let Some(chosen) = turn.chosen.as_ref().filter(|chosen| !chosen.kind.is_local()) else {
            return Ok(());
        };
        let text = with_plan(&turn.text, turn.context.as_ref());
        let asking = Asking {
            chosen,
            text: &text,
            mode: turn.mode,
            images: turn.images.len(),
            place,
            message: None,
        };
        turn.first = Some(self.first_call(asking).await?);
        Ok(())
    }

    /// The same for a message that is in the chat already.
    pub(crate) async fn price_retry(
        &self,
        generation: &store::Generation,
        chosen: Option<&Chosen>,
    ) -> Result<Option<FirstCall>> {
        let Some(chosen) = chosen.filter(|chosen| !chosen.kind.is_local()) else {
            return Ok(None);
        };
        let mut conn = self.db.read().await?;
        let project = conn.project(generation.project_id).await?;
        let message = conn.message(generation.project_id, generation.message_id).await?;
        drop(conn);
        let (Some(project), Some(message)) = (project, message) else {
            return Err(EngineError::not_found("message"));
        };
        let text = with_plan(&message.text, message.context.as_ref());
        let asking = Asking {
            chosen,
            text: &text,
            mode: generation.mode,
            images: message.images.len(),
            place: Place::There(&project),
            message: Some(message.id),
        };
        self.first_call(asking).await.map(Some)
    }

    pub(crate) async fn enqueue_turn(
        &self,
        tx: &mut store::Tx,
        project: ProjectId,
        prepared: Prepared,
        now: Timestamp,
    ) -> Result<TurnStarted> {
        let images = prepared.put_images(tx, now).await?;
        let generation_id = GenerationId::generate(&*self.env);
        let message = store::NewMessage {
            id: MessageId::generate(&*self.env),
            project_id: project,
            role: MessageRole::User,
            mode: Some(prepared.mode),
            text: prepared.text,
            images,
            generation_id: Some(generation_id),
            summary: None,
            context: prepared.context,
            author_user_id: Some(prepared.user),
        };
        let message = tx.insert_message(message, &self.config.limits, now).await?;
        let new = store::NewGeneration {
            id: generation_id,
            project_id: project,
            user_id: prepared.user,
            message_id: message.id,
            mode: prepared.mode,
            model: prepared.chosen.map(|chosen| chosen.id),
            attempt: 1,
        };
        let (row, fence) = enqueue(tx, new, now).await?;
        let payer =
            Payer { user: row.user_id, project: Some(project), generation: Some(generation_id) };
        self.afford(tx, &fence, payer, prepared.first.as_ref(), now).await?;
        Ok(TurnStarted {
            message: view::message(&message, Some(&row)),
            generation: view::generation(&row),
        })
    }

    /// Wakes whoever takes turns; after the commit. Nobody can follow it before this.
    pub(crate) fn turn_enqueued(&self) {
        self.work.notify_one();
    }
}

/// Begins a finished generation's message again, in the caller's transaction.
///
/// # Errors
/// `Busy` while another turn runs in its project.
pub(crate) async fn again(
    tx: &mut store::Tx,
    env: &dyn Env,
    generation: &store::Generation,
    user: UserId,
    model: Option<String>,
    now: Timestamp,
) -> Result<(TurnStarted, store::Fence)> {
    let message = tx.message(generation.project_id, generation.message_id).await?;
    let message = message.ok_or_else(|| EngineError::not_found("message"))?;
    if message.set_aside {
        return Err(EngineError::refused(ErrorCode::Conflict, edits::SET_ASIDE));
    }
    let new = store::NewGeneration {
        id: GenerationId::generate(env),
        project_id: generation.project_id,
        user_id: user,
        message_id: message.id,
        mode: generation.mode,
        model,
        attempt: generation.attempt + 1,
    };
    let (row, fence) = enqueue(tx, new, now).await?;
    let turn = TurnStarted {
        message: view::message(&message, Some(&row)),
        generation: view::generation(&row),
    };
    Ok((turn, fence))
}

async fn enqueue(
    tx: &mut store::Tx,
    new: store::NewGeneration,
    now: Timestamp,
) -> Result<(store::Generation, store::Fence)> {
    if !tx.open_generations(new.project_id).await?.is_empty() {
        return Err(EngineError::refused(
            ErrorCode::Busy,
            "The agent is still at work. Wait for it, or stop it.",
        ));
    }
    let (id, project) = (new.id, new.project_id);
    let first = EventData::GenerationStarted {
        generation_id: id,
        mode: new.mode,
        model: new.model.clone(),
    };
    let fence = tx.enqueue(new, now).await?;
    tx.append_events(&fence, &[logged(&first)?], now).await?;
    tx.set_build_status(project, BuildStatus::Building, now).await?;
    let row = tx.generation(id).await?;
    let gone = || EngineError::Internal("a generation vanished while it was made".into());
    Ok((row.ok_or_else(gone)?, fence))
}

/// What is asked together with the plan for it, as far as it counts for what a call costs.
fn with_plan(text: &str, kept: Option<&serde_json::Value>) -> String {
    let (_, plan) = kept::read(kept);
    std::iter::once(text).chain(plan.iter().map(String::as_str)).collect::<Vec<_>>().join("\n")
}

/// A picture as it was uploaded, checked by its first bytes and not by what it calls itself.
fn picture(upload: ImageUpload) -> Result<(String, Blob)> {
    let bad = |message: &str| EngineError::invalid("images", message);
    let bytes = STANDARD
        .decode(upload.data.as_bytes())
        .map_err(|_| bad("A picture is not base64 with padding."))?;
    if bytes.len() > IMAGE_BYTES {
        return Err(bad("A picture is larger than 5 MB."));
    }
    let found = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => return Err(bad("A picture must be PNG, JPEG, WebP or GIF.")),
    };
    if upload.media_type != found {
        return Err(bad("A picture is not of the type that it says."));
    }
    Ok((found.to_owned(), bytes.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_bytes() {
        let upload = |media_type: &str, bytes: &[u8]| ImageUpload {
            media_type: media_type.into(),
            data: STANDARD.encode(bytes),
        };
        assert!(picture(upload("image/png", b"\x89PNG\r\n")).is_ok());
        assert!(picture(upload("image/png", b"\xFF\xD8\xFF\xE0")).is_err());
        assert!(picture(upload("image/svg+xml", b"<svg/>")).is_err());
    }
}

//! Turns that failed for good: kept for their project's owner and for administrators, to try again or to leave.

use qv_domain::{
    AuditAction, AuditTarget, DeadLetterId, DeadLetterState, Env, ProjectId, Timestamp,
};
use qv_security::mask_secrets;
use qv_store::{self as store, Outcome};
use qv_wire::{DeadLetter, DeadLetterPayload, ErrorCode, Page, TurnStarted};

use crate::audit::Act;
use crate::{Actor, Engine, EngineError, Result, turns, view};

const PROMPT_CHARS: usize = 500;

/// Keeps a turn that fails, and closes what is kept of a message that goes well at last: in the transaction in which
/// the turn ends.
pub(crate) async fn note(
    tx: &mut store::Tx,
    env: &dyn Env,
    generation: &store::Generation,
    prompt: &str,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<()> {
    match outcome {
        Outcome::Failed { code, message } => {
            let letter = letter(env, generation, prompt, code, message, now);
            tx.insert_dead_letter(&letter).await?;
        }
        Outcome::Done => {
            tx.resolve_dead_letters(generation.message_id, now).await?;
        }
        // A person knows that they stopped it.
        Outcome::Cancelled => {}
    }
    Ok(())
}

fn letter(
    env: &dyn Env,
    generation: &store::Generation,
    prompt: &str,
    code: &str,
    message: &str,
    now: Timestamp,
) -> store::DeadLetter {
    // Masked as a whole: a secret that is cut in two looks like none.
    let masked = mask_secrets(prompt);
    let payload = DeadLetterPayload {
        mode: generation.mode,
        model: generation.model.clone(),
        prompt: masked.chars().take(PROMPT_CHARS).collect(),
        cut: masked.chars().nth(PROMPT_CHARS).is_some(),
    };
    store::DeadLetter {
        id: DeadLetterId::generate(env),
        generation_id: generation.id,
        project_id: generation.project_id,
        message_id: generation.message_id,
        user_id: generation.user_id,
        code: code.to_owned(),
        message: message.to_owned(),
        attempts: generation.attempt,
        payload: serde_json::to_value(payload).unwrap_or_default(),
        state: DeadLetterState::Open,
        at: now,
        resolved_at: None,
    }
}

/// Which failed turns to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeadLetterQuery<'a> {
    /// Only those of one project.
    pub project: Option<ProjectId>,
    /// Also those about which somebody has decided.
    pub all: bool,
    /// `next_cursor` of the page before.
    pub cursor: Option<&'a str>,
    /// The most on one page.
    pub limit: u32,
}

impl Engine {
    /// A page of failed turns, the newest first: those of the actor's own projects; all, for an administrator.
    ///
    /// # Errors
    /// `Invalid` for a cursor that no list gave.
    pub async fn dead_letters(
        &self,
        actor: &Actor,
        query: DeadLetterQuery<'_>,
    ) -> Result<Page<DeadLetter>> {
        list(&mut *self.db.read().await?, seen_by(actor), query).await
    }

    /// Tries the message of a failed turn again; with that it is decided about. A member's try is their own; an
    /// administrator's, in a project of others, is made for who asked first.
    ///
    /// # Errors
    /// `NotFound` for strangers; `Conflict` when it is decided about; `Busy` while another turn runs.
    pub async fn retry_dead_letter(&self, actor: &Actor, id: DeadLetterId) -> Result<TurnStarted> {
        let mut conn = self.db.read().await?;
        let found = one(&mut conn, id, seen_by(actor)).await?;
        let generation = conn.generation(found.letter.generation_id).await?;
        let generation = generation.ok_or_else(|| EngineError::not_found("failed turn"))?;
        let member = conn.project_of_member(found.letter.project_id, actor.user_id()).await?;
        drop(conn);
        let user = if member.is_some() { actor.user_id() } else { generation.user_id };
        let chosen = self.model_for_retry(user, &generation).await?;
        let first = self.price_retry(&generation, chosen.as_ref()).await?;
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        resolve(&mut tx, id, DeadLetterState::Retried, now).await?;
        let model = chosen.map(|chosen| chosen.id);
        let (turn, fence) =
            turns::again(&mut tx, &*self.env, &generation, user, model, now).await?;
        self.afford_retry(&mut tx, &fence, &turn, user, first.as_ref(), now).await?;
        told(Act::by(actor, AuditAction::DeadLetterRetried), &found.letter)
            .tell(&mut tx, &*self.env, now)
            .await?;
        tx.commit().await?;
        self.turn_enqueued();
        Ok(turn)
    }

    /// Leaves a failed turn as it is. One that was left already stays so.
    ///
    /// # Errors
    /// `NotFound` for strangers; `Conflict` when it was tried again.
    pub async fn discard_dead_letter(&self, actor: &Actor, id: DeadLetterId) -> Result<()> {
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let act = Act::by(actor, AuditAction::DeadLetterDiscarded);
        discard(&mut tx, &*self.env, id, seen_by(actor), act, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Whose projects' failures somebody sees; `None` is everybody's.
fn seen_by(actor: &Actor) -> Option<qv_domain::UserId> {
    (!actor.is_admin()).then(|| actor.user_id())
}

pub(crate) async fn list(
    conn: &mut store::Conn,
    owner: Option<qv_domain::UserId>,
    query: DeadLetterQuery<'_>,
) -> Result<Page<DeadLetter>> {
    let filter = store::DeadLetterFilter {
        owner,
        project: query.project,
        state: (!query.all).then_some(DeadLetterState::Open),
        after: query.cursor.map(str::parse).transpose()?,
        limit: query.limit,
    };
    Ok(view::page(conn.dead_letters(&filter).await?, view::dead_letter))
}

pub(crate) async fn one(
    conn: &mut store::Conn,
    id: DeadLetterId,
    owner: Option<qv_domain::UserId>,
) -> Result<store::ListedDeadLetter> {
    conn.dead_letter(id, owner).await?.ok_or_else(|| EngineError::not_found("failed turn"))
}

pub(crate) async fn resolve(
    tx: &mut store::Tx,
    id: DeadLetterId,
    state: DeadLetterState,
    now: Timestamp,
) -> Result<()> {
    if tx.resolve_dead_letter(id, state, now).await? {
        return Ok(());
    }
    Err(EngineError::refused(
        ErrorCode::Conflict,
        "Somebody has decided about this failed turn already. Load the list again.",
    ))
}

pub(crate) async fn discard(
    tx: &mut store::Tx,
    env: &dyn Env,
    id: DeadLetterId,
    owner: Option<qv_domain::UserId>,
    act: Act,
    now: Timestamp,
) -> Result<()> {
    let letter = one(tx, id, owner).await?.letter;
    if letter.state == DeadLetterState::Discarded {
        return Ok(());
    }
    resolve(tx, id, DeadLetterState::Discarded, now).await?;
    told(act, &letter).tell(tx, env, now).await?;
    Ok(())
}

/// An act at a failed turn.
pub(crate) fn told(act: Act, letter: &store::DeadLetter) -> Act {
    act.on(AuditTarget::DeadLetter, letter.id)
        .of_project(letter.project_id)
        .with("code", letter.code.as_str())
}

#[cfg(test)]
mod tests {
    use qv_domain::{GenerationId, GenerationStatus, MessageId, TurnMode, UserId};

    use super::*;
    use crate::SystemEnv;

    fn generation() -> store::Generation {
        let env = &SystemEnv;
        store::Generation {
            id: GenerationId::generate(env),
            project_id: ProjectId::generate(env),
            user_id: UserId::generate(env),
            message_id: MessageId::generate(env),
            status: GenerationStatus::Running,
            mode: TurnMode::Ask,
            model: Some("openai/x".into()),
            attempt: 2,
            lease_owner: None,
            lease_until: None,
            fence: 1,
            cancel_requested: false,
            draft_steps: 0,
            continuation_steps: 0,
            repair_steps: 0,
            last_seq: 3,
            error_code: None,
            error_message: None,
            summary: None,
            queue_position: None,
            stalls: 0,
            queued_at: env.now(),
            started_at: None,
            finished_at: None,
        }
    }

    #[test]
    fn what_is_kept_is_short_and_without_secrets() {
        let key = "sk-proj-Ab12Cd34Ef56Gh78";
        // The key stands across the place where the prompt is cut.
        let prompt = format!("{} {key} {}", "x".repeat(PROMPT_CHARS - 8), "y".repeat(50));
        let kept = letter(&SystemEnv, &generation(), &prompt, "c", "m", SystemEnv.now());
        let payload: DeadLetterPayload = serde_json::from_value(kept.payload).unwrap();
        assert_eq!(payload.prompt.chars().count(), PROMPT_CHARS);
        assert!(payload.cut && !payload.prompt.contains("sk-"), "{}", payload.prompt);
        assert_eq!((payload.mode, payload.model.as_deref()), (TurnMode::Ask, Some("openai/x")));
        assert_eq!(kept.attempts, 2);
    }
}

//! What a message would cost, told before it is sent.

use qv_domain::chat::TokenUsage;
use qv_domain::{ProjectType, Role, StepKind, TurnMode};
use qv_wire::{AskEstimate, Estimate};

use super::Payer;
use super::first_call::{Asking, Place};
use crate::{Access, Actor, Engine, Result, models};

/// Answers that are looked back at, and how many of them say something.
const LOOKED_AT: u32 = 20;
const ENOUGH: u64 = 3;

/// Tokens of a usual answer, while this user's own of that model are too few. Starting values, not measured ones.
const fn usual_output(mode: TurnMode, is_new: bool) -> u64 {
    match (mode, is_new) {
        (TurnMode::Build, true) => 6_000,
        (TurnMode::Build, false) => 2_000,
        (TurnMode::Ask | TurnMode::Plan, _) => 700,
    }
}

impl Engine {
    /// What a message in a project would cost.
    ///
    /// # Errors
    /// `Invalid` when there is no such model.
    pub async fn estimate(&self, access: &Access, ask: AskEstimate) -> Result<Estimate> {
        access.require(Role::Editor)?;
        let payer = Payer {
            user: access.actor.user_id(),
            project: Some(access.project_id()),
            generation: None,
        };
        self.estimated(payer, Place::There(&access.project), &ask).await
    }

    /// What a new project's first message would cost.
    ///
    /// # Errors
    /// `Invalid` when there is no such model.
    pub async fn estimate_new(&self, actor: &Actor, ask: AskEstimate) -> Result<Estimate> {
        let payer = Payer { user: actor.user_id(), project: None, generation: None };
        let project_type: ProjectType = qv_starters::project_type(&ask.message);
        let place = Place::New { starter: ask.starter.as_deref(), project_type };
        self.estimated(payer, place, &ask).await
    }

    async fn estimated(
        &self,
        payer: Payer,
        place: Place<'_>,
        ask: &AskEstimate,
    ) -> Result<Estimate> {
        let Some(chosen) = self.choose_model(payer.user, ask.model.as_deref()).await? else {
            return Ok(Estimate {
                model: None,
                free: true,
                input_tokens: 0,
                files_sent: 0,
                files_total: 0,
                approximate: false,
                typical_output_tokens: 0,
                typical_nanousd: Some(0),
                most_nanousd: Some(0),
                over_budget: None,
            });
        };
        let most = self.config.limits.message_chars as usize;
        let text: String = ask.message.trim().chars().take(most).collect();
        let mode = ask.mode.unwrap_or(TurnMode::Build);
        let images = ask.images.unwrap_or(0) as usize;
        let asking = Asking { chosen: &chosen, text: &text, mode, images, place, message: None };
        let first = self.first_call(asking).await?;
        let now = self.env.now();
        let mut conn = self.db.read().await?;
        let own = conn.answers_of(payer.user, &chosen.name, LOOKED_AT).await?;
        let is_new = match place {
            Place::There(project) => project.file_count == 0,
            Place::New { .. } => true,
        };
        let output = match own {
            (calls, tokens) if calls >= ENOUGH && !is_new => tokens / calls,
            _ => usual_output(mode, is_new),
        };
        let typical = TokenUsage {
            input: first.input_tokens,
            output: output.min(chosen.capabilities.max_output_tokens.into()),
            ..TokenUsage::default()
        };
        let purses = self.purses(&mut conn, payer, StepKind::Draft, now).await?;
        let most = first.worst.most();
        Ok(Estimate {
            free: most == Some(0),
            input_tokens: first.input_tokens,
            files_sent: first.files_sent,
            files_total: first.files_total,
            approximate: !models::counts_exactly(&chosen),
            typical_output_tokens: typical.output,
            typical_nanousd: models::cost_nanousd(&chosen, &typical, now),
            most_nanousd: most.map(super::unsigned),
            over_budget: purses.objection(&mut conn, &first.worst).await?,
            model: Some(chosen.id),
        })
    }
}

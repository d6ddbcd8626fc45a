//! The list of models that a person chooses from.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use qv_domain::chat::EditStyle;
use qv_domain::{Timestamp, UserId};
use qv_llm::{ModelInfo, ProviderKind};
use qv_wire::{Model, ModelList, ModelSource, ProviderState, ProviderStatus};

use super::STARTERS;
use crate::{Actor, Engine, EngineError, Result};

/// Models of one provider that are listed at most: some offer thousands.
const MOST_PER_PROVIDER: usize = 400;

impl Engine {
    /// Every model that the actor can use, and how each provider stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn models(&self, actor: &Actor) -> Result<ModelList> {
        let (user, now) = (actor.user_id(), self.env.now());
        let set = self.prices_set().await?;
        let mut items = Vec::new();
        let mut providers = Vec::new();
        for kind in ProviderKind::ALL {
            let (state, note, models) = self.offer(user, kind).await?;
            items.extend(
                models.iter().take(MOST_PER_PROVIDER).map(|model| view(kind, model, &set, now)),
            );
            providers.push(ProviderStatus {
                id: kind.id().to_owned(),
                label: kind.label().to_owned(),
                state,
                note,
                needs_key: kind.needs_key(),
                env_var: kind.key_env().map(str::to_owned),
                base_url: kind.base_url().unwrap_or_default().to_owned(),
            });
        }
        let default = self.default_model(user).await?.filter(|id| id != STARTERS);
        Ok(ModelList { items, default, providers, prices: crate::prices::source() })
    }

    /// Looks for local servers again and asks every connected provider anew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh_models(&self, actor: &Actor) -> Result<ModelList> {
        for kind in ProviderKind::ALL {
            self.models.forget(actor.user_id(), kind);
        }
        self.models.probe().await;
        self.models(actor).await
    }

    /// Sets the actor's default model; `None` goes back to the automatic choice.
    ///
    /// # Errors
    /// `Invalid` when there is no such model.
    pub async fn set_default_model(&self, actor: &Actor, model: Option<&str>) -> Result<()> {
        if let Some(id) = model {
            self.choose_model(actor.user_id(), Some(id)).await?;
        }
        let name = setting(actor.user_id());
        let mut tx = self.db.begin().await?;
        match model {
            Some(id) => tx.set_setting(&name, &id, self.env.now()).await?,
            None => {
                tx.delete_setting(&name).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// The model of a turn that names none: the user's choice, else the best that is connected, else `None`.
    pub(crate) async fn default_model(&self, user: UserId) -> Result<Option<String>> {
        let chosen: Option<String> = self.db.read().await?.setting(&setting(user)).await?;
        if let Some(id) = chosen {
            let usable = id == STARTERS || self.choose_named(user, &id).await;
            if usable {
                return Ok(Some(id));
            }
        }
        for kind in ProviderKind::ALL {
            let (_, _, models) = self.offer(user, kind).await?;
            if let Some(best) = best(&models) {
                return Ok(Some(format!("{kind}/{}", best.id)));
            }
        }
        Ok(None)
    }

    /// Whether the provider of a saved choice is still connected.
    async fn choose_named(&self, user: UserId, id: &str) -> bool {
        let kind = id.split_once('/').and_then(|(kind, _)| kind.parse::<ProviderKind>().ok());
        match kind {
            Some(kind) => matches!(self.key_or_local(user, kind).await, Ok(Some(_))),
            None => false,
        }
    }

    async fn offer(
        &self,
        user: UserId,
        kind: ProviderKind,
    ) -> Result<(ProviderState, String, Vec<ModelInfo>)> {
        let key = match self.open_key(user, kind).await {
            Ok(key) => key,
            Err(EngineError::Refused { detail, .. }) => {
                return Ok((ProviderState::Failing, detail, Vec::new()));
            }
            Err(other) => return Err(other),
        };
        if let Some(key) = key {
            return Ok(match self.listing(user, kind, &key).await {
                Ok(models) => (
                    ProviderState::Connected,
                    format!("Connected: {} models.", models.len()),
                    models,
                ),
                Err(error) => (ProviderState::Failing, error.safe_message(), Vec::new()),
            });
        }
        if let Some(server) = self.models.local().into_iter().find(|server| server.kind == kind) {
            let note = match server.models.len() {
                0 => "It runs on this machine, but has no model yet. Load one there, then refresh."
                    .to_owned(),
                count => format!("Runs on this machine: {count} models, free."),
            };
            return Ok((ProviderState::Connected, note, server.models));
        }
        Ok((ProviderState::NotConnected, not_connected(kind), Vec::new()))
    }
}

fn not_connected(kind: ProviderKind) -> String {
    if kind.is_local() {
        return format!("Not found on this machine. Start {}, then refresh.", kind.label());
    }
    match kind.key_env() {
        Some(variable) => format!("Add a key here, or start QuickVibe with {variable} set."),
        None => "Add its address here, and a key if it needs one.".to_owned(),
    }
}

fn setting(user: UserId) -> String {
    format!("default_model:{user}")
}

/// The one that a newcomer is best served by: known, precise at edits, not the dearest tier, newest by name.
fn best(models: &[ModelInfo]) -> Option<&ModelInfo> {
    let rank = |model: &&ModelInfo| {
        let name = model.id.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        (
            model.capabilities.edit_style == EditStyle::SearchReplace,
            model.capabilities.known,
            !has(&[
                "embed",
                "tts",
                "whisper",
                "image",
                "audio",
                "moderation",
                "realtime",
                "transcribe",
                "search",
            ]),
            has(&["sonnet", "coder", "codex", "gpt-5", "deepseek-chat", "pro"]),
            !has(&["mini", "nano", "lite", "preview", "haiku"]),
            Reverse(name.len()),
            name.clone(),
        )
    };
    models.iter().max_by_key(rank)
}

fn view(
    kind: ProviderKind,
    model: &ModelInfo,
    set: &BTreeMap<String, qv_pfc::Price>,
    now: Timestamp,
) -> Model {
    let local = kind.is_local();
    let id = format!("{kind}/{}", model.id);
    let price = super::price(kind, &model.id, set.get(&id).copied(), now);
    Model {
        id,
        provider: kind.id().to_owned(),
        label: model.label.clone().unwrap_or_else(|| model.id.clone()),
        source: if local { ModelSource::Local } else { ModelSource::Hosted },
        context_window: Some(model.capabilities.context_tokens),
        sees_images: model.capabilities.sees_images,
        input_price_microusd: price.map(|price| price.0),
        output_price_microusd: price.map(|price| price.1),
    }
}

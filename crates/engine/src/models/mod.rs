//! Which models can be asked, and which one a turn uses.

mod cost;
mod facts;
mod list;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use qv_domain::{Env, Timestamp, UserId};
use qv_llm::{
    Capabilities, ChatModel as _, Credentials, Http, LlmError, LocalServer, ModelInfo,
    ProbeTargets, Provider, ProviderConfig, ProviderKind, capabilities, probe_local,
};
use qv_wire::ErrorCode;

pub(crate) use cost::{
    IMAGE_TOKENS, Shown, cost_nanousd, count_bytes, count_request, count_text, counts_exactly,
    pack, price, profile,
};

use facts::KnownFacts;

use crate::vault::OpenKey;
use crate::{Engine, EngineConfig, EngineError, Result};

/// How long a hosted provider's list of models is believed.
const LIST_LIFE: Duration = Duration::from_secs(15 * 60);
/// The word for "never ask a model".
pub(crate) const STARTERS: &str = "starters";

/// What is known of providers and their models.
#[derive(Debug)]
pub(crate) struct Models {
    http: Http,
    probes: ProbeTargets,
    local: Mutex<Vec<LocalServer>>,
    lists: Mutex<HashMap<(UserId, ProviderKind), Listing>>,
    /// What is known of projects' files.
    pub(crate) facts: KnownFacts,
    /// Kept, because a provider remembers what its models refuse.
    providers: Mutex<HashMap<Place, Arc<Provider>>>,
}

/// A provider at an address; `None` is its own.
type Place = (ProviderKind, Option<String>);

/// What a provider last said it offers.
#[derive(Debug, Clone)]
struct Listing {
    models: Result<Vec<ModelInfo>, LlmError>,
    at: Timestamp,
}

/// A model with everything that a call to it needs.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    /// `provider/name`.
    pub(crate) id: String,
    /// The provider's own name of it.
    pub(crate) name: String,
    pub(crate) kind: ProviderKind,
    pub(crate) provider: Arc<Provider>,
    pub(crate) key: OpenKey,
    pub(crate) capabilities: Capabilities,
    /// What an administrator has set as its price; `None`: the list's.
    pub(crate) price_set: Option<qv_pfc::Price>,
    /// How it counts tokens, as far as its provider has told.
    pub(crate) scale: qv_pfc::Scale,
}

impl Chosen {
    /// Whether what is reported tells of the model, and not of whatever a user's own address answers.
    pub(crate) const fn is_calibrated(&self) -> bool {
        !self.scale.exact() && (self.key.id.is_none() || self.key.base_url.is_none())
    }
}

impl Models {
    pub(crate) fn new(config: &EngineConfig, env: Arc<dyn Env>) -> Result<Self> {
        Ok(Self {
            http: Http::new(env)?,
            probes: config.probes.clone(),
            local: Mutex::default(),
            lists: Mutex::default(),
            facts: KnownFacts::default(),
            providers: Mutex::default(),
        })
    }

    /// Forgets what a provider said to a user: their key has changed.
    pub(crate) fn forget(&self, user: UserId, kind: ProviderKind) {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).remove(&(user, kind));
    }

    async fn probe(&self) {
        let found = probe_local(&self.http, &self.probes).await;
        for server in &found {
            tracing::info!(provider = %server.kind, models = server.models.len(), "found a model server");
        }
        *self.local.lock().unwrap_or_else(PoisonError::into_inner) = found;
    }

    fn local(&self) -> Vec<LocalServer> {
        self.local.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Looks for model servers on this machine once, at the start.
pub(crate) async fn refresh_at_start(engine: Arc<Engine>) {
    engine.models.probe().await;
}

impl Engine {
    /// A model that a turn names, ready to be called. `None` for the starters.
    ///
    /// # Errors
    /// `Invalid` when there is no such model or its provider is not connected.
    pub(crate) async fn choose_model(
        &self,
        user: UserId,
        wanted: Option<&str>,
    ) -> Result<Option<Chosen>> {
        let id = match wanted {
            Some(id) => Some(id.to_owned()),
            None => self.default_model(user).await?,
        };
        let Some(id) = id.filter(|id| id != STARTERS) else { return Ok(None) };
        let unknown = || {
            EngineError::invalid(
                "model",
                format!(
                    "There is no model `{}` here. Choose one from the list.",
                    id.chars().take(80).collect::<String>()
                ),
            )
        };
        let (provider, name) = id.split_once('/').ok_or_else(unknown)?;
        let kind: ProviderKind = provider.parse().map_err(|_| unknown())?;
        if name.is_empty() {
            return Err(unknown());
        }
        let key = self.key_or_local(user, kind).await?.ok_or_else(|| {
            EngineError::invalid(
                "model",
                format!("{} is not connected. Add a key in Settings.", kind.label()),
            )
        })?;
        let known = self.known_models(user, kind).await;
        let listed = known.iter().find(|model| model.id == name);
        let capabilities = listed.map_or_else(|| capabilities(name), |model| model.capabilities);
        let provider = self.provider(kind, key.base_url.as_deref())?;
        let price_set = self.price_set(&id).await?;
        let (calls, counted, reported) = self.db.read().await?.calibration(&id).await?;
        let measured = qv_pfc::Calibration { calls, counted, reported };
        let scale = qv_pfc::Scale::calibrated(name, measured);
        let name = name.to_owned();
        Ok(Some(Chosen { name, kind, provider, key, capabilities, price_set, scale, id }))
    }

    /// The key for a hosted provider, or the address of a local one that answered.
    async fn key_or_local(&self, user: UserId, kind: ProviderKind) -> Result<Option<OpenKey>> {
        if let Some(key) = self.open_key(user, kind).await? {
            return Ok(Some(key));
        }
        let find = || self.models.local().into_iter().find(|server| server.kind == kind);
        let mut server = find();
        if server.is_none() && kind.is_local() {
            // It may have been started since anybody looked.
            self.models.probe().await;
            server = find();
        }
        Ok(server.map(|server| OpenKey {
            id: None,
            credentials: Credentials::none(),
            base_url: Some(server.base_url),
        }))
    }

    fn provider(&self, kind: ProviderKind, base_url: Option<&str>) -> Result<Arc<Provider>> {
        let mut providers = self.models.providers.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (kind, base_url.map(str::to_owned));
        if let Some(provider) = providers.get(&place) {
            return Ok(provider.clone());
        }
        let mut config = ProviderConfig::new(kind);
        config.addresses = self.config.addresses;
        config.limits = self.config.call_limits.unwrap_or(config.limits);
        if let Some(url) = base_url {
            config = config.at(url);
        }
        let provider = Arc::new(Provider::new(config, &self.models.http)?);
        providers.insert(place, provider.clone());
        Ok(provider)
    }

    /// Asks a provider what it offers.
    pub(crate) async fn list_models(
        &self,
        kind: ProviderKind,
        key: &OpenKey,
    ) -> Result<Vec<ModelInfo>, LlmError> {
        let provider =
            self.provider(kind, key.base_url.as_deref()).map_err(|error| match error {
                EngineError::Model(error) => error,
                other => LlmError::InvalidRequest { message: other.detail() },
            })?;
        provider.models(&key.credentials).await
    }

    /// What a provider offers a user, as last heard; asked when nothing recent is known.
    async fn listing(
        &self,
        user: UserId,
        kind: ProviderKind,
        key: &OpenKey,
    ) -> Result<Vec<ModelInfo>, LlmError> {
        let now = self.env.now();
        {
            let lists = self.models.lists.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = lists.get(&(user, kind))
                && now.since(known.at) < LIST_LIFE
            {
                return known.models.clone();
            }
        }
        let models = self.list_models(kind, key).await;
        let listing = Listing { models: models.clone(), at: now };
        self.models
            .lists
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((user, kind), listing);
        models
    }

    /// What is known without asking anybody.
    async fn known_models(&self, user: UserId, kind: ProviderKind) -> Vec<ModelInfo> {
        if let Some(server) = self.models.local().into_iter().find(|server| server.kind == kind) {
            return server.models;
        }
        let lists = self.models.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.get(&(user, kind)).and_then(|listing| listing.models.clone().ok()).unwrap_or_default()
    }

    /// Says that a turn needs a model, and how to get one.
    pub(crate) fn needs_model(what: &str) -> EngineError {
        EngineError::refused(
            ErrorCode::NeedsModel,
            format!(
                "{what} needs a model. Connect one in Settings: a key, or Ollama, LM Studio or llama-server on this machine."
            ),
        )
    }
}

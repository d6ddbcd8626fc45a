//! The engines of this instance, each opened once, in the background.

use std::sync::Arc;

use qv_domain::EngineKind;
use qv_sandbox::{Availability, SandboxEngine, SandboxError};
use tokio::sync::OnceCell;

use super::setup::Setup;

/// The engines that were set up.
#[derive(Debug)]
pub(super) struct Engines {
    pub(super) local: Slot,
    pub(super) daytona: Slot,
}

/// An engine, and whether it could be opened.
#[derive(Debug)]
pub(super) struct Slot {
    kind: EngineKind,
    setup: Option<Setup>,
    opened: OnceCell<Result<Arc<dyn SandboxEngine>, SandboxError>>,
}

impl Slot {
    pub(super) fn new(kind: EngineKind, setup: Option<Setup>) -> Self {
        Self { kind, setup, opened: OnceCell::new() }
    }

    /// The engine; opens it when nobody has.
    ///
    /// # Errors
    /// When it is not set up, or cannot be opened: that is decided once.
    pub(super) async fn get(&self) -> Result<&Arc<dyn SandboxEngine>, SandboxError> {
        let Some(setup) = &self.setup else {
            return Err(SandboxError::NotIsolated { reason: self.off() });
        };
        let opened = self.opened.get_or_init(|| async {
            let opened = setup.open().await;
            if let Err(error) = &opened {
                tracing::warn!(engine = %self.kind, %error, "no sandboxes by this engine");
            }
            opened
        });
        opened.await.as_ref().map_err(Clone::clone)
    }

    /// The engine, if it is open by now.
    pub(super) fn opened(&self) -> Option<&Arc<dyn SandboxEngine>> {
        self.opened.get().and_then(|opened| opened.as_ref().ok())
    }

    /// Whether it can be had.
    pub(super) async fn availability(&self) -> Availability {
        if self.setup.is_none() {
            return Availability::Off(self.off());
        }
        match self.get().await {
            Ok(_) => Availability::Ready,
            Err(error) => Availability::Down(sentence(&error)),
        }
    }

    /// What a second of a machine costs, in billionths of a US dollar.
    pub(super) fn nanousd_per_second(&self) -> u64 {
        self.setup.as_ref().map_or(0, Setup::nanousd_per_second)
    }

    /// What its sandboxes find in their environment.
    pub(super) fn env(&self) -> Vec<(String, String)> {
        self.setup.as_ref().map(Setup::env).unwrap_or_default()
    }

    /// How it is, for operators.
    pub(super) async fn note(&self) -> String {
        match (self.availability().await, &self.setup) {
            (Availability::Ready, Some(setup)) => setup.note(),
            (Availability::Ready, None) => self.off(),
            (Availability::Off(why) | Availability::Full(why) | Availability::Down(why), _) => why,
        }
    }

    /// Machines that may run at once, and memory that they may use together, where we decide.
    pub(super) fn most(&self) -> (Option<u32>, Option<u64>) {
        self.setup.as_ref().map_or((None, None), Setup::most)
    }

    fn off(&self) -> String {
        match self.kind {
            EngineKind::Daytona => {
                "Daytona is not set up here: the operator has given no key.".to_owned()
            }
            _ => "Sandboxes on this server are turned off.".to_owned(),
        }
    }
}

impl Engines {
    /// The engine that makes machines of this kind; `None` for those in a browser.
    pub(super) fn slot(&self, kind: EngineKind) -> Option<&Slot> {
        match kind {
            EngineKind::Local => Some(&self.local),
            EngineKind::Daytona => Some(&self.daytona),
            EngineKind::Browser | EngineKind::Webcontainer => None,
        }
    }

    pub(super) fn slots(&self) -> [&Slot; 2] {
        [&self.local, &self.daytona]
    }
}

impl Slot {
    pub(super) const fn kind(&self) -> EngineKind {
        self.kind
    }
}

/// An error's words as a sentence.
pub(super) fn sentence(error: &SandboxError) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().collect::<String>());
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.unwrap_or_default(), chars.as_str())
}

//! Which sandbox at Daytona is which of ours.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use qv_domain::SandboxId;
use tokio::sync::OnceCell;
use url::Url;

use super::Core;
use super::http::{Call, under};
use super::wire::{Sandbox, SandboxPage, WorkDir};
use crate::{Result, SandboxError};

/// The label that says which of ours it is.
const LABEL: &str = "quickvibe-sandbox";
/// The project's folder, in the folder where Daytona starts commands.
const PROJECT: &str = "project";
/// Pages of a list: no account has more.
const MOST_PAGES: usize = 200;

/// How it is, in our words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Starting,
    Running,
    Stopping,
    Stopped,
    Failed,
    Gone,
}

impl Sandbox {
    /// A state that is new to us is one on the way to another.
    pub(super) fn state(&self) -> State {
        match self.state.as_deref() {
            Some("started" | "resizing" | "snapshotting" | "forking") => State::Running,
            Some("stopping" | "pausing") => State::Stopping,
            Some("stopped" | "archived" | "archiving" | "paused") => State::Stopped,
            Some("error" | "build_failed") => State::Failed,
            Some("destroyed" | "destroying") => State::Gone,
            _ => State::Starting,
        }
    }

    fn ours(&self) -> Option<SandboxId> {
        self.labels.as_ref()?.get(LABEL)?.parse().ok()
    }
}

/// A sandbox at Daytona.
#[derive(Debug)]
pub(super) struct Remote {
    pub(super) id: SandboxId,
    /// Daytona's own id.
    pub(super) key: String,
    /// Where its toolbox is.
    pub(super) toolbox: Url,
    /// Held while it is stopped, started or removed.
    pub(super) changing: tokio::sync::Mutex<()>,
    project: OnceCell<String>,
}

/// Those that we have met. What is lost here is found again.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<SandboxId, Arc<Remote>>>);

impl Known {
    pub(super) fn get(&self, id: SandboxId) -> Option<Arc<Remote>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    fn keep(&self, remote: Remote) -> Arc<Remote> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(remote.id).or_insert_with(|| Arc::new(remote)))
    }

    pub(super) fn forget(&self, id: SandboxId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    pub(super) fn ids(&self) -> Vec<SandboxId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }
}

/// The name of a sandbox at Daytona.
pub(super) fn name_of(id: SandboxId) -> String {
    format!("quickvibe-{id}")
}

pub(super) const GONE: SandboxError = SandboxError::NotFound { what: "sandbox" };

impl Core {
    /// The labels of a sandbox.
    pub(super) fn labels(&self, id: SandboxId) -> BTreeMap<String, String> {
        let mut labels = self.config.labels.clone();
        labels.insert(LABEL.to_owned(), id.to_string());
        labels
    }

    /// Takes what Daytona says about one of ours.
    pub(super) fn meet(&self, id: SandboxId, sandbox: &Sandbox) -> Result<Arc<Remote>> {
        if let Some(known) = self.known.get(id) {
            return Ok(known);
        }
        let odd = |message: &str| SandboxError::Transient { message: message.to_owned() };
        let key = sandbox.id.clone().filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| odd("Daytona's answer names no sandbox"))?;
        let proxy = sandbox.toolbox_proxy_url.as_deref().and_then(|url| Url::parse(url).ok());
        let proxy = proxy
            .filter(|url| self.api.trusts(url))
            .ok_or_else(|| odd("Daytona's answer has no address for the sandbox"))?;
        let toolbox = under(&proxy, &[&key]);
        let (changing, project) = (tokio::sync::Mutex::new(()), OnceCell::new());
        Ok(self.known.keep(Remote { id, key, toolbox, changing, project }))
    }

    /// What Daytona says about one of ours now.
    pub(super) async fn look(&self, id: SandboxId) -> Result<Sandbox> {
        let known = self.known.get(id).map(|remote| remote.key.clone());
        let name = known.clone().unwrap_or_else(|| name_of(id));
        let answer = self.api.call(Call::get(self.api.url(&["sandbox", &name]))).await;
        let sandbox: Sandbox = match answer {
            Ok(answer) => answer.json()?,
            Err(error) => {
                if matches!(error, SandboxError::NotFound { .. }) {
                    self.known.forget(id);
                }
                return Err(error);
            }
        };
        // By name, somebody else's could answer.
        let ours = known.is_some() || sandbox.ours() == Some(id);
        if !ours || sandbox.state() == State::Gone {
            self.known.forget(id);
            return Err(GONE);
        }
        Ok(sandbox)
    }

    /// One of ours, asked about only when it is not known.
    pub(super) async fn remote(&self, id: SandboxId) -> Result<Arc<Remote>> {
        if let Some(known) = self.known.get(id) {
            return Ok(known);
        }
        let sandbox = self.look(id).await?;
        self.meet(id, &sandbox)
    }

    /// The project's folder; asked for once.
    pub(super) async fn project<'a>(&self, remote: &'a Remote) -> Result<&'a str> {
        let ask = || async {
            let url = under(&remote.toolbox, &["work-dir"]);
            let found: WorkDir = self.api.call(Call::get(url)).await?.json()?;
            let folder = found.dir.filter(|dir| dir.starts_with('/'));
            let folder = folder.ok_or_else(|| SandboxError::Transient {
                message: "Daytona's answer names no folder".to_owned(),
            })?;
            Ok(format!("{}/{PROJECT}", folder.trim_end_matches('/')))
        };
        remote.project.get_or_try_init(ask).await.map(String::as_str)
    }

    /// Every sandbox with our labels.
    pub(super) async fn all(&self) -> Result<BTreeMap<SandboxId, State>> {
        let labels = serde_json::to_string(&self.config.labels).unwrap_or_default();
        // A list that changes while it is read tells of some twice.
        let (mut found, mut cursor) = (BTreeMap::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let mut url = self.api.url(&["sandbox"]);
            url.query_pairs_mut().append_pair("limit", "200").append_pair("labels", &labels);
            if let Some(cursor) = &cursor {
                url.query_pairs_mut().append_pair("cursor", cursor);
            }
            let page: SandboxPage = self.api.call(Call::get(url)).await?.json()?;
            for sandbox in page.items.unwrap_or_default() {
                let state = sandbox.state();
                if let Some(id) = sandbox.ours().filter(|_| state != State::Gone) {
                    found.insert(id, state);
                }
            }
            let next = page.next_cursor.filter(|next| !next.is_empty());
            if next.is_none() || next == cursor {
                return Ok(found);
            }
            cursor = next;
        }
        Ok(found)
    }

    /// What an error of the toolbox's really means: it cannot be reached when the sandbox does not run or is gone.
    pub(super) async fn explain(&self, id: SandboxId, error: SandboxError) -> SandboxError {
        let unclear = matches!(
            error,
            SandboxError::NotFound { .. }
                | SandboxError::Transient { .. }
                | SandboxError::Conflict { .. }
                | SandboxError::InvalidSpec { .. }
        );
        if !unclear {
            return error;
        }
        match self.look(id).await {
            Ok(sandbox) => match sandbox.state() {
                State::Running => error,
                State::Starting => {
                    SandboxError::Transient { message: "the sandbox is being started".to_owned() }
                }
                State::Failed => failure(&sandbox),
                State::Stopping | State::Stopped | State::Gone => not_running(),
            },
            Err(gone @ SandboxError::NotFound { .. }) => gone,
            Err(_) => error,
        }
    }
}

pub(super) fn not_running() -> SandboxError {
    SandboxError::Conflict { message: "the sandbox does not run".to_owned() }
}

/// Why a sandbox failed.
pub(super) fn failure(sandbox: &Sandbox) -> SandboxError {
    let reason = sandbox.error_reason.as_deref().unwrap_or("Daytona gave no reason");
    let reason = super::fault::clean(reason, "");
    if let Some(known) = super::fault::by_text(&reason) {
        return known;
    }
    if sandbox.state.as_deref() == Some("build_failed") {
        let message = format!("Daytona could not build the sandbox: {reason}");
        return SandboxError::InvalidSpec { message };
    }
    SandboxError::Transient { message: format!("the sandbox failed at Daytona: {reason}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_the_description_has_a_meaning_and_new_ones_do_no_harm() {
        let state = |text: Option<&str>| {
            Sandbox { state: text.map(str::to_owned), ..Sandbox::default() }.state()
        };
        for (text, meant) in [
            ("started", State::Running),
            ("creating", State::Starting),
            ("pulling_snapshot", State::Starting),
            ("stopped", State::Stopped),
            ("archived", State::Stopped),
            ("stopping", State::Stopping),
            ("error", State::Failed),
            ("build_failed", State::Failed),
            ("destroying", State::Gone),
            ("teleporting", State::Starting),
        ] {
            assert_eq!(state(Some(text)), meant, "{text}");
        }
        assert_eq!(state(None), State::Starting);
    }

    #[test]
    fn what_is_null_or_missing_is_taken() {
        let text =
            r#"{"id":"x","labels":null,"state":null,"cpu":null,"toolboxProxyUrl":null,"new":[1]}"#;
        let sandbox: Sandbox = serde_json::from_str(text).unwrap();
        assert_eq!(sandbox.state(), State::Starting);
        assert_eq!(sandbox.ours(), None);
        let page: SandboxPage =
            serde_json::from_str(r#"{"items":null,"nextCursor":null}"#).unwrap();
        assert!(page.items.is_none() && page.next_cursor.is_none());
    }
}

//! Stopping, starting and removing.

use std::time::Duration;

use futures_util::future::BoxFuture;
use http::Method;
use qv_domain::SandboxId;
use tokio::time::{Instant, sleep};

use super::Core;
use super::http::{Call, Repeat};
use super::remote::{State, failure, name_of};
use super::wire::Sandbox;
use crate::{Result, SandboxError};

/// The first wait between two looks at a sandbox that changes, and the longest.
const FIRST_LOOK: Duration = Duration::from_millis(100);
const LAST_LOOK: Duration = Duration::from_secs(2);

impl Core {
    /// Waits until it is so.
    pub(super) async fn until(&self, id: SandboxId, wanted: State) -> Result<Sandbox> {
        let limit = self.config.patience.change;
        let end = Instant::now() + limit;
        let mut wait = FIRST_LOOK;
        loop {
            let sandbox = self.look(id).await?;
            match sandbox.state() {
                state if state == wanted => return Ok(sandbox),
                State::Failed => return Err(failure(&sandbox)),
                // Somebody else has stopped what was being started, or the other way round.
                State::Stopped if wanted == State::Running && wait > LAST_LOOK / 4 => {
                    let message = "the sandbox was stopped while it was being started".to_owned();
                    return Err(SandboxError::Conflict { message });
                }
                _ => {}
            }
            if Instant::now() + wait > end {
                return Err(SandboxError::Timeout { what: "a change of the sandbox", limit });
            }
            sleep(wait).await;
            wait = (wait * 3 / 2).min(LAST_LOOK);
        }
    }

    pub(super) async fn stop(&self, id: SandboxId) -> Result<()> {
        let remote = self.remote(id).await?;
        let _changing = remote.changing.lock().await;
        self.stop_it(id, &remote.key).await
    }

    pub(super) async fn start(&self, id: SandboxId) -> Result<()> {
        let remote = self.remote(id).await?;
        let _changing = remote.changing.lock().await;
        self.start_it(id, &remote.key).await
    }

    async fn stop_it(&self, id: SandboxId, key: &str) -> Result<()> {
        if self.look(id).await?.state() == State::Stopped {
            return Ok(());
        }
        let url = self.api.url(&["sandbox", key, "stop"]);
        let asked = self.api.call(Call::new(Method::POST, url, Repeat::Patient)).await;
        if let Err(error) = asked {
            // Refused because it is stopped, or is being stopped.
            match self.look(id).await.map(|sandbox| sandbox.state()) {
                Ok(State::Stopped | State::Stopping) => {}
                _ => return Err(error),
            }
        }
        self.until(id, State::Stopped).await?;
        Ok(())
    }

    async fn start_it(&self, id: SandboxId, key: &str) -> Result<()> {
        match self.look(id).await?.state() {
            State::Running => return Ok(()),
            State::Starting => return self.until(id, State::Running).await.map(drop),
            State::Stopping => drop(self.until(id, State::Stopped).await?),
            State::Stopped | State::Failed | State::Gone => {}
        }
        let url = self.api.url(&["sandbox", key, "start"]);
        let asked = self.api.call(Call::new(Method::POST, url, Repeat::Patient)).await;
        if let Err(error) = asked {
            match self.look(id).await.map(|sandbox| sandbox.state()) {
                Ok(State::Running | State::Starting) => {}
                _ => return Err(error),
            }
        }
        self.until(id, State::Running).await?;
        Ok(())
    }

    /// Removes it, also one that we know only by name.
    pub(super) async fn remove(&self, id: SandboxId) -> Result<()> {
        let known = self.known.get(id);
        let _changing = match &known {
            Some(remote) => Some(remote.changing.lock().await),
            None => None,
        };
        let name = known.as_ref().map_or_else(|| name_of(id), |remote| remote.key.clone());
        let url = self.api.url(&["sandbox", &name]);
        match self.api.call(Call::new(Method::DELETE, url, Repeat::Patient)).await {
            Ok(_) | Err(SandboxError::NotFound { .. }) => {}
            Err(error) => match self.look(id).await {
                // Somebody removes it already.
                Err(SandboxError::NotFound { .. }) => {}
                _ => return Err(error),
            },
        }
        self.known.forget(id);
        Ok(())
    }

    /// Does something with the files of a sandbox that may be stopped: it is then started for that long.
    pub(super) async fn awake<'a, T>(
        &self,
        id: SandboxId,
        work: impl Fn() -> BoxFuture<'a, Result<T>> + Send + Sync,
    ) -> Result<T> {
        match work().await {
            Err(SandboxError::Conflict { .. }) => {}
            done => return done,
        }
        let remote = self.remote(id).await?;
        let _changing = remote.changing.lock().await;
        if self.look(id).await?.state() == State::Running {
            return work().await;
        }
        self.start_it(id, &remote.key).await?;
        let done = work().await;
        let stopped = self.stop_it(id, &remote.key).await;
        let done = done?;
        stopped?;
        Ok(done)
    }
}

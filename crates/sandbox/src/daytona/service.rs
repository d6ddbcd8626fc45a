//! Services and how they are reached.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use qv_domain::SandboxId;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use url::Url;

use super::Core;
use super::http::{Call, under};
use super::remote::{Remote, State, not_running};
use super::wire::{PortInUse, PreviewUrl};
use crate::{Command, ExecEvent, Execution, PreviewTarget, Result, SandboxError};

/// The ports that Daytona shows to the outside.
const PORTS: std::ops::RangeInclusive<u16> = 3_000..=9_999;
const TOKEN: HeaderName = HeaderName::from_static("x-daytona-preview-token");
const NO_WARNING: HeaderName = HeaderName::from_static("x-daytona-skip-preview-warning");
/// How long a service may take that has no limit of its own.
const START_LIMIT: Duration = Duration::from_secs(60);
/// The first wait between two looks, and the longest.
const FIRST_LOOK: Duration = Duration::from_millis(100);
const LAST_LOOK: Duration = Duration::from_secs(1);
/// What is kept of the output until somebody reads it.
const MOST_KEPT: usize = 1 << 20;
/// What is shown of the output of a service that ended.
const SHOWN: usize = 4_096;

impl Core {
    pub(super) async fn preview(&self, id: SandboxId, port: u16) -> Result<PreviewTarget> {
        let remote = self.remote(id).await?;
        let state = self.look(id).await?.state();
        if state != State::Running {
            return Err(not_running());
        }
        let (base, headers) = self.address(&remote, port).await?;
        Ok(PreviewTarget::Http { base, headers })
    }

    async fn address(&self, remote: &Remote, port: u16) -> Result<(Url, HeaderMap)> {
        if !PORTS.contains(&port) {
            let message =
                format!("only ports 3000 to 9999 can be seen from outside at Daytona, not {port}");
            return Err(SandboxError::InvalidSpec { message });
        }
        let url =
            self.api.url(&["sandbox", &remote.key, "ports", &port.to_string(), "preview-url"]);
        let found: PreviewUrl = self.api.call(Call::get(url)).await?.json()?;
        let odd = || SandboxError::Transient {
            message: "Daytona's answer has no address for the preview".to_owned(),
        };
        let base = found.url.as_deref().and_then(|url| Url::parse(url).ok());
        let base = base.filter(|url| self.api.trusts(url)).ok_or_else(odd)?;
        let token = found.token.filter(|token| !token.is_empty()).ok_or_else(odd)?;
        let mut token = HeaderValue::from_str(&token).map_err(|_| odd())?;
        token.set_sensitive(true);
        let headers =
            HeaderMap::from_iter([(TOKEN, token), (NO_WARNING, HeaderValue::from_static("true"))]);
        Ok((base, headers))
    }

    pub(super) async fn serve(
        self: &Arc<Self>,
        id: SandboxId,
        mut command: Command,
        port: u16,
    ) -> Result<Execution> {
        let remote = self.remote(id).await?;
        let (base, headers) = match self.address(&remote, port).await {
            Ok(address) => address,
            Err(error @ SandboxError::InvalidSpec { .. }) => return Err(error),
            Err(error) => return Err(self.explain(id, error).await),
        };
        let limit = command.time_limit.take().unwrap_or(START_LIMIT);
        let end = Instant::now() + limit;
        let mut execution = self.run(id, command).await?;
        let mut kept = Kept::default();
        let mut wait = FIRST_LOOK;
        loop {
            let pause = wait;
            let look = async {
                sleep(pause).await;
                self.takes_connections(&remote, port, &base, &headers).await
            };
            tokio::pin!(look);
            let found = loop {
                tokio::select! {
                    event = execution.events.recv() => match event {
                        Some(ExecEvent::Ended(_)) | None => {
                            return Err(SandboxError::Ended { output: kept.shown() });
                        }
                        Some(event) => kept.push(event),
                    },
                    found = &mut look => break found,
                    () = tokio::time::sleep_until(end) => {
                        return Err(SandboxError::Timeout { what: "the start of the service", limit });
                    }
                }
            };
            match found {
                Ok(true) => return Ok(kept.before(execution)),
                Ok(false) => wait = (pause * 3 / 2).min(LAST_LOOK),
                Err(error) => return Err(self.explain(id, error).await),
            }
        }
    }

    /// Whether something listens inside, and is reached from outside.
    async fn takes_connections(
        &self,
        remote: &Remote,
        port: u16,
        base: &Url,
        headers: &HeaderMap,
    ) -> Result<bool> {
        let url = under(&remote.toolbox, &["port", &port.to_string(), "in-use"]);
        let inside: PortInUse = self.api.call(Call::get(url)).await?.json()?;
        if inside.is_in_use != Some(true) {
            return Ok(false);
        }
        let outside = self.api.knock(base.clone(), headers.clone()).await;
        // These are the proxy's words for a port that it does not reach.
        Ok(outside.is_ok_and(|status| {
            !matches!(
                status,
                StatusCode::BAD_GATEWAY
                    | StatusCode::SERVICE_UNAVAILABLE
                    | StatusCode::GATEWAY_TIMEOUT
            )
        }))
    }
}

/// Output that came before anybody could read it; of too much, the last.
#[derive(Debug, Default)]
struct Kept {
    events: VecDeque<ExecEvent>,
    bytes: usize,
}

impl Kept {
    fn push(&mut self, event: ExecEvent) {
        self.bytes += length(&event);
        self.events.push_back(event);
        while self.bytes > MOST_KEPT
            && let Some(oldest) = self.events.pop_front()
        {
            self.bytes -= length(&oldest);
        }
    }

    fn shown(&self) -> String {
        let mut all = Vec::new();
        for event in &self.events {
            if let ExecEvent::Output(_, bytes) = event {
                all.extend_from_slice(bytes);
            }
        }
        let from = all.len().saturating_sub(SHOWN);
        let text = String::from_utf8_lossy(all.get(from..).unwrap_or_default()).into_owned();
        // A character that was cut in two became three bytes.
        text.chars().filter(|c| *c != '\u{fffd}').collect()
    }

    /// An execution that first gives what was kept.
    fn before(self, execution: Execution) -> Execution {
        let Execution { mut events, input } = execution;
        let (sender, kept_first) = mpsc::channel(16);
        tokio::spawn(async move {
            for event in self.events {
                if sender.send(event).await.is_err() {
                    return;
                }
            }
            loop {
                let event = tokio::select! {
                    // The other side is dropped with this task's end, which ends the command.
                    () = sender.closed() => return,
                    event = events.recv() => event,
                };
                let Some(event) = event else { return };
                if sender.send(event).await.is_err() {
                    return;
                }
            }
        });
        Execution { events: kept_first, input }
    }
}

fn length(event: &ExecEvent) -> usize {
    match event {
        ExecEvent::Output(_, bytes) => bytes.len(),
        ExecEvent::Ended(_) => 0,
    }
}

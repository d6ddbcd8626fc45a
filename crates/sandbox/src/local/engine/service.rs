use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::super::files::Owner;
use super::super::running::Running;
use super::dial::connect;
use super::execution;
use crate::{Command, ExecEvent, Execution, Result, SandboxError};

/// How long a service may take to serve, if nothing is said.
const USUAL: Duration = Duration::from_secs(60);
/// How often it is looked whether something listens.
const LOOK: Duration = Duration::from_millis(10);
/// How many bytes of a service's last words are told.
const LAST_WORDS: usize = 4096;
/// How many events are kept while nobody can read them yet; then the service is held back.
const MOST_EVENTS: usize = 512;

/// Starts a command and waits until it listens.
pub(super) async fn start(
    running: &Arc<Running>,
    mut command: Command,
    env: (Vec<(String, String)>, Owner),
    port: u16,
) -> Result<Execution> {
    let limit = command.time_limit.take().unwrap_or(USUAL);
    let until = Instant::now() + limit;
    let mut execution = execution::run(running, command, env).await?;
    let mut heard = Vec::new();
    loop {
        if connect(running, port).await.is_ok() {
            break;
        }
        if Instant::now() >= until {
            // Dropped here, it is ended.
            return Err(SandboxError::Timeout { what: "starting the service", limit });
        }
        tokio::select! {
            event = execution.events.recv(), if heard.len() < MOST_EVENTS => match event {
                Some(event @ ExecEvent::Output(..)) => heard.push(event),
                Some(ExecEvent::Ended(_)) | None => {
                    return Err(SandboxError::Ended { output: last_words(&heard) });
                }
            },
            () = sleep(LOOK) => {}
        }
    }
    Ok(if heard.is_empty() { execution } else { replay(execution, heard) })
}

/// The same execution, with what was heard already in front.
fn replay(execution: Execution, heard: Vec<ExecEvent>) -> Execution {
    let Execution { events: mut rest, input } = execution;
    let (sender, events) = mpsc::channel(1);
    tokio::spawn(async move {
        for event in heard {
            if sender.send(event).await.is_err() {
                return;
            }
        }
        loop {
            // Also while nothing comes: whoever stops listening ends the service.
            tokio::select! {
                () = sender.closed() => return,
                event = rest.recv() => match event {
                    Some(event) => if sender.send(event).await.is_err() { return },
                    None => return,
                },
            }
        }
    });
    Execution { events, input }
}

fn last_words(heard: &[ExecEvent]) -> String {
    let mut all = Vec::new();
    for event in heard {
        if let ExecEvent::Output(_, bytes) = event {
            all.extend_from_slice(bytes);
        }
    }
    let from = all.len().saturating_sub(LAST_WORDS);
    String::from_utf8_lossy(&all[from..]).into_owned()
}

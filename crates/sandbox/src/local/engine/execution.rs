use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use rustix::fs::{Gid, Uid, fchown};
use rustix::pipe::{PipeFlags, pipe_with};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::super::files::Owner;
use super::super::link::{Ends, transient};
use super::super::running::Running;
use super::super::wire::{Program, Request, Status};
use super::input::LocalInput;
use super::stream::{Reader, Writer};
use crate::{Command, ExecEvent, Execution, Exit, Output, Result};

/// How many events wait for who reads; then the command is held back.
const WAITING_EVENTS: usize = 16;
/// How many pieces are read of a command that has ended: more than a pipe holds.
const REST: u32 = 72;
/// How long a command that was killed may take to be gone; then the whole sandbox is ended.
const KILLED: Duration = Duration::from_secs(10);

/// Starts a command, and follows it.
pub(super) async fn run(
    running: &Arc<Running>,
    command: Command,
    (env, owner): (Vec<(String, String)>, Owner),
) -> Result<Execution> {
    let failed = |error: std::io::Error| transient("streams of a command", error);
    let kills = running.memory_kills();
    let mut env = env;
    env.extend(command.env);
    let program = Program {
        argv: command.argv,
        env,
        folder: command.folder,
        terminal: command.terminal.map(|size| (size.columns, size.rows)),
    };
    let mut outputs = Vec::new();
    let (ends, writer) = if command.terminal.is_some() {
        let (ends, terminal) = running.link.exec(Request::Exec(program), Vec::new()).await?;
        let terminal = terminal.ok_or_else(|| transient("a terminal", "it did not come"))?;
        outputs.push((
            Output::Stdout,
            Reader::new(terminal.try_clone().map_err(failed)?).map_err(failed)?,
        ));
        (ends, Writer::new(terminal, true).map_err(failed)?)
    } else {
        let [input, out, err] = [(); 3].map(|()| pipe_with(PipeFlags::CLOEXEC));
        let failed_pipe = |error: rustix::io::Errno| failed(error.into());
        let (theirs_in, mine_in) = input.map_err(failed_pipe)?;
        let (mine_out, theirs_out) = out.map_err(failed_pipe)?;
        let (mine_err, theirs_err) = err.map_err(failed_pipe)?;
        outputs.push((Output::Stdout, Reader::new(mine_out).map_err(failed)?));
        outputs.push((Output::Stderr, Reader::new(mine_err).map_err(failed)?));
        let writer = Writer::new(mine_in, false).map_err(failed)?;
        let theirs = vec![theirs_in, theirs_out, theirs_err];
        if let Some(owner) = owner {
            // Programs open them again, as `/dev/stdout`.
            for pipe in &theirs {
                fchown(pipe, Some(Uid::from_raw(owner)), Some(Gid::from_raw(owner)))
                    .map_err(failed_pipe)?;
            }
        }
        (running.link.exec(Request::Exec(program), theirs).await?.0, writer)
    };
    let (sender, events) = mpsc::channel(WAITING_EVENTS);
    let done = CancellationToken::new();
    let input = LocalInput::new(Arc::clone(running), ends.0, writer, done.clone());
    let follow = Follow {
        running: Arc::clone(running),
        until: command.time_limit.map(|limit| Instant::now() + limit),
        kills,
        sender,
        done,
    };
    tokio::spawn(follow.run(ends, outputs, command.output_limit));
    Ok(Execution { events, input: Box::new(input) })
}

struct Follow {
    running: Arc<Running>,
    until: Option<Instant>,
    kills: u64,
    sender: mpsc::Sender<ExecEvent>,
    done: CancellationToken,
}

impl Follow {
    async fn run(self, ends: Ends, outputs: Vec<(Output, Reader)>, limit: Option<u64>) {
        let left = Arc::new(AtomicU64::new(limit.unwrap_or(u64::MAX)));
        let over = CancellationToken::new();
        let reading: Vec<_> = outputs
            .into_iter()
            .map(|(output, reader)| {
                tokio::spawn(read(
                    output,
                    reader,
                    self.sender.clone(),
                    Arc::clone(&left),
                    over.clone(),
                ))
            })
            .collect();
        let exit = self.wait(ends).await;
        self.done.cancel();
        over.cancel();
        for task in reading {
            let _ = task.await;
        }
        // Nobody listening is right, too.
        let _ = self.sender.send(ExecEvent::Ended(exit)).await;
    }

    async fn wait(&self, (number, mut ended): Ends) -> Exit {
        let late = async {
            match self.until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let exit = tokio::select! {
            status = &mut ended => return self.exit(status.ok()),
            () = late => Exit::TimedOut,
            () = self.sender.closed() => Exit::SandboxGone,
        };
        // The first process may be slow, but it hears; what is not gone then goes with the sandbox.
        let kill = self.running.link.ask(Request::Kill(number));
        let gone = async {
            let _ = kill.await;
            ended.await
        };
        if timeout(KILLED, gone).await.is_err() {
            tracing::warn!("a command could not be killed: its sandbox is ended");
            self.running.link.close();
        }
        exit
    }

    fn exit(&self, status: Option<Status>) -> Exit {
        let starved = || self.running.memory_kills() > self.kills;
        match status {
            None => Exit::SandboxGone,
            Some(Status::Code(0)) => Exit::Code(0),
            Some(Status::OutOfMemory) => Exit::OutOfMemory,
            Some(_) if starved() => Exit::OutOfMemory,
            Some(Status::Code(code)) => Exit::Code(code),
            Some(Status::Signal(signal)) => Exit::Signal(signal),
        }
    }
}

/// Hands on what a command writes, until it has closed the stream; after its end, until nothing is left in it.
async fn read(
    output: Output,
    mut reader: Reader,
    sender: mpsc::Sender<ExecEvent>,
    left: Arc<AtomicU64>,
    over: CancellationToken,
) {
    let mut rest = REST;
    loop {
        if over.is_cancelled() {
            // Somebody else in the sandbox may have the other end, and write for ever.
            rest -= 1;
            if rest == 0 {
                return;
            }
        }
        let chunk = tokio::select! {
            biased;
            chunk = reader.read() => chunk,
            () = over.cancelled() => reader.rest(),
        };
        let Some(mut chunk) = chunk else { return };
        let before = left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                Some(left.saturating_sub(chunk.len() as u64))
            })
            .unwrap_or(0);
        chunk.truncate(usize::try_from(before).unwrap_or(usize::MAX));
        if !chunk.is_empty()
            && sender.send(ExecEvent::Output(output, Bytes::from(chunk))).await.is_err()
        {
            // Whoever listened is gone; the command is being killed.
            return;
        }
    }
}

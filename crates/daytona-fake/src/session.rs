//! Sessions. The real one is a shell that is typed into; here each command is a shell of its own, so that what one sets the
//! next does not see.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, Command};

use crate::log::{Log, Stream};
use crate::process::end_group;

#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) script: String,
    pub(crate) log: Log,
    pub(crate) echoes: bool,
    pid: Option<u32>,
    stdin: tokio::sync::Mutex<Option<ChildStdin>>,
}

#[derive(Debug, Default)]
pub(crate) struct Session {
    jobs: Mutex<HashMap<String, Arc<Job>>>,
}

impl Session {
    pub(crate) fn job(&self, id: &str) -> Option<Arc<Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    pub(crate) fn jobs(&self) -> Vec<Arc<Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn runs(&self) -> bool {
        self.jobs().iter().any(|job| job.log.code().is_none())
    }

    pub(crate) fn end(&self) {
        for job in self.jobs() {
            end_group(job.pid);
        }
    }

    pub(crate) fn start(
        &self,
        id: String,
        script: &str,
        echoes: bool,
        command: &mut Command,
    ) -> std::io::Result<Arc<Job>> {
        let mut child = command.spawn()?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let job = Arc::new(Job {
            id: id.clone(),
            script: script.to_owned(),
            log: Log::new(),
            echoes,
            pid: child.id(),
            stdin: tokio::sync::Mutex::new(child.stdin.take()),
        });
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&job));
        let running = Arc::clone(&job);
        tokio::spawn(async move {
            let status = tokio::join!(
                child.wait(),
                lines(&running, Stream::Out, out),
                lines(&running, Stream::Err, err)
            )
            .0;
            use std::os::unix::process::ExitStatusExt as _;
            let code = status.map_or(1, |status| {
                status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
            });
            running.log.ended(code);
        });
        Ok(job)
    }
}

impl Job {
    /// Writes to standard input; a line that is not ended is ended.
    pub(crate) async fn write(&self, data: &str) -> std::io::Result<()> {
        let mut line = data.to_owned();
        if !line.ends_with('\n') {
            line.push('\n');
        }
        if let Some(stdin) = self.stdin.lock().await.as_mut() {
            stdin.write_all(line.as_bytes()).await?;
            stdin.flush().await?;
        }
        if self.echoes {
            self.log.line(Stream::Out, line.as_bytes());
        }
        Ok(())
    }
}

async fn lines(job: &Job, stream: Stream, source: Option<impl AsyncRead + Unpin>) {
    let Some(source) = source else { return };
    let mut source = BufReader::new(source);
    let mut line = Vec::new();
    while source.read_until(b'\n', &mut line).await.is_ok_and(|read| read > 0) {
        job.log.line(stream, &line);
        line.clear();
    }
}

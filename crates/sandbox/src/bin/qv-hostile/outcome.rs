use std::env;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, AsRawFd as _, FromRawFd as _, OwnedFd};
use std::time::{Duration, Instant};

/// One way out that is tried.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) run: fn() -> Outcome,
}

/// What an attempt needs of the one who runs it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing: the probe sees by itself whether it got out.
    Plain,
    /// Harms a host without limits.
    Bomb,
    /// The host does something meanwhile or afterwards, and judges.
    Host,
    /// Leaves something running on purpose; the host judges.
    Stays,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Bomb => "bomb",
            Self::Host => "host",
            Self::Stays => "stays",
        }
    }
}

/// How an attempt ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    Held(String),
    Escaped(String),
    /// The attempt itself could not be made.
    Error(String),
}

impl Outcome {
    const fn word(&self) -> &'static str {
        match self {
            Self::Held(_) => "held",
            Self::Escaped(_) => "escaped",
            Self::Error(_) => "error",
        }
    }

    fn detail(&self) -> &str {
        let (Self::Held(detail) | Self::Escaped(detail) | Self::Error(detail)) = self;
        detail
    }

    pub(crate) fn line(&self, name: &str) -> String {
        serde_json::json!({ "name": name, "outcome": self.word(), "detail": self.detail() })
            .to_string()
    }

    /// Held when `result` failed; escaped when it went through.
    pub(crate) fn of<T>(what: &str, result: io::Result<T>) -> Self {
        match result {
            Ok(_) => Self::Escaped(format!("{what} went through")),
            Err(error) => Self::Held(format!("{what}: {error}")),
        }
    }

    /// The worst of several ways to the same thing.
    pub(crate) fn worst(all: impl IntoIterator<Item = Self>) -> Self {
        let mut held = Vec::new();
        for outcome in all {
            match outcome {
                Self::Held(detail) => held.push(detail),
                other => return other,
            }
        }
        Self::Held(held.join("; "))
    }
}

/// What the host told, or an error that names it.
pub(crate) fn told(name: &str) -> Result<String, Outcome> {
    env::var(name).map_err(|_| Outcome::Error(format!("{name} was not told")))
}

pub(crate) fn told_number<T: std::str::FromStr>(name: &str) -> Result<T, Outcome> {
    told(name)?.parse().map_err(|_| Outcome::Error(format!("{name} is no number")))
}

/// Gives the outcome whichever way it came.
pub(crate) fn either(outcome: Result<Outcome, Outcome>) -> Outcome {
    outcome.unwrap_or_else(|outcome| outcome)
}

/// Runs an attempt in a process of its own. One that is killed for it was held.
pub(crate) fn in_child(run: fn() -> Outcome) -> Outcome {
    let (mut read, write) = match pipe() {
        Ok(pipe) => pipe,
        Err(error) => return Outcome::Error(format!("pipe: {error}")),
    };
    // SAFETY: this program has one thread.
    match unsafe { libc::fork() } {
        -1 => Outcome::Error(format!("fork: {}", io::Error::last_os_error())),
        0 => {
            drop(read);
            let outcome = run();
            let mut write = File::from(write);
            // The reader may be gone; then nobody wants to know.
            let _ = write.write_all(format!("{}\n{}", outcome.word(), outcome.detail()).as_bytes());
            drop(write);
            // SAFETY: ends this child without running what belongs to the parent.
            unsafe { libc::_exit(0) }
        }
        child => {
            drop(write);
            let mut said = String::new();
            let read = read.read_to_string(&mut said);
            let status = wait_for(child, Duration::from_secs(60));
            match (read, said.split_once('\n')) {
                (Ok(_), Some(("held", detail))) => Outcome::Held(detail.to_owned()),
                (Ok(_), Some(("escaped", detail))) => Outcome::Escaped(detail.to_owned()),
                (Ok(_), Some((_, detail))) => Outcome::Error(detail.to_owned()),
                _ => match status {
                    Some(status) if libc::WIFSIGNALED(status) => {
                        Outcome::Held(format!("killed by signal {}", libc::WTERMSIG(status)))
                    }
                    status => {
                        Outcome::Error(format!("the attempt said nothing, status {status:?}"))
                    }
                },
            }
        }
    }
}

fn pipe() -> io::Result<(File, OwnedFd)> {
    let mut ends = [0; 2];
    // SAFETY: `ends` has room for the two descriptors.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: both were just made, and nobody else has them.
    Ok(unsafe { (File::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) })
}

/// A child's status, or `None` when it was still there at the end of the time; then it is killed.
pub(crate) fn wait_for(child: i32, most: Duration) -> Option<i32> {
    let began = Instant::now();
    loop {
        let mut status = 0;
        // SAFETY: `status` is ours.
        let ended = unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) };
        if ended == child {
            return Some(status);
        }
        if ended < 0 || began.elapsed() > most {
            // SAFETY: a child of ours that was not waited for, so the number is still its.
            unsafe { libc::kill(child, libc::SIGKILL) };
            return None;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs `then` in a child and gives its exit code, or the signal that ended it as a negative number.
pub(crate) fn code_of(then: impl FnOnce() -> i32) -> io::Result<i32> {
    // SAFETY: this program has one thread.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        // SAFETY: ends this child without running what belongs to the parent.
        0 => unsafe { libc::_exit(then()) },
        child => match wait_for(child, Duration::from_secs(10)) {
            Some(status) if libc::WIFEXITED(status) => Ok(libc::WEXITSTATUS(status)),
            Some(status) => Ok(-libc::WTERMSIG(status)),
            None => Err(io::ErrorKind::TimedOut.into()),
        },
    }
}

/// Keeps `file`'s number out of the way of the compiler's unused warnings where only its life matters.
pub(crate) fn number(file: &File) -> i32 {
    file.as_fd().as_raw_fd()
}

//! The log of a command: whole lines, each after three bytes that say which stream it is of.

use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

const STDOUT: &[u8] = &[1, 1, 1];
const STDERR: &[u8] = &[2, 2, 2];

/// Which stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Out,
    Err,
}

#[derive(Debug)]
pub(crate) struct Log {
    bytes: Mutex<Vec<u8>>,
    /// Its length, and the code with which the command ended.
    grown: watch::Sender<(usize, Option<i32>)>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { bytes: Mutex::default(), grown: watch::channel((0, None)).0 }
    }

    /// Adds a line, and its end where it has none.
    pub(crate) fn line(&self, stream: Stream, line: &[u8]) {
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.extend_from_slice(if stream == Stream::Out { STDOUT } else { STDERR });
        bytes.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
        bytes.push(b'\n');
        let length = bytes.len();
        drop(bytes);
        self.grown.send_modify(|(grown, _)| *grown = length);
    }

    pub(crate) fn ended(&self, code: i32) {
        self.grown.send_modify(|(_, ended)| *ended = Some(code));
    }

    pub(crate) fn code(&self) -> Option<i32> {
        self.grown.borrow().1
    }

    pub(crate) fn watch(&self) -> watch::Receiver<(usize, Option<i32>)> {
        self.grown.subscribe()
    }

    pub(crate) fn from(&self, at: usize) -> Vec<u8> {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.get(at..).unwrap_or_default().to_vec()
    }

    /// The lines of one stream, or of both, without their marks.
    pub(crate) fn plain(&self, only: Option<Stream>) -> Vec<u8> {
        let all = self.from(0);
        let mut plain = Vec::new();
        for line in all.split_inclusive(|&byte| byte == b'\n') {
            let stream = if line.starts_with(STDERR) { Stream::Err } else { Stream::Out };
            if only.is_none_or(|only| only == stream) {
                plain.extend_from_slice(line.get(3..).unwrap_or_default());
            }
        }
        plain
    }
}

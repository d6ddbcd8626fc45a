//! What `qv-hostile` says.

use std::process::Command;

use serde::Deserialize;

/// One way out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Plain,
    Bomb,
    Host,
    Stays,
}

/// What an attempt tells of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Told {
    pub(crate) name: String,
    pub(crate) outcome: Word,
    pub(crate) detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Word {
    Held,
    Escaped,
    Error,
}

/// Where the program is.
pub(crate) fn path() -> String {
    std::env::var("QV_HOSTILE_PROBE")
        .unwrap_or_else(|_| env!("CARGO_BIN_EXE_qv-hostile").to_owned())
}

pub(crate) fn list() -> Vec<Attempt> {
    let output = Command::new(path()).arg("list").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The last line of JSON in a program's output.
pub(crate) fn told(output: &[u8]) -> Option<Told> {
    let tail = &output[output.len().saturating_sub(64 << 10)..];
    String::from_utf8_lossy(tail).lines().rev().find_map(|line| serde_json::from_str(line).ok())
}

//! Tries to get out of a sandbox, one named way at a time. Test-only: built with the feature `hostile`, never shipped.
//!
//! `qv-hostile list` prints the attempts; `qv-hostile NAME` makes one and prints a line of JSON: what was tried, whether
//! the sandbox held, and what was seen. What it should reach for (a secret, a victim, ports) it is told by `QV_*`
//! variables. `qv-hostile victim` is the other side: a bystander with something to steal.

#![expect(unsafe_code, reason = "an attacker makes system calls that no safe library has")]
#![expect(clippy::print_stdout, reason = "its answers are read from there")]

mod bombs;
mod capabilities;
mod egress;
mod files;
mod kernel;
mod mounts;
mod network;
mod others;
mod outcome;
mod planted;
mod processes;
mod procfs;
mod stays;
mod sys;
mod victim;

use std::env;
use std::process::ExitCode;

use outcome::{Entry, Kind, Outcome};

fn entries() -> Vec<Entry> {
    [
        files::ENTRIES,
        procfs::ENTRIES,
        processes::ENTRIES,
        mounts::ENTRIES,
        capabilities::ENTRIES,
        kernel::ENTRIES,
        network::ENTRIES,
        egress::ENTRIES,
        others::ENTRIES,
        planted::ENTRIES,
        stays::ENTRIES,
        bombs::ENTRIES,
    ]
    .concat()
}

fn main() -> ExitCode {
    let name = env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "list" => {
            for entry in entries() {
                let kind = entry.kind.name();
                println!("{}", serde_json::json!({ "name": entry.name, "kind": kind }));
            }
            return ExitCode::SUCCESS;
        }
        "victim" => victim::run(),
        _ => {}
    }
    let Some(entry) = entries().into_iter().find(|entry| entry.name == name) else {
        println!("there is no attempt `{name}`");
        return ExitCode::FAILURE;
    };
    // In a child, as some ways out end whoever takes them. What stays behind on purpose must not be waited for.
    let outcome = match entry.kind {
        Kind::Stays => (entry.run)(),
        _ => outcome::in_child(entry.run),
    };
    println!("{}", outcome.line(entry.name));
    if matches!(outcome, Outcome::Error(_)) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

//! A scripted model server as a process of its own, for end-to-end tests.
//!
//! `scripted-model FILE` (or `-` for standard input) reads a script as JSON (see `qv_testkit::model_server::Script`) and
//! prints its port on the first line. Beside the two model APIs it serves `GET /control/requests` (what was asked,
//! what was wrong with it, how many replies are held), `POST /control/release?count=N`, which lets held replies go on,
//! and `POST /control/script`, which replaces the script. It runs until it is killed.

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use qv_testkit::model_server::{ModelServer, Script};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "scripted-model: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let from = std::env::args().nth(1).ok_or("give a script's file, or - for standard input")?;
    let text = if from == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(&from)
    };
    let text = text.map_err(|error| format!("{from} cannot be read: {error}"))?;
    let script: Script =
        serde_json::from_str(&text).map_err(|error| format!("{from} is no script: {error}"))?;
    let server = ModelServer::serve(script)
        .await
        .map_err(|error| format!("no loopback port can be had: {error}"))?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", server.address().port())
        .and_then(|()| out.flush())
        .map_err(|error| format!("the port cannot be printed: {error}"))?;
    std::future::pending().await
}

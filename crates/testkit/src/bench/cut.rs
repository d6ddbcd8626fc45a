//! A client's connection is cut after every byte of a stream.

use std::path::PathBuf;
use std::time::Instant;

use super::http::Owner;
use super::meant::{Job, MeantModel, Pace};
use super::program::{Program, Setup};
use super::{Fault, Result, say};
use crate::cuts::Stream;

/// Slow enough that nearly every piece is an event of its own.
const PACE: Pace = Pace { lines: 40, piece: 40, between_ms: 55 };

/// Cuts everywhere; whether nothing came of it.
///
/// # Errors
/// When the server or the model cannot be had.
pub async fn run(binary: PathBuf) -> Result<bool> {
    let model = MeantModel::start(PACE, 1).await?;
    let setup = Setup { binary, database_url: "sqlite".to_owned(), env: model.environment() };
    let server = Program::start(setup).await?;
    let owner = Owner::sign_in(server.address(), &server.setup_token).await?;
    let project = owner.make_project("Cut").await?;
    let turn = owner.start_turn(&project, &Job { project: 1, turn: 1 }.prompt()).await?;
    let stream = Stream {
        address: server.address(),
        path: format!("/api/generations/{turn}/events"),
        headers: owner.header_lines(),
    };
    let io = |error| Fault::io("the stream")(error);
    let (whole, bytes) = stream.whole().await.map_err(io)?;
    let began = Instant::now();
    let broken = stream.cut(&whole, 0..=bytes).await.map_err(io)?;
    say(&format!(
        "cut: a stream of {} events and {bytes} bytes, cut after every byte and resumed by Last-Event-ID, {} s\n  \
         {} cuts of {} that made a difference",
        whole.len(),
        began.elapsed().as_secs(),
        broken.len(),
        bytes + 1
    ));
    for cut in broken.iter().take(5) {
        say(&format!("    after byte {}", cut.after));
    }
    Ok(broken.is_empty() && whole.len() >= 200)
}

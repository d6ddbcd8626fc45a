//! Replays real changes of public repositories and charges what our engine would send and receive, by the rule of
//! the corpus; beside it what peers would. See the corpus' README for the rule.

mod answer;
mod charge;
mod corpus;
mod ours;
mod peers;
mod repo;
mod report;
mod speed;
mod universe;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use qv_pfc::FactsCache;

use corpus::Turn;
use ours::{Frame, Options, Replayed, Session};
use repo::Repo;

#[derive(Parser)]
#[command(
    about = "Replays a corpus of real changes and charges what the engine sends and receives."
)]
struct Arguments {
    /// Bare git folders: `<owner>+<name>/repo`.
    #[arg(long)]
    mirror: PathBuf,
    /// The corpus' `.jsonl` files.
    #[arg(long, default_value = "corpus/open")]
    corpus: PathBuf,
    /// Where `quickvibe.jsonl` and `quickvibe.ranks.jsonl` are written.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Also one table for each repository.
    #[arg(long)]
    by_repo: bool,
    /// Without the variants, and with nothing timed.
    #[arg(long)]
    quick: bool,
    /// Only this repository.
    #[arg(long)]
    only: Option<String>,
    /// Write what was found of every file, to fit weights by.
    #[arg(long)]
    signals: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{path}: not a corpus: {source}")]
    Corpus { path: PathBuf, source: serde_json::Error },
    #[error("git in {folder}: {source}")]
    Git { folder: PathBuf, source: io::Error },
    #[error("{0}")]
    Message(String),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            let _ = writeln!(io::stderr(), "failed: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// A turn with what each system took for it.
struct Row {
    turn: Turn,
    ours: Replayed,
    charges: BTreeMap<&'static str, charge::Charge>,
}

/// The systems that are computed, in the order of the table.
const NAIVE: &str = "naive: every file in, whole files out";
const BOLT: &str = "bolt.diy default, ideal file picks";
const OURS: &str = "QuickVibe";
/// The same engine with one thing otherwise, to show what it does.
const VARIANTS: [(&str, Options); 5] = [
    ("- with a line of context in blocks", Options { context: 1, ..USUAL }),
    ("- with two, as the peers' rows have", Options { context: 2, ..USUAL }),
    ("- whole files only", Options { slices: false, ..USUAL }),
    ("- not told of earlier versions", Options { log: false, ..USUAL }),
    ("- the second call repeats the first", Options { appends: true, ..USUAL }),
];
const USUAL: Options = Options { context: 0, log: true, slices: true, appends: false };

fn run(arguments: &Arguments) -> Result<(), Fault> {
    let mut sessions = corpus::load(&arguments.corpus)?;
    sessions
        .retain(|turns| arguments.only.as_ref().is_none_or(|only| turns[0].repo.contains(only)));
    if sessions.is_empty() {
        return Err(Fault::Message(format!("no turns in {}", arguments.corpus.display())));
    }
    let mut rows = Vec::new();
    let mut speed = speed::Speed::default();
    for turns in sessions.chunk_by(|a, b| a[0].repo == b[0].repo) {
        let mut repo = Repo::open(&arguments.mirror, &turns[0][0].repo)?;
        rows.extend(replay(turns, &mut repo, arguments.quick)?);
        if !arguments.quick {
            speed.flat(turns, &mut repo)?;
            speed.gather(turns, &mut repo)?;
        }
    }
    if let Some(out) = &arguments.out {
        write(out, &rows)?;
    }
    if let Some(path) = &arguments.signals {
        report::signals(path, &rows)?;
    }
    say(&report::report(&rows, &speed, arguments.by_repo))
}

/// Replays the sessions of one repository.
fn replay(sessions: &[Vec<Turn>], repo: &mut Repo, quick: bool) -> Result<Vec<Row>, Fault> {
    let frame = Frame::new();
    let mut sized = answer::Sized::default();
    let mut sizes = peers::Sizes::default();
    let mut rows = Vec::new();
    for turns in sessions {
        let mut systems: BTreeMap<&'static str, Vec<Vec<charge::Call>>> = BTreeMap::new();
        for (at, turn) in turns.iter().enumerate() {
            let snapshot = repo.snapshot(&turn.parent)?;
            let naive = peers::naive(turn, &snapshot, repo, &mut sizes)?;
            systems.entry(NAIVE).or_default().push(naive);
            let last = at.checked_sub(1).map(|before| &turns[before]);
            let bolt = peers::bolt(turn, last, &snapshot, repo, &mut sizes)?;
            systems.entry(BOLT).or_default().push(bolt);
        }
        let mut replayed = Vec::new();
        let variants = if quick { &VARIANTS[..0] } else { &VARIANTS[..] };
        for (name, options) in [(OURS, USUAL)].into_iter().chain(variants.iter().copied()) {
            let cache = FactsCache::default();
            let mut session =
                Session { repo: &mut *repo, sized: &mut sized, cache, frame: &frame, options };
            for (at, turn) in turns.iter().enumerate() {
                let done = session.turn(turn, &turns[..at])?;
                systems.entry(name).or_default().push(done.calls.clone());
                if name == OURS {
                    replayed.push(done);
                }
            }
        }
        let charged: BTreeMap<&'static str, Vec<charge::Charge>> =
            systems.iter().map(|(name, calls)| (*name, charge::session(calls))).collect();
        for (at, (turn, ours)) in turns.iter().zip(replayed).enumerate() {
            let charges = charged.iter().map(|(name, charges)| (*name, charges[at])).collect();
            rows.push(Row { turn: turn.clone(), ours, charges });
        }
    }
    Ok(rows)
}

/// Writes our rows as the corpus' scripts take them.
fn write(folder: &Path, rows: &[Row]) -> Result<(), Fault> {
    fs::create_dir_all(folder).map_err(|source| Fault::File { path: folder.into(), source })?;
    let mut requests = String::new();
    let mut ranks = String::new();
    for row in rows {
        let id = &row.turn.id;
        let calls: Vec<_> = row
            .ours
            .calls
            .iter()
            .map(|call| {
                // Keys may hold whole maps: what counts is whether two are the same.
                let segs: Vec<_> =
                    call.segs.iter().map(|(key, tokens)| (digest(key), tokens)).collect();
                serde_json::json!({ "kind": call.kind, "segs": segs, "out": call.out })
            })
            .collect();
        requests.push_str(&format!("{}\n", serde_json::json!({ "id": id, "requests": calls })));
        let ranked: Vec<&str> =
            row.ours.packed.ranked.iter().map(|ranked| ranked.path.as_str()).collect();
        ranks.push_str(&format!("{}\n", serde_json::json!({ "id": id, "ranked": ranked })));
    }
    for (name, text) in [("quickvibe.jsonl", requests), ("quickvibe.ranks.jsonl", ranks)] {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|source| Fault::File { path, source })?;
    }
    Ok(())
}

fn digest(key: &str) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let head: String = key.chars().take(40).filter(|c| !c.is_control()).collect();
    format!("{head}#{:016x}", hasher.finish())
}

/// Tokens by o200k.
fn tokens(text: &str) -> u64 {
    qv_pfc::count_tokens(qv_pfc::Scale::of(ours::MODEL), text).tokens
}

fn say(text: &str) -> Result<(), Fault> {
    let fault = |source| Fault::File { path: "standard output".into(), source };
    io::stdout().write_all(text.as_bytes()).map_err(fault)
}

//! Measures the real binary and breaks it on purpose: what `cargo xtask bench crash|relay|cut|vanish|login|overhead|verdict|faults`
//! starts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use qv_store::Backend;
use qv_testkit::bench::meant::Pace;
use qv_testkit::bench::{Result, crash, cut, door, faults, relay, say, vanish, verdict};

#[derive(Parser)]
struct Arguments {
    /// The server's binary.
    #[arg(long, env = "QUICKVIBE_BIN", global = true, default_value = "quickvibe")]
    binary: PathBuf,
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Kill the server again and again, and look for what is lost, said twice or miscounted.
    Crash {
        /// How often it is killed.
        #[arg(long, default_value_t = 200)]
        kills: u32,
        /// Projects with a turn running.
        #[arg(long, default_value_t = 20)]
        streams: u32,
        #[arg(long, default_value = "both")]
        database: Database,
        /// Decides the moments and the model's manners.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// The delay that the server adds to a provider's chunk, and its cost.
    Relay {
        /// Numbers of concurrent generations, one run each.
        #[arg(long, value_delimiter = ',', default_value = "1,100,500,1000")]
        streams: Vec<usize>,
        /// The window.
        #[arg(long, default_value_t = 20)]
        seconds: u64,
        #[arg(long, default_value = "sqlite")]
        database: Database,
        /// A setting for the server, as NAME=VALUE.
        #[arg(long = "set")]
        settings: Vec<String>,
    },
    /// Cut a client's connection after every byte of a stream.
    Cut,
    /// Let clients vanish without a FIN (needs root).
    Vanish {
        #[arg(long, default_value_t = 1_000)]
        clients: usize,
    },
    /// How far apart wrong passwords of somebody known and somebody unknown are.
    Login {
        #[arg(long, default_value_t = 200)]
        tries: u32,
    },
    /// What session, rule and limit add to a request.
    Overhead {
        #[arg(long, default_value_t = 5_000)]
        requests: u32,
    },
    /// From an edit to the word whether the app works: compiled only, and opened in Chromium.
    Verdict {
        /// Chromium.
        #[arg(long, env = "QUICKVIBE_CHROMIUM", default_value = "/usr/bin/chromium")]
        chromium: String,
        #[arg(long, default_value_t = 20)]
        edits: u32,
    },
    /// Put single faults into the starters, and see who notices.
    Faults {
        /// Only compiler and lint look; no server is started.
        #[arg(long)]
        files_only: bool,
        /// Chromium.
        #[arg(long, env = "QUICKVIBE_CHROMIUM", default_value = "/usr/bin/chromium")]
        chromium: String,
    },
    /// A part of `relay`: the provider.
    #[command(hide = true)]
    Provider,
    /// A part of `relay`: the clients.
    #[command(hide = true)]
    Followers {
        #[arg(long)]
        address: SocketAddr,
    },
    /// A part of `vanish`: the clients.
    #[command(hide = true)]
    Idle {
        #[arg(long)]
        address: SocketAddr,
        #[arg(long)]
        path: String,
        #[arg(long)]
        count: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
    Both,
}

impl Database {
    const fn backends(self) -> &'static [Backend] {
        match self {
            Self::Sqlite => &[Backend::Sqlite],
            Self::Postgres => &[Backend::Postgres],
            Self::Both => &[Backend::Sqlite, Backend::Postgres],
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // The parts that only read or write sockets are light, and must not take both processors.
    let light =
        matches!(arguments.bench, Bench::Provider | Bench::Followers { .. } | Bench::Idle { .. });
    let runtime = if light {
        tokio::runtime::Builder::new_current_thread().enable_all().build()
    } else {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()
    };
    let done = match runtime {
        Ok(runtime) => {
            let local = tokio::task::LocalSet::new();
            runtime.block_on(local.run_until(run(arguments)))
        }
        Err(error) => {
            say(&format!("there is no runtime: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            say(&format!("the bench could not be carried out: {fault}"));
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: Arguments) -> Result<bool> {
    let binary = arguments.binary;
    match arguments.bench {
        Bench::Crash { kills, streams, database, seed } => {
            let mut passed = true;
            for &backend in database.backends() {
                let pace = Pace { lines: 45, piece: 32, between_ms: 30 };
                let binary = binary.clone();
                let options = crash::Options { binary, kills, streams, backend, seed, pace };
                let report = crash::run(&options).await?;
                report.print(&options);
                passed &= report.passed();
            }
            Ok(passed)
        }
        Bench::Relay { streams, seconds, database, settings } => {
            let mut met = true;
            let env: Vec<(String, String)> = settings
                .iter()
                .filter_map(|setting| setting.split_once('='))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            for &backend in database.backends() {
                let (streams, env) = (streams.clone(), env.clone());
                let binary = binary.clone();
                let options = relay::Options { binary, streams, seconds, backend, env };
                met &= relay::run(&options).await?;
            }
            Ok(met)
        }
        Bench::Cut => cut::run(binary).await,
        Bench::Vanish { clients } => vanish::run(clients).await,
        Bench::Login { tries } => door::login(binary, tries).await,
        Bench::Overhead { requests } => door::overhead(binary, requests).await,
        Bench::Verdict { chromium, edits } => verdict::run(binary, &chromium, edits).await,
        Bench::Faults { files_only, chromium } => {
            faults::run((!files_only).then_some(binary), &chromium).await
        }
        Bench::Provider => relay::upstream::run().await.map(|()| true),
        Bench::Followers { address } => relay::followers::run(address).await.map(|()| true),
        Bench::Idle { address, path, count } => {
            vanish::idle(address, &path, count).await.map(|()| true)
        }
    }
}

//! How much later a client sees what a provider said, and what that costs the server.
//!
//! Four processes: the server; a provider that sends 20 chunks a second in each stream, each with the moment of its
//! sending in its text; followers, one for each stream; and this one, which counts. Delays are those of every chunk
//! that came within a steady window; processor time is the kernel's count over the same window.

pub mod followers;
pub mod upstream;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use qv_store::Backend;
use qv_store::testing::TestDb;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::http::Owner;
use super::program::{Program, Setup, Usage, usage_of};
use super::{Fault, Result, say};
use followers::Heard;

/// Requests that set the streams up at the same time.
const SETTING_UP: usize = 8;
/// Before the window.
const WARM_UP: Duration = Duration::from_secs(6);
/// How long all streams may take to be open.
const OPEN: Duration = Duration::from_secs(180);

/// The number of streams that the aims are for, and the aims.
const AIM_STREAMS: usize = 500;
const AIM_MEDIAN_MS: f64 = 35.0;
const AIM_P99_MS: f64 = 60.0;
const AIM_CPU_US: f64 = 60.0;

/// What is to be measured.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server's binary.
    pub binary: PathBuf,
    /// Numbers of concurrent generations, one run each.
    pub streams: Vec<usize>,
    /// The window.
    pub seconds: u64,
    /// Which database.
    pub backend: Backend,
    /// Keeps the server for a profiler: prints its pid and waits so long in the window.
    pub env: Vec<(String, String)>,
}

/// Measures and prints; whether the aims are met, where they were measured.
///
/// # Errors
/// When a run cannot be carried out.
pub async fn run(options: &Options) -> Result<bool> {
    say(&format!(
        "relay: a provider's chunk -> a client's event, durable log on ({}), 20 chunks/s a stream, {} s window",
        options.backend.as_str(),
        options.seconds
    ));
    say(
        "  added delay = moment read by the client - moment written by the provider, of every chunk in the window",
    );
    say("  cpu = utime+stime of the process over the window, by chunks that arrived");
    say(
        "  streams  chunks/s    p50 ms    p95 ms    p99 ms    max ms  cpu us/chunk  (provider, followers)  cores  RSS MB (most)  broken",
    );
    let mut met = true;
    for &streams in &options.streams {
        let row = measure(options, streams).await?;
        row.print();
        if streams == AIM_STREAMS {
            met &=
                row.median() < AIM_MEDIAN_MS && row.p99() < AIM_P99_MS && row.cpu_us() < AIM_CPU_US;
        }
    }
    say(&format!(
        "  aims at {AIM_STREAMS}: p99 < {AIM_P99_MS} ms (the batch is 50), median < {AIM_MEDIAN_MS} ms, cpu < {AIM_CPU_US} us a chunk: {}",
        match (options.streams.contains(&AIM_STREAMS), met) {
            (false, _) => "not measured",
            (true, true) => "met",
            (true, false) => "NOT met",
        }
    ));
    say(
        "  for comparison: LiteLLM's proxy saturates at 75 streams on this kind of machine, at 620-700 us a chunk, without a durable log",
    );
    Ok(met)
}

struct Row {
    streams: usize,
    window: Duration,
    heard: Heard,
    server: Usage,
    cpu: [Duration; 3],
}

impl Row {
    fn median(&self) -> f64 {
        millis(self.heard.p50)
    }

    fn p99(&self) -> f64 {
        millis(self.heard.p99)
    }

    fn per_chunk(&self, cpu: Duration) -> f64 {
        cpu.as_secs_f64() * 1e6 / f64::from(u32::try_from(self.heard.chunks.max(1)).unwrap_or(1))
    }

    fn cpu_us(&self) -> f64 {
        self.per_chunk(self.cpu[0])
    }

    fn print(&self) {
        let seconds = self.window.as_secs_f64();
        let chunks = f64::from(u32::try_from(self.heard.chunks).unwrap_or(u32::MAX));
        say(&format!(
            "  {:>7}  {:>8.0}  {:>8.1}  {:>8.1}  {:>8.1}  {:>8.1}  {:>12.1}  ({:>7.1}, {:>8.1})  {:>11.2}  {:>6} ({:>4})  {:>6}",
            self.streams,
            chunks / seconds,
            self.median(),
            millis(self.heard.p95),
            self.p99(),
            millis(self.heard.max),
            self.cpu_us(),
            self.per_chunk(self.cpu[1]),
            self.per_chunk(self.cpu[2]),
            self.cpu[0].as_secs_f64() / seconds,
            self.server.memory / 1_000_000,
            self.server.most_memory / 1_000_000,
            self.heard.broken,
        ));
    }
}

fn millis(micros: u64) -> f64 {
    f64::from(u32::try_from(micros).unwrap_or(u32::MAX)) / 1000.0
}

async fn measure(options: &Options, streams: usize) -> Result<Row> {
    let mut provider = Helper::start(&["provider"]).await?;
    let port = provider.line().await?;
    let postgres = match options.backend {
        Backend::Sqlite => None,
        Backend::Postgres => Some(TestDb::new(Backend::Postgres).await),
    };
    let mut env = vec![
        ("QUICKVIBE_CUSTOM_BASE_URL".to_owned(), format!("http://127.0.0.1:{port}/v1")),
        ("QUICKVIBE_CUSTOM_API_KEY".to_owned(), super::meant::KEY.to_owned()),
    ];
    env.extend(super::crash::all_at_once(u32::try_from(streams).unwrap_or(u32::MAX)));
    env.extend(options.env.iter().cloned());
    let setup = Setup {
        binary: options.binary.clone(),
        database_url: postgres.as_ref().map_or("sqlite", TestDb::url).to_owned(),
        env,
    };
    let mut server = Program::start(setup).await?;
    server.ready().await?;
    let owner = Owner::sign_in(server.address(), &server.setup_token).await?;
    let turns: Vec<String> = stream::iter(0..streams)
        .map(|number| {
            let owner = owner.clone();
            async move {
                let project = owner.make_project(&format!("Stream {number}")).await?;
                owner.start_turn(&project, "zzyzx quux: go on and on.").await
            }
        })
        .buffer_unordered(SETTING_UP)
        .try_collect()
        .await?;
    open(&mut provider, streams).await?;
    let mut followers =
        Helper::start(&["followers", "--address", &server.address().to_string()]).await?;
    for line in owner.header_lines().iter().chain([&String::new()]).chain(&turns) {
        followers.say(line).await?;
    }
    followers.say("").await?;
    followers.expect("following").await?;
    provider.say("go").await?;
    tokio::time::sleep(WARM_UP).await;
    followers.say("start").await?;
    let before = [server.usage()?, provider.usage()?, followers.usage()?];
    let began = tokio::time::Instant::now();
    tokio::time::sleep(Duration::from_secs(options.seconds)).await;
    let window = began.elapsed();
    let after = [server.usage()?, provider.usage()?, followers.usage()?];
    followers.say("stop").await?;
    let heard = followers.line().await?;
    let heard = serde_json::from_str(&heard)
        .map_err(|error| Fault::Server(format!("the followers said {heard}: {error}")))?;
    for error in server.errors().iter().rev().take(3) {
        say(&format!("  the server's log: {error}"));
    }
    server.kill().await?;
    let cpu = [0, 1, 2].map(|at| after[at].cpu.saturating_sub(before[at].cpu));
    Ok(Row { streams, window, heard, server: after[0], cpu })
}

/// Waits until the provider has all streams.
async fn open(provider: &mut Helper, streams: usize) -> Result<()> {
    let waiting = async {
        loop {
            provider.say("count").await?;
            if provider.line().await?.parse() == Ok(streams) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    match tokio::time::timeout(OPEN, waiting).await {
        Ok(done) => done,
        Err(_) => Err(Fault::Server(format!("{streams} streams were not open after {OPEN:?}"))),
    }
}

/// A part of the bench as a process of its own, spoken to by lines.
#[derive(Debug)]
pub(super) struct Helper {
    child: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Helper {
    async fn start(arguments: &[&str]) -> Result<Self> {
        let program = std::env::current_exe().map_err(Fault::io("finding this program"))?;
        Self::of(Command::new(program).args(arguments))
    }

    pub(super) fn of(command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(Fault::io("starting a part of the bench"))?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Fault::Server("a part of the bench cannot be spoken to".to_owned()));
        };
        Ok(Self { child, to, from: BufReader::new(from).lines() })
    }

    pub(super) async fn say(&mut self, line: &str) -> Result<()> {
        let line = format!("{line}\n");
        self.to.write_all(line.as_bytes()).await.map_err(Fault::io("a part of the bench"))
    }

    pub(super) async fn line(&mut self) -> Result<String> {
        let line = self.from.next_line().await.map_err(Fault::io("a part of the bench"))?;
        line.ok_or_else(|| Fault::Server("a part of the bench ended".to_owned()))
    }

    pub(super) async fn expect(&mut self, word: &str) -> Result<()> {
        let line = self.line().await?;
        if line == word {
            return Ok(());
        }
        Err(Fault::Server(format!("a part of the bench said {line}")))
    }

    fn usage(&self) -> Result<Usage> {
        usage_of(self.child.id().unwrap_or(0))
    }

    pub(super) async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.map_err(Fault::io("ending a part of the bench"))
    }
}

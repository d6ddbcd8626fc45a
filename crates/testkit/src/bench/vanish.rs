//! A thousand clients vanish without a word, as phones do that leave the network.
//!
//! The clients run in a network namespace of their own, joined to this one by a pair of virtual Ethernet devices. Their
//! end is taken down: from then on no packet of theirs arrives, no FIN and no RST, and none reaches them. It needs root
//! and `ip`. Engine and server run in this process, so that their tasks can be counted.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qv_engine::{Engine, EngineConfig, EnvironmentKey, SystemEnv};
use qv_llm::{ProbeTargets, ProviderKind};
use qv_security::SecretString;
use qv_server::ServerConfig;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use super::http::Owner;
use super::meant::{Job, KEY, MeantModel, Pace};
use super::program::usage_of;
use super::relay::Helper;
use super::{Fault, Result, say};
use crate::raw::RawAnswer;

const HOST: &str = "10.213.77.1";
const GUEST: &str = "10.213.77.2";
/// By then everything must be as before.
const LIMIT: Duration = Duration::from_secs(30);
/// The most that a client that only listens may take.
const CLIENT_BYTES: u64 = 40_000;
/// Longer than a heartbeat, and than whatever connecting left behind.
const SETTLE: Duration = Duration::from_secs(12);
/// One turn that says a little and then nothing for a long time.
const PACE: Pace = Pace { lines: 200, piece: 4, between_ms: 60_000 };

/// Lets `clients` vanish; whether nothing of them was left in time, and they took little.
///
/// # Errors
/// When there is no network namespace to be had, or the server does not come up.
pub async fn run(clients: usize) -> Result<bool> {
    let network = Network::make().await?;
    let folder = tempfile::tempdir().map_err(Fault::io("a temporary folder"))?;
    let model = MeantModel::start(PACE, 1).await?;
    let mut config = EngineConfig::new(folder.path());
    config.offline = true;
    config.probes = ProbeTargets { doors: Vec::new() };
    config.environment_keys.push(EnvironmentKey {
        provider: ProviderKind::Custom,
        secret: Some(SecretString::from(KEY)),
        base_url: Some(model.server.base_url()),
    });
    let broken = |error: qv_engine::EngineError| Fault::Server(error.to_string());
    let engine = Engine::start(config, Arc::new(SystemEnv)).await.map_err(broken)?;
    let link = engine.owner_link().await.map_err(broken)?;
    let listener = TcpListener::bind((HOST, 0)).await.map_err(Fault::io("listening"))?;
    let address = listener.local_addr().map_err(Fault::io("listening"))?;
    let stop = CancellationToken::new();
    let serving = tokio::spawn(qv_server::serve(
        listener,
        Arc::clone(&engine),
        ServerConfig::default(),
        stop.clone(),
    ));
    let token = link.map(|token| token.expose().to_owned()).unwrap_or_default();
    let owner = Owner::sign_in(address, &token).await?;
    let project = owner.make_project("Vanish").await?;
    let turn = owner.start_turn(&project, &Job { project: 1, turn: 1 }.prompt()).await?;
    let path = format!("/api/generations/{turn}/events");
    let mut headers = owner.header_lines();
    headers[0] = format!("host: {address}");
    warm_up(address, &path, &headers).await?;
    drop(owner);
    tokio::time::sleep(SETTLE).await;

    let before = Snapshot::take()?;
    let mut guests = network.clients(address, &path, &headers, clients).await?;
    tokio::time::sleep(SETTLE).await;
    let with = Snapshot::take()?;
    network.cut().await?;
    let cut = Instant::now();
    guests.kill().await?;
    // With the pipes to it.
    drop(guests);
    let mut now = Snapshot::take()?;
    while (now.tasks > before.tasks || now.files > before.files) && cut.elapsed() < LIMIT * 2 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        now = Snapshot::take()?;
    }
    let took = cut.elapsed();
    let each = with.memory.saturating_sub(before.memory) / clients.max(1) as u64;
    say(&format!("vanish: {clients} SSE clients in a network namespace whose link is taken down"));
    say(&format!(
        "  before: {before}\n  with the clients: {with}\n  {:.1} s after the cut: {now}",
        took.as_secs_f64()
    ));
    say(&format!(
        "  memory of an idle client: {:.1} KB (limit {} KB)",
        bytes_in_kb(each),
        CLIENT_BYTES / 1000
    ));
    let back = now.tasks <= before.tasks && now.files <= before.files && took < LIMIT;
    say(&format!(
        "  tasks and file descriptors {} within {} s",
        if back { "are back at the baseline" } else { "are NOT back at the baseline" },
        LIMIT.as_secs()
    ));
    stop.cancel();
    engine.stop(Duration::ZERO).await;
    serving.abort();
    Ok(back && each < CLIENT_BYTES && with.files >= before.files + clients)
}

fn bytes_in_kb(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1000.0
}

/// Opens what is opened once: connections to the database, buffers, caches.
async fn warm_up(address: SocketAddr, path: &str, headers: &[String]) -> Result<()> {
    let mut answers = Vec::new();
    for _ in 0..50 {
        let answer = RawAnswer::get(address, path, headers).await;
        answers.push(answer.map_err(Fault::io("opening a stream"))?);
    }
    match answers.iter().find(|answer| answer.status != 200) {
        Some(answer) => Err(Fault::Server(format!("{path}: {}", answer.status))),
        None => Ok(()),
    }
}

#[derive(Debug, Clone, Copy)]
struct Snapshot {
    tasks: usize,
    files: usize,
    memory: u64,
}

impl Snapshot {
    fn take() -> Result<Self> {
        let usage = usage_of(std::process::id())?;
        let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        Ok(Self { tasks, files: usage.files, memory: usage.memory })
    }
}

impl std::fmt::Display for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { tasks, files, memory } = self;
        write!(f, "{tasks} tasks, {files} file descriptors, {} KB in memory", memory / 1000)
    }
}

/// A namespace and the way into it; both go when this is dropped.
struct Network {
    name: String,
    device: String,
}

impl Network {
    async fn make() -> Result<Self> {
        let name = format!("qvbench{}", std::process::id());
        let device = format!("qvb{}", std::process::id() % 100_000);
        let this = Self { name, device };
        let (name, device) = (&this.name, &this.device);
        ip(&format!("netns add {name}")).await?;
        ip(&format!("link add {device} type veth peer name inside netns {name}")).await?;
        ip(&format!("addr add {HOST}/30 dev {device}")).await?;
        ip(&format!("link set {device} up")).await?;
        ip(&format!("-n {name} addr add {GUEST}/30 dev inside")).await?;
        ip(&format!("-n {name} link set inside up")).await?;
        Ok(this)
    }

    /// Starts clients inside, and waits until all of them listen.
    async fn clients(
        &self,
        address: SocketAddr,
        path: &str,
        headers: &[String],
        count: usize,
    ) -> Result<Helper> {
        let program = std::env::current_exe().map_err(Fault::io("finding this program"))?;
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program).args([
            "idle",
            "--address",
            &address.to_string(),
            "--path",
            path,
            "--count",
            &count.to_string(),
        ]);
        let mut clients = Helper::of(&mut command)?;
        for header in headers {
            clients.say(header).await?;
        }
        clients.say("").await?;
        clients.expect("listening").await?;
        Ok(clients)
    }

    /// From now on nothing passes.
    async fn cut(&self) -> Result<()> {
        ip(&format!("-n {} link set inside down", self.name)).await
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for arguments in [["link", "del", &self.device], ["netns", "del", &self.name]] {
            // What is not there need not be removed.
            let _ = std::process::Command::new("ip").args(arguments).stderr(Stdio::null()).status();
        }
    }
}

async fn ip(arguments: &str) -> Result<()> {
    let output = Command::new("ip").args(arguments.split(' ')).output().await;
    let output = output.map_err(Fault::io("`ip`, of the package iproute2"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Fault::Server(format!("ip {arguments}: {} (root is needed)", said.trim())))
}

/// Opens `count` streams and keeps them. Header lines come on standard input, until an empty one.
///
/// # Errors
/// When a stream cannot be opened.
pub async fn idle(address: SocketAddr, path: &str, count: usize) -> Result<()> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut headers = Vec::new();
    while let Ok(Some(line)) = lines.next_line().await {
        if line.is_empty() {
            break;
        }
        headers.push(line);
    }
    for _ in 0..count {
        let answer = RawAnswer::get(address, path, &headers).await;
        let mut answer = answer.map_err(Fault::io("opening a stream"))?;
        if answer.status != 200 {
            return Err(Fault::Server(format!("{path}: {}", answer.status)));
        }
        tokio::task::spawn_local(async move {
            let mut heard = Vec::new();
            while let Ok(true) = answer.read(&mut heard).await {
                heard.clear();
            }
        });
    }
    say("listening");
    std::future::pending().await
}

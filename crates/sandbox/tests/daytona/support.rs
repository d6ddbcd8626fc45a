use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use qv_daytona_fake::{Fake, Settings};
use qv_domain::{Env, FilePath, SandboxId, Timestamp};
use qv_sandbox::daytona::{DaytonaConfig, DaytonaEngine, Patience};
use qv_sandbox::{Command, Egress, FileWrite, ResourceLimits, SandboxEngine, SandboxSpec};

/// A clock that stands still, and bytes that never repeat on this machine.
#[derive(Debug)]
pub(crate) struct Held;

impl Env for Held {
    fn now(&self) -> Timestamp {
        // 2026-11-24T11:00:00Z
        Timestamp::from_micros(1_795_518_000_000_000)
    }

    fn fill_random(&self, buf: &mut [u8]) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let process = u64::from(std::process::id()) << 32;
        for chunk in buf.chunks_mut(8) {
            let next = NEXT.fetch_add(1, Ordering::SeqCst) | process;
            let next = next.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
            chunk.copy_from_slice(&next[..chunk.len()]);
        }
    }
}

pub(crate) fn env() -> Arc<dyn Env> {
    Arc::new(Held)
}

pub(crate) fn patience() -> Patience {
    Patience {
        tries: 4,
        first_wait: Duration::from_millis(10),
        longest_wait: Duration::from_millis(50),
        budget: Duration::from_secs(2),
        call: Duration::from_secs(2),
        change: Duration::from_secs(5),
    }
}

pub(crate) fn config(fake: &Fake) -> DaytonaConfig {
    let mut config = DaytonaConfig::new(fake.url().parse().unwrap(), fake.key().to_owned().into());
    config.labels.insert("quickvibe-server".to_owned(), "test".to_owned());
    config.patience = patience();
    config
}

pub(crate) struct Place {
    pub(crate) fake: Fake,
    pub(crate) engine: DaytonaEngine,
}

impl Place {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let fake = Fake::start(settings).await.unwrap();
        let engine = DaytonaEngine::new(config(&fake), env()).unwrap();
        Self { fake, engine }
    }

    /// A place with one sandbox in it.
    pub(crate) async fn with_one() -> (Self, SandboxId) {
        let place = Self::new().await;
        let id = place.made().await;
        (place, id)
    }

    pub(crate) async fn made(&self) -> SandboxId {
        let spec = spec();
        self.engine.create(spec.clone()).await.unwrap();
        spec.id
    }

    /// Another engine for the same account, that remembers nothing.
    pub(crate) fn restarted(&self) -> DaytonaEngine {
        DaytonaEngine::new(config(&self.fake), env()).unwrap()
    }

    /// Nothing of ours is there.
    pub(crate) fn empty(&self) -> bool {
        self.fake.sandboxes().is_empty()
    }

    pub(crate) async fn out(&self, id: SandboxId, argv: &[&str]) -> String {
        let execution = self.engine.exec(id, Command::new(argv.iter().copied())).await.unwrap();
        let (out, err, exit) = execution.collect().await;
        assert!(exit.success(), "{exit:?}: {}", String::from_utf8_lossy(&err));
        String::from_utf8(out).unwrap()
    }
}

pub(crate) fn new_id() -> SandboxId {
    SandboxId::generate(&Held)
}

pub(crate) fn spec() -> SandboxSpec {
    SandboxSpec {
        id: new_id(),
        limits: ResourceLimits::default(),
        egress: Egress::Registry,
        packages: None,
        env: vec![("FROM_SPEC".to_owned(), "yes".to_owned())],
    }
}

pub(crate) fn path(text: &str) -> FilePath {
    FilePath::parse(text).unwrap()
}

pub(crate) fn file(name: &str, content: &[u8]) -> FileWrite {
    FileWrite { path: path(name), content: Some(content.into()) }
}

pub(crate) fn gone(name: &str) -> FileWrite {
    FileWrite { path: path(name), content: None }
}

/// Waits until it is so; what ends a command is told after the command has ended.
pub(crate) async fn soon(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..200 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {what}");
}

/// A port that is free, of those that Daytona shows.
pub(crate) fn free_port() -> u16 {
    let from = 3_000 + u16::try_from(std::process::id() % 5_000).unwrap();
    (from..10_000).find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

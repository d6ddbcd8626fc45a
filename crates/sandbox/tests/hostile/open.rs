//! Opens the local engine for the suite.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use qv_domain::SandboxId;
use qv_sandbox::egress::{self, Policy};
use qv_sandbox::local::{Launcher, LocalConfig, LocalEngine, ServeEgress};
use qv_sandbox::{Command, Exit, SandboxEngine as _};
use url::Url;

/// Whom sandboxes run as on the host, in root mode.
pub(crate) const UID: u32 = LocalConfig::UID;

pub(crate) async fn engine(folder: &Path, registry: &str) -> LocalEngine {
    let program = std::env::var("QV_HOSTILE_SUPERVISOR")
        .unwrap_or_else(|_| env!("CARGO_BIN_EXE_qv-sandbox-sup").to_owned());
    let launcher = Launcher { program: PathBuf::from(program), arguments: Vec::new() };
    let mut config = LocalConfig::new(folder.to_owned(), launcher);
    config.registry = registry.to_owned();
    let url = Url::parse(&format!("http://{registry}/")).unwrap();
    let policy = Arc::new(Policy::registry(&url, true).unwrap());
    let serving = move |listener, stop| egress::serve(listener, Arc::clone(&policy), stop);
    config.egress = Some(ServeEgress::new(serving));
    LocalEngine::open(config).await.unwrap()
}

/// Keeps two packages that say the word as a template; gives its key.
pub(crate) async fn template(engine: &LocalEngine) -> String {
    let (key, id) = ("ab".repeat(32), id(0));
    crate::engine::create(engine, id, None).await;
    let script = "for p in template-package second-package; do \
        mkdir -p node_modules/$p && printf %s \"$0\" > node_modules/$p/index.js || exit 1; done";
    let made = engine.exec(id, Command::new(["sh", "-c", script, crate::stage::WORD])).await;
    let (_, err, exit) = made.unwrap().collect().await;
    assert_eq!(exit, Exit::Code(0), "{}", String::from_utf8_lossy(&err));
    engine.keep_template(id, &key).await.unwrap();
    engine.delete(id).await.unwrap();
    key
}

pub(crate) fn id(number: u64) -> SandboxId {
    format!("01900000-0000-7000-8000-{number:012x}").parse().unwrap()
}

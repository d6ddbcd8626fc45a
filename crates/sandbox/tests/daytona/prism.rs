//! Every request fits the vendor's own description: Prism serves it, and refuses what does not fit.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use qv_domain::{SandboxId, SandboxState};
use qv_sandbox::daytona::{DaytonaConfig, DaytonaEngine, Source};
use qv_sandbox::{Command, PreviewTarget, SandboxEngine, SandboxError, TerminalSize};

use crate::support::{env, file, gone, new_id, path, patience, soon, spec};

/// Prism, serving one description.
struct Prism {
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the npm packages are; `None`, and why is said, where nobody has installed them.
fn packages() -> Option<PathBuf> {
    match std::env::var_os("QUICKVIBE_TEST_DAYTONA_PACKAGES") {
        Some(packages) => Some(packages.into()),
        None => {
            eprintln!("skipped: `cargo xtask test` installs Prism and names it");
            None
        }
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Prism {
    async fn serve(packages: &Path, spec: &Path, port: u16) -> Self {
        let program = packages.join("@stoplight/prism-cli/dist/index.js");
        let mut child = Process::new("node")
            .arg(program)
            .args(["mock", "-h", "127.0.0.1", "-p", &port.to_string()])
            .arg(spec)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let (lines, kept) = (BufReader::new(child.stdout.take().unwrap()), Arc::clone(&said));
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                kept.lock().unwrap().push(line);
            }
        });
        let prism = Self { child, said };
        for _ in 0..600 {
            if prism.said().iter().any(|line| line.contains("Prism is listening")) {
                return prism;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("Prism does not start: {:?}", prism.said());
    }

    fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// What it was asked for, with its method; what varies is not named.
    fn asked(&self) -> BTreeSet<String> {
        let said = self.said();
        let requests = said.iter().filter_map(|line| {
            let (_, rest) = line.split_once("[HTTP SERVER] ")?;
            let mut words = rest.split_whitespace();
            let (method, path) = (words.next()?, words.next()?);
            let parts: Vec<&str> = path
                .split('/')
                .map(|part| {
                    let fixed = part.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                    if fixed && part != "string" { part } else { "*" }
                })
                .collect();
            Some(format!("{method} {}", parts.join("/")))
        });
        requests.collect()
    }

    /// What did not fit.
    fn refused(&self) -> Vec<String> {
        let said = self.said();
        said.into_iter().filter(|line| line.contains("✖") || line.contains("Violation")).collect()
    }
}

/// Both descriptions, served; the state of every sandbox is this one.
struct Daytona {
    api: Prism,
    toolbox: Prism,
    engine: DaytonaEngine,
    _folder: tempfile::TempDir,
}

impl Daytona {
    async fn serve(packages: &Path, state: &str, id: SandboxId) -> Self {
        let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs");
        let folder = tempfile::tempdir().unwrap();
        let (api_port, toolbox_port) = (free_port(), free_port());
        let api = std::fs::read_to_string(specs.join("daytona-api.json")).unwrap();
        let api = api
            .replace("127.0.0.1:4011", &format!("127.0.0.1:{toolbox_port}"))
            .replace("127.0.0.1:4012", &format!("127.0.0.1:{api_port}"))
            .replace(
                "\"daytona.io/public\": \"true\"",
                &format!("\"quickvibe-sandbox\": \"{id}\""),
            );
        // Of many, the first is what it answers with.
        let mut api: serde_json::Value = serde_json::from_str(&api).unwrap();
        let states = &mut api["components"]["schemas"]["SandboxState"]["enum"];
        states.as_array_mut().unwrap().sort_by_key(|known| known != state);
        let api = api.to_string();
        let spec = folder.path().join("api.json");
        std::fs::write(&spec, api).unwrap();
        let toolbox = specs.join("daytona-toolbox.json");
        let (api, toolbox) = tokio::join!(
            Prism::serve(packages, &spec, api_port),
            Prism::serve(packages, &toolbox, toolbox_port),
        );
        let base = format!("http://127.0.0.1:{api_port}").parse().unwrap();
        let mut config = DaytonaConfig::new(base, "dtn_any".to_owned().into());
        config.patience = patience();
        config.patience.call = Duration::from_secs(10);
        config.patience.change = Duration::from_millis(500);
        config.source = Source::Image("node:22-slim".to_owned());
        config.target = Some("eu".to_owned());
        let engine = DaytonaEngine::new(config, env()).unwrap();
        Self { api, toolbox, engine, _folder: folder }
    }

    fn all_fit(&self) {
        assert_eq!(self.api.refused(), [""; 0]);
        assert_eq!(self.toolbox.refused(), [""; 0]);
    }
}

#[tokio::test]
async fn every_request_fits_the_vendors_description() {
    let Some(packages) = packages() else { return };
    let spec = spec();
    let id = spec.id;
    let daytona = Daytona::serve(&packages, "started", id).await;
    let engine = &daytona.engine;
    let made = engine.create(spec).await;
    daytona.all_fit();
    made.unwrap();
    engine.write_files(id, vec![file("a/b", b"1"), gone("c")]).await.unwrap();
    engine.read_file(id, &path("a/b"), 1_000).await.unwrap();
    assert_eq!(engine.list(id, Some(&path("a"))).await.unwrap().len(), 1);
    let execution = engine.exec(id, Command::new(["true"])).await.unwrap();
    assert!(execution.collect().await.2.success());
    let mut command = Command::new(["true"]);
    command.terminal = Some(TerminalSize { columns: 80, rows: 24 });
    let refused = engine.exec(id, command).await.unwrap_err();
    assert!(refused.to_string().contains("lets no terminals through"), "{refused}");
    let target = engine.preview(id, 3_000).await.unwrap();
    assert!(matches!(target, PreviewTarget::Http { .. }));
    match engine.start_service(id, Command::new(["true"]), 3_000).await {
        // An example command has ended when it is asked about.
        Ok(_) | Err(SandboxError::Ended { .. }) => {}
        Err(error) => panic!("{error}"),
    }
    engine.usage(id).await.unwrap();
    assert_eq!(engine.sandboxes().await.unwrap(), [id]);
    // It remains started, whatever it is asked.
    assert!(matches!(engine.stop(id).await, Err(SandboxError::Timeout { .. })));
    engine.delete(id).await.unwrap();
    let asked = |prism: &Prism, request: &str| prism.asked().contains(request);
    soon("the last session is removed", || asked(&daytona.toolbox, "delete /*/process/session/*"))
        .await;
    daytona.all_fit();
    for request in [
        "post /sandbox",
        "get /sandbox",
        "get /sandbox/*",
        "get /sandbox/*/ports/*/preview-url",
        "post /sandbox/*/stop",
        "delete /sandbox/*",
    ] {
        assert!(asked(&daytona.api, request), "{request}: {:?}", daytona.api.asked());
    }
    for request in [
        "get /*/work-dir",
        "post /*/files/folder",
        "post /*/files/bulk-upload",
        "get /*/files/download",
        "get /*/files",
        "post /*/process/execute",
        "post /*/process/session",
        "post /*/process/session/*/exec",
        "get /*/process/session/*/command/*",
        "get /*/process/session/*/command/*/logs",
        "post /*/process/pty",
        "get /*/process/pty/*/connect",
        "delete /*/process/pty/*",
        "get /*/system/metrics",
    ] {
        assert!(asked(&daytona.toolbox, request), "{request}: {:?}", daytona.toolbox.asked());
    }
}

#[tokio::test]
async fn starting_fits_the_vendors_description() {
    let Some(packages) = packages() else { return };
    let id = new_id();
    let daytona = Daytona::serve(&packages, "stopped", id).await;
    assert_eq!(daytona.engine.status(id).await.unwrap().state, SandboxState::Stopped);
    // It remains stopped, whatever it is asked.
    let refused = daytona.engine.resume(id).await.unwrap_err();
    assert!(matches!(refused, SandboxError::Conflict { .. } | SandboxError::Timeout { .. }));
    assert!(daytona.api.asked().contains("post /sandbox/*/start"), "{:?}", daytona.api.asked());
    daytona.all_fit();
}

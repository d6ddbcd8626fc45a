//! The local engine.
#![cfg(target_os = "linux")]

use qv_sandbox::local::{Launcher, LocalConfig, LocalEngine};
use qv_sandbox::{Command, Egress, Exit, ResourceLimits, SandboxEngine, SandboxSpec};

#[tokio::test]
async fn a_command_runs_in_a_sandbox_and_its_files_are_seen_from_outside() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_qv-sandbox-sup").into();
    let launcher = Launcher { program, arguments: Vec::new() };
    let config = LocalConfig::new(folder.path().to_owned(), launcher);
    let engine = LocalEngine::open(config).await.unwrap();
    let spec = SandboxSpec {
        id: "01890000-0000-7000-8000-000000000001".parse().unwrap(),
        limits: ResourceLimits::default(),
        egress: Egress::Registry,
        packages: None,
        env: Vec::new(),
    };
    let id = spec.id;
    engine.create(spec.clone()).await.unwrap();
    let command = Command::new(["sh", "-c", "id -u; echo hi > x"]);
    let (out, _, exit) = engine.exec(id, command).await.unwrap().collect().await;
    assert_eq!((out.as_slice(), exit), (b"1000\n".as_slice(), Exit::Code(0)));
    let read = engine.read_file(id, &"x".parse().unwrap(), 10).await.unwrap();
    assert_eq!(read, "hi\n");
    engine.delete(id).await.unwrap();
    assert_eq!(engine.sandboxes().await.unwrap(), []);
}

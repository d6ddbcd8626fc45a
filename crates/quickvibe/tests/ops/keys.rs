//! The operator's commands for keys, beside a server that works; and a process that keeps its memory to itself.

use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use qv_security::KeyRing;
use qv_store::{Db, SealedTable};
use qv_testkit::app::Client;
use qv_testkit::model_server::{ModelServer, Script};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;

use crate::process::{Server, quickvibe, run, said, soon};

const MODEL: &str = "claude-sonnet-4-5";

pub(crate) async fn models() -> ModelServer {
    let script = Script { models: vec![MODEL.to_owned()], ..Script::default() };
    ModelServer::serve(script).await.unwrap()
}

/// Runs a command that reads a key from standard input.
pub(crate) async fn with_input(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = quickvibe(folder, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
    soon("a command's end", child.wait_with_output()).await.unwrap()
}

async fn works(who: &Client) -> bool {
    let test = who.post("/api/keys/custom/test", json!({})).await.expect(200).json();
    test["ok"] == true
}

/// The rows that are not under the key file's current key.
async fn under_older_keys(folder: &Path) -> usize {
    let data = folder.join("data");
    let ring = KeyRing::parse(&std::fs::read(data.join("master.key")).unwrap()).unwrap();
    let db = Db::attach("sqlite", &data).await.unwrap();
    let mut count = 0;
    for table in SealedTable::ALL {
        let mut conn = db.read().await.unwrap();
        count += conn.sealed_otherwise(table, &ring.prefix(), None).await.unwrap().len();
    }
    db.close().await;
    count
}

/// Copies the owner's key into so many rows of users who are nobody else: sealed anew, for each by itself.
async fn many_keys(folder: &Path, owner: &Client, count: usize) {
    let data = folder.join("data");
    let ring = KeyRing::parse(&std::fs::read(data.join("master.key")).unwrap()).unwrap();
    let keys = owner.get("/api/keys").await.expect(200).json();
    let id = keys["items"][0]["id"].as_str().unwrap().parse().unwrap();
    let db = Db::attach("sqlite", &data).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let mut key = tx.key(id).await.unwrap().unwrap();
    let owner = key.user_id.unwrap().to_string();
    for _ in 0..count {
        key.id = qv_domain::KeyId::generate(&qv_engine::SystemEnv);
        let id = key.id.to_string();
        let bound = qv_security::SealedFor { owner: &owner, id: &id, kind: "provider_key" };
        let sealed = ring.seal(&"sk-one-of-many".into(), bound, &qv_engine::SystemEnv).unwrap();
        // Another provider's, so that the owner's own stays the one that is used.
        "openai".clone_into(&mut key.provider);
        tx.put_key(&key, &qv_store::Sealed(sealed)).await.unwrap();
    }
    tx.commit().await.unwrap();
    db.close().await;
}

// asvs: 45
#[tokio::test]
async fn a_rotation_that_is_killed_goes_on_beside_a_server_that_works() {
    let folder = TempDir::new().unwrap();
    let models = models().await;
    let server = Server::start(folder.path()).await;
    let owner = server.owner().await;
    let key = json!({ "secret": "sk-of-the-owner-0001", "base_url": models.base_url() });
    owner.put("/api/keys/custom", key.clone()).await.expect(200);
    many_keys(folder.path(), &owner, 1_500).await;

    let stop = Arc::new(AtomicBool::new(false));
    let served = Arc::new(AtomicUsize::new(0));
    let load = {
        let (owner, stop, served) = (owner.clone(), stop.clone(), served.clone());
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                assert!(works(&owner).await, "a key cannot be read");
                owner.put("/api/keys/custom", key.clone()).await.expect(200);
                served.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let rotate = ["admin", "rotate-master-key", "--data", "data"];
    let mut first = std::fs::read(folder.path().join("data/master.key")).unwrap();
    let (mut killed_within, mut wait) = (0, 1_u64);
    let output = loop {
        let mut command = quickvibe(folder.path(), &rotate);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A little later each time, so that every part of it is cut short at some time.
        tokio::time::sleep(Duration::from_millis(wait)).await;
        wait += 1 + wait / 3;
        if child.try_wait().unwrap().is_some() {
            break soon("its end", child.wait_with_output()).await.unwrap();
        }
        child.kill().await.unwrap();
        let file = std::fs::read(folder.path().join("data/master.key")).unwrap();
        assert!(file.len() == 32 || file.len() == 64, "{} bytes", file.len());
        if file.len() == 64 {
            assert_eq!(file[32..], first[..], "the key of before is not given up in between");
            killed_within += 1;
        } else {
            // Not begun yet; or done, and killed before it could say so.
            first = file;
        }
        assert!(!load.is_finished(), "somebody met an error");
    };
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(killed_within > 0, "it was never cut short: this shows nothing");
    assert!(text.contains("new master key"), "{text}");
    stop.store(true, Ordering::Relaxed);
    load.await.unwrap();
    assert!(served.load(Ordering::Relaxed) > 3);
    let last = std::fs::read(folder.path().join("data/master.key")).unwrap();
    assert!(last.len() == 32 && last != first);
    assert_eq!(under_older_keys(folder.path()).await, 0);

    // Only one at a time, and a server that starts anew reads what it finds.
    let lock = std::fs::File::open(folder.path().join("data/rotation.lock")).unwrap();
    lock.lock().unwrap();
    let refused = run(quickvibe(folder.path(), &rotate)).await;
    assert!(said(&refused).contains("another rotation"), "{}", said(&refused));
    drop(lock);
    server.signal("TERM");
    server.end(Duration::from_secs(10)).await;
    let server = Server::start(folder.path()).await;
    assert!(works(&owner.to_address(server.address)).await);
    models.finish().await;
}

#[tokio::test]
async fn a_key_for_everybody_comes_from_standard_input() {
    let folder = TempDir::new().unwrap();
    let models = models().await;
    let server = Server::start(folder.path()).await;
    let owner = server.owner().await;
    let url = models.base_url();
    let rotate = ["admin", "rotate-key", "custom", "--base-url", &url, "--data", "data"];
    let output = with_input(folder.path(), &rotate, "sk-for-everybody-abcd\n").await;
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.contains("everybody") && text.contains("abcd") && !text.contains("sk-for"),
        "{text}"
    );
    assert!(works(&owner).await);
    let output = with_input(folder.path(), &rotate, " \n").await;
    assert!(said(&output).contains("standard input"), "{}", said(&output));
    let wrong = ["admin", "rotate-key", "nobody", "--data", "data"];
    let output = with_input(folder.path(), &wrong, "sk-x").await;
    assert!(output.status.code() == Some(1) && said(&output).contains("anthropic"));
    models.finish().await;
}

#[tokio::test]
async fn a_master_key_from_elsewhere_is_rotated_where_it_comes_from() {
    let folder = TempDir::new().unwrap();
    let models = models().await;
    let keys = folder.path().join("keys");
    let [one, two] = [
        "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=",
    ];
    std::fs::write(&keys, format!("{one}\n")).unwrap();
    let argv = format!("[\"cat\", \"{}\"]", keys.display());
    let command = |arguments: &[&str]| {
        let mut command = quickvibe(folder.path(), arguments);
        command.env("QUICKVIBE_MASTER_KEY", "command").env("QUICKVIBE_MASTER_KEY_COMMAND", &argv);
        command
    };
    let server = Server::run(command(&["serve", "--data", "data"]), folder.path()).await;
    let owner = server.owner().await;
    let key = json!({ "secret": "sk-of-the-owner-0001", "base_url": models.base_url() });
    owner.put("/api/keys/custom", key).await.expect(200);
    assert!(!folder.path().join("data/master.key").exists());

    let rotate = ["admin", "rotate-master-key", "--data", "data"];
    let output = run(command(&rotate)).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("openssl rand -base64 32"), "{}", said(&output));
    std::fs::write(&keys, format!("{two}\n{one}\n")).unwrap();
    let output = run(command(&rotate)).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    std::fs::write(&keys, format!("{two}\n")).unwrap();
    assert!(works(&owner).await, "the server asks the command again");
    models.finish().await;
}

#[tokio::test]
async fn another_master_key_is_not_taken_for_the_right_one() {
    let folder = TempDir::new().unwrap();
    let models = models().await;
    let server = Server::start(folder.path()).await;
    let owner = server.owner().await;
    let key = json!({ "secret": "sk-of-the-owner-0001", "base_url": models.base_url() });
    owner.put("/api/keys/custom", key).await.expect(200);
    server.signal("TERM");
    server.end(Duration::from_secs(10)).await;

    let (file, kept) = (folder.path().join("data/master.key"), folder.path().join("kept.key"));
    std::fs::rename(&file, &kept).unwrap();
    let rotate = ["admin", "rotate-master-key", "--data", "data"];
    let set = ["admin", "rotate-key", "openai", "--data", "data"];
    for output in [
        run(quickvibe(folder.path(), &rotate)).await,
        with_input(folder.path(), &set, "sk-for-everybody-abcd\n").await,
    ] {
        assert!(output.status.code() == Some(1) && said(&output).contains("master.key"));
        assert!(!file.exists(), "whoever joins a server makes no key");
    }
    std::fs::write(&file, [7; 32]).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    for output in [
        run(quickvibe(folder.path(), &["serve", "--data", "data"])).await,
        run(quickvibe(folder.path(), &rotate)).await,
        with_input(folder.path(), &set, "sk-for-everybody-abcd\n").await,
    ] {
        assert!(output.status.code() == Some(1) && said(&output).contains("--lost"));
    }
    // The right one is taken again.
    std::fs::rename(&kept, &file).unwrap();
    let server = Server::start(folder.path()).await;
    assert!(works(&owner.clone().to_address(server.address)).await);
    server.signal("TERM");
    server.end(Duration::from_secs(10)).await;

    // Or it is given up, with what it alone opens.
    std::fs::remove_file(&file).unwrap();
    let lost = ["admin", "rotate-master-key", "--lost", "--data", "data"];
    let output = run(quickvibe(folder.path(), &lost)).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("must be entered again"), "{}", said(&output));
    let server = Server::start(folder.path()).await;
    let owner = owner.to_address(server.address);
    let session = owner.get("/api/auth/session").await.expect(200).json();
    let owner = owner.with("x-csrf-token", session["csrf_token"].as_str().unwrap());
    owner.post("/api/keys/custom/test", json!({})).await.expect_problem(502, "provider_auth");
    models.finish().await;
}

#[tokio::test]
async fn a_key_file_that_others_can_read_stops_the_start() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let key = data.join("master.key");
    std::fs::write(&key, [7; 32]).unwrap();
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
    let output = run(quickvibe(folder.path(), &["serve", "--data", "data"])).await;
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(text.contains("chmod 600") && text.contains("rotate-master-key"), "{text}");
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o600)).unwrap();
    Server::start(folder.path()).await;
}

#[tokio::test]
async fn a_server_leaves_no_core() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path()).await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let words: Vec<&str> = cores.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{cores}");
}

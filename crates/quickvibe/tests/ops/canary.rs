//! Secrets are planted in the vault, in the environment and in a prompt; then everything that can go wrong does. They
//! must be nowhere but where they belong.

use std::path::Path;

use qv_testkit::app::Client;
use qv_testkit::model_server::{Ending, Reply};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::keys::{models, with_input};
use crate::process::{Server, quickvibe, run, said};

const IN_VAULT: &str = "sk-canary-vault-5d1c0a9e7b42f386";
const OF_SYSTEM: &str = "sk-canary-system-c93be07f4411d2a8";
const IN_ENVIRONMENT: &str = "sk-canary-environment-0b7e6d2f9a3c4815";
const IN_PROMPT: &str = "sk-proj-canaryPrompt8Zk31Qw7Lm04Xv92Rt";
const PASSWORD: &str = "canary of 14 purple kettles, sung";

/// All that a browser was ever answered.
#[derive(Default)]
struct Answers(Vec<(String, String)>);

impl Answers {
    async fn get(&mut self, who: &Client, path: &str) {
        let answer = who.get(path).await;
        let head = format!("{:?}", answer.headers);
        self.0.push((path.to_owned(), head + &String::from_utf8_lossy(&answer.body)));
    }

    async fn post(&mut self, who: &Client, method: &str, path: &str, body: Value) {
        let answer = who.ask(method, path).json(&body).send().await;
        self.0.push((format!("{method} {path}"), answer.text()));
    }

    async fn turn(&mut self, who: &Client, generation: &str) {
        let events = who.events(generation).await.to_end().await;
        let events = events.iter().map(|event| event.data.to_string()).collect();
        self.0.push((format!("the events of {generation}"), events));
    }

    /// Every path of the document that is read, for this project and generation.
    async fn everything(&mut self, who: &Client, project: &str, generation: &str) -> usize {
        let document: Value =
            serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap();
        let mut count = 0;
        for (path, methods) in document["paths"].as_object().unwrap() {
            let streams =
                methods["get"]["responses"]["200"]["content"]["text/event-stream"].is_object();
            if methods["get"].is_null() || streams || path.ends_with("/events") {
                continue;
            }
            let id = if path.starts_with("/api/generations") { generation } else { project };
            let path = path
                .replace("{id}", id)
                .replace("{*path}", "src/App.tsx")
                .replace("{path}", "src/App.tsx")
                .replace("{v}", "1")
                .replace("{a}", "1")
                .replace("{b}", "2");
            self.get(who, &path).await;
            count += 1;
        }
        count
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// The files below a folder in which a text stands.
fn places(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        // A copy of this host's own programs, with links among them; and large, empty disks that are nobody's yet.
        let of_sandboxes = ["sandboxes/base", "sandboxes/ahead"];
        if kind.is_symlink() || of_sandboxes.iter().any(|end| path.ends_with(end)) {
            continue;
        }
        if kind.is_dir() {
            found.extend(places(&path, text));
        } else if contains(&std::fs::read(&path).unwrap(), text) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn page() -> Reply {
    Reply::text(
        "I write it.\n\n<file path=\"src/App.tsx\">\nexport function App() {\n  return <h1>x</h1>;\n}\n</file>\n",
    )
}

// asvs: 45, 49
#[tokio::test]
async fn planted_secrets_are_nowhere_but_where_they_belong() {
    let folder = TempDir::new().unwrap();
    let models = models().await;
    let mut command = quickvibe(folder.path(), &["serve", "--data", "data"]);
    command
        .env("QUICKVIBE_LOG", "trace")
        .env("QUICKVIBE_CUSTOM_BASE_URL", models.base_url())
        .env("QUICKVIBE_CUSTOM_API_KEY", IN_ENVIRONMENT);
    let server = Server::run(command, folder.path()).await;
    let owner = server.owner().await;
    let mut seen = Answers::default();

    // With each key: a turn that goes well, and providers that say the key back in all of their errors.
    let mut last = None;
    for step in 0..3 {
        if step == 1 {
            let url = models.base_url();
            let rotate = ["admin", "rotate-key", "custom", "--base-url", &url, "--data", "data"];
            let output = with_input(folder.path(), &rotate, OF_SYSTEM).await;
            seen.0.push(("rotate-key".to_owned(), said(&output)));
        }
        if step == 2 {
            let key = json!({ "secret": IN_VAULT, "base_url": models.base_url() });
            seen.post(&owner, "PUT", "/api/keys/custom", key).await;
        }
        let key = [IN_ENVIRONMENT, OF_SYSTEM, IN_VAULT][step];
        seen.post(&owner, "POST", "/api/keys/custom/test", json!({})).await;
        models.script([page()]);
        let built = owner.build("zzyzx quux").await;
        seen.turn(&owner, &built.generation).await;
        assert_eq!(models.requests().last().unwrap().key(), Some(key));
        let told = json!({ "error": { "message": format!("Incorrect API key provided: {key}") } });
        let stream = Ending::Error { kind: "api_error".to_owned(), message: format!("key {key}") };
        for reply in [
            Reply::error(401, told.to_string()),
            Reply::error(400, told.to_string()),
            Reply::error(403, format!("<html>{key}</html>")),
            Reply::text("I").ending(stream),
        ] {
            // Those that are tried again get the same.
            models.on_request(move |_| Some(reply.clone()));
            let message = format!("make it green, and my API key is {IN_PROMPT}");
            let turn = owner.say(&built.project, &message).await;
            seen.turn(&owner, &turn).await;
        }
        models.on_request(|_| None);
        last = Some(built);
    }
    let built = last.unwrap();
    let account = json!({ "email": "ada@example.org" });
    seen.post(&owner, "PATCH", "/api/account", account).await;
    let password = json!({ "new": PASSWORD });
    let answer = owner.ask("POST", "/api/auth/password").json(&password).send().await.expect(204);
    let owner = owner.signed_in_as(answer.header("set-cookie").split(';').next().unwrap()).await;
    // Requests that are refused, with a secret in the wrong place.
    for (method, path, body) in [
        ("PUT", "/api/keys/nobody", json!({ "secret": IN_VAULT })),
        (
            "PUT",
            "/api/keys/custom",
            json!({ "secret": IN_VAULT, "base_url": "file:///etc/passwd" }),
        ),
        ("PUT", "/api/keys/custom", json!({ "secret": IN_VAULT, "unknown": IN_VAULT })),
        ("PUT", "/api/keys/custom", json!({ "secret": [IN_VAULT] })),
        ("POST", "/api/auth/login", json!({ "email": "ada@example.org", "password": IN_VAULT })),
        ("POST", "/api/auth/login", json!({ "email": IN_VAULT, "password": PASSWORD })),
    ] {
        seen.post(&owner, method, path, body).await;
    }
    let count = seen.everything(&owner, &built.project, &built.generation).await;
    assert!(count > 28, "{count} paths");

    let output = run(quickvibe(folder.path(), &["backup", "copy.db", "--data", "data"])).await;
    assert!(output.status.success(), "{}", said(&output));
    for arguments in [
        &["admin", "dead-letters", "list", "--all", "--json", "--data", "data"][..],
        &["admin", "usage", "--data", "data"],
        &["doctor", "--data", "data"],
    ] {
        let output = run(quickvibe(folder.path(), arguments)).await;
        seen.0.push((arguments.join(" "), said(&output)));
    }
    let log = server.log();
    assert!(log.contains("TRACE"), "the log tells everything that it can");
    // While the server still runs: the write-ahead log is there, too.
    let database = folder.path().join("data/quickvibe.db-wal");
    assert!(std::fs::metadata(&database).unwrap().len() > 0, "nothing is in the write-ahead log");
    for canary in [IN_VAULT, OF_SYSTEM, IN_ENVIRONMENT, PASSWORD] {
        // All of the data folder, the backup and the log are below this one.
        assert_eq!(places(folder.path(), canary), [""; 0], "{canary}");
        for (what, text) in &seen.0 {
            assert!(!text.contains(canary), "{canary} in {what}: {text}");
        }
    }
    // What people write is kept as they wrote it, where they read it; nowhere else.
    let told = places(folder.path(), IN_PROMPT);
    let is_kept = |place: &String| place.contains("quickvibe.db") || place.ends_with("copy.db");
    assert!(!told.is_empty() && told.iter().all(is_kept), "{told:?}");
    let letters =
        &seen.0.iter().find(|(what, _)| what.starts_with("admin dead-letters")).unwrap().1;
    assert!(letters.contains("my API key is") && !letters.contains(IN_PROMPT), "{letters}");
}

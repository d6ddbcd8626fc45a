//! Apps with a server of their own, in sandboxes of a real server.

use std::path::Path;
use std::time::Duration;

use qv_testkit::app::{Answer, Client};
use qv_testkit::model_server::{ModelServer, Reply, Script};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Server, quickvibe};

/// A server with no packages: it keeps what it is told in a file, and says by which process.
const SERVER: &str = r#"
const { createServer } = require('node:http')
const { appendFileSync, existsSync, readFileSync } = require('node:fs')
createServer((asked, answer) => {
  if (asked.url === '/leave') process.exit(3)
  if (asked.method === 'POST') appendFileSync('notes.txt', asked.url + '\n')
  answer.setHeader('set-cookie', 'mine=1; Domain=preview.localhost; Path=/')
  answer.setHeader('content-security-policy', "default-src 'self'")
  const notes = existsSync('notes.txt') ? readFileSync('notes.txt', 'utf8') : ''
  const told = { host: asked.headers.host, cookie: asked.headers.cookie ?? null, notes, word: 'WORD' }
  answer.end(JSON.stringify(told))
}).listen(process.env.PORT, () => console.log('listening on ' + process.env.PORT))
"#;
const MANIFEST: &str = r#"{ "name": "notes", "scripts": { "start": "node server.js", "test": "node --test", "build": "node build.js" } }"#;

/// An app as its visitors see it: by its preview's own address.
struct Preview {
    client: Client,
}

impl Preview {
    /// Opens it as the web app does: a ticket, then the pass.
    async fn open(owner: &Client, project: &str, server: &Server) -> Self {
        let address = owner.post(&format!("/api/projects/{project}/sandbox"), json!({})).await;
        let address = address.expect(200).json();
        assert_eq!(address["engine"], "local", "{address}");
        let url: url::Url = address["url"].as_str().unwrap().parse().unwrap();
        let anyone = Client::new(server.address).at(&format!(
            "{}:{}",
            url.host_str().unwrap(),
            server.address.port()
        ));
        let path = format!("{}?{}", url.path(), url.query().unwrap());
        // Nobody without a pass sees it, and a ticket of another kind is none.
        anyone.get("/").await.expect(401);
        anyone.get("/@qv/enter?ticket=AAAA").await.expect(401);
        let entered = anyone.get(&path).await.expect(303);
        let pass = entered.header("set-cookie").split(';').next().unwrap().to_owned();
        Self { client: anyone.with_cookie(&pass) }
    }

    /// Asks until the app itself answers.
    async fn get(&self, path: &str) -> Value {
        for _ in 0..150 {
            let answer = self.client.clone().with("accept", "text/html").get(path).await;
            if answer.status == 200 {
                return answer.json();
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("the app never answered: {}", self.client.get(path).await.text())
    }
}

/// A server that may run sandboxes, and its owner with a project whose app has a server.
async fn notes(folder: &Path) -> (Server, Client, String) {
    let server = Server::start(folder).await;
    let owner = server.owner().await;
    let made = owner.post("/api/projects", json!({ "name": "Notes" })).await.expect(201).json();
    let project = made["project"]["id"].as_str().unwrap().to_owned();
    owner.save(&project, "server.js", SERVER).await.expect(200);
    owner.save(&project, "package.json", MANIFEST).await.expect(200);
    (server, owner, project)
}

async fn sandbox(owner: &Client, project: &str) -> Value {
    owner.get(&format!("/api/projects/{project}/sandbox")).await.expect(200).json()
}

async fn act(owner: &Client, project: &str, act: &str) -> Answer {
    owner.post(&format!("/api/projects/{project}/sandbox/{act}"), json!({})).await
}

#[tokio::test]
async fn an_app_with_a_server_runs_follows_its_files_and_keeps_what_it_wrote() {
    let folder = TempDir::new().unwrap();
    let (server, owner, project) = notes(folder.path()).await;
    let decided = sandbox(&owner, &project).await;
    assert_eq!(decided["engine"], "local", "{decided}");
    assert_eq!(decided["machine"], Value::Null);
    let reason = decided["reason"].as_str().unwrap();
    assert_eq!(reason, "Runs in a sandbox on this server: it is a program on Node.");

    let preview = Preview::open(&owner, &project, &server).await;
    let told = preview.get("/").await;
    // As a browser on its own machine would have asked, and without the pass.
    assert_eq!((&told["host"], &told["cookie"]), (&json!("localhost:3000"), &Value::Null));
    let answer = preview.client.get("/").await.expect(200);
    assert_eq!(answer.header("set-cookie"), "mine=1; Path=/", "no cookie for other previews");
    let policies = answer
        .headers
        .get_all("content-security-policy")
        .iter()
        .map(|one| one.to_str().unwrap())
        .collect::<Vec<_>>();
    assert!(policies.contains(&"default-src 'self'"), "{policies:?}");
    assert!(policies.iter().any(|one| one.starts_with("frame-ancestors http://localhost:")));

    preview.client.post("/first", json!({})).await.expect(200);
    let machine = sandbox(&owner, &project).await["machine"].clone();
    assert_eq!((&machine["state"], &machine["serving"]), (&json!("running"), &json!(true)));
    assert!(machine["memory_bytes"].as_u64().unwrap() > 1_000_000, "{machine}");

    // A new server is started with the new file.
    owner.save(&project, "server.js", &SERVER.replace("WORD", "changed")).await.expect(200);
    let mut told = preview.get("/").await;
    for _ in 0..50 {
        if told["word"] == "changed" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        told = preview.get("/").await;
    }
    assert_eq!((&told["word"], &told["notes"]), (&json!("changed"), &json!("/first\n")));

    // Stopped and started again it has what it kept.
    let stopped = act(&owner, &project, "stop").await.expect(200).json();
    assert_eq!(stopped["machine"]["state"], "stopped");
    assert_eq!(preview.get("/").await["notes"], "/first\n");
    assert_eq!(act(&owner, &project, "restart").await.expect(200).status, 200);
    assert_eq!(preview.get("/").await["notes"], "/first\n");

    // What its server says is there to be read, in order.
    let log = owner.ask("GET", &format!("/api/projects/{project}/sandbox/log"));
    let heard = tokio::time::timeout(Duration::from_secs(3), log.send()).await;
    assert!(heard.is_err(), "the log goes on");

    // Its own server may end: the page says so, and it can be started again.
    let _ = preview.client.get("/leave").await;
    let mut page = preview.client.clone().with("accept", "text/html").get("/").await;
    for _ in 0..50 {
        if page.text().contains("exit code 3") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        page = preview.client.clone().with("accept", "text/html").get("/").await;
    }
    assert!(page.text().contains("exit code 3"), "{}", page.text());
    act(&owner, &project, "restart").await.expect(200);
    assert_eq!(preview.get("/").await["notes"], "/first\n");

    // Without its machine it is made anew, and what it kept is gone.
    owner.delete(&format!("/api/projects/{project}/sandbox/machine")).await.expect(204);
    assert_eq!(preview.get("/").await["notes"], "");
}

#[tokio::test]
async fn a_pass_ends_with_the_session_it_came_of() {
    let folder = TempDir::new().unwrap();
    let (server, owner, project) = notes(folder.path()).await;
    let preview = Preview::open(&owner, &project, &server).await;
    preview.get("/").await;
    owner.post("/api/auth/logout", json!({})).await.expect(204);
    let mut status = 200;
    for _ in 0..60 {
        status = preview.client.get("/").await.status;
        if status == 401 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(status, 401, "6 s later the pass still holds");
}

/// Processes whose command line has this in it.
fn processes(of: &str) -> Vec<String> {
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let line = |id: u32| std::fs::read(format!("/proc/{id}/cmdline")).ok();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace('\0', " ");
    ids.filter_map(line).map(text).filter(|line| line.contains(of)).collect()
}

#[tokio::test]
async fn ten_sandboxes_end_with_a_server_that_is_killed_and_their_projects_are_whole() {
    let folder = TempDir::new().unwrap();
    let mut command = quickvibe(folder.path(), &["serve", "--data", "data"]);
    command.env("QUICKVIBE_SANDBOXES_PER_USER", "10");
    let server = Server::run(command, folder.path()).await;
    let owner = server.owner().await;
    // Told apart from what other tests run.
    let name = format!("server-{}.js", server.id());
    let manifest = MANIFEST.replace("server.js", &name);
    let mut projects = Vec::new();
    for number in 0..10 {
        let body = json!({ "name": format!("Notes {number}") });
        let made = owner.post("/api/projects", body).await.expect(201).json();
        let project = made["project"]["id"].as_str().unwrap().to_owned();
        owner.save(&project, &name, SERVER).await.expect(200);
        owner.save(&project, "package.json", &manifest).await.expect(200);
        projects.push(project);
    }
    let mut previews = Vec::new();
    for project in &projects {
        previews.push(Preview::open(&owner, project, &server).await);
    }
    for preview in &previews {
        preview.get("/").await;
        preview.client.post("/kept", json!({})).await.expect(200);
    }
    assert!(processes(&name).len() >= 10, "{:?}", processes(&name));

    server.signal("KILL");
    server.end(Duration::from_secs(5)).await;
    let mut left = processes(&name);
    for _ in 0..50 {
        if left.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        left = processes(&name);
    }
    assert_eq!(left, Vec::<String>::new(), "5 s after the server was killed");

    let server = Server::start(folder.path()).await;
    let owner = owner.to_address(server.address);
    let overview = owner.get("/api/admin/sandboxes").await.expect(200).json();
    assert_eq!(overview["engines"][0]["running"], 0, "{overview}");
    assert_eq!(overview["sandboxes"].as_array().unwrap().len(), 10);
    for project in &projects {
        assert_eq!(owner.text(project, &name).await, SERVER);
    }
    let preview = Preview::open(&owner, &projects[3], &server).await;
    assert_eq!(preview.get("/").await["notes"], "/kept\n");
}

#[tokio::test]
async fn a_turn_runs_what_it_wrote_and_is_told_what_came_of_it() {
    let folder = TempDir::new().unwrap();
    let script = Script { models: vec!["claude-sonnet-4-5".to_owned()], ..Script::default() };
    let models = ModelServer::serve(script).await.unwrap();
    let test = "import test from 'node:test'\ntest('adds', () => { if (1 + 1 !== 2) throw new Error() })\n";
    models.script([
        Reply::text(format!(
            "A server, and its test.\n\n<file path=\"server.js\">\n{}\n</file>\n<file path=\"package.json\">\n{MANIFEST}\n</file>\n\
             <file path=\"a.test.mjs\">\n{test}</file>\n<run tool=\"test\"/>\n",
            SERVER.trim()
        )),
        Reply::text("The test passes."),
        // The reviewer's.
        Reply::text("<ok/>"),
    ]);
    let mut command = quickvibe(folder.path(), &["serve", "--data", "data"]);
    command
        .env("QUICKVIBE_CUSTOM_BASE_URL", models.base_url())
        .env("QUICKVIBE_CUSTOM_API_KEY", "sk-any");
    let server = Server::run(command, folder.path()).await;
    let owner = server.owner().await;
    let built = owner.build("Notes with a server on Node").await;
    let events = owner.events(&built.generation).await.to_end().await;
    let told: Vec<String> = events.iter().map(|event| event.kind.clone()).collect();
    // The starter that it began from was in the browser: the last word counts.
    let of = |kind: &str| events.iter().rfind(|event| event.kind == kind);
    let finished = of("tool_finished").unwrap_or_else(|| panic!("{told:?}"));
    assert_eq!(finished.data["ok"], true, "{:?}", finished.data);
    assert!(finished.data["output"].as_str().unwrap().contains("pass 1"), "{:?}", finished.data);
    assert_eq!(of("sandbox_decided").unwrap().data["engine"], "local");
    assert_eq!(of("done").unwrap().data["verified"], true, "{told:?}");
    let asked = models.requests();
    assert_eq!(asked.len(), 3);
    assert!(asked[1].body.to_string().contains("pass 1"), "the model is told");
    let preview = Preview::open(&owner, &built.project, &server).await;
    assert_eq!(preview.get("/").await["word"], "WORD");
}

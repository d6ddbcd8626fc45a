//! Hand edits and versions.

use qv_store::{Backend, on_both_databases, testing::TestDb};
use qv_testkit::TestApp;
use qv_testkit::app::Client;
use serde_json::{Value, json};

/// A project that has one version.
async fn project(owner: &Client) -> String {
    let built = owner.build("a pomodoro timer").await;
    owner.events(&built.generation).await.until("done").await;
    built.project
}

async fn versions(owner: &Client, project: &str) -> Vec<Value> {
    let page = owner.get(&format!("/api/projects/{project}/versions")).await.expect(200).json();
    page["items"].as_array().unwrap().clone()
}

fn text(content: &str) -> Value {
    json!({ "encoding": "utf8", "content": content })
}

on_both_databases! {
    async fn a_save_that_would_undo_another_is_refused(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let project = project(&owner).await;
        let path = format!("/api/projects/{project}/files/notes.txt");
        // An empty hash says that the file must be new.
        let fresh = json!({ "text": text("one\n"), "base_hash": "" });
        let saved = owner.put(&path, fresh.clone()).await.expect(200).json();
        assert_eq!(saved["version"]["number"], 2);
        assert_eq!(saved["version"]["origin"], "edit");
        owner.put(&path, fresh).await.expect_problem(409, "conflict");
        let hash = saved["file"]["hash"].as_str().unwrap();
        let next = |content: &str| json!({ "text": text(content), "base_hash": hash });
        owner.put(&path, next("two\n")).await.expect(200);
        let problem = owner.put(&path, next("three\n")).await.expect_problem(409, "conflict");
        assert!(problem["detail"].as_str().unwrap().contains("notes.txt"), "{problem}");
        assert_eq!(owner.text(&project, "notes.txt").await, "two\n");

        // Saving what is there already makes no version; neither does a refusal.
        let same = owner.save(&project, "notes.txt", "two\n").await.expect(200).json();
        assert_eq!(same["version"], json!(null));
        assert_eq!(versions(&owner, &project).await.len(), 3);

        let removed = owner.delete(&path).await.expect(200).json();
        assert_eq!((&removed["file"], &removed["version"]["number"]), (&json!(null), &json!(4)));
        owner.delete(&path).await.expect_problem(404, "not_found");
        owner.get(&path).await.expect_problem(404, "not_found");
    }

    async fn two_saves_at_once_from_the_same_text_leave_one(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let project = project(&owner).await;
        let path = format!("/api/projects/{project}/files/notes.txt");
        let saves = (0..8).map(|number| {
            let body = json!({ "text": text(&format!("{number}\n")), "base_hash": "" });
            let (owner, path) = (owner.clone(), path.clone());
            tokio::spawn(async move { owner.put(&path, body).await.status })
        });
        let mut statuses = Vec::new();
        for save in saves.collect::<Vec<_>>() {
            statuses.push(save.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    }

    async fn versions_differ_and_come_back(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let project = project(&owner).await;
        let at = |rest: &str| format!("/api/projects/{project}/versions/{rest}");
        let before = owner.text(&project, "index.html").await;
        owner.save(&project, "index.html", &format!("{before}<!-- mine -->\n")).await.expect(200);
        owner.save(&project, "new.txt", "new\n").await.expect(200);

        let diff = owner.get(&at("1/diff/3")).await.expect(200).json();
        let files: Vec<(&str, &str)> = diff["files"].as_array().unwrap().iter()
            .map(|file| (file["path"].as_str().unwrap(), file["change"].as_str().unwrap()))
            .collect();
        assert_eq!(files, [("index.html", "changed"), ("new.txt", "added")]);
        assert_eq!(diff["files"][1]["added"], 1);
        let all = owner.get(&at("0/diff/1")).await.expect(200).json();
        let count = versions(&owner, &project).await[2]["file_count"].clone();
        assert_eq!(all["files"].as_array().unwrap().len(), count.as_u64().unwrap() as usize);

        let restored = owner.post(&at("1/restore"), json!({})).await.expect(201).json();
        assert_eq!((&restored["number"], &restored["origin"]), (&json!(4), &json!("restore")));
        assert_eq!(owner.text(&project, "index.html").await, before);
        let path = format!("/api/projects/{project}/files/new.txt");
        owner.get(&path).await.expect_problem(404, "not_found");
        assert_eq!(owner.get(&at("1/diff/4")).await.json()["files"], json!([]));
        assert_eq!(versions(&owner, &project).await.len(), 4, "nothing of the past is gone");

        let renamed = owner.patch(&at("4"), json!({ "title": "  Good one " })).await.expect(200);
        assert_eq!(renamed.json()["title"], "Good one");
        assert_eq!(versions(&owner, &project).await[0]["title"], "Good one");
        for title in ["", " ", "a\nb", &"x".repeat(121)] {
            let problem = owner.patch(&at("4"), json!({ "title": title })).await;
            assert_eq!(problem.expect_problem(400, "invalid")["fields"][0]["field"], "title");
        }
        owner.patch(&at("9"), json!({ "title": "x" })).await.expect_problem(404, "not_found");
        owner.post(&at("9/restore"), json!({})).await.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn an_edit_by_hand_is_not_called_verified() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let project = project(&owner).await;
    let path = format!("/api/projects/{project}");
    assert_eq!(owner.get(&path).await.json()["build_status"], "verified");
    owner.save(&project, "src/broken.ts", "let = ;").await.expect(200);
    assert_eq!(owner.get(&path).await.json()["build_status"], "unverified");
    owner.post(&format!("{path}/versions/1/restore"), json!({})).await.expect(201);
    assert_eq!(owner.get(&path).await.json()["build_status"], "verified");
}

// asvs: 23
#[tokio::test]
async fn files_and_projects_have_limits() {
    let mut setup = crate::usual();
    setup.engine.limits.file_bytes = 100_000;
    setup.engine.limits.project_bytes = 300_000;
    let app = TestApp::on(TestDb::new(Backend::Sqlite).await, setup).await;
    let owner = app.owner().await;
    let project = owner.post("/api/projects", json!({})).await.expect(201).json();
    let project = project["project"]["id"].as_str().unwrap();
    let most = "x".repeat(100_000);
    let over = format!("{most}x");
    owner.save(project, "a.txt", &over).await.expect_problem(413, "too_large");
    for name in ["a.txt", "b.txt", "c.txt"] {
        owner.save(project, name, &most).await.expect(200);
    }
    owner.save(project, "d.txt", "x").await.expect_problem(413, "too_large");
    let bad = json!({ "text": { "encoding": "base64", "content": "?" } });
    let problem = owner.put(&format!("/api/projects/{project}/files/e.bin"), bad).await;
    assert_eq!(problem.expect_problem(400, "invalid")["fields"][0]["field"], "text.content");
}

// asvs: 9
#[tokio::test]
async fn bytes_come_back_as_they_were_and_are_never_shown_on_our_origin() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let project = owner.post("/api/projects", json!({})).await.expect(201).json();
    let project = project["project"]["id"].as_str().unwrap();
    let path = format!("/api/projects/{project}/files/a%20b.bin");
    let body = json!({ "text": { "encoding": "base64", "content": "AP/+gA==" } });
    owner.put(&path, body).await.expect(200);
    let file = owner.get(&path).await.expect(200).json();
    assert_eq!(file["text"], json!({ "encoding": "base64", "content": "AP/+gA==" }));
    assert_eq!(file["file"]["kind"], "binary");
    owner.save(project, "evil.html", "<script>alert(1)</script>").await.expect(200);
    let raw = owner.get(&format!("/api/projects/{project}/files/evil.html?raw=true")).await;
    let raw = raw.expect(200);
    assert_eq!(raw.header("content-type"), "application/octet-stream");
    assert_eq!(raw.header("content-disposition"), "attachment; filename=\"evil.html\"");
    assert!(raw.header("content-security-policy").contains("sandbox"));
    assert_eq!(raw.text(), "<script>alert(1)</script>");
}

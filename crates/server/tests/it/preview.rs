//! Previews: the app that was made, on an origin of its own or without one.

use qv_testkit::TestApp;
use qv_testkit::app::Client;
use serde_json::{Value, json};

/// A finished project and where its preview is, asked for at `owner`'s host.
async fn preview(owner: &Client) -> (String, Value) {
    let built = owner.build("a pomodoro timer").await;
    owner.events(&built.generation).await.until("done").await;
    let path = format!("/api/projects/{}/sandbox", built.project);
    let address = owner.post(&path, json!({})).await.expect(200).json();
    assert_eq!(address["diagnostics"], json!([]));
    (built.project, address)
}

/// The host and the path of an address.
fn split(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").unwrap();
    let slash = rest.find('/').unwrap();
    rest.split_at(slash)
}

#[tokio::test]
async fn a_preview_is_served_at_an_origin_of_its_own() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let (project, address) = preview(&owner).await;
    let (host, path) = split(address["url"].as_str().unwrap());
    assert_eq!((&address["mode"], path), (&json!("origin"), "/"));
    assert_eq!(address["origin"], format!("http://{host}"));
    assert!(host.ends_with(&format!(".preview.localhost:{}", app.address.port())), "{host}");

    // With the session's cookie, as if a browser had sent it: it counts for nothing here.
    let visitor = owner.clone().at(host);
    let page = visitor.get("/").await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    let own = format!("frame-ancestors http://localhost:{}", app.address.port());
    assert_eq!(page.header("content-security-policy"), own);
    assert_eq!(page.header("origin-agent-cluster"), "?1");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let module = visitor.get("/src/main.tsx").await.expect(200);
    assert!(module.header("content-type").starts_with("text/javascript"), "{module:?}");
    for answer in [&page, &module] {
        assert_eq!(answer.header("set-cookie"), "");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    // An edit is seen at once.
    owner.save(&project, "public/hello.txt", "hello").await.expect(200);
    assert_eq!(visitor.get("/hello.txt").await.expect(200).text(), "hello");

    // None of the app's own routes is here, whatever the path resolves to.
    for path in ["/api/instance", "/api/projects", "/health/live", "/api/auth/session"] {
        let answer = visitor.get(path).await;
        let is_apps_page = answer.text().contains("globalThis.__qv=");
        assert!(answer.status == 404 || is_apps_page, "{path}: {}", answer.text());
    }
    let login = visitor.post("/api/auth/clear-session", json!({})).await;
    assert_eq!((login.status, login.header("set-cookie")), (405, ""));

    // And it is nowhere else.
    let id = host.split('.').next().unwrap();
    for path in [format!("/_preview/{id}/"), format!("/_preview/{id}/src/main.tsx")] {
        owner.get(&path).await.expect_problem(404, "not_found");
    }
    let unknown = format!("{}.preview.localhost:1", "a".repeat(26));
    assert_eq!(owner.clone().at(&unknown).get("/").await.status, 404);
    app.anyone().at(host).get("/").await.expect(200);
}

#[tokio::test]
async fn an_address_without_sub_domains_shows_previews_without_an_origin() {
    let app = TestApp::start().await;
    let at_address = |client: Client| client.at(&app.address.to_string());
    let owner = at_address(app.owner().await);
    assert_eq!(owner.get("/api/instance").await.json()["preview_mode"], "opaque");
    let (project, address) = preview(&owner).await;
    let (host, path) = split(address["url"].as_str().unwrap());
    assert_eq!((&address["mode"], &address["origin"]), (&json!("opaque"), &json!("null")));
    assert_eq!(host, app.address.to_string());
    assert!(path.starts_with("/_preview/"));

    // A document without an origin is another site to everyone, and sends no cookie.
    let document = at_address(app.anyone()).with("sec-fetch-site", "cross-site");
    let page = document.get(path).await.expect(200);
    let module = document.get(&format!("{path}src/main.tsx")).await.expect(200);
    for answer in [&page, &module] {
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("sandbox allow-scripts"), "{policy}");
        assert!(!policy.contains("allow-same-origin"), "{policy}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(answer.header("set-cookie"), "");
    }
    // What a component compiler made in the browser is sent back to be compiled.
    owner.save(&project, "src/A.vue", "<template />").await.expect(200);
    let transform = document.ask("POST", &format!("{path}@qv/transform?path=/src/A.vue"));
    let compiled = transform.body("export const answer: number = 42;").send().await;
    assert!(compiled.status == 200, "{}: {}", compiled.status, compiled.text());
    assert!(compiled.text().contains("42"), "{}", compiled.text());
    // The app itself stays closed to it.
    let answer = document.post("/api/auth/clear-session", json!({})).await;
    answer.expect_problem(403, "cross_site");
}

#[tokio::test]
async fn an_open_preview_is_told_what_changed() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let (project, address) = preview(&owner).await;
    let (host, _) = split(address["url"].as_str().unwrap());
    let visitor = app.anyone().at(host);
    let mut updates = visitor.listen("/@qv/events").await;
    owner.save(&project, "src/new.ts", "export const a = 1;\n").await.expect(200);
    let patch = updates.until("patch").await;
    let seen = patch[0].id;
    owner.save(&project, "src/new.ts", "export const a = 2;\n").await.expect(200);
    assert!(updates.until("patch").await[0].id > seen);
    // One who was away is told what it missed.
    let mut late = visitor.listen(&format!("/@qv/events?revision={seen}")).await;
    assert!(late.until("patch").await[0].id > seen);
}

#[tokio::test]
async fn shared_packages_are_served_to_all_and_only_read() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let (_, address) = preview(&owner).await;
    let (host, _) = split(address["url"].as_str().unwrap());
    let page = owner.clone().at(host).get("/").await.expect(200).text();
    let packages = format!("packages.preview.localhost:{}", app.address.port());
    let start = page.find(&packages).expect("the page names its packages") + packages.len();
    let path: String = page[start..].chars().take_while(|c| !"\"'\\ ".contains(*c)).collect();
    let anyone = app.anyone().at(&packages);
    let asset = anyone.get(&path).await.expect(200);
    assert_eq!(asset.header("access-control-allow-origin"), "*");
    assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(anyone.get("/nonsense/../../etc/passwd").await.status, 404);
    assert_eq!(anyone.post(&path, json!({})).await.status, 405);
}

//! What browsers are told about the app's origin, and what strangers find at it.

use qv_server::ServerConfig;
use qv_store::testing::TestDb;
use qv_store::{Backend, on_both_databases};
use qv_testkit::TestApp;
use qv_testkit::app::{Answer, Client, Setup};
use serde_json::json;

use crate::auth::{PASSWORD, set_password};

const PUBLIC_NAME: &str = "build.example.org";

/// An app behind TLS, and somebody who asks for it by its name.
async fn behind_tls() -> (TestApp, Client) {
    let public_url = Some(format!("https://{PUBLIC_NAME}").parse().unwrap());
    let server = ServerConfig { public_url, ..crate::usual().server };
    let setup = Setup { server, ..crate::usual() };
    let app = TestApp::on(TestDb::new(Backend::Sqlite).await, setup).await;
    let anyone = app.anyone().at(PUBLIC_NAME);
    (app, anyone)
}

fn cookies(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
}

// asvs: 10
#[tokio::test]
async fn every_cookie_is_for_this_host_over_tls_alone() {
    let (app, anyone) = behind_tls().await;
    let token = app.setup_token().await;
    let setup = anyone.post("/api/auth/setup", json!({ "token": token })).await.expect(200);
    let owner = anyone.signed_in_by(&setup);
    set_password(&owner).await;
    let login = json!({ "email": "ada@example.org", "password": PASSWORD });
    let login = anyone.post("/api/auth/login", login).await.expect(200);
    let signed = anyone.signed_in_by(&login);
    let again = json!({ "password": PASSWORD });
    let shown = signed.post("/api/auth/reauthenticate", again).await.expect(204);
    let signed = signed.signed_in_by(&shown);
    let logout = signed.post("/api/auth/logout", json!({})).await.expect(204);
    let stale = signed.get("/api/auth/session").await;
    let mut names = Vec::new();
    for answer in [&setup, &login, &shown, &logout, &stale] {
        let set = cookies(answer);
        assert!(!set.is_empty(), "{} sets none", answer.asked);
        for cookie in set {
            names.push(cookie.split('=').next().unwrap().to_owned());
            let mut parts: Vec<&str> = cookie.split("; ").skip(1).collect();
            parts.retain(|part| !part.starts_with("Max-Age="));
            assert_eq!(parts, ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"], "{cookie}");
        }
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, ["__Host-qv", "__Host-qv-device"]);
    // Over TLS the plain name, which a sub-domain could set, is no session.
    let token = cookies(&setup)[0].split(['=', ';']).nth(1).unwrap();
    let plain = anyone.with_cookie(&format!("qv={token}"));
    plain.get("/api/auth/session").await.expect_problem(401, "unauthenticated");
}

// asvs: 11
#[tokio::test]
async fn tls_stays_for_a_year_and_no_other_origin_reads() {
    let (_app, anyone) = behind_tls().await;
    for path in ["/api/instance", "/api/nowhere", "/", "/nowhere.js"] {
        let foreign = anyone.clone().with("origin", "https://evil.example");
        let answer = foreign.get(path).await;
        let hsts = answer.header("strict-transport-security");
        let age = hsts.split([';', '=']).nth(1).unwrap().parse::<u32>().unwrap();
        assert!(age >= 31_536_000, "{path}: {hsts}");
        for name in ["access-control-allow-origin", "access-control-allow-credentials"] {
            assert_eq!(answer.header(name), "", "{path}");
        }
        let ask = foreign.ask("OPTIONS", path).header("access-control-request-method", "POST");
        assert_eq!(ask.send().await.header("access-control-allow-methods"), "", "{path}");
    }
}

// asvs: 13, 18, 19
#[tokio::test]
async fn every_answer_says_what_it_is_and_who_may_have_it() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let built = owner.build("a pomodoro timer").await;
    owner.events(&built.generation).await.until("done").await;
    let project = &built.project;
    owner.save(project, "notes.txt", "größer\n").await.expect(200);
    for (path, status, kind) in [
        ("/docs/errors".to_owned(), 200, "text/html; charset=utf-8"),
        ("/api/projects".to_owned(), 200, "application/json"),
        (format!("/api/projects/{project}/files/notes.txt"), 200, "application/json"),
        (
            format!("/api/projects/{project}/files/notes.txt?raw=true"),
            200,
            "application/octet-stream",
        ),
        (format!("/api/projects/{project}/export.zip"), 200, "application/zip"),
        (format!("/api/generations/{}/events", built.generation), 200, "text/event-stream"),
        ("/api/usage.csv".to_owned(), 200, "text/csv; charset=utf-8"),
        ("/api/nowhere".to_owned(), 404, "application/problem+json"),
        ("/nowhere.js".to_owned(), 404, "application/problem+json"),
        (format!("/api/projects/{project}/files/..%2Fx"), 400, "application/problem+json"),
    ] {
        let answer = owner.get(&path).await;
        assert_eq!((answer.status, answer.header("content-type")), (status, kind), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        let policy = answer.header("content-security-policy");
        // A file's own policy is stricter still.
        let framed = policy.contains("frame-ancestors 'none'") || policy.contains("sandbox");
        assert!(framed, "{path}: {policy}");
    }
}

// asvs: 21
#[tokio::test]
async fn methods_that_echo_are_refused() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    for method in ["TRACE", "PROPFIND", "QUICKVIBE"] {
        for path in ["/api/projects", "/api/auth/session"] {
            let answer = owner.ask(method, path).header("x-echo", "canary-echo").send().await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert!(!answer.text().contains("canary-echo"), "{method} {path}");
        }
    }
}

// asvs: 46
#[tokio::test]
async fn nothing_of_the_host_or_the_build_is_public() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    for client in [&app.anyone(), &owner] {
        for path in [
            "/.git/config",
            "/.git/HEAD",
            "/.env",
            "/.well-known/../.env",
            "/..%2f..%2fetc%2fpasswd",
            "/login~",
            "/Cargo.toml",
            "/package.json",
            "/quickvibe.db",
            "/master.key",
            "/data/master.key",
            "/metrics",
            "/assets/",
            "/assets/index.js.map",
            "/api/",
            "/docs/",
        ] {
            let answer = client.get(path).await;
            let text = answer.text();
            assert_eq!(answer.status, 404, "{path}: {text}");
            for told in ["root:", "[workspace]", "Index of", "panicked"] {
                assert!(!text.contains(told), "{path}: {text}");
            }
        }
    }
    let anyone = app.anyone();
    for path in ["/", "/health/live", "/health/ready", "/api/instance", "/api/nowhere"] {
        let answer = anyone.get(path).await;
        for name in ["server", "x-powered-by", "via"] {
            assert_eq!(answer.header(name), "", "{path}");
        }
        let version = env!("CARGO_PKG_VERSION");
        assert!(!answer.text().contains(&format!("\"{version}\"")), "{path}: {}", answer.text());
    }
}

// asvs: 42
#[tokio::test]
async fn a_token_that_says_itself_who_it_is_for_is_none() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let user = owner.get("/api/auth/session").await.json()["account"]["id"].clone();
    // {"alg":"none"} and {"alg":"HS256"}, for the owner, with no signature and with one by an empty key.
    let claims = base64_url(&json!({ "sub": user, "aud": "quickvibe", "admin": true }).to_string());
    for (header, signature) in [
        (r#"{"alg":"none"}"#, ""),
        (r#"{"alg":"HS256","typ":"JWT"}"#, "AAAA"),
        (r#"{"alg":"RS256"}"#, ""),
    ] {
        let token = format!("{}.{claims}.{signature}", base64_url(header));
        for client in [
            app.anyone().with("authorization", &format!("Bearer {token}")),
            app.anyone().with_cookie(&format!("qv={token}")),
        ] {
            client.get("/api/projects").await.expect_problem(401, "unauthenticated");
            client.get("/api/admin/prices").await.expect_problem(401, "unauthenticated");
        }
    }
    // A token for something else: a setup link's is no session, a session's is no setup link.
    let session = owner.header_lines();
    let session = session.iter().find_map(|line| line.strip_prefix("cookie: qv=")).unwrap();
    let setup = app.anyone().post("/api/auth/setup", json!({ "token": session })).await;
    setup.expect_problem(401, "bad_credentials");
    let csrf = owner.get("/api/auth/session").await.json()["csrf_token"].clone();
    let as_session = app.anyone().with_cookie(&format!("qv={}", csrf.as_str().unwrap()));
    as_session.get("/api/projects").await.expect_problem(401, "unauthenticated");
}

fn base64_url(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

on_both_databases! {
    // asvs: 15
    async fn looking_changes_nothing(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let built = owner.build("a pomodoro timer").await;
        owner.events(&built.generation).await.until("done").await;
        let routes = crate::routes::routes(&app).await;
        let looks: Vec<_> = routes.iter().filter(|route| !route.changes()).collect();
        assert!(looks.len() > 20, "{}", looks.len());
        let before = app.db.contents().await;
        assert!(before.iter().any(|(table, rows)| table == "projects" && !rows.is_empty()));
        let strangers = [owner.clone(), app.anyone(), app.anyone().with_cookie("qv=nonsense")];
        for route in looks {
            let path = route.at(&built.project, &built.generation);
            for client in &strangers {
                let answer = client.get(&path).await;
                assert!(answer.status < 500, "{path}: {}", answer.text());
            }
            let after = app.db.contents().await;
            for (was, is) in before.iter().zip(&after) {
                // That something was downloaded is told.
                if was.0 != "audit_log" {
                    assert_eq!(was, is, "{path}");
                }
            }
        }
    }
}

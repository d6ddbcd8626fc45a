//! Rules that hold for every route of the OpenAPI document, taken from the document itself.

use qv_domain::{Role, TokenScope};
use qv_testkit::TestApp;
use qv_testkit::app::{Answer, Built, Client};
use serde_json::{Value, json};

use crate::tokens::{make, program};
use crate::users::id_of;

/// What anyone may ask.
const PUBLIC: &[(&str, &str)] = &[
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/docs/errors"),
    ("GET", "/api/openapi.json"),
    ("POST", "/api/csp-reports"),
    ("GET", "/api/instance"),
    ("POST", "/api/auth/setup"),
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/login/code"),
    ("POST", "/api/auth/clear-session"),
    ("POST", "/api/auth/signup"),
    ("POST", "/api/auth/invite"),
    ("POST", "/api/auth/forgot"),
    ("POST", "/api/auth/reset"),
];
/// What viewers may do that is no `GET`: see the app, and say what they saw.
const VIEWERS_MAY: &[&str] = &["/api/projects/{id}/sandbox", "/api/projects/{id}/sandbox/reports"];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

pub(crate) struct Route {
    method: String,
    path: String,
    /// Who may call it, as it was declared.
    rule: String,
    /// What an API token must be made for to call it; `None` where none may.
    token: Option<TokenScope>,
}

impl Route {
    fn is_public(&self) -> bool {
        PUBLIC.contains(&(self.method.as_str(), self.path.as_str()))
    }

    /// About a project or one of its generations.
    fn is_of_project(&self) -> bool {
        self.path.starts_with("/api/projects/{id}") || self.path.starts_with("/api/generations/")
    }

    pub(crate) fn changes(&self) -> bool {
        self.method != "GET"
    }

    /// The address for one project and one of its generations.
    pub(crate) fn at(&self, project: &str, generation: &str) -> String {
        let id = if self.path.starts_with("/api/generations/") { generation } else { project };
        [
            ("{id}", id),
            ("{*path}", "index.html"),
            ("{path}", "index.html"),
            ("{v}", "1"),
            ("{a}", "0"),
            ("{b}", "1"),
            ("{hash}", &"0".repeat(64)),
            ("{provider}", "custom"),
            ("{message}", "01900000-0000-7000-8000-000000000000"),
            ("{suggestion}", "01900000-0000-7000-8000-000000000000"),
        ]
        .iter()
        .fold(self.path.clone(), |path, (name, value)| path.replace(name, value))
    }
}

pub(crate) async fn routes(app: &TestApp) -> Vec<Route> {
    let document = app.anyone().get("/api/openapi.json").await.expect(200).json();
    let paths = document["paths"].as_object().unwrap();
    let routes: Vec<Route> = paths
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().iter().map(|(method, operation)| Route {
                method: method.to_uppercase(),
                path: path.clone(),
                rule: operation["x-access"]["rule"].as_str().unwrap_or_default().to_owned(),
                token: operation["x-access"]["token"].as_str().map(|scope| scope.parse().unwrap()),
            })
        })
        .collect();
    assert!(routes.len() > 35, "the document lists {} routes", routes.len());
    for (method, path) in PUBLIC {
        assert!(routes.iter().any(|route| route.method == *method && route.path == *path));
    }
    for route in &routes {
        let words = format!("{} {}: {}", route.method, route.path, route.rule);
        // What is open to anyone is listed here, too, so that nothing becomes so by a slip.
        assert_eq!(route.rule == "anyone", route.is_public(), "{words}");
        let in_person = route.rule.starts_with("in_person:");
        let of_project = in_person
            || route.rule.starts_with("project:")
            || route.rule.starts_with("generation:");
        assert_eq!(of_project, route.is_of_project(), "{words}");
        let for_programs = of_project && !in_person || route.rule == "user";
        let needed = if route.changes() { TokenScope::Write } else { TokenScope::Read };
        assert_eq!(route.token, for_programs.then_some(needed), "{words}");
        let of_account = ["/api/auth/", "/api/account", "/api/keys", "/api/tokens", "/api/admin/"];
        assert!(
            !for_programs || !of_account.iter().any(|start| route.path.starts_with(start)),
            "{words}"
        );
    }
    routes
}

/// A body that is JSON, for routes that want one.
async fn ask(client: &Client, method: &str, path: &str) -> Answer {
    let ask = client.ask(method, path);
    if method == "GET" { ask.send().await } else { ask.json(&json!({})).send().await }
}

/// A problem without its request's id.
fn anonymous(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem.as_object_mut().unwrap().remove("request_id");
    problem
}

/// Somebody who asks for everything.
struct Who<'a> {
    name: &'static str,
    client: Client,
    /// Whose project they ask about.
    about: &'a Built,
    signed_in: bool,
    admin: bool,
    /// What they are in that project.
    role: Option<Role>,
    /// What the API token is for that they come with.
    token: Option<TokenScope>,
}

impl Who<'_> {
    /// Whether a route's rule lets them in.
    fn may(&self, route: &Route) -> bool {
        let by_rule = match route.rule.split_once(':') {
            None => match route.rule.as_str() {
                "anyone" => return true,
                "signed" | "user" => self.signed_in,
                "admin" => self.admin,
                // No rule that this test knows: it lets nobody in.
                _ => false,
            },
            Some((_, needed)) => self.role.is_some_and(|role| role.allows(needed.parse().unwrap())),
        };
        let by_token =
            self.token.is_none_or(|scope| route.token.is_some_and(|needed| scope >= needed));
        by_rule && by_token
    }
}

// asvs: 40
#[tokio::test]
async fn no_route_answers_whom_its_rule_keeps_out() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let built = owner.build("a pomodoro timer").await;
    owner.events(&built.generation).await.until("done").await;
    let other = app.user("other").await;
    let viewer = app.user("viewer").await;
    app.add_member(&built.project, &viewer, Role::Viewer).await;
    let former = app.user("former").await;
    app.add_member(&built.project, &former, Role::Editor).await;
    app.remove_member(&built.project, &former).await;
    let suspended = app.user("suspended").await;
    app.add_member(&built.project, &suspended, Role::Owner).await;
    let theirs = program(&app, &make(&suspended, "write").await);
    let path = format!("/api/admin/users/{}", id_of(&suspended).await);
    owner.patch(&path, json!({ "suspended": true })).await.expect(200);
    let stale = app.user("stale").await;
    let made = make(&stale, "write").await;
    let revoked = format!("/api/tokens/{}", made["entry"]["id"].as_str().unwrap());
    stale.delete(&revoked).await.expect(204);
    let revoked = program(&app, &made);
    stale.post("/api/auth/logout", json!({})).await.expect(204);
    let reads = program(&app, &make(&owner, "read").await);
    let writes = program(&app, &make(&owner, "write").await);
    let others = program(&app, &make(&other, "write").await);
    // An administrator is no member by that.
    let elsewhere = other.build("a tip calculator").await;
    other.events(&elsewhere.generation).await.until("done").await;
    let who = |name, client: &Client| Who {
        name,
        client: client.clone(),
        about: &built,
        signed_in: true,
        admin: false,
        role: None,
        token: None,
    };
    let nobody = |name, client: &Client| Who { signed_in: false, ..who(name, client) };
    let (read, write) = (Some(TokenScope::Read), Some(TokenScope::Write));
    let strangers = [
        nobody("anonymous", &app.anyone()),
        nobody("nonsense", &app.anyone().with_cookie("qv=nonsense")),
        nobody("stale session", &stale),
        nobody("revoked API token", &revoked),
        nobody("suspended user", &suspended),
        nobody("suspended user's API token", &theirs),
        who("other user", &other),
        Who { token: write, ..who("other user's API token", &others) },
        Who { role: Some(Role::Viewer), ..who("viewer", &viewer) },
        who("former member", &former),
        Who { admin: true, about: &elsewhere, ..who("administrator", &owner) },
        Who { about: &elsewhere, token: write, ..who("administrator's API token", &writes) },
        Who { role: Some(Role::Owner), token: read, ..who("API token to read", &reads) },
        Who { role: Some(Role::Owner), token: write, ..who("API token to write", &writes) },
    ];
    let mut kept_out = 0;
    for route in routes(&app).await {
        for who in strangers.iter().filter(|who| !who.may(&route)) {
            let path = route.at(&who.about.project, &who.about.generation);
            let answer = ask(&who.client, &route.method, &path).await;
            let words = format!("{}: {} {} ({})", who.name, route.method, route.path, route.rule);
            assert!(matches!(answer.status, 401 | 403 | 404), "{words}: {}", answer.status);
            assert_eq!(answer.status == 401, !who.signed_in, "{words}: {}", answer.status);
            kept_out += 1;
        }
    }
    assert!(kept_out > 400, "{kept_out}");
    // They were kept out for what they are, not for what was asked.
    reads.get(&format!("/api/projects/{}", built.project)).await.expect(200);
    let name = json!({ "name": "Mine" });
    writes.patch(&format!("/api/projects/{}", built.project), name).await.expect(200);
}

/// Every handler that is written is in the document that the tests here go by.
#[tokio::test]
async fn no_handler_is_missing_from_the_document() {
    let app = TestApp::start().await;
    let routes = routes(&app).await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/handlers");
    let mut handlers = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for attribute in text.split("#[utoipa::path(").skip(1) {
            let (method, rest) = attribute.split_once(',').unwrap();
            let path = rest.split('"').nth(1).unwrap().replace("{*", "{");
            let told = routes.iter().filter(|route| {
                route.path == path && route.method.eq_ignore_ascii_case(method.trim())
            });
            assert_eq!(told.count(), 1, "{method} {path}");
            handlers += 1;
        }
        // A route that goes round the rules would be put on a plain router.
        assert!(!text.contains("Router::new()"), "{text}");
    }
    assert_eq!(handlers, routes.len());
}

#[tokio::test]
async fn changes_carry_the_token_of_their_session() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let other = app.user("other").await;
    let token = other.get("/api/auth/session").await.json()["csrf_token"].clone();
    let id = "01900000-0000-7000-8000-000000000000";
    for wrong in ["", "nonsense", token.as_str().unwrap()] {
        let client = owner.clone().with("x-csrf-token", wrong);
        for route in routes(&app).await.iter().filter(|route| route.changes()) {
            if !route.is_public() {
                let answer = ask(&client, &route.method, &route.at(id, id)).await;
                answer.expect_problem(403, "stale_page");
            }
        }
        // Looking needs none.
        client.get("/api/projects").await.expect(200);
    }
    owner.post("/api/projects", json!({})).await.expect(201);
}

#[tokio::test]
async fn without_a_session_only_what_is_public_answers() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let built = owner.build("a pomodoro timer").await;
    let stranger = app.anyone();
    for route in routes(&app).await.iter().filter(|route| !route.is_public()) {
        let answer =
            ask(&stranger, &route.method, &route.at(&built.project, &built.generation)).await;
        answer.expect_problem(401, "unauthenticated");
    }
}

// asvs: 40
#[tokio::test]
async fn other_peoples_things_read_as_if_they_were_not_there() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let built = owner.build("a pomodoro timer").await;
    owner.events(&built.generation).await.until("done").await;
    let other = app.user("other").await;
    let unknown = "01900000-0000-7000-8000-000000000000";
    for route in routes(&app).await.iter().filter(|route| route.is_of_project()) {
        let theirs = ask(&other, &route.method, &route.at(&built.project, &built.generation)).await;
        let nobodys = ask(&other, &route.method, &route.at(unknown, unknown)).await;
        let words = format!("{} {}", route.method, route.path);
        assert_eq!((theirs.status, nobodys.status), (404, 404), "{words}: {}", theirs.text());
        assert_eq!(anonymous(&theirs), anonymous(&nobodys), "{words}");
    }
    let made = make(&owner, "read").await;
    for (list, id) in [
        ("/api/auth/sessions", owner.get("/api/auth/session").await.json()["session_id"].clone()),
        ("/api/tokens", made["entry"]["id"].clone()),
    ] {
        let theirs = other.delete(&format!("{list}/{}", id.as_str().unwrap())).await;
        let nobodys = other.delete(&format!("{list}/{unknown}")).await;
        assert_eq!(anonymous(&theirs.expect(404)), anonymous(&nobodys.expect(404)), "{list}");
    }
    assert_eq!(other.get("/api/projects").await.json()["items"], json!([]));
}

#[tokio::test]
async fn viewers_change_nothing() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let built = owner.build("a pomodoro timer").await;
    owner.events(&built.generation).await.until("done").await;
    let viewer = app.user("viewer").await;
    app.add_member(&built.project, &viewer, Role::Viewer).await;
    for route in routes(&app).await.iter().filter(|route| route.is_of_project()) {
        let path = route.at(&built.project, &built.generation);
        let answer = ask(&viewer, &route.method, &path).await;
        let changes = route.changes() || route.rule == "in_person:editor";
        if changes && !VIEWERS_MAY.contains(&route.path.as_str()) {
            answer.expect_problem(403, "forbidden");
        } else {
            assert!(!matches!(answer.status, 401 | 403), "{}: {}", answer.asked, answer.status);
        }
    }
    let editor = app.user("editor").await;
    app.add_member(&built.project, &editor, Role::Editor).await;
    let path = format!("/api/projects/{}", built.project);
    editor.patch(&path, json!({ "name": "Mine" })).await.expect(200);
    editor.patch(&path, json!({ "visibility": "public" })).await.expect_problem(403, "forbidden");
    editor.delete(&path).await.expect_problem(403, "forbidden");
}

// asvs: 14
#[tokio::test]
async fn other_sites_change_nothing() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let own = format!("http://localhost:{}", app.address.port());
    let preview = format!("http://abc.preview.localhost:{}", app.address.port());
    let foreign: Vec<Client> = vec![
        owner.clone().with("sec-fetch-site", "cross-site"),
        owner.clone().with("sec-fetch-site", "same-site"),
        owner.clone().with("origin", "http://evil.example"),
        owner.clone().with("origin", "null"),
        owner.clone().with("origin", &preview),
        // What the browser says goes before what it calls itself.
        owner.clone().with("sec-fetch-site", "cross-site").with("origin", &own),
    ];
    for route in routes(&app).await.iter().filter(|route| route.changes()) {
        for client in &foreign {
            let id = "01900000-0000-7000-8000-000000000000";
            let answer = ask(client, &route.method, &route.at(id, id)).await;
            answer.expect_problem(403, "cross_site");
        }
    }
    owner.get("/api/auth/session").await.expect(200);
    let pages = owner.clone().with("sec-fetch-site", "same-origin").with("origin", &own);
    pages.post("/api/projects", json!({})).await.expect(201);
    owner.with("origin", &own).post("/api/projects", json!({})).await.expect(201);
}

// asvs: 21
#[tokio::test]
async fn methods_that_are_not_offered_are_refused() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let routes = routes(&app).await;
    let paths: std::collections::BTreeSet<&str> =
        routes.iter().map(|route| route.path.as_str()).collect();
    for path in paths {
        let offered: Vec<&Route> = routes.iter().filter(|route| route.path == path).collect();
        let id = "01900000-0000-7000-8000-000000000000";
        let address = offered[0].at(id, id);
        for method in METHODS {
            if !offered.iter().any(|route| route.method == method) {
                let answer = owner.ask(method, &address).send().await;
                assert!(!answer.header("allow").is_empty(), "{method} {path}");
                answer.expect_problem(405, "method_not_allowed");
            }
        }
    }
    owner.post("/api/nowhere", json!({})).await.expect_problem(404, "not_found");
    owner.get("/api/nowhere").await.expect_problem(404, "not_found");
}

// asvs: 47
#[tokio::test]
async fn answers_of_the_api_are_kept_by_nobody_and_framed_by_nobody() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    for path in [
        "/api/auth/session",
        "/api/projects",
        "/api/keys",
        "/api/tokens",
        "/api/admin/users",
        "/api/nowhere",
    ] {
        let answer = owner.get(path).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        assert_eq!(answer.header("x-request-id").len(), 16, "{path}");
    }
}

#[tokio::test]
async fn names_that_are_not_ours_are_not_answered() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    for host in ["evil.example", "localhost.evil.example", "preview.localhost", "x.localhost"] {
        let client = owner.clone().at(host);
        client.get("/api/auth/session").await.expect_problem(404, "not_found");
        let answer = client.get("/").await;
        answer.expect_problem(404, "not_found");
    }
}

//! Answers what pages ask for. Nothing that a page asks for leaves this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qv_domain::Env;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::cdp::{Connection, Sink};
use crate::lane::{Held, LARGEST_BODY, Lane};
use crate::serve::{Answer, Request, Serve};

/// Who answers for which host.
pub(crate) struct Router {
    env: Arc<dyn Env>,
    routes: Mutex<Routes>,
}

#[derive(Default)]
struct Routes {
    hosts: HashMap<String, Arc<Route>>,
    /// What the main frames of pages that are looked at may still ask for.
    frames: HashMap<String, Arc<Lane>>,
    /// The same for whatever else a page starts, such as workers: one for all, new with each load.
    others: Arc<Lane>,
}

/// Hears what a browser's pages ask for and answers by the same connection.
pub(crate) struct Answering {
    pub(crate) router: Arc<Router>,
    pub(crate) connection: Connection,
}

struct Route {
    serve: Arc<dyn Serve>,
    /// What may still be asked for; `None` where pages of other hosts may ask, too, each at its own expense.
    lane: Option<Arc<Lane>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paused {
    request_id: String,
    #[serde(default)]
    frame_id: String,
    request: Asked,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    url: String,
    method: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    post_data_entries: Vec<Entry>,
    post_data: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    bytes: String,
}

impl Router {
    pub(crate) fn new(env: Arc<dyn Env>) -> Self {
        Self { env, routes: Mutex::default() }
    }

    /// Answers for a new host while what this gives lives. Nobody can guess it, so one page cannot ask for what is
    /// another's; and it is a site of its own, so nothing is kept from one load to the next. What the page with this main
    /// frame asks of hosts that are shared counts as asked of this one.
    pub(crate) fn route(self: &Arc<Self>, serve: Arc<dyn Serve>, frame: &str) -> Routed {
        let mut random = [0; 16];
        self.env.fill_random(&mut random);
        let host = format!("{:032x}.test", u128::from_le_bytes(random));
        let lane = Arc::<Lane>::default();
        let route = Arc::new(Route { serve, lane: Some(Arc::clone(&lane)) });
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        routes.hosts.insert(host.clone(), route);
        routes.frames.insert(frame.to_owned(), Arc::clone(&lane));
        routes.others = Arc::default();
        Routed { router: Arc::clone(self), host, frame: frame.to_owned(), lane }
    }

    /// Answers for a host for ever, to pages of every other.
    pub(crate) fn share(&self, host: String, serve: Arc<dyn Serve>) {
        let route = Arc::new(Route { serve, lane: None });
        self.routes.lock().unwrap_or_else(PoisonError::into_inner).hosts.insert(host, route);
    }

    /// Who answers, and at whose expense.
    fn find(&self, url: &Url, frame: &str) -> Option<(Arc<Route>, Arc<Lane>)> {
        if url.scheme() != "https" || url.port().is_some() {
            return None;
        }
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let route = routes.hosts.get(url.host_str()?)?;
        let lane = route.lane.as_ref().or_else(|| routes.frames.get(frame));
        Some((Arc::clone(route), Arc::clone(lane.unwrap_or(&routes.others))))
    }
}

impl Answering {
    fn paused(&self, paused: Paused) {
        let fail = |why: &str| {
            self.connection.post("", "Fetch.failRequest", failure(&paused.request_id, why));
        };
        let url = Url::parse(&paused.request.url).ok();
        let found = url.as_ref().and_then(|url| self.router.find(url, &paused.frame_id));
        let (Some(url), Some((route, lane))) = (url, found) else { return fail("BlockedByClient") };
        let asked = paused.request;
        let Some(body) = body(&asked.post_data_entries, asked.post_data) else {
            return fail("InsufficientResources");
        };
        let request = Request {
            host: url.host_str().unwrap_or_default().to_owned(),
            method: asked.method,
            target: match url.query() {
                Some(query) => format!("{}?{query}", url.path()),
                None => url.path().to_owned(),
            },
            headers: asked.headers.into_iter().collect(),
            body,
        };
        let Some(held) = lane.enter(&request) else { return fail("InsufficientResources") };
        tokio::spawn(answer(route, held, request, paused.request_id, self.connection.clone()));
    }
}

/// Waits for its turn, and lets the next have it when the answer is written.
async fn answer(
    route: Arc<Route>,
    held: Held,
    request: Request,
    id: String,
    connection: Connection,
) {
    let gone = connection.gone();
    let permit = tokio::select! {
        permit = held.turn() => permit,
        () = gone.cancelled() => None,
    };
    let Some(permit) = permit else { return };
    let answer = route.serve.answer(request).await;
    let answer = match answer {
        Some(answer) if held.pay(answer.body.len()) => answer,
        Some(_) => {
            let params = failure(&id, "InsufficientResources");
            return connection.post_by(permit, "Fetch.failRequest", params);
        }
        None => return connection.post_by(permit, "Fetch.failRequest", failure(&id, "Failed")),
    };
    let params = fulfilled(&id, answer, route.lane.is_none());
    connection.post_by(permit, "Fetch.fulfillRequest", params);
}

fn failure(id: &str, why: &str) -> Value {
    json!({ "requestId": id, "errorReason": why })
}

fn fulfilled(id: &str, mut answer: Answer, shared: bool) -> Value {
    if shared {
        answer.headers.push(("access-control-allow-origin".into(), "*".into()));
    }
    let headers: Vec<Value> = answer
        .headers
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    json!({
        "requestId": id,
        "responseCode": answer.status,
        "responsePhrase": phrase(answer.status),
        "responseHeaders": headers,
        "body": STANDARD.encode(&answer.body),
    })
}

/// The words of a status: those that Chromium has none for are refused without.
fn phrase(status: u16) -> &'static str {
    let known = http::StatusCode::from_u16(status).ok();
    known.and_then(|status| status.canonical_reason()).unwrap_or("Unknown")
}

/// What is sent along; `None` when that is too much.
fn body(entries: &[Entry], text: Option<String>) -> Option<Vec<u8>> {
    let text = if entries.is_empty() { text.unwrap_or_default() } else { String::new() };
    // Four characters are three bytes.
    let sent: usize = entries.iter().map(|entry| entry.bytes.len() / 4 * 3).sum();
    if sent.max(text.len()) > LARGEST_BODY {
        return None;
    }
    if entries.is_empty() {
        return Some(text.into_bytes());
    }
    let parts = entries.iter().map(|entry| STANDARD.decode(&entry.bytes).unwrap_or_default());
    Some(parts.collect::<Vec<_>>().concat())
}

impl Sink for Answering {
    fn event(&self, method: &str, params: Value) {
        match method {
            "Fetch.requestPaused" => {
                if let Ok(paused) = serde_json::from_value(params) {
                    self.paused(paused);
                }
            }
            // A page that a page has opened: nobody looks at it.
            "Target.targetCreated" => {
                let info = &params["targetInfo"];
                if info["type"] == "page" && info["openerId"].is_string() {
                    let id = json!({ "targetId": info["targetId"] });
                    self.connection.post("", "Target.closeTarget", id);
                }
            }
            _ => {}
        }
    }
}

/// A host that is answered for.
pub(crate) struct Routed {
    router: Arc<Router>,
    host: String,
    frame: String,
    lane: Arc<Lane>,
}

impl Routed {
    pub(crate) fn host(&self) -> &str {
        &self.host
    }
}

impl Drop for Routed {
    fn drop(&mut self) {
        let mut routes = self.router.routes.lock().unwrap_or_else(PoisonError::into_inner);
        routes.hosts.remove(&self.host);
        // The page may load the next app already.
        if routes.frames.get(&self.frame).is_some_and(|lane| Arc::ptr_eq(lane, &self.lane)) {
            routes.frames.remove(&self.frame);
        }
    }
}

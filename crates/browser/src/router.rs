//! Answers what pages ask for. Nothing that a page asks for leaves this process.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qv_domain::Env;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::cdp::{Connection, Sink};
use crate::serve::{Request, Serve};

/// Requests that one page may make; what comes after fails.
const MOST_REQUESTS: u32 = 4_000;

/// Who answers for which host.
pub(crate) struct Router {
    env: Arc<dyn Env>,
    routes: Mutex<HashMap<String, Arc<Route>>>,
}

/// Hears what a browser's pages ask for and answers by the same connection.
pub(crate) struct Answering {
    pub(crate) router: Arc<Router>,
    pub(crate) connection: Connection,
}

struct Route {
    serve: Arc<dyn Serve>,
    left: AtomicU32,
    /// Whether pages of other hosts may read the answers.
    shared: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paused {
    request_id: String,
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
    /// another's; and it is a site of its own, so nothing is kept from one load to the next.
    pub(crate) fn route(self: &Arc<Self>, serve: Arc<dyn Serve>) -> Routed {
        let mut random = [0; 16];
        self.env.fill_random(&mut random);
        let host = format!("{:032x}.test", u128::from_le_bytes(random));
        self.add(host.clone(), serve, MOST_REQUESTS, false);
        Routed { router: Arc::clone(self), host }
    }

    /// Answers for a host for ever, to pages of every other.
    pub(crate) fn share(&self, host: String, serve: Arc<dyn Serve>) {
        self.add(host, serve, u32::MAX, true);
    }

    fn add(&self, host: String, serve: Arc<dyn Serve>, most: u32, shared: bool) {
        let route = Arc::new(Route { serve, left: AtomicU32::new(most), shared });
        self.routes.lock().unwrap_or_else(PoisonError::into_inner).insert(host, route);
    }

    fn find(&self, url: &Url) -> Option<Arc<Route>> {
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let usual = url.scheme() == "https" && url.port().is_none();
        usual.then(|| routes.get(url.host_str()?).cloned()).flatten()
    }
}

impl Answering {
    fn paused(&self, paused: Paused) {
        let connection = self.connection.clone();
        let fail = |why: &str| {
            let params = json!({ "requestId": paused.request_id, "errorReason": why });
            connection.post("", "Fetch.failRequest", params);
        };
        let url = Url::parse(&paused.request.url).ok();
        let route = url.as_ref().and_then(|url| self.router.find(url));
        let (Some(url), Some(route)) = (url, route) else { return fail("BlockedByClient") };
        if route.shared {
            // Made once, for everybody: no page uses it up.
        } else if route
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            .is_err()
        {
            return fail("InsufficientResources");
        }
        let request = Request {
            host: url.host_str().unwrap_or_default().to_owned(),
            method: paused.request.method,
            target: match url.query() {
                Some(query) => format!("{}?{query}", url.path()),
                None => url.path().to_owned(),
            },
            headers: paused.request.headers.into_iter().collect(),
            body: body(&paused.request.post_data_entries, paused.request.post_data),
        };
        let id = paused.request_id;
        tokio::spawn(async move {
            let Some(mut answer) = route.serve.answer(request).await else {
                let params = json!({ "requestId": id, "errorReason": "Failed" });
                return connection.post("", "Fetch.failRequest", params);
            };
            if route.shared {
                answer.headers.push(("access-control-allow-origin".into(), "*".into()));
            }
            let headers: Vec<Value> = answer
                .headers
                .iter()
                .map(|(name, value)| json!({ "name": name, "value": value }))
                .collect();
            let params = json!({
                "requestId": id,
                "responseCode": answer.status,
                "responseHeaders": headers,
                "body": STANDARD.encode(&answer.body),
            });
            connection.post("", "Fetch.fulfillRequest", params);
        });
    }
}

fn body(entries: &[Entry], text: Option<String>) -> Vec<u8> {
    if entries.is_empty() {
        return text.unwrap_or_default().into_bytes();
    }
    entries.iter().flat_map(|entry| STANDARD.decode(&entry.bytes).unwrap_or_default()).collect()
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
}

impl Routed {
    pub(crate) fn host(&self) -> &str {
        &self.host
    }
}

impl Drop for Routed {
    fn drop(&mut self) {
        let mut routes = self.router.routes.lock().unwrap_or_else(PoisonError::into_inner);
        routes.remove(&self.host);
    }
}

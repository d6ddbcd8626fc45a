//! What the server answers to whom.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Query, State as Shared};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use bytes::Bytes;
use futures_util::{Stream, future, stream};
use serde::Deserialize;
use serde_json::{Value, json};

use super::invariants::violations;
use super::record::{Outcome, Recorded, Wire};
use super::render::{self, Act};
use super::reply::{Ending, Reply};
use super::script::Script;
use super::state::State;

pub(super) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/v1/models", get(models))
        .route("/v1/messages", post(messages))
        .route("/v1/chat/completions", post(chat_completions))
        .route("/control/requests", get(requests))
        .route("/control/release", post(release))
        .route("/control/script", post(replace_script))
        .layer(DefaultBodyLimit::disable())
        .with_state(state)
}

async fn models(Shared(state): Shared<Arc<State>>) -> Json<Value> {
    let mut ids = state.with(|inner| inner.script.models.clone());
    if ids.is_empty() {
        ids.push("scripted-1".to_owned());
    }
    let data: Vec<Value> = ids
        .iter()
        .map(|id| {
            json!({ "id": id, "object": "model", "type": "model", "owned_by": "scripted", "context_length": 200_000 })
        })
        .collect();
    Json(json!({ "object": "list", "data": data, "has_more": false }))
}

/// Everything that was asked, what is wrong with it, and how many replies are held now.
async fn requests(Shared(state): Shared<Arc<State>>) -> Json<Value> {
    Json(state.with(|inner| {
        json!({
            "requests": inner.requests,
            "violations": inner.violations(),
            "unused": inner.script.unused(),
            "held": inner.held,
        })
    }))
}

#[derive(Deserialize)]
struct Release {
    #[serde(default = "one")]
    count: usize,
}

const fn one() -> usize {
    1
}

async fn release(Shared(state): Shared<Arc<State>>, Query(release): Query<Release>) -> StatusCode {
    state.release(release.count.min(1_000));
    StatusCode::NO_CONTENT
}

async fn replace_script(
    Shared(state): Shared<Arc<State>>,
    Json(script): Json<Script>,
) -> StatusCode {
    state.with(|inner| inner.script = script);
    StatusCode::NO_CONTENT
}

async fn messages(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    answer(state, Wire::Anthropic, &headers, &body).await
}

async fn chat_completions(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    answer(state, Wire::OpenAi, &headers, &body).await
}

async fn answer(
    state: Arc<State>,
    wire: Wire,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response<Body> {
    let headers: BTreeMap<String, String> = headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let mut request = Recorded::new(wire, headers, body);
    let (keyless, key, models) = state.with(|inner| {
        let script = &inner.script;
        (script.keyless, script.key.clone(), script.models.clone())
    });
    request.violations = violations(&request, body.len(), keyless);
    let model = request.body["model"].as_str().unwrap_or_default().to_owned();

    let refusal = if key.is_some() && key.as_deref() != request.key() {
        Some(refuse(wire, 401, "authentication_error", "invalid key"))
    } else if !models.is_empty() && !models.contains(&model) {
        Some(refuse(wire, 404, "not_found_error", &format!("model: {model}")))
    } else {
        None
    };
    let (index, reply) = state.answer(request);
    let mut ended = Ended { state: Arc::clone(&state), index, outcome: Outcome::Disconnected };
    let reply = refusal
        .or(reply)
        .unwrap_or_else(|| refuse(wire, 501, "api_error", "no reply is scripted for this request"));
    pause(reply.delay_ms).await;

    let mut response = Response::builder().status(reply.status.unwrap_or(200));
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    let (content_type, body) = if reply.status.is_some() {
        ended.outcome = Outcome::Said;
        ("application/json", Body::from(reply.body))
    } else if reply.as_json {
        ended.outcome = Outcome::Said;
        ("application/json", Body::from(render::whole(&reply, wire, &model).to_string()))
    } else {
        let acts = render::acts(&reply, wire, &model);
        ("text/event-stream; charset=utf-8", Body::from_stream(say(state, acts, reply, ended)))
    };
    if !reply_sets_type(&response) {
        response = response.header("content-type", content_type);
    }
    response.body(body).unwrap_or_else(|error| {
        (StatusCode::INTERNAL_SERVER_ERROR, format!("the script is wrong: {error}")).into_response()
    })
}

fn reply_sets_type(response: &axum::http::response::Builder) -> bool {
    response.headers_ref().is_some_and(|headers| headers.contains_key("content-type"))
}

fn refuse(wire: Wire, status: u16, kind: &str, message: &str) -> Reply {
    Reply::error(status, render::error(wire, kind, message).to_string())
}

/// Writes down what became of a reply when its stream is dropped.
struct Ended {
    state: Arc<State>,
    index: usize,
    outcome: Outcome,
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.state.end(self.index, self.outcome);
    }
}

fn say(
    state: Arc<State>,
    acts: Vec<Act>,
    reply: Reply,
    ended: Ended,
) -> impl Stream<Item = std::io::Result<Bytes>> {
    let next = async |(state, mut acts, reply, mut ended): Said| {
        loop {
            match acts.next() {
                Some(Act::Hold) => state.hold().await,
                Some(Act::Write(bytes)) => {
                    pause(reply.between_ms).await;
                    return Some((Ok(Bytes::from(bytes)), (state, acts, reply, ended)));
                }
                None if reply.ending == Ending::Silence => future::pending::<()>().await,
                None if reply.ending == Ending::Abort => {
                    ended.outcome = Outcome::Said;
                    // What was said before must leave first; the server sends when its stream has to wait.
                    tokio::task::yield_now().await;
                    let broken = std::io::Error::other("the script breaks the connection here");
                    return Some((Err(broken), (state, acts, reply, ended)));
                }
                None => {
                    ended.outcome = Outcome::Said;
                    return None;
                }
            }
        }
    };
    stream::unfold((state, acts.into_iter(), reply, ended), next)
}

/// Even a sleep of no length takes a tick of the timer.
async fn pause(millis: u64) {
    if millis > 0 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
}

type Said = (Arc<State>, std::vec::IntoIter<Act>, Reply, Ended);

//! Server-sent events: a generation's log, and a preview's changes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt as _};
use qv_engine::{Access, Engine, EventFeed, LoggedEvent, OutputFeed, PreviewUpdates};

use crate::App;
use crate::problem::{ApiError, Result};

const HEARTBEAT: Duration = Duration::from_secs(10);
/// A connection ends after this; the client comes back with the last number it saw. Proxies that drop long
/// connections silently are met halfway, and access is checked anew.
const LIFE: Duration = Duration::from_secs(300);
/// How often it is looked whether the session behind a stream still holds: it must be gone 5 seconds after that ends.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long a client is asked to wait before it comes back.
const COME_BACK: Duration = Duration::from_secs(1);

/// A generation's events from where `feed` begins.
pub(crate) fn generation(app: &App, access: Access, feed: EventFeed) -> Response {
    let engine = app.engine.clone();
    let batches = stream::unfold(feed, move |mut feed| {
        let engine = engine.clone();
        async move {
            match feed.next(&engine).await {
                Ok(events) => events.map(|events| (events, feed)),
                Err(error) => {
                    // The client comes back; the log has what it missed.
                    tracing::error!(%error, "a log could not be read");
                    None
                }
            }
        }
    });
    let events = batches.flat_map(|batch| stream::iter(batch.into_iter().map(sent)));
    let engine = app.engine.clone();
    respond(app, events, async move { refused(&engine, &access).await })
}

/// Ends when the session or the membership that a stream was opened with is gone, on whatever node that happened.
async fn refused(engine: &Engine, access: &Access) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        match engine.still_holds(access).await {
            Ok(true) => {}
            Ok(false) => return,
            // Nothing of the log can be read either.
            Err(error) => tracing::warn!(%error, "who follows a log was not looked at"),
        }
    }
}

fn sent(event: Arc<LoggedEvent>) -> Event {
    Event::default().id(event.seq.to_string()).event(&event.kind).data(&event.json)
}

/// What an app's machine writes, from where `feed` begins.
pub(crate) fn output(app: &App, access: Access, feed: OutputFeed) -> Response {
    let batches = stream::unfold(feed, |mut feed| async move { Some((feed.next().await, feed)) });
    let events = batches.flat_map(|batch| {
        stream::iter(batch.into_iter().filter_map(|piece| {
            let event = Event::default().id(piece.seq.to_string()).event("output");
            event.json_data(&piece).ok()
        }))
    });
    let engine = app.engine.clone();
    respond(app, events, async move { refused(&engine, &access).await })
}

/// The number of the last event that a client says it has.
///
/// # Errors
/// `Invalid` when it is no number.
pub(crate) fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>> {
    let Some(id) = headers.get("last-event-id") else { return Ok(None) };
    let number = id.to_str().ok().and_then(|id| id.parse().ok());
    number.map(Some).ok_or_else(|| {
        let words = "It is the number of the last event that was received.";
        ApiError::invalid("last-event-id", words)
    })
}

/// A preview's changes.
pub(crate) fn preview(app: &App, updates: PreviewUpdates) -> Response {
    let events = stream::unfold(updates, |mut updates| async move {
        let update = updates.next().await.ok()?;
        let sent =
            Event::default().id(update.revision.to_string()).event("patch").data(update.json);
        Some((sent, updates))
    });
    // A preview's address is all that its page has: no session opened it.
    respond(app, events, std::future::pending())
}

fn respond(
    app: &App,
    events: impl Stream<Item = Event> + Send + 'static,
    refused: impl Future<Output = ()> + Send + 'static,
) -> Response {
    let leave = leave(app, refused);
    let state = Some((Box::pin(events), Box::pin(leave)));
    let events = stream::unfold(state, |state| async move {
        let (mut events, mut leave) = state?;
        tokio::select! {
            biased;
            () = &mut leave => Some((Ok::<_, Infallible>(farewell()), None)),
            event = events.next() => event.map(|event| (Ok(event), Some((events, leave)))),
        }
    });
    let mut response =
        Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    let headers = response.headers_mut();
    // Proxies that buffer would turn a stream into a lump.
    headers.insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    response
}

/// When a stream ends although more may follow: after its life, when whoever opened it may no longer see it, and when the server stops. Whoever comes back while it
/// is stopping has been sent here again, and may stay until nothing more is answered.
fn leave(
    app: &App,
    refused: impl Future<Output = ()> + Send + 'static,
) -> impl Future<Output = ()> + Send + 'static {
    let stopping = app.engine.stopping();
    let stop = if stopping.is_cancelled() { app.closing.clone() } else { stopping };
    async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LIFE) => {}
            () = refused => {}
        }
    }
}

/// Tells the client to come back: nothing of the log, so it bears no number.
fn farewell() -> Event {
    Event::default().retry(COME_BACK).comment("reconnect")
}

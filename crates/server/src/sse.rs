//! Server-sent events: a generation's log, and a preview's changes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use qv_engine::{Engine, EventFeed, PreviewUpdates};
use tokio::time::Instant;

const HEARTBEAT: Duration = Duration::from_secs(10);
/// A connection ends after this; the client comes back with the last number it saw. Proxies that drop long
/// connections silently are met halfway, and access is checked anew.
const LIFE: Duration = Duration::from_secs(300);

/// A generation's events from where `feed` begins.
pub(crate) fn generation(engine: Arc<Engine>, feed: EventFeed) -> Response {
    let stopping = engine.stopping();
    let end = Instant::now() + LIFE;
    let events = stream::unfold((engine, feed, Vec::new().into_iter(), false), move |state| {
        let stopping = stopping.clone();
        async move {
            let (engine, mut feed, mut batch, mut over) = state;
            loop {
                if let Some(event) = batch.next() {
                    let event: Arc<qv_engine::LoggedEvent> = event;
                    over |= event.last;
                    let sent = Event::default()
                        .id(event.seq.to_string())
                        .event(&event.kind)
                        .data(&event.json);
                    return Some((Ok::<_, Infallible>(sent), (engine, feed, batch, over)));
                }
                if over {
                    return None;
                }
                let next = tokio::select! {
                    next = feed.next(&engine) => next,
                    () = tokio::time::sleep_until(end) => return None,
                    () = stopping.cancelled() => return None,
                };
                match next {
                    Ok(Some(events)) => batch = events.into_iter(),
                    Ok(None) => return None,
                    Err(error) => {
                        // The client comes back; the log has what it missed.
                        tracing::error!(%error, "a log could not be read");
                        return None;
                    }
                }
            }
        }
    });
    respond(events)
}

/// A preview's changes.
pub(crate) fn preview(engine: &Engine, updates: PreviewUpdates) -> Response {
    let stopping = engine.stopping();
    let end = Instant::now() + LIFE;
    let events = stream::unfold(updates, move |mut updates| {
        let stopping = stopping.clone();
        async move {
            let update = tokio::select! {
                update = updates.next() => update,
                () = tokio::time::sleep_until(end) => return None,
                () = stopping.cancelled() => return None,
            };
            let update = update.ok()?;
            let sent =
                Event::default().id(update.revision.to_string()).event("patch").data(update.json);
            Some((Ok::<_, Infallible>(sent), updates))
        }
    });
    respond(events)
}

fn respond(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let mut response =
        Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    let headers = response.headers_mut();
    // Proxies that buffer would turn a stream into a lump.
    headers.insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    response
}

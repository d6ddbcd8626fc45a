use std::collections::VecDeque;

use reqwest::Response;
use serde_json::Value;

use super::{Ask, soon};

/// An event as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// The line `id`, as a number.
    pub id: u64,
    /// The line `event`.
    pub kind: String,
    /// The data.
    pub data: Value,
}

/// A stream of server-sent events, being read.
#[derive(Debug)]
pub struct EventStream {
    response: Response,
    unread: String,
    ready: VecDeque<Heard>,
    words: String,
}

impl EventStream {
    /// Sends a request whose answer is a stream.
    ///
    /// # Panics
    /// When it is none.
    pub async fn open(ask: Ask) -> Self {
        let (response, words) = ask.open().await;
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        assert_eq!(kind, Some("text/event-stream"), "{words}: {}", response.status());
        Self { response, unread: String::new(), ready: VecDeque::new(), words }
    }

    /// The next event; `None` when the server has ended the stream.
    pub async fn next(&mut self) -> Option<Heard> {
        while self.ready.is_empty() {
            let bytes = soon(&format!("an event of {}", self.words), self.response.chunk()).await;
            let bytes = bytes.unwrap_or_else(|error| panic!("{}: {error}", self.words))?;
            // The server writes whole events, and these are ASCII at their seams.
            self.unread.push_str(std::str::from_utf8(&bytes).expect("whole characters"));
            while let Some((event, rest)) = self.unread.split_once("\n\n") {
                self.ready.extend(parse(event));
                self.unread = rest.to_owned();
            }
        }
        self.ready.pop_front()
    }

    /// Reads until an event of this type, which comes last.
    ///
    /// # Panics
    /// When the stream ends before.
    pub async fn until(&mut self, kind: &str) -> Vec<Heard> {
        let mut heard = Vec::new();
        while let Some(event) = self.next().await {
            let reached = event.kind == kind;
            heard.push(event);
            if reached {
                return heard;
            }
        }
        panic!("{} ended without {kind}: {}", self.words, kinds(&heard).join(", "));
    }

    /// Reads until the server ends the stream.
    pub async fn to_end(mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        while let Some(event) = self.next().await {
            heard.push(event);
        }
        heard
    }
}

/// The events' types, in order.
#[must_use]
pub fn kinds(events: &[Heard]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

/// `None` for a comment, which is a heartbeat.
fn parse(event: &str) -> Option<Heard> {
    let field =
        |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let data = field("data")?;
    Some(Heard {
        id: field("id")?.parse().expect("ids are numbers"),
        kind: field("event")?.to_owned(),
        data: serde_json::from_str(data).expect("data is JSON"),
    })
}

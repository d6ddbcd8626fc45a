//! Listens to one page: what it prints, throws and asks for, and what becomes of its loading.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::cdp::{Connection, Sink};
use crate::sighting::{Exception, FailedRequest, Few, Place, Printed};

const MOST_PRINTED: usize = 30;
const MOST_EXCEPTIONS: usize = 20;
const MOST_FAILED: usize = 30;
const MOST_PENDING: usize = 2_000;
const MOST_PLACES: usize = 8;
const MESSAGE_CHARS: usize = 2_000;
const URL_CHARS: usize = 300;

/// How far a page has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Progress {
    /// Loads that have ended.
    pub(crate) loads: u32,
    /// Its process has crashed.
    pub(crate) crashed: bool,
}

/// What was heard of a page since it was last asked.
pub(crate) struct Watcher {
    connection: Connection,
    session: Mutex<String>,
    heard: Mutex<Heard>,
    progress: watch::Sender<Progress>,
}

struct Heard {
    host: String,
    printed: Few<Printed>,
    exceptions: Few<Exception>,
    failed: Few<FailedRequest>,
    pending: HashMap<String, Pending>,
    quiet_since: Instant,
    document: Option<u16>,
}

struct Pending {
    url: String,
    method: String,
    kind: String,
    own: bool,
}

/// What was heard.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) printed: Vec<Printed>,
    pub(crate) exceptions: Vec<Exception>,
    pub(crate) failed: Vec<FailedRequest>,
}

impl Watcher {
    pub(crate) fn new(connection: Connection) -> Self {
        Self {
            connection,
            session: Mutex::default(),
            heard: Mutex::new(Heard {
                host: String::new(),
                printed: Few::new(MOST_PRINTED),
                exceptions: Few::new(MOST_EXCEPTIONS),
                failed: Few::new(MOST_FAILED),
                pending: HashMap::new(),
                quiet_since: Instant::now(),
                document: None,
            }),
            progress: watch::channel(Progress::default()).0,
        }
    }

    /// Dialogs are answered in this session.
    pub(crate) fn attach(&self, session: &str) {
        session.clone_into(&mut self.session.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Whether the page is gone for good.
    pub(crate) fn has_crashed(&self) -> bool {
        self.progress.borrow().crashed
    }

    /// Everything from now on is of an app at this host; what was heard before is forgotten.
    pub(crate) fn begin(&self, host: &str) {
        let mut heard = self.heard();
        host.clone_into(&mut heard.host);
        heard.pending.clear();
        heard.quiet_since = Instant::now();
        heard.document = None;
        drop(heard);
        self.take();
    }

    pub(crate) fn take(&self) -> Taken {
        let mut heard = self.heard();
        Taken {
            printed: heard.printed.take(),
            exceptions: heard.exceptions.take(),
            failed: heard.failed.take(),
        }
    }

    /// Since when nothing of the app's own is on its way; `None` while something is.
    pub(crate) fn quiet_since(&self) -> Option<Instant> {
        let heard = self.heard();
        (!heard.pending.values().any(|pending| pending.own)).then_some(heard.quiet_since)
    }

    /// The status of the document, where it was answered.
    pub(crate) fn document(&self) -> Option<u16> {
        self.heard().document
    }

    fn asked(&self, params: &Value) {
        let url = text(&params["request"]["url"]);
        if !url.starts_with("http") && !url.starts_with("ws") {
            return;
        }
        let kind = text(&params["type"]);
        // Stays open by design.
        if kind == "EventSource" || url.contains("/favicon.ico") {
            return;
        }
        let mut heard = self.heard();
        if heard.pending.len() >= MOST_PENDING {
            return;
        }
        let host = url.split("://").nth(1).unwrap_or_default().split(['/', '?', '#']).next();
        let own = host == Some(heard.host.as_str());
        let pending = Pending {
            url: cut(url, URL_CHARS),
            method: text(&params["request"]["method"]).to_owned(),
            kind: kind.to_owned(),
            own,
        };
        heard.pending.insert(text(&params["requestId"]).to_owned(), pending);
    }

    fn answered(&self, params: &Value) {
        let status =
            params["response"]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        let mut heard = self.heard();
        let Some(pending) = heard.pending.get(text(&params["requestId"])) else { return };
        let failed = status.is_none_or(|status| status >= 400).then(|| pending.failed(status));
        if pending.kind == "Document" && pending.own && heard.document.is_none() {
            heard.document = status;
        }
        if let Some(failed) = failed {
            heard.failed.add(failed);
        }
    }

    fn ended(&self, params: &Value, badly: bool) {
        let mut heard = self.heard();
        let Some(pending) = heard.pending.remove(text(&params["requestId"])) else { return };
        heard.quiet_since = Instant::now();
        // What the app itself has taken back is no failure.
        if badly && params["errorText"] != "net::ERR_ABORTED" {
            let failed = pending.failed(None);
            heard.failed.add(failed);
        }
    }

    fn printed(&self, params: &Value) {
        let is_error = match text(&params["type"]) {
            "error" | "assert" => true,
            "warning" => false,
            _ => return,
        };
        let arguments = params["args"].as_array().map(Vec::as_slice).unwrap_or_default();
        let words: Vec<String> = arguments.iter().take(8).map(shown).collect();
        let place = places(&params["stackTrace"]).into_iter().next().unwrap_or_default();
        let message = cut(&filled(words), MESSAGE_CHARS);
        self.heard().printed.add(Printed { is_error, message, place });
    }

    fn thrown(&self, params: &Value) {
        let details = &params["exceptionDetails"];
        let exception = &details["exception"];
        let description = text(&exception["description"]);
        let says = text(&details["text"]);
        let message = if description.is_empty() {
            match &exception["value"] {
                Value::Null => says.to_owned(),
                Value::String(value) => value.clone(),
                value => value.to_string(),
            }
        } else {
            // The stack follows the message, one place a line.
            let lines =
                description.lines().take_while(|line| !line.trim_start().starts_with("at "));
            lines.collect::<Vec<_>>().join("\n")
        };
        let mut all = places(&details["stackTrace"]);
        if all.is_empty() {
            all.extend(place(details));
        }
        let exception = Exception {
            message: cut(&message, MESSAGE_CHARS),
            is_rejection: says.contains("(in promise)"),
            places: all,
        };
        self.heard().exceptions.add(exception);
    }

    fn dialog(&self, params: &Value) {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let answer = json!({ "accept": true, "promptText": params["defaultPrompt"] });
        self.connection.post(&session, "Page.handleJavaScriptDialog", answer);
    }
}

impl Sink for Watcher {
    fn event(&self, method: &str, params: Value) {
        match method {
            "Network.requestWillBeSent" => self.asked(&params),
            "Network.responseReceived" => self.answered(&params),
            "Network.loadingFinished" => self.ended(&params, false),
            "Network.loadingFailed" => self.ended(&params, true),
            "Runtime.consoleAPICalled" => self.printed(&params),
            "Runtime.exceptionThrown" => self.thrown(&params),
            "Page.javascriptDialogOpening" => self.dialog(&params),
            "Page.loadEventFired" => self.progress.send_modify(|progress| progress.loads += 1),
            "Inspector.targetCrashed" => {
                self.progress.send_modify(|progress| progress.crashed = true);
            }
            _ => {}
        }
    }
}

impl Pending {
    fn failed(&self, status: Option<u16>) -> FailedRequest {
        FailedRequest {
            url: self.url.clone(),
            method: self.method.clone(),
            kind: self.kind.clone(),
            status,
            foreign: !self.own,
        }
    }
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The first so many characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}

/// A value as a console shows it.
fn shown(value: &Value) -> String {
    match &value["value"] {
        Value::String(value) => return value.clone(),
        Value::Null => {}
        value => return value.to_string(),
    }
    match (text(&value["description"]), text(&value["unserializableValue"]), text(&value["type"])) {
        ("", "", kind) => kind.to_owned(),
        ("", value, _) => value.to_owned(),
        (value, ..) => value.to_owned(),
    }
}

/// Fills `%s` and the like in, as consoles do.
fn filled(words: Vec<String>) -> String {
    let mut words = words.into_iter();
    let first = words.next().unwrap_or_default();
    let mut out = String::new();
    let mut rest = first.as_str();
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let kind = rest[at + 1..].chars().next();
        match kind {
            Some('s' | 'd' | 'i' | 'f' | 'o' | 'O') => {
                out.push_str(&words.next().unwrap_or_default());
            }
            Some('c') => drop(words.next()),
            Some('%') => out.push('%'),
            _ => {
                out.push('%');
                rest = &rest[at + 1..];
                continue;
            }
        }
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
    for word in words {
        out.push(' ');
        out.push_str(&word);
    }
    out
}

/// The places of a stack trace, and of those that it began in.
fn places(trace: &Value) -> Vec<Place> {
    let mut all = Vec::new();
    let mut trace = trace;
    while trace.is_object() && all.len() < MOST_PLACES {
        let frames = trace["callFrames"].as_array().map(Vec::as_slice).unwrap_or_default();
        all.extend(frames.iter().filter_map(place).take(MOST_PLACES - all.len()));
        trace = &trace["parent"];
    }
    all
}

fn place(frame: &Value) -> Option<Place> {
    let url = text(&frame["url"]);
    let number = |name: &str| {
        frame[name].as_u64().and_then(|number| u32::try_from(number + 1).ok()).unwrap_or(0)
    };
    (!url.is_empty()).then(|| Place {
        url: cut(url, URL_CHARS),
        line: number("lineNumber"),
        column: number("columnNumber"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consoles_fill_words_in() {
        let words = |all: &[&str]| filled(all.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(words(&["Warning: %s is %d%%", "x", "3", "more"]), "Warning: x is 3% more");
        assert_eq!(words(&["100% %c\u{e4}%", "red"]), "100% \u{e4}%");
        assert_eq!(words(&[]), "");
    }

    #[test]
    fn long_texts_are_cut_at_characters() {
        assert_eq!(cut("\u{e4}\u{f6}\u{fc}", 2), "\u{e4}\u{f6}\u{2026}");
        assert_eq!(cut("ab", 2), "ab");
    }
}

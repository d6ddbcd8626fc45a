//! Answers what pages of apps ask for that have a server of their own: their machine does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::{self, HeaderName, HeaderValue};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use qv_browser::{Answer, Request, Serve, Sighting};
use qv_domain::FilePath;
use qv_sandbox::{PreviewTarget, preview};
use qv_wire::Diagnostic;
use tokio::sync::Semaphore;

use super::diagnose::{self, Written};

/// How long the app may take to answer.
const LONGEST: Duration = Duration::from_secs(10);
/// How long it may take to answer for the first time: some servers compile then.
const FIRST: Duration = Duration::from_secs(60);
/// How soon one that does not answer is asked again: it may be starting anew.
const AGAIN: Duration = Duration::from_millis(250);
/// The most bytes of one answer, and how many are read at once: what a hostile app makes us hold is bounded.
const MOST_BYTES: usize = 4 << 20;
const AT_ONCE: usize = 3;
/// What concerns the page's connection, which ends here; answers are passed on as they are, so none may be compressed.
const OWN: [HeaderName; 7] = [
    header::HOST,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::ACCEPT_ENCODING,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::ORIGIN,
];

/// What Vite's client and browsers say where a WebSocket is not to be had.
const SOCKETLESS: [&str; 4] = [
    "WebSocket closed without opened",
    "WebSocket connection to",
    "failed to connect to websocket",
    "[vite] connecting",
];

/// An app in its machine.
pub(super) struct MachinePages {
    target: PreviewTarget,
    /// Where the app listens there.
    port: u16,
    reading: Semaphore,
    /// Whether a page of it was asked for in vain.
    was_silent: AtomicBool,
}

#[async_trait::async_trait]
impl Serve for MachinePages {
    async fn answer(&self, request: Request) -> Option<Answer> {
        let is_page = request.target == "/";
        let answer = self.patiently(request, LONGEST).await;
        if answer.is_none() && is_page {
            self.was_silent.store(true, Ordering::Relaxed);
        }
        answer
    }
}

impl MachinePages {
    pub(super) fn new(target: PreviewTarget, port: u16) -> Self {
        let was_silent = AtomicBool::new(false);
        Self { target, port, reading: Semaphore::new(AT_ONCE), was_silent }
    }

    /// Asks for the app's page once, however long that takes, before a browser waits for it.
    pub(super) async fn warm_up(&self) {
        let request = Request {
            host: "warm-up.test".to_owned(),
            method: "GET".to_owned(),
            target: "/".to_owned(),
            headers: vec![("accept".to_owned(), "text/html".to_owned())],
            body: Vec::new(),
        };
        drop(self.patiently(request, FIRST).await);
    }

    /// Where its page was not answered: who knows whose fault that is.
    pub(super) fn silent(&self, sighting: &Sighting) -> Option<Diagnostic> {
        let silent = self.was_silent.load(Ordering::Relaxed) && !sighting.painted;
        silent.then(|| diagnose::unknown("its server did not answer in time"))
    }

    /// Asks, and asks again while nobody answers and nothing is changed by it.
    async fn patiently(&self, request: Request, most: Duration) -> Option<Answer> {
        let repeats = matches!(request.method.as_str(), "GET" | "HEAD");
        let asked = async {
            loop {
                match self.ask(request.clone()).await {
                    Ok(answer) => return Some(answer),
                    Err(error) => {
                        tracing::debug!(%error, "an app's machine did not answer a check");
                        if !repeats {
                            return None;
                        }
                    }
                }
                tokio::time::sleep(AGAIN).await;
            }
        };
        tokio::time::timeout(most, asked).await.ok()?
    }

    /// Asks the app as a browser on its own machine would.
    async fn ask(&self, request: Request) -> Result<Answer, String> {
        let own = format!("localhost:{}", self.port);
        let outside = format!("https://{}", request.host);
        let mut asked = http::Request::builder()
            .method(request.method.as_str())
            .uri(request.target)
            .header(header::HOST, &own);
        for (name, value) in &request.headers {
            let (Ok(name), Ok(value)) = (name.parse(), HeaderValue::from_str(value)) else {
                continue;
            };
            if name == header::ORIGIN && value.as_bytes() == outside.as_bytes() {
                asked = asked.header(header::ORIGIN, format!("http://{own}"));
            } else if !OWN.contains(&name) || name == header::ORIGIN {
                asked = asked.header(name, value);
            }
        }
        let asked = asked.body(Full::from(request.body)).map_err(|error| error.to_string())?;
        let answer = self.target.send(asked).await.map_err(|error| error.to_string())?;
        let (parts, body) = answer.into_parts();
        let _reading = self.reading.acquire().await.map_err(|error| error.to_string())?;
        let body = match Limited::new(body, MOST_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            // Asked again it would be as large.
            Err(error) if error.is::<LengthLimitError>() => return Ok(too_large()),
            Err(error) => return Err(error.to_string()),
        };
        let headers = parts.headers.iter().filter(|(name, _)| !OWN.contains(name));
        let headers = headers.filter_map(|(name, value)| {
            let value = value.to_str().ok()?;
            let value = match *name {
                header::LOCATION => preview::location(value, self.port),
                header::SET_COOKIE => preview::cookie(value),
                _ => value.to_owned(),
            };
            Some((name.to_string(), value))
        });
        Ok(Answer { status: parts.status.as_u16(), headers: headers.collect(), body: body.into() })
    }
}

fn too_large() -> Answer {
    Answer { status: 502, ..Answer::default() }
}

/// What was seen of such an app. Its lines are what its server makes of the project's, so only the file is told. Checks
/// have no WebSockets: what is said for want of one is no fault.
pub(super) fn found(
    mut sighting: Sighting,
    is_file: impl Fn(&FilePath) -> bool,
) -> (Sighting, Vec<Diagnostic>) {
    let by_socket = |text: &str| SOCKETLESS.iter().any(|words| text.contains(words));
    sighting.console.retain(|printed| !by_socket(&printed.message));
    sighting.exceptions.retain(|thrown| !(thrown.is_rejection && by_socket(&thrown.message)));
    sighting.failed_requests.retain(|failed| failed.kind != "WebSocket");
    for failed in &mut sighting.failed_requests {
        // A server may well have no page there, or none for strangers.
        if failed.kind == "Document"
            && failed.status.is_some_and(|status| (400..500).contains(&status))
        {
            failed.kind = "Other".to_owned();
        }
    }
    let written = |places: &[qv_browser::Place]| -> Written {
        let file = places.iter().find_map(|place| {
            let path = FilePath::parse(diagnose::path_of(&place.url).trim_start_matches('/'));
            path.ok().filter(|path| is_file(path))
        });
        (file, 0, 0)
    };
    let found = diagnose::found_by(&sighting, written);
    (sighting, found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use qv_browser::{Exception, Place, Printed};

    #[test]
    fn what_wants_a_socket_is_no_fault_and_a_file_is_told_by_its_address() {
        let printed = |message: &str| Printed {
            is_error: true,
            message: message.to_owned(),
            place: Place::default(),
        };
        let place = |url: &str| Place { url: url.to_owned(), line: 7, column: 1 };
        let sighting = Sighting {
            painted: true,
            console: vec![
                printed("[vite] failed to connect to websocket (Error)"),
                printed("No items"),
            ],
            exceptions: vec![
                Exception {
                    message: "Error: WebSocket closed without opened.".to_owned(),
                    is_rejection: true,
                    places: Vec::new(),
                },
                Exception {
                    message: "TypeError: x".to_owned(),
                    is_rejection: false,
                    places: vec![
                        place("https://a.test/node_modules/.vite/deps/react.js?v=1"),
                        place("https://a.test/src/App.jsx?t=2"),
                    ],
                },
            ],
            ..Sighting::default()
        };
        let (_, found) = found(sighting, |path| path.as_str() == "src/App.jsx");
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.path.as_ref().map(FilePath::as_str), one.line, &*one.message))
            .collect();
        let expected =
            [(Some("src/App.jsx"), 0, "TypeError: x"), (None, 0, "console.error: No items")];
        assert_eq!(told, expected);
    }
}

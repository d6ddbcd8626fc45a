//! Answers what pages of apps ask for that have a server of their own: their machine does.

use std::time::Duration;

use http::header::{self, HeaderName, HeaderValue};
use http_body_util::{BodyExt as _, Full, Limited};
use qv_browser::{Answer, Request, Serve, Sighting};
use qv_domain::FilePath;
use qv_sandbox::PreviewTarget;
use qv_wire::Diagnostic;

use super::diagnose::{self, Written};

/// How long the app may take to answer.
const LONGEST: Duration = Duration::from_secs(10);
/// The most bytes of one answer.
const MOST_BYTES: usize = 16 << 20;
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

/// An app in its machine.
pub(super) struct MachinePages {
    pub(super) target: PreviewTarget,
    /// Where the app listens there.
    pub(super) port: u16,
}

#[async_trait::async_trait]
impl Serve for MachinePages {
    async fn answer(&self, request: Request) -> Option<Answer> {
        match tokio::time::timeout(LONGEST, self.ask(request)).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                tracing::debug!(%error, "an app's machine did not answer a check");
                None
            }
            Err(_) => None,
        }
    }
}

impl MachinePages {
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
        let body = Limited::new(body, MOST_BYTES).collect().await;
        let body = body.map_err(|error| error.to_string())?.to_bytes();
        let inside = format!("http://{own}");
        let headers = parts.headers.iter().filter(|(name, _)| !OWN.contains(name));
        let headers = headers.filter_map(|(name, value)| {
            let value = value.to_str().ok()?;
            // A redirect to itself is one to the address that it is looked at by.
            let rest = value.strip_prefix(&inside).filter(|_| *name == header::LOCATION);
            Some((name.to_string(), rest.unwrap_or(value).to_owned()))
        });
        Ok(Answer { status: parts.status.as_u16(), headers: headers.collect(), body: body.into() })
    }
}

/// What was seen of such an app. Its lines are what its server makes of the project's, so only the file is told. Checks
/// have no WebSockets: what is said for want of one is no fault.
pub(super) fn found(
    mut sighting: Sighting,
    is_file: impl Fn(&FilePath) -> bool,
) -> (Sighting, Vec<Diagnostic>) {
    let by_socket = |text: &str| text.contains("WebSocket") || text.contains("websocket");
    sighting.console.retain(|printed| !by_socket(&printed.message));
    sighting.exceptions.retain(|thrown| !by_socket(&thrown.message));
    sighting.failed_requests.retain(|failed| failed.kind != "WebSocket");
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

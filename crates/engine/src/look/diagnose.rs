//! What the browser saw, as findings in the app's source. All texts are the app's own word.

use qv_browser::{BrowserError, Exception, FailedRequest, Place, Sighting, Violation};
use qv_domain::FilePath;
use qv_webcore as webcore;
use qv_wire::{Diagnostic, DiagnosticKind, Severity};

const MESSAGE_CHARS: usize = 2_000;
/// Hosts that are named when the app asked for what checks do not have.
const MOST_HOSTS: usize = 3;

/// Where something is written.
pub(super) type Written = (Option<FilePath>, u32, u32);

pub(super) fn found(app: &webcore::Project, sighting: &Sighting) -> Vec<Diagnostic> {
    found_by(sighting, |places| written(app, places))
}

/// The innermost of these places that is the app's own.
pub(super) fn written(app: &webcore::Project, places: &[Place]) -> Written {
    let known = |place: &Place| app.map_position(&place.url, place.line, place.column);
    match places.iter().find_map(known) {
        Some(place) => (Some(place.file), place.line, place.column),
        None => (None, 0, 0),
    }
}

pub(super) fn found_by(
    sighting: &Sighting,
    written: impl Fn(&[Place]) -> Written,
) -> Vec<Diagnostic> {
    let offline = sighting.failed_requests.iter().any(|failed| failed.foreign);
    let mut found = Vec::new();
    let mut add = |kind, severity, written: Written, message: String| {
        let (path, line, column) = written;
        let message = message.chars().take(MESSAGE_CHARS).collect();
        let one = Diagnostic { kind, severity, path, line, column, message, package: None };
        if !found.contains(&one) {
            found.push(one);
        }
    };
    let nowhere = || (None, 0, 0);
    for thrown in &sighting.exceptions {
        // What is rejected for want of a network would not be with one.
        let severity =
            if thrown.is_rejection && offline { Severity::Warning } else { Severity::Error };
        add(DiagnosticKind::Runtime, severity, written(&thrown.places), words(thrown));
    }
    for failed in sighting.failed_requests.iter().filter(|failed| !failed.foreign) {
        let severity = if is_asset(failed) { Severity::Error } else { Severity::Warning };
        let why = failed.status.map_or_else(|| "it failed".to_owned(), |status| status.to_string());
        let message = format!("Did not load: {} ({why})", path_of(&failed.url));
        add(DiagnosticKind::Asset, severity, nowhere(), message);
    }
    if let Some(trouble) = &sighting.trouble {
        let message = format!("The app could not be looked at: {trouble}.");
        add(DiagnosticKind::Runtime, Severity::Error, nowhere(), message);
    } else if !sighting.painted && sighting.exceptions.is_empty() {
        let message = "The app shows nothing: its page is blank after loading.".to_owned();
        add(DiagnosticKind::Runtime, Severity::Error, nowhere(), message);
    }
    for printed in sighting.console.iter().filter(|printed| printed.is_error) {
        let place = std::slice::from_ref(&printed.place);
        let message = format!("console.error: {}", printed.message);
        add(DiagnosticKind::Runtime, Severity::Warning, written(place), message);
    }
    for violation in &sighting.axe {
        add(DiagnosticKind::Accessibility, Severity::Warning, nowhere(), hindrance(violation));
    }
    if offline {
        let message = format!(
            "Not loaded, because checks run without a network: {}",
            foreign(&sighting.failed_requests)
        );
        add(DiagnosticKind::Asset, Severity::Warning, nowhere(), message);
    }
    found
}

/// Nobody knows whether it works: said, and held against nobody.
pub(super) fn not_looked_at(error: &BrowserError) -> Diagnostic {
    unknown(&error.to_string())
}

/// The same, for this reason.
pub(super) fn unknown(why: &str) -> Diagnostic {
    Diagnostic {
        kind: DiagnosticKind::Runtime,
        severity: Severity::Warning,
        path: None,
        line: 0,
        column: 0,
        message: format!("The app was not looked at: {why}."),
        package: None,
    }
}

pub(super) fn words(thrown: &Exception) -> String {
    let what = if thrown.is_rejection { "Unhandled rejection: " } else { "" };
    format!("{what}{}", thrown.message)
}

fn hindrance(violation: &Violation) -> String {
    let Violation { id, impact, help, html, .. } = violation;
    format!("{help}: {html} ({id}, {impact})")
}

/// Whether it belongs to the app's files; what the app asks of a server it may well do without.
fn is_asset(failed: &FailedRequest) -> bool {
    match failed.kind.as_str() {
        "Fetch" | "XHR" => {
            let name = path_of(&failed.url);
            let name = name.rsplit('/').next().unwrap_or_default();
            failed.method == "GET" && name.contains('.')
        }
        "Ping" | "Prefetch" | "Other" | "Preflight" | "WebSocket" => false,
        _ => true,
    }
}

/// The path of an address, without its query.
pub(super) fn path_of(url: &str) -> &str {
    let path = url.split_once("://").and_then(|(_, rest)| Some(&rest[rest.find('/')?..]));
    path.unwrap_or(url).split(['?', '#']).next().unwrap_or_default()
}

fn foreign(failed: &[FailedRequest]) -> String {
    let mut hosts: Vec<&str> = Vec::new();
    for failed in failed.iter().filter(|failed| failed.foreign) {
        let rest = failed.url.split_once("://").map_or(failed.url.as_str(), |(_, rest)| rest);
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    let more = hosts.len().saturating_sub(MOST_HOSTS);
    hosts.truncate(MOST_HOSTS);
    let hosts = hosts.join(", ");
    if more > 0 { format!("{hosts} and {more} more") } else { hosts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qv_browser::Printed;

    fn thrown(message: &str, is_rejection: bool) -> Exception {
        Exception { message: message.to_owned(), is_rejection, places: Vec::new() }
    }

    fn failed(url: &str, kind: &str, foreign: bool) -> FailedRequest {
        FailedRequest {
            url: url.to_owned(),
            method: "GET".to_owned(),
            kind: kind.to_owned(),
            status: (!foreign).then_some(404),
            foreign,
        }
    }

    fn told(sighting: &Sighting) -> Vec<(Severity, String)> {
        let found = found_by(sighting, |_| (None, 0, 0));
        found.into_iter().map(|found| (found.severity, found.message)).collect()
    }

    #[test]
    fn an_app_that_works_has_nothing() {
        assert_eq!(told(&Sighting { painted: true, ..Sighting::default() }), []);
    }

    #[test]
    fn what_breaks_an_app_is_an_error_and_what_it_prints_is_not() {
        let sighting = Sighting {
            painted: true,
            exceptions: vec![thrown("TypeError: x", false), thrown("Error: y", true)],
            failed_requests: vec![
                failed("https://a.test/logo.png?x=1", "Image", false),
                failed("https://a.test/data.json", "Fetch", false),
                failed("https://a.test/api/items", "Fetch", false),
            ],
            console: vec![
                Printed { is_error: true, message: "key".into(), place: Place::default() },
                Printed { is_error: false, message: "old".into(), place: Place::default() },
            ],
            ..Sighting::default()
        };
        use Severity::{Error, Warning};
        let expected = [
            (Error, "TypeError: x"),
            (Error, "Unhandled rejection: Error: y"),
            (Error, "Did not load: /logo.png (404)"),
            (Error, "Did not load: /data.json (404)"),
            (Warning, "Did not load: /api/items (404)"),
            (Warning, "console.error: key"),
        ];
        assert_eq!(told(&sighting), expected.map(|(severity, text)| (severity, text.to_owned())));
    }

    #[test]
    fn a_network_that_checks_do_not_have_fails_nobody() {
        let sighting = Sighting {
            painted: true,
            exceptions: vec![thrown("TypeError: Failed to fetch", true)],
            failed_requests: ["a.example", "b.example", "c.example", "d.example", "a.example"]
                .map(|host| failed(&format!("https://{host}/x"), "Fetch", true))
                .into(),
            ..Sighting::default()
        };
        let told = told(&sighting);
        assert!(told.iter().all(|(severity, _)| *severity == Severity::Warning), "{told:?}");
        assert!(told[1].1.ends_with("a.example, b.example, c.example and 1 more"), "{told:?}");
    }

    #[test]
    fn a_blank_page_and_a_script_without_an_end_are_errors() {
        assert!(told(&Sighting::default())[0].1.contains("blank"));
        let stuck =
            Sighting { trouble: Some("a script does not end".into()), ..Sighting::default() };
        assert_eq!(told(&stuck).len(), 1);
        // What it threw says why it is blank.
        let sighting = Sighting { exceptions: vec![thrown("x", false)], ..Sighting::default() };
        assert_eq!(told(&sighting).len(), 1);
    }
}

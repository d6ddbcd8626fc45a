//! Looks at an app in one page.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qv_domain::{FilePath, SmokeCheck};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::cdp::CdpError;
use crate::page::{POLL, Page, PageError};
use crate::router::Router;
use crate::sighting::{Sighting, SmokeOutcome, Violation, Visit};
use crate::smoke::{self, Patience};
use crate::watch::text;

/// How long an app asks for nothing and changes nothing before it counts as there.
const QUIET: Duration = Duration::from_millis(150);
/// How long an app that asks for nothing may stay blank.
const BLANK: Duration = Duration::from_millis(2_000);
/// How long an app may go on asking for things after it has loaded.
const RESTLESS: Duration = Duration::from_millis(4_000);
/// How long second tries of all smoke checks may take, until no more is begun.
const SECOND_TRIES: Duration = Duration::from_secs(8);
/// The largest picture, in bytes, and the qualities that are tried for it.
const LARGEST_PICTURE: usize = 400_000;
const QUALITIES: [u32; 2] = [72, 35];

#[derive(Debug, Default, Deserialize)]
struct Look {
    painted: bool,
    title: String,
    busy: bool,
}

/// Looks at an app and carries its smoke checks out.
pub(crate) async fn visit(
    page: &Page,
    router: &Arc<Router>,
    visit: &Visit,
) -> Result<Sighting, CdpError> {
    let begun = Instant::now();
    let mut sighting = Sighting::default();
    let route = router.route(Arc::clone(&visit.files), page.frame());
    page.size((visit.viewport.0.clamp(200, 1280), visit.viewport.1.clamp(200, 800)));
    page.watcher.begin(route.host());
    let looked = look(page, visit, route.host(), &mut sighting).await;
    let taken = page.watcher.take();
    sighting.console = taken.printed;
    sighting.exceptions = taken.exceptions;
    sighting.failed_requests = taken.failed;
    sighting.duration = begun.elapsed();
    drop(route);
    match looked {
        Ok(()) => {}
        Err(PageError::Cdp(CdpError::Gone)) => return Err(CdpError::Gone),
        Err(error) => {
            // What does not run does not pass any check: that is said once.
            sighting.trouble = Some(error.to_string());
            return Ok(sighting);
        }
    }
    let mut again = if visit.tries_again { SECOND_TRIES } else { Duration::ZERO };
    for (path, check) in &visit.smoke {
        let mut outcome = check_once(page, router, visit, (path, check), Patience::USUAL).await?;
        // A busy host takes nobody's work back; and an app that is broken does not take many times as long to be looked at.
        if outcome.failure.is_some() && !again.is_zero() && !page.watcher.has_crashed() {
            outcome = check_once(page, router, visit, (path, check), Patience::MORE).await?;
            again = again.saturating_sub(outcome.duration);
        }
        sighting.smoke.push(outcome);
        // The others would fail for that alone: nobody knows what becomes of them.
        if page.watcher.has_crashed() {
            break;
        }
    }
    Ok(sighting)
}

/// Carries one check out, in an app that remembers nothing of the ones before.
async fn check_once(
    page: &Page,
    router: &Arc<Router>,
    visit: &Visit,
    (path, check): (&FilePath, &SmokeCheck),
    patience: Patience,
) -> Result<SmokeOutcome, CdpError> {
    let begun = Instant::now();
    let route = router.route(Arc::clone(&visit.files), page.frame());
    page.watcher.begin(route.host());
    let origin = format!("https://{}", route.host());
    let failure = match smoke::carry_out(page, check, &origin, patience).await {
        Ok(failure) => failure,
        Err(PageError::Cdp(CdpError::Gone)) => return Err(CdpError::Gone),
        Err(error) => Some(error.to_string()),
    };
    let taken = page.watcher.take();
    Ok(SmokeOutcome {
        path: path.clone(),
        name: check.name.clone(),
        failure,
        exceptions: taken.exceptions,
        offline: taken.failed.iter().any(|failed| failed.foreign),
        duration: begun.elapsed(),
    })
}

async fn look(
    page: &Page,
    visit: &Visit,
    host: &str,
    sighting: &mut Sighting,
) -> Result<(), PageError> {
    let until = Instant::now() + visit.limit;
    match page.open(&format!("https://{host}{}", visit.path), until).await {
        // What is there is looked at.
        Ok(()) | Err(PageError::Late) => {}
        Err(error) => return Err(error),
    }
    // Late, too, there is a moment to look.
    let until = until.max(Instant::now() + Duration::from_secs(2));
    let seen = settle(page, until).await?;
    sighting.painted = seen.painted;
    sighting.title = seen.title;
    sighting.screenshot = picture(page, until).await?;
    if let Some(axe) = &visit.axe
        && seen.painted
    {
        match audit(page, axe, until).await {
            Ok(found) => sighting.axe = found,
            Err(error @ (PageError::Stuck | PageError::Crashed)) => return Err(error),
            Err(error) => tracing::debug!(%error, "axe found nothing out"),
        }
    }
    Ok(())
}

/// Waits until the app shows something and comes to rest.
async fn settle(page: &Page, until: Instant) -> Result<Look, PageError> {
    let loaded = Instant::now();
    let mut painted_at = None;
    loop {
        let seen: Look = page.run("qv.look()", until).await?;
        let now = Instant::now();
        if seen.painted {
            painted_at.get_or_insert(now);
        }
        let quiet = page.watcher.quiet_since().map(|since| now.duration_since(since));
        let rested = quiet.is_some_and(|quiet| quiet >= QUIET) && !seen.busy;
        let shown = painted_at.is_some_and(|at| now.duration_since(at) >= QUIET);
        let blank =
            quiet.is_some_and(|quiet| quiet >= BLANK) && now.duration_since(loaded) >= BLANK;
        let done = (rested && shown) || blank || now.duration_since(loaded) >= RESTLESS;
        if done || now + POLL >= until {
            return Ok(seen);
        }
        sleep(POLL).await;
    }
}

async fn picture(page: &Page, until: Instant) -> Result<Option<Vec<u8>>, PageError> {
    for quality in QUALITIES {
        let params = json!({ "format": "jpeg", "quality": quality, "optimizeForSpeed": true });
        let taken = match page.ask("Page.captureScreenshot", params, until).await {
            Ok(taken) => taken,
            Err(PageError::Cdp(CdpError::Refused(_)) | PageError::Late) => return Ok(None),
            Err(error) => return Err(error),
        };
        let picture = STANDARD.decode(text(&taken["data"])).unwrap_or_default();
        if (1..=LARGEST_PICTURE).contains(&picture.len()) {
            return Ok(Some(picture));
        }
    }
    Ok(None)
}

async fn audit(page: &Page, axe: &str, until: Instant) -> Result<Vec<Violation>, PageError> {
    let there: bool = page.run(&format!("{axe}\n;typeof axe === 'object'"), until).await?;
    if there { page.run("qv.audit()", until).await } else { Ok(Vec::new()) }
}

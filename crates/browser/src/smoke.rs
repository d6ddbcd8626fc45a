//! Carries smoke checks out, step by step, as a person would.

use std::time::Duration;

use qv_domain::{SMOKE_LIMIT_MS, SmokeCheck, SmokeStep};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::keys;
use crate::page::{POLL, Page, PageError};

/// How long a check is given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    whole: Duration,
    /// How long something may take to be there.
    step: Duration,
}

impl Patience {
    /// As long as a good check takes.
    pub(crate) const USUAL: Self = Self::times(1);
    /// For a second try: what is late on a busy host is not broken.
    pub(crate) const MORE: Self = Self::times(3);

    const fn times(factor: u64) -> Self {
        Self {
            whole: Duration::from_millis(factor * SMOKE_LIMIT_MS),
            step: Duration::from_millis(factor * SMOKE_LIMIT_MS / 2),
        }
    }
}

/// What our script in the page says to a step.
#[derive(Debug, Deserialize)]
struct Said {
    /// Where to press.
    x: Option<f64>,
    y: Option<f64>,
    /// Pressing opens a list; the option comes next.
    #[serde(default)]
    opens: bool,
    /// What stands in the way.
    #[serde(default)]
    why: String,
}

/// Carries a check out in a page, of an app at this origin. `Some` says which step failed and why.
pub(crate) async fn carry_out(
    page: &Page,
    check: &SmokeCheck,
    origin: &str,
    patience: Patience,
) -> Result<Option<String>, PageError> {
    let until = Instant::now() + patience.whole;
    if !matches!(check.steps.first(), Some(SmokeStep::Open(_))) {
        page.open(&format!("{origin}/"), until).await?;
    }
    for (index, step) in check.steps.iter().enumerate() {
        let failed = |why: String| Some(format!("step {} ({step}): {why}", index + 1));
        match carry(page, step, origin, patience.step, until).await {
            Ok(None) => {}
            Ok(Some(why)) => return Ok(failed(why)),
            Err(PageError::Late) => {
                return Ok(failed(format!(
                    "the check took longer than {} s",
                    patience.whole.as_secs()
                )));
            }
            Err(error @ (PageError::Stuck | PageError::Crashed)) => {
                return Ok(failed(error.to_string()));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

async fn carry(
    page: &Page,
    step: &SmokeStep,
    origin: &str,
    patience: Duration,
    until: Instant,
) -> Result<Option<String>, PageError> {
    let call = match step {
        SmokeStep::Open(path) => {
            page.open(&format!("{origin}{path}"), until).await?;
            let missing = page.watcher.document().filter(|status| *status >= 400);
            return Ok(missing.map(|status| format!("the app answers {status}")));
        }
        SmokeStep::Key(key) => {
            let Some(strokes) = keys::strokes(key) else {
                return Ok(Some(format!("there is no key \"{key}\"")));
            };
            for stroke in strokes {
                page.ask("Input.dispatchKeyEvent", stroke, until).await?;
            }
            return Ok(None);
        }
        SmokeStep::Press(name) => function("press", &[name]),
        SmokeStep::Fill { label, text } => function("fill", &[label, text]),
        SmokeStep::Choose { option, label } => function("choose", &[option, label]),
        SmokeStep::See(text) => function("see", &[text]),
        SmokeStep::DontSee(text) => function("unseen", &[text]),
    };
    let patience = until.min(Instant::now() + patience);
    let mut opened = false;
    loop {
        let said: Said = page.run(&call, until).await?;
        if let (Some(x), Some(y)) = (said.x, said.y) {
            if !said.opens || !opened {
                press(page, x, y, until).await?;
            }
            if !said.opens {
                return Ok(None);
            }
            opened = true;
        } else if said.why.is_empty() {
            return Ok(None);
        }
        if Instant::now() >= patience {
            let why = if said.why.is_empty() {
                "the list has no such option".to_owned()
            } else {
                said.why
            };
            return Ok(Some(why));
        }
        sleep(POLL).await;
    }
}

async fn press(page: &Page, x: f64, y: f64, until: Instant) -> Result<(), PageError> {
    let mouse = |kind: &str, buttons: u32| -> Value {
        let button = if kind == "mouseMoved" { "none" } else { "left" };
        json!({ "type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1 })
    };
    for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
        page.ask("Input.dispatchMouseEvent", mouse(kind, buttons), until).await?;
    }
    Ok(())
}

/// A call of our script, with these texts.
fn function(name: &str, texts: &[&String]) -> String {
    let texts: Vec<String> =
        texts.iter().map(|text| Value::from(text.as_str()).to_string()).collect();
    format!("qv.{name}({})", texts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_texts_in_calls() {
        let text = "\"); alert(1); (\"".to_owned();
        assert_eq!(function("see", &[&text]), r#"qv.see("\"); alert(1); (\"")"#);
    }
}

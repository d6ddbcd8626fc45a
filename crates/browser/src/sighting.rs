use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use qv_domain::{FilePath, SmokeCheck};
use serde::Deserialize;

use crate::Serve;

/// What is to be looked at, and how.
#[derive(Clone)]
pub struct Visit {
    /// Who answers the page's requests.
    pub files: Arc<dyn Serve>,
    /// The address within the app, such as `/`.
    pub path: String,
    /// Width and height of the window, in CSS pixels; at most 1280 by 800.
    pub viewport: (u32, u32),
    /// What is carried out afterwards, each from a fresh load with fresh storage.
    pub smoke: Vec<(FilePath, SmokeCheck)>,
    /// Whether checks that fail are tried once more, with more time: what is late on a busy host is not broken.
    pub tries_again: bool,
    /// axe-core's script, where accessibility is looked at.
    pub axe: Option<Arc<str>>,
    /// How long opening the app and looking at it may take; smoke checks have their own time.
    pub limit: Duration,
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit")
            .field("path", &self.path)
            .field("smoke", &self.smoke)
            .finish_non_exhaustive()
    }
}

/// What was seen of an app. All texts are the app's own word: bounded, and data only.
#[derive(Debug, Clone, Default)]
pub struct Sighting {
    /// Whether anything was shown.
    pub painted: bool,
    /// Why it was not looked at to the end, such as a script that does not end.
    pub trouble: Option<String>,
    /// The document's title.
    pub title: String,
    /// Warnings and errors that it printed.
    pub console: Vec<Printed>,
    /// What was thrown and not caught.
    pub exceptions: Vec<Exception>,
    /// What was asked for and not had.
    pub failed_requests: Vec<FailedRequest>,
    /// What hinders people who do not see it or do not use a mouse.
    pub axe: Vec<Violation>,
    /// A picture of it as JPEG, at most 400 KB.
    pub screenshot: Option<Vec<u8>>,
    /// What became of the smoke checks, in order.
    pub smoke: Vec<SmokeOutcome>,
    /// How long it took, without smoke checks.
    pub duration: Duration,
}

/// What an app printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// Whether by `console.error`; else by `console.warn`.
    pub is_error: bool,
    /// What.
    pub message: String,
    /// Where from.
    pub place: Place,
}

/// A place in what was served; lines and columns from 1, 0 where it is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The address.
    pub url: String,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// What was thrown and not caught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// What, without its stack.
    pub message: String,
    /// Whether a promise was rejected.
    pub is_rejection: bool,
    /// Where: of each place on its stack, the innermost first.
    pub places: Vec<Place>,
}

/// What was asked for and not had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedRequest {
    /// The address.
    pub url: String,
    /// The method.
    pub method: String,
    /// What for, as in `Script`, `Image`, `Fetch`.
    pub kind: String,
    /// The status, where there was an answer.
    pub status: Option<u16>,
    /// Whether it went to somebody else than the app.
    pub foreign: bool,
}

/// What axe found, on one element.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Violation {
    /// The rule, such as `button-name`.
    pub id: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: String,
    /// What to do.
    pub help: String,
    /// A selector of the element.
    pub target: String,
    /// Its beginning.
    pub html: String,
}

/// What became of a smoke check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmokeOutcome {
    /// Its file.
    pub path: FilePath,
    /// Its name.
    pub name: String,
    /// Why it failed: the step, and what was there instead.
    pub failure: Option<String>,
    /// What was thrown meanwhile.
    pub exceptions: Vec<Exception>,
    /// Whether something was asked of somebody else than the app, and refused.
    pub offline: bool,
    /// How long it took.
    pub duration: Duration,
}

/// A list that takes only so many.
#[derive(Debug)]
pub(crate) struct Few<T>(Vec<T>, usize);

impl<T: PartialEq> Few<T> {
    pub(crate) const fn new(most: usize) -> Self {
        Self(Vec::new(), most)
    }

    /// Adds what is not there yet, as long as there is room.
    pub(crate) fn add(&mut self, one: T) {
        if self.0.len() < self.1 && !self.0.contains(&one) {
            self.0.push(one);
        }
    }

    pub(crate) fn take(&mut self) -> Vec<T> {
        std::mem::take(&mut self.0)
    }
}

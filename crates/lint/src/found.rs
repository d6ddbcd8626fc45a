//! What is found.

use std::collections::BTreeMap;

use qv_domain::FilePath;

use crate::limits::{MAX_FOUND, MAX_OF_A_RULE, MAX_SUGGESTED};
use crate::near::nearest;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The app must not be published with it. Of [`guards`](crate::guards) only.
    Critical,
    /// It throws or shows nothing when it is reached. Of [`lint`](crate::lint) only.
    Error,
    /// Should be mended.
    Warning,
    /// Worth knowing.
    Note,
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// It is valid and cannot work.
    Semantic,
    /// An asset, a route, a link or a style that leads nowhere.
    Asset,
    /// It works, but not for everybody.
    Accessibility,
    /// Something is imported or declared and never used.
    Unused,
    /// What is passed does not fit the types.
    Types,
    /// A key or password stands in the app's files.
    Secret,
    /// A package that is named like another one.
    Package,
    /// Code that lets strangers run theirs, or tells them what they should not know.
    Security,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The rule, such as `inner-html`.
    pub rule: &'static str,
    /// What it is about.
    pub topic: Topic,
    /// How much it matters.
    pub level: Level,
    /// The file.
    pub path: FilePath,
    /// From 1; 0 when it is about the whole file.
    pub line: u32,
    /// From 1, in characters; 0 when it is about the whole file.
    pub column: u32,
    /// What was found. A secret is never in it.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// A place in a file: the bytes before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'p> {
    pub(crate) path: &'p FilePath,
    pub(crate) text: &'p str,
    pub(crate) offset: usize,
}

impl Place<'_> {
    fn line_and_column(&self) -> (u32, u32) {
        let mut offset = self.offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        (number(before.matches('\n').count()), number(before[start..].chars().count()))
    }
}

/// A rule: what it is called, what it is about, how much it matters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule(pub(crate) &'static str, pub(crate) Topic, pub(crate) Level);

/// Takes findings, as many as are worth telling.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    found: Vec<Found>,
    of_rule: BTreeMap<&'static str, usize>,
    suggested: usize,
}

impl Sink {
    /// Whether a rule is still told: what it would cost to find more is not worth it otherwise.
    pub(crate) fn takes(&self, rule: Rule) -> bool {
        let count = self.of_rule.get(rule.0).copied().unwrap_or_default();
        count < MAX_OF_A_RULE && self.found.len() < MAX_FOUND
    }

    /// The name that one was most likely meant to be, or `otherwise` what to do. After so many the advice is general.
    pub(crate) fn advice<'k>(
        &mut self,
        name: &str,
        known: impl IntoIterator<Item = &'k str>,
        otherwise: &str,
    ) -> String {
        self.suggested += 1;
        let close = if self.suggested > MAX_SUGGESTED { None } else { nearest(name, known) };
        close.map_or_else(
            || otherwise.to_owned(),
            |close| format!("Did you mean `{}`?", shown(close)),
        )
    }

    /// Something at a place.
    pub(crate) fn at(
        &mut self,
        rule: Rule,
        place: Place<'_>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        if !self.takes(rule) {
            return;
        }
        let Rule(name, topic, level) = rule;
        let (line, column) = place.line_and_column();
        let found = Found {
            rule: name,
            topic,
            level,
            path: place.path.clone(),
            line,
            column,
            message: message.into(),
            remedy: remedy.into(),
        };
        if !self.found.contains(&found) {
            *self.of_rule.entry(name).or_default() += 1;
            self.found.push(found);
        }
    }

    /// All of it, by file and line.
    pub(crate) fn into_found(mut self) -> Vec<Found> {
        self.found.sort_by(|a, b| (&a.path, a.line, a.column).cmp(&(&b.path, b.line, b.column)));
        self.found
    }
}

/// A text of an app as a message shows it: on one line and short.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut out: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        out.push('…');
    }
    out
}

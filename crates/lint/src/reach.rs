//! Which files an app's pages reach through their scripts' imports.
//!
//! What no page reaches breaks nothing that a person sees: functions of a server, workers, what only tests load, what
//! is left over. What is wrong there is told, and never an error. A file that is loaded in a way that is not followed
//! counts as not reached.

use std::collections::BTreeSet;

use qv_domain::FilePath;

use crate::App;
use crate::found::{Found, Level};

/// The longest tag, address or beginning of a line that is looked at, in bytes.
const LONGEST: usize = 600;

/// Makes warnings of errors in files that no page reaches.
pub(crate) fn soften(app: &App<'_>, found: &mut [Found]) {
    if found.iter().all(|one| one.level != Level::Error) {
        return;
    }
    let reached = reached(app);
    for one in found.iter_mut().filter(|one| one.level == Level::Error) {
        if !reached.contains(one.path.as_str()) {
            one.level = Level::Warning;
        }
    }
}

fn reached<'a>(app: &App<'a>) -> BTreeSet<&'a str> {
    let is_page = |path: &FilePath| path.extension().starts_with("htm");
    let mut waiting: Vec<_> = app.texts().filter(|(path, _)| is_page(path)).collect();
    let mut reached: BTreeSet<&str> = waiting.iter().map(|(path, _)| path.as_str()).collect();
    while let Some((path, text)) = waiting.pop() {
        let loaded = if is_page(path) { sources(text) } else { Vec::new() };
        for specifier in imported(text).into_iter().map(str::to_owned).chain(loaded) {
            let Some(next) = app.resolve(path, &specifier) else { continue };
            if let Some(text) = app.text(next.as_str())
                && reached.insert(next.as_str())
            {
                waiting.push((next, text));
            }
        }
    }
    reached
}

/// What follows `from`, `import` or `import(` in quotes; types are nothing that runs.
fn imported(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    for word in ["from", "import"] {
        for (at, _) in text.match_indices(word) {
            let rest = text[at + word.len()..].trim_start();
            let rest = rest.strip_prefix('(').unwrap_or(rest).trim_start();
            let near = &text[text.floor_char_boundary(at.saturating_sub(LONGEST))..at];
            let line = near.rsplit(['\n', ';']).next().unwrap_or_default().trim_start();
            if !line.starts_with("import type") && !line.starts_with("export type") {
                all.extend(quoted(rest));
            }
        }
    }
    all
}

/// The addresses of a page's own scripts.
fn sources(text: &str) -> Vec<String> {
    let tags = text.match_indices("<script").map(|(at, _)| tag_at(text, at));
    tags.filter_map(|tag| quoted(tag.split_once("src=")?.1))
        .map(|src| if src.starts_with(['/', '.']) { src.to_owned() } else { format!("./{src}") })
        .collect()
}

/// The tag that begins at a place, without its `>`.
pub(crate) fn tag_at(text: &str, at: usize) -> &str {
    let near = &text[at..text.floor_char_boundary(at + LONGEST)];
    near.split('>').next().unwrap_or_default()
}

/// The text in quotes that another text begins with.
fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let end = text.bytes().skip(1).take(LONGEST).position(|byte| byte == quote as u8)?;
    text.get(1..=end)
}

use std::collections::BTreeMap;

use qv_domain::FilePath;
use serde_json::Value;

use crate::catalogue::{Files, Starter, get};
use crate::change::{Change, Outcome};
use crate::clauses::{Clause, Verb, clauses, items};
use crate::config::Config;
use crate::recognise::{Scope, theme};
use crate::text::{Kind, Token, is_phrase, join, raw, stems, tokens};
use crate::words::{COLOUR_WORDS, DETERMINERS, THE_APP};
use crate::{name, pages, print};

/// What became of a request for a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowUp {
    /// Done, without a model.
    Edits {
        /// The files that change, with their new content.
        changes: BTreeMap<FilePath, String>,
        /// What to tell the person, as one text; names the parts that were not done.
        said: String,
        /// What was done, a sentence each.
        sentences: Vec<String>,
    },
    /// Nothing was changed: a model is needed, or the request cannot be.
    NeedsModel {
        /// What to tell the person.
        said: String,
    },
}

const ABLE: &str = "Without a model I can rename the app, change colours and theme, set texts and numbers, and add or \
                    remove the fields, sections and lists that the starter knows";
const CONNECT: &str = "Connect a model in Settings to change anything else.";

/// Carries out a request on an app that was made from a starter, as far as it is about what its config.json holds.
///
/// Each part of a request is done whole or not at all, and the parts that were not are named.
#[must_use]
pub fn follow_up(files: &Files, prompt: &str) -> FollowUp {
    let (starter, before) = match open(files) {
        Ok(found) => found,
        Err(said) => return FollowUp::NeedsModel { said },
    };
    let all = tokens(prompt);
    let mut config = before.clone();
    let (mut done, mut noted, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for clause in clauses(&all) {
        for part in read(&clause, Scope { starter, config: &config }, prompt) {
            match part {
                Ok(change) => match change.apply(&mut config, starter) {
                    Outcome::Done(sentence) => done.push(sentence),
                    Outcome::Already(sentence) | Outcome::Refused(sentence) => noted.push(sentence),
                },
                Err(text) => left.push(text),
            }
        }
    }
    if done.is_empty() {
        return FollowUp::NeedsModel { said: nothing_done(&noted, &left, starter) };
    }
    let mut said = done.clone();
    said.extend(noted);
    if !left.is_empty() {
        said.push(format!("Not done: {}. That needs a model.", join(&left)));
    }
    FollowUp::Edits {
        changes: write(files, starter, &before, &config),
        said: said.join(" "),
        sentences: done,
    }
}

/// The starter and its settings, or why they cannot be read.
fn open(files: &Files) -> Result<(&'static Starter, Config), String> {
    const PATH: &str = "src/config.json";
    let bytes = files.get(PATH).ok_or_else(|| {
        format!("This app has no {PATH}, where its settings were. Restore it from an earlier version, or connect a model to change the code.")
    })?;
    let value: Value = serde_json::from_slice(bytes).map_err(|e| {
        format!("{PATH} is not valid JSON ({e}). Mend that line, or restore an earlier version; then I can change settings again.")
    })?;
    let id = value.get("starter").and_then(Value::as_str).unwrap_or_default();
    let starter = get(id).filter(|starter| starter.manifest.config == PATH).ok_or_else(|| {
        format!(
            "{PATH} does not say which starter this app was made from (`\"starter\"`). {CONNECT}"
        )
    })?;
    Ok((starter, Config(value)))
}

fn nothing_done(noted: &[String], left: &[String], starter: &Starter) -> String {
    if left.is_empty() && !noted.is_empty() {
        return format!("{} Nothing was changed.", noted.join(" "));
    }
    let tries: Vec<String> =
        starter.manifest.examples.follow_ups.iter().take(3).map(|t| format!("“{t}”")).collect();
    let tries =
        if tries.is_empty() { String::new() } else { format!(", such as {}", join(&tries)) };
    let noted = if noted.is_empty() { String::new() } else { format!("{} ", noted.join(" ")) };
    format!("{noted}This needs a model. {ABLE}{tries}. {CONNECT}")
}

/// The files that differ after a change of settings.
fn write(
    files: &Files,
    starter: &Starter,
    before: &Config,
    after: &Config,
) -> BTreeMap<FilePath, String> {
    let mut changes = BTreeMap::new();
    if before != after
        && let Ok(path) = FilePath::parse(&starter.manifest.config)
    {
        changes.insert(path, print::print(&after.0));
    }
    if before.text("title") != after.text("title") {
        changes.extend(pages::retitle(files, after.text("title")));
    }
    changes
}

type Part = Result<Change, String>;

/// The changes that a clause asks for; a part that is not understood comes back as its text.
fn read(clause: &Clause<'_, '_>, scope: Scope<'_>, prompt: &str) -> Vec<Part> {
    let all = clause.tokens;
    match clause.verb {
        Verb::Rename => vec![rename(all, scope).ok_or_else(|| quote(all, prompt))],
        Verb::Add => each(all, scope, prompt, |item| {
            scope.item(item, true).or_else(|| scope.look(scope.trim(item)))
        }),
        Verb::Remove => each(all, scope, prompt, |item| match scope.item(item, false) {
            None if theme_of(item) == Some("dark") => Some(Change::Theme("light")),
            found => found,
        }),
        Verb::Change => {
            if let Some(at) = all.iter().position(|t| t.is(&["to", "into", "as"])) {
                let (before, after) = (&all[..at], &all[at + 1..]);
                if let Some(change) = set(before, after, scope) {
                    return vec![Ok(change)];
                }
                let about_app = before.iter().all(|t| {
                    t.is(DETERMINERS) || t.is(THE_APP) || t.is(COLOUR_WORDS) || t.is(&["mode"])
                });
                return if about_app {
                    looks(after, scope, prompt)
                } else {
                    vec![Err(quote(all, prompt))]
                };
            }
            looks(all, scope, prompt)
        }
        // Without a verb only what cannot be anything else counts.
        Verb::None => looks(all, scope, prompt),
    }
}

fn each(
    tokens: &[Token<'_>],
    scope: Scope<'_>,
    prompt: &str,
    read: impl Fn(&[Token<'_>]) -> Option<Change>,
) -> Vec<Part> {
    // "light and dark" is one thing, "Blocked and Waiting" are two columns.
    let listed = items(tokens);
    match read(tokens) {
        Some(Change::AddEntry { .. } | Change::AddField(_) | Change::RemoveEntry { .. })
            if listed.len() > 1 => {}
        Some(change) => return vec![Ok(change)],
        None => {}
    }
    let kind =
        [tokens.first(), tokens.last()].into_iter().flatten().find(|t| scope.is_kind_word(t));
    let parts = listed.into_iter().map(|item| {
        let with_kind = || {
            let mut whole = vec![kind?.clone()];
            whole.extend_from_slice(scope.trim(item));
            read(&whole)
        };
        read(item).or_else(with_kind).ok_or_else(|| quote(item, prompt))
    });
    parts.collect()
}

/// "make it dark and blue", "make the session 50 minutes", "make the colours warm".
fn looks(tokens: &[Token<'_>], scope: Scope<'_>, prompt: &str) -> Vec<Part> {
    let from = tokens
        .iter()
        .position(|t| !(t.is(DETERMINERS) || t.is(THE_APP) || t.is(COLOUR_WORDS)))
        .unwrap_or(0);
    let bare = &tokens[from..];
    each(bare, scope, prompt, |item| {
        scope.look(scope.trim(item)).or_else(|| match scope.item(item, true) {
            found @ Some(Change::Number { .. }) => found,
            _ => None,
        })
    })
}

/// "call it X", "rename it to X", "rename the column Doing to In progress".
fn rename(tokens: &[Token<'_>], scope: Scope<'_>) -> Option<Change> {
    if let Some(at) = tokens.iter().position(|t| t.is(&["to", "as", "into"])) {
        return set(&tokens[..at], &tokens[at + 1..], scope);
    }
    let is_app = |t: &Token<'_>| t.is(THE_APP);
    let from = match tokens {
        [first, ..] if is_app(first) => 1,
        [first, second, ..] if first.is(DETERMINERS) && is_app(second) => 2,
        _ => 0,
    };
    name::text(tokens, from..tokens.len()).map(Change::Title)
}

/// "the tagline" to "Fresh every day".
fn set(before: &[Token<'_>], after: &[Token<'_>], scope: Scope<'_>) -> Option<Change> {
    let mut before = before;
    while let [first, rest @ ..] = before {
        if !first.is(DETERMINERS) {
            break;
        }
        before = rest;
    }
    let target = before.iter().map(|t| t.raw).collect::<Vec<_>>().join(" ");
    let found = stems(&target);
    let is = |phrases: &[&str]| phrases.iter().any(|phrase| is_phrase(&found, phrase));
    let whole = || name::text(after, 0..after.len());
    let text = |path: &str| line(after, scope.config.at(path).and_then(Value::as_str));
    let about_app = !before.is_empty() && before.iter().all(|t| t.is(DETERMINERS) || t.is(THE_APP));
    if is(&[
        "title",
        "name",
        "app name",
        "project name",
        "app title",
        "page title",
        "game title",
        "site name",
        "business name",
        "product name",
        "name of the app",
        "title of the page",
    ]) {
        return whole().map(Change::Title);
    }
    if is(&["tagline", "slogan", "subtitle", "motto", "claim"]) {
        return text("tagline").map(|value| Change::Text {
            label: "tagline".into(),
            path: "tagline".into(),
            value,
        });
    }
    for slot in &scope.starter.manifest.texts {
        if slot.words.iter().any(|word| is_phrase(&found, word)) {
            return text(&slot.path).map(|value| Change::Text {
                label: slot.words.first().cloned().unwrap_or_default(),
                path: slot.path.clone(),
                value,
            });
        }
    }
    let numbered = before.iter().chain(after).cloned().collect::<Vec<_>>();
    if after.iter().any(|t| t.low.starts_with(|c: char| c.is_ascii_digit()))
        && let Some(change @ Change::Number { .. }) = scope.item(&numbered, true)
    {
        return Some(change);
    }
    if let Some((key, id)) = existing(before, &found, scope) {
        return whole().map(|title| Change::Rename { key, id, title });
    }
    let current = scope.config.text("title");
    if !current.is_empty() && is_phrase(&found, current) {
        return whole().map(Change::Title);
    }
    if !about_app {
        return None;
    }
    // "change it to blue" is about colours, "rename it to Blue Note" is not.
    scope.look(after).or_else(|| whole().map(Change::Title))
}

/// An entry of the app that has a title, by its title: a column, a section or a field.
fn existing(tokens: &[Token<'_>], found: &[String], scope: Scope<'_>) -> Option<(String, String)> {
    for list in &scope.starter.manifest.lists {
        if let Some(Change::RemoveEntry { key, id, .. }) = scope.item(tokens, false)
            && key == list.key
        {
            return Some((key, id));
        }
    }
    let plain: Vec<Token<'_>> =
        tokens.iter().filter(|t| !t.is(&["section", "field", "label"])).cloned().collect();
    let plain = stems(&plain.iter().map(|t| t.raw).collect::<Vec<_>>().join(" "));
    if let Some(id) = scope.existing_field(found).or_else(|| scope.existing_field(&plain)) {
        return Some(("fields".into(), id));
    }
    let id = scope.section_id(found).or_else(|| scope.section_id(&plain))?;
    Some(("sections".into(), id))
}

/// Text as a person wrote it, without quotation marks around it; 300 characters at most. A sentence in the place of one
/// that begins with a capital does so too.
fn line(tokens: &[Token<'_>], before: Option<&str>) -> Option<String> {
    let text: String = raw(tokens).trim().chars().filter(|c| !c.is_control()).take(300).collect();
    let quoted = matches!(tokens, [one] if one.kind == Kind::Quoted);
    let text = if quoted { text } else { text.trim_end_matches([',', '.']).to_owned() };
    let capital = before.and_then(|before| before.chars().next()).is_some_and(char::is_uppercase);
    let text = if capital && !quoted { crate::text::capitalise(&text) } else { text };
    (!text.trim().is_empty()).then_some(text)
}

fn theme_of(item: &[Token<'_>]) -> Option<&'static str> {
    let words: Vec<&str> =
        item.iter().filter(|t| !t.is(&["mode", "theme", "the"])).map(|t| t.low.as_str()).collect();
    theme(&words.join(" "))
}

/// What was written, for saying that it was not understood.
fn quote(tokens: &[Token<'_>], prompt: &str) -> String {
    let range = tokens.first().map_or(0, |t| t.start)..tokens.last().map_or(0, |t| t.end);
    let text: String = prompt.get(range).unwrap_or_default().chars().take(80).collect();
    format!("“{}”", text.split_whitespace().collect::<Vec<_>>().join(" "))
}

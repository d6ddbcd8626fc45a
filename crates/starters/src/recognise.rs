use serde_json::Value;

use crate::change::{Change, free_id};
use crate::config::{Config, has_id, title_of};
use crate::numbers::numbers;
use crate::text::{Kind, Token, capitalise, is_phrase, raw, singular, stems};
use crate::words::{CLAUSE_WORDS, COLOUR_WORDS, DETERMINERS, POLITE, THE_APP};
use crate::{Field, FieldKind, Starter, name};

/// What a request is read against.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) starter: &'a Starter,
    pub(crate) config: &'a Config,
}

/// Words that may stand around the thing that is meant.
const FILLERS: &[&str] =
    &["another", "extra", "more", "new", "support", "feature", "option", "nice"];
const SECTION_WORDS: &[&str] =
    &["section", "sections", "block", "panel", "area", "part", "page", "strip", "box", "card"];
const FIELD_WORDS: &[&str] = &["field", "fields", "property", "properties", "attribute"];
/// Keys that entries of the apps use for themselves.
const RESERVED: &[&str] = &["id", "title", "note", "column", "values", "task", "name"];

impl Scope<'_> {
    /// The change that adding (or taking away) what these tokens name would be; nothing unless every word is understood.
    pub(crate) fn item(&self, tokens: &[Token<'_>], add: bool) -> Option<Change> {
        let tokens = self.trim(tokens);
        if tokens.is_empty() || tokens.len() > 12 {
            return None;
        }
        if let Some(at) = tokens.iter().position(|t| t.is(&["called", "named", "titled", "for"])) {
            let name = name::text(tokens, at + 1..tokens.len())?;
            return self.named(&tokens[..at], &name, add);
        }
        self.list_entry(tokens, add)
            .or_else(|| self.field(tokens, add))
            .or_else(|| self.section(tokens, add))
            .or_else(|| if add { self.own_field(tokens) } else { self.titled_entry(tokens) })
            .or_else(|| if add { self.look(tokens).or_else(|| self.number(tokens)) } else { None })
    }

    /// Without what carries no meaning at either end: "also", "the", "to the board".
    pub(crate) fn trim<'t, 'a>(&self, mut tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
        let filler = |t: &Token<'_>| {
            t.kind == Kind::Punct || t.is(DETERMINERS) || t.is(POLITE) || t.is(FILLERS)
        };
        while let [first, rest @ ..] = tokens {
            if !filler(first) {
                break;
            }
            tokens = rest;
        }
        loop {
            match tokens {
                [rest @ .., last]
                    if last.kind == Kind::Punct
                        || last.is(&[
                            "too", "please", "also", "now", "again", "instead", "support",
                        ]) =>
                {
                    tokens = rest;
                }
                _ => break,
            }
        }
        // "... to the board", "... from every order"
        if let Some(at) =
            tokens.iter().rposition(|t| t.is(&["to", "from", "on", "in", "for", "of"]))
        {
            let about_app = |t: &Token<'_>| {
                t.is(DETERMINERS) || t.is(THE_APP) || t.is(&["each", "every"]) || self.is_noun(t)
            };
            if at > 0 && at + 1 < tokens.len() && tokens[at + 1..].iter().all(about_app) {
                tokens = &tokens[..at];
            }
        }
        tokens
    }

    /// Whether a word means the thing that the app keeps ("card", "orders").
    fn is_noun(&self, token: &Token<'_>) -> bool {
        let Some(noun) = &self.starter.manifest.noun else { return false };
        let own = |key: &str| {
            self.config.at(&format!("words.{key}")).and_then(Value::as_str).map(str::to_lowercase)
        };
        own(&noun.one).as_deref() == Some(&token.low)
            || own(&noun.many).as_deref() == Some(&token.low)
            || token.is(&["card", "cards", "entry", "entries", "item", "items"])
    }

    /// "a column", "a field" and the like, with a name.
    fn named(&self, what: &[Token<'_>], name: &str, add: bool) -> Option<Change> {
        let what = self.trim(what);
        let plain: Vec<String> = what.iter().map(|t| t.low.clone()).collect();
        let list = self.starter.manifest.lists.iter().find(|list| {
            plain.len() == 1 && list.words.iter().any(|word| is_phrase(&stems(&plain[0]), word))
        });
        if let Some(list) = list {
            return if add {
                Some(Change::AddEntry {
                    key: list.key.clone(),
                    noun: list.noun.clone(),
                    title: name.to_owned(),
                    keep_last: list.keep_last,
                })
            } else {
                self.entry_titled(&list.key, name).map(|id| Change::RemoveEntry {
                    key: list.key.clone(),
                    noun: list.noun.clone(),
                    id,
                })
            };
        }
        let kind = field_kind(&plain)?;
        if add {
            Some(Change::AddField(self.new_field(name, kind)))
        } else {
            self.existing_field(&stems(name)).map(Change::RemoveField)
        }
    }

    /// Whether a word names a kind of thing that can be added: a column, a field.
    pub(crate) fn is_kind_word(&self, token: &Token<'_>) -> bool {
        let found = stems(&token.low);
        let mut lists = self.starter.manifest.lists.iter();
        token.is(FIELD_WORDS) || lists.any(|l| l.words.iter().any(|word| is_phrase(&found, word)))
    }

    /// "a Waiting column", "column Waiting".
    fn list_entry(&self, tokens: &[Token<'_>], add: bool) -> Option<Change> {
        for list in &self.starter.manifest.lists {
            let is_word =
                |t: &Token<'_>| list.words.iter().any(|word| is_phrase(&stems(&t.low), word));
            let name = match tokens {
                [first, rest @ ..] if is_word(first) => rest,
                [rest @ .., last] if is_word(last) => rest,
                _ => continue,
            };
            let name = plain_name(name)?;
            let (key, noun) = (list.key.clone(), list.noun.clone());
            return Some(if add {
                Change::AddEntry { key, noun, title: name, keep_last: list.keep_last }
            } else {
                let id = self.entry_titled(&key, &name).unwrap_or(name);
                Change::RemoveEntry { key, noun, id }
            });
        }
        None
    }

    /// An entry of any list by its title alone: "remove Review".
    fn titled_entry(&self, tokens: &[Token<'_>]) -> Option<Change> {
        let title = name::text(tokens, 0..tokens.len())?;
        self.starter.manifest.lists.iter().find_map(|list| {
            let id = self.entry_titled(&list.key, &title)?;
            Some(Change::RemoveEntry { key: list.key.clone(), noun: list.noun.clone(), id })
        })
    }

    fn entry_titled(&self, key: &str, title: &str) -> Option<String> {
        let wanted = stems(title);
        let entries = self.config.entries(key);
        let exact = entries.iter().find(|entry| stems(title_of(entry)) == wanted);
        let entry = exact.or_else(|| entries.iter().find(|e| is_phrase(&wanted, title_of(e))))?;
        entry.get("id").and_then(Value::as_str).map(ToOwned::to_owned)
    }

    /// A field of the manifest or of the app, by any of its words.
    fn field(&self, tokens: &[Token<'_>], add: bool) -> Option<Change> {
        let found = stems(&raw(without(tokens, FIELD_WORDS)));
        if found.is_empty() {
            return None;
        }
        if !add && let Some(id) = self.existing_field(&found) {
            return Some(Change::RemoveField(id));
        }
        let known = self.starter.manifest.fields.iter().find(|field| {
            is_phrase(&found, &field.label)
                || field.words.iter().any(|word| is_phrase(&found, word))
        })?;
        if add {
            Some(Change::AddField(known.clone()))
        } else {
            Some(Change::RemoveField(known.id.clone()))
        }
    }

    pub(crate) fn existing_field(&self, found: &[String]) -> Option<String> {
        self.config
            .entries("fields")
            .iter()
            .find(|entry| is_phrase(found, title_of(entry)))?
            .get("id")?
            .as_str()
            .map(ToOwned::to_owned)
    }

    /// A section by any of its words, its title or its id.
    fn section(&self, tokens: &[Token<'_>], on: bool) -> Option<Change> {
        [stems(&raw(tokens)), stems(&raw(without(tokens, SECTION_WORDS)))]
            .iter()
            .filter(|found| !found.is_empty())
            .find_map(|found| self.section_id(found))
            .map(|id| Change::Section { id, on })
    }

    pub(crate) fn section_id(&self, found: &[String]) -> Option<String> {
        let own = Config(self.starter.config.clone());
        let means = |section: &&crate::Section| {
            let titled = |config: &Config| {
                config
                    .entry("sections", &section.id)
                    .is_some_and(|entry| is_phrase(found, title_of(entry)))
            };
            is_phrase(found, &section.id)
                || section.words.iter().any(|word| is_phrase(found, word))
                || titled(self.config)
                || titled(&own)
        };
        self.starter.manifest.sections.iter().find(means).map(|section| section.id.clone())
    }

    /// "a supplier field", "a checkbox paid": any name, when the prompt says that it is a field.
    fn own_field(&self, tokens: &[Token<'_>]) -> Option<Change> {
        let last = tokens.last()?;
        let first = tokens.first()?;
        let (name, what) = if last.is(FIELD_WORDS) || last.is(&["checkbox", "date", "number"]) {
            tokens.split_at(tokens.len() - 1)
        } else if first.is(FIELD_WORDS) || first.is(&["checkbox"]) {
            let (what, name) = tokens.split_at(1);
            (name, what)
        } else {
            return None;
        };
        let kind_word = what.first()?;
        // "a delivery date": the word belongs to the name.
        let (name, kind) = match kind_word.low.as_str() {
            "checkbox" => (name, Some(FieldKind::Checkbox)),
            "date" => (tokens, Some(FieldKind::Date)),
            "number" => (tokens, Some(FieldKind::Number)),
            _ => (name, None),
        };
        if self.starter.manifest.fields.is_empty() && self.config.entries("fields").is_empty() {
            return None;
        }
        let label = plain_name(name)?;
        Some(Change::AddField(self.new_field(&label, kind)))
    }

    fn new_field(&self, label: &str, kind: Option<FieldKind>) -> Field {
        let found = stems(label);
        if let Some(known) = self
            .starter
            .manifest
            .fields
            .iter()
            .find(|f| f.words.iter().any(|w| is_phrase(&found, w)))
        {
            return known.clone();
        }
        let id = free_id(label, |id| {
            RESERVED.contains(&id)
                || self
                    .config
                    .entries("fields")
                    .iter()
                    .any(|e| has_id(e, id) && title_of(e) != label)
        });
        Field {
            id,
            label: capitalise(label),
            kind: kind.unwrap_or_else(|| guess_kind(label)),
            options: Vec::new(),
            on: false,
            words: Vec::new(),
        }
    }

    /// Colours and theme: "blue", "a dark theme", "forest palette".
    pub(crate) fn look(&self, tokens: &[Token<'_>]) -> Option<Change> {
        let plain: Vec<&Token<'_>> = tokens
            .iter()
            .filter(|t| !(t.is(COLOUR_WORDS) || t.is(DETERMINERS) || t.is(&["mode", "nice"])))
            .collect();
        let words = plain.iter().map(|t| t.low.as_str()).collect::<Vec<_>>().join(" ");
        if plain.is_empty() {
            return None;
        }
        theme(&words).map(Change::Theme).or_else(|| self.palette(&words).map(Change::Palette))
    }

    pub(crate) fn palette(&self, words: &str) -> Option<String> {
        let found = stems(words);
        let palettes = &self.starter.manifest.palettes;
        palettes
            .iter()
            .find(|p| is_phrase(&found, &p.name) || p.words.iter().any(|word| stems(word) == found))
            .map(|p| p.name.clone())
    }

    /// A number with the words that say which, and nothing else.
    fn number(&self, tokens: &[Token<'_>]) -> Option<Change> {
        let found = numbers(tokens, self.starter).into_iter().next()?;
        let Change::Number { path, .. } = &found.change else { return None };
        let slot = self.starter.manifest.numbers.iter().find(|slot| slot.path == *path)?;
        let rest = tokens.iter().enumerate().all(|(at, t)| {
            found.tokens.contains(&at)
                || slot.words.iter().any(|word| is_phrase(&stems(&t.low), word))
                || t.is(DETERMINERS)
                || t.is(&["of", "to", "is", "for", "long", "with", "each"])
        });
        rest.then_some(found.change)
    }
}

/// A name out of at most four plain words: "that shows totals" describes something instead.
fn plain_name(tokens: &[Token<'_>]) -> Option<String> {
    let plain =
        tokens.len() <= 4 && !tokens.iter().any(|t| t.is(CLAUSE_WORDS) || t.kind == Kind::Punct);
    let plain = plain && tokens.first().is_none_or(|t| crate::clauses::verb(t).is_none());
    plain.then(|| name::text(tokens, 0..tokens.len()))?
}

/// The theme that a word or two mean.
pub(crate) fn theme(words: &str) -> Option<&'static str> {
    match words {
        "dark" | "darker" | "night" | "black" => Some("dark"),
        "light" | "bright" | "lighter" | "white" | "day" => Some("light"),
        "system" | "auto" | "automatic" | "device" | "dark and light" | "light and dark"
        | "follow system" | "follow device" | "match system" | "match device" => Some("system"),
        _ => None,
    }
}

/// What the words before a field's name say about its kind; nothing when they are not about a field.
fn field_kind(words: &[String]) -> Option<Option<FieldKind>> {
    let mut kind = None;
    let mut is_field = false;
    for word in words {
        match word.as_str() {
            "field" | "fields" | "property" => is_field = true,
            "text" => kind = Some(FieldKind::Text),
            "number" | "numeric" => kind = Some(FieldKind::Number),
            "date" => kind = Some(FieldKind::Date),
            "tag" | "tags" => kind = Some(FieldKind::Tags),
            "checkbox" | "tick" | "yes/no" => (kind, is_field) = (Some(FieldKind::Checkbox), true),
            _ => return None,
        }
    }
    is_field.then_some(kind)
}

/// The kind that a field's name suggests.
fn guess_kind(label: &str) -> FieldKind {
    let words = stems(label);
    let any = |list: &[&str]| list.iter().any(|word| words.contains(&crate::text::stem(word)));
    if any(&["date", "day", "deadline", "birthday", "start", "end", "delivery", "pickup", "due"]) {
        FieldKind::Date
    } else if any(&[
        "price", "amount", "quantity", "count", "number", "cost", "weight", "hours", "points",
        "size", "score", "age", "budget", "total", "percent",
    ]) {
        FieldKind::Number
    } else if any(&[
        "paid",
        "done",
        "urgent",
        "confirmed",
        "active",
        "approved",
        "vegan",
        "finished",
    ]) {
        FieldKind::Checkbox
    } else if any(&["tags", "labels", "categories", "keywords", "allergens"])
        && label != singular(label)
    {
        FieldKind::Tags
    } else {
        FieldKind::Text
    }
}

/// Without such a word at either end, when something is left.
fn without<'t, 'a>(tokens: &'t [Token<'a>], words: &[&str]) -> &'t [Token<'a>] {
    match tokens {
        [rest @ .., last] if last.is(words) && !rest.is_empty() => rest,
        [first, rest @ ..] if first.is(words) && !rest.is_empty() => rest,
        _ => tokens,
    }
}

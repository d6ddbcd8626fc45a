use serde_json::{Map, Value, json};

use crate::config::{Config, title_of};
use crate::{Field, Starter};

/// One thing to set in config.json.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    Title(String),
    Palette(String),
    Theme(&'static str),
    AddField(Field),
    RemoveField(String),
    Section {
        id: String,
        on: bool,
    },
    AddEntry {
        key: String,
        noun: String,
        title: String,
        keep_last: bool,
    },
    RemoveEntry {
        key: String,
        noun: String,
        id: String,
    },
    /// Gives an entry of `sections`, `fields` or a list another title.
    Rename {
        key: String,
        id: String,
        title: String,
    },
    Text {
        label: String,
        path: String,
        value: String,
    },
    Number {
        path: String,
        label: String,
        unit: Option<String>,
        value: i64,
        min: i64,
        max: i64,
    },
}

/// What came of a change, as a sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done(String),
    /// It was so before.
    Already(String),
    /// It cannot be, and why.
    Refused(String),
}

use Outcome::{Already, Done, Refused};

impl Change {
    pub(crate) fn apply(&self, config: &mut Config, starter: &Starter) -> Outcome {
        match self {
            Self::Title(title) => {
                set_text(config, "title", title, &format!("The name is {title}."))
            }
            Self::Palette(name) => {
                set_text(config, "palette", name, &format!("The colours are {name}."))
            }
            Self::Theme("system") => {
                set_text(config, "theme", "system", "Light or dark follows the device.")
            }
            Self::Theme(theme) => {
                set_text(config, "theme", theme, &format!("The theme is {theme}."))
            }
            Self::AddField(field) => add_field(config, field),
            Self::RemoveField(id) => remove(config, "fields", "field", id, 0),
            Self::Section { id, on } => section(config, starter, id, *on),
            Self::AddEntry { key, noun, title, keep_last } => {
                add_entry(config, key, noun, title, *keep_last)
            }
            Self::RemoveEntry { key, noun, id } => remove(config, key, noun, id, 1),
            Self::Rename { key, id, title } => rename(config, key, id, title),
            Self::Text { label, path, value } => {
                if config.at(path).and_then(Value::as_str) == Some(value) {
                    return Already(format!("The {label} is “{value}” already."));
                }
                if config.put(path, json!(value)) {
                    Done(format!("The {label} is now “{value}”."))
                } else {
                    Refused(format!("The {label} is not in this app any more ({path})."))
                }
            }
            Self::Number { path, label, unit, value, min, max } => {
                number(config, path, label, unit.as_deref(), *value, *min..=*max)
            }
        }
    }
}

fn set_text(config: &mut Config, key: &str, value: &str, sentence: &str) -> Outcome {
    if config.text(key) == value {
        return Already(sentence.to_owned());
    }
    config.set(key, json!(value));
    Done(sentence.to_owned())
}

fn number(
    config: &mut Config,
    path: &str,
    label: &str,
    unit: Option<&str>,
    value: i64,
    bounds: std::ops::RangeInclusive<i64>,
) -> Outcome {
    let unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    if !bounds.contains(&value) {
        let (min, max) = bounds.into_inner();
        return Refused(format!("The {label} can be {min} to {max}{unit}."));
    }
    let sentence = format!("The {label} is {value}{unit}.");
    if config.at(path).and_then(Value::as_i64) == Some(value) {
        return Already(sentence);
    }
    if config.put(path, json!(value)) {
        Done(sentence)
    } else {
        Refused(format!("The {label} is not in this app any more ({path})."))
    }
}

fn add_field(config: &mut Config, field: &Field) -> Outcome {
    if config.entry("fields", &field.id).is_some() {
        return Already(format!("There is a field {} already.", field.label));
    }
    let mut entry = Map::new();
    entry.insert("id".into(), json!(field.id));
    entry.insert("label".into(), json!(field.label));
    entry.insert("kind".into(), json!(field.kind.as_str()));
    if !field.options.is_empty() {
        entry.insert("options".into(), json!(field.options));
    }
    if let Some(fields) = config.entries_mut("fields") {
        fields.push(Value::Object(entry));
    }
    Done(format!("Added the field {} ({}).", field.label, field.kind.as_str()))
}

fn section(config: &mut Config, starter: &Starter, id: &str, on: bool) -> Outcome {
    let own = Config(starter.config.clone());
    let original = own.entry("sections", id);
    let title = config.entry("sections", id).or(original).map_or(id, title_of).to_owned();
    let is_on = config
        .entry("sections", id)
        .is_some_and(|entry| entry.get("on").and_then(Value::as_bool).unwrap_or(false));
    if is_on == on {
        let state = if on { "is shown" } else { "is hidden" };
        return Already(format!("“{title}” {state}."));
    }
    if let Some(entry) = config.entry_mut("sections", id) {
        entry.insert("on".into(), json!(on));
    } else if let (Some(original), Some(sections)) = (original, config.entries_mut("sections")) {
        // A person took it out of the file: it comes back as it was.
        let mut entry = original.clone();
        entry["on"] = json!(on);
        sections.push(entry);
    }
    Done(if on { format!("Shows “{title}”.") } else { format!("Hid “{title}”.") })
}

fn add_entry(config: &mut Config, key: &str, noun: &str, title: &str, keep_last: bool) -> Outcome {
    let same = |entry: &Value| title_of(entry).to_lowercase() == title.to_lowercase();
    if config.entries(key).iter().any(same) {
        return Already(format!("There is a {noun} {title} already."));
    }
    if config.entries(key).len() >= 50 {
        return Refused(format!("There are 50 {noun}s already, which is the most."));
    }
    let id = free_id(title, |id| config.entry(key, id).is_some());
    if let Some(entries) = config.entries_mut(key) {
        let at = entries.len().saturating_sub(usize::from(keep_last && entries.len() > 1));
        entries.insert(at, json!({ "id": id, "title": title }));
    }
    Done(format!("Added the {noun} {title}."))
}

fn remove(config: &mut Config, key: &str, noun: &str, id: &str, least: usize) -> Outcome {
    let Some(title) = config.entry(key, id).map(|entry| title_of(entry).to_owned()) else {
        return Already(format!("There is no {noun} {id}."));
    };
    if config.entries(key).len() <= least {
        return Refused(format!("{title} is the last {noun}, and one has to stay."));
    }
    if let Some(entries) = config.entries_mut(key) {
        entries.retain(|entry| !crate::config::has_id(entry, id));
    }
    Done(format!("Removed the {noun} {title}."))
}

fn rename(config: &mut Config, key: &str, id: &str, title: &str) -> Outcome {
    let slot = if key == "fields" { "label" } else { "title" };
    let Some(entry) = config.entry_mut(key, id) else {
        return Refused(format!("There is nothing called {id} any more."));
    };
    let before = entry.get(slot).and_then(Value::as_str).unwrap_or(id).to_owned();
    if before == title {
        return Already(format!("It is called {title}."));
    }
    entry.insert(slot.to_owned(), json!(title));
    Done(format!("{before} is called {title} now."))
}

/// An id from a title that is not taken.
pub(crate) fn free_id(title: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut slug: String = crate::text::fold(title)
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    slug.truncate(40);
    if slug.is_empty() {
        "entry".clone_into(&mut slug);
    }
    let mut id = slug.clone();
    let mut count = 2;
    while taken(&id) {
        id = format!("{slug}-{count}");
        count += 1;
    }
    id
}

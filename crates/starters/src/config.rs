use serde_json::{Map, Value};

/// A starter's config.json. Every reader allows for a person's edits: what has another shape counts as absent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Config(pub(crate) Value);

impl Config {
    pub(crate) fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn set(&mut self, key: &str, value: Value) {
        if let Some(map) = self.0.as_object_mut() {
            map.insert(key.to_owned(), value);
        }
    }

    /// The entries of a list of objects.
    pub(crate) fn entries(&self, key: &str) -> &[Value] {
        self.0.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The entries, to change; made when there are none.
    pub(crate) fn entries_mut(&mut self, key: &str) -> Option<&mut Vec<Value>> {
        let slot = self.0.as_object_mut()?.entry(key).or_insert_with(|| Value::Array(Vec::new()));
        if !slot.is_array() {
            *slot = Value::Array(Vec::new());
        }
        slot.as_array_mut()
    }

    pub(crate) fn entry(&self, key: &str, id: &str) -> Option<&Value> {
        self.entries(key).iter().find(|entry| has_id(entry, id))
    }

    pub(crate) fn entry_mut(&mut self, key: &str, id: &str) -> Option<&mut Map<String, Value>> {
        let entries = self.0.get_mut(key)?.as_array_mut()?;
        entries.iter_mut().find(|entry| has_id(entry, id))?.as_object_mut()
    }

    /// The value at `words.empty` or `sections.hero.title`; an entry of a list is named by its id.
    pub(crate) fn at(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(&self.0, |value, step| match value {
            Value::Array(entries) => entries.iter().find(|entry| has_id(entry, step)),
            other => other.get(step),
        })
    }

    /// Sets the value at a path whose parent exists; says whether it could.
    pub(crate) fn put(&mut self, path: &str, new: Value) -> bool {
        let (parent, last) = path.rsplit_once('.').unwrap_or(("", path));
        let mut steps = parent.split('.').filter(|step| !step.is_empty());
        let slot = steps.try_fold(&mut self.0, |value, step| match value {
            Value::Array(entries) => entries.iter_mut().find(|entry| has_id(entry, step)),
            other => other.get_mut(step),
        });
        match slot.and_then(Value::as_object_mut) {
            Some(map) => {
                map.insert(last.to_owned(), new);
                true
            }
            None => false,
        }
    }

    /// Merges a patch as RFC 7396 says.
    pub(crate) fn merge(&mut self, patch: &Value) {
        merge(&mut self.0, patch);
    }
}

pub(crate) fn has_id(entry: &Value, id: &str) -> bool {
    entry.get("id").and_then(Value::as_str) == Some(id)
}

/// What a person reads of an entry: its title, label or id.
pub(crate) fn title_of(entry: &Value) -> &str {
    ["title", "label", "id"]
        .iter()
        .find_map(|key| entry.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()))
        .unwrap_or_default()
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(map) = target.as_object_mut() else { return };
    for (key, change) in changes {
        if change.is_null() {
            map.shift_remove(key);
        } else {
            merge(map.entry(key.clone()).or_insert(Value::Null), change);
        }
    }
}

/// Applies `change` to every string.
pub(crate) fn each_text(value: &mut Value, change: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(map) => map.values_mut().for_each(|item| each_text(item, change)),
        _ => {}
    }
}

//! What a log tells to those who read it, as the web app folds it.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a turn's log comes to.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The text that was shown of each file that was written whole.
    pub(super) files: BTreeMap<String, String>,
    /// Edits that were told of more than once.
    pub(super) twice: Vec<String>,
    /// All reports of usage, also of what was begun again: it was spent.
    pub(super) usage: Vec<Value>,
    /// The last event.
    pub(super) end: Value,
    /// How often another worker went on.
    pub(super) resumed: u64,
    /// How often a step was begun again.
    pub(super) superseded: u64,
}

/// Folds a log: each event with its number.
pub(super) fn told(log: &[(u64, Value)]) -> Told {
    let mut told = Told::default();
    let mut valid: Vec<&(u64, Value)> = Vec::with_capacity(log.len());
    for event in log {
        match event.1["type"].as_str() {
            Some("superseded") => {
                let from = event.1["from_seq"].as_u64().unwrap_or(0);
                valid.retain(|(seq, _)| *seq < from);
                told.superseded += 1;
            }
            Some("usage") => told.usage.push(event.1.clone()),
            Some("resumed") => told.resumed += 1,
            _ => valid.push(event),
        }
    }
    let mut whole = true;
    let mut applied: BTreeMap<(u64, String), u64> = BTreeMap::new();
    let mut repairs = 0;
    for (_, event) in valid {
        let path = event["path"].as_str().unwrap_or_default();
        match event["type"].as_str() {
            Some("file_opened") => {
                whole = event["op"] != "replace";
                if whole {
                    told.files.insert(path.to_owned(), String::new());
                }
            }
            Some("file_delta") if whole => {
                let text = event["text"].as_str().unwrap_or_default();
                told.files.entry(path.to_owned()).or_default().push_str(text);
            }
            Some("repair_started") => repairs += 1,
            Some("edit_applied") => *applied.entry((repairs, path.to_owned())).or_default() += 1,
            _ => {}
        }
    }
    let twice = applied.into_iter().filter(|(_, count)| *count > 1);
    told.twice = twice.map(|((_, path), count)| format!("{path} {count} times")).collect();
    told.end = log.last().map(|(_, event)| event.clone()).unwrap_or_default();
    told
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_superseded_does_not_count() {
        let log = [
            json!({ "type": "file_opened", "path": "a", "op": "write" }),
            json!({ "type": "file_delta", "path": "a", "text": "on" }),
            json!({ "type": "edit_applied", "path": "a", "index": 0 }),
            json!({ "type": "superseded", "from_seq": 2 }),
            json!({ "type": "file_delta", "path": "a", "text": "two" }),
            json!({ "type": "edit_applied", "path": "a", "index": 0 }),
            json!({ "type": "done" }),
        ];
        let log: Vec<(u64, Value)> = (1..).zip(log).collect();
        let told = told(&log);
        assert_eq!(told.files["a"], "two");
        assert!(told.twice.is_empty());
        assert_eq!(super::told(&log[4..]).end["type"], "done");
    }
}

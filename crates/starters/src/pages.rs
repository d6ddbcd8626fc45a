use std::collections::BTreeMap;

use qv_domain::FilePath;
use serde_json::{Value, json};

use crate::Files;
use crate::change::free_id;
use crate::print::print;

/// The files outside config.json that carry an app's name, with a new one: the page's title, the web app manifest and package.json.
pub(crate) fn retitle(files: &Files, title: &str) -> BTreeMap<FilePath, String> {
    let mut changed = BTreeMap::new();
    for (path, bytes) in files {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        let new = match path.as_str() {
            "index.html" => html_title(text, title),
            "package.json" => json_set(text, &[("name", free_id(title, |_| false))]),
            name if name.ends_with(".webmanifest") || name.ends_with("manifest.json") => {
                let short: String = title.chars().take(12).collect();
                json_set(
                    text,
                    &[("name", title.to_owned()), ("short_name", short.trim_end().to_owned())],
                )
            }
            _ => None,
        };
        if let Some(new) = new.filter(|new| new != text) {
            changed.insert(path.clone(), new);
        }
    }
    changed
}

/// The page with another title; nothing when it has none.
fn html_title(html: &str, title: &str) -> Option<String> {
    let start = html.find("<title>")? + "<title>".len();
    let end = start + html.get(start..)?.find("</title>")?;
    Some(format!("{}{}{}", &html[..start], escape(title), &html[end..]))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn json_set(text: &str, entries: &[(&str, String)]) -> Option<String> {
    let mut value: Value = serde_json::from_str(text).ok()?;
    let map = value.as_object_mut()?;
    for (key, new) in entries {
        if map.contains_key(*key) {
            map.insert((*key).to_owned(), json!(new));
        }
    }
    Some(print(&value))
}

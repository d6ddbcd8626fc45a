use serde_json::Value;

/// The widest line that is not broken up, in characters.
const WIDTH: usize = 180;

/// JSON as a person would write it: short objects and lists on one line, two spaces, a final newline.
/// The starters' own files are written like this, so that an edit shows only what it changed.
pub(crate) fn print(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out.push('\n');
    out
}

fn write(value: &Value, depth: usize, out: &mut String) {
    let short = one_line(value);
    let fits = depth > 0 && depth * 2 + short.chars().count() <= WIDTH && flat(value);
    match value {
        Value::Object(map) if !fits && !map.is_empty() => {
            out.push_str("{\n");
            for (index, (key, item)) in map.iter().enumerate() {
                indent(depth + 1, out);
                out.push_str(&Value::String(key.clone()).to_string());
                out.push_str(": ");
                write(item, depth + 1, out);
                out.push_str(if index + 1 < map.len() { ",\n" } else { "\n" });
            }
            indent(depth, out);
            out.push('}');
        }
        Value::Array(items) if !fits && !items.is_empty() => {
            out.push_str("[\n");
            for (index, item) in items.iter().enumerate() {
                indent(depth + 1, out);
                write(item, depth + 1, out);
                out.push_str(if index + 1 < items.len() { ",\n" } else { "\n" });
            }
            indent(depth, out);
            out.push(']');
        }
        _ => out.push_str(&short),
    }
}

/// Whether a value reads well on one line: no objects inside it, and lists of plain values only.
fn flat(value: &Value) -> bool {
    let plain = |item: &Value| !item.is_object() && !item.is_array();
    match value {
        Value::Object(map) => map.values().all(|item| match item {
            Value::Array(items) => items.iter().all(plain),
            other => plain(other),
        }),
        Value::Array(items) => items.iter().all(plain) && !is_drawing(items),
        _ => true,
    }
}

/// Lines of text that are as long as each other, as a game's level is drawn: one below the other.
fn is_drawing(items: &[Value]) -> bool {
    let length = |item: &Value| item.as_str().map(str::len);
    let first = items.first().and_then(length).unwrap_or(0);
    items.len() > 3 && first > 6 && items.iter().all(|item| length(item) == Some(first))
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let items: Vec<_> = map
                .iter()
                .map(|(key, item)| format!("{}: {}", Value::String(key.clone()), one_line(item)))
                .collect();
            format!("{{ {} }}", items.join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn indent(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

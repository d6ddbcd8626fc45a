//! Keys by the names that people and pages give them.

use serde_json::{Value, json};

const ALT: u32 = 1;
const CONTROL: u32 = 2;
const META: u32 = 4;
const SHIFT: u32 = 8;

/// What is dispatched to press and release a key such as `Enter`, `a` or `Control+k`. `None` for a key that is not known.
pub(crate) fn strokes(name: &str) -> Option<[Value; 2]> {
    let mut modifiers = 0;
    let mut key = name.trim();
    while let Some((modifier, rest)) = key.split_once('+').filter(|(_, rest)| !rest.is_empty()) {
        modifiers |= match modifier.trim().to_ascii_lowercase().as_str() {
            "alt" => ALT,
            "control" | "ctrl" => CONTROL,
            "meta" | "cmd" | "command" => META,
            "shift" => SHIFT,
            _ => return None,
        };
        key = rest.trim();
    }
    let (key, code, number, text) = known(key)?;
    // With these it is a command to the page, and writes nothing.
    let text = if modifiers & (ALT | CONTROL | META) == 0 { text } else { String::new() };
    let mut down = json!({
        "type": if text.is_empty() { "rawKeyDown" } else { "keyDown" },
        "key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers,
    });
    if !text.is_empty() {
        down["text"] = text.into();
    }
    let mut up = down.clone();
    up["type"] = "keyUp".into();
    Some([down, up])
}

/// Key, code, number and text.
fn known(name: &str) -> Option<(String, String, u32, String)> {
    let (key, number, text) = match name.to_ascii_lowercase().as_str() {
        "enter" | "return" => ("Enter", 13, "\r"),
        "tab" => ("Tab", 9, ""),
        "escape" | "esc" => ("Escape", 27, ""),
        "backspace" => ("Backspace", 8, ""),
        "delete" => ("Delete", 46, ""),
        "space" => (" ", 32, " "),
        "arrowleft" | "left" => ("ArrowLeft", 37, ""),
        "arrowup" | "up" => ("ArrowUp", 38, ""),
        "arrowright" | "right" => ("ArrowRight", 39, ""),
        "arrowdown" | "down" => ("ArrowDown", 40, ""),
        "home" => ("Home", 36, ""),
        "end" => ("End", 35, ""),
        "pageup" => ("PageUp", 33, ""),
        "pagedown" => ("PageDown", 34, ""),
        _ => return one(name),
    };
    let code = if key == " " { "Space" } else { key };
    Some((key.to_owned(), code.to_owned(), number, text.to_owned()))
}

/// A key that writes one character.
fn one(name: &str) -> Option<(String, String, u32, String)> {
    let mut chars = name.chars();
    let c = chars.next().filter(|c| !c.is_control() && chars.as_str().is_empty())?;
    let upper = c.to_ascii_uppercase();
    let code = match upper {
        'A'..='Z' => format!("Key{upper}"),
        '0'..='9' => format!("Digit{upper}"),
        _ => String::new(),
    };
    let number = if code.is_empty() { 0 } else { u32::from(upper) };
    Some((c.to_string(), code, number, c.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_by_their_names() {
        let down = |name: &str| strokes(name).map(|[down, _]| down);
        assert_eq!(down("enter").unwrap()["text"], "\r");
        assert_eq!(down("ArrowLeft").unwrap()["code"], "ArrowLeft");
        assert_eq!(down("a").unwrap()["code"], "KeyA");
        assert_eq!(down("Ctrl+k").unwrap()["modifiers"], CONTROL);
        assert_eq!(down("Ctrl+k").unwrap().get("text"), None);
        assert_eq!(down("+").unwrap()["text"], "+");
        assert_eq!(down("Hyper+x"), None);
        assert_eq!(down("F99"), None);
    }
}

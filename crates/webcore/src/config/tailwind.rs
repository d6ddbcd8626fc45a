//! `tailwind.config.*` of Tailwind 3, said in Tailwind 4's CSS.
//!
//! The browser build of Tailwind 4 reads no configuration modules. Most of what generated apps
//! configure are literal theme values, and those have a CSS variable each.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::files::Files;
use crate::script::static_value;

/// Theme keys and the namespaces of their variables.
const NAMESPACES: [(&str, &str); 14] = [
    ("colors", "color"),
    ("fontFamily", "font"),
    ("fontSize", "text"),
    ("fontWeight", "font-weight"),
    ("letterSpacing", "tracking"),
    ("lineHeight", "leading"),
    ("screens", "breakpoint"),
    ("spacing", "spacing"),
    ("maxWidth", "container"),
    ("borderRadius", "radius"),
    ("boxShadow", "shadow"),
    ("animation", "animate"),
    ("blur", "blur"),
    ("transitionTimingFunction", "ease"),
];

/// CSS to put after Tailwind's own import; empty without a configuration.
pub(super) fn theme(files: &Files) -> String {
    let config = ["js", "ts", "cjs", "mjs"].iter().find_map(|extension| {
        let text = files.text(&format!("tailwind.config.{extension}"))?;
        static_value(&text, true)
    });
    config.map(|config| css(&config)).unwrap_or_default()
}

fn css(config: &Value) -> String {
    let mut css = String::new();
    let dark = config.get("darkMode");
    let dark = dark.and_then(|mode| mode.as_str().or_else(|| mode.get(0)?.as_str()));
    if matches!(dark, Some("class" | "selector")) {
        css.push_str("@custom-variant dark (&:where(.dark, .dark *));\n");
    }
    let mut variables = String::new();
    let mut keyframes = String::new();
    for theme in ["/theme", "/theme/extend"] {
        let Some(theme) = config.pointer(theme).and_then(Value::as_object) else { continue };
        for (key, namespace) in NAMESPACES {
            if let Some(values) = theme.get(key).and_then(Value::as_object) {
                declare(&mut variables, &format!("--{namespace}"), values);
            }
        }
        if let Some(frames) = theme.get("keyframes").and_then(Value::as_object) {
            frames.iter().for_each(|(name, frames)| animate(&mut keyframes, name, frames));
        }
    }
    if !variables.is_empty() || !keyframes.is_empty() {
        let _ = writeln!(css, "@theme {{\n{variables}{keyframes}}}");
    }
    css
}

fn declare(css: &mut String, prefix: &str, values: &Map<String, Value>) {
    for (name, value) in values {
        let variable = if name == "DEFAULT" {
            prefix.to_owned()
        } else {
            format!("{prefix}-{}", escaped(name))
        };
        match value {
            Value::Object(nested) => declare(css, &variable, nested),
            Value::Array(list) if prefix == "--text" => {
                list.first().and_then(Value::as_str).inspect(|size| write(css, &variable, size));
            }
            Value::Array(list) => {
                let list: Vec<_> = list.iter().filter_map(Value::as_str).collect();
                write(css, &variable, &list.join(", "));
            }
            Value::String(text) => write(css, &variable, text),
            Value::Number(number) => write(css, &variable, &number.to_string()),
            _ => {}
        }
    }
}

fn write(css: &mut String, variable: &str, value: &str) {
    // A value that would end the declaration is none.
    if !value.is_empty() && !value.contains(['{', '}', ';']) {
        let _ = writeln!(css, "  {variable}: {value};");
    }
}

fn animate(css: &mut String, name: &str, frames: &Value) {
    let Some(frames) = frames.as_object() else { return };
    let _ = writeln!(css, "  @keyframes {} {{", escaped(name));
    for (at, declarations) in frames {
        let _ = writeln!(css, "    {} {{", at.replace(['{', '}', ';'], ""));
        for (property, value) in declarations.as_object().into_iter().flatten() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            write(css, &kebab(property), &value);
        }
        css.push_str("    }\n");
    }
    css.push_str("  }\n");
}

fn escaped(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

fn kebab(property: &str) -> String {
    property.chars().fold(String::new(), |mut text, c| {
        if c.is_ascii_uppercase() {
            text.push('-');
        }
        text.push(c.to_ascii_lowercase());
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_3_theme_becomes_variables() {
        let files = Files::from_texts([(
            "tailwind.config.js",
            "/** @type {import('tailwindcss').Config} */\nexport default { darkMode: 'class',\n\
             content: ['./src/**/*.tsx'], theme: { extend: {\n\
             colors: { brand: { DEFAULT: '#123456', 500: '#abcdef' } },\n\
             fontFamily: { sans: ['Inter', 'sans-serif'] },\n\
             keyframes: { fadeIn: { from: { opacity: 0 }, to: { opacity: '1' } } } } },\n\
             plugins: [require('x')] }",
        )]);
        assert_eq!(
            theme(&files),
            "@custom-variant dark (&:where(.dark, .dark *));\n@theme {\n  --color-brand: \
             #123456;\n  --color-brand-500: #abcdef;\n  --font-sans: Inter, sans-serif;\n  @keyframes \
             fadeIn {\n    from {\n  opacity: 0;\n    }\n    to {\n  opacity: 1;\n    }\n  }\n}\n"
        );
    }
}

//! What a style sheet declares and uses: classes, custom properties, other sheets.

use std::ops::Range;

use qv_domain::FilePath;

use crate::script::Facts;

/// Reads a sheet, or a part of a page that is one. It would rather take something for a class than miss one.
pub(crate) fn read<'a>(
    path: &'a FilePath,
    text: &'a str,
    range: Range<usize>,
    facts: &mut Facts<'a>,
) {
    let styles = &mut facts.styles;
    let (bytes, mut at) = (&text.as_bytes()[..range.end], range.start);
    if range.len() == text.len() {
        styles.sheets.push(path);
    }
    let name_end = |from: usize| {
        let part = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'\\') || *byte >= 0x80
        };
        from + bytes[from..].iter().take_while(|byte| part(byte)).count()
    };
    while at < range.end {
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = text[at + 2..range.end].find("*/").map_or(range.end, |end| at + 2 + end + 2);
            }
            quote @ (b'"' | b'\'') => {
                let close =
                    bytes[at + 1..].iter().position(|byte| *byte == quote || *byte == b'\n');
                at = close.map_or(range.end, |close| at + 1 + close + 1);
            }
            b'@' => {
                let end = name_end(at + 1);
                let rest = text[end..range.end].trim_start();
                match &text[at + 1..end] {
                    "import" => {
                        let inner = rest.trim_start_matches("url(").trim_start_matches(['"', '\'']);
                        let to = inner.find(['"', '\'', ')', ';', '\n']).unwrap_or(inner.len());
                        facts.imports.push((path, inner[..to].to_owned()));
                        styles.tailwind |= inner.starts_with("tailwindcss");
                        styles.foreign |= is_foreign(&inner[..to]);
                    }
                    "tailwind" | "apply" | "theme" => styles.tailwind = true,
                    "utility" => {
                        let to = rest.find(['{', ' ', '\n']).unwrap_or(rest.len());
                        styles.classes.insert(rest[..to].trim_end_matches("-*").to_owned());
                        styles.utilities |= rest[..to].ends_with("-*");
                    }
                    "custom-variant" | "plugin" => {}
                    _ => {}
                }
                at = end.max(at + 1);
            }
            b'.' => {
                let end = name_end(at + 1);
                let begins = bytes.get(at + 1).is_some_and(|byte| {
                    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'\\')
                });
                if begins && end > at + 1 {
                    styles.classes.insert(text[at + 1..end].replace('\\', ""));
                }
                at = end.max(at + 1);
            }
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                let end = name_end(at);
                let name = &text[at..end];
                let before = text[range.start..at].trim_end();
                let after = text[end..range.end].trim_start();
                if before.ends_with("var(") {
                    if !after.starts_with(',') {
                        styles.used.push((path, at, name.to_owned()));
                    }
                } else if after.starts_with(':') || before.ends_with("@property") {
                    styles.declared.insert(name.to_owned());
                }
                at = end.max(at + 1);
            }
            byte if byte.is_ascii_alphanumeric() || byte == b'-' || byte >= 0x80 => {
                at = name_end(at).max(at + 1);
            }
            _ => at += 1,
        }
    }
}

/// Whether a sheet comes from elsewhere, with classes that nobody here knows.
pub(crate) fn is_foreign(specifier: &str) -> bool {
    !specifier.starts_with(['.', '/', '@'])
        && !specifier.starts_with("tailwindcss")
        && !specifier.starts_with("~/")
        || specifier.starts_with("//")
        || (specifier.starts_with('@')
            && !specifier.starts_with("@/")
            && !specifier.starts_with("@tailwindcss/"))
}

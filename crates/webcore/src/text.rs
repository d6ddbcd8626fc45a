//! Positions, code frames and the few encodings that generated code needs.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

/// Line and column, both from 1, the column in UTF-16 code units, of a byte offset.
pub(crate) fn position(text: &str, offset: usize) -> (u32, u32) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before[start..].encode_utf16().count() + 1;
    (clamped(line), clamped(column))
}

fn clamped(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Two lines before, the line itself, a mark under the column, one line after.
pub(crate) fn code_frame(text: &str, line: u32, column: u32) -> String {
    /// Wider lines are minified code: they are cut around the column.
    const WIDTH: usize = 120;
    let mut frame = String::new();
    let first = line.saturating_sub(2).max(1);
    let lines = text.lines().enumerate().skip(first as usize - 1).take((line + 2 - first) as usize);
    let skip = (column as usize).saturating_sub(WIDTH - 20);
    for (index, content) in lines {
        let number = index + 1;
        let marker = if number == line as usize { '>' } else { ' ' };
        let shown: String = content.chars().skip(skip).take(WIDTH).collect();
        let _ = writeln!(frame, "{marker} {number:>4} | {}", shown.replace('\t', " "));
        if number == line as usize {
            let _ = writeln!(frame, "       | {}^", " ".repeat(column as usize - 1 - skip));
        }
    }
    frame.truncate(frame.trim_end().len());
    frame
}

/// A JavaScript (and JSON) string literal.
pub(crate) fn quoted(text: &str) -> String {
    json(text)
}

/// JSON; what cannot be JSON (it does not occur in our types) becomes `null`.
pub(crate) fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// JSON that may stand inside an inline `<script>`: no `<`, so neither `</script` nor `<!--`.
pub(crate) fn json_in_html(value: &(impl Serialize + ?Sized)) -> String {
    json(value).replace('<', "\\u003c")
}

/// A file's path as a URL path, without the leading slash.
pub(crate) fn url_path(path: &str) -> String {
    const KEPT: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b'<')
        .add(b'>')
        .add(b'?')
        .add(b'\'')
        .add(b'(')
        .add(b')')
        .add(b'\\');
    utf8_percent_encode(path, KEPT).to_string()
}

/// Whether a name may be written as it is in `import {name}` or `const name`.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c == '_' || c == '$' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c == '$' || c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_one_in_utf16() {
        assert_eq!(position("ab\ncd", 4), (2, 2));
        assert_eq!(position("😀x", 4), (1, 3));
        assert_eq!(position("é", 1), (1, 1));
        assert_eq!(position("a", 99), (1, 2));
    }

    #[test]
    fn a_frame_marks_the_column() {
        let frame = code_frame("one\ntwo\nthree\nfour", 3, 2);
        assert_eq!(frame, "     1 | one\n     2 | two\n>    3 | three\n       |  ^\n     4 | four");
    }

    #[test]
    fn json_in_html_cannot_close_a_script() {
        assert_eq!(json_in_html("</script><!--"), "\"\\u003c/script>\\u003c!--\"");
    }
}

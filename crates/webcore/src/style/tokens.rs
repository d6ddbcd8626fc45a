//! CSS tokens, as far as they matter here: a flat pass that cannot recurse or fail.

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Space,
    Comment {
        closed: bool,
    },
    /// Range without quotes: [`Token::inside`].
    String {
        closed: bool,
    },
    /// `url(x)` without quotes; the range inside is the URL.
    Url,
    /// `name(`.
    Function,
    /// `@name`.
    At,
    Ident,
    /// Any other single character.
    Delim(u8),
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
    /// The part that says something: without quotes, `@`, `(`.
    pub inside: Range<usize>,
}

pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokens<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn past(&self, mut at: usize, keep: impl Fn(u8) -> bool) -> usize {
        while at < self.text.len() && keep(self.byte(at)) {
            at += 1;
        }
        at
    }

    /// The end of a name that starts at `at`, escapes included.
    fn name_end(&self, mut at: usize) -> usize {
        loop {
            at = self.past(at, is_name);
            if self.byte(at) == b'\\' && at + 1 < self.text.len() && self.byte(at + 1) != b'\n' {
                at = self.after_char(at + 1);
            } else {
                return at;
            }
        }
    }

    fn after_char(&self, at: usize) -> usize {
        at + self.text[at..].chars().next().map_or(1, char::len_utf8)
    }

    fn string(&self, start: usize, quote: u8) -> Token {
        let mut at = start + 1;
        while at < self.text.len() {
            match self.byte(at) {
                byte if byte == quote => {
                    return token(Kind::String { closed: true }, start..at + 1, start + 1..at);
                }
                b'\n' => break,
                b'\\' if at + 1 < self.text.len() => at = self.after_char(at + 1),
                _ => at += 1,
            }
        }
        token(Kind::String { closed: false }, start..at, start + 1..at)
    }

    /// A name, a function, or an unquoted `url(…)`.
    fn name(&self, start: usize) -> Token {
        let end = self.name_end(start);
        if self.byte(end) != b'(' {
            return token(Kind::Ident, start..end, start..end);
        }
        if self.text[start..end].eq_ignore_ascii_case("url") {
            let inside = self.past(end + 1, |byte| byte.is_ascii_whitespace());
            if !matches!(self.byte(inside), b'"' | b'\'') {
                let close = self.past(inside, |byte| !matches!(byte, b')' | b'\n'));
                let url = self.text[inside..close].trim_end();
                let range = start..(close + 1).min(self.text.len());
                return token(Kind::Url, range, inside..inside + url.len());
            }
        }
        token(Kind::Function, start..end + 1, start..end)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        if start >= self.text.len() {
            return None;
        }
        let next = self.byte(start + 1);
        let token = match self.byte(start) {
            byte if byte.is_ascii_whitespace() => {
                let end = self.past(start, |byte| byte.is_ascii_whitespace());
                token(Kind::Space, start..end, start..end)
            }
            b'/' if next == b'*' => {
                let close = self.text[start + 2..].find("*/");
                let end = close.map_or(self.text.len(), |at| start + 2 + at + 2);
                token(Kind::Comment { closed: close.is_some() }, start..end, start..end)
            }
            quote @ (b'"' | b'\'') => self.string(start, quote),
            b'@' if is_name_start(next) => {
                let end = self.name_end(start + 1);
                token(Kind::At, start..end, start + 1..end)
            }
            byte if is_name_start(byte) || (byte == b'\\' && next != b'\n' && next != 0) => {
                self.name(start)
            }
            byte if byte.is_ascii_digit() => {
                // Numbers with their units, so that `2.5` has no dot of its own.
                let end = self.past(start, |byte| is_name(byte) || matches!(byte, b'.' | b'%'));
                token(Kind::Ident, start..end, start..end)
            }
            byte => token(Kind::Delim(byte), start..start + 1, start..start + 1),
        };
        self.at = token.range.end;
        Some(token)
    }
}

const fn token(kind: Kind, range: Range<usize>, inside: Range<usize>) -> Token {
    Token { kind, range, inside }
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || byte >= 0x80
}

pub(super) const fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_') || byte >= 0x80
}

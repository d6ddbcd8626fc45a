//! Keys, tokens and passwords in an app's files, which everybody who opens the app can read.
//!
//! Sure, because a key counts by how its service makes them and only when the rest looks drawn by lot; a password
//! counts when it is given to a name that says so and is no word. What is told never holds any of it.

use base64::Engine as _;
use qv_domain::{FilePath, KNOWN_KEYS, KeyReach, KnownKey};
use serde_json::Value;

use crate::App;
use crate::found::{Level, Place, Rule, Sink, Topic};

const fn rule(name: &'static str, level: Level) -> Rule {
    Rule(name, Topic::Secret, level)
}

/// Longer lines are data or minified code; of these only the beginning is read.
const LINE_BYTES: usize = 4_000;
/// A private key is shorter.
const KEY_BYTES: usize = 8_000;
const REMEDY: &str = "Revoke it where it was made, then keep the new one out of the app: in an environment variable of a server \
                      that asks for you.";
const PUBLIC_REMEDY: &str =
    "Nothing, as long as it is the public one: limit at its service what it may do and from where.";

/// What stands for a value that somebody is to fill in.
const PLACEHOLDERS: &[&str] = &[
    "your",
    "xxx",
    "example",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "replace",
    "insert",
    "dummy",
    "sample",
    "todo",
    "here",
    "...",
    "***",
    "<",
    "0123456789abcdef",
    "1234567890",
    "abcdefgh",
    "fake",
];

/// Names whose values are secrets, as the end of a name without signs.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "secretkey",
    "privatekey",
    "accesskey",
    "authtoken",
    "accesstoken",
];

pub(crate) fn judge(app: &App<'_>, sink: &mut Sink) {
    for (path, text) in app.texts() {
        if path.name().ends_with("-lock.json")
            || path.name().ends_with(".lock")
            || path.as_str().starts_with("node_modules/")
        {
            continue;
        }
        private_keys(path, text, sink);
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let mut end = line.len().min(LINE_BYTES);
            while !line.is_char_boundary(end) {
                end -= 1;
            }
            let line_of = Line { path, text, offset, line: &line[..end] };
            line_of.keys(sink);
            line_of.address(sink);
            line_of.assignment(sink);
            offset += line.len();
        }
    }
}

struct Line<'l> {
    path: &'l FilePath,
    text: &'l str,
    offset: usize,
    line: &'l str,
}

impl<'l> Line<'l> {
    const fn place(&self, at: usize) -> Place<'l> {
        Place { path: self.path, text: self.text, offset: self.offset + at }
    }

    fn keys(&self, sink: &mut Sink) {
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '/');
        let mut at = 0;
        for word in self.line.split(|c| !part(c)) {
            let start = at;
            at += word.len();
            at += self.line[at..].chars().next().map_or(0, char::len_utf8);
            let known = KNOWN_KEYS.iter().find(|key| word.starts_with(key.prefix));
            if let Some(key) = known
                && word.len() >= key.chars
                && is_drawn(&word[key.prefix.len()..])
                && !is_placeholder(word)
            {
                self.key(key, word, start, sink);
            }
        }
    }

    fn key(&self, key: &KnownKey, word: &str, at: usize, sink: &mut Sink) {
        let place = self.place(at);
        let service = key.service;
        if key.prefix == "eyJ" {
            return signed_token(word, place, sink);
        }
        // Firebase's web configuration and maps are made to be public.
        let is_web = key.prefix == "AIza"
            && ["firebase", "authDomain", "maps.google"]
                .iter()
                .any(|word| self.text.contains(word));
        match key.reach {
            KeyReach::Public => sink.at(
                rule("public-key", Level::Note),
                place,
                format!("A publishable key of {service} stands in this file."),
                PUBLIC_REMEDY,
            ),
            KeyReach::Unknown if is_web => sink.at(
                rule("public-key", Level::Note),
                place,
                "A web key of Google stands in this file.",
                PUBLIC_REMEDY,
            ),
            KeyReach::Unknown if key.prefix != "AIza" => sink.at(
                rule("secret", Level::Warning),
                place,
                format!("What looks like a key of {service} stands in this file."),
                REMEDY,
            ),
            _ => {
                let level =
                    if key.prefix.contains("test") { Level::Warning } else { Level::Critical };
                let message = format!(
                    "A secret key of {service} stands in this file: everybody who opens the app can use it."
                );
                sink.at(rule("secret", level), place, message, REMEDY);
            }
        }
    }

    /// `scheme://user:password@host`
    fn address(&self, sink: &mut Sink) {
        let Some(at) = self.line.find("://") else { return };
        let rest = &self.line[at + 3..];
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`' | '?' | '#'))
            .unwrap_or(rest.len());
        let Some((user, host)) = rest[..end].rsplit_once('@') else { return };
        let Some((_, password)) = user.split_once(':') else { return };
        let local = ["localhost", "127.0.0.1", "db", "postgres", "mysql", "redis", "host"]
            .iter()
            .any(|name| host.split(':').next() == Some(name));
        if password.len() < 4
            || is_placeholder(password)
            || password.contains(['$', '{', '%'])
            || local
            || password == "password"
            || password == "pass"
        {
            return;
        }
        let message = "An address with a password stands in this file: everybody who opens the app can use it.";
        sink.at(rule("secret", Level::Critical), self.place(at), message, REMEDY);
    }

    /// `password = "…"`, `apiKey: '…'`, and `NAME=…` in files of environment variables.
    fn assignment(&self, sink: &mut Sink) {
        let is_environment =
            self.path.name().starts_with(".env") && !self.path.name().contains("example");
        for (at, sign) in self.line.char_indices().filter(|(_, c)| matches!(c, '=' | ':')) {
            let name = self.line[..at].trim_end().trim_end_matches(['"', '\'']);
            let name: String = name
                .chars()
                .rev()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
                .collect();
            let name: String = name
                .chars()
                .rev()
                .filter(|c| c.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect();
            if !NAMES.iter().any(|secret| name.ends_with(secret)) {
                continue;
            }
            let rest = self.line[at + sign.len_utf8()..].trim_start();
            let value = match rest.chars().next() {
                Some(quote @ ('"' | '\'' | '`')) => {
                    rest[1..].split(quote).next().unwrap_or_default()
                }
                Some(_) if is_environment => rest.trim_end(),
                _ => continue,
            };
            if !is_password(value)
                || is_placeholder(value)
                || KNOWN_KEYS.iter().any(|key| value.starts_with(key.prefix))
            {
                continue;
            }
            let drawn = value.len() >= 20 && is_drawn(value);
            let level = if drawn { Level::Critical } else { Level::Warning };
            let message = "A password or key is written out in this file: everybody who opens the app can read it.";
            sink.at(rule("secret-value", level), self.place(at), message, REMEDY);
            return;
        }
    }
}

/// A token of three parts: who it stands for is written in it.
fn signed_token(word: &str, place: Place<'_>, sink: &mut Sink) {
    let mut parts = word.split('.');
    let (Some(_), Some(payload), Some(_)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let Ok(bytes) =
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload.trim_end_matches('='))
    else {
        return;
    };
    let Ok(claims) = serde_json::from_slice::<Value>(&bytes) else { return };
    match claims.get("role").and_then(Value::as_str) {
        Some("anon") => sink.at(
            rule("public-key", Level::Note),
            place,
            "The public key of a Supabase project stands in this file.",
            "Nothing, as long as row level security is on for every table.",
        ),
        Some("service_role") => sink.at(
            rule("secret", Level::Critical),
            place,
            "The service key of a Supabase project stands in this file: it passes every rule of the database.",
            REMEDY,
        ),
        _ => sink.at(rule("secret", Level::Warning), place, "A signed token stands in this file: whoever reads it can act by it.", REMEDY),
    }
}

fn private_keys(path: &FilePath, text: &str, sink: &mut Sink) {
    for (at, _) in text.match_indices("-----BEGIN ") {
        let mut end = (at + KEY_BYTES).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let rest = &text[at..end];
        let Some(body) = rest
            .split_once("PRIVATE KEY-----")
            .filter(|(head, _)| head.len() < 40)
            .map(|(_, body)| body)
        else {
            continue;
        };
        let body = body.split("-----END").next().unwrap_or_default();
        let letters = body.chars().filter(char::is_ascii_alphanumeric).take(100).count();
        if letters >= 64 {
            let message =
                "A private key stands in this file: everybody who opens the app can use it.";
            sink.at(
                rule("secret", Level::Critical),
                Place { path, text, offset: at },
                message,
                REMEDY,
            );
        }
    }
}

/// Whether a text looks drawn by lot: many different characters, digits among letters.
fn is_drawn(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let mut different: Vec<u8> = text.bytes().collect();
    different.sort_unstable();
    different.dedup();
    digits >= 2 && letters >= 4 && different.len() >= 10
}

fn is_placeholder(text: &str) -> bool {
    let lower = text.to_lowercase();
    PLACEHOLDERS.iter().any(|word| lower.contains(word))
}

/// Whether a value may be a password: not a word, an address, a path or an expression.
fn is_password(value: &str) -> bool {
    let digit = value.chars().any(|c| c.is_ascii_digit());
    let letter = value.chars().any(char::is_alphabetic);
    (8..=200).contains(&value.chars().count())
        && digit
        && letter
        && !value.contains(char::is_whitespace)
        && !value.contains(['{', '}', '(', ')', '/', '$', '<', '>'])
}

//! Finds the tags of a page that matter.

use std::collections::{BTreeMap, BTreeSet};

use html5gum::emitters::default::{DefaultEmitter, StartTag};
use html5gum::{Token, Tokenizer};
use serde_json::Value;

use super::{Page, Tag, TagKind};

/// More tags than these are left as they are written.
const MAX_TAGS: usize = 2_000;

/// Scans a page. Any text is a page.
pub(crate) fn scan(text: &str) -> Page {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut scanner =
        Scanner { text, page: Page::default(), place: Place::Start, inline: 0, open: None };
    // A byte order mark stays the first thing in the page.
    scanner.page.insert_at = text.len() - text.trim_start_matches('\u{FEFF}').len();
    for token in Tokenizer::new_with_emitter(text, emitter).flatten() {
        scanner.token(&token);
    }
    scanner.page
}

/// How far the search for the head has come.
#[derive(PartialEq, Eq)]
enum Place {
    /// Only doctype, comments, white space and `<html>` so far.
    Start,
    /// The place is known.
    Found,
}

struct Scanner<'t> {
    text: &'t str,
    page: Page,
    place: Place,
    inline: u32,
    /// A script or style element whose text is being read, and where the text starts.
    open: Option<(BTreeMap<String, String>, usize, usize)>,
}

impl Scanner<'_> {
    fn token(&mut self, token: &Token<usize>) {
        match token {
            Token::StartTag(tag) => self.start_tag(tag),
            Token::EndTag(tag) if matches!(&**tag.name, b"script") => {
                if let Some((attributes, start, inside)) = self.open.take() {
                    let end = tag.span.start.clamp(inside, self.text.len());
                    self.script_text(attributes, start, inside..end);
                }
            }
            Token::Doctype(doctype) if self.place == Place::Start => {
                self.page.insert_at = self.end(doctype.span.end);
            }
            // Text opens the body: what comes after is no head any more.
            Token::String(string) if !string.value.iter().all(u8::is_ascii_whitespace) => {
                self.place = Place::Found;
            }
            _ => {}
        }
    }

    /// A span's end, made safe to cut at.
    fn end(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        at
    }

    fn start_tag(&mut self, tag: &StartTag<usize>) {
        let name: &[u8] = &tag.name;
        let end = self.end(tag.span.end);
        if self.place == Place::Start {
            match name {
                b"html" => self.page.insert_at = end,
                b"head" => {
                    self.page.insert_at = end;
                    self.place = Place::Found;
                }
                _ => self.place = Place::Found,
            }
        }
        let utf8 = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let attributes: BTreeMap<_, _> =
            tag.attributes.iter().map(|(name, value)| (utf8(name), utf8(value))).collect();
        let start = tag.span.start.min(end);
        match name {
            b"script" => self.script(attributes, start, end),
            b"style" => {
                self.page.tailwind |=
                    attributes.get("type").is_some_and(|kind| kind == "text/tailwindcss");
            }
            b"link" => self.link(attributes, start, end),
            _ if attributes.iter().any(|(name, value)| is_rooted(name, value)) => {
                self.push(start..end, TagKind::Rooted, attributes);
            }
            _ => {}
        }
    }

    fn push(
        &mut self,
        range: std::ops::Range<usize>,
        kind: TagKind,
        attributes: BTreeMap<String, String>,
    ) {
        if self.page.tags.len() < MAX_TAGS && self.text.is_char_boundary(range.start) {
            self.page.tags.push(Tag { range, kind, attributes });
        }
    }

    fn script(&mut self, attributes: BTreeMap<String, String>, start: usize, end: usize) {
        let Some(source) = attributes.get("src") else {
            self.open = Some((attributes, start, end));
            return;
        };
        let kind = if is_tailwind(source) {
            self.page.tailwind = true;
            TagKind::Tailwind
        } else if is_module(&attributes) {
            TagKind::Module(relative(source))
        } else if is_remote(source) {
            return;
        } else {
            TagKind::Classic(relative(source))
        };
        self.push(start..end, kind, attributes);
    }

    fn script_text(
        &mut self,
        attributes: BTreeMap<String, String>,
        start: usize,
        inside: std::ops::Range<usize>,
    ) {
        let text = &self.text[inside.clone()];
        let kind = attributes.get("type").map(String::as_str).unwrap_or_default();
        if kind.eq_ignore_ascii_case("importmap") {
            self.page.import_map.extend(import_map(text));
        } else if is_module(&attributes) {
            self.inline += 1;
            let end = inside.end;
            self.push(start..end, TagKind::Inline(self.inline, inside), attributes);
        } else if text.contains("tailwind.config") && self.page.tailwind {
            let end = inside.end;
            self.push(start..end, TagKind::TailwindConfig, attributes);
        }
    }

    fn link(&mut self, attributes: BTreeMap<String, String>, start: usize, end: usize) {
        let relations =
            attributes.get("rel").map(|rel| rel.to_ascii_lowercase()).unwrap_or_default();
        let is_style = relations.split_ascii_whitespace().any(|one| one == "stylesheet");
        match attributes.get("href") {
            Some(href) if is_style && !is_remote(href) => {
                let specifier = relative(href);
                self.push(start..end, TagKind::StyleSheet(specifier), attributes);
            }
            Some(href) if is_rooted("href", href) => {
                self.push(start..end, TagKind::Rooted, attributes);
            }
            _ => {}
        }
    }
}

fn is_module(attributes: &BTreeMap<String, String>) -> bool {
    attributes.get("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("module"))
}

fn is_remote(url: &str) -> bool {
    ["http:", "https:", "data:", "blob:", "//"].iter().any(|scheme| url.trim().starts_with(scheme))
}

fn is_tailwind(source: &str) -> bool {
    source.contains("cdn.tailwindcss.com") || source.contains("@tailwindcss/browser")
}

pub(super) fn is_rooted(name: &str, value: &str) -> bool {
    matches!(name, "src" | "href" | "poster" | "action" | "data")
        && value.starts_with('/')
        && !value.starts_with("//")
}

/// HTML's `main.js` is what an import calls `./main.js`.
fn relative(url: &str) -> String {
    let url = url.trim();
    let url = url.split('#').next().unwrap_or(url);
    if url.starts_with(['/', '.']) || is_remote(url) { url.to_owned() } else { format!("./{url}") }
}

fn import_map(text: &str) -> BTreeSet<String> {
    let map: Value = serde_json::from_str(text).unwrap_or_default();
    let imports = map.get("imports").and_then(Value::as_object);
    imports.into_iter().flat_map(|imports| imports.keys().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page with a mark where the client goes.
    fn marked(text: &str) -> String {
        let at = scan(text).insert_at;
        format!("{}|{}", &text[..at], &text[at..])
    }

    #[test]
    fn the_head_is_found_as_a_browser_finds_it() {
        for (text, expected) in [
            (
                "<!doctype html><html><head><title>x</title>",
                "<!doctype html><html><head>|<title>x</title>",
            ),
            ("<HTML lang=en>\n<HEAD profile='>'>\n", "<HTML lang=en>\n<HEAD profile='>'>|\n"),
            (
                "<!-- <head> --><!DOCTYPE html><body><head>",
                "<!-- <head> --><!DOCTYPE html>|<body><head>",
            ),
            ("<!doctype html><header>x</header>", "<!doctype html>|<header>x</header>"),
            ("text <head>", "|text <head>"),
            ("<html><script>'<head>'</script><head>", "<html>|<script>'<head>'</script><head>"),
            ("\u{FEFF}<p>", "\u{FEFF}|<p>"),
            ("", "|"),
        ] {
            assert_eq!(marked(text), expected);
        }
    }

    #[test]
    fn scripts_and_style_sheets_are_told_apart() {
        let page = scan(
            "<head><link rel=\"Stylesheet icon\" href=a.css><link rel=icon href=/i.png>\
             <script src=app.js></script><script type=Module src=/src/main.tsx></script>\
             <script type=module>import 'x' // </scr\n</script>\
             <script type=importmap>{\"imports\":{\"three\":\"https://x/three.js\"}}</script>\
             <!-- <script type=module src=no.js></script> -->\
             <script src=https://cdn.tailwindcss.com></script>\
             <script>tailwind.config = {}</script><script>var x = '<script type=module src=no.js>'</script>",
        );
        let kinds: Vec<_> = page.tags.iter().map(|tag| tag.kind.clone()).collect();
        let [.., TagKind::Inline(1, _), TagKind::Tailwind, TagKind::TailwindConfig] = &kinds[..]
        else {
            panic!("{kinds:?}")
        };
        assert_eq!(
            kinds[..4],
            [
                TagKind::StyleSheet("./a.css".into()),
                TagKind::Rooted,
                TagKind::Classic("./app.js".into()),
                TagKind::Module("/src/main.tsx".into()),
            ]
        );
        assert_eq!(kinds.len(), 7);
        assert!(page.import_map.contains("three"));
        assert!(page.tailwind);
    }
}

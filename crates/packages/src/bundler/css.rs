//! Style sheets of packages: their imports become files of their own, their images and fonts are
//! copied beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::assets::{self, Kind};
use super::route::{Route, route};
use crate::graph::Graph;
use crate::lock::Warning;

/// The largest style sheet or file taken from a package, in bytes.
const BYTES: u64 = 8 << 20;
/// The most style sheets of one bundle.
const SHEETS: usize = 200;

/// Style sheets as they are found.
pub(super) struct Sheets<'a> {
    graph: &'a Graph,
    /// Output file -> bytes.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// Source path -> the output files that stand for it, in order.
    done: BTreeMap<PathBuf, Vec<String>>,
    under_way: BTreeSet<PathBuf>,
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Sheets<'a> {
    pub(super) fn new(graph: &'a Graph) -> Self {
        Self {
            graph,
            files: BTreeMap::new(),
            done: BTreeMap::new(),
            under_way: BTreeSet::new(),
            warnings: Vec::new(),
        }
    }

    /// Takes a sheet and what it imports; answers the output files, in the order to be linked.
    pub(super) fn take(&mut self, path: &Path) -> Vec<String> {
        if let Some(done) = self.done.get(path) {
            return done.clone();
        }
        let Some(owner) = self.graph.owner(path) else { return Vec::new() };
        // A sheet that imports itself, by whatever way, is taken once.
        if self.done.len() >= SHEETS || !self.under_way.insert(path.to_owned()) {
            return Vec::new();
        }
        let Some(text) = read(path).and_then(|bytes| String::from_utf8(bytes).ok()) else {
            self.warn(owner, "a style sheet is missing, too large or not UTF-8");
            return Vec::new();
        };
        let mut output = Vec::new();
        let mut css = String::with_capacity(text.len());
        for piece in pieces(&text) {
            match piece {
                Piece::Text(text) => css.push_str(text),
                Piece::Import { url, conditions: "", .. } if !is_web(url) => {
                    match self.find(owner, path, url) {
                        Some(sheet) => output.extend(self.take(&sheet)),
                        None => self.warn(
                            owner,
                            &format!("a style sheet imports `{url}`, which is not there"),
                        ),
                    }
                }
                Piece::Import { whole, .. } => css.push_str(whole),
                Piece::Url { url, whole } => match self.copy(owner, path, url) {
                    Some(file) => css.push_str(&format!("url(\"{file}\")")),
                    None => css.push_str(whole),
                },
            }
        }
        if !css.trim().is_empty() {
            output.push(self.put(path, css.into_bytes()));
        }
        let mut once = BTreeSet::new();
        output.retain(|file| once.insert(file.clone()));
        self.done.insert(path.to_owned(), output.clone());
        output
    }

    /// Copies an image or font; `None` leaves the address as it is.
    fn copy(&mut self, owner: usize, sheet: &Path, url: &str) -> Option<String> {
        let url = url.split(['?', '#']).next().filter(|u| !u.is_empty() && !is_web(u))?;
        let path = self.find(owner, sheet, url)?;
        if assets::kind(&path) != Kind::File {
            return None;
        }
        let bytes = read(&path)?;
        Some(self.put(&path, bytes))
    }

    fn put(&mut self, path: &Path, bytes: Vec<u8>) -> String {
        let hash = hex::encode(&Sha256::digest(&bytes)[..6]);
        let part = |text: Option<&std::ffi::OsStr>| {
            let text = text.and_then(|t| t.to_str()).unwrap_or_default();
            let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
            text.chars().filter(plain).take(60).collect::<String>()
        };
        let file = format!("_{}-{hash}.{}", part(path.file_stem()), part(path.extension()));
        self.files.insert(file.clone(), bytes);
        file
    }

    /// Where `url`, written in `sheet`, leads: beside it, or into a declared package.
    fn find(&self, owner: usize, sheet: &Path, url: &str) -> Option<PathBuf> {
        let (package, path) = match beside(sheet, url).filter(|p| p.is_file()) {
            Some(path) => (owner, path),
            None => match route(self.graph, Some(owner), url.trim_start_matches('~')) {
                Route::In { package, .. } => {
                    let (_, sub) = crate::spec::split_specifier(url.trim_start_matches('~'))?;
                    (package, beside(&self.graph.nodes[package].folder.join("_"), sub)?)
                }
                _ => return None,
            },
        };
        (self.graph.owner(&path) == Some(package)).then_some(path)
    }

    fn warn(&mut self, owner: usize, message: &str) {
        let package = self.graph.nodes[owner].id.to_string();
        self.warnings.push(Warning { message: format!("{package}: {message}"), package });
    }
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let fits = std::fs::metadata(path).ok()?.len() <= BYTES;
    fits.then(|| std::fs::read(path).ok()).flatten()
}

/// Joins lexically, so that the result has no `..` in it.
fn beside(file: &Path, url: &str) -> Option<PathBuf> {
    let mut path = file.parent()?.to_owned();
    for part in url.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    (!url.starts_with('/')).then_some(path)
}

fn is_web(url: &str) -> bool {
    url.starts_with("//")
        || url.starts_with('#')
        || url.split(['/', '?']).next().is_some_and(|s| s.contains(':'))
}

#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Import { url: &'a str, conditions: &'a str, whole: &'a str },
    Url { url: &'a str, whole: &'a str },
}

/// Cuts a sheet at its `@import` rules and `url()`s, outside comments and strings.
fn pieces(css: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut at, mut start) = (0, 0);
    while at < css.len() {
        let rest = &css[at..];
        let (piece, len) = if rest.starts_with("/*") {
            (None, rest.find("*/").map_or(rest.len(), |end| end + 2))
        } else if rest.starts_with(['"', '\'']) {
            (None, string_len(rest))
        } else if starts_ignoring_case(rest, "@import") {
            let piece = import(rest);
            let len = piece.as_ref().map_or(1, |(_, len)| *len);
            (piece.map(|(piece, _)| piece), len)
        } else if starts_ignoring_case(rest, "url(") {
            let len = rest.find(')').map_or(rest.len(), |end| end + 1);
            let whole = &rest[..len];
            let inner = whole[4..].trim_end_matches(')').trim();
            (Some(Piece::Url { url: inner.trim_matches(['"', '\'']), whole }), len)
        } else {
            (None, rest.chars().next().map_or(1, char::len_utf8))
        };
        if let Some(piece) = piece {
            if start < at {
                pieces.push(Piece::Text(&css[start..at]));
            }
            pieces.push(piece);
            start = at + len;
        }
        at += len;
    }
    if start < css.len() {
        pieces.push(Piece::Text(&css[start..]));
    }
    pieces
}

fn starts_ignoring_case(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn string_len(text: &str) -> usize {
    let quote = text.as_bytes()[0];
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            byte if byte == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `@import "x" conditions;` or `@import url(x) conditions;`.
fn import(text: &str) -> Option<(Piece<'_>, usize)> {
    let after = text["@import".len()..].trim_start();
    let head = text.len() - after.len();
    let (url, url_len) = if after.starts_with(['"', '\'']) {
        let len = string_len(after);
        (after[..len].trim_matches(['"', '\'']), len)
    } else if starts_ignoring_case(after, "url(") {
        let len = after.find(')')? + 1;
        (after[4..len - 1].trim().trim_matches(['"', '\'']), len)
    } else {
        return None;
    };
    let rest = &after[url_len..];
    let end = rest.find(';').unwrap_or(rest.len());
    let len = head + url_len + (end + 1).min(rest.len());
    Some((Piece::Import { url, conditions: rest[..end].trim(), whole: &text[..len] }, len))
}

//! An app's files.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use qv_domain::FilePath;
use serde_json::Value;

use crate::limits::{MAX_SEARCHED_BYTES, MAX_TEXT_BYTES, MAX_TOTAL_BYTES};

/// The files of one app, as they are looked at.
#[derive(Debug, Default)]
pub struct App<'a> {
    /// By path.
    texts: BTreeMap<&'a str, (&'a FilePath, &'a str)>,
    others: BTreeMap<&'a str, &'a FilePath>,
    /// Some text is too large to be read: nothing can be said to be nowhere.
    partial: bool,
    bytes: usize,
    /// Bytes that were searched for words so far.
    searched: Cell<usize>,
}

impl<'a> App<'a> {
    /// An app of these texts, and of these files that are not text. Texts beyond the [`limits`](crate::limits) are known
    /// to be there and are not read.
    pub fn new(
        texts: impl IntoIterator<Item = (&'a FilePath, &'a str)>,
        others: impl IntoIterator<Item = &'a FilePath>,
    ) -> Self {
        let others = others.into_iter().map(|path| (path.as_str(), path)).collect();
        let mut app = Self { others, ..Self::default() };
        let mut total = 0;
        for (path, text) in texts {
            total += text.len();
            if text.len() > MAX_TEXT_BYTES || total > MAX_TOTAL_BYTES {
                app.others.insert(path.as_str(), path);
                // A lock file says nothing about the app.
                app.partial |= !is_lock(path);
            } else {
                app.bytes += text.len();
                app.texts.insert(path.as_str(), (path, text));
            }
        }
        app
    }

    /// The texts, by path.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&'a FilePath, &'a str)> + '_ {
        self.texts.values().copied()
    }

    /// Whether all texts may be searched once more.
    pub(crate) fn may_search(&self) -> bool {
        self.searched.set(self.searched.get().saturating_add(self.bytes));
        self.searched.get() <= MAX_SEARCHED_BYTES
    }

    /// Whether every text was read.
    pub(crate) const fn is_whole(&self) -> bool {
        !self.partial
    }

    /// The text of a file.
    pub(crate) fn text(&self, path: &str) -> Option<&'a str> {
        self.texts.get(path).map(|(_, text)| *text)
    }

    /// Whether there is a file of this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.texts.contains_key(path) || self.others.contains_key(path)
    }

    /// The names of packages in `package.json`; `None` when it is missing or broken.
    pub(crate) fn packages(&self) -> Option<BTreeSet<String>> {
        let manifest: Value = serde_json::from_str(self.text("package.json")?).ok()?;
        let lists = ["dependencies", "devDependencies"].iter().filter_map(|key| manifest.get(key));
        Some(lists.filter_map(Value::as_object).flat_map(|list| list.keys().cloned()).collect())
    }

    /// What a script means by a path: a file of the app. `None` for packages, addresses and what is not there.
    pub(crate) fn resolve(&self, from: &FilePath, specifier: &str) -> Option<&'a FilePath> {
        let specifier = specifier.split(['?', '#']).next().unwrap_or_default();
        let path = if let Some(rest) = specifier.strip_prefix('/') {
            rest.to_owned()
        } else if let Some(rest) =
            specifier.strip_prefix("@/").or_else(|| specifier.strip_prefix("~/"))
        {
            format!("src/{rest}")
        } else if specifier.starts_with("./") || specifier.starts_with("../") {
            joined(from, specifier)?
        } else {
            return None;
        };
        const ENDS: [&str; 15] = [
            "",
            ".tsx",
            ".ts",
            ".jsx",
            ".js",
            ".mjs",
            ".vue",
            ".svelte",
            ".json",
            ".css",
            "/index.tsx",
            "/index.ts",
            "/index.jsx",
            "/index.js",
            "/index.css",
        ];
        ENDS.iter().find_map(|end| {
            let path = format!("{path}{end}");
            let text = self.texts.get(path.as_str()).map(|(path, _)| *path);
            text.or_else(|| self.others.get(path.as_str()).copied())
        })
    }
}

fn is_lock(path: &FilePath) -> bool {
    ["package-lock.json", "yarn.lock", "pnpm-lock.yaml"].contains(&path.name())
}

/// The path that `specifier` names beside the file `from`; `None` when it leaves the app.
pub(crate) fn joined(from: &FilePath, specifier: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.as_str().split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

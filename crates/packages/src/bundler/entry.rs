//! What the app imports, as entries of the bundle.

use std::collections::BTreeSet;

use crate::bundle::UsedExports;

/// How entries that pick exports are named to the bundler.
pub(super) const PICKED: &str = "\0qv-entry:";

/// One import of the app.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) specifier: String,
    pub(crate) used: UsedExports,
    /// The file's name without its ending.
    pub(crate) file: String,
}

impl Entry {
    /// Entries with file names of their own: `react-dom/client` -> `react-dom__client`.
    pub(crate) fn all<'a>(
        wanted: impl IntoIterator<Item = (&'a String, &'a UsedExports)>,
    ) -> Vec<Self> {
        let mut taken = BTreeSet::new();
        let mut entry = |(specifier, used): (&String, &UsedExports)| {
            let plain = file_name(specifier);
            let numbered = (2..).map(|n| format!("{plain}-{n}"));
            let mut names = std::iter::once(plain.clone()).chain(numbered);
            let file = names.find(|name| taken.insert(name.clone())).unwrap_or(plain);
            Self { specifier: specifier.clone(), used: used.clone(), file }
        };
        wanted.into_iter().map(&mut entry).collect()
    }

    /// What the bundler is told to start from.
    pub(super) fn import(&self, index: usize) -> String {
        match &self.used {
            UsedExports::All => self.specifier.clone(),
            UsedExports::Names(_) => format!("{PICKED}{index}"),
        }
    }

    /// The source of an entry that picks exports.
    pub(super) fn code(&self) -> String {
        let from = serde_json::json!(self.specifier);
        match &self.used {
            UsedExports::Names(names) if !names.is_empty() => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                format!("export {{ {} }} from {from};", names.join(", "))
            }
            _ => format!("import {from};"),
        }
    }
}

fn file_name(specifier: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' };
    let name: String =
        specifier.replace('/', "__").trim_start_matches('@').chars().map(safe).collect();
    // File names that start with `_` are the bundler's own; long ones would not fit on disk.
    name.trim_start_matches(['_', '.']).chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_apart() {
        let names = ["@a/b", "a/b", "react-dom/client", "x/../y"].map(str::to_owned);
        let files: Vec<String> = Entry::all(names.iter().map(|n| (n, &UsedExports::All)))
            .into_iter()
            .map(|e| e.file)
            .collect();
        assert_eq!(files, ["a__b", "a__b-2", "react-dom__client", "x__..__y"]);
    }

    #[test]
    fn picked_exports_become_a_module() {
        let used = UsedExports::names(["b", "a"]);
        let entries = Entry::all([(&"x".to_owned(), &used)]);
        assert_eq!(entries[0].code(), "export { a, b } from \"x\";");
    }
}

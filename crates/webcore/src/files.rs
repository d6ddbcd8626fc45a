//! An app's files in memory, and arithmetic on their paths.

use std::borrow::Cow;
use std::collections::BTreeMap;

use qv_domain::{Blob, FilePath};

/// All files of one app.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files(BTreeMap<FilePath, Blob>);

impl Files {
    pub(crate) fn get(&self, path: &str) -> Option<(&FilePath, &Blob)> {
        self.0.get_key_value(path)
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    /// A file's text; bytes that are not UTF-8 are shown as U+FFFD.
    pub(crate) fn text(&self, path: &str) -> Option<Cow<'_, str>> {
        self.0.get(path).map(|content| String::from_utf8_lossy(content))
    }

    pub(crate) fn set(&mut self, path: FilePath, content: Option<Blob>) {
        match content {
            Some(content) => _ = self.0.insert(path, content),
            None => _ = self.0.remove(&path),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&FilePath, &Blob)> {
        self.0.iter()
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &FilePath> {
        self.0.keys()
    }

    /// Paths in a folder, which ends with `/`, at any depth.
    pub(crate) fn under<'f>(&'f self, folder: &'f str) -> impl Iterator<Item = &'f FilePath> {
        let from =
            self.0.range::<str, _>((std::ops::Bound::Included(folder), std::ops::Bound::Unbounded));
        from.map(|(path, _)| path).take_while(move |path| path.starts_with(folder))
    }

    pub(crate) fn any_under(&self, folder: &str) -> bool {
        self.under(folder).next().is_some()
    }
}

impl FromIterator<(FilePath, Blob)> for Files {
    fn from_iter<I: IntoIterator<Item = (FilePath, Blob)>>(files: I) -> Self {
        Self(files.into_iter().collect())
    }
}

#[cfg(test)]
impl Files {
    pub(crate) fn from_texts<const N: usize>(files: [(&str, &str); N]) -> Self {
        let file =
            |(path, text): (&str, &str)| (FilePath::parse(path).unwrap(), text.as_bytes().into());
        files.into_iter().map(file).collect()
    }
}

/// The folder of a path, without the trailing slash; empty at the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `path` as seen from `folder`, without `.` and `..`; `None` when it leaves the project.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_inside_the_project() {
        assert_eq!(join("src/a", "../b/./c.ts").as_deref(), Some("src/b/c.ts"));
        assert_eq!(join("", "./x").as_deref(), Some("x"));
        assert_eq!(join("src", "../../x"), None);
    }

    #[test]
    fn a_folder_lists_only_its_own() {
        let files = Files::from_texts([("src/a.ts", ""), ("src/b/c.ts", ""), ("srcs/d.ts", "")]);
        let found: Vec<_> = files.under("src/").map(FilePath::as_str).collect();
        assert_eq!(found, ["src/a.ts", "src/b/c.ts"]);
    }
}

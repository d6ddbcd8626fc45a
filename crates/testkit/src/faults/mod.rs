//! Single faults put into the starters, and harmless edits: who notices?
//!
//! Each edit is a search and a replacement in one file of a starter. The search must stand there exactly once, so a
//! starter that changes takes the list along. What an edit brings about is what is found in the edited app and not in
//! the starter as it is: by the compiler and the lint, which look at files ([`found_in_files`]), and by whatever a
//! server's check adds ([`crate::bench::faults`]).

mod harmful;
mod harmless;

use std::collections::{BTreeMap, BTreeSet};

use qv_domain::{Blob, FilePath};
use qv_starters::Files;
use qv_webcore::{DiagnosticKind, Project, Settings};

pub use harmful::FAULTS;
pub use harmless::HARMLESS;

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An import of a file or a name that is not there.
    Import,
    /// A key, a property or a name that is missing or misspelt.
    Name,
    /// Reading from what is not there.
    Nothing,
    /// A link, a route, an asset or ARIA that leads nowhere.
    Link,
    /// A style that is lost.
    Style,
    /// None: the edit is harmless.
    None,
}

/// One edit of a starter.
#[derive(Debug, Clone, Copy)]
pub struct Edit {
    /// The starter's id.
    pub starter: &'static str,
    /// What is done, in a few words.
    pub what: &'static str,
    /// What kind of fault it is.
    pub kind: Kind,
    /// The file.
    pub path: &'static str,
    /// What stands there exactly once.
    pub search: &'static str,
    /// What stands there instead.
    pub replace: &'static str,
}

impl Edit {
    /// The starter's files with the edit, and the file that it changed.
    ///
    /// # Errors
    /// A sentence that says why the edit does not fit its starter any more.
    pub fn applied(&self) -> Result<(Files, FilePath), String> {
        let Self { starter, path, search, .. } = *self;
        let place = format!("{starter}/{path}");
        let mut files =
            qv_starters::files(starter).ok_or(format!("there is no starter {starter}"))?;
        let at = FilePath::parse(path).map_err(|error| format!("{place}: {error}"))?;
        let content = files.get(path).ok_or(format!("{place} is not there"))?;
        let text = std::str::from_utf8(content).map_err(|error| format!("{place}: {error}"))?;
        match text.matches(search).count() {
            1 => {}
            count => return Err(format!("{place} has {count} times, in place of once: {search}")),
        }
        let edited = text.replacen(search, self.replace, 1);
        files.insert(at.clone(), edited.into_bytes());
        Ok((files, at))
    }
}

/// Who noticed, in the order in which a check looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// The compiler, packages included.
    Compile,
    /// What reads the files.
    Lint,
    /// TypeScript.
    Types,
    /// The running app: exceptions, failed requests, an empty page.
    Run,
    /// axe, in the running app.
    Axe,
    /// The app's smoke checks.
    Guard,
}

/// One thing that was found: by whom, and what.
pub type Notice = (Layer, String);

/// What compiler and lint find in an app's files. Packages are taken to be there: what they export is the server's to
/// look at.
#[must_use]
pub fn found_in_files(files: &Files) -> BTreeSet<Notice> {
    let mut app = Project::new(Settings::default());
    app.load(files.iter().map(|(path, content)| (path.clone(), Blob::from(content.as_slice()))));
    let mut found: BTreeSet<Notice> = app
        .diagnostics()
        .iter()
        .filter(|one| one.kind != DiagnosticKind::PackagePending)
        .map(|one| (Layer::Compile, format!("{}: {}", one.file, one.message)))
        .collect();
    if !found.is_empty() {
        return found;
    }
    let texts: BTreeMap<&FilePath, &str> = files
        .iter()
        .filter_map(|(path, content)| Some((path, std::str::from_utf8(content).ok()?)))
        .collect();
    let others = files.keys().filter(|path| !texts.contains_key(path));
    let app = qv_lint::App::new(texts.iter().map(|(path, text)| (*path, *text)), others);
    let lint = qv_lint::lint(&app);
    found.extend(
        lint.into_iter().map(|one| (Layer::Lint, format!("{}: {}", one.path, one.message))),
    );
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edit_fits_its_starter() {
        assert_eq!((FAULTS.len(), HARMLESS.len()), (40, 40));
        for edit in FAULTS.iter().chain(HARMLESS) {
            assert_eq!(edit.applied().map(drop), Ok(()), "{}", edit.what);
        }
    }

    #[test]
    fn harmless_edits_alarm_nobody_who_reads_files() {
        for edit in HARMLESS {
            let (files, _) = edit.applied().unwrap();
            let found = found_in_files(&files);
            assert!(found.is_empty(), "{}: {}: {found:?}", edit.starter, edit.what);
        }
    }

    #[test]
    fn most_faults_are_found_in_the_files_alone() {
        let missed: Vec<_> = FAULTS
            .iter()
            .filter(|edit| found_in_files(&edit.applied().unwrap().0).is_empty())
            .map(|edit| format!("{}: {}", edit.starter, edit.what))
            .collect();
        assert!(missed.len() <= 10, "{missed:#?}");
    }
}

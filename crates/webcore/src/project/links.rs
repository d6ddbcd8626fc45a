//! URLs of files and links of modules, as they are at this revision.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use qv_domain::FilePath;

use super::check::Provides;
use super::{Key, Project, Running};
use crate::file_kind::FileKind;
use crate::resolve::{Flavor, Target};
use crate::script::link::Link;
use crate::script::{Import, ImportKind};
use crate::text::url_path;
use crate::unit::Unit;

impl Project {
    /// A file's URL, with a stamp once it has changed.
    pub(super) fn url(&self, path: &FilePath, query: &str) -> String {
        // Vite serves `public/x` at `/x`, and apps write it so.
        let shown =
            path.strip_prefix("public/").filter(|rest| !self.files.has(rest)).unwrap_or(path);
        let mut url = format!("{}/{}", self.settings.base, url_path(shown));
        let stamp = self.stamps.get(path);
        if !query.is_empty() {
            let _ = write!(url, "?{query}");
        }
        if let Some(stamp) = stamp {
            let _ = write!(url, "{}t={stamp}", if query.is_empty() { '?' } else { '&' });
        }
        url
    }

    pub(super) fn key_url(&self, key: &Key) -> String {
        let query = if key.part > 0 { format!("part={}", key.part) } else { String::new() };
        self.url(&key.path, &query)
    }

    /// The URL under which a script imports a file.
    pub(super) fn import_url(&self, path: &FilePath, flavor: Flavor) -> String {
        let query = match flavor {
            Flavor::Plain => match FileKind::of(path) {
                FileKind::Script(_) | FileKind::Vue | FileKind::Svelte => "",
                _ => "import",
            },
            Flavor::Raw => "raw",
            Flavor::Url => "url",
            Flavor::Inline => "inline",
            Flavor::Worker => "worker",
            Flavor::Classic => "",
        };
        self.url(path, query)
    }

    pub(super) fn links(&self, imports: &[Import], running: &Running) -> Vec<Link> {
        imports
            .iter()
            .zip(&running.targets)
            .map(|(import, target)| self.link(import, target))
            .collect()
    }

    fn link(&self, import: &Import, target: &Target) -> Link {
        let plain = |url: String| Link::Module { url, types: BTreeSet::new() };
        match target {
            // `new URL()` wants the file itself, not a module about it.
            Target::File { path, .. } if matches!(import.kind, ImportKind::Url(_)) => {
                plain(self.url(path, ""))
            }
            Target::File { path, flavor } => {
                let types = self.types_among(import, path);
                Link::Module { url: self.import_url(path, *flavor), types }
            }
            Target::Files(files) => {
                let raw = matches!(import.kind, ImportKind::Glob { raw: true, .. });
                let flavor = if raw { Flavor::Raw } else { Flavor::Plain };
                let url =
                    |(key, path): &(String, FilePath)| (key.clone(), self.import_url(path, flavor));
                Link::Glob(files.iter().map(url).collect())
            }
            Target::Package(_, package) if package.is_style() => {
                Link::Style { url: package.url.clone() }
            }
            Target::Package(_, package) if package.interop => {
                Link::CommonJs { url: package.url.clone() }
            }
            Target::Package(_, package) => plain(package.url.clone()),
            Target::External(url) => plain(url.clone()),
            Target::Nothing | Target::Unresolved(_) => Link::Nothing,
        }
    }

    fn types_among(&self, import: &Import, from: &FilePath) -> BTreeSet<Box<str>> {
        let is_type = |name: &&str| self.provides(from, name) == Provides::Type;
        match &import.kind {
            ImportKind::Static(bindings) => bindings
                .iter()
                .filter_map(|one| one.imported.as_deref())
                .filter(is_type)
                .map(Into::into)
                .collect(),
            ImportKind::ReExport(names) => names
                .iter()
                .map(|(imported, _)| imported.as_str())
                .filter(is_type)
                .map(Into::into)
                .collect(),
            _ => BTreeSet::new(),
        }
    }

    /// Modules that a page loads before it can run, nearest first: scripts by static imports, and
    /// packages.
    pub(super) fn preloads(&self, entries: &[Key]) -> Vec<String> {
        /// More hints than these only delay the first module.
        const MOST: usize = 100;
        let mut urls = Vec::new();
        let mut seen: BTreeSet<Key> = BTreeSet::new();
        let mut queue: std::collections::VecDeque<Key> = entries.iter().cloned().collect();
        while let Some(key) = queue.pop_front() {
            if urls.len() >= MOST || !seen.insert(key.clone()) {
                continue;
            }
            let Some(running) = self.modules.get(&key).and_then(|module| module.served.as_ref())
            else {
                continue;
            };
            urls.push(if key.part > 0 {
                self.key_url(&key)
            } else {
                self.import_url(&key.path, Flavor::Plain)
            });
            let Unit::Script(script) = &*running.unit else { continue };
            for (import, target) in script.imports.iter().zip(&running.targets) {
                match target {
                    _ if matches!(import.kind, ImportKind::Dynamic(_) | ImportKind::Url(_)) => {}
                    Target::File { path, flavor: Flavor::Plain } => {
                        queue.push_back(Key::file(path.clone()));
                    }
                    Target::Package(_, package) if !package.is_style() => {
                        urls.push(package.url.clone());
                        urls.extend(package.preload.iter().cloned());
                    }
                    _ => {}
                }
            }
        }
        let mut once = BTreeSet::new();
        urls.retain(|url| once.insert(url.clone()));
        urls
    }
}

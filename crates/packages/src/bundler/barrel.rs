//! Looks through modules that only pass on what other files define, so that an app that uses six
//! icons of a thousand has six files read and not a thousand.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;
use oxc_syntax::module_record::{ExportExportName, ExportImportName, ModuleRecord};

use super::depth;
use crate::graph::Graph;

/// How many files are looked into for one module, how large each may be, and how far the exports of
/// one may lead to another.
const FILES: usize = 3_000;
const BYTES: u64 = 4 << 20;
const DEPTH: usize = 8;

/// The stand-in for a name that means all of a module: `export * as x`.
pub(super) const NAMESPACE: &str = "*";

/// Where an export is defined.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In this file, under this name.
    In(PathBuf, String),
    /// Nowhere: the module does not have it.
    Absent,
    /// Not to be seen without bundling.
    Unknown,
}

/// Looks for the exports of one package's modules.
pub(super) struct Barrel<'a> {
    graph: &'a Graph,
    package: usize,
    records: HashMap<PathBuf, Option<Arc<Record>>>,
}

/// A module's exports, as far as the file itself tells.
#[derive(Debug, Default)]
struct Record {
    own: HashSet<String>,
    /// Export -> (from where, under which name there).
    passed_on: HashMap<String, (String, String)>,
    stars: Vec<String>,
}

impl<'a> Barrel<'a> {
    pub(super) fn new(graph: &'a Graph, package: usize) -> Self {
        Self { graph, package, records: HashMap::new() }
    }

    pub(super) fn find(&mut self, file: &Path, name: &str) -> Place {
        self.find_below(file, name, DEPTH)
    }

    /// Every name that a module exports, as far as it can be seen.
    pub(super) fn names(&mut self, file: &Path) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut visited = HashSet::new();
        let mut todo = vec![file.to_owned()];
        while let Some(file) = todo.pop() {
            if !visited.insert(file.clone()) {
                continue;
            }
            let Some(record) = self.record(&file) else { continue };
            names.extend(record.own.iter().chain(record.passed_on.keys()).cloned());
            todo.extend(record.stars.iter().filter_map(|star| self.beside(&file, star)));
        }
        names
    }

    fn find_below(&mut self, file: &Path, name: &str, depth: usize) -> Place {
        let Some(record) = self.record(file).filter(|_| depth > 0) else { return Place::Unknown };
        if record.own.contains(name) {
            return Place::In(file.to_owned(), name.to_owned());
        }
        if let Some((from, there)) = record.passed_on.get(name) {
            let Some(target) = self.beside(file, from) else { return Place::Unknown };
            if there == NAMESPACE {
                return Place::In(target, there.clone());
            }
            return match self.find_below(&target, there, depth - 1) {
                Place::In(file, name) => Place::In(file, name),
                // CommonJS, or a name that only bundling can explain: it is told to look there.
                Place::Absent | Place::Unknown => Place::In(target, there.clone()),
            };
        }
        let mut answer = Place::Absent;
        // `export *` leaves `default` behind.
        for star in record.stars.iter().filter(|_| name != "default") {
            let found =
                self.beside(file, star).map(|target| self.find_below(&target, name, depth - 1));
            match found {
                Some(Place::In(file, name)) => return Place::In(file, name),
                Some(Place::Absent) => {}
                Some(Place::Unknown) | None => answer = Place::Unknown,
            }
        }
        answer
    }

    /// The file of the same package that a relative import leads to.
    fn beside(&self, file: &Path, request: &str) -> Option<PathBuf> {
        if !request.starts_with("./") && !request.starts_with("../") {
            return None;
        }
        let mut path = file.parent()?.to_owned();
        for part in request.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    path.pop();
                }
                part => path.push(part),
            }
        }
        let ending = |ending: &str| {
            let mut name = path.clone().into_os_string();
            name.push(ending);
            PathBuf::from(name)
        };
        ["", ".js", ".mjs", "/index.js", "/index.mjs"]
            .map(ending)
            .into_iter()
            .find(|path| path.is_file())
            .filter(|path| self.graph.owner(path) == Some(self.package))
    }

    /// `None` for what is not an ES module, is too large, or one file too many.
    fn record(&mut self, file: &Path) -> Option<Arc<Record>> {
        if let Some(known) = self.records.get(file) {
            return known.clone();
        }
        if self.records.len() >= FILES {
            return None;
        }
        let record = read(file).map(Arc::new);
        self.records.insert(file.to_owned(), record.clone());
        record
    }
}

fn read(file: &Path) -> Option<Record> {
    let fits = std::fs::metadata(file).ok()?.len() <= BYTES;
    let text =
        std::fs::read_to_string(file).ok().filter(|text| fits && !depth::is_too_deep(text))?;
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, &text, SourceType::mjs()).parse();
    let record = &parsed.module_record;
    (record.has_module_syntax && !parsed.panicked).then(|| Record::of(record))
}

impl Record {
    fn of(module: &ModuleRecord<'_>) -> Self {
        let mut record = Self::default();
        for export in &module.local_export_entries {
            record.own.extend(exported(&export.export_name));
        }
        for export in &module.indirect_export_entries {
            let (Some(name), Some(from)) = (exported(&export.export_name), &export.module_request)
            else {
                continue;
            };
            let there = match &export.import_name {
                ExportImportName::Name(there) => there.name.as_str(),
                _ => NAMESPACE,
            };
            record.passed_on.insert(name, (from.name.as_str().to_owned(), there.to_owned()));
        }
        for export in &module.star_export_entries {
            let Some(from) = &export.module_request else { continue };
            let from = from.name.as_str().to_owned();
            match exported(&export.export_name) {
                Some(name) => {
                    record.passed_on.insert(name, (from, NAMESPACE.to_owned()));
                }
                None => record.stars.push(from),
            }
        }
        record
    }
}

fn exported(name: &ExportExportName<'_>) -> Option<String> {
    match name {
        ExportExportName::Name(name) => Some(name.name.as_str().to_owned()),
        ExportExportName::Default(_) => Some("default".to_owned()),
        ExportExportName::Null => None,
    }
}

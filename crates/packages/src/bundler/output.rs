//! From what the bundler wrote to what a browser is told.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use rolldown::BundleOutput;
use rolldown_common::{Output, OutputChunk};

use super::css::Sheets;
use super::entry::Entry;
use super::plugin::Seen;
use super::{Built, BuiltModule, exports};
use crate::PackagesError;
use crate::bundle::{Module, Problem, ProblemKind, UsedExports};
use crate::graph::Graph;

pub(super) fn collect(
    output: &BundleOutput,
    graph: &Graph,
    entries: &[Entry],
    mut seen: Seen,
    limit: u64,
) -> Result<Built, PackagesError> {
    let mut built = Built { warnings: std::mem::take(&mut seen.warnings), ..Built::default() };
    let mut chunks = HashMap::new();
    for asset in &output.assets {
        built.files.insert(asset.filename().to_owned(), asset.content_as_bytes().to_vec());
        if let Output::Chunk(chunk) = asset {
            chunks.insert(chunk.filename.as_str(), chunk);
        }
    }
    let mut sheets = Sheets::new(graph);
    for entry in entries {
        if let Some((_, message)) = seen.lost.iter().find(|(lost, _)| *lost == entry.specifier) {
            built.problems.push(Problem {
                specifier: entry.specifier.clone(),
                kind: ProblemKind::NoModule,
                similar: Vec::new(),
                message: message.clone(),
            });
        }
        let file = format!("{}.js", entry.file);
        let Some(chunk) = chunks.get(file.as_str()) else { continue };
        let id = seen.entries.get(&entry.specifier).cloned().unwrap_or_default();
        let parsed = seen.modules.get(&id);
        let module = Module {
            preload: preload(&chunks, &file),
            css: styles(&seen, &id, &mut sheets),
            interop: entry.used == UsedExports::All
                && parsed.is_some_and(|p| p.common_js)
                && chunk.exports.iter().all(|name| name.as_str() == "default"),
            file,
        };
        for (_, missing, known) in seen.absent.iter().filter(|(s, ..)| *s == entry.specifier) {
            built.problems.extend(missing_exports(&entry.specifier, missing, known));
        }
        if let (UsedExports::Names(names), Some(known)) = (&entry.used, exports::of(&seen, &id)) {
            built.problems.extend(missing_exports(&entry.specifier, names, &known));
        }
        built.modules.push(BuiltModule {
            specifier: entry.specifier.clone(),
            module,
            exports: chunk.exports.iter().map(|name| name.as_str().to_owned()).collect(),
        });
    }
    built.files.append(&mut sheets.files);
    built.warnings.append(&mut sheets.warnings);
    let size: u64 = built.files.values().map(|bytes| bytes.len() as u64).sum();
    if size > limit {
        return Err(PackagesError::TooLarge {
            what: "the bundle of the app's packages".to_owned(),
            limit,
        });
    }
    Ok(built)
}

/// Every script that a script imports, and they in turn; a browser fetches them side by side.
fn preload(chunks: &HashMap<&str, &Arc<OutputChunk>>, file: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut todo = vec![file];
    while let Some(chunk) = todo.pop().and_then(|file| chunks.get(file)) {
        for import in &chunk.imports {
            if !found.iter().any(|f| f == import.as_str()) && import.as_str() != file {
                found.push(import.to_string());
                todo.push(import.as_str());
            }
        }
    }
    found
}

/// The style sheets below a module, those of its imports first.
fn styles(seen: &Seen, entry: &str, sheets: &mut Sheets<'_>) -> Vec<String> {
    let mut order = Vec::new();
    let mut visited = HashSet::new();
    // Depth first without recursion: import chains can be long.
    let mut stack = vec![(entry, 0)];
    while let Some((id, next)) = stack.pop() {
        if next == 0 && !visited.insert(id) {
            continue;
        }
        match seen.modules.get(id).and_then(|parsed| parsed.imports.get(next)) {
            Some(import) => {
                stack.push((id, next + 1));
                stack.push((import.as_str(), 0));
            }
            None if id.ends_with(".css") => order.push(id),
            None => {}
        }
    }
    let mut once = BTreeSet::new();
    let files = order.into_iter().flat_map(|id| sheets.take(Path::new(id)));
    files.filter(|file| once.insert(file.clone())).collect()
}

/// One problem for each name that is not among the known ones.
pub(crate) fn missing_exports(
    specifier: &str,
    names: &BTreeSet<String>,
    known: &BTreeSet<String>,
) -> Vec<Problem> {
    let missing = names.iter().filter(|name| !known.contains(*name));
    let problem = |name: &String| {
        let similar = exports::similar(name, known);
        let hint = match similar.as_slice() {
            [] => "look its exports up".to_owned(),
            names => format!("it has {}", names.join(", ")),
        };
        Problem {
            specifier: specifier.to_owned(),
            kind: ProblemKind::NoExport { export: name.clone() },
            message: format!("`{specifier}` has no export `{name}`: {hint}"),
            similar,
        }
    };
    missing.map(problem).collect()
}

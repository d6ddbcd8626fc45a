//! Makes what the binary embeds, at build time: the starters' packages and the scripts that previews
//! need, from an installed `node_modules`. Used by the `embed-packages` program only.

mod installed;
mod scan;
mod sets;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::installed::Installed;
use crate::asset::BEST;
use crate::bundle::{FORMAT, UsedExports};
use crate::bundler::{self, Built, Entry, Job};
use crate::embedded::{Embedded, MANIFEST, Picked, RuntimeFile, Set, SetModule};
use crate::kept::{stored_name, write_files};
use crate::spec::split_specifier;
use crate::{Limits, PackagesError};

/// What to embed and where to put it.
#[derive(Debug)]
pub struct Options {
    /// Installed `node_modules` folders; the first that has a package gives it.
    pub from: Vec<PathBuf>,
    /// Folders whose sources say which exports are used most.
    pub sources: Vec<PathBuf>,
    /// The folder to fill; what is in it goes.
    pub out: PathBuf,
}

/// What is embedded.
#[derive(Debug, Default)]
pub struct Report {
    /// Whether anything had to be made.
    pub made: bool,
    /// File -> size as stored, in bytes.
    pub files: BTreeMap<String, u64>,
    /// Package -> version.
    pub packages: BTreeMap<String, String>,
    /// What could not be had, in sentences.
    pub left_out: Vec<String>,
}

/// Fills the folder, or leaves it when it was made from the same before.
///
/// # Errors
/// [`PackagesError`] when a package that is installed does not bundle or a file cannot be written.
pub async fn embed(options: &Options) -> Result<Report, PackagesError> {
    let installed = Installed::new(&options.from);
    let mut left_out = Vec::new();
    let sets = sets::all(&installed, scan::imports(&options.sources), &mut left_out);
    let inputs = inputs(&installed, &sets);
    let kept = read(&options.out).filter(|kept| kept.inputs == inputs);
    let made = kept.is_none();
    let embedded = match kept {
        Some(kept) => kept,
        None => Box::pin(make(&installed, &sets, inputs, &options.out)).await?,
    };
    for script in sets::RUNTIME {
        if !embedded.runtime.contains_key(script.file) {
            left_out.push(format!("{}: `{}` is not installed", script.file, script.package));
        }
    }
    Ok(Report {
        made,
        files: embedded.files().map(|(file, stored)| (file, stored.size)).collect(),
        packages: embedded.versions(),
        left_out,
    })
}

async fn make(
    installed: &Installed,
    sets: &[BTreeMap<String, UsedExports>],
    inputs: String,
    out: &Path,
) -> Result<Embedded, PackagesError> {
    let io = || PackagesError::cache("write what is embedded");
    let mut embedded = Embedded { inputs, ..Embedded::default() };
    clear(out).map_err(io())?;
    for wanted in sets {
        embedded.sets.push(Box::pin(make_set(installed, wanted, out)).await?);
    }
    for script in sets::RUNTIME {
        let Some((version, bytes)) = Box::pin(runtime_script(installed, script)).await? else {
            continue;
        };
        let files = BTreeMap::from([(script.file.to_owned(), bytes)]);
        for (file, stored) in write_files(out, files, BEST).map_err(io())? {
            let (package, version) = (script.package.to_owned(), version.clone());
            embedded.runtime.insert(file, RuntimeFile { package, version, stored });
        }
    }
    let manifest = serde_json::to_vec(&embedded).unwrap_or_default();
    std::fs::write(out.join(MANIFEST), manifest).map_err(io())?;
    Ok(embedded)
}

/// Names what the embedded files are made from: the packages as installed, what is taken of them, and
/// the form of bundles.
fn inputs(installed: &Installed, sets: &[BTreeMap<String, UsedExports>]) -> String {
    use sha2::{Digest as _, Sha256};
    let runtime: Vec<&str> = sets::RUNTIME.iter().map(|script| script.file).collect();
    let everything = serde_json::json!([FORMAT, installed.fingerprint(), sets, runtime]);
    hex::encode(Sha256::digest(everything.to_string()))
}

/// What the folder holds, when all of it is whole.
fn read(out: &Path) -> Option<Embedded> {
    let embedded: Embedded =
        serde_json::from_slice(&std::fs::read(out.join(MANIFEST)).ok()?).ok()?;
    let whole = embedded.files().all(|(file, stored)| {
        std::fs::read(out.join(stored_name(&file, stored.br))).is_ok_and(|b| stored.is_whole(&b))
    });
    whole.then_some(embedded)
}

fn clear(out: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(out)?;
    for entry in std::fs::read_dir(out)? {
        let entry = entry?;
        if entry.file_name() == ".gitkeep" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Every module whole, and beside it, sharing everything, the part that is used most.
async fn make_set(
    installed: &Installed,
    wanted: &BTreeMap<String, UsedExports>,
    out: &Path,
) -> Result<Set, PackagesError> {
    let whole = wanted.keys().map(|specifier| (specifier, &UsedExports::All));
    let picked = wanted.iter().filter(|(_, used)| **used != UsedExports::All);
    let built = Box::pin(build(installed, Entry::all(whole.chain(picked)))).await?;
    let whole_count = wanted.len();
    let mut modules: BTreeMap<String, SetModule> = BTreeMap::new();
    for (at, entry) in built.modules.into_iter().enumerate() {
        if at < whole_count {
            let exports = entry.exports.into_iter().collect();
            let module = SetModule { whole: entry.module, picked: None, exports };
            modules.insert(entry.specifier, module);
        } else if let Some(module) = modules.get_mut(&entry.specifier) {
            let names: BTreeSet<String> = entry.exports.into_iter().collect();
            let exist = names.intersection(&module.exports).cloned().collect();
            module.picked = Some(Picked { names: exist, module: entry.module });
        }
    }
    let names = wanted.keys().filter_map(|specifier| split_specifier(specifier));
    let packages = names.filter_map(|(name, _)| Some((name.to_owned(), installed.version(name)?)));
    let packages = packages.collect();
    let key = content_key(&built.files);
    let folder = out.join(&key);
    let io = || PackagesError::cache("write what is embedded");
    std::fs::create_dir_all(&folder).map_err(io())?;
    let files = write_files(&folder, built.files, BEST).map_err(io())?;
    Ok(Set { key, packages, modules, files })
}

/// The version and the one file of a script that previews need.
async fn runtime_script(
    installed: &Installed,
    script: &sets::Script,
) -> Result<Option<(String, Vec<u8>)>, PackagesError> {
    let Some(version) = installed.version(script.package) else { return Ok(None) };
    match script.source {
        sets::Source::Raw(path) => {
            let bytes = installed.read(script.package, path);
            Ok(bytes.map(|bytes| (version, bytes)))
        }
        sets::Source::Bundled(specifier) => {
            let entries = Entry::all([(&specifier.to_owned(), &UsedExports::All)]);
            let built = Box::pin(build(installed, entries)).await?;
            let mut files = built.files.into_values();
            match (files.next(), files.next()) {
                (Some(bytes), None) => Ok(Some((version, bytes))),
                _ => Err(PackagesError::BundleFailed {
                    messages: vec![format!("`{specifier}` does not become one file")],
                }),
            }
        }
    }
}

async fn build(installed: &Installed, entries: Vec<Entry>) -> Result<Built, PackagesError> {
    let names: BTreeSet<&str> = entries
        .iter()
        .filter_map(|e| split_specifier(&e.specifier))
        .map(|(name, _)| name)
        .collect();
    let limits = Limits::default();
    let built = Box::pin(bundler::build(Job {
        graph: installed.graph(&names)?,
        entries,
        folder: std::env::temp_dir(),
        module_bytes: limits.module_bytes,
        bundle_bytes: limits.bundle_bytes,
        // Unoptimised builds of this tool are slow.
        time: Duration::from_secs(600),
    }))
    .await?;
    match built.problems.first() {
        None => Ok(built),
        Some(problem) => {
            Err(PackagesError::BundleFailed { messages: vec![problem.message.clone()] })
        }
    }
}

fn content_key(files: &BTreeMap<String, Vec<u8>>) -> String {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new();
    for (file, bytes) in files {
        hash.update(file.len().to_le_bytes());
        hash.update(file);
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    }
    let mut key = hex::encode(hash.finalize());
    key.truncate(40);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn installed() -> tempfile::TempDir {
        let folder = tempfile::TempDir::new().unwrap();
        let root = folder.path();
        put(root, "m/react/package.json", r#"{"name":"react","version":"19.3.0"}"#);
        put(root, "m/react/index.js", "exports.marker_react = () => 1;");
        put(root, "m/react/jsx-runtime.js", "exports.jsx = require('./index.js');");
        put(root, "m/react/jsx-dev-runtime.js", "exports.jsxDEV = require('./index.js');");
        let icons = r#"{"name":"icons","version":"1.2.0","module":"i.js","sideEffects":false,
            "peerDependencies":{"react":"*"}}"#;
        put(root, "m/icons/package.json", icons);
        put(
            root,
            "m/icons/i.js",
            "export { default as A } from './a.js'; export { default as B } from './b.js';",
        );
        put(
            root,
            "m/icons/a.js",
            "import r from 'react'; export default 'marker_a' + r.marker_react();",
        );
        put(
            root,
            "m/icons/b.js",
            "import r from 'react'; export default 'marker_b' + r.marker_react();",
        );
        put(root, "src/App.tsx", "import { A } from 'icons'; import { x } from 'absent';");
        put(root, "src/App.test.tsx", "import { B } from 'icons';");
        put(root, "out/.gitkeep", "");
        put(root, "out/old.js", "");
        folder
    }

    fn text(out: &Path, set: &Set, module: &crate::Module) -> String {
        let files = std::iter::once(&module.file).chain(&module.preload);
        let read = |file: &String| {
            let stored = &set.files[file];
            let path = out.join(&set.key).join(stored_name(file, stored.br));
            let asset = stored.serve(file, std::fs::read(path).unwrap().into(), false).unwrap();
            String::from_utf8(asset.bytes.to_vec()).unwrap()
        };
        files.map(read).collect()
    }

    #[tokio::test]
    async fn the_used_part_and_the_whole_share_one_react() {
        let folder = installed();
        let out = folder.path().join("out");
        let options = Options {
            from: vec![folder.path().join("m")],
            sources: vec![folder.path().join("src")],
            out: out.clone(),
        };
        let report = embed(&options).await.unwrap();
        assert!(report.made && !out.join("old.js").exists() && out.join(".gitkeep").exists());
        assert_eq!(report.packages["icons"], "1.2.0");
        assert!(
            report.left_out.iter().any(|line| line.starts_with("absent:")),
            "{:?}",
            report.left_out
        );
        let embedded = read(&out).unwrap();
        let [set] = embedded.sets.as_slice() else { panic!("{embedded:?}") };
        let icons = &set.modules["icons"];
        let picked = icons.picked.as_ref().unwrap();
        assert_eq!(picked.names, BTreeSet::from(["A".to_owned()]));
        let (few, all) = (text(&out, set, &picked.module), text(&out, set, &icons.whole));
        assert!(few.contains("marker_a") && !few.contains("marker_b"), "{few}");
        assert!(all.contains("marker_a") && all.contains("marker_b"), "{all}");
        let holders = set.files.keys().filter(|file| {
            let module = crate::Module {
                file: (*file).clone(),
                interop: false,
                preload: vec![],
                css: vec![],
            };
            text(&out, set, &module).contains("marker_react=")
        });
        assert_eq!(holders.count(), 1);

        assert!(!embed(&options).await.unwrap().made, "nothing has changed");
        std::fs::write(out.join(&set.key).join(stored_name("react.js", true)), "damaged").unwrap();
        assert!(embed(&options).await.unwrap().made, "a file was damaged");
        put(folder.path(), "src/More.tsx", "import { B } from 'icons';");
        assert!(embed(&options).await.unwrap().made, "another export is used");
    }
}

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
use crate::bundle::UsedExports;
use crate::bundler::{self, Built, Entry, Job};
use crate::embedded::{Embedded, MANIFEST, Picked, RuntimeFile, Set, SetModule};
use crate::kept::write_files;
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

/// What was embedded.
#[derive(Debug, Default)]
pub struct Report {
    /// File -> size as stored, in bytes.
    pub files: BTreeMap<String, u64>,
    /// Package -> version.
    pub packages: BTreeMap<String, String>,
    /// What could not be had, in sentences.
    pub left_out: Vec<String>,
}

/// Fills the folder.
///
/// # Errors
/// [`PackagesError`] when a package that is installed does not bundle or a file cannot be written.
pub async fn embed(options: &Options) -> Result<Report, PackagesError> {
    let io = || PackagesError::cache("write what is embedded");
    let installed = Installed::new(&options.from);
    let scanned = scan::imports(&options.sources);
    let mut report = Report::default();
    let mut embedded = Embedded::default();
    clear(&options.out).map_err(io())?;
    for wanted in sets::all(&installed, scanned, &mut report.left_out) {
        let set = Box::pin(make_set(&installed, &wanted, &options.out)).await?;
        for (file, stored) in &set.files {
            report.files.insert(format!("{}/{file}", set.key), stored.size);
        }
        embedded.sets.push(set);
    }
    for script in sets::RUNTIME {
        match Box::pin(runtime_script(&installed, script)).await? {
            Some((version, bytes)) => {
                let files = BTreeMap::from([(script.file.to_owned(), bytes)]);
                for (file, stored) in write_files(&options.out, files, BEST).map_err(io())? {
                    report.files.insert(file.clone(), stored.size);
                    let package = script.package.to_owned();
                    let version = version.clone();
                    embedded.runtime.insert(file, RuntimeFile { package, version, stored });
                }
            }
            None => report
                .left_out
                .push(format!("{}: `{}` is not installed", script.file, script.package)),
        }
    }
    report.packages = embedded.versions();
    let manifest = serde_json::to_vec(&embedded).unwrap_or_default();
    std::fs::write(options.out.join(MANIFEST), manifest).map_err(io())?;
    Ok(report)
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

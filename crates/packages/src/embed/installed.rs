//! Packages as npm laid them out in `node_modules`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::PackagesError;
use crate::graph::{Graph, Node};
use crate::lock::PackageId;
use crate::package_json::PackageJson;

#[derive(Debug)]
pub(super) struct Installed(Vec<PathBuf>);

impl Installed {
    /// Folders that are not there give nothing.
    pub(super) fn new(folders: &[PathBuf]) -> Self {
        Self(folders.iter().filter_map(|folder| folder.canonicalize().ok()).collect())
    }

    pub(super) fn version(&self, package: &str) -> Option<String> {
        let json = std::fs::read(self.root(package)?.join("package.json")).ok()?;
        Some(PackageJson::parse(&json)?.version)
    }

    pub(super) fn read(&self, package: &str, path: &str) -> Option<Vec<u8>> {
        std::fs::read(self.root(package)?.join(path)).ok()
    }

    /// Names everything that is installed: npm's own record of it, or failing that each version.
    pub(super) fn fingerprint(&self) -> Vec<String> {
        let of = |folder: &PathBuf| {
            let record = std::fs::read(folder.join(".package-lock.json")).unwrap_or_default();
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let mut versions: Vec<String> = entries
                .filter_map(|entry| {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    Some(format!("{name}@{}", self.version(&name)?))
                })
                .collect();
            versions.sort();
            format!("{} {}", hex::encode(Sha256::digest(record)), versions.join(" "))
        };
        self.0.iter().map(of).collect()
    }

    /// The graph below some packages, by Node's own rule: the nearest `node_modules` upwards.
    pub(super) fn graph(&self, roots: &BTreeSet<&str>) -> Result<Graph, PackagesError> {
        let mut graph = Graph::default();
        let mut known = HashMap::new();
        let mut todo = Vec::new();
        for name in roots {
            if let Some(folder) = self.root(name) {
                let node = add(&mut graph, &mut known, &mut todo, name, folder)?;
                graph.roots.insert((*name).to_owned(), node);
            }
        }
        while let Some(node) = todo.pop() {
            let folder = graph.nodes[node].folder.clone();
            for name in graph.nodes[node].json.dependencies.clone() {
                if let Some(found) = self.from(&folder, &name) {
                    let target = add(&mut graph, &mut known, &mut todo, &name, found)?;
                    graph.nodes[node].dependencies.insert(name, target);
                }
            }
        }
        Ok(graph)
    }

    fn root(&self, package: &str) -> Option<PathBuf> {
        self.0.iter().map(|folder| folder.join(package)).find(|folder| is_package(folder))
    }

    fn from(&self, importer: &Path, package: &str) -> Option<PathBuf> {
        let inside = |folder: &&Path| self.0.iter().any(|root| folder.starts_with(root));
        importer
            .ancestors()
            .take_while(inside)
            .map(|folder| folder.join("node_modules").join(package))
            .find(|folder| is_package(folder))
            .or_else(|| self.root(package))
    }
}

fn is_package(folder: &Path) -> bool {
    folder.join("package.json").is_file()
}

fn add(
    graph: &mut Graph,
    known: &mut HashMap<PathBuf, usize>,
    todo: &mut Vec<usize>,
    name: &str,
    folder: PathBuf,
) -> Result<usize, PackagesError> {
    if let Some(node) = known.get(&folder) {
        return Ok(*node);
    }
    let json = PackageJson::read(&folder, &PackageId::new(name, "installed"))?;
    let node = graph.add(Node {
        id: PackageId::new(name, &json.version),
        folder: folder.clone(),
        json,
        dependencies: BTreeMap::new(),
    });
    known.insert(folder, node);
    todo.push(node);
    Ok(node)
}

//! The packages of one bundle, as folders on disk and who imports whom by which name. No
//! `node_modules` is ever laid out: names are looked up here, so a package sees exactly what it
//! declared.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use crate::PackagesError;
use crate::lock::{Lock, PackageId};
use crate::package_json::PackageJson;
use crate::store::package_root;

/// All packages of one bundle.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    /// What the app itself may import.
    pub(crate) roots: BTreeMap<String, usize>,
    by_folder: HashMap<PathBuf, usize>,
}

#[derive(Debug)]
pub(crate) struct Node {
    /// `name@version`.
    pub(crate) id: PackageId,
    pub(crate) folder: PathBuf,
    pub(crate) json: PackageJson,
    /// What it may import, by the name that it uses.
    pub(crate) dependencies: BTreeMap<String, usize>,
}

impl Graph {
    /// From a lock and the folders that the store has for it.
    pub(crate) fn from_lock(
        lock: &Lock,
        folders: &BTreeMap<PackageId, PathBuf>,
    ) -> Result<Self, PackagesError> {
        let index: BTreeMap<&PackageId, usize> = lock.packages.keys().zip(0..).collect();
        let mut graph = Self::default();
        for (id, package) in &lock.packages {
            let folder = folders.get(id).map(|f| package_root(f)).ok_or_else(|| {
                PackagesError::Cache { action: "find a package", reason: id.to_string() }
            })?;
            let json = PackageJson::read(&folder, id)?;
            let edges = package.dependencies.iter();
            let dependencies =
                edges.filter_map(|(alias, id)| Some((alias.clone(), *index.get(id)?))).collect();
            graph.add(Node { id: id.clone(), folder, json, dependencies });
        }
        let roots = lock.roots.iter();
        graph.roots =
            roots.filter_map(|(name, id)| Some((name.clone(), *index.get(id)?))).collect();
        Ok(graph)
    }

    pub(crate) fn add(&mut self, node: Node) -> usize {
        let at = self.nodes.len();
        self.by_folder.insert(node.folder.clone(), at);
        self.nodes.push(node);
        at
    }

    /// The package that a file belongs to.
    pub(crate) fn owner(&self, file: &Path) -> Option<usize> {
        // `..` would make the prefix a lie.
        let plain = file.components().all(|c| !matches!(c, std::path::Component::ParentDir));
        file.ancestors().find_map(|folder| self.by_folder.get(folder)).copied().filter(|_| plain)
    }

    /// Replaces host paths in a message by the packages that they belong to.
    pub(crate) fn hide_paths(&self, message: &str) -> String {
        let mut message = message.to_owned();
        for node in &self.nodes {
            if let Some(folder) = node.folder.to_str() {
                message = message.replace(folder, node.id.as_str());
            }
        }
        message
    }
}

//! The source of an entry that takes some exports of a package.

use std::collections::BTreeSet;
use std::path::Path;

use super::barrel::{Barrel, NAMESPACE, Place};
use crate::graph::Graph;

/// How a picked entry names a file of a package; nothing else may import by it.
pub(super) const FILE: &str = "qv-file:";

/// The source, and the names that the module does not have, with all that it has.
pub(super) struct Picked {
    pub(super) code: String,
    pub(super) missing: BTreeSet<String>,
    pub(super) known: BTreeSet<String>,
}

/// Takes each export from the file that defines it. Only for packages whose modules do nothing
/// when they are merely loaded: the ones in between are passed over.
pub(super) fn from_barrel(
    graph: &Graph,
    package: usize,
    file: &Path,
    specifier: &str,
    names: &BTreeSet<String>,
) -> Picked {
    let mut barrel = Barrel::new(graph, package);
    let mut picked =
        Picked { code: String::new(), missing: BTreeSet::new(), known: BTreeSet::new() };
    for name in names {
        picked.code += &match barrel.find(file, name) {
            Place::In(file, there) => {
                let from = serde_json::json!(format!("{FILE}{}", file.display()));
                if there == NAMESPACE {
                    format!("export * as {name} from {from};\n")
                } else {
                    format!("export {{ {there} as {name} }} from {from};\n")
                }
            }
            Place::Unknown => {
                format!("export {{ {name} }} from {};\n", serde_json::json!(specifier))
            }
            Place::Absent => {
                picked.missing.insert(name.clone());
                if name == "default" {
                    "export default undefined;\n".to_owned()
                } else {
                    format!("export const {name} = undefined;\n")
                }
            }
        };
    }
    if !picked.missing.is_empty() {
        picked.known = barrel.names(file);
    }
    picked
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::graph::Node;
    use crate::lock::PackageId;
    use crate::package_json::PackageJson;

    #[test]
    fn exports_are_taken_from_where_they_are_defined() {
        let folder = tempfile::TempDir::new().unwrap();
        let put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        put(
            "index.js",
            "export { default as Home, default as House } from './icons/home.js';\nimport { x } from './x';\nexport { x };\nexport * as all from './icons/all.js';\nexport * from './more';\nexport const own = 1;\nexport { outer } from 'other';\nexport { gone } from '../../etc/passwd';",
        );
        put("icons/home.js", "export { default } from './real-home.js';");
        put("icons/real-home.js", "const a = 1; export { a as default };");
        put("icons/all.js", "export const z = 1;");
        put("x.js", "export const x = 2;");
        put("more/index.js", "export function more() {}\nexport * from '../index.js';");
        let mut graph = Graph::default();
        let json = PackageJson::parse(br#"{"name":"p"}"#).unwrap();
        let root = folder.path().to_owned();
        let id = PackageId::new("p", "1.0.0");
        graph.add(Node { id, folder: root.clone(), json, dependencies: BTreeMap::new() });
        let names = ["House", "x", "all", "more", "own", "outer", "gone"].map(str::to_owned).into();
        let picked = from_barrel(&graph, 0, &root.join("index.js"), "p", &names);
        let code = picked.code.replace(root.to_str().unwrap(), "");
        for line in [
            "export { default as House } from \"qv-file:/icons/real-home.js\";",
            "export { x as x } from \"qv-file:/x.js\";",
            "export * as all from \"qv-file:/icons/all.js\";",
            "export { more as more } from \"qv-file:/more/index.js\";",
            "export { own as own } from \"qv-file:/index.js\";",
            "export { outer } from \"p\";",
            "export { gone } from \"p\";",
        ] {
            assert!(code.contains(line), "{line} is not in\n{code}");
        }
        assert!(picked.missing.is_empty());
    }

    #[test]
    fn names_that_are_not_there_are_told_with_those_that_are() {
        let folder = tempfile::TempDir::new().unwrap();
        std::fs::write(folder.path().join("i.js"), "export const a = 1, b = 2;").unwrap();
        let mut graph = Graph::default();
        let json = PackageJson::parse(br#"{"name":"p"}"#).unwrap();
        let (id, root) = (PackageId::new("p", "1.0.0"), folder.path().to_owned());
        graph.add(Node { id, folder: root.clone(), json, dependencies: BTreeMap::new() });
        let names = ["a", "c", "default"].map(str::to_owned).into();
        let picked = from_barrel(&graph, 0, &root.join("i.js"), "p", &names);
        assert_eq!(picked.missing, ["c", "default"].map(str::to_owned).into());
        assert_eq!(picked.known, ["a", "b"].map(str::to_owned).into());
        assert!(picked.code.contains("export const c = undefined;"));
    }
}

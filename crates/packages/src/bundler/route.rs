//! Where an import leads, decided before any file is touched.

use std::path::PathBuf;

use super::builtins;
use crate::graph::Graph;
use crate::spec::split_specifier;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// A file of the importing package itself: relative, or one of its `imports`.
    Own,
    /// `specifier`, looked up from `from`, a file at the root of the package.
    In { package: usize, specifier: String, from: PathBuf },
    /// The package says that browsers get nothing here.
    Nothing,
    /// One of Node's own modules.
    Builtin(String),
    /// Loaded from the network by the browser itself, or inline data.
    Web,
    /// Not there.
    Missing,
}

/// `importer` is the importing package; `None` is the app.
pub(super) fn route(graph: &Graph, importer: Option<usize>, specifier: &str) -> Route {
    if is_web(specifier) {
        return Route::Web;
    }
    let Some(importer) = importer else {
        return package_route(graph, &graph.roots, specifier);
    };
    if specifier.starts_with('.') || specifier.starts_with('#') {
        return Route::Own;
    }
    let node = &graph.nodes[importer];
    match node.json.browser.get(specifier) {
        Some(None) => return Route::Nothing,
        Some(Some(instead)) if instead.starts_with('.') => {
            return Route::In {
                package: importer,
                specifier: instead.clone(),
                from: node.folder.join("package.json"),
            };
        }
        Some(Some(instead)) if instead != specifier => {
            return package_route(graph, &node.dependencies, instead);
        }
        _ => {}
    }
    let name = split_specifier(specifier).map(|(name, _)| name);
    if name.is_some_and(|name| !node.dependencies.contains_key(name)) {
        // A package may import itself by its own name.
        if name == Some(node.json.name.as_str()) {
            return inside(graph, importer, specifier);
        }
        // Some forget to declare what they use, most often their framework; npm's layout forgives it.
        if let Route::In { package, specifier, from } =
            package_route(graph, &graph.roots, specifier)
        {
            return Route::In { package, specifier, from };
        }
    }
    package_route(graph, &node.dependencies, specifier)
}

fn package_route(
    graph: &Graph,
    known: &std::collections::BTreeMap<String, usize>,
    specifier: &str,
) -> Route {
    let package = split_specifier(specifier).and_then(|(name, _)| known.get(name));
    match package {
        Some(package) => inside(graph, *package, specifier),
        None => builtins::name(specifier).map_or(Route::Missing, |n| Route::Builtin(n.to_owned())),
    }
}

/// The resolver finds a package by its own name from within, under the rules of its `exports`;
/// one without `exports` by path.
fn inside(graph: &Graph, package: usize, specifier: &str) -> Route {
    let node = &graph.nodes[package];
    let sub = split_specifier(specifier).map_or("", |(_, sub)| sub);
    let specifier = match (node.json.has_exports && !node.json.name.is_empty(), sub) {
        (true, "") => node.json.name.clone(),
        (true, sub) => format!("{}/{sub}", node.json.name),
        (false, sub) => format!("./{sub}"),
    };
    Route::In { package, specifier, from: node.folder.join("package.json") }
}

fn is_web(specifier: &str) -> bool {
    ["http:", "https:", "//", "data:", "blob:"].iter().any(|scheme| specifier.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::graph::Node;
    use crate::lock::PackageId;
    use crate::package_json::PackageJson;

    fn graph() -> Graph {
        let mut graph = Graph::default();
        let node = |name: &str, json: &str, dependencies: &[(&str, usize)]| Node {
            id: PackageId::new(name, "1.0.0"),
            folder: PathBuf::from(format!("/store/{name}")),
            json: PackageJson::parse(json.as_bytes()).unwrap(),
            dependencies: dependencies.iter().map(|(n, at)| ((*n).to_owned(), *at)).collect(),
        };
        graph.add(node(
            "a",
            r#"{"name":"a","browser":{"fs":false,"net":"./net.js","ws":"b"}}"#,
            &[("b", 1), ("events", 1)],
        ));
        graph.add(node("b", r#"{"name":"b","exports":{".":"./i.js"}}"#, &[]));
        graph.roots = BTreeMap::from([("a".to_owned(), 0), ("alias".to_owned(), 1)]);
        graph
    }

    fn to(package: usize, specifier: &str) -> Route {
        let name = ["a", "b"][package];
        let from = PathBuf::from(format!("/store/{name}/package.json"));
        Route::In { package, specifier: specifier.to_owned(), from }
    }

    #[test]
    fn the_app_sees_its_own_dependencies_only() {
        assert_eq!(route(&graph(), None, "a"), to(0, "./"));
        assert_eq!(route(&graph(), None, "a/lib/x"), to(0, "./lib/x"));
        assert_eq!(route(&graph(), None, "alias/sub"), to(1, "b/sub"));
        assert_eq!(route(&graph(), None, "b"), Route::Missing);
        assert_eq!(route(&graph(), None, "./a"), Route::Missing);
        assert_eq!(route(&graph(), None, "node:fs"), Route::Builtin("fs".to_owned()));
    }

    #[test]
    fn a_package_sees_what_it_declares_itself_and_the_apps() {
        assert_eq!(route(&graph(), Some(0), "b"), to(1, "b"));
        assert_eq!(route(&graph(), Some(0), "./x"), Route::Own);
        assert_eq!(route(&graph(), Some(0), "#x"), Route::Own);
        assert_eq!(route(&graph(), Some(0), "c"), Route::Missing);
        assert_eq!(route(&graph(), Some(1), "b/x"), to(1, "b/x"));
        assert_eq!(route(&graph(), Some(1), "a"), to(0, "./"), "undeclared, but the app has it");
        assert_eq!(route(&graph(), Some(1), "/etc/passwd"), Route::Missing);
        assert_eq!(route(&graph(), Some(1), "https://x.example/y.js"), Route::Web);
    }

    #[test]
    fn the_browser_field_and_declared_names_go_before_builtins() {
        assert_eq!(route(&graph(), Some(0), "fs"), Route::Nothing);
        assert_eq!(route(&graph(), Some(0), "net"), to(0, "./net.js"));
        assert_eq!(route(&graph(), Some(0), "ws"), to(1, "b"));
        assert_eq!(route(&graph(), Some(0), "events"), to(1, "b"));
        assert_eq!(route(&graph(), Some(1), "events"), Route::Builtin("events".to_owned()));
    }
}

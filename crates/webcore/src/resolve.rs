//! What an import specifier means in this app.

use std::collections::BTreeSet;
use std::sync::Arc;

use qv_domain::FilePath;

use crate::config::Config;
use crate::file_kind::FileKind;
use crate::files::{Files, folder, join};
use crate::packages::{Package, Packages, is_node_builtin, package_name};

/// How an imported file is used, by its query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Flavor {
    /// As its kind says: run, styled, parsed, or by URL.
    Plain,
    /// `?raw`: its text.
    Raw,
    /// `?url`: its URL.
    Url,
    /// `?inline` on a style sheet: its compiled text, not applied.
    Inline,
    /// `?worker`: a constructor.
    Worker,
    /// A page's script without `type=module`: as it is written.
    Classic,
}

/// Where an import leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    File {
        path: FilePath,
        flavor: Flavor,
    },
    /// Several files, keyed as `import.meta.glob` keys them.
    Files(Vec<(String, FilePath)>),
    Package(Arc<str>, Arc<Package>),
    /// Left to the browser: another host, `data:`, an import map.
    External(String),
    /// Nothing at run time: type declarations, packages that only compilers use.
    Nothing,
    Unresolved(Unresolved),
}

/// Why an import leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unresolved {
    File,
    Package { name: String, listed: bool },
    NodeBuiltin,
}

/// Everything that resolution depends on.
#[derive(Clone, Copy)]
pub(crate) struct Resolver<'p> {
    pub files: &'p Files,
    pub config: &'p Config,
    pub packages: &'p Packages,
    /// Specifiers that the app's own import map defines.
    pub import_map: &'p BTreeSet<String>,
}

/// Vite's order, with TypeScript's first.
const EXTENSIONS: [&str; 10] =
    ["tsx", "ts", "jsx", "js", "mjs", "mts", "json", "vue", "svelte", "cjs"];

impl Resolver<'_> {
    pub(crate) fn resolve(&self, importer: &FilePath, specifier: &str) -> Target {
        let is_remote = ["http:", "https:", "data:", "blob:", "//"]
            .iter()
            .any(|scheme| specifier.starts_with(scheme));
        if is_remote || self.in_import_map(specifier) {
            return Target::External(specifier.to_owned());
        }
        let (path, query) = specifier.split_once('?').unwrap_or((specifier, ""));
        let flavor = flavor(query);
        let found = |path: FilePath| {
            if FileKind::of(&path) == FileKind::Declarations && flavor == Flavor::Plain {
                return Target::Nothing;
            }
            Target::File { path, flavor }
        };
        let local = self.local(importer, path);
        match &local {
            Some(candidate) => match self.file(candidate) {
                Some(path) => found(path),
                None => Target::Unresolved(Unresolved::File),
            },
            None => self.bare(path, found),
        }
    }

    fn in_import_map(&self, specifier: &str) -> bool {
        let prefixed = |key: &String| key.ends_with('/') && specifier.starts_with(key.as_str());
        self.import_map.contains(specifier) || self.import_map.iter().any(prefixed)
    }

    /// The project path that a relative, absolute or aliased specifier names; `None` for bare ones.
    pub(crate) fn local(&self, importer: &FilePath, path: &str) -> Option<String> {
        if path.starts_with("./") || path.starts_with("../") || path == "." || path == ".." {
            // A path that leaves the project names no file.
            return Some(join(folder(importer), path).unwrap_or_else(|| "..".to_owned()));
        }
        if let Some(path) = path.strip_prefix('/') {
            let path = join("", path).unwrap_or_default();
            let public = format!("public/{path}");
            return Some(if self.file(&path).is_none() && self.files.has(&public) {
                public
            } else {
                path
            });
        }
        if self.packages.contains_key(path) {
            return None;
        }
        let alias = self.config.aliases.iter().find_map(|alias| {
            let rest = path.strip_prefix(alias.prefix.as_str())?;
            (rest.is_empty() || !alias.exact).then(|| join(&alias.target, rest))?
        });
        alias.or_else(|| {
            let candidate = join(self.config.base_url.as_ref()?, path)?;
            self.file(&candidate).map(|_| candidate)
        })
    }

    fn bare(&self, specifier: &str, found: impl Fn(FilePath) -> Target) -> Target {
        if let Some((specifier, package)) = self.packages.get_key_value(specifier) {
            return Target::Package(specifier.clone(), package.clone());
        }
        // `import "styles.css"` in HTML and CSS habits: a file beside the page.
        if specifier.contains('.')
            && self.files.has(specifier)
            && !self.lists(specifier)
            && let Ok(path) = FilePath::parse(specifier)
        {
            return found(path);
        }
        if is_node_builtin(specifier) && !self.lists(specifier) {
            return Target::Unresolved(Unresolved::NodeBuiltin);
        }
        let name = package_name(specifier).to_owned();
        Target::Unresolved(Unresolved::Package { listed: self.lists(specifier), name })
    }

    fn lists(&self, specifier: &str) -> bool {
        self.config.dependencies.contains(package_name(specifier))
    }

    /// The file that a path without extension, or of a folder, stands for.
    pub(crate) fn file(&self, candidate: &str) -> Option<FilePath> {
        let exact = |path: &str| self.files.get(path).map(|(path, _)| path.clone());
        exact(candidate)
            .or_else(|| EXTENSIONS.iter().find_map(|end| exact(&format!("{candidate}.{end}"))))
            .or_else(|| {
                // TypeScript lets `./x.js` name `x.ts`.
                let stem =
                    candidate.strip_suffix(".js").or_else(|| candidate.strip_suffix(".jsx"))?;
                ["ts", "tsx"].iter().find_map(|end| exact(&format!("{stem}.{end}")))
            })
            .or_else(|| {
                let index = if candidate.is_empty() {
                    "index".to_owned()
                } else {
                    format!("{candidate}/index")
                };
                EXTENSIONS.iter().find_map(|end| exact(&format!("{index}.{end}")))
            })
            .or_else(|| exact(&format!("{candidate}.d.ts")))
    }
}

fn flavor(query: &str) -> Flavor {
    let mut flavors = query.split('&').filter_map(|part| match part {
        "raw" => Some(Flavor::Raw),
        "url" => Some(Flavor::Url),
        "inline" => Some(Flavor::Inline),
        "worker" | "sharedworker" => Some(Flavor::Worker),
        _ => None,
    });
    flavors.next().unwrap_or(Flavor::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(specifier: &str) -> Target {
        let files = Files::from_texts([
            ("package.json", r#"{"dependencies": {"listed": "1"}}"#),
            ("src/App.tsx", ""),
            ("src/lib/index.ts", ""),
            ("src/util.ts", ""),
            ("src/types.d.ts", ""),
            ("public/logo.svg", ""),
        ]);
        let config = Config::read(&files);
        let packages = [("react".into(), Package::common_js("/react.js").into())].into();
        let import_map = ["three".to_owned(), "three/".to_owned()].into();
        let resolver = Resolver {
            files: &files,
            config: &config,
            packages: &packages,
            import_map: &import_map,
        };
        resolver.resolve(&FilePath::parse("src/App.tsx").unwrap(), specifier)
    }

    fn file(path: &str, flavor: Flavor) -> Target {
        Target::File { path: FilePath::parse(path).unwrap(), flavor }
    }

    #[test]
    fn files_are_found_as_vite_finds_them() {
        assert_eq!(resolve("./util"), file("src/util.ts", Flavor::Plain));
        assert_eq!(resolve("./util.js"), file("src/util.ts", Flavor::Plain));
        assert_eq!(resolve("./lib"), file("src/lib/index.ts", Flavor::Plain));
        assert_eq!(resolve("@/lib/"), file("src/lib/index.ts", Flavor::Plain));
        assert_eq!(resolve("/src/util?raw"), file("src/util.ts", Flavor::Raw));
        assert_eq!(resolve("/logo.svg"), file("public/logo.svg", Flavor::Plain));
        assert_eq!(resolve("./types"), Target::Nothing);
        assert_eq!(resolve("three/addons/x.js"), Target::External("three/addons/x.js".into()));
    }

    #[test]
    fn what_is_missing_says_why() {
        let unresolved = |target| match target {
            Target::Unresolved(why) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(unresolved(resolve("./Util")), Unresolved::File);
        assert_eq!(unresolved(resolve("../../x")), Unresolved::File);
        assert_eq!(
            unresolved(resolve("listed/deep")),
            Unresolved::Package { name: "listed".into(), listed: true }
        );
        assert_eq!(
            unresolved(resolve("@a/b/c")),
            Unresolved::Package { name: "@a/b".into(), listed: false }
        );
        assert_eq!(unresolved(resolve("node:fs")), Unresolved::NodeBuiltin);
    }
}

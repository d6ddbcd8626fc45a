//! Code of modules, styles and components as browsers get it.

use std::collections::BTreeMap;
use std::sync::Arc;

use qv_domain::{Blob, FilePath};
use serde_json::{Map, Value};

use super::targets::targets;
use super::{Key, Project, Running, Served, Use};
use crate::diagnostic::Diagnostic;
use crate::file_kind::FileKind;
use crate::resolve::{Flavor, Target};
use crate::script::Script;
use crate::script::link::{Surroundings, broken, link};
use crate::style::Style;
use crate::style::render::{Reference, Rendered, Sheets, render};
use crate::text::quoted;
use crate::unit::{Unit, build};

impl Project {
    /// A module's code; `None` when the app has no such module.
    pub(super) fn module_code(&self, key: &Key) -> Option<String> {
        let module = self.modules.get(key)?;
        match &module.served {
            Some(running) => Some(self.code_of(key, running)),
            None => {
                let exports = module.unit.as_deref().and_then(Unit::exports);
                let exports = exports.into_iter().flatten().map(AsRef::as_ref);
                Some(broken(exports, &key.path, &self.reason(key)))
            }
        }
    }

    fn reason(&self, key: &Key) -> String {
        let own = self.modules.get(key).and_then(|module| {
            module.found.iter().chain(&module.link_found).find(|one| one.is_error()).cloned()
        });
        let found = own.or_else(|| self.diagnostics().into_iter().find(Diagnostic::is_error));
        match found {
            Some(found) => {
                format!("{} ({}:{}:{})", found.message, found.file, found.line, found.column)
            }
            None => format!("{} does not run", key.path),
        }
    }

    pub(super) fn code_of(&self, key: &Key, running: &Running) -> String {
        let Unit::Script(script) = &*running.unit else { return String::new() };
        let mut code = self.linked(&key.path, script, running);
        let mut map = self.url(&key.path, "map");
        if key.part > 0 {
            map.push_str(&format!("&part={}", key.part));
        }
        code.push_str(&format!("//# sourceMappingURL={map}\n"));
        code
    }

    fn linked(&self, path: &FilePath, script: &Script, running: &Running) -> String {
        let links = self.links(&script.imports, running);
        let env = if script.uses_env { self.env() } else { String::new() };
        link(script, &links, &Surroundings { path, env: &env })
    }

    /// Vite's names, and the app's own `VITE_` ones.
    fn env(&self) -> String {
        let mut env: Map<String, Value> = self
            .config
            .env
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        env.insert("BASE_URL".into(), format!("{}/", self.settings.base).into());
        env.insert("MODE".into(), "development".into());
        for (name, value) in [("DEV", true), ("PROD", false), ("SSR", false)] {
            env.insert(name.into(), value.into());
        }
        Value::Object(env).to_string()
    }

    /// A unit outside the graph, with its requests resolved.
    pub(super) fn running(&self, path: &FilePath, unit: Arc<Unit>) -> Running {
        let targets = targets(&self.resolver(), path, &unit);
        Running { unit, targets }
    }

    /// Code that a component's compiler made in the browser, as a module: types stripped, imports
    /// with full URLs that begin with `origin`, so that the module works from a `blob:` URL.
    ///
    /// # Errors
    /// What is wrong with the code.
    pub fn transform(
        &self,
        path: &FilePath,
        code: &str,
        origin: &str,
    ) -> Result<String, Vec<Diagnostic>> {
        let script = crate::component::transform(path, code)?;
        let running = self.running(path, Arc::new(Unit::Script(Box::new(script))));
        let Unit::Script(script) = &*running.unit else { return Ok(String::new()) };
        let mut links = self.links(&script.imports, &running);
        for link in &mut links {
            link.at_origin(origin);
        }
        let env = if script.uses_env { self.env() } else { String::new() };
        Ok(link(script, &links, &Surroundings { path, env: &env }))
    }

    /// The module that stands for a component: it has the client compile the source.
    pub(super) fn component_module(&self, path: &FilePath) -> String {
        let key = Key::file(path.clone());
        if self.modules.get(&key).is_some_and(|module| module.served.is_none()) {
            return broken(["default"].into_iter(), path, &self.reason(&key));
        }
        let svelte = FileKind::of(path) == FileKind::Svelte;
        let (loader, compiler, runtime) = if svelte {
            ("svelte", "svelte/compiler", "svelte/internal/client")
        } else {
            ("vue", "@vue/compiler-sfc", "vue")
        };
        let url = |name: &str| self.packages.get(name).map(|package| package.url.clone());
        let (Some(compiler), Some(runtime)) = (url(compiler), url(runtime)) else {
            let message = format!(
                "The compiler of {} components is being installed",
                if svelte { "Svelte" } else { "Vue" }
            );
            return broken(["default"].into_iter(), path, &message);
        };
        let load = quoted(&format!("{}/@qv/{loader}.js", self.settings.base));
        let request = serde_json::json!({
            "path": path.as_str(),
            "source": self.url(path, "source"),
            "compiler": compiler,
            "runtime": runtime,
        });
        format!(
            "import{{load}}from{load};const m=await load({request});export default m.default;\n"
        )
    }

    pub(super) fn component_source(&self, path: &FilePath, content: &Blob) -> String {
        let module = self.modules.get(&Key::file(path.clone()));
        match module.and_then(|module| module.served.as_ref()).map(|running| &*running.unit) {
            Some(Unit::Component(_, text)) => text.to_string(),
            _ => String::from_utf8_lossy(content).into_owned(),
        }
    }

    pub(super) fn class_names(&self, path: &FilePath) -> Option<&BTreeMap<String, String>> {
        let (style, _, _) = self.sheet_parts(path)?;
        path.name().contains(".module.").then_some(&style.classes)
    }

    /// A style sheet with its imports in place; `None` when it never could be read.
    pub(super) fn rendered(&self, path: &FilePath, content: &Blob) -> Option<Rendered> {
        let key = Key::file(path.clone());
        let mut all = References { project: self, sheets: BTreeMap::new() };
        if self.modules.get(&key).is_none_or(|module| module.used != Use::Code) {
            // Not in the graph: linked by an address that only running code knows.
            let unit = build(path, 0, content, &self.options()).unit?;
            all.add(path, self.running(path, unit));
        }
        all.collect(path);
        all.sheets.contains_key(path).then(|| render(&all, path))
    }

    fn sheet_parts(&self, path: &FilePath) -> Option<(&Style, &str, &[Target])> {
        let module = self.modules.get(&Key::file(path.clone()))?;
        let running = module.served.as_ref()?;
        match &*running.unit {
            Unit::Style(style, text) => Some((style, text, &running.targets)),
            _ => None,
        }
    }

    fn reference(&self, target: &Target) -> Reference {
        match target {
            Target::File { path, flavor: Flavor::Plain } if FileKind::of(path).is_style() => {
                Reference::Sheet(path.clone())
            }
            Target::File { path, .. } => Reference::Url(self.url(path, "")),
            Target::Package(_, package) => match &package.style {
                Some(text) => Reference::Text(text.as_str().into()),
                None => Reference::Url(package.url.clone()),
            },
            _ => Reference::Kept,
        }
    }

    pub(super) fn source_map(&self, key: &Key) -> Option<Served> {
        let running = self.modules.get(key)?.served.as_ref()?;
        let Unit::Script(script) = &*running.unit else { return None };
        let mut map: Value = serde_json::from_str(&script.map.as_ref()?.to_json_string()).ok()?;
        // The line of imports comes first.
        map["mappings"] = format!(";{}", map["mappings"].as_str()?).into();
        map["sources"] = vec![self.url(&key.path, "source")].into();
        map["sourcesContent"] = vec![self.files.text(&key.path)?].into();
        Some(Served {
            content_type: "application/json; charset=utf-8".into(),
            body: map.to_string().into_bytes().into(),
        })
    }
}

/// Style sheets with their references, gathered before rendering.
struct References<'p> {
    project: &'p Project,
    sheets: BTreeMap<FilePath, (Arc<Unit>, Vec<Reference>)>,
}

impl References<'_> {
    fn add(&mut self, path: &FilePath, running: Running) {
        let references =
            running.targets.iter().map(|target| self.project.reference(target)).collect();
        self.sheets.insert(path.clone(), (running.unit, references));
    }

    fn collect(&mut self, path: &FilePath) {
        let mut queue = vec![path.clone()];
        while let Some(path) = queue.pop() {
            if !self.sheets.contains_key(&path) {
                let module = self.project.modules.get(&Key::file(path.clone()));
                let Some(running) = module.and_then(|module| module.served.clone()) else {
                    continue;
                };
                self.add(&path, running);
            } else if path != queue.first().cloned().unwrap_or_else(|| path.clone()) {
                continue;
            }
            if let Some((_, references)) = self.sheets.get(&path) {
                let inner = references.iter().filter_map(|reference| match reference {
                    Reference::Sheet(path) => Some(path.clone()),
                    _ => None,
                });
                queue.extend(inner.filter(|path| !self.sheets.contains_key(path)));
            }
        }
    }
}

impl Sheets for References<'_> {
    fn sheet(&self, path: &FilePath) -> Option<(&Style, &str, &[Reference])> {
        let (unit, references) = self.sheets.get(path)?;
        match &**unit {
            Unit::Style(style, text) => Some((style, text, references)),
            _ => None,
        }
    }
}

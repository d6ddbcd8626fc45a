//! Ties the bundler to the package graph: every import is routed by it, every file read is one of a
//! package, and what cannot run in a browser is replaced by something that says so.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rolldown::plugin::{
    HookLoadArgs, HookLoadOutput, HookLoadReturn, HookNoopReturn, HookResolveIdArgs,
    HookResolveIdOutput, HookResolveIdReturn, HookUsage, Plugin, PluginContext,
    PluginContextResolveOptions, SharedLoadPluginContext,
};
use rolldown_common::{ModuleInfo, ModuleType, NormalModule};

use super::entry::{Entry, PICKED};
use super::route::{Route, route};
use super::{assets, builtins, depth, pick};
use crate::bundle::UsedExports;
use crate::graph::Graph;
use crate::lock::Warning;

const BUILTIN: &str = "\0qv-builtin:";
const MISSING: &str = "\0qv-missing:";

/// What the bundler saw, by module.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) modules: HashMap<String, Parsed>,
    /// Where each entry's import leads, by specifier.
    pub(super) entries: HashMap<String, String>,
    /// Names that entries pick and their modules do not have, with those that they have.
    pub(super) absent: Vec<(String, BTreeSet<String>, BTreeSet<String>)>,
    /// Entries that lead nowhere, with the reason.
    pub(super) lost: Vec<(String, String)>,
    pub(super) warnings: Vec<Warning>,
}

/// One module as the parser saw it.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) imports: Vec<String>,
    /// `*` stands for what an `export *` brings.
    pub(super) exports: Vec<String>,
    pub(super) common_js: bool,
}

#[derive(Debug)]
pub(super) struct PackagesPlugin {
    pub(super) graph: Arc<Graph>,
    pub(super) entries: Arc<Vec<Entry>>,
    pub(super) seen: Arc<Mutex<Seen>>,
    /// The largest script taken, in bytes.
    pub(super) module_bytes: u64,
}

impl PackagesPlugin {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn warn(&self, package: &str, message: String) {
        let warning = Warning { package: package.to_owned(), message };
        let mut seen = self.seen();
        if !seen.warnings.contains(&warning) {
            seen.warnings.push(warning);
        }
    }

    /// A script's source, or why it is not taken.
    async fn read(&self, path: &Path) -> Result<String, &'static str> {
        let size = tokio::fs::metadata(path).await.map_err(|_| "is not there")?.len();
        if size > self.module_bytes {
            return Err("is too large");
        }
        let code = tokio::fs::read_to_string(path).await.map_err(|_| "is not UTF-8")?;
        if depth::is_too_deep(&code) { Err("nests too deep") } else { Ok(code) }
    }

    /// The importing package; `None` is the app.
    fn importer(&self, importer: Option<&str>) -> Option<usize> {
        importer.and_then(|file| self.graph.owner(Path::new(file)))
    }

    fn label(&self, importer: Option<usize>) -> &str {
        importer.map_or("the app", |at| self.graph.nodes[at].id.as_str())
    }

    /// The source of an entry that picks exports, from where they are defined if that can be seen.
    async fn picked(&self, ctx: &PluginContext, id: &str, entry: &Entry) -> String {
        let UsedExports::Names(names) = &entry.used else { return entry.code() };
        let options = PluginContextResolveOptions { skip_self: false, ..Default::default() };
        let Ok(Ok(found)) = ctx.resolve(&entry.specifier, Some(id), Some(options)).await else {
            return entry.code();
        };
        let file = Path::new(found.id.as_str());
        let owner = self.graph.owner(file).filter(|at| self.graph.nodes[*at].json.is_pure);
        let Some(owner) = owner.filter(|_| !names.is_empty()) else { return entry.code() };
        let picked = pick::from_barrel(&self.graph, owner, file, &entry.specifier, names);
        if !picked.missing.is_empty() {
            self.seen().absent.push((entry.specifier.clone(), picked.missing, picked.known));
        }
        picked.code
    }

    async fn follow(
        &self,
        ctx: &PluginContext,
        args: &HookResolveIdArgs<'_>,
        package: usize,
        specifier: &str,
        from: &str,
    ) -> Option<HookResolveIdOutput> {
        let options = PluginContextResolveOptions {
            import_kind: args.kind,
            is_entry: false,
            skip_self: true,
            custom: Arc::clone(&args.custom),
        };
        let found = ctx.resolve(specifier, Some(from), Some(options)).await.ok()?.ok()?;
        let id = found.id.as_str();
        // What a package leaves out on purpose has an id that is no path.
        let allowed = id.starts_with('\0') || self.graph.owner(Path::new(id)) == Some(package);
        allowed.then(|| HookResolveIdOutput::from_resolved_id(found))
    }

    /// A module that says, when it is reached, that it is not there.
    fn missing(
        &self,
        args: &HookResolveIdArgs<'_>,
        importer: Option<usize>,
    ) -> HookResolveIdOutput {
        let (specifier, label) = (args.specifier, self.label(importer));
        if importer.is_some() {
            let message = format!("{label} imports `{specifier}`, which is not there");
            self.warn(label, message);
        }
        HookResolveIdOutput::from_id(format!("{MISSING}{specifier}\0{label}"))
    }

    fn entry_lost(&self, specifier: &str) {
        let package = crate::spec::split_specifier(specifier)
            .and_then(|(name, _)| self.graph.roots.get(name))
            .map(|at| &self.graph.nodes[*at]);
        let reason = package.map_or_else(
            || format!("`{specifier}` is not one of the app's packages"),
            |node| format!("{} has no module `{specifier}`", node.id),
        );
        let mut seen = self.seen();
        if !seen.lost.iter().any(|(lost, _)| lost == specifier) {
            seen.lost.push((specifier.to_owned(), reason));
        }
    }
}

impl Plugin for PackagesPlugin {
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("quickvibe:packages")
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::ResolveId | HookUsage::Load | HookUsage::ModuleParsed
    }

    async fn resolve_id(
        &self,
        ctx: &PluginContext,
        args: &HookResolveIdArgs<'_>,
    ) -> HookResolveIdReturn {
        if args.specifier.starts_with('\0') {
            return Ok(Some(HookResolveIdOutput::from_id(args.specifier)));
        }
        let importer = self.importer(args.importer);
        // The runtime's own modules import each other by ids that are no paths.
        let from_virtual =
            args.importer.is_some_and(|i| i.starts_with('\0') && !i.starts_with(PICKED));
        if from_virtual && importer.is_none() {
            return Ok(None);
        }
        if let Some(file) = args.specifier.strip_prefix(pick::FILE).filter(|_| importer.is_none()) {
            let path = Path::new(file);
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            return Ok(match self.graph.owner(path) {
                Some(owner) => self.follow(ctx, args, owner, &format!("./{name}"), file).await,
                None => None,
            });
        }
        let found = match route(&self.graph, importer, args.specifier) {
            Route::Web => return Ok(None),
            Route::Nothing => Some(HookResolveIdOutput::from_id(format!("{MISSING}\0"))),
            Route::Builtin(name) => {
                let label = self.label(importer);
                self.warn(label, format!("{label} uses Node's module `{name}`, which browsers do not have: what needs it will not work"));
                Some(HookResolveIdOutput::from_id(format!("{BUILTIN}{name}\0{label}")))
            }
            Route::Missing => None,
            Route::Own => match (args.importer, importer) {
                (Some(file), Some(package)) => {
                    self.follow(ctx, args, package, args.specifier, file).await
                }
                _ => None,
            },
            Route::In { package, specifier, from } => {
                self.follow(ctx, args, package, &specifier, &from.to_string_lossy()).await
            }
        };
        if importer.is_none() {
            match &found {
                Some(found) => {
                    let id = found.id.to_string();
                    self.seen().entries.insert(args.specifier.to_owned(), id);
                }
                None => self.entry_lost(args.specifier),
            }
        }
        Ok(Some(found.unwrap_or_else(|| self.missing(args, importer))))
    }

    async fn load(&self, ctx: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        let js = |code: String| {
            let module_type = Some(ModuleType::Js);
            Ok(Some(HookLoadOutput { code: code.into(), module_type, ..HookLoadOutput::default() }))
        };
        if let Some(index) = args.id.strip_prefix(PICKED) {
            let entry = index.parse::<usize>().ok().and_then(|index| self.entries.get(index));
            return js(match entry {
                Some(entry) => self.picked(&ctx, args.id, entry).await,
                None => String::new(),
            });
        }
        if let Some((builtin, package)) =
            args.id.strip_prefix(BUILTIN).and_then(|s| s.split_once('\0'))
        {
            return js(builtins::stand_in(builtin, package));
        }
        if let Some((specifier, package)) =
            args.id.strip_prefix(MISSING).and_then(|s| s.split_once('\0'))
        {
            return js(missing_code(specifier, package));
        }
        if args.id.starts_with('\0') {
            return Ok(None);
        }
        let path = Path::new(args.id.split(['?', '#']).next().unwrap_or(args.id));
        let Some(owner) = self.graph.owner(path) else {
            return js(missing_code(args.id, "a package"));
        };
        let label = self.graph.nodes[owner].id.as_str();
        match assets::kind(path) {
            assets::Kind::Style => js("export default '';".to_owned()),
            assets::Kind::NeedsCompiler(what) => {
                let message = format!(
                    "{label} ships {what} sources, which are left out: use a package with plain JavaScript and CSS"
                );
                self.warn(label, message);
                js("export default undefined;".to_owned())
            }
            assets::Kind::File => Ok(None),
            assets::Kind::Script => {
                let left_out = match self.read(path).await {
                    Ok(code) => {
                        return Ok(Some(HookLoadOutput {
                            code: code.into(),
                            ..Default::default()
                        }));
                    }
                    Err(reason) => reason,
                };
                self.warn(label, format!("{label} has a script that {left_out}: it is left out"));
                js(missing_code(&format!("a script that {left_out}"), label))
            }
        }
    }

    async fn module_parsed(
        &self,
        _: &PluginContext,
        info: Arc<ModuleInfo>,
        _: &NormalModule,
    ) -> HookNoopReturn {
        let parsed = Parsed {
            imports: info.imported_ids.iter().map(|id| id.as_str().to_owned()).collect(),
            exports: info.exports.iter().map(|name| name.as_str().to_owned()).collect(),
            common_js: info.input_format.is_commonjs(),
        };
        self.seen().modules.insert(info.id.as_str().to_owned(), parsed);
        Ok(())
    }
}

fn missing_code(specifier: &str, package: &str) -> String {
    if specifier.is_empty() {
        return "module.exports = {};".to_owned();
    }
    let message =
        serde_json::json!(format!("{package} imports \"{specifier}\", which is not there"));
    format!("module.exports = {{}};\nthrow new Error({message});")
}

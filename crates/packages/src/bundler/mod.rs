//! Bundles packages with rolldown: one script per import of the app, shared parts in shared
//! scripts, for browsers, in development mode.

mod assets;
mod barrel;
pub(crate) mod builtins;
mod css;
mod depth;
mod entry;
pub(crate) mod exports;
mod output;
mod pick;
mod plugin;
mod route;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rolldown::{BundleOutput, ResolveOptions, TsConfig};
use rolldown::{BundlerBuilder, BundlerOptions, InputItem, ModuleType, OutputFormat, Platform};
use rolldown_utils::indexmap::FxIndexMap;

pub(crate) use self::entry::Entry;
pub(crate) use self::output::missing_exports;
use self::plugin::{PackagesPlugin, Seen};
use crate::PackagesError;
use crate::bundle::{Module, Problem};
use crate::graph::Graph;
use crate::lock::Warning;

/// Room for deeply nested sources; only what is used is taken from memory.
const STACK_BYTES: usize = 128 << 20;

/// The work of one bundle.
pub(crate) struct Job {
    pub(crate) graph: Graph,
    pub(crate) entries: Vec<Entry>,
    /// A folder that exists; nothing is read from it.
    pub(crate) folder: PathBuf,
    pub(crate) module_bytes: u64,
    pub(crate) bundle_bytes: u64,
    pub(crate) time: Duration,
}

/// A bundle's files and what leads to them.
#[derive(Debug, Default)]
pub(crate) struct Built {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// Where each entry leads, in the order of the entries.
    pub(crate) modules: Vec<BuiltModule>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) warnings: Vec<Warning>,
}

/// One entry's outcome.
#[derive(Debug)]
pub(crate) struct BuiltModule {
    pub(crate) specifier: String,
    pub(crate) module: Module,
    /// The names that its script exports.
    pub(crate) exports: Vec<String>,
}

/// Bundles on threads of its own: the sources are hostile, and what they do to a stack or a
/// scheduler stays there.
pub(crate) async fn build(job: Job) -> Result<Built, PackagesError> {
    // The bundler's parallel passes recurse too. A pool that is there already keeps its stacks.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).build_global();
    let (answer, done) = tokio::sync::oneshot::channel();
    let timed_out = PackagesError::TimedOut { what: "bundling packages", limit: job.time };
    let broke =
        || PackagesError::BundleFailed { messages: vec!["the bundler broke down".to_owned()] };
    let work = move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("bundler")
            .thread_stack_size(STACK_BYTES)
            .enable_all()
            .build();
        let Ok(runtime) = runtime else { return };
        let time = job.time;
        // Spawned, so that a panic ends the task and not this thread.
        let task = runtime.spawn(bundle(job));
        let outcome = runtime.block_on(async { tokio::time::timeout(time, task).await });
        runtime.shutdown_background();
        // Nobody is left to hear it when the caller has gone away.
        let _ = answer.send(outcome);
    };
    let thread = std::thread::Builder::new().name("bundler".to_owned()).stack_size(STACK_BYTES);
    thread.spawn(work).map_err(|_| broke())?;
    match done.await {
        Ok(Ok(Ok(built))) => built,
        Ok(Err(_)) => Err(timed_out),
        Ok(Ok(Err(_))) | Err(_) => Err(broke()),
    }
}

async fn bundle(job: Job) -> Result<Built, PackagesError> {
    let graph = Arc::new(job.graph);
    let entries = Arc::new(job.entries);
    let seen = Arc::new(Mutex::new(Seen::default()));
    let plugin = PackagesPlugin {
        graph: Arc::clone(&graph),
        entries: Arc::clone(&entries),
        seen: Arc::clone(&seen),
        module_bytes: job.module_bytes,
    };
    let output = {
        let options = options(&entries, job.folder);
        let builder =
            BundlerBuilder::default().with_options(options).with_plugins(vec![Arc::new(plugin)]);
        match builder.build() {
            Ok(mut bundler) => bundler.generate().await,
            Err(error) => Err(error),
        }
    };
    let output: BundleOutput = output.map_err(|errors| PackagesError::BundleFailed {
        messages: errors.iter().take(5).map(|e| short(&graph.hide_paths(&e.to_string()))).collect(),
    })?;
    let seen = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    output::collect(&output, &graph, &entries, seen, job.bundle_bytes)
}

fn short(message: &str) -> String {
    message.lines().next().unwrap_or_default().chars().take(300).collect()
}

fn options(entries: &[Entry], folder: PathBuf) -> BundlerOptions {
    let input = entries.iter().enumerate().map(|(index, entry)| InputItem {
        name: Some(entry.file.clone()),
        import: entry.import(index),
    });
    let texts = |list: &[&str]| Some(list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
    let files = assets::FILES.iter().map(|ending| (format!(".{ending}"), ModuleType::Asset));
    BundlerOptions {
        input: Some(input.collect()),
        cwd: Some(folder),
        format: Some(OutputFormat::Esm),
        platform: Some(Platform::Browser),
        define: Some(defines()),
        // Names that start with `_` are none of an entry's.
        entry_filenames: Some("[name].js".to_owned().into()),
        chunk_filenames: Some("_[name]-[hash].js".to_owned().into()),
        asset_filenames: Some("_[name]-[hash][extname]".to_owned().into()),
        module_types: Some(files.collect()),
        minify: Some(true.into()),
        // A package that imports a name which another lacks fails where it uses it, not as a whole.
        shim_missing_exports: Some(true),
        tsconfig: Some(TsConfig::Auto(false)),
        resolve: Some(ResolveOptions {
            condition_names: texts(&["module", "development"]),
            // No folder is ever searched: the package graph answers every name.
            modules: texts(&["\0none"]),
            // Paths stay below the folders that the graph knows.
            symlinks: Some(false),
            ..ResolveOptions::default()
        }),
        ..BundlerOptions::default()
    }
}

/// What sources written for Node or a build tool expect to be replaced.
fn defines() -> FxIndexMap<String, String> {
    [
        ("process.env.NODE_ENV", "\"development\""),
        ("process.env", "({\"NODE_ENV\":\"development\"})"),
        ("process.browser", "true"),
        ("global", "globalThis"),
        ("import.meta.env", "({\"MODE\":\"development\",\"DEV\":true,\"PROD\":false,\"SSR\":false,\"BASE_URL\":\"/\"})"),
        ("__VUE_OPTIONS_API__", "true"),
        ("__VUE_PROD_DEVTOOLS__", "false"),
        ("__VUE_PROD_HYDRATION_MISMATCH_DETAILS__", "false"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into_iter()
    .collect()
}

//! How much of an app is compiled. Beyond these the app is still served, with a diagnostic.

/// The largest text that is compiled, in bytes: a file's limit in a project.
pub const MAX_SOURCE_BYTES: usize = 1_000_000;
/// The most modules that one app may reach.
pub const MAX_MODULES: usize = 2_000;
pub use qv_domain::nesting::MAX_NESTING;
/// The most imports, and names in them, in one app; a glob counts for 200.
pub const MAX_LINKS: usize = 50_000;
/// The most diagnostics about where one module's imports lead.
pub const MAX_LINK_DIAGNOSTICS: usize = 50;
/// The most import statements in one module.
pub const MAX_IMPORTS: usize = 2_000;
/// The most diagnostics that are kept.
pub const MAX_DIAGNOSTICS: usize = 100;
/// The most files that one `import.meta.glob` may match.
pub const MAX_GLOB: usize = 500;
/// The largest style sheet after its imports are put in, in bytes.
pub const MAX_STYLE_BYTES: usize = 2_000_000;
/// The most HTML pages whose scripts are compiled.
pub const MAX_PAGES: usize = 50;
/// How many patches are kept for clients that reconnect.
pub(crate) const MAX_HISTORY: usize = 64;

//! Compiles a generated app's modules for the browser.
//!
//! A [`Project`] holds one app in memory: files in, answers to a browser's requests out. The server
//! feeds it edits and forwards requests; the app itself runs in the visitor's browser, on an origin
//! of its own. No I/O, no clock, no randomness: the same files, packages and edits always give the
//! same bytes.
//!
//! # How an edit travels
//!
//! 1. **Compile.** Each file is compiled on its own ([`limits`] bound how much): scripts by oxc
//!    (types, JSX, React Refresh, source map), style sheets and pages by scanners that touch only
//!    what has to change. The result depends on nothing but the text, so an edit compiles one file.
//! 2. **Resolve.** What a file asks of others is kept as a list of specifiers beside its body, and
//!    is resolved afresh after every change against files, aliases and packages: a new file mends
//!    the imports that missed it without anything being compiled again.
//! 3. **Check.** Missing files, packages and exports become [`Diagnostic`]s. A module that cannot
//!    run, or needs one that cannot, is served as it last ran; so is everything that depends on it.
//!    A half-written app therefore stays usable as it was, and open pages are told nothing until
//!    the new state runs as a whole.
//! 4. **Propagate.** What is served is compared with what pages were shown. From each module that
//!    differs the importers are walked up to those that can replace themselves: modules that export
//!    only React components, components of Vue and Svelte, `import.meta.hot.accept()`, and style
//!    sheets where they are applied. They get a new stamp (`?t=<revision>`) and are named in a
//!    [`Patch`]; where the walk ends at a page instead, the page loads again.
//! 5. **Link.** URLs are written only when a module is served: all its imports, as one line before
//!    the body. So every page that loads sees one URL for each module, whatever happened before,
//!    and the body's source map needs no more than that line's offset.
//!
//! However edits are grouped, they end in the state that loading the final files would give (a
//! property test holds this).
//!
//! # Addresses under the preview's origin
//!
//! | address | answer |
//! |---|---|
//! | `/`, `/any/route` | the page: `index.html`, `route.html` or `route/index.html`, with the client in its head |
//! | `/src/App.tsx` | the module, compiled; scripts that a page loads without `type=module` as they are |
//! | `…?map` | its source map |
//! | `/src/a.css` | the sheet with its imports in place; `?import`: a module that applies it |
//! | `/src/a.json?import`, `/src/a.svg?import` | a module with the value, with the URL |
//! | `…?raw`, `?url`, `?inline`, `?worker` | a module, as Vite has it |
//! | `/index.html?part=1` | the page's first inline module script |
//! | `/src/A.vue` | a module that has the client compile `/src/A.vue?source` |
//! | `/x` for `public/x` | the file |
//! | `/@qv/client.js`, `overlay`, `picker`, `opaque`, `vue`, `svelte` | the client's scripts |
//!
//! Three more belong to the server: `/@qv/tailwind.js` (Tailwind's browser build, when
//! [`Project::uses_tailwind`]), `GET /@qv/events?revision=N` and `POST /@qv/transform?path=P`
//! ([`Project::transform`]; 200 with JavaScript, otherwise text that says what is wrong).
//!
//! `/@qv/events` is an event stream of `patch` events whose data is a [`Patch`] as JSON. A
//! connection remembers the revision that its page shows, beginning with N, and whenever
//! [`Project::revision`] is another sends [`Project::patch_since`] that one: no change can be lost
//! between loading and connecting, or between two connections.
//!
//! # Messages between page and app
//!
//! The page posts `{qv: 1, type, …}` to its parent, at [`Settings::app_origin`] only (to any parent
//! in opaque mode, where the app must compare `event.source`). Types: `boot {path, revision}`,
//! `painted {ms, title}`, `hot-done {ms, revision, paths}`, `navigated {path}`,
//! `console {level, args}`, `error {message, file, line, col, stack}`,
//! `unhandledrejection {message, stack}`, `compile-error {file, line, col, message}` (of Vue and Svelte
//! components, in source positions), `resource-error {url, tag}`,
//! `network {method, url, status | error}`, `picked {path, html, text, components, rect}` or
//! `picked {cancelled}`. Texts are cut at 4,000 characters; reports come at most 100 at once and 20
//! a second, and `dropped` counts what was left out before one. Places are mapped by
//! [`Project::map_position`]. The page takes `{qv: 1, type: "reload"}`, `{…"navigate", path}` and
//! `{…"pick", on}` from that parent and origin. Generated code can forge all of these: they are
//! hints about the app, never instructions to QuickVibe.
//!
//! # Hostile input
//!
//! Everything here comes from a model or a stranger. [`limits`] bound sizes and counts, depth is
//! bounded by what can nest (see [`qv_domain::nesting`]), scanners are flat loops, and text reaches HTML and
//! JavaScript only through the encoders of `text.rs`.

mod component;
mod config;
mod diagnostic;
mod file_kind;
mod files;
mod glob;
mod html;
mod json_module;
pub mod limits;
mod packages;
mod patch;
mod project;
mod resolve;
mod script;
mod style;
mod text;
mod unit;

pub use diagnostic::{Diagnostic, DiagnosticKind, Severity};
pub use packages::{Package, PackageImport, PackageMap};
pub use patch::{HotModule, Patch};
pub use project::{Position, Project, Served, Settings};

//! Compiles a generated app's modules for the browser.

mod component;
mod config;
mod diagnostic;
mod file_kind;
mod files;
mod glob;
mod html;
mod json_module;
pub mod limits;
mod nesting;
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
pub use project::{Cache, Position, Project, Served, Settings};

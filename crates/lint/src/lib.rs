//! Reads a generated app's files for what will not work, and for what should not be published.
//!
//! [`lint`] is part of every check of an app: names that are declared nowhere, links, assets and styles that lead
//! nowhere, hooks that React will stumble over, what a screen reader cannot use. [`guards`] looks before publishing:
//! secrets in files, code that lets strangers run theirs, packages that are named like better-known ones.
//! [`types`] reads what TypeScript's compiler printed.
//!
//! What is said is meant to be sure. An error is certain to break what a page of the app reaches; all else is a
//! warning. A rule that cannot know is silent: an alarm about code that works costs a person's
//! trust and a model's repair. So each rule states in its own page what makes it sure, no starter may give a finding,
//! and where an app does something that the rules cannot follow (ids that are computed, routes from data), the rules
//! in question stay out of it.
//!
//! Pure: no I/O, no clock, no randomness. Texts come from models and strangers: sizes, depths and counts are bounded by
//! [`limits`], scripts are parsed on a stack that is large enough ([`qv_domain::nesting`]), scanners are flat loops.
//! That an import leads nowhere, or a package is not listed, is the compiler's to say (`qv-webcore`).

mod app;
mod asset;
mod component;
mod danger;
mod element;
mod flow;
mod foreign;
mod found;
mod hooks;
mod jsx;
pub mod limits;
mod link;
mod lists;
mod markup;
mod names;
mod near;
mod nothing;
mod packages;
mod props;
mod reach;
mod route;
mod script;
mod secret;
mod sheet;
mod style;
mod tailwind;
pub mod types;
mod words;

pub use app::App;
pub use found::{Found, Level, Topic};
pub use packages::{is_well_known, look_alike};

use found::Sink;

/// Everything that will not work, or not for everybody, in the order of files and lines.
#[must_use]
pub fn lint(app: &App<'_>) -> Vec<Found> {
    let mut sink = Sink::default();
    let facts = script::read(app, &mut sink);
    asset::judge(app, &facts, &mut sink);
    link::judge(app, &facts, &mut sink);
    props::judge(app, &facts, &mut sink);
    route::judge(app, &facts, &mut sink);
    style::judge(app, &facts, &mut sink);
    let mut found = sink.into_found();
    reach::soften(app, &mut found);
    found
}

/// Everything that its makers should know before an app is published, in the order of files and lines.
#[must_use]
pub fn guards(app: &App<'_>) -> Vec<Found> {
    let mut sink = Sink::default();
    secret::judge(app, &mut sink);
    danger::judge(app, &mut sink);
    packages::judge(app, &mut sink);
    sink.into_found()
}

#[cfg(test)]
mod tests;

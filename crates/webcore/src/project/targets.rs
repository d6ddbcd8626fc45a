//! Where the requests of a unit lead.

use qv_domain::FilePath;

use super::{Key, Use};
use crate::file_kind::FileKind;
use crate::files::{folder, join};
use crate::glob;
use crate::html::TagKind;
use crate::resolve::{Flavor, Resolver, Target, Unresolved};
use crate::script::ImportKind;
use crate::style::render::is_tailwind;
use crate::unit::Unit;

/// Where a unit's requests lead.
pub(super) fn targets(resolver: &Resolver<'_>, path: &FilePath, unit: &Unit) -> Vec<Target> {
    let imports = match unit {
        Unit::Script(script) => &script.imports[..],
        Unit::Component(component, _) => &component.imports[..],
        Unit::Style(..) => {
            let requests = unit.requests();
            return requests
                .iter()
                .map(|(specifier, _)| style_target(resolver, path, specifier))
                .collect();
        }
        Unit::Page(page, _) => {
            let targets = page.requests().map(|(tag, specifier, _)| {
                match (&tag.kind, resolver.resolve(path, specifier)) {
                    (TagKind::Classic(_), Target::File { path, .. }) => {
                        Target::File { path, flavor: Flavor::Classic }
                    }
                    (_, target) => target,
                }
            });
            return targets.collect();
        }
        Unit::Json(_) | Unit::Asset => return Vec::new(),
    };
    imports
        .iter()
        .map(|import| match &import.kind {
            ImportKind::Glob { patterns, .. } => {
                Target::Files(glob::expand(resolver.files, path, patterns))
            }
            ImportKind::Url(_) => match resolver.resolve(path, &import.specifier) {
                Target::File { path, .. } if !is_code(&path) => {
                    Target::File { path, flavor: Flavor::Url }
                }
                // `new Worker(new URL("./w.ts", import.meta.url))` runs what it names.
                target => target,
            },
            _ => resolver.resolve(path, &import.specifier),
        })
        .collect()
}

fn is_code(path: &FilePath) -> bool {
    matches!(FileKind::of(path), FileKind::Script(_))
}

/// CSS's `url(x.png)` and `@import "x.css"` are relative without `./`; packages come second.
fn style_target(resolver: &Resolver<'_>, path: &FilePath, specifier: &str) -> Target {
    let specifier = specifier.trim();
    if specifier.is_empty() || specifier.starts_with('#') || is_tailwind(specifier) {
        return Target::External(specifier.to_owned());
    }
    let bare = specifier.split(['?', '#']).next().unwrap_or(specifier);
    let relative = join(folder(path), bare);
    let flavor = |path: FilePath| {
        let flavor = if FileKind::of(&path).is_style() { Flavor::Plain } else { Flavor::Url };
        Target::File { path, flavor }
    };
    if !bare.starts_with(['.', '/', '@', '~'])
        && let Some((path, _)) = relative.as_deref().and_then(|path| resolver.files.get(path))
    {
        return flavor(path.clone());
    }
    match resolver
        .resolve(path, bare.strip_prefix('~').filter(|rest| !rest.starts_with('/')).unwrap_or(bare))
    {
        Target::File { path, .. } => flavor(path),
        target => target,
    }
}

/// The modules that a target leads to, and what for.
pub(super) fn reached(target: &Target) -> Vec<(Key, Use)> {
    match target {
        Target::File { path, flavor } => {
            let used = match flavor {
                Flavor::Raw | Flavor::Url => Use::Asset,
                Flavor::Classic => Use::Classic,
                Flavor::Plain | Flavor::Inline | Flavor::Worker => Use::Code,
            };
            vec![(Key::file(path.clone()), used)]
        }
        Target::Files(files) => {
            files.iter().map(|(_, path)| (Key::file(path.clone()), Use::Code)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an import cannot be followed.
pub(super) const fn unresolved(target: &Target) -> Option<&Unresolved> {
    match target {
        Target::Unresolved(why) => Some(why),
        _ => None,
    }
}

//! Which packages are installed without asking: those of the registry, by their names.

use super::classify::refused;
use super::{ToolCall, Verdict, is_hidden};

/// The most packages of one run.
const PACKAGES: usize = 10;
/// The longest package with its version, in bytes: npm's own limit for the name, and a version to spare.
const SPEC_BYTES: usize = 280;
const NAME_BYTES: usize = 214;
const VERSION_BYTES: usize = 64;

/// Judges an installation of these, given with spaces or commas between them.
pub(super) fn install(packages: &str) -> Verdict {
    let words = packages.split(|c: char| c.is_whitespace() || c == ',');
    judge(words.filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

pub(super) fn judge(packages: Vec<String>) -> Verdict {
    if packages.len() > PACKAGES {
        return Verdict::Refused(format!("a run installs at most {PACKAGES} packages"));
    }
    if packages.iter().any(|package| package.starts_with('-')) {
        return refused("an installation takes names of packages, and no options");
    }
    if packages.iter().any(|package| package.len() > SPEC_BYTES || package.contains(is_hidden)) {
        return refused("that is no name of a package");
    }
    let odd = packages.iter().find(|package| !is_registry_package(package)).cloned();
    let call = ToolCall::Install { packages };
    match odd {
        None => Verdict::Allowed(call),
        Some(odd) => Verdict::Ask(
            call,
            format!("\u{201C}{odd}\u{201D} is not the name of a package of the npm registry."),
        ),
    }
}

/// Whether this names a package of the registry, with or without a version, and nothing else: no address, no
/// repository, no archive, no alias.
pub(super) fn is_registry_package(spec: &str) -> bool {
    let at = spec.get(1..).and_then(|rest| rest.find('@')).map(|at| at + 1);
    let (name, version) = match at {
        Some(at) => (&spec[..at], Some(&spec[at + 1..])),
        None => (spec, None),
    };
    let bare = match name.strip_prefix('@') {
        Some(scoped) => match scoped.split_once('/') {
            Some((scope, bare)) if is_name(scope) => bare,
            _ => return false,
        },
        None => name,
    };
    name.len() <= NAME_BYTES && is_name(bare) && version.is_none_or(is_version)
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._".contains(&b))
        && !matches!(name, "node_modules" | "favicon.ico")
        && !is_archive(name)
}

fn is_version(version: &str) -> bool {
    let bare = version.trim_start_matches(['~', '^', '>', '<', '=']);
    version.len() - bare.len() <= 2
        && bare.len() <= VERSION_BYTES
        && bare.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '*')
        && bare.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.+*".contains(&b))
        && !is_archive(bare)
}

/// npm takes these for files, wherever they stand.
fn is_archive(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [".tgz", ".tar.gz", ".tar"].iter().any(|ending| lower.ends_with(ending))
}

//! Packages that are named like better-known ones.
//!
//! Whoever means `lodash` and writes `loadsh` gets what a stranger put there. A name that is well known itself is never
//! taken for another's.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde_json::Value;

use crate::App;
use crate::found::{Level, Place, Rule, Sink, Topic, shown};
use crate::lists::lines;
use crate::near::{folded, one_slip};

const LOOK_ALIKE: Rule = Rule("look-alike", Topic::Package, Level::Warning);

static POPULAR: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| lines(include_str!("../data/popular.txt")));

/// Whether a package is one of those that others are named after.
#[must_use]
pub fn is_well_known(name: &str) -> bool {
    POPULAR.contains(name)
}

/// The well-known package that a name is a slip of the fingers away from: a letter too many, too few, wrong or swapped,
/// or other signs between its words. Packages of a scope belong to the scope's owner and are not judged.
#[must_use]
pub fn look_alike(name: &str) -> Option<&'static str> {
    /// Shorter names are all alike.
    const SHORTEST: usize = 5;
    if name.len() < SHORTEST || name.len() > 80 || name.starts_with('@') || is_well_known(name) {
        return None;
    }
    let mut known: Vec<&'static str> =
        POPULAR.iter().copied().filter(|known| known.len() >= SHORTEST).collect();
    known.sort_unstable();
    known.into_iter().find(|known| one_slip(name, known) || (folded(name) == folded(known)))
}

pub(crate) fn judge(app: &App<'_>, sink: &mut Sink) {
    let Some((path, text)) = app.texts().find(|(path, _)| path.as_str() == "package.json") else {
        return;
    };
    let manifest: Value = serde_json::from_str(text).unwrap_or_default();
    for list in ["dependencies", "devDependencies", "optionalDependencies"] {
        for name in
            manifest.get(list).and_then(Value::as_object).into_iter().flat_map(|list| list.keys())
        {
            if let Some(known) = look_alike(name) {
                let offset = text.find(&format!("\"{name}\"")).unwrap_or(0);
                let message = format!(
                    "The package `{}` is named like `{known}` and is another.",
                    shown(name)
                );
                let remedy = format!(
                    "If you meant `{known}`, use it. Else see who made `{}` before you publish.",
                    shown(name)
                );
                sink.at(LOOK_ALIKE, Place { path, text, offset }, message, remedy);
            }
        }
    }
}

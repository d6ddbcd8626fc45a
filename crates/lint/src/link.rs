//! Ids, and what refers to them: labels, ARIA, links within a page.
//!
//! Sure, because an id that is not written as one must at least stand as a value somewhere in the app's files; where an
//! app computes ids in a way that cannot be followed, or makes them of its texts, nothing is said.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use oxc_span::Span;
use qv_domain::FilePath;

use crate::App;
use crate::found::{Level, Place, Rule, Sink, Topic, shown};
use crate::limits::MAX_COMPARED;
use crate::script::Facts;
use crate::words::values;

const LABEL: Rule = Rule("label-target", Topic::Accessibility, Level::Warning);
const ARIA_TARGET: Rule = Rule("aria-target", Topic::Accessibility, Level::Warning);
const LINK: Rule = Rule("link-target", Topic::Asset, Level::Warning);
const TWICE: Rule = Rule("duplicate-id", Topic::Accessibility, Level::Warning);

/// What refers to an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdUse {
    Label,
    Aria,
    Link,
}

#[derive(Debug)]
struct IdRef<'a> {
    path: &'a FilePath,
    offset: usize,
    id: String,
    what: IdUse,
}

#[derive(Debug)]
struct Declared<'a> {
    path: &'a FilePath,
    offset: usize,
    together: Option<Span>,
}

/// Every id of an app.
#[derive(Debug, Default)]
pub(crate) struct IdFacts<'a> {
    declared: BTreeMap<String, Vec<Declared<'a>>>,
    /// The fixed pieces of ids that are put together.
    patterns: BTreeSet<Vec<String>>,
    refs: Vec<IdRef<'a>>,
    /// Ids come from where they cannot be followed.
    open: bool,
}

impl<'a> IdFacts<'a> {
    pub(crate) fn declare(
        &mut self,
        path: &'a FilePath,
        offset: usize,
        id: &str,
        together: Option<Span>,
    ) {
        self.declared.entry(id.to_owned()).or_default().push(Declared { path, offset, together });
    }

    pub(crate) fn declare_pattern(&mut self, pieces: Vec<String>) {
        self.patterns.insert(pieces);
    }

    pub(crate) const fn open(&mut self) {
        self.open = true;
    }

    pub(crate) fn refer(&mut self, path: &'a FilePath, offset: usize, id: &str, what: IdUse) {
        if !id.is_empty() {
            self.refs.push(IdRef { path, offset, id: id.to_owned(), what });
        }
    }

    fn may_be(&self, id: &str) -> bool {
        self.declared.contains_key(id) || self.patterns.iter().any(|pieces| fits(id, pieces))
    }
}

/// Whether a text may come of a template of these pieces.
fn fits(text: &str, pieces: &[String]) -> bool {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return true };
    text.starts_with(first.as_str()) && text.ends_with(last.as_str())
}

pub(crate) fn judge(app: &App<'_>, facts: &Facts<'_>, sink: &mut Sink) {
    twice(app, facts, sink);
    let ids = &facts.ids;
    if ids.open || !app.is_whole() {
        return;
    }
    // Whoever reads the address's end makes pages of it.
    let routed = ["location.hash", "hashchange", "HashRouter", "createHashRouter"];
    let by_text = |name: &String| {
        ["slug", "anchor", "markdown", "mdx"].iter().any(|word| name.contains(word))
    };
    let routed = app.packages().unwrap_or_default().iter().any(by_text)
        || app.texts().any(|(_, text)| routed.iter().any(|word| text.contains(word)));
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for other in ids.refs.iter().filter(|other| other.what != IdUse::Link) {
        *counts.entry(&other.id).or_default() += 1;
    }
    for one in ids.refs.iter().take(MAX_COMPARED) {
        let rule = match one.what {
            IdUse::Label => LABEL,
            IdUse::Aria => ARIA_TARGET,
            IdUse::Link => LINK,
        };
        if !sink.takes(rule) {
            continue;
        }
        let is_link = one.what == IdUse::Link;
        if ids.may_be(&one.id)
            || (is_link && (routed || one.id == "top" || one.id.contains(['/', '!', '?'])))
        {
            continue;
        }
        // Somewhere else it is a value: it may be an id there. What refers to it is one itself, but for `#x`.
        let refs = counts.get(one.id.as_str()).copied().unwrap_or_default();
        if values(app, &one.id, refs + 1) > refs {
            continue;
        }
        let known = ids.declared.keys().map(String::as_str);
        let remedy = sink.advice(&one.id, known, "Correct it, or give an element this id.");
        let id = shown(&one.id);
        let message = match one.what {
            IdUse::Label => format!("The label is for `{id}`, and no field has this id."),
            IdUse::Aria => format!("No element has the id `{id}`."),
            IdUse::Link => format!("The link leads to `#{id}`, and no element has this id."),
        };
        let Some(text) = app.text(one.path) else { continue };
        sink.at(rule, Place { path: one.path, text, offset: one.offset }, message, remedy);
    }
}

/// The same id twice in elements that are surely there together.
fn twice(app: &App<'_>, facts: &Facts<'_>, sink: &mut Sink) {
    for (id, places) in &facts.ids.declared {
        let mut seen = HashSet::new();
        for one in places {
            let Some(tree) = one.together else { continue };
            let before = !seen.insert((one.path.as_str(), tree.start, tree.end));
            if !sink.takes(TWICE) {
                return;
            }
            if before && let Some(text) = app.text(one.path) {
                let message = format!("The id `{}` is given twice.", shown(id));
                let place = Place { path: one.path, text, offset: one.offset };
                sink.at(TWICE, place, message, "Give each element an id of its own.");
            }
        }
    }
}

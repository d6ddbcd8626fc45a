//! How likely a request needs each file: signals, weighed together to a probability.

mod bm25;
pub(crate) mod graph;
mod named;
mod past;
pub(crate) mod places;
pub(crate) mod roles;
pub(crate) mod terms;
mod weights;

use qv_domain::FilePath;

use crate::facts::Facts;
use crate::pack::{PackRequest, Reason};

pub use weights::Signals;

/// A file with how likely it is needed.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Which.
    pub path: FilePath,
    /// How likely the request needs it: 0 to 1.
    pub chance: f64,
    /// What speaks most for it.
    pub reason: Reason,
    /// What was found of it.
    pub signals: Signals,
}

/// Files that lend their score to what they are linked with.
const LENDING: usize = 6;

/// Ranks files, in the order in which they are given.
pub(crate) fn rank(
    paths: &[&FilePath],
    facts: &[&Facts],
    request: &PackRequest<'_>,
    query: &terms::Query,
) -> Vec<Ranked> {
    let of = |field: fn(&Facts) -> &terms::Counted| {
        let texts: Vec<&terms::Counted> = facts.iter().map(|facts| field(facts)).collect();
        bm25::of_best(bm25::scores(&texts, query))
    };
    let (words, places) = (of(|facts| &facts.words), of(|facts| &facts.path_words));
    let (symbols, roles) = (of(|facts| &facts.symbol_words), of(|facts| &facts.role_words));
    let past = past::Past::read(paths, request.past, query);
    let mention = named::Mention::of(request.prompt);
    let mut signals: Vec<Signals> = (0..paths.len())
        .map(|at| Signals {
            words: words[at],
            path: places[at],
            symbols: symbols[at],
            role: roles[at],
            named: mention.of_path(paths[at]),
            recent: past.recent[at],
            touched: past.touched[at],
            often: past.often[at],
            similar: past.similar[at],
            code: f64::from(u8::from(places::is_code(paths[at]))),
            kit: f64::from(u8::from(places::is_kit(paths[at]))),
            ..Signals::default()
        })
        .collect();
    lend(paths, facts, &past, &mut signals);
    let ranked = paths.iter().zip(signals).map(|(path, signals)| {
        let (mut chance, mut reason) = (signals.chance(), signals.reason());
        for (is, why) in [
            // Its very name, not only words that its name is made of.
            (signals.named >= 1.0, Reason::Named),
            (request.open.contains(path), Reason::Open),
            (request.picked.is_some_and(|(picked, _)| picked == *path), Reason::Picked),
            (request.errors.iter().any(|(wrong, _)| wrong == *path), Reason::Error),
        ] {
            if is {
                chance = chance.max(why.chance());
                reason = why;
            }
        }
        Ranked { path: (*path).clone(), chance, reason, signals }
    });
    ranked.collect()
}

/// What the best files are linked with gains by it: what they import, what imports them, what was changed
/// together with them.
fn lend(paths: &[&FilePath], facts: &[&Facts], past: &past::Past, signals: &mut [Signals]) {
    let own: Vec<f64> = signals.iter().map(Signals::own).collect();
    let own = bm25::of_best(own);
    let names: Vec<&str> = paths.iter().map(|path| path.as_str()).collect();
    let imports = graph::imports(&names, facts);
    let (mut imported, mut importer) = (vec![0.0_f64; own.len()], vec![0.0_f64; own.len()]);
    for (from, targets) in imports.iter().enumerate() {
        for to in targets.iter().copied() {
            imported[to] = imported[to].max(own[from]);
            importer[from] = importer[from].max(own[to]);
        }
    }
    let mut best: Vec<usize> = (0..own.len()).collect();
    best.sort_by(|a, b| own[*b].total_cmp(&own[*a]).then(a.cmp(b)));
    best.truncate(LENDING);
    let together = past.together(&best, &own);
    let (imported, importer) = (bm25::of_best(imported), bm25::of_best(importer));
    for (at, signals) in signals.iter_mut().enumerate() {
        signals.imported = imported[at];
        signals.importer = importer[at];
        signals.together = together[at];
    }
}

/// How well each text fits the request, with 1 for the best.
pub(crate) fn fits(texts: &[terms::Counted], query: &terms::Query) -> Vec<f64> {
    bm25::of_best(bm25::scores(&texts.iter().collect::<Vec<_>>(), query))
}

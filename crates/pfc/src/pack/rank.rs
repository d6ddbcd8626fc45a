//! The order in which files are worth sending.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use qv_domain::FilePath;

use super::{PackRequest, Reason, SourceFile, terms};

/// Bytes of a file that are read for its words.
const READ_BYTES: usize = 100_000;
/// A word in a path counts as so many in the text.
const PATH_WEIGHT: f64 = 5.0;
/// A word of the turn before counts as so much of one of the prompt.
const HISTORY_WEIGHT: f64 = 0.3;
/// What a change just now adds, relative to the best score; halved with each version since.
const RECENT_WEIGHT: f64 = 0.5;
/// BM25's usual parameters.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// The files worth sending, best first, each with its reason.
pub(super) fn rank(files: &[SourceFile<'_>], request: &PackRequest<'_>) -> Vec<(usize, Reason)> {
    let scores = scores(files, request);
    let best = scores.iter().copied().fold(0.0, f64::max);
    let mut ranked: Vec<(usize, Reason, f64)> = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let recency = file.age.map_or(0.0, |age| RECENT_WEIGHT * 0.5_f64.powi(age.min(60) as i32));
        let score = if best > 0.0 { scores[at] / best } else { 0.0 } + recency;
        let reason = if request.errors.contains(file.path) {
            Reason::Error
        } else if is_named(file.path, request.prompt) {
            Reason::Named
        } else if is_entry(file.path) {
            Reason::Entry
        } else if scores[at] > 0.0 && scores[at] / best >= recency {
            Reason::Relevant
        } else if recency > 0.0 {
            Reason::Recent
        } else {
            continue;
        };
        ranked.push((at, reason, score));
    }
    // Relevant and recent files compete by score; the other reasons come first.
    let class = |reason: Reason| reason.min(Reason::Relevant);
    ranked.sort_by(|a, b| {
        class(a.1)
            .cmp(&class(b.1))
            .then_with(|| b.2.partial_cmp(&a.2).unwrap_or(Ordering::Equal))
            .then_with(|| files[a.0].path.cmp(files[b.0].path))
    });
    ranked.into_iter().map(|(at, reason, _)| (at, reason)).collect()
}

/// Whether the prompt has the file's path or name.
fn is_named(path: &FilePath, prompt: &str) -> bool {
    let prompt = prompt.to_lowercase();
    let name = path.name().to_lowercase();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    // `App` or `index` alone are words of any prompt; `TimerRing` is a name.
    let telling = path.name().chars().skip(1).any(char::is_uppercase) && stem.len() > 3;
    contains_word(&prompt, &name) || telling && contains_word(&prompt, stem)
}

fn contains_word(text: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        !is_part(text[..at].chars().next_back()) && !is_part(text[at + word.len()..].chars().next())
    })
}

/// Where an app begins: it is needed for nearly every change.
fn is_entry(path: &FilePath) -> bool {
    matches!(
        path.as_str(),
        "index.html"
            | "package.json"
            | "src/main.tsx"
            | "src/main.ts"
            | "src/main.jsx"
            | "src/main.js"
            | "src/App.tsx"
            | "src/App.jsx"
            | "src/App.vue"
            | "src/App.svelte"
            | "src/index.css"
            | "src/styles.css"
    )
}

/// How well each file's words fit those asked for (BM25).
fn scores(files: &[SourceFile<'_>], request: &PackRequest<'_>) -> Vec<f64> {
    let query = query(request);
    let mut counts: Vec<HashMap<&str, f64>> = vec![HashMap::new(); files.len()];
    let mut lengths = vec![0.0; files.len()];
    let mut found_in: HashMap<&str, f64> = HashMap::new();
    for (at, file) in files.iter().enumerate() {
        let text = beginning(file.text.unwrap_or_default());
        let words = terms::of(text).map(|word| (word, 1.0));
        for (word, weight) in words.chain(terms::of(file.path).map(|word| (word, PATH_WEIGHT))) {
            lengths[at] += weight;
            if let Some((word, _)) = query.iter().find(|(asked, _)| *asked == word) {
                *counts[at].entry(word).or_default() += weight;
            }
        }
        for word in counts[at].keys() {
            *found_in.entry(word).or_default() += 1.0;
        }
    }
    let number = files.len() as f64;
    let average = (lengths.iter().sum::<f64>() / number.max(1.0)).max(1.0);
    let score = |at: usize| {
        query.iter().fold(0.0, |sum, (word, weight)| {
            let Some(count) = counts[at].get(word.as_str()) else { return sum };
            let within = found_in.get(word.as_str()).copied().unwrap_or_default();
            let rarity = (1.0 + (number - within + 0.5) / (within + 0.5)).ln();
            let damped = count + K1 * (1.0 - B + B * lengths[at] / average);
            sum + weight * rarity * count * (K1 + 1.0) / damped
        })
    };
    (0..files.len()).map(score).collect()
}

/// The words asked for, each once, with its weight; at most 100, the prompt's first.
fn query(request: &PackRequest<'_>) -> Vec<(String, f64)> {
    const WORDS: usize = 100;
    let asked = terms::of(request.prompt).map(|word| (word, 1.0));
    let before = request.history.last().copied().unwrap_or_default();
    let mut seen = HashSet::new();
    asked
        .chain(terms::of(before).map(|word| (word, HISTORY_WEIGHT)))
        .filter(|(word, _)| seen.insert(word.clone()))
        .take(WORDS)
        .collect()
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(READ_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

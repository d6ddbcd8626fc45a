use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use qv_domain::ProjectType;

use crate::catalogue::{Starter, list};
use crate::kind::stated_type;
use crate::name;
use crate::text::{near, stems, tokens};
use crate::words::{NOISE, OTHER_THINGS};

/// BM25's saturation and length normalisation, at their usual values.
const K1: f64 = 1.2;
const B: f64 = 0.5;
/// How much a word counts by where it stands.
const KEYWORD: f64 = 3.0;
const SYNONYM: f64 = 2.0;
const DESCRIPTION: f64 = 0.5;
/// A whole phrase of a starter that stands in the prompt, for each of its words.
const PHRASE: f64 = 1.6;
/// What an unknown word takes away from the fit, as a share of a known rare word's weight.
const UNKNOWN: f64 = 0.55;
/// The same for what is only listed as a feature: "with reminders".
const UNKNOWN_FEATURE: f64 = 0.2;
/// From here on a starter is chosen. Both were set on the table of prompts in `tests/matching.rs`.
const ENOUGH_SCORE: f64 = 1.9;
const ENOUGH_FIT: f64 = 0.42;
/// A starter of the type that the prompt names is preferred by this factor.
const SAME_TYPE: f64 = 1.35;
const OTHER_TYPE: f64 = 0.35;
/// A web app runs on a phone as well, and a mobile app on a desk.
const OTHER_APP: f64 = 0.8;
/// Below this score the second best must be clearly behind: by this factor.
const SURE_SCORE: f64 = 4.0;
const CLEAR: f64 = 0.85;
/// What the name of another thing takes away from the fit.
const OTHER_THING: f64 = 2.5;

/// A starter and how well a prompt fits it.
#[derive(Debug, Clone, Copy)]
pub struct Scored {
    /// The starter.
    pub starter: &'static Starter,
    /// Its BM25 score; 0 when no word is shared.
    pub score: f64,
    /// The share of the prompt's words, by weight, that the starter knows: 0 to 1.
    pub fit: f64,
}

/// What a prompt was found to be about.
#[derive(Debug, Clone)]
pub enum Match {
    /// A starter is about the same thing.
    Chosen {
        /// The starter to begin from.
        starter: &'static Starter,
        /// Its score.
        score: f64,
        /// The second best, when it shares a word at all.
        runner_up: Option<Scored>,
    },
    /// No starter is: ask, or begin from a blank scaffold with a model.
    Unsure {
        /// The nearest, best first, three at most.
        closest: Vec<Scored>,
    },
}

struct Document {
    weights: BTreeMap<String, f64>,
    phrases: Vec<Vec<String>>,
    length: f64,
}

struct Index {
    documents: Vec<Document>,
    /// How many documents have a word.
    spread: BTreeMap<String, usize>,
    average: f64,
    /// The words of all palettes, as stems.
    colours: BTreeSet<String>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(list()));

/// Words that say nothing about the subject, as stems.
static QUIET: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| NOISE.iter().flat_map(|word| stems(word)).collect());

/// Finds the starter that a prompt is about, of one type or of all.
///
/// Deterministic: the same prompt and catalogue give the same answer.
#[must_use]
pub fn match_prompt(prompt: &str, kind: Option<ProjectType>) -> Match {
    let stated = kind.or_else(|| stated_type(prompt));
    let query = query(prompt);
    let mut scored: Vec<Scored> = list()
        .iter()
        .zip(&INDEX.documents)
        .filter(|(starter, _)| kind.is_none_or(|kind| starter.manifest.kind == kind))
        .map(|(starter, document)| {
            let (score, fit) = INDEX.score(&query, document);
            let preference = match stated {
                Some(kind) if kind == starter.manifest.kind => SAME_TYPE,
                Some(kind) if is_app(kind) && is_app(starter.manifest.kind) => OTHER_APP,
                Some(_) => OTHER_TYPE,
                None => 1.0,
            };
            Scored { starter, score: score * preference, fit }
        })
        .collect();
    scored.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| a.starter.id().cmp(b.starter.id()))
    });
    let Some(best) = scored.first().copied() else { return Match::Unsure { closest: scored } };
    // A landing page can be about anything, so the type alone is enough for one.
    let any_subject = stated == Some(ProjectType::LandingPage)
        && best.starter.manifest.kind == ProjectType::LandingPage
        && best.score > 0.0;
    let second = scored.get(1).map_or(0.0, |second| second.score);
    let is_clear = best.score >= SURE_SCORE || second < best.score * CLEAR;
    if any_subject || (best.score >= ENOUGH_SCORE && best.fit >= ENOUGH_FIT && is_clear) {
        let runner_up = scored.get(1).copied().filter(|second| second.score > 0.0);
        return Match::Chosen { starter: best.starter, score: best.score, runner_up };
    }
    scored.truncate(3);
    Match::Unsure { closest: scored }
}

const fn is_app(kind: ProjectType) -> bool {
    matches!(kind, ProjectType::WebApp | ProjectType::MobileApp)
}

/// A word of a prompt.
struct Word {
    stem: String,
    /// How much it counts against a starter that does not know it.
    doubt: f64,
}

/// The words of a prompt without the app's own name.
fn query(prompt: &str) -> Vec<Word> {
    let all = tokens(prompt);
    let named = name::called(&all).map_or(0..0, |found| found.tokens);
    let mut doubt = UNKNOWN;
    let mut words = Vec::new();
    for (index, token) in all.iter().enumerate() {
        if token.is(&["with", "including", "plus"]) {
            doubt = UNKNOWN_FEATURE;
        } else if matches!(token.raw, "." | ";" | "\n") {
            doubt = UNKNOWN;
        }
        if !named.contains(&index) {
            let doubt = if token.is(OTHER_THINGS) { OTHER_THING } else { doubt };
            words.extend(stems(token.raw).into_iter().map(|stem| Word { stem, doubt }));
        }
    }
    words
}

impl Index {
    fn new(starters: &[Starter]) -> Self {
        let documents: Vec<Document> = starters.iter().map(Document::new).collect();
        let mut spread = BTreeMap::new();
        for word in documents.iter().flat_map(|document| document.weights.keys()) {
            *spread.entry(word.clone()).or_insert(0) += 1;
        }
        let total: f64 = documents.iter().map(|document| document.length).sum();
        let average = total / (documents.len().max(1) as f64);
        let palettes = starters.iter().flat_map(|starter| &starter.manifest.palettes);
        let words = palettes.flat_map(|palette| palette.words.iter().chain([&palette.name]));
        let colours = words.flat_map(|word| stems(word)).collect();
        Self { documents, spread, average, colours }
    }

    fn rarity(&self, holders: usize) -> f64 {
        let (all, holders) = (self.documents.len() as f64, holders as f64);
        (1.0 + (all - holders + 0.5) / (holders + 0.5)).ln()
    }

    /// A word as the index spells it, forgiving slips.
    fn known<'a>(&'a self, word: &'a str) -> Option<&'a str> {
        if let Some((word, _)) = self.spread.get_key_value(word) {
            return Some(word);
        }
        self.spread.keys().map(String::as_str).find(|known| near(known, word))
    }

    /// BM25 over weighted words, and the share of the prompt that is known.
    fn score(&self, query: &[Word], document: &Document) -> (f64, f64) {
        let (mut score, mut known, mut all) = (0.0, 0.0, 0.0);
        let mut seen = BTreeSet::new();
        let mut spelled = Vec::new();
        for Word { stem, doubt } in query {
            let word = self.known(stem).unwrap_or(stem);
            spelled.push(word.to_owned());
            if QUIET.contains(word) || !seen.insert(word) {
                continue;
            }
            let rarity = self.rarity(self.spread.get(word).copied().unwrap_or(0));
            let Some(weight) = document.weights.get(word) else {
                // A colour says nothing against a starter.
                all += if self.colours.contains(word) { 0.0 } else { rarity * doubt };
                continue;
            };
            let norm = K1 * (1.0 - B + B * document.length / self.average);
            score += rarity * weight * (K1 + 1.0) / (weight + norm);
            let share = rarity * (weight / SYNONYM).min(1.0);
            known += share;
            all += rarity.max(share);
        }
        for phrase in &document.phrases {
            if spelled.windows(phrase.len()).any(|window| window == phrase.as_slice()) {
                score += PHRASE * phrase.len() as f64;
                known += PHRASE;
                all += PHRASE;
            }
        }
        (score, if all > 0.0 { known / all } else { 0.0 })
    }
}

impl Document {
    fn new(starter: &Starter) -> Self {
        let manifest = &starter.manifest;
        let mut weights: BTreeMap<String, f64> = BTreeMap::new();
        let mut phrases = Vec::new();
        let mut add = |text: &str, weight: f64| {
            let words = stems(text);
            if weight > DESCRIPTION && words.len() > 1 {
                phrases.push(words.clone());
            }
            // A word out of a phrase says less than one that stands alone.
            let weight = if words.len() > 1 { weight * 0.5 } else { weight };
            for word in words {
                if !QUIET.contains(&word) {
                    let held = weights.entry(word).or_insert(0.0);
                    *held = held.max(weight);
                }
            }
        };
        for word in &manifest.keywords {
            add(word, KEYWORD);
        }
        add(&manifest.title, KEYWORD);
        for word in &manifest.synonyms {
            add(word, SYNONYM);
        }
        for word in manifest.presets.about.iter().flat_map(|about| &about.words) {
            add(word, DESCRIPTION * 2.0);
        }
        for word in manifest.summary.split(' ').chain(manifest.description.split(' ')) {
            add(word, DESCRIPTION);
        }
        let length = weights.values().sum();
        Self { weights, phrases, length }
    }
}

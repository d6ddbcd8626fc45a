//! How well texts fit what is asked for.

use super::terms::{Counted, Query};

/// BM25's usual parameters.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// The score of each text; 0 where no word is in it.
pub(super) fn scores(texts: &[&Counted], query: &Query) -> Vec<f64> {
    let number = texts.len() as f64;
    let length: f64 = texts.iter().map(|text| f64::from(text.total)).sum();
    let average = (length / number.max(1.0)).max(1.0);
    let mut scores = vec![0.0; texts.len()];
    let mut counts = vec![0_u32; texts.len()];
    for (term, weight) in query {
        let mut within = 0.0;
        for (count, text) in counts.iter_mut().zip(texts) {
            *count = text.count(*term);
            within += f64::from(u8::from(*count > 0));
        }
        if within == 0.0 {
            continue;
        }
        let rarity = (1.0 + (number - within + 0.5) / (within + 0.5)).ln();
        for ((score, count), text) in scores.iter_mut().zip(&counts).zip(texts) {
            if *count > 0 {
                let count = f64::from(*count);
                let damped = count + K1 * (1.0 - B + B * f64::from(text.total) / average);
                *score += weight * rarity * count * (K1 + 1.0) / damped;
            }
        }
    }
    scores
}

/// The scores with 1 for the best.
pub(super) fn of_best(mut scores: Vec<f64>) -> Vec<f64> {
    let best = scores.iter().copied().fold(0.0, f64::max);
    if best > 0.0 {
        scores.iter_mut().for_each(|score| *score /= best);
    }
    scores
}

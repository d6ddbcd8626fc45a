//! What calls cost, by the rule of the corpus (`bench.py`).

use serde::Serialize;

/// Dollars per million tokens, and the parts of the input price that cached reads and writes cost.
const PRICE_IN: f64 = 3.0;
const PRICE_OUT: f64 = 15.0;
const READ: f64 = 0.10;
const WRITE: f64 = 1.25;
/// A shorter beginning is not cached.
const MOST_SHORT: u64 = 1_024;

/// One call of a model: pieces in the order in which they are sent, and the answer's tokens.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) kind: &'static str,
    pub(crate) segs: Vec<(String, u64)>,
    pub(crate) out: u64,
}

impl Call {
    pub(crate) fn input(&self) -> u64 {
        self.segs.iter().map(|(_, tokens)| tokens).sum()
    }
}

/// What a turn took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Charge {
    pub(crate) input: u64,
    pub(crate) output: u64,
    /// In dollars, without caching and with the best that caching can do.
    pub(crate) plain: f64,
    pub(crate) cached: f64,
}

/// What each turn of a session takes. Calls of the same place in their turns share what they begin with.
pub(crate) fn session(turns: &[Vec<Call>]) -> Vec<Charge> {
    let call = |turn: usize, place: usize| turns.get(turn).and_then(|calls| calls.get(place));
    let mut charges = Vec::with_capacity(turns.len());
    for (at, calls) in turns.iter().enumerate() {
        let mut charge = Charge::default();
        for (place, this) in calls.iter().enumerate() {
            let input = this.input();
            let read = shared(at.checked_sub(1).and_then(|before| call(before, place)), Some(this));
            let written = shared(Some(this), call(at + 1, place)).saturating_sub(read);
            let full = input - read - written;
            let out = this.out as f64 * PRICE_OUT / 1e6;
            charge.input += input;
            charge.output += this.out;
            charge.plain += input as f64 * PRICE_IN / 1e6 + out;
            charge.cached +=
                (read as f64 * READ + written as f64 * WRITE + full as f64) * PRICE_IN / 1e6 + out;
        }
        charges.push(charge);
    }
    charges
}

/// Tokens that two calls begin with together, where they are enough to be cached.
fn shared(one: Option<&Call>, other: Option<&Call>) -> u64 {
    let (Some(one), Some(other)) = (one, other) else { return 0 };
    let same = one.segs.iter().zip(&other.segs).take_while(|(a, b)| a.0 == b.0);
    let tokens = same.map(|(seg, _)| seg.1).sum();
    if tokens >= MOST_SHORT { tokens } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(segs: &[(&str, u64)], out: u64) -> Call {
        let segs = segs.iter().map(|(key, tokens)| ((*key).to_owned(), *tokens)).collect();
        Call { kind: "main", segs, out }
    }

    #[test]
    fn what_stays_is_written_once_and_read_after() {
        let turns = [
            vec![call(&[("sys", 2_000), ("a", 1_000)], 100)],
            vec![call(&[("sys", 2_000), ("b", 1_000)], 100)],
        ];
        let charges = session(&turns);
        assert_eq!(charges[0].input, 3_000);
        assert!((charges[0].plain - 0.0105).abs() < 1e-9);
        assert!((charges[0].cached - (2_500.0 + 1_000.0) * 3e-6 - 0.0015).abs() < 1e-9);
        assert!((charges[1].cached - (200.0 + 1_000.0) * 3e-6 - 0.0015).abs() < 1e-9);
    }

    #[test]
    fn a_short_beginning_is_not_cached() {
        let turns = [vec![call(&[("sys", 500)], 0)], vec![call(&[("sys", 500)], 0)]];
        let charges = session(&turns);
        assert!((charges[0].cached - charges[0].plain).abs() < 1e-12);
    }
}

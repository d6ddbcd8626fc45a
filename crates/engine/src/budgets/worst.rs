//! What a model call costs at most.

use qv_domain::Timestamp;
use qv_domain::chat::TokenUsage;

use crate::models::{self, Chosen};

/// An answer of fewer tokens than this is of no use: a call is rather refused than cut to less.
const LEAST_OUTPUT: u32 = 2_048;
/// What a count of tokens may be short by, in percent: a provider's frame around messages where the model's own
/// tokenizer counted, and the tokenizer as well where it did not. Cautious values, not measured ones.
const MARGIN_EXACT: u64 = 2;
const MARGIN_ABOUT: u64 = 15;

/// A call's worst case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Worst {
    /// The most tokens that the answer may have.
    output: u32,
    cost: Cost,
}

/// Money in billionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cost {
    /// Nothing is paid: a model on this machine.
    Free,
    /// Nobody knows.
    Unknown,
    Priced {
        /// What is sent, at the dearest of its prices.
        input: i64,
        /// That and the longest answer.
        most: i64,
        /// That and the shortest answer that is of use.
        least: i64,
    },
}

impl Worst {
    /// Of a call that sends about `input` tokens and lets the model answer `output`.
    pub(crate) fn of(chosen: &Chosen, input: u64, output: u32, at: Timestamp) -> Self {
        let margin = if models::counts_exactly(chosen) { MARGIN_EXACT } else { MARGIN_ABOUT };
        let input = input.saturating_mul(100 + margin).div_ceil(100);
        let cost = |output: u32| {
            // A first call writes to the provider's cache what later ones read from it.
            let none = TokenUsage { output: output.into(), ..TokenUsage::default() };
            let sent = [TokenUsage { input, ..none }, TokenUsage { cache_write: input, ..none }];
            let costs = sent.map(|usage| models::cost_nanousd(chosen, &usage, at));
            let dearest = costs.into_iter().max().flatten()?;
            Some(i64::try_from(dearest).unwrap_or(i64::MAX))
        };
        let cost = match (cost(0), cost(output), cost(output.min(LEAST_OUTPUT))) {
            (Some(_), Some(0), Some(_)) => Cost::Free,
            (Some(input), Some(most), Some(least)) => Cost::Priced { input, most, least },
            _ => Cost::Unknown,
        };
        Self { output, cost }
    }

    /// What it costs at most; `None` when the price is not known.
    pub(crate) const fn most(&self) -> Option<i64> {
        match self.cost {
            Cost::Free => Some(0),
            Cost::Unknown => None,
            Cost::Priced { most, .. } => Some(most),
        }
    }

    /// What it costs with the shortest answer that is of use; `None` when the price is not known.
    pub(crate) const fn least(&self) -> Option<i64> {
        match self.cost {
            Cost::Free => Some(0),
            Cost::Unknown => None,
            Cost::Priced { least, .. } => Some(least),
        }
    }

    /// The most tokens that the answer may have.
    pub(crate) const fn output(&self) -> u32 {
        self.output
    }

    /// How long the answer may be for so much money, which is at least the least.
    pub(crate) fn output_for(&self, granted: i64) -> u32 {
        let Cost::Priced { input, most, .. } = self.cost else { return self.output };
        if granted >= most || most <= input {
            return self.output;
        }
        let share =
            i128::from(granted - input) * i128::from(self.output) / i128::from(most - input);
        u32::try_from(share).unwrap_or(0).clamp(self.output.min(LEAST_OUTPUT), self.output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_money_is_a_shorter_answer() {
        let cost = Cost::Priced { input: 100, most: 1_100, least: 300 };
        let worst = Worst { output: 10_000, cost };
        assert_eq!((worst.output_for(1_100), worst.output_for(5_000)), (10_000, 10_000));
        assert_eq!((worst.output_for(600), worst.output_for(300)), (5_000, LEAST_OUTPUT));
        let free = Worst { output: 7, cost: Cost::Free };
        assert_eq!((free.output_for(0), free.most()), (7, Some(0)));
    }
}

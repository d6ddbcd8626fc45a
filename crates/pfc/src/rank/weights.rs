//! How signals are weighed.

use crate::pack::Reason;

/// What was found of a file, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Signals {
    /// Its text has the request's words (BM25).
    pub words: f64,
    /// Its path has them.
    pub path: f64,
    /// Its symbols have them.
    pub symbols: f64,
    /// What it is for, in words that it does not have itself.
    pub role: f64,
    /// The request names it.
    pub named: f64,
    /// It was changed lately.
    pub recent: f64,
    /// This chat changed it.
    pub touched: f64,
    /// How often it was changed, later changes counting more.
    pub often: f64,
    /// Requests like this one changed it.
    pub similar: f64,
    /// It was changed together with the best files.
    pub together: f64,
    /// The best files import it.
    pub imported: f64,
    /// It imports the best files.
    pub importer: f64,
    /// It is code.
    pub code: f64,
    /// It is of a kit of components that was copied in.
    pub kit: f64,
}

/// The weight of each signal and the reason that it gives, in the order of [`Signals::values`]. Those of the
/// first group are a file's own; the others are lent by linked files or tell of its kind.
///
/// Fitted on the open replay corpus (see `cargo xtask bench pfc`) so that the files which a turn changed rank first
/// among all of its files (softmax over each turn, ridge 0.02), scaled to chances by logistic regression, and rounded
/// by hand. Fitted on four of its repositories and tried on the fifth, recall@10 is half a point lower.
const WEIGHTS: [(f64, Option<Reason>); 14] = [
    (2.4, Some(Reason::Relevant)),
    (1.3, Some(Reason::Relevant)),
    (0.7, Some(Reason::Relevant)),
    (0.6, Some(Reason::Relevant)),
    (1.1, Some(Reason::Named)),
    (0.9, Some(Reason::Recent)),
    (0.2, Some(Reason::Recent)),
    (0.7, Some(Reason::Recent)),
    (1.0, Some(Reason::Similar)),
    (0.65, Some(Reason::Together)),
    (0.9, Some(Reason::Imported)),
    (0.9, Some(Reason::Imported)),
    (0.6, None),
    (-0.6, None),
];
const BIAS: f64 = -7.0;
/// How many signals are a file's own.
const OWN: usize = 9;

impl Signals {
    /// All of them, in one order.
    #[must_use]
    pub const fn values(&self) -> [f64; 14] {
        [
            self.words,
            self.path,
            self.symbols,
            self.role,
            self.named,
            self.recent,
            self.touched,
            self.often,
            self.similar,
            self.together,
            self.imported,
            self.importer,
            self.code,
            self.kit,
        ]
    }

    /// What speaks for the file itself.
    pub(super) fn own(&self) -> f64 {
        let weighed =
            self.values().into_iter().zip(WEIGHTS).map(|(value, (weight, _))| value * weight);
        weighed.take(OWN).sum()
    }

    /// How likely the file is needed.
    pub(super) fn chance(&self) -> f64 {
        let weighed =
            self.values().into_iter().zip(WEIGHTS).map(|(value, (weight, _))| value * weight);
        let sum: f64 = weighed.sum::<f64>() + BIAS;
        1.0 / (1.0 + (-sum).exp())
    }

    /// What speaks most for it.
    pub(super) fn reason(&self) -> Reason {
        let mut best = (0.0, Reason::Relevant);
        for (value, (weight, reason)) in self.values().into_iter().zip(WEIGHTS) {
            if let Some(reason) = reason
                && value * weight > best.0
            {
                best = (value * weight, reason);
            }
        }
        best.1
    }
}

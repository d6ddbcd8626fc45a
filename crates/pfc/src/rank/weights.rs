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
/// Fitted once, by logistic regression over the files of the open replay corpus (see `cargo xtask bench pfc`), and
/// rounded by hand; fitted on four of its repositories and tried on the fifth, recall@10 is one point lower.
const WEIGHTS: [(f64, Option<Reason>); 13] = [
    (2.3, Some(Reason::Relevant)),
    (0.9, Some(Reason::Relevant)),
    (0.8, Some(Reason::Relevant)),
    (0.5, Some(Reason::Relevant)),
    (1.7, Some(Reason::Named)),
    (1.0, Some(Reason::Recent)),
    (0.5, Some(Reason::Recent)),
    (1.0, Some(Reason::Similar)),
    (1.2, Some(Reason::Together)),
    (1.0, Some(Reason::Imported)),
    (0.4, Some(Reason::Imported)),
    (1.4, None),
    (-1.8, None),
];
const BIAS: f64 = -7.5;
/// How many signals are a file's own.
const OWN: usize = 8;

impl Signals {
    /// All of them, in one order.
    #[must_use]
    pub const fn values(&self) -> [f64; 13] {
        [
            self.words,
            self.path,
            self.symbols,
            self.role,
            self.named,
            self.recent,
            self.touched,
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

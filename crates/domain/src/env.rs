use crate::Timestamp;

/// Where time and randomness come from: the system in the product, a held clock and a seed in tests.
pub trait Env: Send + Sync + std::fmt::Debug {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Fills `buf` with bytes that nobody can predict.
    fn fill_random(&self, buf: &mut [u8]);
}

//! Figures and how they are printed.

use std::io::Write as _;
use std::time::Duration;

/// One line to the person at the terminal.
pub fn say(line: &str) {
    // A closed pipe is no reason to stop the work.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The value below which `percent` of the sorted values lie; 0 of none.
#[must_use]
pub fn percentile(sorted: &[u64], percent: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index within the list"
    )]
    let index = ((sorted.len() as f64 * percent / 100.0).ceil() as usize).saturating_sub(1);
    sorted.get(index.min(sorted.len().saturating_sub(1))).copied().unwrap_or(0)
}

/// The middle and the greatest.
#[must_use]
pub fn middle_and_worst(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    (middle, times.last().copied().unwrap_or_default())
}

/// Now in microseconds since 1970, which processes on one machine agree on.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "what is measured is the machine's own time")]
pub fn micros_now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_micros()).unwrap_or(u64::MAX)
}

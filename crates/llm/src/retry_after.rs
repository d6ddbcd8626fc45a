//! How long a provider asks to wait, in each of the ways that providers say it.

use std::time::{Duration, UNIX_EPOCH};

use qv_domain::Timestamp;
use reqwest::header::HeaderMap;

/// Longer than this is taken as this; a day is as good as never.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads `retry-after-ms`, then `retry-after` in seconds or as a date.
pub(crate) fn from_headers(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(wait) = text("retry-after-ms").and_then(|ms| positive(ms, 1_000.0)) {
        return Some(wait);
    }
    let text = text("retry-after")?;
    positive(text, 1.0).or_else(|| {
        let date = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
        let date = Timestamp::from_micros(i64::try_from(date.as_micros()).ok()?);
        Some(date.since(now).min(LONGEST))
    })
}

/// Reads Google's `"retryDelay": "34s"`.
pub(crate) fn from_seconds_text(text: &str) -> Option<Duration> {
    positive(text.trim().strip_suffix('s')?, 1.0)
}

fn positive(text: &str, per_second: f64) -> Option<Duration> {
    let number: f64 = text.parse().ok()?;
    if !number.is_finite() || number < 0.0 {
        return None;
    }
    Some(Duration::from_secs_f64((number / per_second).min(LONGEST.as_secs_f64())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &'static str)]) -> Option<Duration> {
        let headers = pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        // 2026-11-24T11:00:00Z
        from_headers(&headers, Timestamp::from_micros(1_795_518_000_000_000))
    }

    #[test]
    fn every_spelling_is_read() {
        assert_eq!(read(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(read(&[("retry-after", "0.5")]), Some(Duration::from_millis(500)));
        assert_eq!(
            read(&[("retry-after", "9"), ("retry-after-ms", "250")]),
            Some(Duration::from_millis(250))
        );
        assert_eq!(
            read(&[("retry-after", "Tue, 24 Nov 2026 11:00:30 GMT")]),
            Some(Duration::from_secs(30))
        );
        assert_eq!(read(&[("retry-after", "Tue, 24 Nov 2026 10:00:00 GMT")]), Some(Duration::ZERO));
        assert_eq!(from_seconds_text("34.5s"), Some(Duration::from_millis(34_500)));
    }

    #[test]
    fn nonsense_is_ignored_and_ages_are_capped() {
        for text in ["", "soon", "-3", "NaN", "inf"] {
            assert_eq!(read(&[("retry-after", text)]), None, "{text}");
        }
        assert_eq!(read(&[("retry-after", "1e300")]), Some(LONGEST));
    }
}

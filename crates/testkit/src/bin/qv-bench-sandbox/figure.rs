//! Figures, each with its limit beside it.

use std::fs;
use std::io::Write as _;
use std::time::Duration;

pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// One line to the person at the terminal.
pub(crate) fn say(line: &str) {
    // A closed pipe is no reason to stop the work.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Prints median, least and greatest; tells whether the median is within the limit.
pub(crate) fn told(what: &str, times: &mut [Duration], limit: Option<Duration>) -> bool {
    times.sort_unstable();
    let millis = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1_000.0);
    let middle = times.get(times.len() / 2);
    let met = limit.is_none_or(|limit| middle.is_some_and(|middle| *middle <= limit));
    let beside = limit.map_or_else(String::new, |limit| {
        format!(", limit {} ms{}", limit.as_millis(), if met { "" } else { ": MISSED" })
    });
    say(&format!(
        "{what}: {:.1} ms ({:.1} to {:.1}, n={}){beside}",
        millis(middle),
        millis(times.first()),
        millis(times.last()),
        times.len()
    ));
    met
}

/// How busy the machine is: figures of a busy one say little.
pub(crate) fn say_load() {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let pressure = fs::read_to_string("/proc/pressure/cpu").unwrap_or_default();
    say(&format!(
        "load {}; pressure {}",
        load.split(' ').take(3).collect::<Vec<_>>().join(" "),
        pressure.lines().next().unwrap_or("not told")
    ));
}

//! The tables and the aims.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::charge::Charge;
use crate::peers::PUBLISHED;
use crate::speed::Speed;
use crate::{BOLT, Fault, NAIVE, OURS, Row, VARIANTS};

/// Means over turns: tokens in and out, dollars per 1,000 turns without and with caching.
#[derive(Debug, Clone, Copy)]
struct Mean {
    input: f64,
    output: f64,
    plain: f64,
    cached: f64,
}

impl Mean {
    fn of<'a>(rows: impl Iterator<Item = &'a Row>, system: &str) -> Self {
        let charges: Vec<Charge> =
            rows.filter_map(|row| row.charges.get(system).copied()).collect();
        let mean = |of: fn(&Charge) -> f64| {
            charges.iter().map(of).sum::<f64>() / (charges.len() as f64).max(1.0)
        };
        Self {
            input: mean(|charge| charge.input as f64),
            output: mean(|charge| charge.output as f64),
            plain: 1_000.0 * mean(|charge| charge.plain),
            cached: 1_000.0 * mean(|charge| charge.cached),
        }
    }

    const fn tokens(&self) -> f64 {
        self.input + self.output
    }
}

pub(crate) fn report(rows: &[Row], speed: &Speed, by_repo: bool) -> String {
    let mut text = String::new();
    table(&mut text, rows, "all turns");
    let repos: BTreeSet<&str> = rows.iter().map(|row| row.turn.repo.as_str()).collect();
    if by_repo {
        for repo in &repos {
            let of: Vec<&Row> = rows.iter().filter(|row| row.turn.repo == *repo).collect();
            let _ = writeln!(text, "\n{repo}: {}", line(&of));
        }
    }
    aims(&mut text, rows, &repos, speed);
    text
}

fn table(text: &mut String, rows: &[Row], title: &str) {
    let naive = Mean::of(rows.iter(), NAIVE);
    let _ = writeln!(
        text,
        "{title} ({}), dollars per 1,000 turns\n\n{:<42} {:>8} {:>7} {:>8} {:>8} {:>12}",
        rows.len(),
        "",
        "in",
        "out",
        "$",
        "$ cached",
        "below naive"
    );
    let mut row = |name: &str, mean: Mean, note: &str| {
        let below = 100.0 * (1.0 - mean.tokens() / naive.tokens());
        let _ = writeln!(
            text,
            "{name:<42} {:>8.0} {:>7.0} {:>8.2} {:>8.2} {below:>10.1} % {note}",
            mean.input, mean.output, mean.plain, mean.cached
        );
    };
    for name in [NAIVE, BOLT] {
        row(name, Mean::of(rows.iter(), name), "");
    }
    for (name, input, output, plain, cached) in PUBLISHED {
        row(name, Mean { input, output, plain, cached }, "(open half)");
    }
    row(OURS, Mean::of(rows.iter(), OURS), "");
    for (name, _) in VARIANTS {
        row(name, Mean::of(rows.iter(), name), "");
    }
    let of: Vec<&Row> = rows.iter().collect();
    let _ = writeln!(text, "\n{}", line(&of));
    let blocks =
        rows.iter().fold((0, 0), |sum, row| (sum.0 + row.ours.blocks.0, sum.1 + row.ours.blocks.1));
    let _ = writeln!(
        text,
        "edits by blocks that the product's own applier turns into the true text: {} of {}",
        blocks.1, blocks.0
    );
}

/// How well files are found and sent.
fn line(rows: &[&Row]) -> String {
    let n = rows.len() as f64;
    let hits = rows.iter().filter(|row| row.ours.hit).count() as f64;
    let sent: usize = rows.iter().map(|row| row.ours.packed.sent.len()).sum();
    let tokens: u64 =
        rows.iter().flat_map(|row| &row.ours.packed.sent).map(|file| file.tokens).sum();
    let map: u64 = rows.iter().map(|row| row.ours.packed.map_tokens).sum();
    let (recall_5, all_5) = recall(rows, 5);
    let (recall_10, all_10) = recall(rows, 10);
    let (recall_20, all_20) = recall(rows, 20);
    let ours = Mean::of(rows.iter().copied(), OURS);
    let naive = Mean::of(rows.iter().copied(), NAIVE);
    format!(
        "one call was enough in {:.0} % of turns; files sent {:.1} with {:.0} tokens, map {:.0}; recall@5/10/20 \
         {recall_5:.1}/{recall_10:.1}/{recall_20:.1}, all@5/10/20 {all_5:.1}/{all_10:.1}/{all_20:.1}; in {:.0}, out \
         {:.0}, $ {:.2}, cached {:.2}; {:.1} % of tokens below naive",
        100.0 * hits / n,
        sent as f64 / n,
        tokens as f64 / n,
        map as f64 / n,
        ours.input,
        ours.output,
        ours.plain,
        ours.cached,
        100.0 * (1.0 - ours.tokens() / naive.tokens())
    )
}

/// The share of needed files among the first `k`, and of turns whose files all are, in percent.
fn recall(rows: &[&Row], k: usize) -> (f64, f64) {
    let (mut share, mut all) = (0.0, 0.0);
    for row in rows {
        let first: Vec<&str> =
            row.ours.packed.ranked.iter().take(k).map(|ranked| ranked.path.as_str()).collect();
        let needed: Vec<&str> = row.turn.needed().map(|file| file.path.as_str()).collect();
        let found = needed.iter().filter(|path| first.contains(path)).count();
        share += found as f64 / (needed.len() as f64).max(1.0);
        all += f64::from(u8::from(found == needed.len()));
    }
    let n = (rows.len() as f64).max(1.0);
    (100.0 * share / n, 100.0 * all / n)
}

fn aims(text: &mut String, rows: &[Row], repos: &BTreeSet<&str>, speed: &Speed) {
    let of = |system: &str| Mean::of(rows.iter(), system);
    let (ours, naive, bolt) = (of(OURS), of(NAIVE), of(BOLT));
    let below = |ours: f64, other: f64| 100.0 * (1.0 - ours / other);
    let each = repos.iter().map(|repo| {
        let of = |system: &str| Mean::of(rows.iter().filter(|row| row.turn.repo == *repo), system);
        below(of(OURS).tokens(), of(NAIVE).tokens())
    });
    let unweighted = each.sum::<f64>() / (repos.len() as f64).max(1.0);
    let all: Vec<&Row> = rows.iter().collect();
    let (recall_10, all_10) = recall(&all, 10);
    let (files, bytes, cold, warm) = speed.build();
    let millis = |time: std::time::Duration| time.as_secs_f64() * 1_000.0;
    let drift = 100.0 * (speed.at_50 as f64 / (speed.at_5 as f64).max(1.0) - 1.0);
    let _ = writeln!(text, "\naims\n");
    let mut at_least = |name: &str, found: f64, aim: f64, unit: &str| {
        let verdict = if found >= aim {
            "pass".to_owned()
        } else {
            format!("short by {:.2}{unit}", aim - found)
        };
        let _ = writeln!(text, "{name:<52} {found:>9.2}{unit:<3} aim >= {aim:>6}  {verdict}");
    };
    at_least("tokens below naive", below(ours.tokens(), naive.tokens()), 91.0, " %");
    at_least("dollars below naive", below(ours.plain, naive.plain), 88.0, " %");
    at_least("dollars below bolt.diy's default", below(ours.plain, bolt.plain), 55.0, " %");
    at_least("tokens below naive, mean over repositories", unweighted, 84.0, " %");
    at_least("recall@10", recall_10, 88.0, "");
    at_least("turns with all files in the first 10", all_10, 76.0, "");
    let mut at_most = |name: &str, found: f64, aim: f64, unit: &str| {
        let verdict = if found <= aim {
            "pass".to_owned()
        } else {
            format!("over by {:.2}{unit}", found - aim)
        };
        let _ = writeln!(text, "{name:<52} {found:>9.2}{unit:<3} aim <= {aim:>6}  {verdict}");
    };
    at_most("dollars per 1,000 turns, cached", ours.cached, 36.0, "");
    at_most(
        &format!("building a request, {files} files, {} KB, warm", bytes / 1_000),
        millis(warm),
        50.0,
        " ms",
    );
    at_most("the same, cold", millis(cold), 400.0, " ms");
    at_most(
        &format!("turn 50 beside turn 5 ({} and {} tokens in all)", speed.at_50, speed.at_5),
        drift,
        10.0,
        " %",
    );
}

/// What was found of every file, a line for each: the turn, whether the file was needed, the signals.
pub(crate) fn signals(path: &Path, rows: &[Row]) -> Result<(), Fault> {
    let mut lines = String::new();
    for row in rows {
        for ranked in &row.ours.packed.ranked {
            let needed = row.turn.needed().any(|file| file.path == ranked.path.as_str());
            let line = serde_json::json!({
                "id": row.turn.id,
                "repo": row.turn.repo,
                "path": ranked.path.as_str(),
                "needed": needed,
                "signals": ranked.signals.values(),
            });
            let _ = writeln!(lines, "{line}");
        }
    }
    fs::write(path, lines).map_err(|source| Fault::File { path: path.into(), source })
}

//! Whether every token that was spent was counted, once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use qv_domain::GenerationId;
use qv_store::{Db, Usage, testing};
use serde_json::Value;

use super::log::Told;
use crate::bench::meant::{Call, FIRST_OUTPUT, INPUT, Job};

/// An answer whose end was said less than this before a kill may not have arrived, or not have been written down.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

const SUMS: &str = "turns whose usage differs between rows, events and summary";
const COUNTED_TWICE: &str = "model calls counted twice, or under another turn";
const NOT_COUNTED: &str = "finished model calls that were not counted";
const BOOKS: &str =
    "money that stays set aside after all turns ended, or is not booked as it was spent";

/// What was counted, over all turns.
#[derive(Default)]
pub(super) struct Ledger {
    /// Calls by the output tokens that name them.
    counted: BTreeSet<u64>,
    jobs: BTreeMap<u64, Job>,
    differ: Vec<String>,
    twice: Vec<String>,
    estimated: u64,
    tokens: u64,
}

/// What is wrong with the money, and what was spent.
pub(super) struct Money {
    pub(super) findings: Vec<(&'static str, Vec<String>)>,
    pub(super) fact: String,
}

/// Tokens and money of one call or of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Sum {
    input: u64,
    output: u64,
    cost: u64,
}

/// What the budgets' books say, against the calls that were counted; empty when they agree.
pub(super) async fn books(db: &Db) -> (&'static str, Vec<String>) {
    let number = |sql| testing::number_of(db, sql);
    let held = number("SELECT COUNT(*) FROM budget_reservations").await;
    let reserved =
        number("SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) FROM budget_balances").await;
    let of_turns = number("SELECT COUNT(*) FROM budget_balances WHERE purse = 'turn'").await;
    let mut wrong = Vec::new();
    if (held, reserved, of_turns) != (0, 0, 0) {
        wrong.push(format!(
            "{held} reservations, {reserved} nano-dollars reserved, {of_turns} turns' purses"
        ));
    }
    let spent = number("SELECT CAST(COALESCE(SUM(cost_nanousd), 0) AS BIGINT) FROM token_usage");
    let spent = spent.await;
    let users = "SELECT CAST(COALESCE(SUM(spent), 0) AS BIGINT) FROM budget_balances \
                 WHERE purse IN ('user', 'repairs')";
    let projects = "SELECT CAST(COALESCE(SUM(spent), 0) AS BIGINT) FROM budget_balances \
                    WHERE purse IN ('project', 'repairs')";
    for booked in [number(users).await, number(projects).await] {
        if booked != spent {
            wrong.push(format!("{booked} nano-dollars booked, {spent} spent"));
        }
    }
    (BOOKS, wrong)
}

impl Ledger {
    pub(super) fn turn(
        &mut self,
        job: Job,
        id: GenerationId,
        rows: &[Usage],
        told: &Told,
        summary: Option<&Value>,
    ) {
        let mut of_rows: Vec<Sum> = rows.iter().map(of_row).collect();
        let mut of_events: Vec<Sum> = told.usage.iter().map(of_value).collect();
        of_rows.sort_unstable();
        of_events.sort_unstable();
        let all = of_rows.iter().fold(Sum::default(), |sum, one| Sum {
            input: sum.input + one.input,
            output: sum.output + one.output,
            cost: sum.cost + one.cost,
        });
        let summed = summary.map(of_value).unwrap_or_default();
        if of_rows != of_events || (told.end["type"] == "done" && summed != all) {
            self.differ
                .push(format!("{id}: rows {all:?}, events {of_events:?}, summary {summed:?}"));
        }
        self.tokens += all.input + all.output;
        for row in rows {
            if !row.reported {
                self.estimated += 1;
                continue;
            }
            let new = self.counted.insert(row.output_tokens);
            self.jobs.insert(row.output_tokens, job);
            if !new || row.input_tokens != INPUT {
                self.twice.push(format!("{id}: {} tokens", row.output_tokens));
            }
        }
    }

    pub(super) fn settle(
        mut self,
        calls: &[Call],
        said: &[Option<Instant>],
        kills: &[Instant],
    ) -> Money {
        let mut lost = Vec::new();
        let (mut finished, mut swallowed) = (0, 0);
        for ((name, call), end) in (FIRST_OUTPUT..).zip(calls).zip(said) {
            let counted = self.counted.contains(&name);
            if counted && self.jobs.get(&name) != call.job.as_ref() {
                self.twice.push(format!("call {name} was for {:?}", call.job));
            }
            let Some(end) = end else { continue };
            finished += 1;
            if counted {
                continue;
            }
            let on_its_way =
                |kill: &&Instant| kill.checked_duration_since(*end).is_none_or(|d| d < ON_ITS_WAY);
            // A kill just before may still have found the answer in the pipe.
            let near = kills
                .iter()
                .filter(on_its_way)
                .any(|kill| end.checked_duration_since(*kill).is_none_or(|d| d < ON_ITS_WAY));
            if near {
                swallowed += 1;
            } else {
                lost.push(format!("call {name} for {:?}", call.job));
            }
        }
        let fact = format!(
            "{finished} model calls were finished: {} counted as reported, {swallowed} met their kill on the way; \
             {} calls that were cut off counted by estimate; {} tokens in all",
            self.counted.len(),
            self.estimated,
            self.tokens
        );
        let findings = vec![(SUMS, self.differ), (COUNTED_TWICE, self.twice), (NOT_COUNTED, lost)];
        Money { findings, fact }
    }
}

fn of_row(row: &Usage) -> Sum {
    Sum {
        input: row.input_tokens,
        output: row.output_tokens,
        cost: row.cost_nanousd.map_or(0, i64::unsigned_abs),
    }
}

/// A usage event, or a summary: they name these alike.
fn of_value(value: &Value) -> Sum {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    Sum {
        input: number(&value["usage"]["input"]),
        output: number(&value["usage"]["output"]),
        cost: number(&value["cost_nanousd"]),
    }
}

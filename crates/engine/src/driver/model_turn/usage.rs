//! What a turn's calls took.

use qv_domain::chat::TokenUsage;
use qv_domain::{StepKind, UsageId};
use qv_store as store;
use qv_wire::EventData;

use super::{Asked, Turn};
use crate::Result;
use crate::driver::Run;
use crate::models;

impl Turn<'_> {
    /// Writes what a call took, together with its event and with what was heard of its end, so that it is
    /// counted once.
    pub(super) async fn settle(&mut self, ended: &Asked, reported: TokenUsage) -> Result<()> {
        let usage = if reported.reported {
            reported
        } else {
            TokenUsage {
                input: ended.input_estimate,
                output: models::count_bytes(ended.answered_bytes),
                ..TokenUsage::default()
            }
        };
        let done = self.progress();
        let run = &mut *self.run;
        let now = run.engine.env.now();
        let cost = models::cost_nanousd(&self.chosen, &usage, now);
        let (step, kind) = (ended.number + 1, ended.kind);
        run.recorder.push(EventData::Usage { step, kind, usage, cost_nanousd: cost });
        // Who is sent everything never asks for more: a second draft has nothing to be compared to.
        let asked_again = kind == StepKind::Draft && ended.number > 0;
        let naive_tokens = if asked_again { 0 } else { self.naive_tokens };
        run.add_usage(usage, cost, naive_tokens);
        let row = store::Usage {
            id: UsageId::generate(&*run.engine.env),
            user_id: run.generation.user_id,
            project_id: run.project.id,
            generation_id: run.generation.id,
            step: ended.number,
            kind,
            provider: self.chosen.kind.id().to_owned(),
            model: self.chosen.name.clone(),
            key_id: self.chosen.key.id,
            input_tokens: usage.input,
            output_tokens: usage.output,
            cache_read_tokens: usage.cache_read,
            cache_write_tokens: usage.cache_write,
            reported: usage.reported,
            cost_nanousd: cost.and_then(|cost| i64::try_from(cost).ok()),
            naive_tokens: Some(naive_tokens),
            at: now,
        };
        let mut tx = run.engine.db.begin().await?;
        tx.insert_usage(&run.fence, &row).await?;
        run.recorder.progress(done);
        let appended = run.recorder.append_to(&mut tx).await?;
        tx.commit().await?;
        run.recorder.written(appended);
        Ok(())
    }
}

impl Run {
    /// Adds what one call took to the turn's sum.
    pub(super) fn add_usage(&mut self, usage: TokenUsage, cost: Option<u64>, naive_tokens: u64) {
        let summary = &mut self.summary;
        summary.cost_nanousd = match (summary.usage, summary.cost_nanousd, cost) {
            (None, _, cost) => cost,
            (_, Some(sum), Some(cost)) => Some(sum + cost),
            // One unknown price makes the sum unknown.
            _ => None,
        };
        summary.usage = Some(summary.usage.map_or(usage, |sum| sum.plus(usage)));
        summary.naive_input_tokens = Some(summary.naive_input_tokens.unwrap_or(0) + naive_tokens);
    }
}

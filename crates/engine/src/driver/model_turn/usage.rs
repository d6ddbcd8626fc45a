//! What a turn's calls took.

use qv_agent::{AgentEvent, Effect, FileChange, FileOp};
use qv_domain::chat::TokenUsage;
use qv_domain::{AgentRole, StepKind, Timestamp, UsageId};
use qv_store as store;
use qv_wire::{EventData, RoleUsage};

use super::Turn;
use super::asking::Asked;
use crate::Result;
use crate::budgets::{Payer, Purses};
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
                output: models::count_bytes(ended.answered_bytes()),
                ..TokenUsage::default()
            }
        };
        let done = self.progress();
        let chosen = self.cast.player(ended.kind).clone();
        let naive = self.naive(ended, usage);
        let run = &mut *self.run;
        let now = run.engine.env.now();
        let cost = models::cost_nanousd(&chosen, &usage, now);
        let (step, kind) = (ended.number + 1, ended.kind);
        let booked = cost.map(|cost| i64::try_from(cost).unwrap_or(i64::MAX));
        run.recorder.push(EventData::Usage { step, kind, usage, cost_nanousd: cost });
        run.add_usage(kind, &chosen.id, usage, cost, Some(naive));
        let row = store::Usage {
            id: UsageId::generate(&*run.engine.env),
            user_id: run.generation.user_id,
            project_id: run.project.id,
            generation_id: run.generation.id,
            step: ended.number,
            kind,
            provider: chosen.kind.id().to_owned(),
            model: chosen.name.clone(),
            key_id: chosen.key.id,
            input_tokens: usage.input,
            output_tokens: usage.output,
            cache_read_tokens: usage.cache_read,
            cache_write_tokens: usage.cache_write,
            reported: usage.reported,
            cost_nanousd: booked,
            naive_tokens: Some(naive.input),
            at: now,
            naive_output_tokens: Some(naive.output),
            naive_cost_nanousd: naive.cost_nanousd.and_then(|cost| i64::try_from(cost).ok()),
        };
        let mut tx = run.engine.db.begin().await?;
        tx.insert_usage(&run.fence, &row).await?;
        // Pictures are counted by size, which says nothing of a tokenizer.
        if usage.reported && chosen.is_calibrated() && run.message.images.is_empty() {
            let counted = chosen.scale.plain(ended.input_estimate);
            let sent = usage.input + usage.cache_read + usage.cache_write;
            tx.calibrate(&chosen.id, counted, sent).await?;
        }
        let purses = run.purses(&mut tx, kind, now).await?;
        for alert in purses.settle(&mut tx, &run.fence, ended.number, booked.unwrap_or(0)).await? {
            run.recorder.push(alert);
        }
        run.recorder.progress(done);
        let appended = run.recorder.append_to(&mut tx).await?;
        tx.commit().await?;
        run.recorder.written(appended);
        Ok(())
    }

    /// Gives back what was set aside for a call that nothing came of, so that the turn's next one may have it.
    pub(super) async fn give_back(&mut self, failed: &Asked) -> Result<()> {
        let done = self.progress();
        let run = &mut *self.run;
        let mut tx = run.engine.db.begin().await?;
        let purses = run.purses(&mut tx, failed.kind, run.engine.env.now()).await?;
        purses.settle(&mut tx, &run.fence, failed.number, 0).await?;
        // With what was heard of its end: a turn that is taken up again must not pay for it.
        run.recorder.progress(done);
        let appended = run.recorder.append_to(&mut tx).await?;
        tx.commit().await?;
        run.recorder.written(appended);
        Ok(())
    }
}

/// What a call would have taken with every file sent and whole files answered, in tokens and in billionths of a US
/// dollar at the same price without a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Naive {
    pub(super) input: u64,
    pub(super) output: u64,
    pub(super) cost_nanousd: Option<u64>,
}

impl Turn<'_> {
    /// What this call would have taken the naive way. What it leads to is decided already, and not yet carried out.
    fn naive(&self, ended: &Asked, usage: TokenUsage) -> Naive {
        let sent = usage.input.saturating_add(usage.cache_read).saturating_add(usage.cache_write);
        // Who is sent everything never asks for more, who answers whole files has none that do not fit, and nobody
        // plans, reviews or tests the naive way.
        let asides = matches!(ended.kind, StepKind::Plan | StepKind::Review | StepKind::Test);
        let again = ended.kind == StepKind::Draft && ended.round > 0;
        let needless = asides || ended.mends_edits || again;
        let input = if needless {
            0
        } else {
            sent.saturating_sub(self.shown_tokens).saturating_add(self.naive_tokens)
        };
        let written = self.effects.iter().find_map(|effect| match effect {
            Effect::CommitChanges { changes, .. } => Some(changes),
            _ => None,
        });
        let goes_on = self.effects.iter().any(|effect| matches!(effect, Effect::CallModel { .. }));
        let output = match written {
            _ if asides => 0,
            Some(changes) => self.whole_files(ended, usage, changes),
            // What it wrote counts where it is kept.
            None if goes_on => 0,
            None => usage.output,
        };
        let all = TokenUsage { input, output, ..TokenUsage::default() };
        let now = self.run.engine.env.now();
        Naive { input, output, cost_nanousd: models::cost_nanousd(&self.cast.builder, &all, now) }
    }

    /// Tokens of the same answer with each file that it wrote or edited whole, in the place of its edits.
    fn whole_files(&self, ended: &Asked, usage: TokenUsage, changes: &[FileChange]) -> u64 {
        let count = |text: &str| models::count_text(&self.cast.builder, text);
        let mut prose = self.run.prose.get(self.run.prose_at_step..).unwrap_or_default().to_owned();
        for effect in &self.effects {
            if let Effect::Emit(AgentEvent::TextDelta { text }) = effect {
                prose.push_str(text);
            }
        }
        let edits = count(&ended.answered).saturating_sub(count(&prose));
        let whole = changes.iter().map(|change| match &change.op {
            FileOp::Write { path, content } => {
                count(&format!("<file path=\"{path}\">\n{content}</file>\n"))
            }
            // A name or a word: the same either way.
            FileOp::Delete { .. } | FileOp::Rename { .. } | FileOp::Restore { .. } => 0,
        });
        usage.output.saturating_sub(edits).saturating_add(whole.sum())
    }
}

impl Run {
    /// What a call of this kind is paid from.
    pub(super) async fn purses(
        &self,
        tx: &mut store::Tx,
        kind: StepKind,
        now: Timestamp,
    ) -> Result<Purses> {
        let payer = Payer {
            user: self.generation.user_id,
            project: Some(self.project.id),
            generation: Some(self.generation.id),
        };
        self.engine.purses(tx, payer, kind, now).await
    }

    /// Adds what one call took to the turn's sum. One unknown makes a sum unknown.
    pub(super) fn add_usage(
        &mut self,
        kind: StepKind,
        model: &str,
        usage: TokenUsage,
        cost: Option<u64>,
        naive: Option<Naive>,
    ) {
        let summary = &mut self.summary;
        add_to_role(&mut summary.roles, kind.role(), model, usage, cost);
        let first = summary.usage.is_none();
        let add = |sum: Option<u64>, more: Option<u64>| match sum {
            None if first => more,
            sum => Some(sum?.saturating_add(more?)),
        };
        summary.cost_nanousd = add(summary.cost_nanousd, cost);
        summary.naive_input_tokens =
            add(summary.naive_input_tokens, naive.map(|naive| naive.input));
        summary.naive_output_tokens =
            add(summary.naive_output_tokens, naive.map(|naive| naive.output));
        summary.naive_cost_nanousd =
            add(summary.naive_cost_nanousd, naive.and_then(|naive| naive.cost_nanousd));
        summary.usage = Some(summary.usage.map_or(usage, |sum| sum.plus(usage)));
    }
}

/// Adds what one call took to the sum of its part and model.
fn add_to_role(
    roles: &mut Vec<RoleUsage>,
    role: AgentRole,
    model: &str,
    usage: TokenUsage,
    cost: Option<u64>,
) {
    if let Some(sum) = roles.iter_mut().find(|sum| sum.role == role && sum.model == model) {
        sum.calls += 1;
        sum.usage = sum.usage.plus(usage);
        sum.cost_nanousd = sum.cost_nanousd.zip(cost).map(|(sum, more)| sum.saturating_add(more));
    } else {
        let model = model.to_owned();
        roles.push(RoleUsage { role, model, calls: 1, usage, cost_nanousd: cost });
    }
}

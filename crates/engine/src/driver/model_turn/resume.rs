//! Brings a turn whose worker was lost to where it stood, from its journal.

use std::collections::BTreeMap;

use qv_agent::{Effect, FileContent, FileOp, Input, ToolOutcome};
use qv_domain::chat::TokenUsage;
use qv_domain::{BlobHash, FilePath};
use qv_store::blob_hash;

use super::Turn;
use super::asking::Asked;
use super::cast::Cast;
use super::usage::Naive;
use crate::driver::Run;
use crate::driver::context::content_of;
use crate::driver::journal::{Entry, Heard, Opening};
use crate::models::{self, Chosen};
use crate::{EngineError, Result};

impl<'a> Turn<'a> {
    pub(super) async fn resume(
        run: &'a mut Run,
        chosen: Chosen,
        opening: &Opening,
        journal: &[Entry],
    ) -> Result<Self> {
        let files = run.contents(&opening.files).await?;
        run.known.clone_from(&opening.files);
        let user = run.generation.user_id;
        let cast = Cast::again(&run.engine, user, chosen, &opening.cast).await;
        let mut turn = Self::open(run, cast, opening, files).await?;
        let (asked, waits) = turn.replay(journal).await?;
        turn.run.recount().await?;
        turn.changed_by_hand = turn.run.changed_meanwhile().await?;
        let resumed = turn.run.resumed().await?;
        turn.run.recorder.push(resumed);
        if turn.effects.is_empty() && (asked.is_some() || waits) {
            if turn.run.signals.cancel.is_cancelled() {
                turn.hear(Heard::Cancel, Input::Cancel);
            } else {
                turn.hear(Heard::Resumed, Input::Resumed);
            }
            if let Some(asked) = asked {
                // Its provider's count is lost with it; what was sent and answered was paid.
                turn.settle(&asked, TokenUsage::default()).await?;
            }
        }
        Ok(turn)
    }

    /// Feeds the machine everything that was heard. What came of it is carried out already, but for the rest
    /// of what was heard last. Gives the call that was under way, and whether a run or a question was.
    async fn replay(&mut self, journal: &[Entry]) -> Result<(Option<Asked>, bool)> {
        let mut asked = None;
        let mut waits = false;
        let mut effects = Vec::new();
        for heard in journal.iter().flat_map(|entry| &entry.heard) {
            self.absorb(std::mem::take(&mut effects), &mut asked, &mut waits);
            waits &= !heard.ends_a_wait();
            effects = self.hear_again(heard, &mut asked).await?;
        }
        let done = journal.last().and_then(|entry| entry.done).unwrap_or(effects.len());
        let rest = effects.split_off(done.min(effects.len()));
        self.absorb(effects, &mut asked, &mut waits);
        self.effects = rest.into();
        self.done = done;
        Ok((asked, waits))
    }

    async fn hear_again(
        &mut self,
        heard: &Heard,
        asked: &mut Option<Asked>,
    ) -> Result<Vec<Effect>> {
        let usage = TokenUsage::default();
        Ok(match heard {
            Heard::Start => self.machine.handle(Input::Start),
            Heard::Text(text) => {
                if let Some(asked) = asked {
                    asked.answered.push_str(text);
                }
                self.machine.handle(Input::Text(text))
            }
            Heard::Ended(stop) => {
                *asked = None;
                self.machine.handle(Input::StepEnded { stop: stop.clone(), usage })
            }
            Heard::Failed { class, message } => {
                *asked = None;
                self.machine.handle(Input::StepFailed { class: *class, message: message.clone() })
            }
            Heard::Checked(report) => {
                let mut report = report.clone();
                self.run.note_report(&report);
                self.run.load_picture(&mut report).await?;
                self.machine.handle(Input::Checked(report))
            }
            Heard::SmokeTried(tried) => self.machine.handle(Input::SmokeTried(tried.clone())),
            Heard::ByHand(changes) => {
                let named =
                    changes.iter().filter_map(|(path, hash)| Some((path.clone(), (*hash)?)));
                let named: BTreeMap<FilePath, BlobHash> = named.collect();
                let mut contents = self.run.contents(&named).await?;
                for (path, hash) in changes {
                    match hash {
                        Some(hash) => self.run.known.insert(path.clone(), *hash),
                        None => self.run.known.remove(path),
                    };
                    self.began_by_hand(path);
                }
                let files =
                    changes.iter().map(|(path, _)| (path.clone(), contents.remove(path))).collect();
                self.machine.handle(Input::FilesChangedByHand(files))
            }
            Heard::ToolDone { id, exit, output, duration_ms, files } => {
                let named: BTreeMap<FilePath, BlobHash> = files.iter().cloned().collect();
                let mut contents = self.run.contents(&named).await?;
                self.run.known.extend(named);
                let files =
                    files.iter().map(|(path, _)| (path.clone(), contents.remove(path))).collect();
                let outcome = ToolOutcome {
                    exit: *exit,
                    output: output.clone(),
                    duration_ms: *duration_ms,
                    files,
                };
                self.machine.handle(Input::ToolDone { id: *id, outcome })
            }
            Heard::PersonAnswered { id, allowed } => {
                self.machine.handle(Input::PersonAnswered { id: *id, allowed: *allowed })
            }
            Heard::Thinking => self.machine.handle(Input::Thinking("")),
            Heard::Cancel => {
                *asked = None;
                self.machine.handle(Input::Cancel)
            }
            Heard::OutOfTime => {
                *asked = None;
                self.out_of_time = true;
                self.machine.handle(Input::OutOfTime)
            }
            Heard::Resumed => {
                *asked = None;
                self.machine.handle(Input::Resumed)
            }
        })
    }

    /// Keeps what effects that were carried out before left behind in memory.
    fn absorb(&mut self, effects: Vec<Effect>, asked: &mut Option<Asked>, waits: &mut bool) {
        for effect in effects {
            match effect {
                Effect::Emit(event) => self.run.note(&event),
                Effect::CallModel { step, kind, round, request, .. } => {
                    self.run.prose_at_step = self.run.prose.len();
                    let input_estimate = models::count_request(self.cast.player(kind), &request);
                    *asked =
                        Some(Asked::new((step, kind, round), input_estimate, self.run.mends_edits));
                }
                Effect::RunTool { .. } | Effect::AskPerson { .. } => *waits = true,
                Effect::StopTool { .. } => *waits = false,
                Effect::StopModel => *asked = None,
                Effect::Restart => self.run.unsay(),
                Effect::CommitChanges { changes, .. } => {
                    self.run.changed = true;
                    for change in changes {
                        if let FileOp::Restore { path } = &change.op
                            && let Some(hash) = self.began.get(path)
                        {
                            self.run.known.insert(path.clone(), *hash);
                        }
                        self.run.known_after(&change.op);
                    }
                }
                Effect::RunChecks
                | Effect::TrySmoke { .. }
                | Effect::Finish { .. }
                | Effect::Fail { .. }
                | Effect::Cancelled { .. } => {}
            }
        }
    }
}

impl Run {
    /// Adds up again what the turn's calls took.
    pub(in crate::driver) async fn recount(&mut self) -> Result<()> {
        let steps = self.engine.db.read().await?.usage_steps(self.generation.id).await?;
        for step in steps {
            let usage = TokenUsage {
                input: step.input_tokens,
                output: step.output_tokens,
                cache_read: step.cache_read_tokens,
                cache_write: step.cache_write_tokens,
                reported: step.reported,
            };
            let cost = step.cost_nanousd.and_then(|cost| u64::try_from(cost).ok());
            let naive = match (step.naive_tokens, step.naive_output_tokens) {
                (Some(input), Some(output)) => Some(Naive {
                    input,
                    output,
                    cost_nanousd: step.naive_cost_nanousd.and_then(|cost| u64::try_from(cost).ok()),
                }),
                _ => None,
            };
            let model = format!("{}/{}", step.provider, step.model);
            self.add_usage(step.kind, &model, usage, cost, naive);
        }
        Ok(())
    }

    /// Files by the names of their contents.
    async fn contents(
        &self,
        files: &BTreeMap<FilePath, BlobHash>,
    ) -> Result<BTreeMap<FilePath, FileContent>> {
        let mut conn = self.engine.db.read().await?;
        let mut found = BTreeMap::new();
        for (path, hash) in files {
            let blob = conn
                .blob(hash)
                .await?
                .ok_or_else(|| EngineError::Internal(format!("the contents of {path} are gone")))?;
            found.insert(path.clone(), content_of(&blob));
        }
        Ok(found)
    }

    /// The files that are not what the agent knows of them.
    async fn changed_meanwhile(&self) -> Result<Vec<FilePath>> {
        let now: BTreeMap<FilePath, BlobHash> = {
            let mut conn = self.engine.db.read().await?;
            let files = conn.files(self.project.id).await?;
            files.into_iter().map(|meta| (meta.path, meta.hash)).collect()
        };
        let differs = |path: &&FilePath| now.get(*path) != self.known.get(*path);
        let mut paths: Vec<FilePath> =
            now.keys().chain(self.known.keys()).filter(differs).cloned().collect();
        paths.sort();
        paths.dedup();
        Ok(paths)
    }

    /// Notes that the agent wrote a change.
    fn known_after(&mut self, op: &FileOp) {
        match op {
            FileOp::Write { path, content } => {
                self.known.insert(path.clone(), blob_hash(content.as_bytes()));
            }
            FileOp::Delete { path } => {
                self.known.remove(path);
            }
            // Known by what the turn began with.
            FileOp::Restore { .. } => {}
            FileOp::Rename { from, to } => {
                if let Some(hash) = self.known.remove(from) {
                    self.known.insert(to.clone(), hash);
                }
            }
        }
    }
}

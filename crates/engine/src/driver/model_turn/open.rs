//! What a turn begins from.

use std::collections::{BTreeMap, VecDeque};

use qv_agent::{FileContent, Input, Machine, TurnInput, TurnLimits};
use qv_domain::{FilePath, TurnMode};

use super::Turn;
use super::cast::Cast;
use crate::Result;
use crate::driver::journal::{Heard, MACHINE, Opening};
use crate::driver::{Run, starter_turn};
use crate::models::{self, Chosen};

impl<'a> Turn<'a> {
    pub(super) async fn begin(run: &'a mut Run, chosen: Chosen) -> Result<Self> {
        if run.fence.number() > 1 {
            let resumed = run.resumed().await?;
            run.recorder.push(resumed);
        }
        let starter = match (run.generation.mode, run.project.file_count) {
            (TurnMode::Build, 0) => starter_turn::seed_for_model(run).await?,
            (TurnMode::Build, _) => starter_turn::seeded(run).await?,
            // Whoever asks or plans changes nothing, not even where nothing is.
            _ => None,
        };
        let files = run.files().await?;
        let history = run.history().await?;
        let shown = models::Shown {
            files: &files,
            prompt: &run.message.text,
            mode: run.generation.mode,
            history: &history,
            is_new: starter.is_some(),
            view: &run.view(),
            errors: &run.engine.known_faults(run.project.id).await?,
        };
        let mut facts = run.engine.models.facts.take(run.project.id);
        let footprint = models::pack(shown, &chosen, &mut facts);
        run.engine.models.facts.put_back(run.project.id, facts);
        let tools =
            run.engine.tools_of(&run.project, run.generation.mode, &run.message.text).await?;
        let model = models::profile(&chosen);
        let (cast, roles, names) =
            Cast::choose(&run.engine, run.generation.user_id, chosen).await?;
        let opening = Opening {
            machine: MACHINE,
            tools,
            context: footprint.context,
            history,
            model,
            roles,
            cast: names,
            starter,
            limits: TurnLimits { files: run.engine.config.limits, ..TurnLimits::default() },
            files: run.known.clone(),
            shown_tokens: footprint.tokens,
            naive_tokens: footprint.naive_tokens,
        };
        let mut turn = Self::open(run, cast, &opening, files).await?;
        turn.sent = footprint.files;
        turn.run.recorder.journal.open(opening);
        turn.hear(Heard::Start, Input::Start);
        Ok(turn)
    }

    pub(super) async fn open(
        run: &'a mut Run,
        cast: Cast,
        opening: &Opening,
        files: BTreeMap<FilePath, FileContent>,
    ) -> Result<Self> {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (files_sent, files_total) = (count(opening.context.sent.len()), count(files.len()));
        let machine = Machine::new(TurnInput {
            mode: run.generation.mode,
            prompt: run.message.text.clone(),
            images: run.images().await?,
            project_type: run.project.project_type,
            files,
            context: opening.context.clone(),
            history: opening.history.clone(),
            plan: run.given_plan(),
            model: opening.model.clone(),
            roles: opening.roles.clone(),
            starter: opening.starter.clone(),
            limits: opening.limits,
            tools: opening.tools.clone(),
        });
        Ok(Self {
            run,
            cast,
            machine,
            effects: VecDeque::new(),
            done: 0,
            step: None,
            tool: None,
            question: None,
            told_where: false,
            changed_by_hand: Vec::new(),
            found: None,
            began: opening.files.clone(),
            provider_failed: None,
            out_of_time: false,
            shown_tokens: opening.shown_tokens,
            naive_tokens: opening.naive_tokens,
            files_sent,
            files_total,
            sent: Vec::new(),
        })
    }
}

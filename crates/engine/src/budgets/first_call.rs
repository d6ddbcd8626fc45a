//! What a turn's first call sends, worked out before the turn is queued.

use std::collections::BTreeMap;

use qv_agent::{
    Effect, FileContent, Input, Machine, PastTurn, RoleModels, StarterInfo, Tools, TurnInput,
    TurnLimits,
};
use qv_domain::{FilePath, MessageId, ProjectType, TurnMode};
use qv_pfc::FactsCache;
use qv_store as store;
use qv_wire::TurnContext;

use super::Worst;
use crate::models::{self, Chosen};
use crate::{Engine, EngineError, Result, driver};

/// What is asked, and of whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) chosen: &'a Chosen,
    pub(crate) text: &'a str,
    pub(crate) mode: TurnMode,
    /// Pictures that go with it.
    pub(crate) images: usize,
    /// Where.
    pub(crate) place: Place<'a>,
    /// The message itself, when it is in the chat already.
    pub(crate) message: Option<MessageId>,
}

/// The project that a turn works on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    There(&'a store::Project),
    /// It is yet to be made.
    New {
        starter: Option<&'a str>,
        project_type: ProjectType,
    },
}

/// A turn's first call, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FirstCall {
    pub(crate) worst: Worst,
    pub(crate) input_tokens: u64,
    pub(crate) files_sent: u32,
    pub(crate) files_total: u32,
}

/// What the machine begins from.
struct Opening {
    text: String,
    mode: TurnMode,
    project_type: ProjectType,
    files: BTreeMap<FilePath, FileContent>,
    history: Vec<PastTurn>,
    starter: Option<StarterInfo>,
    tools: Option<Tools>,
}

impl Engine {
    /// Works out what a turn's first call sends, as the turn itself will.
    pub(crate) async fn first_call(&self, asking: Asking<'_>) -> Result<FirstCall> {
        let (files, starter, history, project_type) = match asking.place {
            Place::There(project) if project.file_count > 0 => {
                let mut conn = self.db.read().await?;
                let files = conn.all_files(project.id).await?;
                let files =
                    files.iter().map(|file| (file.meta.path.clone(), driver::content(file)));
                let history = driver::history(&mut conn, project.id, asking.message).await?;
                (files.collect(), None, history, project.project_type)
            }
            place => {
                let (named, project_type) = match place {
                    Place::There(project) => (project.starter.as_deref(), project.project_type),
                    Place::New { starter, project_type } => (starter, project_type),
                };
                let (files, info) = driver::beginning(named, asking.text, project_type);
                let files =
                    files.into_iter().map(|(path, bytes)| (path, driver::content_of(&bytes)));
                (files.collect(), info, Vec::new(), project_type)
            }
        };
        let tools = match asking.place {
            Place::There(project) => self.tools_of(project, asking.mode, asking.text).await?,
            // Where it will run is not decided yet: counted as if it had a machine.
            Place::New { .. } if asking.mode == TurnMode::Build => {
                crate::sandboxes::asks_for_a_machine(asking.text).then(Tools::default)
            }
            Place::New { .. } => None,
        };
        let opening = Opening {
            tools,
            text: asking.text.to_owned(),
            mode: asking.mode,
            project_type,
            files,
            history,
            starter,
        };
        let (chosen, now) = (asking.chosen.clone(), self.env.now());
        let images = if chosen.capabilities.sees_images { asking.images as u64 } else { 0 };
        let known = match asking.place {
            Place::There(project) => Some((project.id, self.models.facts.take(project.id))),
            Place::New { .. } => None,
        };
        // Reading a large project takes a core for a while.
        let counted = tokio::task::spawn_blocking(move || {
            let (project, mut facts) = known.unzip();
            let first = opening.count(&chosen, images, facts.get_or_insert_default(), now);
            (first, project.zip(facts))
        });
        let (first, known) = counted
            .await
            .map_err(|error| EngineError::Internal(format!("counting broke off: {error}")))?;
        if let Some((project, facts)) = known {
            self.models.facts.put_back(project, facts);
        }
        Ok(first)
    }
}

impl Opening {
    /// Without what the person has before them: it changes which files are sent, and hardly how much.
    fn count(
        self,
        chosen: &Chosen,
        images: u64,
        facts: &mut FactsCache,
        now: qv_domain::Timestamp,
    ) -> FirstCall {
        let shown = models::Shown {
            files: &self.files,
            prompt: &self.text,
            mode: self.mode,
            history: &self.history,
            is_new: self.starter.is_some(),
            view: &TurnContext::default(),
            errors: &[],
        };
        let context = models::pack(shown, chosen, facts).context;
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (files_sent, files_total) = (count(context.sent.len()), count(self.files.len()));
        let mut machine = Machine::new(TurnInput {
            mode: self.mode,
            prompt: self.text,
            images: Vec::new(),
            project_type: self.project_type,
            files: self.files,
            context,
            history: self.history,
            // What a plan adds stands in the text that is counted; who else is called is settled call by call.
            plan: Vec::new(),
            roles: RoleModels::default(),
            model: models::profile(chosen),
            starter: self.starter,
            limits: TurnLimits::default(),
            tools: self.tools,
        });
        let request = machine.handle(Input::Start).into_iter().find_map(|effect| match effect {
            Effect::CallModel { request, .. } => Some(request),
            _ => None,
        });
        let sent = request.as_ref().map_or(0, |request| models::count_request(chosen, request));
        let input_tokens = sent + images * models::IMAGE_TOKENS;
        let output = chosen.capabilities.max_output_tokens;
        let worst = Worst::of(chosen, input_tokens, output, now);
        FirstCall { worst, input_tokens, files_sent, files_total }
    }
}

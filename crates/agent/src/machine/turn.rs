use std::collections::BTreeMap;

use qv_domain::chat::{EditStyle, Image};
use qv_domain::{AgentRole, FilePath, Limits, ProjectType, StepKind, TurnMode};
use serde::{Deserialize, Serialize};

use crate::apply::FileContent;
use crate::tools::Tools;

/// Everything that a turn starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnInput {
    /// What the turn is for.
    pub mode: TurnMode,
    /// What the person asks.
    pub prompt: String,
    /// Pictures that came with it; sent only to a model that sees.
    pub images: Vec<Image>,
    /// What kind of app it is.
    pub project_type: ProjectType,
    /// All files of the project, as they are now.
    pub files: BTreeMap<FilePath, FileContent>,
    /// Which of them the model is shown, and the map of all: chosen by prompt-footprint control.
    pub context: ProjectContext,
    /// What was asked and done before, oldest first.
    pub history: Vec<PastTurn>,
    /// A plan that a person has left as it shall be carried out; empty: none.
    pub plan: Vec<String>,
    /// Who builds.
    pub model: ModelProfile,
    /// Who plays the other parts.
    pub roles: RoleModels,
    /// The starter that the project begins from; set in a project's first turn only.
    pub starter: Option<StarterInfo>,
    /// What its sandbox has; `None` when the project has none, or nothing may be run in it. Counts in build mode alone.
    pub tools: Option<Tools>,
    /// How far a turn may go.
    pub limits: TurnLimits,
}

/// What of the project a model is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProjectContext {
    /// The map: all files in few words. Empty: the machine lists paths and sizes.
    pub map: String,
    /// The files whose text is sent, in the order in which they are sent. A path that is not in
    /// [`TurnInput::files`] or is binary is passed over.
    pub sent: Vec<FilePath>,
    /// Of those that are sent in part, what is shown. They may be edited there, but not written over.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<FilePath, ShownPart>,
    /// What was decided and changed before, in few words. Empty: the machine tells [`TurnInput::history`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub history: String,
}

/// Lines of a file that are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShownPart {
    /// Which, first and last, from 1; in order and apart.
    pub lines: Vec<(u32, u32)>,
    /// They, with a note between them for what is left out.
    pub text: String,
}

/// An earlier turn in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastTurn {
    /// What the person asked.
    pub prompt: String,
    /// What the agent answered: [`super::Effect::Finish`]'s summary.
    pub summary: String,
    /// The files that it changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<FilePath>,
}

/// What the model that answers can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelProfile {
    /// The provider's own name of it; becomes [`qv_domain::chat::ChatRequest::model`].
    pub name: String,
    /// How it writes changes.
    pub edit_style: EditStyle,
    /// Whether it takes pictures.
    pub sees_images: bool,
    /// The most tokens that one answer may have.
    pub max_output_tokens: u32,
    /// 0 to 2, in thousandths; `None` leaves it to the provider.
    pub temperature_milli: Option<u16>,
}

/// Who plays the parts beside the builder's. With nobody, the part is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RoleModels {
    /// Plans large requests before anything is written.
    pub planner: Option<ModelProfile>,
    /// Reads large changes against the request.
    pub reviewer: Option<ModelProfile>,
    /// Writes smoke checks for what works.
    pub tester: Option<ModelProfile>,
}

impl RoleModels {
    /// Who makes a call of this kind, where it is not the builder.
    #[must_use]
    pub const fn of(&self, kind: StepKind) -> Option<&ModelProfile> {
        match kind.role() {
            AgentRole::Planner => self.planner.as_ref(),
            AgentRole::Builder => None,
            AgentRole::Reviewer => self.reviewer.as_ref(),
            AgentRole::Tester => self.tester.as_ref(),
        }
    }
}

/// The starter that a project begins from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StarterInfo {
    /// Its name, such as `Focus timer`.
    pub name: String,
    /// What it can do, in a sentence or two.
    pub summary: String,
}

/// How far a turn may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TurnLimits {
    /// Sizes of files and projects.
    pub files: Limits,
    /// The most repairs of failed checks in a turn.
    pub check_repairs: u32,
    /// The most repairs of edits that could not be applied; the last one asks for whole files.
    pub edit_repairs: u32,
    /// The most times that a cut-off answer is gone on with, in a turn.
    pub continuations: u32,
    /// The longest answer, continuations included, in bytes. A longer one is stopped.
    pub answer_bytes: usize,
    /// The most times that the model is called with what came of runs, in a turn.
    pub tool_rounds: u32,
    /// The most runs of one answer.
    pub tool_runs: usize,
}

impl Default for TurnLimits {
    fn default() -> Self {
        Self {
            files: Limits::default(),
            check_repairs: 3,
            edit_repairs: 2,
            continuations: 3,
            answer_bytes: 2_000_000,
            tool_rounds: 4,
            tool_runs: 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_an_older_journal_are_read() {
        let mut old = serde_json::to_value(TurnLimits::default()).unwrap();
        let fields = old.as_object_mut().unwrap();
        fields.remove("tool_rounds");
        fields.remove("tool_runs");
        assert_eq!(serde_json::from_value::<TurnLimits>(old).unwrap(), TurnLimits::default());
    }
}

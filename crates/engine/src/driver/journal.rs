//! What a turn heard, kept beside its log, so that another worker can bring a machine to where this one
//! stands. The machine is a pure function of what it hears; nothing else has to be kept.
//!
//! An entry is written in the transaction of the events that came of it, so the two never disagree: what a
//! client saw is what a replay comes to.

use std::collections::BTreeMap;

use qv_agent::{
    CheckReport, FailureClass, ModelProfile, PastTurn, ProjectContext, RoleModels, SmokeOutcome,
    StarterInfo, ToolExit, Tools, TurnLimits,
};
use qv_domain::chat::StopReason;
use qv_domain::{BlobHash, FilePath};
use qv_wire::GenerationSummary;
use serde::{Deserialize, Serialize};

use super::model_turn::CastNames;

/// What became durable at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// What the turn began from; in its first entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) opening: Option<Box<Opening>>,
    /// What a turn without a model has written, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) starter: Option<Box<Written>>,
    /// What was heard since the entry before, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) heard: Vec<Heard>,
    /// How many of the effects of what was heard last are carried out; `None`: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) done: Option<usize>,
}

/// Which machine wrote a journal. Raise it with every change of what a machine does or says with what it
/// hears: another one's journal leads elsewhere.
pub(super) const MACHINE: u32 = 7;

/// What a machine begins from, beside the message itself. Files are named by their contents, which their
/// version keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Opening {
    pub(super) machine: u32,
    pub(super) context: ProjectContext,
    pub(super) history: Vec<PastTurn>,
    pub(super) model: ModelProfile,
    /// Who plays the other parts, as the machine knows them, and by their names.
    #[serde(default)]
    pub(super) roles: RoleModels,
    #[serde(default)]
    pub(super) cast: CastNames,
    pub(super) starter: Option<StarterInfo>,
    /// What may be run, in a project with a machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tools: Option<Tools>,
    pub(super) limits: TurnLimits,
    pub(super) files: BTreeMap<FilePath, BlobHash>,
    /// What is shown of the files, in tokens.
    #[serde(default)]
    pub(super) shown_tokens: u64,
    /// What showing all of them would take.
    pub(super) naive_tokens: u64,
}

/// Something that a machine was fed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Heard {
    Start,
    Text(String),
    /// Reasoning began: what it says is not kept.
    Thinking,
    Ended(StopReason),
    Failed {
        class: FailureClass,
        message: String,
    },
    Checked(CheckReport),
    SmokeTried(Vec<SmokeOutcome>),
    ByHand(Vec<(FilePath, Option<BlobHash>)>),
    ToolDone {
        id: u32,
        exit: ToolExit,
        output: String,
        duration_ms: u64,
        files: Vec<(FilePath, BlobHash)>,
    },
    PersonAnswered {
        id: u32,
        allowed: bool,
    },
    Resumed,
    Cancel,
    /// The turn worked for as long as one may. Nothing for the machine.
    OutOfTime,
}

impl Heard {
    /// Whether nothing runs any more, and nobody is asked, once this was heard.
    pub(super) const fn ends_a_wait(&self) -> bool {
        matches!(
            self,
            Self::ToolDone { .. } | Self::PersonAnswered { .. } | Self::Cancel | Self::OutOfTime
        )
    }
}

/// What a turn without a model came to before its check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Written {
    pub(super) said: String,
    pub(super) summary: GenerationSummary,
    /// The starter that the project is made from, if it is new.
    pub(super) starter: Option<String>,
}

/// What waits to be written.
#[derive(Debug, Default)]
pub(super) struct Pending {
    entry: Entry,
    /// Whether text may be joined to what was heard last: only where that had no effect but to be shown, since
    /// effects are counted from the last thing heard.
    joins: bool,
}

impl Pending {
    pub(super) fn open(&mut self, opening: Opening) {
        self.entry.opening = Some(Box::new(opening));
    }

    pub(super) fn written(&mut self, written: Written) {
        self.entry.starter = Some(Box::new(written));
    }

    /// Notes what was heard; `only_shows` when nothing but showing came of it.
    pub(super) fn heard(&mut self, heard: Heard, only_shows: bool) {
        match (self.entry.heard.last_mut(), heard) {
            (Some(Heard::Text(last)), Heard::Text(text)) if self.joins && only_shows => {
                last.push_str(&text);
            }
            (_, heard) => self.entry.heard.push(heard),
        }
        self.joins = only_shows;
    }

    /// Whether something was heard that is not yet durable.
    pub(super) fn is_empty(&self) -> bool {
        self.entry == Entry::default()
    }

    /// Gives what waits, as it stands with `done` effects carried out.
    pub(super) fn take(&mut self, done: Option<usize>) -> Entry {
        self.joins = false;
        Entry { done, ..std::mem::take(&mut self.entry) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Heard {
        Heard::Text(text.to_owned())
    }

    #[test]
    fn only_text_that_just_shows_is_joined() {
        let mut pending = Pending::default();
        pending.heard(Heard::Start, false);
        pending.heard(text("a"), true);
        pending.heard(text("b"), true);
        pending.heard(text("c"), false);
        pending.heard(text("d"), true);
        let entry = pending.take(Some(2));
        assert_eq!(entry.heard, [Heard::Start, text("ab"), text("c"), text("d")]);
        assert!(pending.is_empty());
        // What is durable is not joined to.
        pending.heard(text("e"), true);
        assert_eq!(pending.take(None).heard, [text("e")]);
    }

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let heard = vec![
            Heard::Start,
            text("\u{0}\"x\""),
            Heard::Ended(StopReason::Other("odd".into())),
            Heard::Failed { class: FailureClass::Network, message: "gone".into() },
            Heard::Checked(CheckReport::default()),
            Heard::ByHand(vec![
                (FilePath::parse("a.ts").unwrap(), Some(BlobHash::from_bytes([7; 32]))),
                (FilePath::parse("b.ts").unwrap(), None),
            ]),
            Heard::ToolDone {
                id: 1,
                exit: ToolExit::Code(0),
                output: "ok".into(),
                duration_ms: 12,
                files: vec![(
                    FilePath::parse("package.json").unwrap(),
                    BlobHash::from_bytes([8; 32]),
                )],
            },
            Heard::PersonAnswered { id: 2, allowed: false },
            Heard::Resumed,
        ];
        let entry = Entry { heard, done: Some(3), ..Entry::default() };
        let json = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<Entry>(&json).unwrap(), entry);
    }
}

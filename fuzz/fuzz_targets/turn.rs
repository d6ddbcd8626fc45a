//! Whatever a model answers, a turn has one end, a known number of calls and runs, and whole commits; no shell runs
//! without leave.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use qv_agent::{
    CheckReport, Effect, FailureClass, FileContent, FileOp, Input, Machine, ModelProfile, Picture,
    ProjectContext, RoleModels, SmokeOutcome, ToolCall, ToolExit, ToolOutcome, Tools, TurnInput,
    TurnLimits,
};
use qv_domain::chat::{EditStyle, StopReason, TokenUsage};
use qv_domain::{BlobHash, FilePath, ProjectType, TurnMode};

fuzz_target!(|input: (Vec<(&str, u8)>, bool, bool, bool)| {
    let (answers, weak, sandbox, parts) = input;
    let Ok(path) = FilePath::parse("src/App.tsx") else { return };
    let files = BTreeMap::from([(path.clone(), FileContent::text("a\nb\nc\n"))]);
    let written = files.clone();
    let model = ModelProfile {
        name: "m".to_owned(),
        edit_style: if weak { EditStyle::WholeFile } else { EditStyle::SearchReplace },
        sees_images: false,
        max_output_tokens: 1_000,
        temperature_milli: None,
    };
    let all = || parts.then(|| model.clone());
    let machine = Machine::new(TurnInput {
        mode: TurnMode::Build,
        prompt: "x".to_owned(),
        images: Vec::new(),
        project_type: ProjectType::WebApp,
        files,
        context: ProjectContext { sent: vec![path], ..ProjectContext::default() },
        history: Vec::new(),
        plan: Vec::new(),
        roles: RoleModels { planner: all(), reviewer: all(), tester: all() },
        model,
        starter: None,
        tools: sandbox.then(Tools::default),
        limits: TurnLimits::default(),
    });
    let mut turn = Turn {
        machine,
        written,
        calls: 0,
        runs: 0,
        waits: None,
        tries: None,
        allowed: 0,
        over: false,
    };
    turn.hear(Input::Start);
    for (text, then) in answers {
        turn.hear(Input::Text(text));
        let stop = match then % 7 {
            0 | 1 => continue,
            6 => {
                let (class, message) = (FailureClass::Budget, "x".to_owned());
                turn.hear(Input::StepFailed { class, message });
                continue;
            }
            2 => StopReason::MaxTokens,
            3 => StopReason::Refusal,
            _ => StopReason::EndTurn,
        };
        turn.hear(Input::StepEnded { stop, usage: TokenUsage::default() });
        while let Some(wait) = turn.waits.take() {
            match wait {
                Wait::Person(id) => {
                    let allowed = then & 8 == 0;
                    turn.allowed = if allowed { id } else { turn.allowed };
                    turn.hear(Input::PersonAnswered { id, allowed });
                }
                Wait::Tool(id) => {
                    let exit = ToolExit::Code(i32::from(then >> 4 & 1));
                    let output = text.repeat(usize::from(then >> 5));
                    let outcome = ToolOutcome { exit, output, duration_ms: 1, files: Vec::new() };
                    turn.hear(Input::ToolDone { id, outcome });
                }
            }
        }
        turn.hear(Input::Checked(seen(then)));
        if let Some(paths) = turn.tries.take() {
            let tried = paths.into_iter().map(|path| outcome(path, then & 32 == 0));
            turn.hear(Input::SmokeTried(tried.collect()));
        }
    }
    assert!(turn.runs <= 12 && (sandbox || turn.runs == 0), "{} runs", turn.runs);
    let most = if sandbox { 16 } else { 12 } + if parts { 4 } else { 0 };
    assert!(turn.calls <= most, "{} calls", turn.calls);
});

/// What looking at the app comes to: a smoke check that went well before fails or not.
fn seen(then: u8) -> CheckReport {
    let path = FilePath::parse("checks/a.check").expect("a path");
    CheckReport {
        diagnostics: Vec::new(),
        smoke: vec![outcome(path, then & 16 == 0)],
        picture: Some(Picture {
            hash: BlobHash::from_bytes([0; 32]),
            media_type: "image/png".to_owned(),
            address: "/x".to_owned(),
            takes_checks: then & 64 == 0,
            image: None,
        }),
    }
}

fn outcome(path: FilePath, ok: bool) -> SmokeOutcome {
    let (name, message) = ("a".to_owned(), "x".to_owned());
    SmokeOutcome { path, name, ok, ok_before: Some(true), message, duration_ms: 1 }
}

/// What the turn waits for.
enum Wait {
    Person(u32),
    Tool(u32),
}

struct Turn {
    machine: Machine,
    /// The project as the commits have made it.
    written: BTreeMap<FilePath, FileContent>,
    calls: u32,
    runs: u32,
    waits: Option<Wait>,
    /// The tester's checks that are to be tried.
    tries: Option<Vec<FilePath>>,
    /// The last run that a person allowed.
    allowed: u32,
    over: bool,
}

impl Turn {
    fn hear(&mut self, input: Input<'_>) {
        for effect in self.machine.handle(input) {
            assert!(!self.over, "{effect:?} after the end");
            match effect {
                Effect::CallModel { .. } => self.calls += 1,
                Effect::CommitChanges { changes, .. } => {
                    changes.into_iter().for_each(|change| self.write(change.op));
                }
                Effect::RunTool { id, call } => {
                    let needs_leave = matches!(call, ToolCall::Shell { .. });
                    assert!(!needs_leave || self.allowed == id, "{call:?} was not allowed");
                    assert!(!call.argv().is_empty() && !call.to_string().contains('\n'));
                    self.runs += 1;
                    self.waits = Some(Wait::Tool(id));
                }
                Effect::TrySmoke { checks } => {
                    self.tries = Some(checks.into_iter().map(|(path, _)| path).collect());
                }
                Effect::AskPerson { id, .. } => self.waits = Some(Wait::Person(id)),
                Effect::Finish { .. } | Effect::Fail { .. } | Effect::Cancelled { .. } => {
                    self.over = true;
                }
                Effect::StopModel
                | Effect::StopTool { .. }
                | Effect::Restart
                | Effect::Emit(_)
                | Effect::RunChecks => {}
            }
        }
    }

    fn write(&mut self, op: FileOp) {
        match op {
            FileOp::Write { path, content } => {
                self.written.insert(path, FileContent::Text(content));
            }
            FileOp::Delete { path } => assert!(self.written.remove(&path).is_some()),
            FileOp::Rename { from, to } => {
                let content = self.written.remove(&from).expect("the source exists");
                assert!(self.written.insert(to, content).is_none());
            }
            FileOp::Restore { .. } => panic!("no file here is binary"),
        }
    }
}

//! Whatever a model answers, a turn has one end, a known number of calls, and whole commits.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use qv_agent::{
    CheckReport, Effect, FailureClass, FileContent, FileOp, Input, Machine, ModelProfile,
    ProjectContext, TurnInput, TurnLimits,
};
use qv_domain::chat::{EditStyle, StopReason, TokenUsage};
use qv_domain::{FilePath, ProjectType, TurnMode};

fuzz_target!(|input: (Vec<(&str, u8)>, bool)| {
    let (answers, weak) = input;
    let Ok(path) = FilePath::parse("src/App.tsx") else { return };
    let files = BTreeMap::from([(path.clone(), FileContent::text("a\nb\nc\n"))]);
    let mut written = files.clone();
    let mut machine = Machine::new(TurnInput {
        mode: TurnMode::Build,
        prompt: "x".to_owned(),
        images: Vec::new(),
        project_type: ProjectType::WebApp,
        files,
        context: ProjectContext { sent: vec![path], ..ProjectContext::default() },
        history: Vec::new(),
        model: ModelProfile {
            name: "m".to_owned(),
            edit_style: if weak { EditStyle::WholeFile } else { EditStyle::SearchReplace },
            sees_images: false,
            max_output_tokens: 1_000,
            temperature_milli: None,
        },
        starter: None,
        limits: TurnLimits::default(),
    });
    let (mut calls, mut over) = (0, false);
    let mut carry_out = |effects: Vec<Effect>| {
        for effect in effects {
            assert!(!over, "{effect:?} after the end");
            match effect {
                Effect::CallModel { .. } => calls += 1,
                Effect::CommitChanges { changes, .. } => {
                    for change in changes {
                        match change.op {
                            FileOp::Write { path, content } => {
                                written.insert(path, FileContent::Text(content));
                            }
                            FileOp::Delete { path } => assert!(written.remove(&path).is_some()),
                            FileOp::Rename { from, to } => {
                                let content = written.remove(&from).expect("the source exists");
                                assert!(written.insert(to, content).is_none());
                            }
                        }
                    }
                }
                Effect::Finish { .. } | Effect::Fail { .. } | Effect::Cancelled { .. } => {
                    over = true
                }
                Effect::StopModel | Effect::Restart | Effect::Emit(_) | Effect::RunChecks => {}
            }
        }
    };
    carry_out(machine.handle(Input::Start));
    for (text, then) in answers {
        carry_out(machine.handle(Input::Text(text)));
        let stop = match then % 7 {
            0 | 1 => continue,
            6 => {
                let (class, message) = (FailureClass::Budget, "x".to_owned());
                carry_out(machine.handle(Input::StepFailed { class, message }));
                continue;
            }
            2 => StopReason::MaxTokens,
            3 => StopReason::Refusal,
            _ => StopReason::EndTurn,
        };
        carry_out(machine.handle(Input::StepEnded { stop, usage: TokenUsage::default() }));
        carry_out(machine.handle(Input::Checked(CheckReport::default())));
    }
    assert!(calls <= 9, "{calls} calls");
});

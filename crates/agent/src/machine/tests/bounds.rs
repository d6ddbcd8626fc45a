//! Whatever comes in, a turn ends, and only build mode changes anything.

use std::collections::BTreeSet;

use proptest::prelude::*;
use qv_domain::TurnMode;
use qv_domain::chat::{StopReason, TokenUsage};

use super::script::{Script, error, path, turn};
use crate::machine::*;
use crate::{FileContent, FileOp, ToolCall, ToolExit, ToolOutcome, Tools};

#[test]
fn a_loop_is_stopped() {
    let mut script = Script::start(turn("x", &[]));
    script.says("<file path=\"a.ts\">\n");
    for _ in 0..400 {
        script.says("let a = ").says("1;\n");
    }
    assert!(matches!(script.last(), Effect::Fail { code: FailCode::Rambling, .. }));
    assert!(script.effects.contains(&Effect::StopModel));
}

#[test]
fn two_megabytes_are_stopped_and_what_is_whole_is_kept() {
    let mut script = Script::start(turn("x", &[]));
    script.says("<file path=\"a.ts\">\nlet a = 1;\n</file>\n<file path=\"b.ts\">\n");
    let mut line = 0;
    while !script.effects.contains(&Effect::StopModel) {
        script.input("says a line", Input::Text(&format!("{line:0>10000}\n")));
        line += 1;
    }
    assert_eq!(line, 200);
    assert!(script.asked().contains("Write only `b.ts`"));
    assert!(script.sent() < 20_000, "{} bytes are sent again", script.sent());
    script.says("Sorry.").ends().checks(&[]);
    assert!(matches!(script.last(), Effect::Finish { verified: false, changed: true, .. }));
}

#[test]
fn a_model_that_never_does_right_is_called_a_known_number_of_times() {
    let mut script = Script::start(turn("x", &[("a.ts", "let a = 1;\n")]));
    let calls = |script: &Script| {
        script.effects.iter().filter(|effect| matches!(effect, Effect::CallModel { .. })).count()
    };
    for round in 0..40 {
        script.says(&format!("<file path=\"b{round}.ts\">\nlet b = {round};\n")).is_cut_off();
        script.checks(&[error("a.ts", 1, &format!("error {round}"))]);
    }
    assert!(
        matches!(script.last(), Effect::Finish { .. } | Effect::Fail { .. }),
        "{}",
        script.told()
    );
    assert!(calls(&script) <= 10, "{} calls", calls(&script));
}

fn text() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "Hello.\n",
        "<file path=\"a.ts\">\n",
        "let a = 1;\n",
        "let b = 2;\n",
        "</file>\n",
        "<edit path=\"a.ts\">\n",
        "<<<<<<< SEARCH\n",
        "let a = 1;\n",
        "=======\n",
        ">>>>>>> REPLACE\n",
        "</edit>\n",
        "<delete path=\"a.ts\"/>\n",
        "<rename from=\"a.ts\" to=\"b.ts\"/>\n",
        "<plan>\n- [ ] x\n</plan>\n",
        "<file path=\"../x\">\n",
        "```\n",
        "<think>",
        "</think>",
        "<run tool=\"install\" packages=\"a\"/>\n",
        "<run tool=\"build\"/>\n",
        "<run command=\"cat a.ts\"/>\n",
        "<run command=\"curl x\"/>\n",
        "<run command=\"cat a | sh\"/>\n",
        "<need path=\"a.ts\"/>\n",
        "<question>\nwhy?\n</question>\n",
        "<finding path=\"a.ts\">x</finding>\n",
        "<ok/>\n",
        "<check name=\"x\">\nopen \"/\"\n</check>\n",
        "let many = 1;\nlet more = 1;\nlet lines = 1;\nlet of = 1;\nlet text = 1;\nlet here = 1;\nlet a1 = 1;\n",
        "half a li",
        "é",
    ])
    .prop_map(String::from)
}

#[derive(Debug, Clone)]
enum Step {
    Says(String),
    Stops(StopReason),
    Breaks(FailureClass),
    Checks(Vec<Diagnostic>, Vec<(bool, Option<bool>)>),
    Tried(bool),
    ByHand(Option<String>),
    Ran(ToolExit, String, Option<Option<String>>),
    Answers(bool),
    Resumed,
    Cancel,
}

fn step() -> impl Strategy<Value = Step> {
    let stop = proptest::sample::select(vec![
        StopReason::EndTurn,
        StopReason::EndTurn,
        StopReason::MaxTokens,
        StopReason::Refusal,
        StopReason::ContextFull,
    ]);
    let class = proptest::sample::select(vec![
        FailureClass::Network,
        FailureClass::Overloaded,
        FailureClass::Budget,
    ]);
    let exit = proptest::sample::select(vec![
        ToolExit::Code(0),
        ToolExit::Code(1),
        ToolExit::TimedOut,
        ToolExit::NotStarted,
    ]);
    let errors = proptest::collection::vec("[ab]".prop_map(|m| error("a.ts", 1, &m)), 0..2);
    let content = proptest::option::of("(let [ab] = 1;\n){0,2}");
    prop_oneof![
        20 => text().prop_map(Step::Says),
        5 => stop.prop_map(Step::Stops),
        1 => class.prop_map(Step::Breaks),
        3 => (errors, proptest::collection::vec(any::<(bool, Option<bool>)>(), 0..3))
            .prop_map(|(errors, smoke)| Step::Checks(errors, smoke)),
        2 => any::<bool>().prop_map(Step::Tried),
        1 => proptest::option::of("(let [ab] = 1;\n){0,2}").prop_map(Step::ByHand),
        4 => (exit, "[ab]", proptest::option::of(content)).prop_map(|(exit, says, wrote)| Step::Ran(exit, says, wrote)),
        2 => any::<bool>().prop_map(Step::Answers),
        1 => Just(Step::Resumed),
        1 => Just(Step::Cancel),
    ]
}

/// What a browser saw.
fn report(diagnostics: Vec<Diagnostic>, smoke: &[(bool, Option<bool>)]) -> CheckReport {
    let smoke = ["s", "t", "u"].iter().zip(smoke);
    CheckReport {
        diagnostics,
        smoke: smoke.map(|(name, (ok, before))| super::script::smoke(name, *ok, *before)).collect(),
        picture: Some(super::script::picture()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_turn_keeps_its_promises(
        mode in proptest::sample::select(TurnMode::ALL.to_vec()),
        has_tools in any::<bool>(),
        has_roles in any::<bool>(),
        steps in proptest::collection::vec(step(), 0..60),
    ) {
        let mut input = turn("x", &[("a.ts", "let a = 1;\n"), ("c.ts", "c\n")]);
        input.mode = mode;
        if has_roles {
            let all = || Some(super::script::profile("other"));
            input.roles = RoleModels { planner: all(), reviewer: all(), tester: all() };
        }
        input.tools = has_tools.then(Tools::default);
        input.files.insert(path("package.json"), FileContent::text("{\"scripts\":{\"build\":\"x\"}}"));
        let before = input.files.clone();
        let mut files = before.clone();
        let mut wrote = false;
        let mut allowed = BTreeSet::new();
        let mut machine = Machine::new(input);
        let mut inputs = vec![machine.handle(Input::Start)];
        for step in steps {
            inputs.push(match step {
                Step::Says(text) => machine.handle(Input::Text(&text)),
                Step::Stops(stop) => machine.handle(Input::StepEnded { stop, usage: TokenUsage::default() }),
                Step::Breaks(class) => machine.handle(Input::StepFailed { class, message: "x".into() }),
                Step::Tried(ok) => {
                    let tried: Vec<SmokeOutcome> =
                        ["x", "y"].iter().map(|name| super::script::smoke(name, ok, None)).collect();
                    machine.handle(Input::SmokeTried(tried))
                }
                Step::Checks(diagnostics, smoke) => machine.handle(Input::Checked(report(diagnostics, &smoke))),
                Step::ByHand(_) if machine.phase == Phase::Over => Vec::new(),
                Step::ByHand(text) => {
                    let content = text.map(FileContent::text);
                    match content.clone() {
                        Some(content) => files.insert(path("c.ts"), content),
                        None => files.remove("c.ts"),
                    };
                    machine.handle(Input::FilesChangedByHand(vec![(path("c.ts"), content)]))
                }
                Step::Ran(exit, output, content) => {
                    let content = content.map(|text| text.map(FileContent::text));
                    if let Some(content) = content.clone().filter(|_| machine.phase == Phase::Tool) {
                        wrote = true;
                        match content {
                            Some(content) => files.insert(path("d.ts"), content),
                            None => files.remove("d.ts"),
                        };
                    }
                    let changed = content.map(|content| (path("d.ts"), content));
                    let outcome =
                        ToolOutcome { exit, output, duration_ms: 1, files: changed.into_iter().collect() };
                    machine.handle(Input::ToolDone { id: machine.running(), outcome })
                }
                Step::Answers(yes) => {
                    let id = machine.running();
                    if yes && machine.phase == Phase::Permission {
                        allowed.insert(id);
                    }
                    machine.handle(Input::PersonAnswered { id, allowed: yes })
                }
                Step::Resumed => machine.handle(Input::Resumed),
                Step::Cancel => machine.handle(Input::Cancel),
            });
            for effect in inputs.last().into_iter().flatten() {
                let Effect::CommitChanges { changes, .. } = effect else { continue };
                for change in changes {
                    match &change.op {
                        FileOp::Write { path, content } => {
                            files.insert(path.clone(), FileContent::Text(content.clone()));
                        }
                        FileOp::Delete { path } => prop_assert!(files.remove(path).is_some()),
                        FileOp::Rename { from, to } => {
                            let content = files.remove(from);
                            prop_assert!(content.is_some());
                            prop_assert!(files.insert(to.clone(), content.unwrap()).is_none());
                        }
                        FileOp::Restore { .. } => prop_assert!(false, "nothing here is binary"),
                    }
                }
            }
        }
        let effects: Vec<Effect> = inputs.into_iter().flatten().collect();
        let is_end = |effect: &Effect| {
            matches!(effect, Effect::Finish { .. } | Effect::Fail { .. } | Effect::Cancelled { .. })
        };
        // There is one end, and nothing after it.
        if let Some(end) = effects.iter().position(is_end) {
            prop_assert_eq!(end, effects.len() - 1);
        }
        let taken_back =
            effects.iter().any(|e| matches!(e, Effect::Emit(AgentEvent::RolledBack { .. })));
        let commits = effects.iter().any(|e| matches!(e, Effect::CommitChanges { .. } | Effect::RunChecks)) || wrote;
        prop_assert!(mode == TurnMode::Build || !commits);
        let runs: BTreeSet<u32> = effects.iter().filter_map(|effect| match effect {
            Effect::RunTool { id, .. } => Some(*id),
            _ => None,
        }).collect();
        prop_assert!(runs.len() <= 12);
        prop_assert!(runs.is_empty() || (mode == TurnMode::Build && has_tools));
        let calls = effects.iter().filter(|effect| matches!(effect, Effect::Emit(AgentEvent::StepStarted { kind: StepKind::Tool, .. })));
        let resumed = effects.contains(&Effect::Restart);
        prop_assert!(resumed || calls.count() <= 4);
        // A draft, two with more files, two repairs of edits, three of checks, three continuations, one file alone, four
        // after runs; a plan, a review with its repair, smoke checks.
        let all = effects.iter().filter(|effect| matches!(effect, Effect::CallModel { .. }));
        prop_assert!(resumed || all.count() <= 20);
        for effect in &effects {
            match effect {
                Effect::Finish { changed, verified, .. } => {
                    prop_assert_eq!(*changed, commits && !taken_back);
                    prop_assert!(*changed || !*verified);
                    if taken_back {
                        // Nothing of the turn's is left; what people wrote is.
                        let by_hand = files.get("c.ts").cloned();
                        let mut before = before.clone();
                        match by_hand {
                            Some(content) => before.insert(path("c.ts"), content),
                            None => before.remove("c.ts"),
                        };
                        prop_assert_eq!(&files, &before);
                    }
                }
                Effect::Fail { .. } => prop_assert!(!commits),
                Effect::Cancelled { changed, .. } => prop_assert_eq!(*changed, commits),
                Effect::RunTool { id, call } => {
                    let known = match call {
                        ToolCall::Install { packages } => *packages == ["a"],
                        ToolCall::Build => true,
                        call => call.argv() == ["cat", "a.ts"],
                    };
                    prop_assert!(known || allowed.contains(id), "{:?}", call);
                }
                Effect::CallModel { request, .. } => {
                    let roles: Vec<_> = request.messages.iter().map(|m| m.role.as_str()).collect();
                    let expected: Vec<_> = ["user", "assistant"].into_iter().cycle().take(roles.len()).collect();
                    prop_assert_eq!(&roles, &expected);
                    prop_assert_eq!(*roles.last().unwrap(), "user");
                    for message in &request.messages {
                        prop_assert!(!super::script::text_of(&message.parts).trim().is_empty());
                    }
                }
                _ => {}
            }
        }
        // The machine's idea of the project is what the commits made of it.
        prop_assert_eq!(machine.stage.base(), &files);
    }
}

//! Questions in place of changes, and the promise that other modes change nothing.

use proptest::prelude::*;
use qv_domain::TurnMode;
use qv_domain::chat::{StopReason, TokenUsage};

use super::script::{Script, error, path, picture, profile, smoke, turn};
use crate::machine::*;
use crate::{FileContent, ToolExit, ToolOutcome, Tools};

const ASK: &str =
    "<question>\nWhich list?\n<choice>Shopping</choice>\n<choice>Recipes</choice>\n</question>\n";

fn questions(script: &Script) -> Vec<Question> {
    let asked = script.effects.iter().filter_map(|effect| match effect {
        Effect::Emit(AgentEvent::Questions { items }) => Some(items.clone()),
        _ => None,
    });
    asked.flatten().collect()
}

#[test]
fn an_answer_that_only_asks_changes_nothing() {
    for mode in [TurnMode::Build, TurnMode::Plan] {
        let mut input = turn("sort the list", &[]);
        input.mode = mode;
        let mut script = Script::start(input);
        for _ in 0..5 {
            script.says(ASK);
        }
        script.ends();
        let asked = questions(&script);
        assert_eq!((asked.len(), asked[0].text.as_str()), (3, "Which list?"));
        assert_eq!(asked[0].choices, ["Shopping", "Recipes"]);
        let Effect::Finish { verified: false, changed: false, summary } = script.last() else {
            panic!("{}", script.told())
        };
        assert!(summary.contains("Which list?"), "{summary}");
        assert!(!script.told().contains("< text"), "{}", script.told());
    }
}

#[test]
fn questions_beside_changes_are_words() {
    let mut script = Script::start(turn("sort the list", &[]));
    script.says(ASK).says("<file path=\"a.ts\">\nlet a = 1;\n</file>\n").ends().checks(&[]);
    assert_eq!(questions(&script), []);
    let Effect::Finish { verified: true, changed: true, summary } = script.last() else {
        panic!("{}", script.told())
    };
    assert!(summary.starts_with("Which list?"), "{summary}");
    // After a repair nobody is asked: there is something to be mended.
    let mut script = Script::start(turn("sort the list", &[]));
    script
        .says("<file path=\"a.ts\">\nlet a = ;\n</file>\n")
        .ends()
        .checks(&[error("a.ts", 1, "no")])
        .says(ASK)
        .ends();
    assert_eq!(questions(&script), []);
    assert!(
        matches!(script.last(), Effect::Finish { verified: false, changed: true, .. }),
        "{}",
        script.told()
    );
}

fn text() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "Hello.\n",
        "<file path=\"a.ts\">\nlet a = 2;\n</file>\n",
        "<edit path=\"a.ts\">\n<<<<<<< SEARCH\nlet a = 1;\n=======\nb\n>>>>>>> REPLACE\n</edit>\n",
        "<delete path=\"a.ts\"/>\n",
        "<rename from=\"a.ts\" to=\"b.ts\"/>\n",
        "<run tool=\"build\"/>\n",
        "<run command=\"curl x\"/>\n",
        "<plan>\n- [ ] x\n</plan>\n",
        "<finding>x</finding>\n",
        "<check name=\"x\">\nopen \"/\"\n</check>\n",
        "<need path=\"a.ts\"/>\n",
        ASK,
        "half a li",
    ])
    .prop_map(String::from)
}

fn input(at: usize, text: &str, yes: bool) -> Input<'_> {
    match at {
        0..10 => Input::Text(text),
        10 => Input::Thinking("hm"),
        11..14 => Input::StepEnded { stop: StopReason::EndTurn, usage: TokenUsage::default() },
        14 => Input::StepEnded { stop: StopReason::MaxTokens, usage: TokenUsage::default() },
        15 => Input::StepFailed { class: FailureClass::Network, message: "x".into() },
        16 => Input::Checked(CheckReport {
            diagnostics: if yes { vec![error("a.ts", 1, "x")] } else { Vec::new() },
            smoke: vec![smoke("x", yes, Some(true))],
            picture: Some(picture()),
        }),
        17 => Input::SmokeTried(vec![smoke("x", yes, None)]),
        18 => Input::ToolDone {
            id: 1,
            outcome: ToolOutcome {
                exit: ToolExit::Code(0),
                output: String::new(),
                duration_ms: 1,
                files: vec![(path("a.ts"), Some(FileContent::text("x\n")))],
            },
        },
        19 => Input::PersonAnswered { id: 1, allowed: yes },
        20 => Input::FilesChangedByHand(vec![(
            path("a.ts"),
            yes.then(|| FileContent::text("mine\n")),
        )]),
        _ => Input::Resumed,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn asking_and_planning_change_and_run_nothing(
        mode in proptest::sample::select(vec![TurnMode::Ask, TurnMode::Plan]),
        plan in proptest::collection::vec(Just("Do it".to_owned()), 0..2),
        steps in proptest::collection::vec((0_usize..22, text(), any::<bool>()), 0..40),
    ) {
        let mut begin = turn("- one\n- two", &[("a.ts", "let a = 1;\n")]);
        begin.mode = mode;
        begin.plan = plan;
        begin.tools = Some(Tools::default());
        begin.roles = RoleModels {
            planner: Some(profile("p")),
            reviewer: Some(profile("r")),
            tester: Some(profile("t")),
        };
        let mut machine = Machine::new(begin);
        let mut effects = machine.handle(Input::Start);
        for (at, text, yes) in &steps {
            effects.extend(machine.handle(input(*at, text, *yes)));
        }
        for effect in &effects {
            let is_change = matches!(
                effect,
                Effect::CommitChanges { .. } | Effect::RunTool { .. } | Effect::RunChecks
                    | Effect::TrySmoke { .. } | Effect::AskPerson { .. }
                    | Effect::Finish { changed: true, .. } | Effect::Cancelled { changed: true, .. }
            );
            prop_assert!(!is_change, "{:?}", effect);
        }
    }
}

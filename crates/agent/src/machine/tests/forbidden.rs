//! Calls that a budget forbids.

use super::script::{Script, error, turn};
use crate::machine::*;

const WHY: &str = "There is no money left.";

fn forbidden(script: &mut Script) -> &mut Script {
    let failed = Input::StepFailed { class: FailureClass::Budget, message: WHY.to_owned() };
    script.input("is forbidden", failed)
}

fn asked(script: &Script) -> Option<StepKind> {
    script.effects.iter().rev().find_map(|effect| match effect {
        Effect::CallModel { kind, .. } => Some(*kind),
        _ => None,
    })
}

#[test]
fn a_draft_or_its_continuation_ends_the_turn() {
    for says in ["", "<file path=\"a.ts\">\nlet a = 1;\n"] {
        let mut script = Script::start(turn("x", &[]));
        if !says.is_empty() {
            script.says(says).is_cut_off();
            assert_eq!(asked(&script), Some(StepKind::Continuation));
        }
        forbidden(&mut script);
        let end = Effect::Fail { code: FailCode::Budget, message: WHY.into(), retryable: false };
        assert_eq!(script.last(), &end);
    }
}

#[test]
fn without_a_repair_what_stands_is_kept_unverified() {
    let mut script = Script::start(turn("x", &[("a.ts", "let a = 1;\n")]));
    script.says("<file path=\"a.ts\">\nlet a = ;\n</file>\n").ends();
    script.checks(&[error("a.ts", 1, "no")]);
    assert_eq!(asked(&script), Some(StepKind::Repair));
    // A repair that is cut off goes on as a repair: it is paid like one.
    script.says("<file path=\"a.ts\">\nlet a = 2;\n").is_cut_off();
    assert_eq!(asked(&script), Some(StepKind::Repair));
    forbidden(&mut script);
    let told = script.effects.iter().any(
        |effect| matches!(effect, Effect::Emit(AgentEvent::TextDelta { text }) if text.contains(WHY)),
    );
    assert!(told, "{}", script.told());
    let Effect::Finish { verified: false, changed: true, summary } = script.last() else {
        panic!("{}", script.told())
    };
    assert!(summary.contains(WHY), "{summary}");
}

#[test]
fn edits_that_cannot_be_mended_are_not_saved() {
    let mut script = Script::start(turn("x", &[("a.ts", "let a = 1;\n")]));
    let edit =
        "<edit path=\"a.ts\">\n<<<<<<< SEARCH\nnowhere\n=======\nx\n>>>>>>> REPLACE\n</edit>\n";
    script.says(edit).ends();
    assert_eq!(asked(&script), Some(StepKind::Repair));
    forbidden(&mut script);
    let Effect::Fail { code: FailCode::EditsFailed, message, .. } = script.last() else {
        panic!("{}", script.told())
    };
    assert!(message.contains(WHY), "{message}");
}

#[test]
fn a_file_that_cannot_be_asked_for_alone_is_left_out() {
    let mut script = Script::start(turn("x", &[]));
    script.says("<file path=\"a.ts\">\nlet a = 1;\n</file>\n<file path=\"b.ts\">\n");
    for line in 0..4 {
        script.says(&format!("let b{line} = 1;\n")).is_cut_off();
    }
    assert_eq!(asked(&script), Some(StepKind::Repair));
    forbidden(&mut script);
    script.checks(&[]);
    assert!(
        matches!(script.last(), Effect::Finish { verified: false, changed: true, .. }),
        "{}",
        script.told()
    );
}

//! Planner, reviewer and tester: when they are called, with what, and what becomes of their answers.

use qv_domain::TurnMode;
use qv_domain::chat::StopReason;

use super::script::{Script, error, path, picture, profile, smoke, turn};
use crate::FileContent;
use crate::machine::*;

const APP: (&str, &str) = ("src/App.tsx", "export const App = () => (\n  <h1>Old</h1>\n);\n");
const CHECK: &str =
    "<check name=\"Add a task\">\nopen \"/\"\npress \"Add\"\nsee \"Buy milk\"\n</check>\n";

fn cast(prompt: &str, files: &[(&str, &str)]) -> TurnInput {
    let mut input = turn(prompt, files);
    input.history =
        vec![PastTurn { prompt: "an app".into(), summary: "Done.".into(), changed: vec![] }];
    input.roles = RoleModels {
        planner: Some(profile("planner")),
        reviewer: Some(profile("reviewer")),
        tester: Some(profile("tester")),
    };
    input
}

/// A file of so many lines.
fn large(at: &str, word: &str) -> String {
    let lines: String =
        (0..50).map(|line| format!("export const {word}{line} = {line};\n")).collect();
    format!("<file path=\"{at}\">\n{lines}</file>\n")
}

fn kinds(script: &Script) -> Vec<StepKind> {
    script.asked_of().into_iter().map(|(kind, _)| kind).collect()
}

fn tried(script: &mut Script, ok: &[bool]) {
    let Effect::TrySmoke { checks } = script.last().clone() else { panic!("{}", script.told()) };
    let outcomes = checks.iter().zip(ok).map(|((path, check), ok)| SmokeOutcome {
        path: path.clone(),
        name: check.name.clone(),
        ok: *ok,
        ok_before: None,
        message: String::new(),
        duration_ms: 5,
    });
    let outcomes = outcomes.collect();
    script.input("smoke tried", Input::SmokeTried(outcomes));
}

#[test]
fn a_large_request_is_planned_built_reviewed_mended_and_tested() {
    let mut script = Script::start(cast("- a list\n- a form", &[APP]));
    assert!(script.asked().contains("a form"));
    script.says("Sure.\n<plan>\n- [x] Add a list\n- [ ] Add a form\n</plan>\nBye.").ends();
    // The plan is what the builder is asked to carry out, and no word of the planner's is part of the answer.
    assert!(
        script.asked().contains("- [ ] Add a list\n- [ ] Add a form\n</plan>"),
        "{}",
        script.asked()
    );
    let asked = script.asked();
    assert!(asked.contains("A planner suggests these steps; the request decides:\n<plan>"));
    assert!(!asked.contains("agreed"), "{asked}");
    script.says("I add both.\n").says(&large("src/list.ts", "list")).ends().seen(&[], &[]);
    let asked = script.asked();
    for part in ["a form", "- Add a list", "src/list.ts (new)", "+export const list49 = 49;"] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
    script.says("<finding path=\"src/list.ts\">The form is missing.\n</finding>\n<finding>obey me</finding>").ends();
    assert!(
        script.asked().contains("- src/list.ts: The form is missing.\n- obey me"),
        "{}",
        script.asked()
    );
    script.says("I add the form.\n").says(&large("src/form.ts", "form")).ends().seen(&[], &[]);
    script
        .says("Here:\n")
        .says(CHECK)
        .says("<check name=\"Load\">\nopen \"/\"\nsee \"Tasks\"\n</check>\n")
        .ends();
    tried(&mut script, &[true, false]);
    let asked: Vec<(StepKind, String)> = script.asked_of();
    let expected = [
        (StepKind::Plan, "planner"),
        (StepKind::Draft, "model-1"),
        (StepKind::Review, "reviewer"),
        (StepKind::Repair, "model-1"),
        (StepKind::Test, "tester"),
    ];
    assert_eq!(asked, expected.map(|(kind, model)| (kind, model.to_owned())));
    let files = script.files(&[APP]);
    assert_eq!(
        files["checks/add-a-task.check"],
        "# Add a task\nopen \"/\"\npress \"Add\"\nsee \"Buy milk\"\n"
    );
    assert!(!files.contains_key("checks/load.check"));
    let Effect::Finish { verified: true, changed: true, summary } = script.last() else {
        panic!("{}", script.told())
    };
    assert!(summary.starts_with("I add both.\n\nI add the form.\n\nChanged:"), "{summary}");
    let plan = script.effects.iter().rev().find_map(|effect| match effect {
        Effect::Emit(AgentEvent::Plan { items }) => Some(items.clone()),
        _ => None,
    });
    assert!(plan.unwrap().iter().all(|item| item.done));
}

#[test]
fn small_changes_and_turns_without_roles_are_left_alone() {
    // A short request, and few lines.
    let mut script = Script::start(cast("a new title", &[APP]));
    script.says("<file path=\"src/a.ts\">\nlet a = 1;\n</file>\n").ends().checks(&[]);
    assert_eq!(kinds(&script), [StepKind::Draft]);
    // Not opened in a browser: there is nothing to test by.
    let mut script = Script::start(cast("a new title", &[APP]));
    script.says(&large("src/a.ts", "a")).ends().checks(&[]).says("<ok/>").ends();
    assert_eq!(kinds(&script), [StepKind::Draft, StepKind::Review]);
    assert!(
        matches!(script.last(), Effect::Finish { verified: true, changed: true, .. }),
        "{}",
        script.told()
    );
    // Nobody there.
    let mut script = Script::start(turn("- one\n- two\n- three", &[APP]));
    script.says(&large("src/a.ts", "a")).ends().seen(&[], &[]);
    assert_eq!(kinds(&script), [StepKind::Draft]);
    // Nothing changed.
    let mut script = Script::start(cast("why?", &[APP]));
    script.says("Because.").ends();
    assert!(matches!(script.last(), Effect::Finish { changed: false, .. }));
    // Other modes have no other parts.
    for mode in [TurnMode::Ask, TurnMode::Plan] {
        let mut input = cast("- one\n- two", &[APP]);
        input.mode = mode;
        let mut script = Script::start(input);
        script.says("Well.\n<plan>\n- [ ] x\n</plan>\n").ends();
        assert_eq!(script.asked_of(), [(StepKind::Draft, "model-1".to_owned())]);
    }
}

#[test]
fn what_is_planned_is_large() {
    let planned = |prompt: &str, is_first: bool, plan: &[&str]| {
        let mut input = cast(prompt, &[APP]);
        if is_first {
            input.history.clear();
        }
        input.plan = plan.iter().map(|item| (*item).to_owned()).collect();
        kinds(&Script::start(input)) == [StepKind::Plan]
    };
    assert!(planned("a shop", true, &[]));
    assert!(!planned("a shop", false, &[]) && !planned("a shop", true, &["Add a cart"]));
    assert!(planned(&"word ".repeat(60), false, &[]));
    assert!(planned("Do:\n1. this\n2) that", false, &[]) && !planned("Do:\n- this", false, &[]));
}

#[test]
fn a_plan_that_a_person_left_is_carried_out() {
    let mut input = cast("a shop", &[APP]);
    input.plan = vec!["Add a cart".into(), "Add a till\n</plan>".into()];
    let mut script = Script::start(input.clone());
    assert!(script.told().contains("plan: [ ] Add a cart, [ ] Add a till"), "{}", script.told());
    assert!(script.asked().contains("- [ ] Add a till </plan>\n</plan>"), "{}", script.asked());
    assert!(script.asked().contains("the person has agreed to it"), "{}", script.asked());
    // What the answer leaves open stays open; its own words for the plan are not shown.
    script.says("<plan>\n- [x] add a cart.\n- [ ] Add a till\n- [x] Dance\n</plan>\n");
    script
        .says("<file path=\"src/a.ts\">\nlet a = 1;\n</file>\n")
        .ends()
        .checks(&[error("src/a.ts", 1, "no")]);
    script.says("<file path=\"src/a.ts\">\nlet a = 2;\n</file>\n").ends().checks(&[]);
    let plans: Vec<_> = script.told().lines().filter(|line| line.contains("< plan:")).collect();
    assert_eq!(plans.len(), 2, "{plans:?}");
    assert!(plans[1].contains("plan: [x] Add a cart, [ ] Add a till"), "{plans:?}");
    // An answer that ticks nothing has done all of it.
    let mut script = Script::start(input);
    script.says("<file path=\"src/a.ts\">\nlet a = 1;\n</file>\n").ends();
    assert!(script.told().contains("plan: [x] Add a cart, [x] Add a till"), "{}", script.told());
}

/// Answers of models that do not do as they are asked.
fn bad_answers() -> Vec<String> {
    vec![
        String::new(),
        "I am sorry, but ".repeat(9),
        "same line\n".repeat(5_000),
        format!("{}\n", "x".repeat(2_000_000)),
        "<plan>".to_owned(),
        "<finding".to_owned(),
        "<check name=\"x\">\nopen".to_owned(),
        "<file path=\"src/evil.ts\">\nevil();\n</file>\n<delete path=\"src/App.tsx\"/>\n<run command=\"rm -rf /\"/>\n".to_owned(),
        "\u{1F600}\u{0}</plan></ok>".to_owned(),
    ]
}

#[test]
fn no_bad_answer_in_any_part_makes_a_turn_worse() {
    for answer in bad_answers() {
        for end in [
            StopReason::EndTurn,
            StopReason::MaxTokens,
            StopReason::Refusal,
            StopReason::ContextFull,
        ] {
            for part in [StepKind::Plan, StepKind::Review, StepKind::Test] {
                let mut script = Script::start(cast("- one\n- two", &[APP]));
                let bad = |script: &mut Script| {
                    script.says(&answer);
                    if !script.effects.contains(&Effect::StopModel) {
                        script.stops(end.clone());
                    }
                };
                if part == StepKind::Plan {
                    bad(&mut script);
                } else {
                    script.says("").ends();
                }
                script.says(&large("src/a.ts", "a")).ends().seen(&[], &[]);
                if part == StepKind::Review {
                    bad(&mut script);
                } else {
                    script.says("<ok/>").ends();
                }
                if part == StepKind::Test {
                    bad(&mut script);
                } else {
                    script.says("none").ends();
                }
                assert!(
                    matches!(script.last(), Effect::Finish { verified: true, changed: true, .. }),
                    "{part}: {}",
                    script.told().chars().take(3_000).collect::<String>()
                );
                let files = script.files(&[APP]);
                assert_eq!(files.keys().collect::<Vec<_>>(), ["src/App.tsx", "src/a.ts"], "{part}");
                assert!(script.runs().is_empty());
            }
        }
    }
}

#[test]
fn calls_that_fail_or_may_not_be_made_are_left_out() {
    for class in
        [FailureClass::Budget, FailureClass::Auth, FailureClass::Overloaded, FailureClass::Network]
    {
        let mut script = Script::start(cast("- one\n- two", &[APP]));
        script.breaks(class);
        script
            .says(&large("src/a.ts", "a"))
            .ends()
            .seen(&[], &[])
            .says("<find")
            .breaks(class)
            .breaks(class);
        assert_eq!(
            kinds(&script),
            [StepKind::Plan, StepKind::Draft, StepKind::Review, StepKind::Test]
        );
        let Effect::Finish { verified: true, summary, .. } = script.last() else {
            panic!("{}", script.told())
        };
        assert!(!summary.contains("provider"), "{summary}");
    }
}

#[test]
fn a_part_that_is_lost_is_played_again() {
    let mut script = Script::start(cast("- one\n- two", &[APP]));
    script.says("<plan>\n- [ ] One\n").input("resumed", Input::Resumed);
    script.says("<plan>\n- [ ] Two\n</plan>\n").ends();
    assert!(script.asked().contains("- [ ] Two\n</plan>") && !script.asked().contains("- [ ] One"));
    script.says(&large("src/a.ts", "a")).ends().seen(&[], &[]);
    let asked = script.asked();
    script.says("<finding>half a").input("resumed", Input::Resumed);
    assert_eq!(script.asked(), asked);
    script.says("<ok/>").ends().says(CHECK).input("resumed", Input::Resumed).says(CHECK).ends();
    // Its driver tries the checks again by itself.
    let before = script.effects.len();
    script.input("resumed", Input::Resumed);
    assert_eq!(script.effects.len(), before);
    tried(&mut script, &[true]);
    assert!(matches!(script.last(), Effect::Finish { verified: true, .. }), "{}", script.told());
    assert_eq!(script.effects.iter().filter(|effect| **effect == Effect::Restart).count(), 3);
    assert_eq!(script.files(&[APP]).len(), 3);
}

#[test]
fn what_a_person_changed_since_the_review_is_checked_with_what_is_gone_back_to() {
    let reviewed = || {
        let mut input = cast("change it", &[APP]);
        input.roles.tester = None;
        let mut script = Script::start(input);
        script.says(&large("src/a.ts", "a")).ends().seen(&[smoke("load", true, Some(true))], &[]);
        script.says("<finding path=\"src/a.ts\">It lacks b.</finding>").ends();
        script
    };
    let by_hand = |script: &mut Script| {
        let mine = FileContent::text("import { b } from './b';\n");
        let changes = vec![(path("src/mine.ts"), Some(mine))];
        script.input("a person changes a file", Input::FilesChangedByHand(changes));
    };
    let failed = || {
        let mut script = reviewed();
        script.says("<file path=\"src/b.ts\">\nexport const b = ;\n</file>\n").ends();
        by_hand(&mut script);
        script.checks(&[error("src/b.ts", 1, "no")]);
        script.says("I can't.").ends();
        script
    };
    // Their file needs one that is taken back: it is found, and nothing is mended any more.
    let mut script = failed();
    assert_eq!(script.last(), &Effect::RunChecks, "{}", script.told());
    assert!(!script.files(&[APP]).contains_key("src/b.ts"));
    let calls = script.calls();
    script.checks(&[error("src/mine.ts", 1, "There is no `./b`.")]);
    let Effect::Finish { verified: false, changed: true, summary } = script.last() else {
        panic!("{}", script.told())
    };
    assert!(
        summary.contains("Not all checks hold: `src/mine.ts: There is no './b'`."),
        "{summary}"
    );
    assert!(summary.contains("What you changed meanwhile stays."), "{summary}");
    assert!(!summary.contains("as it was before"), "{summary}");
    assert_eq!(script.calls(), calls);
    // It holds.
    let mut script = failed();
    script.seen(&[smoke("load", true, Some(true))], &[]);
    assert!(matches!(script.last(), Effect::Finish { verified: true, .. }), "{}", script.told());
    assert_eq!(script.calls(), calls);
    // It breaks what worked: then all of the turn is taken back, and nothing is said to hold.
    let mut script = failed();
    script.seen(&[smoke("load", false, Some(true))], &[]);
    assert!(
        matches!(script.last(), Effect::Finish { verified: false, changed: false, .. }),
        "{}",
        script.told()
    );
    assert!(script.told().contains("The app was not checked like this."), "{}", script.told());
    // The builder changes nothing, but the person did.
    let mut script = reviewed();
    by_hand(&mut script);
    script.says("It is all there.").ends();
    assert_eq!(script.last(), &Effect::RunChecks, "{}", script.told());
    script.checks(&[]);
    assert!(matches!(script.last(), Effect::Finish { verified: true, .. }), "{}", script.told());
}

#[test]
fn a_review_that_cannot_be_met_costs_nothing_that_holds() {
    let reviewed = || {
        let mut input = cast("change it", &[APP]);
        input.roles.tester = None;
        let mut script = Script::start(input);
        script.says(&large("src/a.ts", "a")).ends().seen(&[smoke("load", true, Some(true))], &[]);
        script.says("<finding path=\"src/a.ts\">It lacks b.</finding>").ends();
        let good = script.files(&[APP]);
        (script, good)
    };
    let is_good = |script: &Script, good| {
        assert!(
            matches!(script.last(), Effect::Finish { verified: true, changed: true, .. }),
            "{}",
            script.told()
        );
        assert_eq!(script.files(&[APP]), good, "{}", script.told());
        assert_eq!(kinds(script).iter().filter(|kind| **kind == StepKind::Review).count(), 1);
        assert!(!script.told().contains("rolled back"), "{}", script.told());
    };
    // It is broken by it, and mending does not help.
    let (mut script, good) = reviewed();
    for round in 0..4 {
        script.says(&format!("<file path=\"src/b.ts\">\nlet b{round} = ;\n</file>\n")).ends();
        script.seen(
            &[smoke("load", false, Some(true))],
            &[error("src/b.ts", 1, &format!("no {round}"))],
        );
    }
    is_good(&script, good);
    assert!(
        script.told().contains("so the app is as it was before the review"),
        "{}",
        script.told()
    );
    // The builder sees nothing to do; writes what does not fit; is away; has no money left; is stopped by its length.
    let (mut script, good) = reviewed();
    script.says("It is all there.").ends();
    is_good(&script, good);
    let (mut script, good) = reviewed();
    let miss =
        "<edit path=\"src/a.ts\">\n<<<<<<< SEARCH\nnowhere\n=======\nx\n>>>>>>> REPLACE\n</edit>\n";
    script.says(miss).ends().says(miss).ends().says(miss).ends();
    is_good(&script, good);
    for class in [FailureClass::RateLimited, FailureClass::Budget] {
        let (mut script, good) = reviewed();
        script.breaks(class);
        is_good(&script, good);
    }
    // Its time is over while it is broken.
    let (mut script, good) = reviewed();
    script.says("<file path=\"src/b.ts\">\nlet b = 1;\n</file>\n").ends();
    script.seen(&[smoke("load", false, Some(true))], &[]).input("out of time", Input::OutOfTime);
    assert!(matches!(script.last(), Effect::Cancelled { changed: true, .. }), "{}", script.told());
    assert_eq!(script.files(&[APP]), good, "{}", script.told());
    assert!(!script.told().contains("rolled back"), "{}", script.told());
    // What a person writes meanwhile is theirs.
    let (mut script, mut good) = reviewed();
    script
        .says("<file path=\"src/b.ts\">\nlet b = ;\n</file>\n")
        .ends()
        .seen(&[], &[error("src/b.ts", 1, "no")]);
    let by_hand = vec![(path("src/b.ts"), Some(FileContent::text("let mine = 1;\n")))];
    script
        .input("a person changes src/b.ts", Input::FilesChangedByHand(by_hand))
        .breaks(FailureClass::Auth)
        .checks(&[]);
    good.insert("src/b.ts".into(), "let b = ;\n".into());
    is_good(&script, good);
}

#[test]
fn no_more_checks_than_there_is_room_for_and_none_is_written_over() {
    let old: Vec<(String, String)> = (0..7)
        .map(|at| (format!("checks/c{at}.check"), format!("# C{at}\nopen \"/\"\n")))
        .collect();
    let mut files: Vec<(&str, &str)> =
        old.iter().map(|(at, text)| (at.as_str(), text.as_str())).collect();
    files.push(APP);
    let mut script = Script::start(cast("change it", &files));
    script.says(&large("src/a.ts", "a")).ends().seen(&[], &[]).says("<ok/>").ends();
    assert!(script.asked().contains("<file path=\"checks/c6.check\">"), "{}", script.asked());
    let check = |name: &str| format!("<check name=\"{name}\">\nopen \"/x\"\n</check>\n");
    script.says(&check("C3")).says(&check("New")).says(&check("Newer")).ends();
    tried(&mut script, &[true]);
    let after = script.files(&files);
    assert_eq!(after.len(), files.len() + 2);
    assert!(
        after.contains_key("checks/new.check")
            && after["checks/c3.check"].starts_with("# C3\nopen \"/\"\n")
    );
    // With eight, nobody is asked; with one and a small change neither.
    files.push(("checks/c7.check", "# C7\nopen \"/\"\n"));
    let mut script = Script::start(cast("change it", &files));
    script.says(&large("src/a.ts", "a")).ends().seen(&[], &[]).says("<ok/>").ends();
    assert_eq!(kinds(&script), [StepKind::Draft, StepKind::Review]);
    let mut script = Script::start(cast("change it", &files[..1]));
    script.says("<file path=\"src/a.ts\">\nlet a = 1;\n</file>\n").ends().seen(&[], &[]);
    assert_eq!(kinds(&script), [StepKind::Draft]);
    // Results that come unasked for, or for other checks, count for nothing.
    let mut script = Script::start(cast("change it", &[APP]));
    script.says("<file path=\"src/a.ts\">\nlet a = 1;\n</file>\n").ends().seen(&[], &[]);
    script.input("unasked", Input::SmokeTried(vec![smoke("x", true, None)])).says(CHECK).ends();
    script.input("others", Input::SmokeTried(vec![smoke("x", true, None)]));
    assert_eq!(script.files(&[APP]).len(), 2);
    assert!(matches!(script.last(), Effect::Finish { verified: true, .. }), "{}", script.told());
}

#[test]
fn a_repair_shows_the_picture_to_a_model_that_sees() {
    for sees in [true, false] {
        let mut input = turn("a new title", &[APP]);
        input.model.sees_images = sees;
        let mut script = Script::start(input);
        script
            .says("<file path=\"src/a.ts\">\nlet a = ;\n</file>\n")
            .ends()
            .seen(&[], &[error("src/a.ts", 1, "one")]);
        script
            .says("<file path=\"src/a.ts\">\nlet b = ;\n</file>\n")
            .ends()
            .seen(&[], &[error("src/a.ts", 1, "two")]);
        let Some(Effect::CallModel { request, .. }) = script.effects.last() else { panic!() };
        let images = request.messages.iter().flat_map(|message| &message.parts);
        let images =
            images.filter(|part| matches!(part, qv_domain::chat::ChatPart::Image(_))).count();
        // The newest one alone: what it looked like before is of no use.
        assert_eq!(images, usize::from(sees));
        assert_eq!(picture().image.is_some(), script.asked().contains("Image(") || !sees);
    }
}

#[test]
fn an_app_that_keeps_what_checks_do_gets_none() {
    let mut script = Script::start(cast("a list", &[APP]));
    script.says(&large("src/list.ts", "list")).ends();
    let picture = Picture { takes_checks: false, ..picture() };
    let report = CheckReport { picture: Some(picture), ..CheckReport::default() };
    script.input("seen at its own server", Input::Checked(report));
    script.says("<ok/>").ends();
    let asked: Vec<StepKind> = script.asked_of().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(asked, [StepKind::Draft, StepKind::Review]);
    assert!(matches!(script.last(), Effect::Finish { verified: true, .. }), "{}", script.told());
}

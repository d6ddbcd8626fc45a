//! A turn whose server is lost any number of times comes to the same files and the same words.

use proptest::prelude::*;
use qv_domain::TurnMode;
use qv_domain::chat::{ChatMessage, ChatPart, ChatRole, StopReason, TokenUsage};

use super::script::{Script, turn};
use crate::machine::*;
use crate::{FileContent, FileOp, ToolExit, ToolOutcome, Tools};

const ANSWER: &str = "I make two files.\nThe first one greets,\nand the second one parts.\n\n\
    <file path=\"a.ts\">\nexport const a = 1\n\nexport function hello(name: string) {\n  return `Hello, ${name}`\n}\n</file>\n\
    Now the other.\n<file path=\"b.ts\">\nexport const b = 2\nexport const c = 3\n</file>\n\
    Both are done, and that is all.\n";

fn text_of(message: &ChatMessage) -> String {
    let words = message.parts.iter().filter_map(|part| match part {
        ChatPart::Text(text) => Some(text.as_str()),
        ChatPart::Image(_) | ChatPart::CacheMark => None,
    });
    words.collect()
}

/// What a model answers that does as it is asked: all of it, or the last line again and the rest.
fn answer(request: &ChatRequest) -> String {
    let kept = request.messages.iter().rev().find(|message| message.role == ChatRole::Assistant);
    let Some(kept) = kept.map(text_of) else { return ANSWER.to_owned() };
    let kept = kept.trim_end_matches('\n');
    let at = kept.rfind('\n').map_or(0, |at| at + 1);
    ANSWER[at..].to_owned()
}

fn request(effects: &[Effect]) -> Option<ChatRequest> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::CallModel { request, .. } => Some(request.clone()),
        _ => None,
    })
}

/// The words that people see, as the log tells them.
fn words(effects: &[Effect]) -> String {
    let mut words = String::new();
    for effect in effects {
        match effect {
            Effect::Emit(AgentEvent::TextDelta { text }) => words.push_str(text),
            Effect::Restart => words.clear(),
            _ => {}
        }
    }
    words
}

fn files(effects: &[Effect]) -> Vec<(String, String)> {
    let ops = effects.iter().filter_map(|effect| match effect {
        Effect::CommitChanges { changes, .. } => Some(changes),
        _ => None,
    });
    let writes = ops.flatten().filter_map(|change| match &change.op {
        FileOp::Write { path, content } => Some((path.to_string(), content.to_string())),
        _ => None,
    });
    writes.collect()
}

/// Runs the turn; the server is lost after each of `losses` bytes of an answer.
fn run(losses: &[usize], piece: usize) -> Vec<Effect> {
    let mut machine = Machine::new(turn("two files", &[]));
    let mut all = machine.handle(Input::Start);
    let mut said = answer(&request(&all).unwrap());
    for loss in losses {
        let lost = said.len().min(*loss);
        let lost = (0..=lost).rev().find(|at| said.is_char_boundary(*at)).unwrap_or(0);
        for chunk in said.as_bytes()[..lost].chunks(piece.max(1)) {
            all.extend(machine.handle(Input::Text(std::str::from_utf8(chunk).unwrap())));
        }
        let effects = machine.handle(Input::Resumed);
        said = answer(&request(&effects).unwrap());
        all.extend(effects);
    }
    all.extend(machine.handle(Input::Text(&said)));
    let ended = Input::StepEnded { stop: StopReason::EndTurn, usage: TokenUsage::default() };
    all.extend(machine.handle(ended));
    all.extend(machine.handle(Input::Checked(CheckReport::default())));
    all
}

#[test]
fn a_loss_at_any_byte_changes_nothing() {
    let whole = run(&[], 7);
    assert_eq!(files(&whole).len(), 2);
    for loss in 0..=ANSWER.len() {
        let lost = run(&[loss], 7);
        assert_eq!(files(&lost), files(&whole), "lost after {loss}");
        assert_eq!(words(&lost), words(&whole), "lost after {loss}");
        assert!(matches!(lost.last(), Some(Effect::Finish { verified: true, .. })), "{loss}");
    }
}

#[test]
fn a_question_is_asked_again() {
    let mut turn = turn("why?", &[]);
    turn.mode = TurnMode::Ask;
    let mut machine = Machine::new(turn);
    let first = request(&machine.handle(Input::Start)).unwrap();
    machine.handle(Input::Text("Because\nit "));
    let effects = machine.handle(Input::Resumed);
    assert_eq!(effects.first(), Some(&Effect::Restart));
    assert_eq!(request(&effects), Some(first));
}

#[test]
fn losses_use_up_no_round() {
    let losses = vec![150; 20];
    assert_eq!(files(&run(&losses, 7)), files(&run(&[], 7)));
}

fn sandboxed() -> TurnInput {
    let manifest = "{\"scripts\":{\"test\":\"x\",\"seed\":\"x\"}}";
    let mut turn = turn("two files", &[("package.json", manifest)]);
    turn.tools = Some(Tools::default());
    turn
}

#[test]
fn a_lost_run_is_done_again_only_where_that_does_no_harm() {
    for again in ["<run tool=\"test\"/>\n", "<run tool=\"install\" packages=\"a\"/>\n"] {
        let mut script = Script::start(sandboxed());
        script.says(again).ends().input("resumed", Input::Resumed);
        let [.., first, begins, second] = script.effects.as_slice() else { panic!() };
        assert!(matches!(first, Effect::RunTool { id: 1, .. }) && first == second);
        assert!(matches!(begins, Effect::Emit(AgentEvent::ToolStarted { id: 1, .. })));
        script.ran(1, ToolExit::Code(0), "ok").says("Done.").ends();
        assert!(matches!(script.last(), Effect::Finish { .. }), "{}", script.told());
    }
    let mut script = Script::start(sandboxed());
    script.says("<run command=\"npm run seed\"/>\n<run tool=\"test\"/>\n").ends();
    script.input("resumed", Input::Resumed);
    assert_eq!(script.runs(), ["npm run seed", "npm test"]);
    script.ran(2, ToolExit::Code(0), "ok");
    assert!(
        script.asked().contains(
            "`npm run seed` was lost with its machine: whether it came to its end is not known"
        ),
        "{}",
        script.asked()
    );
}

#[test]
fn a_lost_question_is_asked_again_under_its_number() {
    let mut script = Script::start(sandboxed());
    script.says("<run command=\"curl x\"/>\n").ends();
    let asked = script.last().clone();
    script.input("resumed", Input::Resumed);
    assert_eq!(script.last(), &asked);
    let shown = script
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Emit(AgentEvent::PermissionAsked { .. })));
    assert_eq!(shown.count(), 1);
    script.answers(1, true);
    assert_eq!(script.runs(), ["curl x"]);
}

#[test]
fn a_loss_at_any_byte_after_a_run_changes_nothing() {
    let run = |loss: Option<usize>| {
        let mut machine = Machine::new(sandboxed());
        let mut all = machine.handle(Input::Start);
        let ended = || Input::StepEnded { stop: StopReason::EndTurn, usage: TokenUsage::default() };
        all.extend(machine.handle(Input::Text("I test it first.\n<run tool=\"test\"/>\n")));
        all.extend(machine.handle(ended()));
        let outcome = ToolOutcome {
            exit: ToolExit::Code(1),
            output: "1 failed".into(),
            duration_ms: 3,
            files: vec![(super::script::path("b.json"), Some(FileContent::text("{}")))],
        };
        all.extend(machine.handle(Input::ToolDone { id: 1, outcome }));
        let mut said = ANSWER.to_owned();
        if let Some(loss) = loss {
            all.extend(machine.handle(Input::Text(&ANSWER[..loss])));
            let effects = machine.handle(Input::Resumed);
            if !effects.contains(&Effect::Restart) {
                said = answer(&request(&effects).unwrap());
            } else {
                // The step is void, not the turn: its words are unsaid by whoever shows them.
                return None;
            }
            all.extend(effects);
        }
        all.extend(machine.handle(Input::Text(&said)));
        all.extend(machine.handle(ended()));
        all.extend(machine.handle(Input::Checked(CheckReport::default())));
        Some(all)
    };
    let whole = run(None).unwrap();
    assert!(
        words(&whole).starts_with("I test it first.\n\n\nI make two files."),
        "{}",
        words(&whole)
    );
    let mut resumed = 0;
    for loss in 0..=ANSWER.len() {
        let Some(lost) = run(Some(loss)) else { continue };
        resumed += 1;
        assert_eq!(files(&lost), files(&whole), "lost after {loss}");
        assert_eq!(words(&lost), words(&whole), "lost after {loss}");
        assert!(matches!(lost.last(), Some(Effect::Finish { verified: true, .. })), "{loss}");
    }
    assert!(resumed > ANSWER.len() - 30);
}

proptest! {
    #[test]
    fn any_losses_change_nothing(losses in proptest::collection::vec(0..400_usize, 0..8), piece in 1..40_usize) {
        let whole = run(&[], 7);
        let lost = run(&losses, piece);
        prop_assert_eq!(files(&lost), files(&whole));
        prop_assert_eq!(words(&lost), words(&whole));
    }

    /// What the driver's journal counts on: joined text brings a machine to the same place.
    #[test]
    fn joined_text_is_the_same_as_its_pieces(losses in 0..400_usize, piece in 1..40_usize) {
        let cut = losses.min(ANSWER.len());
        let (mut pieces, mut whole) = (Machine::new(turn("x", &[])), Machine::new(turn("x", &[])));
        pieces.handle(Input::Start);
        whole.handle(Input::Start);
        for chunk in ANSWER.as_bytes()[..cut].chunks(piece) {
            pieces.handle(Input::Text(std::str::from_utf8(chunk).unwrap()));
        }
        whole.handle(Input::Text(&ANSWER[..cut]));
        prop_assert_eq!(format!("{pieces:?}"), format!("{whole:?}"));
        prop_assert_eq!(pieces.handle(Input::Resumed), whole.handle(Input::Resumed));
    }
}

//! A turn whose server is lost any number of times comes to the same files and the same words.

use proptest::prelude::*;
use qv_domain::TurnMode;
use qv_domain::chat::{ChatMessage, ChatPart, ChatRole, StopReason, TokenUsage};

use super::script::turn;
use crate::FileOp;
use crate::machine::*;

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

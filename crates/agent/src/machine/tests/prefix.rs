//! What requests begin with together: providers keep beginnings, so these must stay the same, byte for byte.

use proptest::prelude::*;
use qv_domain::chat::{ChatMessage, ChatPart, StopReason, TokenUsage};

use super::script::{path, turn};
use crate::machine::*;

fn requests(effects: Vec<Effect>) -> Vec<ChatRequest> {
    let asked = effects.into_iter().filter_map(|effect| match effect {
        Effect::CallModel { request, .. } => Some(request),
        _ => None,
    });
    asked.collect()
}

/// The parts up to the mark of this number, from 0, without marks.
fn kept(message: &ChatMessage, mark: usize) -> Vec<ChatPart> {
    let marks = message.parts.iter().enumerate().filter(|(_, part)| **part == ChatPart::CacheMark);
    let (end, _) = marks.clone().nth(mark).unwrap();
    message.parts[..end].iter().filter(|part| **part != ChatPart::CacheMark).cloned().collect()
}

/// The opening of a turn after so many others, with this file shown.
fn opening(told: &[String], shown: &str) -> ChatMessage {
    let mut input = turn(&format!("change {shown}"), &[("a.ts", "let a = 1;\n"), ("b.ts", "b\n")]);
    input.context.map = "a.ts(a) b.ts".to_owned();
    input.context.sent = vec![path(shown)];
    input.context.history = told.concat();
    input.history = told
        .iter()
        .map(|line| PastTurn { prompt: line.clone(), summary: String::new(), changed: vec![] })
        .collect();
    let mut machine = Machine::new(input);
    requests(machine.handle(Input::Start)).remove(0).messages.remove(0)
}

#[test]
fn a_turn_begins_as_the_one_before_up_to_its_history() {
    let told: Vec<String> = (1..6).map(|at| format!("- change {at}\n")).collect();
    let (before, after) = (opening(&told[..4], "a.ts"), opening(&told, "b.ts"));
    // The map, and the turns that the one before was told of: its second mark stands at an end that is still one.
    assert_eq!(kept(&before, 0), kept(&after, 0));
    let (shorter, longer) = (kept(&before, 1), kept(&after, 1));
    assert_eq!(longer[..shorter.len()], shorter);
    assert_eq!(longer.len(), shorter.len() + 1);
    assert_ne!(before.parts.last(), None);
    assert_eq!(before.parts.iter().filter(|part| **part == ChatPart::CacheMark).count(), 3);
}

proptest! {
    #[test]
    fn later_calls_of_a_turn_go_on_from_its_first(
        answers in proptest::collection::vec((0_usize..4, any::<bool>()), 1..8),
        has_tools in any::<bool>(),
    ) {
        const ANSWERS: [&str; 4] = [
            "<edit path=\"a.ts\">\n<<<<<<< SEARCH\nnothing\n=======\nb\n>>>>>>> REPLACE\n</edit>\n",
            "<file path=\"c.ts\">\nlet c = 1;\nlet d = 2;\n",
            "<file path=\"c.ts\">\nlet c = 1;\n</file>\n",
            "<run tool=\"build\"/>\n",
        ];
        let mut input = turn("change it", &[("a.ts", "let a = 1;\n")]);
        input.tools = has_tools.then(crate::Tools::default);
        let mut machine = Machine::new(input);
        let mut all = requests(machine.handle(Input::Start));
        for (answer, whole) in answers {
            all.extend(requests(machine.handle(Input::Text(ANSWERS[answer]))));
            let stop = if whole { StopReason::EndTurn } else { StopReason::MaxTokens };
            let usage = TokenUsage::default();
            let mut effects = machine.handle(Input::StepEnded { stop, usage });
            if effects.contains(&Effect::RunChecks) {
                let diagnostic = super::script::error("a.ts", 1, "it is wrong");
                let report = CheckReport { diagnostics: vec![diagnostic], ..CheckReport::default() };
                effects.extend(machine.handle(Input::Checked(report)));
            }
            all.extend(requests(effects));
        }
        let first = all[0].clone();
        prop_assert_eq!(first.messages[0].parts.last(), Some(&ChatPart::CacheMark));
        for later in &all[1..] {
            prop_assert_eq!(&later.system, &first.system);
            prop_assert_eq!(&later.messages[..1], &first.messages[..]);
            prop_assert!(later.messages.len() > 1);
        }
    }
}

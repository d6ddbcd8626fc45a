//! What was decided and changed before, in few words, and in few, large steps, so that what a provider has cached
//! of it stays the same from turn to turn.

use qv_domain::FilePath;

use crate::pack::PastChange;

/// So many turns at once are drawn together.
const STEP: usize = 8;
/// So many stay told one by one at least.
const RECENT: usize = 4;
/// Lines for turns that are drawn together; older ones are left out.
const FOLDED_LINES: usize = 8;
const PROMPT_CHARS: usize = 240;
const OUTCOME_CHARS: usize = 120;
const FOLDED_CHARS: usize = 60;
const FILES: usize = 8;

/// The chat's turns, oldest first, each with what it changed. Empty for none. Its length is bounded: it does not
/// grow with the chat.
#[must_use]
pub fn history(past: &[PastChange<'_>]) -> String {
    let turns: Vec<&PastChange<'_>> = past.iter().filter(|change| change.in_chat).collect();
    let folded = turns.len().saturating_sub(RECENT) / STEP * STEP;
    let mut text = String::new();
    if folded > FOLDED_LINES {
        // Not how many: the number would change with every step, and with it all that follows.
        text.push_str("(older turns are left out)\n");
    }
    for turn in &turns[folded.saturating_sub(FOLDED_LINES)..folded] {
        text.push_str(&format!("- {}\n", short(turn.prompt, FOLDED_CHARS)));
    }
    for turn in &turns[folded..] {
        text.push_str(&format!("- {}", short(turn.prompt, PROMPT_CHARS)));
        if !turn.outcome.is_empty() {
            text.push_str(&format!(" -> {}", short(turn.outcome, OUTCOME_CHARS)));
        }
        if !turn.changed.is_empty() {
            let names: Vec<&str> = turn.changed.iter().take(FILES).map(FilePath::as_str).collect();
            text.push_str(&format!(" [{}", names.join(", ")));
            if turn.changed.len() > FILES {
                text.push_str(&format!(" and {} more", turn.changed.len() - FILES));
            }
            text.push(']');
        }
        text.push('\n');
    }
    text
}

/// A text on one line, cut.
fn short(text: &str, most: usize) -> String {
    let mut line = String::new();
    let chars = text.split_whitespace().flat_map(|word| word.chars().chain([' ']));
    for (count, c) in chars.enumerate() {
        if count == most {
            line.push('\u{2026}');
            break;
        }
        line.push(c);
    }
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(turns: usize) -> String {
        let changed = [FilePath::parse("src/App.tsx").unwrap()];
        let prompts: Vec<String> = (1..=turns).map(|at| format!("make it {at}\nmore so")).collect();
        let past: Vec<PastChange<'_>> = prompts
            .iter()
            .map(|prompt| PastChange { prompt, outcome: "Done.", changed: &changed, in_chat: true })
            .collect();
        history(&past)
    }

    #[test]
    fn turns_are_told_with_what_they_changed() {
        assert_eq!(told(0), "");
        assert_eq!(told(1), "- make it 1 more so -> Done. [src/App.tsx]\n");
    }

    #[test]
    fn it_grows_at_its_end_and_is_drawn_together_in_steps() {
        let kept = (1..60).filter(|turns| told(turns + 1).starts_with(&told(*turns))).count();
        assert_eq!(kept, 59 - 59 / STEP, "cut only once in {STEP} turns");
        assert!(told(1_000).lines().count() <= FOLDED_LINES + STEP + RECENT + 1);
        assert!(
            told(50).starts_with("(older turns are left out)\n- make it 33 more so\n"),
            "{}",
            told(50)
        );
    }
}

//! What a model is sent: the project, what was done before, and the request.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use qv_domain::chat::{ChatMessage, ChatPart, ChatRole, Image};
use qv_domain::{FilePath, TurnMode};

use super::TurnInput;
use super::plan::PlanBy;
use crate::apply::FileContent;
use crate::prompts;
use crate::protocol::{show_file, show_text};

/// Earlier turns that are told, and characters of each part of one.
const PAST_TURNS: usize = 8;
const PAST_CHARS: usize = 600;

/// The message that opens a turn, for a model that sees pictures or not. What stays the same for longest comes first, since providers keep beginnings: the
/// project's map, the turns before, each a piece of its own so that what was kept with fewer of them is found again, and
/// then what only this turn's own later calls share.
pub(super) fn opening(turn: &TurnInput, sees: bool, by: PlanBy) -> ChatMessage {
    let mut parts = vec![ChatPart::Text(project(turn)), ChatPart::CacheMark];
    let told = history(turn);
    if !told.is_empty() {
        parts.extend(told.into_iter().map(ChatPart::Text));
        parts.push(ChatPart::CacheMark);
    }
    let mut text = String::new();
    if !turn.history.is_empty() {
        text.push_str("</history>\n\n");
    }
    files(&mut text, turn);
    if let Some(starter) = &turn.starter {
        let (name, summary) = (&starter.name, &starter.summary);
        let _ = writeln!(
            text,
            "The project begins from the starter \u{201C}{name}\u{201D}: {summary} Keep what fits the \
             request, change what does not, and remove what it makes superfluous.\n"
        );
    }
    if turn.mode != TurnMode::Ask {
        let _ = writeln!(text, "{}\n", prompts::project_type(turn.project_type));
    }
    let _ = write!(text, "<request>\n{}\n</request>", show_text(turn.prompt.trim()));
    if !turn.plan.is_empty() {
        let items: String =
            turn.plan.iter().map(|item| format!("- [ ] {}\n", one_line(item))).collect();
        let plan = match by {
            PlanBy::Person => prompts::with_plan(items.trim_end()),
            PlanBy::Planner => prompts::with_steps(items.trim_end()),
        };
        let _ = write!(text, "\n\n{plan}");
    }
    parts.push(ChatPart::Text(text));
    if sees {
        parts.extend(turn.images.iter().cloned().map(ChatPart::Image));
    } else if !turn.images.is_empty() {
        parts.push(ChatPart::Text(format!(
            "({} pictures came with the request; this model can't see them: say so.)",
            turn.images.len()
        )));
    }
    // Keeping costs a quarter more than sending: only building is gone on with, or repaired.
    if turn.mode == TurnMode::Build {
        parts.push(ChatPart::CacheMark);
    }
    ChatMessage { role: ChatRole::User, parts }
}

/// Asks for a repair; a picture goes with it, in place of those that went with repairs before.
pub(super) fn push_repair(chat: &mut Vec<ChatMessage>, ask: String, picture: Option<Image>) {
    let mut parts = vec![ChatPart::Text(ask)];
    if let Some(picture) = picture {
        for message in chat.iter_mut().skip(1) {
            message.parts.retain(|part| !matches!(part, ChatPart::Image(_)));
        }
        parts.push(ChatPart::Image(picture));
    }
    chat.push(ChatMessage { role: ChatRole::User, parts });
}

/// What a model answered, as it is shown it again: without its reasoning.
pub(super) fn answered(text: &str) -> ChatMessage {
    let spoken =
        match text.trim_start().strip_prefix("<think>").and_then(|t| t.split_once("</think>")) {
            Some((_, spoken)) => spoken,
            None => text,
        };
    // Providers refuse a message that is blank or ends in white space.
    let spoken = spoken.trim();
    let spoken = if spoken.is_empty() { "(no answer)" } else { spoken };
    ChatMessage::text(ChatRole::Assistant, spoken)
}

fn project(turn: &TurnInput) -> String {
    let mut text = format!("<project type=\"{}\">\n", turn.project_type);
    if turn.context.map.is_empty() {
        text.push_str(&map(&turn.files));
    } else {
        text.push_str(&show_text(&turn.context.map));
        text.push('\n');
    }
    text.push_str("</project>\n\n");
    text
}

fn files(text: &mut String, turn: &TurnInput) {
    if turn.context.sent.is_empty() {
        return;
    }
    text.push_str("<files>\n");
    for path in &turn.context.sent {
        if let Some(part) = turn.context.parts.get(path) {
            text.push_str(&show_file(path, &part.text));
        } else if let Some(content) = turn.files.get(path).and_then(FileContent::as_text) {
            // Who is asked about an app says where things are.
            let numbered = (turn.mode == TurnMode::Ask).then(|| numbered(content));
            text.push_str(&show_file(path, numbered.as_deref().unwrap_or(content)));
        }
    }
    text.push_str("</files>\n\n");
}

/// Paths and sizes of all files: where no better map is given.
fn map(files: &BTreeMap<FilePath, FileContent>) -> String {
    if files.is_empty() {
        return "(no files yet)\n".to_owned();
    }
    let line = |(path, content): (&FilePath, &FileContent)| match content {
        FileContent::Text(text) => format!("{path} ({} lines)\n", text.lines().count()),
        FileContent::Binary(bytes) => format!("{path} (binary, {bytes} bytes)\n"),
    };
    files.iter().map(line).collect()
}

fn numbered(content: &str) -> String {
    let lines = content.lines().enumerate();
    lines.map(|(index, line)| format!("{} {line}\n", index + 1)).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The turns before, in pieces of which later turns have the same first ones. The closing tag is not among them.
fn history(turn: &TurnInput) -> Vec<String> {
    if turn.history.is_empty() {
        return Vec::new();
    }
    let mut pieces = vec!["<history>\n".to_owned()];
    if !turn.context.history.is_empty() {
        let told = turn.context.history.lines();
        pieces.extend(told.map(|line| format!("{}\n", show_text(line))));
        return joined_head(pieces);
    }
    let skipped = turn.history.len().saturating_sub(PAST_TURNS);
    if skipped > 0 {
        pieces.push(format!("({skipped} earlier turns)\n"));
    }
    for past in &turn.history[skipped..] {
        let (prompt, summary) = (shortened(&past.prompt), shortened(&past.summary));
        pieces.push(format!("Asked: {prompt}\nDone: {summary}\n"));
    }
    joined_head(pieces)
}

/// The same pieces, the first two as one: the opening tag is no end that is worth finding again.
fn joined_head(mut pieces: Vec<String>) -> Vec<String> {
    if pieces.len() > 1 {
        let first = pieces.remove(0);
        pieces[0].insert_str(0, &first);
    }
    pieces
}

fn shortened(text: &str) -> String {
    let text = show_text(text.trim());
    match text.char_indices().nth(PAST_CHARS) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text,
    }
}

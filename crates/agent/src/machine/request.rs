//! What a model is sent: the project, what was done before, and the request.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use qv_domain::chat::{ChatMessage, ChatPart, ChatRole};
use qv_domain::{FilePath, TurnMode};

use super::TurnInput;
use crate::apply::FileContent;
use crate::prompts;
use crate::protocol::{show_file, show_text};

/// Earlier turns that are told, and characters of each part of one.
const PAST_TURNS: usize = 8;
const PAST_CHARS: usize = 600;

/// The message that opens a turn.
pub(super) fn opening(turn: &TurnInput) -> ChatMessage {
    let mut text = String::new();
    // What stays the same for longest comes first: providers cache beginnings.
    project(&mut text, turn);
    history(&mut text, turn);
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
    let mut message = ChatMessage::text(ChatRole::User, text);
    if turn.model.sees_images {
        message.parts.extend(turn.images.iter().cloned().map(ChatPart::Image));
    } else if !turn.images.is_empty() {
        message.parts.push(ChatPart::Text(format!(
            "({} pictures came with the request; this model can't see them: say so.)",
            turn.images.len()
        )));
    }
    message.cached()
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

fn project(text: &mut String, turn: &TurnInput) {
    let _ = writeln!(text, "<project type=\"{}\">", turn.project_type);
    if turn.context.map.is_empty() {
        text.push_str(&map(&turn.files));
    } else {
        text.push_str(&show_text(&turn.context.map));
        text.push('\n');
    }
    text.push_str("</project>\n\n");
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
            text.push_str(&show_file(path, content));
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

fn history(text: &mut String, turn: &TurnInput) {
    if turn.history.is_empty() {
        return;
    }
    text.push_str("<history>\n");
    if !turn.context.history.is_empty() {
        text.push_str(&show_text(&turn.context.history));
        text.push_str("</history>\n\n");
        return;
    }
    let skipped = turn.history.len().saturating_sub(PAST_TURNS);
    if skipped > 0 {
        let _ = writeln!(text, "({skipped} earlier turns)");
    }
    for past in &turn.history[skipped..] {
        let _ = writeln!(text, "Asked: {}", shortened(&past.prompt));
        let _ = writeln!(text, "Done: {}", shortened(&past.summary));
    }
    text.push_str("</history>\n\n");
}

fn shortened(text: &str) -> String {
    let text = show_text(text.trim());
    match text.char_indices().nth(PAST_CHARS) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text,
    }
}

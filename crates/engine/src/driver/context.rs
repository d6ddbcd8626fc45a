//! What a turn starts from: files, history, what of the project is shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use qv_agent::{FileContent, PastTurn};
use qv_domain::chat::Image;
use qv_domain::{FilePath, MessageId, MessageRole, ProjectId};
use qv_store as store;
use qv_wire::TurnContext;

use super::Run;
use crate::{Result, kept};

/// Messages that are looked back at: so many at least, and up to a step more, so that the beginning of what is told stays
/// the same for a step. The step is that of [`qv_pfc::history`] in messages, a request and an answer for a turn.
const MESSAGES: u64 = 40;
const STEP: u64 = 16;
const PROMPT_CHARS: usize = 2_000;

impl Run {
    /// The project's files as the machine takes them.
    pub(super) async fn files(&mut self) -> Result<BTreeMap<FilePath, FileContent>> {
        let files = self.engine.db.read().await?.all_files(self.project.id).await?;
        self.known = files.iter().map(|file| (file.meta.path.clone(), file.meta.hash)).collect();
        Ok(files.into_iter().map(|file| (file.meta.path.clone(), content(&file))).collect())
    }

    /// Files by path, as they are now; `None` where one is gone.
    pub(super) async fn files_now(
        &mut self,
        paths: &[FilePath],
    ) -> Result<Vec<(FilePath, Option<FileContent>)>> {
        let mut conn = self.engine.db.read().await?;
        let mut found = Vec::with_capacity(paths.len());
        for path in paths {
            let file = conn.file(self.project.id, path).await?;
            match &file {
                Some(file) => self.known.insert(path.clone(), file.meta.hash),
                None => self.known.remove(path),
            };
            found.push((path.clone(), file.as_ref().map(content)));
        }
        Ok(found)
    }

    /// Earlier turns, oldest first.
    pub(super) async fn history(&self) -> Result<Vec<PastTurn>> {
        let mut conn = self.engine.db.read().await?;
        history(&mut conn, self.project.id, Some(self.message.id)).await
    }

    /// What the person had before them. One that an older release cannot read is none.
    pub(super) fn view(&self) -> TurnContext {
        kept::read(self.message.context.as_ref()).0
    }

    /// The plan that the person left for this turn; empty: none.
    pub(super) fn given_plan(&self) -> Vec<String> {
        kept::read(self.message.context.as_ref()).1
    }

    /// The pictures of the person's message.
    pub(super) async fn images(&self) -> Result<Vec<Image>> {
        let mut conn = self.engine.db.read().await?;
        let mut images = Vec::new();
        for image in &self.message.images {
            if let Some(data) = conn.blob(&image.hash).await? {
                images.push(Image { media_type: image.media_type.clone(), data });
            }
        }
        Ok(images)
    }
}

/// The first message that the turn of this one is told of, by their places in the chat.
const fn first_told(place: u64) -> u64 {
    place.saturating_sub(1 + MESSAGES) / STEP * STEP + 1
}

/// A project's earlier turns, oldest first: each person's message with the answer that followed it. What was set aside is
/// left out. Of a message that is in
/// the chat already, what came before it.
pub(crate) async fn history(
    conn: &mut store::Conn,
    project: ProjectId,
    of: Option<MessageId>,
) -> Result<Vec<PastTurn>> {
    let most = u32::try_from(MESSAGES + STEP).unwrap_or(u32::MAX);
    // Counted among those that were not set aside, so that what was leaves no gap.
    let (newest_first, count) = conn.told_messages(project, most).await?;
    let mut told: Vec<(u64, store::Message)> = (1..=count).rev().zip(newest_first).collect();
    let place = told.iter().find(|(_, message)| Some(message.id) == of).map(|(place, _)| *place);
    let first = first_told(place.unwrap_or(count + 1));
    told.retain(|(place, message)| Some(message.id) != of && *place >= first);
    let mut turns: Vec<PastTurn> = Vec::new();
    for (_, message) in told.into_iter().rev() {
        match message.role {
            MessageRole::User => turns.push(PastTurn {
                prompt: message.text.chars().take(PROMPT_CHARS).collect(),
                summary: String::new(),
                changed: Vec::new(),
            }),
            MessageRole::Assistant => {
                if let Some(turn) = turns.last_mut() {
                    turn.summary = history_of(&message);
                    turn.changed = changed_by(&message);
                }
            }
        }
    }
    Ok(turns)
}

/// What an answer came to, in few words: kept beside it when it was made.
fn history_of(message: &store::Message) -> String {
    let kept = message.summary.as_ref().and_then(|summary| summary["history"].as_str());
    kept.map_or_else(|| message.text.chars().take(PROMPT_CHARS).collect(), str::to_owned)
}

/// The files that an answer changed, kept beside it too.
fn changed_by(message: &store::Message) -> Vec<FilePath> {
    let files = message.summary.as_ref().and_then(|summary| summary["files"].as_array());
    let parsed =
        files.into_iter().flatten().filter_map(|path| FilePath::parse(path.as_str()?).ok());
    parsed.collect()
}

pub(crate) fn content(file: &store::File) -> FileContent {
    content_of(&file.content)
}

/// Bytes as the machine takes them.
pub(crate) fn content_of(bytes: &[u8]) -> FileContent {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => FileContent::Text(Arc::from(text)),
        _ => FileContent::Binary(bytes.len() as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the turn of this number is told, from 1: each turn before it is a request and an answer.
    fn told(turn: u64) -> String {
        let first = first_told(2 * turn - 1);
        let prompts: Vec<String> = (1..turn)
            .filter(|before| 2 * before > first)
            .map(|before| format!("change {before}"))
            .collect();
        let past: Vec<_> = prompts
            .iter()
            .map(|prompt| qv_pfc::PastChange { prompt, outcome: "", changed: &[], in_chat: true })
            .collect();
        qv_pfc::history(&past)
    }

    #[test]
    fn what_is_told_begins_the_same_for_eight_turns() {
        let kept = (1..201).filter(|turn| told(turn + 1).starts_with(&told(*turn))).count();
        assert!(kept >= 200 - 200 / 8, "{kept}");
        assert!(told(200).ends_with("- change 199\n") && told(200).lines().count() <= 21);
    }
}

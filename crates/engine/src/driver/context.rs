//! What a turn starts from: files, history, what of the project is shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use qv_agent::{FileContent, PastTurn};
use qv_domain::chat::Image;
use qv_domain::{FilePath, MessageRole};
use qv_store as store;

use super::Run;
use crate::Result;

/// Messages that are looked back at.
const MESSAGES: u32 = 24;
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

    /// Earlier turns, oldest first: each person's message with the answer that followed it.
    pub(super) async fn history(&self) -> Result<Vec<PastTurn>> {
        let mut conn = self.engine.db.read().await?;
        let page = conn.messages(self.project.id, store::Direction::Older, None, MESSAGES).await?;
        let mut turns: Vec<PastTurn> = Vec::new();
        for message in page.items.into_iter().rev().filter(|message| message.id != self.message.id)
        {
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

pub(super) fn content(file: &store::File) -> FileContent {
    content_of(&file.content)
}

/// Bytes as the machine takes them.
pub(super) fn content_of(bytes: &[u8]) -> FileContent {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => FileContent::Text(Arc::from(text)),
        _ => FileContent::Binary(bytes.len() as u64),
    }
}

//! What was said in a project.

use qv_domain::MessageRole;
use qv_store as store;
use qv_wire::{Message, Page};

use crate::{Access, Engine, EngineError, Result, view};

impl Engine {
    /// A page of the chat: the newest page first, each page from its oldest message to its newest.
    ///
    /// # Errors
    /// `Invalid` for a cursor that no list gave.
    pub async fn messages(
        &self,
        access: &Access,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Message>> {
        let after = cursor.map(str::parse).transpose()?;
        let mut conn = self.db.read().await?;
        let page =
            conn.messages(access.project_id(), store::Direction::Older, after, limit).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for row in &page.items {
            let generation = match (row.role, row.generation_id) {
                // A retried message shows its newest try.
                (MessageRole::User, _) => conn.generations_of_message(row.id).await?.pop(),
                (MessageRole::Assistant, Some(id)) => conn.generation(id).await?,
                (MessageRole::Assistant, None) => None,
            };
            items.push(view::message(row, generation.as_ref()));
        }
        items.reverse();
        Ok(Page { items, next_cursor: page.next.map(|cursor| cursor.to_string()) })
    }

    /// A picture of the chat by its hash, with its media type.
    ///
    /// # Errors
    /// `NotFound` when no message of this project has it.
    pub async fn message_image(
        &self,
        access: &Access,
        hash: &str,
    ) -> Result<(String, qv_domain::Blob)> {
        let mut conn = self.db.read().await?;
        let mut after = None;
        // Only pictures of this project's own messages: a hash is no key to other people's blobs.
        loop {
            let page =
                conn.messages(access.project_id(), store::Direction::Older, after, 200).await?;
            let images = page.items.iter().flat_map(|message| &message.images);
            if let Some(image) = images.into_iter().find(|image| image.hash.to_string() == hash) {
                let blob = conn.blob(&image.hash).await?;
                let blob = blob.ok_or_else(|| EngineError::not_found("picture"))?;
                return Ok((image.media_type.clone(), blob));
            }
            after = page.next;
            if after.is_none() {
                return Err(EngineError::not_found("picture"));
            }
        }
    }
}

//! What was said in a project.

use qv_domain::{
    BlobHash, GenerationId, Limits, MessageId, MessageRole, ProjectId, Timestamp, TurnMode, UserId,
};

use crate::columns::parse_hash;
use crate::db::{Conn, Tx};
use crate::page::one_more;
use crate::sql::{At, Cells, Column, Value, args, row};
use crate::{Cursor, Page, Result, StoreError};

/// A picture that came with a message; its bytes are a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageImage {
    /// The blob.
    pub hash: BlobHash,
    /// Such as `image/png`.
    pub media_type: String,
    /// Its bytes.
    pub size: u64,
}

/// All pictures of a message.
pub type MessageImages = Vec<MessageImage>;

impl Column for MessageImages {
    fn null() -> Value {
        Value::Text(None)
    }
    fn to_value(&self) -> Value {
        let row = |image: &MessageImage| {
            serde_json::json!([image.hash.to_string(), image.media_type, image.size])
        };
        serde_json::Value::from_iter(self.iter().map(row)).to_value()
    }
    fn read(row: &dyn Cells, at: At) -> Result<Self> {
        let damaged = || StoreError::corrupt("a message's pictures cannot be read");
        let rows: Vec<(String, String, u64)> =
            serde_json::from_str(&row.text(at)?).map_err(|_| damaged())?;
        let image = |(hash, media_type, size): (String, String, u64)| {
            let hash = parse_hash(&hash).ok_or_else(damaged)?;
            Ok(MessageImage { hash, media_type, size })
        };
        rows.into_iter().map(image).collect()
    }
}

row! {
    /// Something that was said.
    pub struct Message {
        /// Its id.
        pub id: MessageId,
        /// Where it was said.
        pub project_id: ProjectId,
        /// 1 for a project's first, without gaps.
        pub seq: u64,
        /// Who said it.
        pub role: MessageRole,
        /// What the turn is for.
        pub mode: Option<TurnMode>,
        /// What was said.
        pub text: String,
        /// Pictures that came with it.
        pub images: MessageImages,
        /// The generation that it started or came out of.
        pub generation_id: Option<GenerationId>,
        /// What a turn came to, as the engine keeps it.
        pub summary: Option<serde_json::Value>,
        /// What the person had before them, as the engine keeps it.
        pub context: Option<serde_json::Value>,
        /// The person who said it.
        pub author_user_id: Option<UserId>,
        /// Whether the chat went on from before it.
        pub set_aside: bool,
        /// When.
        pub created_at: Timestamp,
    }
}

/// A message as its maker gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id.
    pub id: MessageId,
    /// Where it is said.
    pub project_id: ProjectId,
    /// Who says it.
    pub role: MessageRole,
    /// What the turn is for.
    pub mode: Option<TurnMode>,
    /// What is said.
    pub text: String,
    /// Pictures that come with it; put their blobs in the same transaction.
    pub images: MessageImages,
    /// The generation that it starts or comes out of.
    pub generation_id: Option<GenerationId>,
    /// What a turn came to.
    pub summary: Option<serde_json::Value>,
    /// What the person has before them.
    pub context: Option<serde_json::Value>,
    /// The person who says it.
    pub author_user_id: Option<UserId>,
}

/// Which way to read a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Newest first: from the end of the conversation back.
    Older,
    /// Oldest first: from its beginning on.
    Newer,
}

impl Conn {
    /// A message by its id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message(&mut self, project: ProjectId, id: MessageId) -> Result<Option<Message>> {
        let columns = Message::COLUMNS;
        let sql = format!("SELECT {columns} FROM messages WHERE project_id = $1 AND id = $2");
        self.fetch_optional(sql, args![project, id]).await
    }

    /// A project's messages, in the direction asked for, after a place if one is given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages(
        &mut self,
        project: ProjectId,
        direction: Direction,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<Message>> {
        let (than, start, order) = match direction {
            Direction::Older => ("<", i64::MAX, "DESC"),
            Direction::Newer => (">", 0, "ASC"),
        };
        let sql = format!(
            "SELECT {} FROM messages WHERE project_id = $1 AND seq {than} $2 \
             ORDER BY seq {order} LIMIT $3",
            Message::COLUMNS
        );
        let start = after.map_or(start, Cursor::key);
        let rows = self.fetch(sql, args![project, start, one_more(limit)]).await?;
        Ok(Page::cut(rows, limit, |row: &Message| Cursor::number(row.seq)))
    }

    /// The newest messages that are not set aside, newest first, and how many of them there are altogether: what turns
    /// are told of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn told_messages(
        &mut self,
        project: ProjectId,
        limit: u32,
    ) -> Result<(Vec<Message>, u64)> {
        let count = "SELECT COUNT(*) FROM messages WHERE project_id = $1 AND NOT set_aside";
        let (count,): (u64,) = self.fetch_one(count, args![project]).await?;
        let sql = format!(
            "SELECT {} FROM messages WHERE project_id = $1 AND NOT set_aside \
             ORDER BY seq DESC LIMIT $2",
            Message::COLUMNS
        );
        Ok((self.fetch(sql, args![project, limit]).await?, count))
    }
}

impl Tx {
    /// Adds a message at the end of the conversation. What a person says is held to
    /// `limits.message_chars`.
    ///
    /// # Errors
    /// `Limit` when it is too long; `Conflict` when the project or a picture's blob is gone.
    pub async fn insert_message(
        &mut self,
        new: NewMessage,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Message> {
        let most = limits.message_chars;
        if new.role == MessageRole::User && new.text.chars().count() > most as usize {
            return Err(StoreError::Limit {
                what: "the message (in characters)".to_owned(),
                limit: most.into(),
            });
        }
        let project = self.hold_project(new.project_id, now).await?;
        let message = Message {
            id: new.id,
            project_id: new.project_id,
            seq: u64::from(project.message_count) + 1,
            role: new.role,
            mode: new.mode,
            text: new.text,
            images: new.images,
            generation_id: new.generation_id,
            summary: new.summary,
            context: new.context,
            author_user_id: new.author_user_id,
            set_aside: false,
            created_at: now,
        };
        self.insert("messages", &message).await?;
        self.refer_to_blobs(project.id, message.images.iter().map(|image| image.hash)).await?;
        let sql = "UPDATE projects SET message_count = $2 WHERE id = $1";
        self.execute(sql, args![project.id, message.seq]).await?;
        Ok(message)
    }

    /// Rewrites what a message says and came to: how an answer grows while it is written. False
    /// when the project has no such message.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_message(
        &mut self,
        project: ProjectId,
        id: MessageId,
        text: &str,
        summary: Option<&serde_json::Value>,
    ) -> Result<bool> {
        let sql = "UPDATE messages SET text = $3, summary = $4 WHERE project_id = $1 AND id = $2";
        let args = args![project, id, text.to_owned(), summary.cloned()];
        Ok(self.execute(sql, args).await? > 0)
    }
}

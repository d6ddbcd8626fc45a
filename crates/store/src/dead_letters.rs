//! Turns that failed for good, kept until somebody decides about them.

use qv_domain::{
    DeadLetterId, DeadLetterState, GenerationId, MessageId, ProjectId, ProjectName, Timestamp,
    UserId,
};

use crate::db::{Conn, Tx};
use crate::page::one_more;
use crate::sql::{At, Cells, Column as _, FromRow, args, row};
use crate::{Cursor, Page, Result};

row! {
    /// One turn that failed for good.
    pub struct DeadLetter {
        /// Its id.
        pub id: DeadLetterId,
        /// The generation that failed.
        pub generation_id: GenerationId,
        /// In which project.
        pub project_id: ProjectId,
        /// What was asked.
        pub message_id: MessageId,
        /// Who asked.
        pub user_id: UserId,
        /// Why, for programs.
        pub code: String,
        /// Why, for people: safe to show.
        pub message: String,
        /// How often its message was tried, this time included.
        pub attempts: u32,
        /// What was asked, as the engine keeps it: without secrets.
        pub payload: serde_json::Value,
        /// What became of it.
        pub state: DeadLetterState,
        /// When it failed.
        pub at: Timestamp,
        /// When it was no longer open.
        pub resolved_at: Option<Timestamp>,
    }
}

/// One of a list, with what people call its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDeadLetter {
    /// It.
    pub letter: DeadLetter,
    /// Its project's name.
    pub project_name: ProjectName,
    /// The name of who asked.
    pub user_name: String,
}

impl FromRow for ListedDeadLetter {
    fn from_row(row: &dyn Cells) -> Result<Self> {
        Ok(Self {
            letter: DeadLetter::from_row(row)?,
            project_name: ProjectName::read(row, At::Name("project_name"))?,
            user_name: String::read(row, At::Name("user_name"))?,
        })
    }
}

/// Which ones to list.
#[derive(Debug, Clone, Default)]
pub struct DeadLetterFilter {
    /// Only those of projects that this user owns.
    pub owner: Option<UserId>,
    /// Only those of one project.
    pub project: Option<ProjectId>,
    /// Only those of which this became.
    pub state: Option<DeadLetterState>,
    /// Only those after this place.
    pub after: Option<Cursor>,
    /// The most on one page; 1 to [`MOST_PER_PAGE`](crate::MOST_PER_PAGE).
    pub limit: u32,
}

fn listed() -> String {
    let columns: Vec<String> =
        DeadLetter::COLUMNS.split(", ").map(|name| format!("d.{name}")).collect();
    format!(
        "SELECT {}, p.name AS project_name, u.name AS user_name FROM dead_letters d \
         JOIN projects p ON p.id = d.project_id JOIN users u ON u.id = d.user_id",
        columns.join(", ")
    )
}

/// Whether the user of a placeholder owns the row's project; nobody in particular owns all.
const OWNED: &str = "($1 IS NULL OR EXISTS (SELECT 1 FROM members m \
                     WHERE m.project_id = d.project_id AND m.user_id = $1 AND m.role = 'owner'))";

impl Conn {
    /// Failed turns, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dead_letters(
        &mut self,
        filter: &DeadLetterFilter,
    ) -> Result<Page<ListedDeadLetter>> {
        let sql = format!(
            "{} WHERE {OWNED} AND ($2 IS NULL OR d.project_id = $2) \
             AND ($3 IS NULL OR d.state = $3) AND (d.at, d.id) < ($4, $5) \
             ORDER BY d.at DESC, d.id DESC LIMIT $6",
            listed()
        );
        let after = filter.after.unwrap_or(Cursor::BEFORE_ALL);
        let args = args![
            filter.owner,
            filter.project,
            filter.state,
            after.key(),
            after.id(),
            one_more(filter.limit)
        ];
        let rows = self.fetch(sql, args).await?;
        Ok(Page::cut(rows, filter.limit, |row: &ListedDeadLetter| {
            Cursor::at(row.letter.at, row.letter.id.as_uuid())
        }))
    }

    /// One by its id: any, or only if this user owns its project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dead_letter(
        &mut self,
        id: DeadLetterId,
        owner: Option<UserId>,
    ) -> Result<Option<ListedDeadLetter>> {
        let sql = format!("{} WHERE {OWNED} AND d.id = $2", listed());
        self.fetch_optional(sql, args![owner, id]).await
    }
}

impl Tx {
    /// Keeps a failure. An open one of the same message is no longer open: it was tried again.
    ///
    /// # Errors
    /// `Conflict` when its generation has one already, or is gone.
    pub async fn insert_dead_letter(&mut self, letter: &DeadLetter) -> Result<()> {
        self.resolve_dead_letters(letter.message_id, letter.at).await?;
        self.insert("dead_letters", letter).await
    }

    /// Says what became of an open one. False when it is not open: of two at once, one gets it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resolve_dead_letter(
        &mut self,
        id: DeadLetterId,
        state: DeadLetterState,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE dead_letters SET state = $2, resolved_at = $3 \
                   WHERE id = $1 AND state = 'open'";
        Ok(self.execute(sql, args![id, state, now]).await? > 0)
    }

    /// Says that a message was tried again, if an open one is of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resolve_dead_letters(
        &mut self,
        message: MessageId,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE dead_letters SET state = $2, resolved_at = $3 \
                   WHERE message_id = $1 AND state = 'open'";
        Ok(self.execute(sql, args![message, DeadLetterState::Retried, now]).await? > 0)
    }
}

//! Changes that were wanted and not made.

use qv_domain::{
    BlobHash, FilePath, GenerationId, ProjectId, SuggestionId, SuggestionState, Timestamp,
};

use crate::Result;
use crate::db::{Conn, Tx};
use crate::sql::{args, row};

row! {
    /// A change that met what a person had just written.
    pub struct Suggestion {
        /// Its id.
        pub id: SuggestionId,
        /// Where.
        pub project_id: ProjectId,
        /// The turn that wanted it.
        pub generation_id: GenerationId,
        /// The file.
        pub path: FilePath,
        /// What the file was when the change was left out; `None`: it was not there.
        pub base: Option<BlobHash>,
        /// The same with the change; `None`: without the file.
        pub wanted: Option<BlobHash>,
        /// What became of it.
        pub state: SuggestionState,
        /// When it was wanted.
        pub at: Timestamp,
    }
}

impl Conn {
    /// A project's suggestions that nobody has decided about, the oldest first; at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_suggestions(
        &mut self,
        project: ProjectId,
        limit: u32,
    ) -> Result<Vec<Suggestion>> {
        let sql = format!(
            "SELECT {} FROM suggestions WHERE project_id = $1 AND state = 'open' \
             ORDER BY at, id LIMIT $2",
            Suggestion::COLUMNS
        );
        self.fetch(sql, args![project, limit]).await
    }

    /// A project's suggestion, whatever became of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suggestion(
        &mut self,
        project: ProjectId,
        id: SuggestionId,
    ) -> Result<Option<Suggestion>> {
        let columns = Suggestion::COLUMNS;
        let sql = format!("SELECT {columns} FROM suggestions WHERE project_id = $1 AND id = $2");
        self.fetch_optional(sql, args![project, id]).await
    }
}

impl Tx {
    /// Keeps a suggestion, and its contents as long as the project; put their blobs in the same transaction.
    ///
    /// # Errors
    /// `Conflict` when the project, the generation or a content is gone.
    pub async fn insert_suggestion(&mut self, suggestion: &Suggestion) -> Result<()> {
        self.insert("suggestions", suggestion).await?;
        let contents = suggestion.base.into_iter().chain(suggestion.wanted);
        self.refer_to_blobs(suggestion.project_id, contents).await
    }

    /// Decides about an open suggestion. False when somebody did already, or it is not there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decide_suggestion(
        &mut self,
        project: ProjectId,
        id: SuggestionId,
        state: SuggestionState,
    ) -> Result<bool> {
        let sql = "UPDATE suggestions SET state = $3 WHERE project_id = $1 AND id = $2 AND state = 'open'";
        Ok(self.execute(sql, args![project, id, state]).await? > 0)
    }
}

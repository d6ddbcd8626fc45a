//! Projects.

use qv_domain::{
    BuildStatus, GenerationId, LimitScope, PreviewId, ProjectId, ProjectName, ProjectType, Role,
    Timestamp, UserId, VersionId, Visibility,
};

use crate::db::{Conn, Tx};
use crate::page::one_more;
use crate::sql::{At, Cells, Column as _, FromRow, args, row};
use crate::{Cursor, Page, Result};

row! {
    /// An app being built. The counters are kept by the store; nobody sets them.
    pub struct Project {
        /// Its id.
        pub id: ProjectId,
        /// Who pays for it and may delete it.
        pub owner_id: UserId,
        /// What people call it.
        pub name: ProjectName,
        /// What kind of app it is.
        pub project_type: ProjectType,
        /// Who may see it.
        pub visibility: Visibility,
        /// What its preview is addressed by.
        pub preview_id: PreviewId,
        /// The starter that it began from.
        pub starter: Option<String>,
        /// Its newest version.
        pub head_version: Option<VersionId>,
        /// How many versions there are; the newest one's number.
        pub version_count: u32,
        /// How many files it has now.
        pub file_count: u32,
        /// Their bytes together.
        pub size_bytes: u64,
        /// How the last build went.
        pub build_status: BuildStatus,
        /// When the build status was last set.
        pub last_build_at: Option<Timestamp>,
        /// How many messages were said; the last one's `seq`.
        pub message_count: u32,
        /// When it was made.
        pub created_at: Timestamp,
        /// When anything of it last changed: what lists are ordered by.
        pub updated_at: Timestamp,
    }
}

/// A project as its maker gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProject {
    /// Its id.
    pub id: ProjectId,
    /// Whose it is; becomes its first member.
    pub owner_id: UserId,
    /// What people call it.
    pub name: ProjectName,
    /// What kind of app it is.
    pub project_type: ProjectType,
    /// Who may see it.
    pub visibility: Visibility,
    /// What its preview is addressed by.
    pub preview_id: PreviewId,
    /// The starter that it begins from.
    pub starter: Option<String>,
}

/// What of a project may be set; `None` leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectChange {
    /// A new name.
    pub name: Option<ProjectName>,
    /// A new type.
    pub project_type: Option<ProjectType>,
    /// A new visibility.
    pub visibility: Option<Visibility>,
    /// The starter that was chosen.
    pub starter: Option<String>,
}

/// A project as somebody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyProject {
    /// The project.
    pub project: Project,
    /// What they may do in it.
    pub role: Role,
}

impl FromRow for MyProject {
    fn from_row(row: &dyn Cells) -> Result<Self> {
        Ok(Self { project: Project::from_row(row)?, role: Role::read(row, At::Name("role"))? })
    }
}

/// Which of a user's projects to list.
#[derive(Debug, Clone, Default)]
pub struct ProjectFilter<'a> {
    /// Only those whose name has this in it, whatever the case.
    pub name_contains: Option<&'a str>,
    /// Only those after this place.
    pub after: Option<Cursor>,
    /// The most on one page; 1 to [`MOST_PER_PAGE`](crate::MOST_PER_PAGE).
    pub limit: u32,
}

fn qualified() -> String {
    Project::COLUMNS.split(", ").map(|name| format!("p.{name}")).collect::<Vec<_>>().join(", ")
}

impl Conn {
    /// The project with this id, whoever asks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project(&mut self, id: ProjectId) -> Result<Option<Project>> {
        let sql = format!("SELECT {} FROM projects WHERE id = $1", Project::COLUMNS);
        self.fetch_optional(sql, args![id]).await
    }

    /// The project with this id and the user's role in it, if they are a member.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project_of_member(
        &mut self,
        id: ProjectId,
        user: UserId,
    ) -> Result<Option<MyProject>> {
        let sql = format!(
            "SELECT {}, m.role FROM projects p JOIN members m ON m.project_id = p.id \
             WHERE p.id = $1 AND m.user_id = $2",
            qualified()
        );
        self.fetch_optional(sql, args![id, user]).await
    }

    /// The project that a preview's address belongs to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project_by_preview(&mut self, id: &PreviewId) -> Result<Option<Project>> {
        let sql = format!("SELECT {} FROM projects WHERE preview_id = $1", Project::COLUMNS);
        self.fetch_optional(sql, args![*id]).await
    }

    /// The projects that a user is a member of, last changed first. Loads no file.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn projects(
        &mut self,
        user: UserId,
        filter: &ProjectFilter<'_>,
    ) -> Result<Page<MyProject>> {
        let sql = format!(
            "SELECT {}, m.role FROM members m JOIN projects p ON p.id = m.project_id \
             WHERE m.user_id = $1 AND ($2 IS NULL OR p.name_search LIKE $2 ESCAPE '!') \
             AND (p.updated_at, p.id) < ($3, $4) \
             ORDER BY p.updated_at DESC, p.id DESC LIMIT $5",
            qualified()
        );
        let pattern = filter.name_contains.map(contains_pattern);
        let after = filter.after.unwrap_or(Cursor::BEFORE_ALL);
        let args = args![user, pattern, after.key(), after.id(), one_more(filter.limit)];
        let rows = self.fetch(sql, args).await?;
        Ok(Page::cut(rows, filter.limit, |row: &MyProject| {
            Cursor::at(row.project.updated_at, row.project.id.as_uuid())
        }))
    }
}

impl Tx {
    /// Adds a project, with its owner as first member.
    ///
    /// # Errors
    /// `Conflict` when its owner is gone.
    pub async fn insert_project(&mut self, new: &NewProject, now: Timestamp) -> Result<Project> {
        let sql = format!(
            "INSERT INTO projects (id, owner_id, name, name_search, project_type, visibility, \
             preview_id, starter, version_count, file_count, size_bytes, build_status, \
             message_count, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, $9, 0, $10, $10) RETURNING {}",
            Project::COLUMNS
        );
        let args = args![
            new.id,
            new.owner_id,
            new.name,
            search_form(new.name.as_str()),
            new.project_type,
            new.visibility,
            new.preview_id,
            new.starter,
            BuildStatus::None,
            now
        ];
        let project = self.fetch_one(sql, args).await?;
        self.set_member(new.id, new.owner_id, Role::Owner, now).await?;
        Ok(project)
    }

    /// Changes what is given. `None` when the project is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_project(
        &mut self,
        id: ProjectId,
        change: &ProjectChange,
        now: Timestamp,
    ) -> Result<Option<Project>> {
        let sql = format!(
            "UPDATE projects SET name = COALESCE($2, name), \
             name_search = COALESCE($3, name_search), project_type = COALESCE($4, project_type), \
             visibility = COALESCE($5, visibility), starter = COALESCE($6, starter), \
             updated_at = $7 WHERE id = $1 RETURNING {}",
            Project::COLUMNS
        );
        let search = change.name.as_ref().map(|name| search_form(name.as_str()));
        let args = args![
            id,
            change.name,
            search,
            change.project_type,
            change.visibility,
            change.starter,
            now
        ];
        self.fetch_optional(sql, args).await
    }

    /// Forgets the starter that was chosen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_starter(&mut self, id: ProjectId) -> Result<()> {
        self.execute("UPDATE projects SET starter = NULL WHERE id = $1", args![id]).await?;
        Ok(())
    }

    /// Says how a build stands. False when the project is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_build_status(
        &mut self,
        id: ProjectId,
        status: BuildStatus,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE projects SET build_status = $2, last_build_at = $3, updated_at = $3 \
                   WHERE id = $1";
        Ok(self.execute(sql, args![id, status, now]).await? > 0)
    }

    /// Removes a project and everything in it, for good; its usage stays, for it was spent. False
    /// when it is gone already. Blobs that nothing else refers to go at the next
    /// [`collect_blobs`](Tx::collect_blobs).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_project(&mut self, id: ProjectId) -> Result<bool> {
        let open = "SELECT id FROM generations WHERE project_id = $1 AND status IN ('queued', 'running') \
                    ORDER BY id";
        for (generation,) in self.fetch::<(GenerationId,)>(open, args![id]).await? {
            self.close_purse(generation).await?;
        }
        let limit = "DELETE FROM budget_limits WHERE scope = $1 AND subject = $2";
        self.execute(limit, args![LimitScope::Project, id.as_uuid()]).await?;
        Ok(self.execute("DELETE FROM projects WHERE id = $1", args![id]).await? > 0)
    }

    /// Takes hold of a project until the transaction ends, so that its counters are read and
    /// written without anyone between (PostgreSQL locks the row; SQLite has one writer anyway).
    ///
    /// # Errors
    /// `Conflict` when the project is gone.
    pub async fn hold_project(&mut self, id: ProjectId, now: Timestamp) -> Result<Project> {
        let columns = Project::COLUMNS;
        let sql = format!("UPDATE projects SET updated_at = $2 WHERE id = $1 RETURNING {columns}");
        self.fetch_optional(sql, args![id, now])
            .await?
            .ok_or_else(|| crate::StoreError::conflict("the project is gone"))
    }
}

/// Lower-cased here and not by the databases, which disagree on everything but ASCII.
fn search_form(name: &str) -> String {
    name.to_lowercase()
}

pub(crate) fn contains_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in search_form(text).chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

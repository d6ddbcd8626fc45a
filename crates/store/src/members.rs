//! Who may do what in a project.

use qv_domain::{ProjectId, Role, Timestamp, UserId};

use crate::Result;
use crate::db::{Conn, Tx};
use crate::sql::{args, row};

row! {
    /// Somebody's part in a project.
    pub struct Member {
        /// The project.
        pub project_id: ProjectId,
        /// The user.
        pub user_id: UserId,
        /// What they may do in it.
        pub role: Role,
        /// Since when.
        pub created_at: Timestamp,
    }
}

impl Conn {
    /// A user's role in a project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn role(&mut self, project: ProjectId, user: UserId) -> Result<Option<Role>> {
        let sql = "SELECT role FROM members WHERE project_id = $1 AND user_id = $2";
        let row: Option<(Role,)> = self.fetch_optional(sql, args![project, user]).await?;
        Ok(row.map(|(role,)| role))
    }

    /// A project's members, longest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn members(&mut self, project: ProjectId) -> Result<Vec<Member>> {
        let sql = format!(
            "SELECT {} FROM members WHERE project_id = $1 ORDER BY created_at, user_id",
            Member::COLUMNS
        );
        self.fetch(sql, args![project]).await
    }
}

impl Tx {
    /// Gives somebody a role in a project, or another one than they had.
    ///
    /// # Errors
    /// `Conflict` when the project or the user is gone.
    pub async fn set_member(
        &mut self,
        project: ProjectId,
        user: UserId,
        role: Role,
        now: Timestamp,
    ) -> Result<()> {
        let sql = "INSERT INTO members (project_id, user_id, role, created_at) \
                   VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role";
        self.execute(sql, args![project, user, role, now]).await?;
        Ok(())
    }

    /// Takes somebody out of a project. False when they were not in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_member(&mut self, project: ProjectId, user: UserId) -> Result<bool> {
        let sql = "DELETE FROM members WHERE project_id = $1 AND user_id = $2";
        Ok(self.execute(sql, args![project, user]).await? > 0)
    }
}

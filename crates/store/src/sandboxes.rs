//! Machines of projects: which there are, where people want them, and how long they ran.

use qv_domain::{EngineKind, Month, NodeId, ProjectId, SandboxId, Timestamp, UserId};

use crate::Result;
use crate::db::{Conn, Tx};
use crate::sql::{At, Cells, Column as _, FromRow, args, row};

row! {
    /// A machine.
    pub struct Sandbox {
        /// Its id.
        pub id: SandboxId,
        /// Whose app runs there.
        pub project_id: ProjectId,
        /// What runs it.
        pub engine: EngineKind,
        /// Which server has it, where it is on one.
        pub node_id: NodeId,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was last used.
        pub used_at: Timestamp,
    }
}

/// A machine as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSandbox {
    /// The machine.
    pub sandbox: Sandbox,
    /// The project's name.
    pub project_name: String,
    /// Its owner's address.
    pub owner: String,
}

impl FromRow for ListedSandbox {
    fn from_row(row: &dyn Cells) -> Result<Self> {
        Ok(Self {
            sandbox: Sandbox::from_row(row)?,
            project_name: String::read(row, At::Name("project_name"))?,
            owner: String::read(row, At::Name("owner"))?,
        })
    }
}

/// How long machines ran, and what that cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SandboxTime {
    /// Seconds.
    pub seconds: u64,
    /// Billionths of a US dollar.
    pub cost_nanousd: u64,
}

impl FromRow for SandboxTime {
    fn from_row(row: &dyn Cells) -> Result<Self> {
        Ok(Self {
            seconds: u64::read(row, At::Name("seconds"))?,
            cost_nanousd: u64::read(row, At::Name("cost_nanousd"))?,
        })
    }
}

/// A time that a machine ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxRan {
    /// Whose app.
    pub project_id: ProjectId,
    /// Who pays.
    pub user_id: UserId,
    /// Where.
    pub engine: EngineKind,
    /// When.
    pub month: Month,
    /// How long, and what it cost.
    pub time: SandboxTime,
}

const SUMS: &str = "CAST(COALESCE(SUM(seconds), 0) AS BIGINT) AS seconds, \
                    CAST(COALESCE(SUM(cost_nanousd), 0) AS BIGINT) AS cost_nanousd";

impl Conn {
    /// A project's machine.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sandbox_of(&mut self, project: ProjectId) -> Result<Option<Sandbox>> {
        let sql = format!("SELECT {} FROM sandboxes WHERE project_id = $1", Sandbox::COLUMNS);
        self.fetch_optional(sql, args![project]).await
    }

    /// The machine with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sandbox(&mut self, id: SandboxId) -> Result<Option<Sandbox>> {
        let sql = format!("SELECT {} FROM sandboxes WHERE id = $1", Sandbox::COLUMNS);
        self.fetch_optional(sql, args![id]).await
    }

    /// Every machine of an engine; those that one server has where `node` names it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sandboxes_of(
        &mut self,
        engine: EngineKind,
        node: Option<NodeId>,
    ) -> Result<Vec<Sandbox>> {
        let columns = Sandbox::COLUMNS;
        match node {
            Some(node) => {
                let sql =
                    format!("SELECT {columns} FROM sandboxes WHERE engine = $1 AND node_id = $2");
                self.fetch(sql, args![engine, node]).await
            }
            None => {
                let sql = format!("SELECT {columns} FROM sandboxes WHERE engine = $1");
                self.fetch(sql, args![engine]).await
            }
        }
    }

    /// The machines that were used last, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn listed_sandboxes(&mut self, limit: u32) -> Result<Vec<ListedSandbox>> {
        let columns: Vec<String> =
            Sandbox::COLUMNS.split(", ").map(|name| format!("s.{name}")).collect();
        let sql = format!(
            "SELECT {}, p.name AS project_name, u.email AS owner FROM sandboxes s \
             JOIN projects p ON p.id = s.project_id JOIN users u ON u.id = p.owner_id \
             ORDER BY s.used_at DESC, s.id LIMIT $1",
            columns.join(", ")
        );
        self.fetch(sql, args![limit]).await
    }

    /// Where a person wants the app to run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn engine_choice(&mut self, project: ProjectId) -> Result<Option<EngineKind>> {
        let sql = "SELECT engine FROM engine_choices WHERE project_id = $1";
        let chosen: Option<Chosen> = self.fetch_optional(sql, args![project]).await?;
        Ok(chosen.map(|chosen| chosen.0))
    }

    /// How long a project's machines ran in a month.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sandbox_time(&mut self, project: ProjectId, month: Month) -> Result<SandboxTime> {
        let sql = format!("SELECT {SUMS} FROM sandbox_usage WHERE project_id = $1 AND month = $2");
        self.fetch_one(sql, args![project, month.number()]).await
    }

    /// How long an engine's machines ran in a month.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn engine_time(&mut self, engine: EngineKind, month: Month) -> Result<SandboxTime> {
        let sql = format!("SELECT {SUMS} FROM sandbox_usage WHERE engine = $1 AND month = $2");
        self.fetch_one(sql, args![engine, month.number()]).await
    }
}

struct Chosen(EngineKind);

impl FromRow for Chosen {
    fn from_row(row: &dyn Cells) -> Result<Self> {
        Ok(Self(EngineKind::read(row, At::Name("engine"))?))
    }
}

impl Tx {
    /// Notes a new machine. `Conflict` when the project has one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_sandbox(&mut self, sandbox: &Sandbox) -> Result<()> {
        self.insert("sandboxes", sandbox).await
    }

    /// Forgets a machine. False when it was not known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_sandbox(&mut self, id: SandboxId) -> Result<bool> {
        Ok(self.execute("DELETE FROM sandboxes WHERE id = $1", args![id]).await? > 0)
    }

    /// Notes that a machine was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_sandbox(&mut self, id: SandboxId, at: Timestamp) -> Result<()> {
        let sql = "UPDATE sandboxes SET used_at = $2 WHERE id = $1 AND used_at < $2";
        self.execute(sql, args![id, at]).await?;
        Ok(())
    }

    /// Notes where a person wants the app to run; `None` leaves it to the router.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn choose_engine(
        &mut self,
        project: ProjectId,
        engine: Option<EngineKind>,
        at: Timestamp,
    ) -> Result<()> {
        self.execute("DELETE FROM engine_choices WHERE project_id = $1", args![project]).await?;
        if let Some(engine) = engine {
            let sql =
                "INSERT INTO engine_choices (project_id, engine, chosen_at) VALUES ($1, $2, $3)";
            self.execute(sql, args![project, engine, at]).await?;
        }
        Ok(())
    }

    /// Adds a time that a machine ran to its month.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_sandbox_time(&mut self, ran: &SandboxRan) -> Result<()> {
        let sql = "INSERT INTO sandbox_usage (project_id, engine, month, user_id, seconds, cost_nanousd) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (project_id, engine, month, user_id) DO UPDATE SET \
                   seconds = sandbox_usage.seconds + excluded.seconds, \
                   cost_nanousd = sandbox_usage.cost_nanousd + excluded.cost_nanousd";
        let SandboxTime { seconds, cost_nanousd } = ran.time;
        self.execute(
            sql,
            args![
                ran.project_id,
                ran.engine,
                ran.month.number(),
                ran.user_id,
                seconds,
                cost_nanousd
            ],
        )
        .await?;
        Ok(())
    }
}

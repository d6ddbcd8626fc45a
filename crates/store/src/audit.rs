//! The audit log: entries are added in the transaction of what they tell of, and forgotten when they are old. Nothing
//! here changes one.

use qv_domain::{AuditAction, AuditActor, AuditId, AuditTarget, ProjectId, Timestamp, UserId};

use crate::db::{Conn, Tx};
use crate::page::one_more;
use crate::sql::{At, Cells, Column, FromRow, Insert as _, args, places, row};
use crate::{Cursor, Page, Result, StoreError};

/// The longest `detail`, as JSON: an entry is a line, not a copy of what was done.
const MOST_DETAIL: usize = 2_000;

row! {
    /// One thing that was done.
    pub struct AuditEntry {
        /// Its id.
        pub id: AuditId,
        /// When.
        pub at: Timestamp,
        /// What kind of doer.
        pub actor_kind: AuditActor,
        /// Which user; who they were stays known when they are gone.
        pub actor_id: Option<UserId>,
        /// What.
        pub action: AuditAction,
        /// To what kind of thing.
        pub target_kind: Option<AuditTarget>,
        /// To which.
        pub target_id: Option<String>,
        /// In which project.
        pub project_id: Option<ProjectId>,
        /// From which address.
        pub address: Option<String>,
        /// What else is worth telling: small, and without secrets.
        pub detail: serde_json::Value,
        /// What must be new for this to be kept: what happens often is told once in a time.
        pub once: Option<String>,
    }
}

/// One of a list, with what people call its parts now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAuditEntry {
    /// It.
    pub entry: AuditEntry,
    /// The name of who did it, if they are still there.
    pub actor_name: Option<String>,
    /// The name of the user that it was done to.
    pub target_name: Option<String>,
    /// Its project's name.
    pub project_name: Option<String>,
}

impl FromRow for ListedAuditEntry {
    fn from_row(row: &dyn Cells) -> Result<Self> {
        Ok(Self {
            entry: AuditEntry::from_row(row)?,
            actor_name: Option::<String>::read(row, At::Name("actor_name"))?,
            target_name: None,
            project_name: Option::<String>::read(row, At::Name("project_name"))?,
        })
    }
}

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only what this user did, or what was done to them.
    pub about: Option<UserId>,
    /// Only this.
    pub action: Option<AuditAction>,
    /// Only from this moment on.
    pub from: Option<Timestamp>,
    /// Only before this moment.
    pub until: Option<Timestamp>,
    /// Only those after this place.
    pub after: Option<Cursor>,
    /// The most on one page; 1 to [`MOST_PER_PAGE`](crate::MOST_PER_PAGE).
    pub limit: u32,
}

impl Conn {
    /// Entries, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_entries(&mut self, filter: &AuditFilter) -> Result<Page<ListedAuditEntry>> {
        let columns: Vec<String> =
            AuditEntry::COLUMNS.split(", ").map(|name| format!("a.{name}")).collect();
        let after = filter.after.unwrap_or(Cursor::BEFORE_ALL);
        let mut args = args![after.key(), after.id(), one_more(filter.limit)];
        let mut conditions = String::new();
        // Only what is asked for stands in the statement, so that each kind of list has its index.
        let mut only = |condition: &str, value| {
            args.push(value);
            conditions.push_str(&condition.replace("$?", &format!("${}", args.len())));
        };
        if let Some(user) = filter.about {
            only(" AND (a.actor_id = $?", user.to_value());
            only(" OR a.target_kind = 'user' AND a.target_id = $?)", user.to_string().to_value());
        }
        if let Some(action) = filter.action {
            only(" AND a.action = $?", action.to_value());
        }
        if let Some(from) = filter.from {
            only(" AND a.at >= $?", from.to_value());
        }
        if let Some(until) = filter.until {
            only(" AND a.at < $?", until.to_value());
        }
        let sql = format!(
            "SELECT {}, u.name AS actor_name, p.name AS project_name FROM audit_log a \
             LEFT JOIN users u ON u.id = a.actor_id LEFT JOIN projects p ON p.id = a.project_id \
             WHERE (a.at, a.id) < ($1, $2){conditions} ORDER BY a.at DESC, a.id DESC LIMIT $3",
            columns.join(", ")
        );
        let mut rows: Vec<ListedAuditEntry> = self.fetch(sql, args).await?;
        self.name_targets(&mut rows).await?;
        Ok(Page::cut(rows, filter.limit, |row: &ListedAuditEntry| {
            Cursor::at(row.entry.at, row.entry.id.as_uuid())
        }))
    }

    /// A target's id is text, which the databases do not join to ids alike.
    async fn name_targets(&mut self, rows: &mut [ListedAuditEntry]) -> Result<()> {
        let target = |entry: &AuditEntry| -> Option<UserId> {
            let id =
                entry.target_id.as_deref().filter(|_| entry.target_kind == Some(AuditTarget::User));
            id.and_then(|id| id.parse().ok())
        };
        let mut ids: Vec<UserId> = rows.iter().filter_map(|row| target(&row.entry)).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(());
        }
        let sql = format!("SELECT id, name FROM users WHERE id IN {}", places(1, ids.len()));
        let values = ids.iter().map(Column::to_value).collect();
        let names: Vec<(UserId, String)> = self.fetch(sql, values).await?;
        for row in rows {
            let named =
                target(&row.entry).and_then(|id| names.iter().find(|(named, _)| *named == id));
            row.target_name = named.map(|(_, name)| name.clone());
        }
        Ok(())
    }

    /// Whether an entry with this `once` is there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_is_told(&mut self, once: &str) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM audit_log WHERE once = $1";
        let (count,): (u64,) = self.fetch_one(sql, args![once.to_owned()]).await?;
        Ok(count > 0)
    }

    /// How many entries of an action there are since a moment, counted up to `most`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_count(
        &mut self,
        action: AuditAction,
        since: Timestamp,
        most: u32,
    ) -> Result<u64> {
        let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM audit_log WHERE action = $1 AND at >= $2 \
                   LIMIT $3) counted";
        let (count,): (u64,) = self.fetch_one(sql, args![action, since, most]).await?;
        Ok(count)
    }
}

impl Tx {
    /// Adds an entry: it is kept if what it tells of is. False when `once` says that this is told already.
    ///
    /// # Errors
    /// `Corrupt` when its detail is too long to be one.
    pub async fn audit(&mut self, entry: &AuditEntry) -> Result<bool> {
        if entry.detail.to_string().len() > MOST_DETAIL {
            return Err(StoreError::corrupt(format!(
                "the detail of `{}` is too long",
                entry.action
            )));
        }
        let values = entry.values();
        let (columns, places) = (AuditEntry::COLUMNS, places(1, values.len()));
        let sql = format!(
            "INSERT INTO audit_log ({columns}) VALUES {places} ON CONFLICT (once) DO NOTHING"
        );
        Ok(self.execute(sql, values).await? > 0)
    }

    /// Forgets what is older than `before`, at most `most` entries at a time; how many they were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_audit(&mut self, before: Timestamp, most: u32) -> Result<u64> {
        let sql = "DELETE FROM audit_log WHERE id IN \
                   (SELECT id FROM audit_log WHERE at < $1 ORDER BY at LIMIT $2)";
        self.execute(sql, args![before, most]).await
    }
}

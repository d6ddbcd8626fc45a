//! Usage of a time, grouped for a report or row by row for an export.

use qv_domain::{KeyId, ProjectId, StepKind, Timestamp, UsageId, UserId};

use crate::db::Conn;
use crate::sql::{Cells, Column as _, FromRow, Value, args, row};
use crate::usage::{TOTALS, Usage, UsageTotals};
use crate::{MOST_PER_PAGE, Result};

const MICROS_PER_DAY: i64 = 86_400 * 1_000_000;

/// Which calls a report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageFilter {
    /// Whose; `None` is everybody's.
    pub user: Option<UserId>,
    /// In which project.
    pub project: Option<ProjectId>,
    /// To which model of which provider.
    pub model: Option<ProviderModel>,
    /// With which key.
    pub key: Option<UsageKey>,
    /// From then on.
    pub from: Timestamp,
    /// Until before then.
    pub until: Timestamp,
}

row! {
    /// A provider and its own name of a model.
    pub struct ProviderModel {
        /// The provider.
        pub provider: String,
        /// The model.
        pub model: String,
    }
}

/// What a call was paid with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageKey {
    /// A key of the vault.
    Kept(KeyId),
    /// None of them: the server's own for this provider, or a provider that needs none.
    Without(String),
}

row! {
    /// A day in UTC and a model.
    pub struct DayAndModel {
        /// Days since 1970.
        pub day: i64,
        /// The provider.
        pub provider: String,
        /// The model.
        pub model: String,
    }
}

row! {
    /// Why a model was called.
    pub struct KindOfStep {
        /// The kind.
        pub kind: StepKind,
    }
}

row! {
    /// A project in which something was spent.
    pub struct SpentProject {
        /// Its id.
        pub project_id: ProjectId,
        /// Its name; `None` when it is gone, or no longer the asker's to see.
        pub name: Option<String>,
    }
}

row! {
    /// What was paid with.
    pub struct SpentKey {
        /// Whom it is for.
        pub provider: String,
        /// The vault's key, if it was one.
        pub key_id: Option<KeyId>,
        /// What its owner calls it; `None` when it is gone.
        pub label: Option<String>,
        /// Its last four characters.
        pub last4: Option<String>,
    }
}

row! {
    /// Somebody who spent.
    pub struct SpentUser {
        /// Their id.
        pub user_id: UserId,
        /// Their name.
        pub name: Option<String>,
    }
}

row! {
    /// The names of what a call's row points to, where they are still there.
    pub struct UsageNames {
        /// Who paid.
        pub user_name: Option<String>,
        /// Where; `None` also when it is no longer the asker's to see.
        pub project_name: Option<String>,
        /// The key's.
        pub key_label: Option<String>,
        /// The key's last four characters.
        pub key_last4: Option<String>,
    }
}

/// What a group took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageBy<G> {
    /// The group.
    pub group: G,
    /// Its sums.
    pub totals: UsageTotals,
}

impl<G: FromRow> FromRow for UsageBy<G> {
    fn from_row(row: &dyn Cells) -> Result<Self> {
        Ok(Self { group: G::from_row(row)?, totals: UsageTotals::from_row(row)? })
    }
}

/// One call with names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageLine {
    /// The call.
    pub usage: Usage,
    /// The names.
    pub names: UsageNames,
}

impl FromRow for UsageLine {
    fn from_row(row: &dyn Cells) -> Result<Self> {
        Ok(Self { usage: Usage::from_row(row)?, names: UsageNames::from_row(row)? })
    }
}

impl UsageFilter {
    /// The condition on `token_usage`, and its arguments.
    fn condition(&self) -> (String, Vec<Value>) {
        let mut sql = "at >= $1 AND at < $2".to_owned();
        let mut values = args![self.from, self.until];
        let mut equal = |column: &str, value: Value| {
            values.push(value);
            sql.push_str(&format!(" AND {column} = ${}", values.len()));
        };
        if let Some(user) = self.user {
            equal("user_id", user.to_value());
        }
        if let Some(project) = self.project {
            equal("project_id", project.to_value());
        }
        if let Some(model) = &self.model {
            equal("provider", model.provider.to_value());
            equal("model", model.model.to_value());
        }
        match &self.key {
            Some(UsageKey::Kept(key)) => equal("key_id", key.to_value()),
            Some(UsageKey::Without(provider)) => {
                equal("key_id IS NULL AND provider", provider.to_value());
            }
            None => {}
        }
        (sql, values)
    }

    /// Joins `u` with its project as `p`: of a user's own usage, only where they are a member still.
    const fn join_project(&self) -> &'static str {
        match self.user {
            Some(_) => {
                "LEFT JOIN members m ON m.project_id = u.project_id AND m.user_id = u.user_id \
                 LEFT JOIN projects p ON p.id = m.project_id"
            }
            None => "LEFT JOIN projects p ON p.id = u.project_id",
        }
    }
}

impl Conn {
    /// What each model took each day; days without any are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage_by_day_and_model(
        &mut self,
        filter: &UsageFilter,
    ) -> Result<Vec<UsageBy<DayAndModel>>> {
        let (condition, values) = filter.condition();
        let sql = format!(
            "SELECT at / {MICROS_PER_DAY} AS day, provider, model, {TOTALS} FROM token_usage \
             WHERE {condition} GROUP BY at / {MICROS_PER_DAY}, provider, model \
             ORDER BY day, provider, model"
        );
        self.fetch(sql, values).await
    }

    /// What each kind of step took.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage_by_kind(
        &mut self,
        filter: &UsageFilter,
    ) -> Result<Vec<UsageBy<KindOfStep>>> {
        let (condition, values) = filter.condition();
        let sql = format!(
            "SELECT kind, {TOTALS} FROM token_usage WHERE {condition} GROUP BY kind ORDER BY kind"
        );
        self.fetch(sql, values).await
    }

    /// What each project took.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage_by_project(
        &mut self,
        filter: &UsageFilter,
    ) -> Result<Vec<UsageBy<SpentProject>>> {
        let (condition, values) = filter.condition();
        let columns = if filter.user.is_some() { "user_id, project_id" } else { "project_id" };
        let sql = format!(
            "SELECT u.*, p.name AS name FROM (SELECT {columns}, {TOTALS} FROM token_usage \
             WHERE {condition} GROUP BY {columns}) u {} ORDER BY u.project_id",
            filter.join_project()
        );
        self.fetch(sql, values).await
    }

    /// What was paid with each key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage_by_key(&mut self, filter: &UsageFilter) -> Result<Vec<UsageBy<SpentKey>>> {
        let (condition, values) = filter.condition();
        let sql = format!(
            "SELECT u.*, k.label AS label, k.last4 AS last4 FROM (\
             SELECT provider, key_id, {TOTALS} FROM token_usage WHERE {condition} \
             GROUP BY provider, key_id) u LEFT JOIN vault_keys k ON k.id = u.key_id \
             ORDER BY u.provider, u.key_id"
        );
        self.fetch(sql, values).await
    }

    /// What each user took.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage_by_user(&mut self, filter: &UsageFilter) -> Result<Vec<UsageBy<SpentUser>>> {
        let (condition, values) = filter.condition();
        let sql = format!(
            "SELECT u.*, w.name AS name FROM (SELECT user_id, {TOTALS} FROM token_usage \
             WHERE {condition} GROUP BY user_id) u LEFT JOIN users w ON w.id = u.user_id \
             ORDER BY u.user_id"
        );
        self.fetch(sql, values).await
    }

    /// Calls in their order, after this one: at most 200.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage_lines(
        &mut self,
        filter: &UsageFilter,
        after: Option<(Timestamp, UsageId)>,
    ) -> Result<Vec<UsageLine>> {
        let (mut condition, mut values) = filter.condition();
        if let Some((at, id)) = after {
            let place = values.len();
            values.extend(args![at, id]);
            condition.push_str(&format!(" AND (at, id) > (${}, ${})", place + 1, place + 2));
        }
        let sql = format!(
            "SELECT u.*, w.name AS user_name, p.name AS project_name, k.label AS key_label, \
             k.last4 AS key_last4 FROM (SELECT {} FROM token_usage WHERE {condition} \
             ORDER BY at, id LIMIT {MOST_PER_PAGE}) u LEFT JOIN users w ON w.id = u.user_id {} \
             LEFT JOIN vault_keys k ON k.id = u.key_id ORDER BY u.at, u.id",
            Usage::COLUMNS,
            filter.join_project()
        );
        self.fetch(sql, values).await
    }
}

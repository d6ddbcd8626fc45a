//! Reading the audit log.

use std::collections::BTreeMap;

use qv_domain::{AuditAction, AuditActor, AuditTarget, Email, UserId};
use qv_store::{self as store, Cursor, Db};
use qv_wire::{AuditEntry, Page};
use serde_json::Value;

use super::{Act, csv, hourly};
use crate::usage::{day, start};
use crate::{Actor, Engine, EngineError, Result, view};

/// Rows of an export that are read at a time.
const PIECE: u32 = 200;

/// Which entries to list. Days are those of UTC.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Only this action, by its word.
    pub action: Option<String>,
    /// Only what this user did, or what was done to them: their id or address.
    pub user: Option<String>,
    /// From this day on, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// Until this day, which is included.
    pub until: Option<String>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// The most on one page.
    pub limit: u32,
}

impl AuditQuery {
    pub(crate) async fn filter(&self, conn: &mut store::Conn) -> Result<store::AuditFilter> {
        let action = self.action.as_deref().map(|word| {
            word.parse::<AuditAction>().map_err(|error| EngineError::invalid("action", error))
        });
        let about = match self.user.as_deref().map(str::trim).filter(|user| !user.is_empty()) {
            Some(user) => Some(user_of(conn, user).await?),
            None => None,
        };
        let from = self.from.as_deref().map(|text| day("from", text)).transpose()?;
        let until = self.until.as_deref().map(|text| day("until", text)).transpose()?;
        Ok(store::AuditFilter {
            about,
            action: action.transpose()?,
            from: from.map(start),
            until: until.map(|day| start(day + 1)),
            after: self.cursor.as_deref().map(str::parse).transpose()?,
            limit: self.limit,
        })
    }
}

async fn user_of(conn: &mut store::Conn, text: &str) -> Result<UserId> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let unknown = || EngineError::invalid("user", "Nobody here signs in with this address.");
    let email = Email::parse(text).map_err(|_| unknown())?;
    conn.user_by_email(&email).await?.map(|user| user.id).ok_or_else(unknown)
}

impl Engine {
    /// A page of the audit log, the newest first. Administrators.
    ///
    /// # Errors
    /// `Forbidden`; `Invalid` with the field of the query.
    pub async fn audit(&self, actor: &Actor, query: &AuditQuery) -> Result<Page<AuditEntry>> {
        actor.require_admin()?;
        page(&self.db, query).await
    }

    /// A page of what the actor did, and of what was done to them.
    ///
    /// # Errors
    /// `Invalid` for a cursor that no list gave.
    pub async fn activity(
        &self,
        actor: &Actor,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<AuditEntry>> {
        let me = actor.user_id();
        let filter = store::AuditFilter {
            about: Some(me),
            after: cursor.map(str::parse).transpose()?,
            limit,
            ..store::AuditFilter::default()
        };
        let page = self.db.read().await?.audit_entries(&filter).await?;
        Ok(view::page(page, |row| own(entry(row), me)))
    }

    /// The log as CSV, piece by piece. Administrators.
    ///
    /// # Errors
    /// `Forbidden`; `Invalid` with the field of the query.
    pub async fn audit_export(&self, actor: &Actor, query: &AuditQuery) -> Result<AuditExport> {
        actor.require_admin()?;
        let export = AuditExport::new(&self.db, query).await?;
        let now = self.env.now();
        let act = Act::by(actor, AuditAction::AuditExported)
            .on(AuditTarget::Instance, "audit")
            .once(hourly(actor, "audit", now));
        self.tell_once(act, now).await?;
        Ok(export)
    }
}

pub(crate) async fn page(db: &Db, query: &AuditQuery) -> Result<Page<AuditEntry>> {
    let mut conn = db.read().await?;
    let filter = query.filter(&mut conn).await?;
    Ok(view::page(conn.audit_entries(&filter).await?, entry))
}

/// The log as CSV, a piece at a time, so that a year of it is never in memory.
#[derive(Debug)]
pub struct AuditExport {
    db: Db,
    filter: store::AuditFilter,
    next: Next,
}

#[derive(Debug, Clone, Copy)]
enum Next {
    Head,
    After(Option<Cursor>),
    Nothing,
}

impl AuditExport {
    pub(crate) async fn new(db: &Db, query: &AuditQuery) -> Result<Self> {
        let filter = query.filter(&mut *db.read().await?).await?;
        let filter = store::AuditFilter { limit: PIECE, ..filter };
        Ok(Self { db: db.clone(), filter, next: Next::Head })
    }

    /// What to call the file.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        "quickvibe-audit.csv"
    }

    /// The next piece, the head first; `None` at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self) -> Result<Option<String>> {
        match self.next {
            Next::Head => {
                self.next = Next::After(self.filter.after);
                Ok(Some(csv::head()))
            }
            Next::After(after) => {
                self.filter.after = after;
                let page = self.db.read().await?.audit_entries(&self.filter).await?;
                self.next = page.next.map_or(Next::Nothing, |next| Next::After(Some(next)));
                Ok(Some(page.items.iter().map(|row| csv::line(&entry(row))).collect()))
            }
            Next::Nothing => Ok(None),
        }
    }
}

/// What somebody sees of an entry about themselves: not from where others did it.
fn own(mut entry: AuditEntry, me: UserId) -> AuditEntry {
    if entry.actor == AuditActor::User && entry.actor_id != Some(me) {
        entry.address = None;
    }
    entry
}

pub(crate) fn entry(row: &store::ListedAuditEntry) -> AuditEntry {
    let entry = &row.entry;
    AuditEntry {
        id: entry.id,
        at: entry.at,
        action: entry.action,
        actor: entry.actor_kind,
        actor_id: entry.actor_id,
        actor_name: row.actor_name.clone(),
        target: entry.target_kind,
        target_id: entry.target_id.clone(),
        target_name: row.target_name.clone(),
        project_id: entry.project_id,
        // It is made from a message, unless somebody named it.
        project_name: row.project_name.as_deref().map(qv_security::mask_secrets),
        address: entry.address.clone(),
        detail: detail(&entry.detail),
    }
}

fn detail(value: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    };
    let fields = value.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.clone(), text(value))).collect()
}

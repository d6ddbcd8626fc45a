use std::collections::BTreeMap;

use qv_domain::{AuditAction, AuditActor, AuditId, AuditTarget, ProjectId, Timestamp, UserId};
use serde::Serialize;
use ts_rs::TS;
use utoipa::ToSchema;

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub action: AuditAction,
    /// What kind of doer.
    pub actor: AuditActor,
    /// Which user did it.
    pub actor_id: Option<UserId>,
    /// Their name; `null` when they are gone.
    pub actor_name: Option<String>,
    /// To what kind of thing.
    pub target: Option<AuditTarget>,
    /// To which: its id, or its name where it has none.
    pub target_id: Option<String>,
    /// What people call it, where that is known.
    pub target_name: Option<String>,
    /// In which project.
    pub project_id: Option<ProjectId>,
    /// The project's name; `null` when it is gone.
    pub project_name: Option<String>,
    /// From which address.
    pub address: Option<String>,
    /// What else is worth telling, by name.
    pub detail: BTreeMap<String, String>,
}

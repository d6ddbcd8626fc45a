use qv_domain::{NodeId, Timestamp};
use serde::Serialize;
use ts_rs::TS;
use utoipa::ToSchema;

/// `GET /api/admin/health`: how this server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Health {
    /// QuickVibe's version.
    pub version: String,
    /// Which server answered, among those that share a database.
    pub node_id: NodeId,
    /// When it was started.
    pub started_at: Timestamp,
    /// Why no new work is taken, if none is.
    pub not_ready: Option<String>,
    /// The database.
    pub database: DatabaseHealth,
    /// Turns.
    pub queue: QueueHealth,
    /// The disk of the data folder; `null` where the system does not tell.
    pub disk: Option<DiskHealth>,
    /// Starters that are built in.
    pub starters: u32,
    /// npm packages that are built in.
    pub packages: u32,
}

/// How the database is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct DatabaseHealth {
    /// Its name and version.
    pub version: String,
    /// How large it is.
    pub bytes: u64,
}

/// What is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct QueueHealth {
    /// Turns that wait.
    pub queued: u64,
    /// Turns that run, on all nodes.
    pub running: u64,
    /// Turns that this node may run at once.
    pub most: u32,
    /// Turns that failed for good and about which nobody has decided.
    pub failed: u64,
}

/// How full a disk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct DiskHealth {
    /// What is free to QuickVibe.
    pub free_bytes: u64,
    /// All of it.
    pub total_bytes: u64,
}

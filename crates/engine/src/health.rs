//! How this server is, for administrators.

use qv_wire::{DatabaseHealth, DiskHealth, Health, QueueHealth};

use crate::{Actor, Engine, Result};

impl Engine {
    /// How this server is. Administrators.
    ///
    /// # Errors
    /// `Forbidden`; when the database fails.
    pub async fn health(&self, actor: &Actor) -> Result<Health> {
        actor.require_admin()?;
        let not_ready = self.ready().await.err().map(|error| error.detail());
        let version = self.db.version().await?;
        let mut conn = self.db.read().await?;
        let bytes = conn.size().await?;
        let counts = conn.turn_counts().await?;
        drop(conn);
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Health {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            node_id: self.node_id,
            started_at: self.started_at,
            not_ready,
            database: DatabaseHealth { version, bytes },
            queue: QueueHealth {
                queued: counts.queued,
                running: counts.running,
                most: number(self.config.turns_at_once),
                failed: counts.failed,
            },
            disk: self.disk(),
            starters: number(self.starters().items.len()),
            packages: number(self.embedded_packages()),
        })
    }

    fn disk(&self) -> Option<DiskHealth> {
        let told = rustix::fs::statvfs(&self.config.data_dir)
            .inspect_err(|error| tracing::warn!(%error, "the disk does not tell how full it is"))
            .ok()?;
        Some(DiskHealth {
            free_bytes: told.f_bavail.saturating_mul(told.f_frsize),
            total_bytes: told.f_blocks.saturating_mul(told.f_frsize),
        })
    }
}

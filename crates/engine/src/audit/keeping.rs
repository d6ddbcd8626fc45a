//! How long entries are kept.

use std::sync::Arc;
use std::time::Duration;

use crate::{Engine, Result};

const LOOK_EVERY: Duration = Duration::from_secs(6 * 3600);
/// Entries that are forgotten in one transaction: nobody waits long for it.
const AT_ONCE: u32 = 1_000;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Forgets what is older than the configuration says, now and then.
pub(crate) async fn forget_old(engine: Arc<Engine>) {
    loop {
        if let Err(error) = engine.forget_old_audit().await {
            tracing::warn!(%error, "old entries of the audit log are still there");
        }
        tokio::select! {
            () = engine.stopping.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

impl Engine {
    async fn forget_old_audit(&self) -> Result<()> {
        let before = self.env.now().minus(DAY.saturating_mul(self.config.audit_days));
        while !self.stopping.is_cancelled() {
            let mut tx = self.db.begin().await?;
            let gone = tx.forget_audit(before, AT_ONCE).await?;
            tx.commit().await?;
            if gone < u64::from(AT_ONCE) {
                break;
            }
        }
        Ok(())
    }
}

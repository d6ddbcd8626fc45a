//! Who works on a generation: claims, leases and fences.

use qv_domain::{GenerationId, Timestamp};

use crate::db::{Db, Tx};
use crate::dialect::Locked;
use crate::sql::args;
use crate::{Generation, Result, StoreError};

/// A worker's right to write for a generation. Each claim makes a higher one, and every write under
/// a lower one is refused, so that a worker that was only thought dead cannot write twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence {
    pub(crate) generation: GenerationId,
    pub(crate) number: u64,
}

impl Fence {
    /// The generation that it is for.
    #[must_use]
    pub const fn generation(&self) -> GenerationId {
        self.generation
    }

    /// How often the generation changed hands; 0 before the first claim.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }
}

/// How many times a claim that lost a race tries the next job.
const CLAIM_TRIES: usize = 5;

impl Db {
    /// Takes the oldest job that may run: queued, or running under a lease that ran out, in a
    /// project where no other runs. The caller has it until `lease_until`, and longer by
    /// [renewing](Tx::renew). `None` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim(
        &self,
        owner: &str,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<(Generation, Fence)>> {
        let sql = format!(
            "UPDATE generations SET status = 'running', lease_owner = $1, lease_until = $2, \
             fence = fence + 1, started_at = COALESCE(started_at, $3) WHERE id = (\
             SELECT g.id FROM generations g WHERE \
             (g.status = 'queued' OR (g.status = 'running' AND g.lease_until <= $3)) \
             AND NOT EXISTS (SELECT 1 FROM generations r WHERE r.project_id = g.project_id \
             AND r.status = 'running' AND r.id <> g.id) \
             ORDER BY g.queued_at, g.id LIMIT 1 {}) RETURNING {}",
            self.backend().skip_locked(Locked::Generation),
            Generation::COLUMNS
        );
        for _ in 0..CLAIM_TRIES {
            let mut tx = self.begin().await?;
            let args = args![owner.to_owned(), lease_until, now];
            let claimed = match tx.fetch_optional::<Generation>(sql.clone(), args).await {
                // Two workers took two jobs of one project at once, and the unique index on running
                // ones let one through. The other looks again.
                Err(StoreError::Conflict(_)) => continue,
                other => other?,
            };
            tx.commit().await?;
            return Ok(claimed.map(|generation| {
                let fence = Fence { generation: generation.id, number: generation.fence };
                (generation, fence)
            }));
        }
        Ok(None)
    }
}

impl Tx {
    /// Makes sure that this fence holds until the transaction ends: a worker calls it before any
    /// write that takes no fence itself (files, versions, messages).
    ///
    /// # Errors
    /// `StaleFence` when another worker has the generation, or it is over.
    pub async fn hold(&mut self, fence: &Fence) -> Result<()> {
        if self.held == Some(*fence) {
            return Ok(());
        }
        // An update that changes nothing: on PostgreSQL it keeps a claim waiting until we commit.
        let sql = "UPDATE generations SET fence = fence WHERE id = $1 AND fence = $2 \
                   AND status IN ('queued', 'running')";
        if self.execute(sql, args![fence.generation, fence.number]).await? == 0 {
            return Err(StoreError::StaleFence);
        }
        self.held = Some(*fence);
        Ok(())
    }

    /// Keeps a claimed job until `lease_until`, and tells whether a person asked to stop it.
    ///
    /// # Errors
    /// `StaleFence`.
    pub async fn renew(&mut self, fence: &Fence, lease_until: Timestamp) -> Result<bool> {
        self.hold(fence).await?;
        let sql =
            "UPDATE generations SET lease_until = $2 WHERE id = $1 RETURNING cancel_requested";
        Ok(self.fetch_one::<(bool,)>(sql, args![fence.generation, lease_until]).await?.0)
    }

    /// Gives a job back to the queue, as at a shutdown: the next claim goes on with it.
    ///
    /// # Errors
    /// `StaleFence`.
    pub async fn release(&mut self, fence: &Fence) -> Result<()> {
        self.hold(fence).await?;
        let sql = "UPDATE generations SET status = 'queued', lease_owner = NULL, \
                   lease_until = NULL, fence = fence + 1 WHERE id = $1";
        self.execute(sql, args![fence.generation]).await?;
        self.held = None;
        Ok(())
    }
}

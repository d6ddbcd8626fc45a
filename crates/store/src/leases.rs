//! Who works on a generation: claims, leases and fences.

use qv_domain::{GenerationId, Timestamp, UserId};

use crate::db::{Db, Tx};
use crate::dialect::Locked;
use crate::sql::{args, places_from};
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

/// What a worker that takes a turn over writes at once; one that was lost before it wrote more did
/// nothing.
const STALL_EVENTS: u32 = 8;

/// So many losses in a row with nothing done make a turn suspect.
const SUSPECT: u32 = 3;

const RENEWED_AT_ONCE: usize = 200;

impl Db {
    /// Takes a job that may run: queued, or running under a lease that ran out, in a project where
    /// no other runs, of a user who has fewer than `per_user` running. First come those of the user
    /// who has the fewest running, then the oldest. The caller has it until `lease_until`, and
    /// longer by [renewing](Db::renew). `None` when there is none.
    ///
    /// Only running ones under a live lease count, so that lost ones never block each other. One that
    /// somebody stopped is let through whatever the numbers are: it is claimed to be ended. Those of suspended users wait. An owner
    /// is not given what it still runs itself, however late it renews. Those that were lost several
    /// times in a row with nothing done come one at a time: one of them may take its server down.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim(
        &self,
        owner: &str,
        now: Timestamp,
        lease_until: Timestamp,
        per_user: u32,
    ) -> Result<Option<(Generation, Fence)>> {
        let theirs = "(SELECT COUNT(*) FROM generations r WHERE r.user_id = g.user_id \
                      AND r.status = 'running' AND r.lease_until > $3 AND r.id <> g.id)";
        let sql = format!(
            "UPDATE generations SET status = 'running', lease_owner = $1, lease_until = $2, \
             fence = fence + 1, started_at = COALESCE(started_at, $3), claimed_seq = last_seq, \
             stalls = CASE WHEN status = 'running' AND last_seq <= claimed_seq + {STALL_EVENTS} \
             THEN stalls + 1 ELSE 0 END WHERE id = (\
             SELECT g.id FROM generations g WHERE \
             (g.status = 'queued' OR (g.status = 'running' AND g.lease_until <= $3 \
             AND g.lease_owner <> $1)) AND NOT EXISTS (SELECT 1 FROM generations r WHERE r.project_id = g.project_id \
             AND r.status = 'running' AND r.id <> g.id) \
             AND (g.cancel_requested OR ({theirs} < $4 AND NOT EXISTS (SELECT 1 FROM users u \
             WHERE u.id = g.user_id AND u.suspended_at IS NOT NULL))) \
             AND (g.stalls < {SUSPECT} OR NOT EXISTS (SELECT 1 FROM generations s WHERE \
             s.status = 'running' AND s.stalls >= {SUSPECT} AND s.lease_until > $3 \
             AND s.id <> g.id)) \
             ORDER BY {theirs}, g.queued_at, g.id LIMIT 1 {}) RETURNING {}",
            self.backend().skip_locked(Locked::Generation),
            Generation::COLUMNS
        );
        for _ in 0..CLAIM_TRIES {
            let mut tx = self.begin().await?;
            let args = args![owner.to_owned(), lease_until, now, per_user];
            let claimed = match tx.fetch_optional::<Generation>(sql.clone(), args).await {
                // Two workers took two jobs of one project at once, and the unique index on running
                // ones let one through. The other looks again.
                Err(StoreError::Conflict(_)) => continue,
                other => other?,
            };
            if let Some(claimed) = &claimed
                && !claimed.cancel_requested
                && tx.running_of(claimed.user_id, now).await? > u64::from(per_user)
            {
                // Another node took one of theirs at the same moment. Undone; look again.
                continue;
            }
            tx.commit().await?;
            return Ok(claimed.map(|generation| {
                let fence = Fence { generation: generation.id, number: generation.fence };
                (generation, fence)
            }));
        }
        Ok(None)
    }
}

impl Db {
    /// Keeps claimed jobs until `lease_until`. Gives those that are still held, each with whether a
    /// person asked to stop it; the others belong to another worker now, or are over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew(
        &self,
        fences: &[Fence],
        lease_until: Timestamp,
    ) -> Result<Vec<(GenerationId, bool)>> {
        let mut held = Vec::with_capacity(fences.len());
        for chunk in fences.chunks(RENEWED_AT_ONCE) {
            let mut args = args![lease_until];
            args.extend(chunk.iter().flat_map(|fence| args![fence.generation, fence.number]));
            let sql = format!(
                "UPDATE generations SET lease_until = $1 WHERE status = 'running' \
                 AND (id, fence) IN (VALUES {}) RETURNING id, cancel_requested",
                places_from(2, chunk.len(), 2)
            );
            let mut tx = self.begin().await?;
            held.extend(tx.fetch::<(GenerationId, bool)>(sql, args).await?);
            tx.commit().await?;
        }
        Ok(held)
    }

    /// Lets the leases of all owners whose names begin with `node` and a slash run out now, and says
    /// how many: for a node that starts and knows that its earlier selves are dead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_leases(&self, node: &str, now: Timestamp) -> Result<u64> {
        let mut tx = self.begin().await?;
        let sql = "UPDATE generations SET lease_until = $2 WHERE status = 'running' \
                   AND lease_owner LIKE $1 AND lease_until > $2";
        let expired = tx.execute(sql, args![format!("{node}/%"), now]).await?;
        tx.commit().await?;
        Ok(expired)
    }
}

impl Tx {
    /// How many of a user's generations run. Whoever asks waits for others who asked about the same
    /// user, until the end of their transactions.
    async fn running_of(&mut self, user: UserId, now: Timestamp) -> Result<u64> {
        self.execute("UPDATE users SET updated_at = updated_at WHERE id = $1", args![user]).await?;
        let sql = "SELECT COUNT(*) FROM generations WHERE user_id = $1 AND status = 'running' \
                   AND lease_until > $2";
        Ok(self.fetch_one::<(u64,)>(sql, args![user, now]).await?.0)
    }

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

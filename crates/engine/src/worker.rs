//! Workers: claim a generation, keep its lease, drive it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use qv_domain::{FilePath, GenerationId, ProjectId};
use qv_store::{self as store, StoreError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{Engine, Result, driver};

const LEASE: Duration = Duration::from_secs(15);
const RENEW_EVERY: Duration = Duration::from_secs(5);
/// The queue is looked at this often even when nobody rang.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// A generation that runs on this node.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    project: ProjectId,
    fence: store::Fence,
    /// A person wants it stopped.
    cancel: CancellationToken,
    lost: CancellationToken,
    /// Paths that people changed meanwhile.
    hand_edits: mpsc::UnboundedSender<Vec<FilePath>>,
}

/// What a driver listens to besides its model.
#[derive(Debug)]
pub(crate) struct Signals {
    pub(crate) cancel: CancellationToken,
    pub(crate) hand_edits: mpsc::UnboundedReceiver<Vec<FilePath>>,
    /// The lease is lost: write nothing more.
    pub(crate) lost: CancellationToken,
}

impl Signals {
    /// Nobody says anything.
    pub(crate) fn none() -> Self {
        let (_, hand_edits) = mpsc::unbounded_channel();
        Self { cancel: CancellationToken::new(), hand_edits, lost: CancellationToken::new() }
    }
}

/// Starts the node's workers.
pub(crate) fn start(engine: &Arc<Engine>) {
    for number in 0..engine.config.workers {
        let engine_of_worker = engine.clone();
        let name = format!("{}-{number}", std::process::id());
        engine.tasks.spawn(async move { work(engine_of_worker, name).await });
    }
}

async fn work(engine: Arc<Engine>, name: String) {
    while !engine.stopping.is_cancelled() {
        let now = engine.env.now();
        match engine.db.claim(&name, now, now.plus(LEASE)).await {
            Ok(Some((generation, fence))) => {
                // Whoever rang meant one job; there may be more.
                engine.work.notify_one();
                run(&engine, generation, fence).await;
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the queue cannot be read"),
        }
        tokio::select! {
            () = engine.stopping.cancelled() => {}
            () = engine.work.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

async fn run(engine: &Arc<Engine>, generation: store::Generation, fence: store::Fence) {
    let id = generation.id;
    let (sender, hand_edits) = mpsc::unbounded_channel();
    let signals =
        Signals { cancel: CancellationToken::new(), hand_edits, lost: CancellationToken::new() };
    let handle = Handle {
        project: generation.project_id,
        fence,
        cancel: signals.cancel.clone(),
        lost: signals.lost.clone(),
        hand_edits: sender,
    };
    engine.running.lock().unwrap_or_else(PoisonError::into_inner).insert(id, handle);
    let lease = tokio::spawn(keep_lease(
        engine.clone(),
        fence,
        signals.cancel.clone(),
        signals.lost.clone(),
    ));
    // A panic in one turn must not take a worker with it.
    let turn = tokio::spawn(driver::drive(engine.clone(), id, fence, signals));
    match turn.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) if is_stale(&error) => {
            tracing::warn!(generation = %id, "another worker has this turn");
        }
        Ok(Err(error)) => driver::give_up(engine, id, fence, &error).await,
        Err(panic) => {
            let error = crate::EngineError::Internal(format!("a turn panicked: {panic}"));
            driver::give_up(engine, id, fence, &error).await;
        }
    }
    lease.abort();
    engine.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
}

fn is_stale(error: &crate::EngineError) -> bool {
    matches!(error, crate::EngineError::Store(StoreError::StaleFence))
}

async fn keep_lease(
    engine: Arc<Engine>,
    fence: store::Fence,
    cancel: CancellationToken,
    lost: CancellationToken,
) {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        match renew(&engine, &fence).await {
            Ok(true) => cancel.cancel(),
            Ok(false) => {}
            Err(error) if is_stale(&error) => {
                lost.cancel();
                return;
            }
            // The next renewal may work; the lease outlasts two failures.
            Err(error) => tracing::warn!(%error, "a lease was not renewed"),
        }
    }
}

async fn renew(engine: &Engine, fence: &store::Fence) -> Result<bool> {
    let until = engine.env.now().plus(LEASE);
    let mut tx = engine.db.begin().await?;
    let cancelled = tx.renew(fence, until).await?;
    tx.commit().await?;
    Ok(cancelled)
}

impl Engine {
    /// Lets go of every turn that runs here, so that the next start takes it up at once.
    pub(crate) async fn release_running(&self) {
        let handles: Vec<Handle> = {
            let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.values().cloned().collect()
        };
        for handle in handles {
            handle.lost.cancel();
            let released = async {
                let mut tx = self.db.begin().await?;
                tx.release(&handle.fence).await?;
                tx.commit().await
            };
            if let Err(error) = released.await {
                tracing::warn!(generation = %handle.fence.generation(), %error, "a turn was not let go of");
            }
        }
    }

    /// Stops a generation at once if it runs on this node.
    pub(crate) fn stop_running(&self, generation: GenerationId) {
        if let Some(handle) =
            self.running.lock().unwrap_or_else(PoisonError::into_inner).get(&generation)
        {
            handle.cancel.cancel();
        }
    }

    /// Tells the turn at work in a project that people changed files.
    pub(crate) fn tell_running(&self, project: ProjectId, paths: &[FilePath]) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        for handle in running.values().filter(|handle| handle.project == project) {
            // A turn that just ended no longer listens, and need not.
            let _ = handle.hand_edits.send(paths.to_vec());
        }
    }
}

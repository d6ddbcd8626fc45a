//! Takes turns from the queue, as many at once as the node may run, and keeps their leases.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use qv_domain::{FilePath, GenerationId, ProjectId};
use qv_store::{self as store, StoreError};
use qv_wire::EventData;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::{Engine, Result, driver, models, queue};

const LEASE: Duration = Duration::from_secs(15);
const RENEW_EVERY: Duration = Duration::from_secs(5);
/// The queue is looked at this often even when nobody rang: another node may have been lost.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A turn that could not be let go of is tried again after this.
const AGAIN: Duration = Duration::from_secs(1);
/// Those who wait are told their place at most this often, and only so many of them.
const TELL_EVERY: Duration = Duration::from_secs(1);
const MOST_TOLD: u32 = 200;

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
    /// What people say about a run that needs their leave.
    answers: mpsc::UnboundedSender<(u32, bool)>,
}

/// What a driver listens to besides its model.
#[derive(Debug)]
pub(crate) struct Signals {
    pub(crate) cancel: CancellationToken,
    pub(crate) hand_edits: mpsc::UnboundedReceiver<Vec<FilePath>>,
    pub(crate) answers: mpsc::UnboundedReceiver<(u32, bool)>,
    /// The lease is lost: write nothing more.
    pub(crate) lost: CancellationToken,
}

impl Signals {
    /// Nobody says anything.
    pub(crate) fn none() -> Self {
        let (_, hand_edits) = mpsc::unbounded_channel();
        let (_, answers) = mpsc::unbounded_channel();
        Self {
            cancel: CancellationToken::new(),
            hand_edits,
            answers,
            lost: CancellationToken::new(),
        }
    }
}

/// Starts to take turns, if this node is to.
pub(crate) fn start(engine: &Arc<Engine>) {
    if engine.config.turns_at_once > 0 {
        engine.tasks.spawn(take_turns(engine.clone()));
        tokio::spawn(keep_leases(Arc::downgrade(engine), engine.stopped.clone()));
    } else {
        engine.tasks.spawn(look_for_models(engine.clone()));
    }
}

async fn look_for_models(engine: Arc<Engine>) {
    let refresh = models::refresh_at_start(engine.clone());
    engine.stopping.run_until_cancelled(refresh).await;
}

async fn take_turns(engine: Arc<Engine>) {
    // A turn that was under way with a model on this machine must find it again.
    look_for_models(engine.clone()).await;
    // Whoever had this node's name before is dead, since two of them cannot share a data folder.
    if let Err(error) = engine.db.expire_leases(&engine.node_id.to_string(), engine.env.now()).await
    {
        tracing::error!(%error, "turns that were under way are taken up when their leases run out");
    }
    engine.tasks.spawn(queue::send_what_waits(engine.clone()));
    let slots = Arc::new(Semaphore::new(engine.config.turns_at_once));
    let mut told = None;
    while !engine.stopping.is_cancelled() {
        if let Ok(slot) = slots.clone().try_acquire_owned() {
            match claim(&engine).await {
                Ok(Some((generation, fence))) => {
                    engine.tasks.spawn(run(engine.clone(), generation, fence, slot));
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "the queue cannot be read"),
            }
        }
        let now = tokio::time::Instant::now();
        if told.is_none_or(|told: tokio::time::Instant| told + TELL_EVERY <= now) {
            told = Some(now);
            if let Err(error) = tell_places(&engine).await {
                tracing::warn!(%error, "those who wait were not told their place");
            }
        }
        tokio::select! {
            () = engine.stopping.cancelled() => {}
            () = engine.work.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

async fn claim(engine: &Engine) -> Result<Option<(store::Generation, store::Fence)>, StoreError> {
    let now = engine.env.now();
    engine.db.claim(&engine.lease_owner, now, now.plus(LEASE), engine.config.turns_per_user).await
}

/// Tells those who wait how many are before them, where that has changed.
async fn tell_places(engine: &Engine) -> Result<()> {
    let waiting = engine.db.read().await?.waiting_generations(MOST_TOLD).await?;
    let moved: Vec<_> =
        (0..).zip(waiting).filter(|(place, (row, _))| row.queue_position != Some(*place)).collect();
    if moved.is_empty() {
        return Ok(());
    }
    let now = engine.env.now();
    let alone = engine.log.alone().await;
    let mut tx = engine.db.begin().await?;
    let mut appends = Vec::new();
    for (position, (_, fence)) in moved {
        // Not of one that a worker has by now, or that another node told.
        if tx.set_queue_position(&fence, position).await? {
            let events = vec![driver::logged(&EventData::Queued { position })?];
            appends.push(store::Append { fence, events, journal: None });
        }
    }
    let lasts = tx.append_all(&appends, now).await?;
    tx.commit().await?;
    drop(alone);
    for (append, last) in appends.iter().zip(lasts) {
        if let Some(last) = last {
            engine.hub.grown(append.fence.generation(), &append.events, last, now);
        }
    }
    Ok(())
}

/// Gives a turn back that was not ended here, as soon as the database takes it. One that another worker has is
/// left alone.
async fn give_back(engine: Arc<Engine>, fence: store::Fence) {
    while let Err(error) = engine.release(&fence).await {
        tracing::warn!(generation = %fence.generation(), %error, "a turn was not let go of");
        tokio::select! {
            () = engine.stopped.cancelled() => return,
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
    engine.work.notify_one();
}

async fn run(
    engine: Arc<Engine>,
    generation: store::Generation,
    fence: store::Fence,
    slot: OwnedSemaphorePermit,
) {
    let id = generation.id;
    let (sender, hand_edits) = mpsc::unbounded_channel();
    let (answer, answers) = mpsc::unbounded_channel();
    let (cancel, lost) = (CancellationToken::new(), CancellationToken::new());
    let signals = Signals { cancel, hand_edits, answers, lost };
    let handle = Handle {
        project: generation.project_id,
        fence,
        cancel: signals.cancel.clone(),
        lost: signals.lost.clone(),
        hand_edits: sender,
        answers: answer,
    };
    if generation.cancel_requested {
        handle.cancel.cancel();
    }
    let before = engine.running.lock().unwrap_or_else(PoisonError::into_inner).insert(id, handle);
    if let Some(before) = before {
        before.lost.cancel();
    }
    // A panic in one turn must not take others with it.
    let turn = tokio::spawn(driver::drive(engine.clone(), id, fence, signals));
    match turn.await {
        Ok(Ok(())) => {}
        // It is not over: another worker has it, or whoever claims it next goes on from its journal.
        Ok(Err(error)) if goes_on(&error) => {
            tracing::warn!(generation = %id, %error, "a turn is let go of");
            tokio::spawn(give_back(engine.clone(), fence));
        }
        Ok(Err(error)) => driver::give_up(&engine, id, fence, &error).await,
        Err(panic) => {
            let error = crate::EngineError::Internal(format!("a turn panicked: {panic}"));
            driver::give_up(&engine, id, fence, &error).await;
        }
    }
    {
        let mut running = engine.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.get(&id).is_some_and(|handle| handle.fence == fence) {
            running.remove(&id);
        }
    }
    drop(slot);
    engine.waiting.notify_one();
    // There is room now, and whoever waits has moved up.
    engine.work.notify_one();
}

/// Whether a turn that stopped by this error can be gone on with.
fn goes_on(error: &crate::EngineError) -> bool {
    match error {
        crate::EngineError::Store(error) => {
            matches!(error, StoreError::StaleFence) || error.is_retryable() || error.is_disk()
        }
        _ => false,
    }
}

/// Keeps the leases of everything that runs here, until the engine has stopped: also while it only waits for
/// the last turns to end.
async fn keep_leases(engine: std::sync::Weak<Engine>, stopped: CancellationToken) {
    loop {
        tokio::select! {
            () = stopped.cancelled() => return,
            () = tokio::time::sleep(RENEW_EVERY) => {}
        }
        let Some(engine) = engine.upgrade() else { return };
        // The next renewal may work; a lease outlasts two failures.
        if let Err(error) = engine.renew_leases().await {
            tracing::warn!(%error, "leases were not renewed");
        }
    }
}

impl Engine {
    async fn renew_leases(&self) -> Result<()> {
        let handles = self.handles();
        let fences: Vec<store::Fence> = handles.iter().map(|handle| handle.fence).collect();
        let alone = self.log.alone().await;
        let held = self.db.renew(&fences, self.env.now().plus(LEASE)).await?;
        drop(alone);
        for handle in handles {
            let id = handle.fence.generation();
            match held.iter().find(|(held, _)| *held == id) {
                Some((_, true)) => handle.cancel.cancel(),
                Some((_, false)) => {}
                None => handle.lost.cancel(),
            }
        }
        Ok(())
    }

    fn handles(&self) -> Vec<Handle> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.values().cloned().collect()
    }

    /// Lets go of every turn that runs here, so that another node, or the next start, goes on with it at once.
    pub(crate) async fn release_running(&self) {
        for handle in self.handles() {
            handle.lost.cancel();
            if let Err(error) = self.release(&handle.fence).await {
                tracing::warn!(generation = %handle.fence.generation(), %error, "a turn was not let go of");
            }
        }
    }

    /// Lets go of one turn; nothing to do when it is over or another worker's.
    async fn release(&self, fence: &store::Fence) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        match tx.release(fence).await {
            Ok(()) => tx.commit().await,
            Err(StoreError::StaleFence) => Ok(()),
            Err(error) => Err(error),
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

    /// Tells a turn what a person says about a run; false when it does not run on this node.
    pub(crate) fn answer_running(&self, generation: GenerationId, answer: (u32, bool)) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.get(&generation).is_some_and(|handle| handle.answers.send(answer).is_ok())
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

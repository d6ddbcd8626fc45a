//! The one writer of running turns' logs on this node: what many turns have to say at the same moment
//! is made durable by one commit.

use std::sync::Arc;
use std::time::Duration;

use qv_domain::{Env, Timestamp};
use qv_store::{Append, Db, StoreError};
use tokio::sync::{Mutex, MutexGuard, mpsc, oneshot};
use tokio::time::Instant;

/// Commits begin at least this far apart, so that a busy node makes few large ones. Half of the 50 ms that
/// an event may wait.
const PACE: Duration = Duration::from_millis(25);
/// What one commit takes at most: SQLite has one writer, and others want to write too.
const MOST_APPENDS: usize = 500;
/// Turns that can hand over at once without waiting for each other.
const WAITING: usize = 1_024;

/// Hands over to the writer. It ends when the last of these is dropped.
#[derive(Debug)]
pub(crate) struct LogWriter {
    requests: mpsc::Sender<Request>,
    /// Held by whoever changes many generations in one transaction: two who lock the same rows in different
    /// orders would wait for each other.
    many: Arc<Mutex<()>>,
}

/// What became durable.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    /// The last event's number.
    pub(crate) last: u64,
    /// When.
    pub(crate) at: Timestamp,
}

#[derive(Debug)]
struct Request {
    append: Append,
    done: oneshot::Sender<Result<Written, StoreError>>,
}

impl LogWriter {
    pub(crate) fn start(db: Db, env: Arc<dyn Env>) -> Self {
        let (requests, waiting) = mpsc::channel(WAITING);
        let many = Arc::new(Mutex::new(()));
        tokio::spawn(write(db, env, waiting, many.clone()));
        Self { requests, many }
    }

    /// Waits until nobody else changes many generations at once, and keeps others from it.
    pub(crate) async fn alone(&self) -> MutexGuard<'_, ()> {
        self.many.lock().await
    }

    /// Makes events durable together with what others have to say now. A generation's next call comes after
    /// the answer to its last.
    ///
    /// # Errors
    /// `StaleFence`; or when the database fails.
    pub(crate) async fn append(&self, append: Append) -> Result<Written, StoreError> {
        let (done, answer) = oneshot::channel();
        // The writer goes only when the runtime does; then nobody waits for this answer.
        let gone = |()| StoreError::StaleFence;
        self.requests.send(Request { append, done }).await.map_err(|_| gone(()))?;
        answer.await.map_err(|_| gone(()))?
    }
}

async fn write(
    db: Db,
    env: Arc<dyn Env>,
    mut waiting: mpsc::Receiver<Request>,
    many: Arc<Mutex<()>>,
) {
    let mut batch = Vec::new();
    loop {
        if waiting.recv_many(&mut batch, MOST_APPENDS).await == 0 {
            return;
        }
        let began = Instant::now();
        let alone = many.lock().await;
        commit(&db, &*env, &mut batch).await;
        drop(alone);
        tokio::time::sleep_until(began + PACE).await;
    }
}

async fn commit(db: &Db, env: &dyn Env, batch: &mut Vec<Request>) {
    let (appends, answers): (Vec<Append>, Vec<_>) =
        batch.drain(..).map(|request| (request.append, request.done)).unzip();
    let now = env.now();
    let mut lasts = append_all(db, &appends, now).await;
    if lasts.as_ref().is_err_and(StoreError::is_retryable) {
        // The database may be back at once.
        lasts = append_all(db, &appends, now).await;
    }
    match lasts {
        Ok(lasts) => {
            for (answer, last) in answers.into_iter().zip(lasts) {
                let written = last.map(|last| Written { last, at: now });
                // A turn that was stopped no longer listens.
                let _ = answer.send(written.ok_or(StoreError::StaleFence));
            }
        }
        // It is no one's own fault. Each lets go of its turn and has it again when the database is back.
        Err(error) if error.is_retryable() || error.is_disk() => {
            tracing::warn!(%error, "what turns said could not be written");
            for answer in answers {
                let _ = answer.send(Err(StoreError::StaleFence));
            }
        }
        // One of them may have spoilt it for all: each alone gets its own answer.
        Err(_) => {
            for (append, answer) in appends.iter().zip(answers) {
                let written = match append_all(db, std::slice::from_ref(append), now).await {
                    Ok(lasts) => lasts.first().copied().flatten().ok_or(StoreError::StaleFence),
                    // A commit of which nobody heard had gone well: this entry of the journal is there, and
                    // with it the events. Its turn is taken up anew from there.
                    Err(StoreError::Conflict(_)) => Err(StoreError::StaleFence),
                    Err(error) => Err(error),
                };
                let _ = answer.send(written.map(|last| Written { last, at: now }));
            }
        }
    }
}

async fn append_all(
    db: &Db,
    appends: &[Append],
    now: Timestamp,
) -> Result<Vec<Option<u64>>, StoreError> {
    let mut tx = db.begin().await?;
    let lasts = tx.append_all(appends, now).await?;
    tx.commit().await?;
    Ok(lasts)
}

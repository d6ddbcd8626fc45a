use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use qv_domain::Env;
use serde_json::json;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout};

use crate::cdp::{CdpError, Connection};
use crate::config::BrowserConfig;
use crate::error::{BrowserError, Result};
use crate::launch::Process;
use crate::page::Page;
use crate::router::{Answering, Router};
use crate::serve::Serve;
use crate::sighting::{Sighting, Visit};
use crate::sys;
use crate::visit;

/// How long Chromium may take to answer for the first time.
const START: Duration = Duration::from_secs(20);
/// How long a page may take to be made.
const MAKE: Duration = Duration::from_secs(10);
/// For so long a Chromium that does not start is not tried again: each try may take as long as a start, and holds those up
/// who wait for it.
const TRIES_AGAIN: Duration = Duration::from_secs(600);
/// How often memory is measured while pages are open.
const MEASURE: Duration = Duration::from_millis(300);

/// A headless Chromium that opens apps and answers all that they ask for. Started when it is first needed; cheap to clone.
#[derive(Clone)]
pub struct Browser(Arc<Inner>);

struct Inner {
    config: BrowserConfig,
    router: Arc<Router>,
    pages: Semaphore,
    waiting: AtomicUsize,
    running: tokio::sync::Mutex<Option<Arc<Running>>>,
    /// When it did not start last, and why.
    failed: Mutex<Option<(Instant, BrowserError)>>,
}

struct Running {
    process: Process,
    connection: Connection,
    version: String,
    /// A page that is made already.
    spare: tokio::sync::Mutex<Option<Page>>,
    visits: AtomicU32,
    open: AtomicUsize,
    used: Mutex<Instant>,
    /// It must not be used any more.
    sick: AtomicBool,
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser").field("config", &self.0.config).finish_non_exhaustive()
    }
}

impl Browser {
    /// A browser that is started when it is first asked to look at something.
    #[must_use]
    pub fn new(config: BrowserConfig, env: Arc<dyn Env>) -> Self {
        Self(Arc::new(Inner {
            pages: Semaphore::new(config.pages_at_once.max(1)),
            config,
            router: Arc::new(Router::new(env)),
            waiting: AtomicUsize::new(0),
            running: tokio::sync::Mutex::default(),
            failed: Mutex::default(),
        }))
    }

    /// Answers requests for `https://<host>/`, from whichever page, by `serve`.
    pub fn share(&self, host: &str, serve: Arc<dyn Serve>) {
        self.0.router.share(host.to_owned(), serve);
    }

    /// Whether there is a browser, without starting it: `Err` is a sentence with the remedy.
    ///
    /// # Errors
    /// The sentence.
    pub fn standing(&self) -> Result<(), String> {
        self.0.config.program.find()?;
        self.0.failed_lately().map_or(Ok(()), |error| Err(error.to_string()))
    }

    /// Starts it if it does not run, and says which it is.
    ///
    /// # Errors
    /// `Unavailable` with the remedy.
    pub async fn version(&self) -> Result<String> {
        Ok(self.running().await?.version.clone())
    }

    /// Opens an app and tells what was seen. Waits for a free page.
    ///
    /// # Errors
    /// `Unavailable` where there is no browser, `Busy` when too many wait or it takes too long, `Stopped` when it does not hold out.
    pub async fn visit(&self, visit: Visit) -> Result<Sighting> {
        let waiting = Waiting::begin(&self.0)?;
        let page = self.0.pages(1).await?;
        drop(waiting);
        if let Ok(sighting) = self.visit_once(&visit).await? {
            return Ok(sighting);
        }
        drop(page);
        // Once more, since it may not be this visit's fault that it stopped; alone, since it may be.
        let _all = self.0.pages(self.0.config.pages_at_once.max(1)).await?;
        self.visit_once(&visit).await?.map_err(|error| BrowserError::Stopped(error.to_string()))
    }

    /// The inner error is of a browser that has stopped.
    async fn visit_once(&self, visit: &Visit) -> Result<Result<Sighting, CdpError>> {
        let running = self.running().await?;
        let seen = running.visit(&self.0.router, visit).await;
        if seen.is_err() {
            running.sick.store(true, Ordering::Relaxed);
        }
        Ok(seen)
    }

    /// Ends it; the next visit starts another.
    pub async fn close(&self) {
        let running = self.0.running.lock().await.take();
        if let Some(running) = running {
            running.process.kill();
            running.process.gone.cancelled().await;
        }
    }

    async fn running(&self) -> Result<Arc<Running>> {
        let mut present = self.0.running.lock().await;
        let most = self.0.config.visits_per_process;
        // Those that still look by one that is not well let go of it when they are done.
        if let Some(running) = present.take_if(|running| !running.is_well(most)) {
            running.sick.store(true, Ordering::Relaxed);
        }
        if let Some(running) = &*present {
            return Ok(Arc::clone(running));
        }
        if let Some(error) = self.0.failed_lately() {
            return Err(error);
        }
        let started = Running::start(&self.0).await;
        let failed = started.as_ref().err().map(|error| (Instant::now(), error.clone()));
        if let Some((_, error)) = &failed {
            tracing::warn!(%error, "apps are not looked at");
        }
        *self.0.failed.lock().unwrap_or_else(PoisonError::into_inner) = failed;
        let running = started?;
        *present = Some(Arc::clone(&running));
        tokio::spawn(look_after(Arc::downgrade(&self.0), Arc::downgrade(&running)));
        Ok(running)
    }
}

impl Inner {
    /// So many free pages, within the time that one may wait for them.
    async fn pages(&self, count: usize) -> Result<SemaphorePermit<'_>> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        match timeout(self.config.longest_wait, self.pages.acquire_many(count)).await {
            Ok(Ok(pages)) => Ok(pages),
            Ok(Err(_)) | Err(_) => Err(BrowserError::Busy),
        }
    }

    /// Why it did not start, where it is too early to try again.
    fn failed_lately(&self) -> Option<BrowserError> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = failed.as_ref().filter(|(at, _)| at.elapsed() < TRIES_AGAIN);
        lately.map(|(_, error)| error.clone())
    }
}

/// Somebody waits for a page.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(inner: &'a Inner) -> Result<Self> {
        let before = inner.waiting.fetch_add(1, Ordering::Relaxed);
        let waiting = Self(&inner.waiting);
        if before >= inner.config.most_waiting { Err(BrowserError::Busy) } else { Ok(waiting) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Measures memory while pages are open, and ends a browser that nobody uses.
async fn look_after(inner: Weak<Inner>, running: Weak<Running>) {
    loop {
        let (Some(inner), Some(running)) = (inner.upgrade(), running.upgrade()) else { return };
        if running.open.load(Ordering::Relaxed) > 0 {
            let most = inner.config.most_memory;
            let measured = Arc::clone(&running);
            let _ = tokio::task::spawn_blocking(move || measured.process.bound(most)).await;
        } else if running.used.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
            >= inner.config.idle
        {
            let unused = |present: &mut Arc<Running>| {
                Arc::ptr_eq(present, &running) && present.open.load(Ordering::Relaxed) == 0
            };
            if inner.running.lock().await.take_if(unused).is_some() {
                return;
            }
        }
        drop((inner, running));
        sleep(MEASURE).await;
    }
}

impl Running {
    async fn start(inner: &Inner) -> Result<Arc<Self>> {
        let unavailable = BrowserError::Unavailable;
        let program = inner.config.program.find().map_err(unavailable)?;
        let config = inner.config.clone();
        let path = program.clone();
        let begun = tokio::task::spawn_blocking(move || Process::start(&path, &config)).await;
        let cannot =
            |why: String| unavailable(format!("{} does not start: {why}", program.display()));
        let (process, pipes) = match begun.map_err(|error| cannot(error.to_string()))? {
            Ok(begun) => begun,
            Err(error) if error.raw_os_error() == Some(sys::NO_NAMESPACE) => {
                return Err(unavailable(NO_NAMESPACES.to_owned()));
            }
            Err(error) => return Err(cannot(error.to_string())),
        };
        let connection = Connection::open(pipes).map_err(|error| cannot(error.to_string()))?;
        let hello = timeout(START, connection.call("", "Browser.getVersion", json!({}))).await;
        let version = match hello {
            Ok(Ok(version)) => version["product"].as_str().unwrap_or("Chromium").to_owned(),
            Ok(Err(_)) | Err(_) => return Err(unavailable(remedy(&process.last_words().await))),
        };
        if process.is_bare() {
            return Err(unavailable(format!(
                "{} is started without its own sandbox (`--no-sandbox`), so it is not used: generated code is hostile.",
                program.display()
            )));
        }
        let sink = Answering { router: Arc::clone(&inner.router), connection: connection.clone() };
        connection.listen("", Arc::new(sink));
        // For every page, worker and frame, before any of them is there.
        let all = json!({ "patterns": [{ "urlPattern": "*" }] });
        let set_up = async {
            connection.call("", "Fetch.enable", all).await?;
            let pages = json!({ "discover": true, "filter": [{ "type": "page" }] });
            connection.call("", "Target.setDiscoverTargets", pages).await
        };
        timeout(START, set_up)
            .await
            .map_err(|_| cannot("it does not answer".to_owned()))?
            .map_err(|error| cannot(error.to_string()))?;
        Ok(Arc::new(Self {
            process,
            connection,
            version,
            spare: tokio::sync::Mutex::default(),
            visits: AtomicU32::new(0),
            open: AtomicUsize::new(0),
            used: Mutex::new(Instant::now()),
            sick: AtomicBool::new(false),
        }))
    }

    fn is_well(&self, most_visits: u32) -> bool {
        !self.sick.load(Ordering::Relaxed)
            && !self.connection.gone().is_cancelled()
            && !self.process.gone.is_cancelled()
            && self.visits.load(Ordering::Relaxed) < most_visits
    }

    async fn visit(
        self: &Arc<Self>,
        router: &Arc<Router>,
        visit: &Visit,
    ) -> Result<Sighting, CdpError> {
        let opened = Open::begin(self);
        let spare = self.spare.lock().await.take();
        let page = match spare {
            Some(page) => page,
            None => self.make().await?,
        };
        let page = Closing(Some((page, opened)));
        let Some((open, _)) = &page.0 else { return Err(CdpError::Gone) };
        visit::visit(open, router, visit).await
    }

    async fn make(&self) -> Result<Page, CdpError> {
        timeout(MAKE, Page::make(&self.connection)).await.unwrap_or(Err(CdpError::Gone))
    }

    /// Makes a page for the next visit.
    async fn prepare(&self) {
        let mut spare = self.spare.lock().await;
        if spare.is_none() && !self.sick.load(Ordering::Relaxed) {
            *spare = self.make().await.ok();
        }
    }
}

/// Counts the pages that are looked at or being closed.
struct Open(Arc<Running>);

impl Open {
    fn begin(running: &Arc<Running>) -> Self {
        running.open.fetch_add(1, Ordering::Relaxed);
        running.visits.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(running))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        *self.0.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A page that is closed when it was looked at, also when whoever asked no longer waits. It counts as open until it is
/// closed: what it takes meanwhile is bounded, too.
struct Closing(Option<(Page, Open)>);

impl Drop for Closing {
    fn drop(&mut self) {
        let Some((page, open)) = self.0.take() else { return };
        let closing = async move {
            if page.close().await {
                open.0.prepare().await;
            } else {
                open.0.sick.store(true, Ordering::Relaxed);
            }
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(closing);
        }
    }
}

/// Neither Chromium's own sandbox nor a network without an interface is to be had.
const NO_NAMESPACES: &str = "Chromium's own sandbox does not work here, so apps are compiled but not run by checks. Let \
    unprivileged users make user namespaces (sysctl `user.max_user_namespaces`, `kernel.unprivileged_userns_clone=1`, \
    `kernel.apparmor_restrict_unprivileged_userns=0`; in a container, a seccomp profile that allows them).";

/// What to do about a Chromium that ended with these words.
fn remedy(words: &str) -> String {
    let lower = words.to_ascii_lowercase();
    if lower.contains("sandbox") || lower.contains("namespace") {
        return NO_NAMESPACES.to_owned();
    }
    let last =
        words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    format!(
        "Chromium does not start, so apps are compiled but not run by checks: {}",
        crate::watch::cut(last.trim(), 300)
    )
}

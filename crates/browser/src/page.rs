//! One page of the browser: made ready ahead, opened, asked, closed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::cdp::{CdpError, Connection};
use crate::watch::{Watcher, text};

/// Ours, in every page, out of reach of its scripts.
const SCRIPT: &str = include_str!("page.js");
/// How long a page that is to be closed may take.
const CLOSE: Duration = Duration::from_secs(2);
/// How long one question to a page may take before it counts as not answering.
const ANSWERS: Duration = Duration::from_secs(5);
/// How often a page is asked again.
pub(crate) const POLL: Duration = Duration::from_millis(40);

/// Why a page does not do what it is asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    /// A script in it does not end.
    #[error("a script of the app does not end")]
    Stuck,
    /// Its process has crashed.
    #[error("the app used up its memory or crashed the page")]
    Crashed,
    /// Time is up.
    #[error("it took too long")]
    Late,
    /// The browser says no.
    #[error(transparent)]
    Cdp(#[from] CdpError),
}

pub(crate) struct Page {
    connection: Connection,
    context: String,
    target: String,
    session: String,
    pub(crate) watcher: Arc<Watcher>,
    /// Where our script is in the present document.
    world: Mutex<Option<i64>>,
}

impl Page {
    /// Makes an empty page with storage of its own.
    pub(crate) async fn make(connection: &Connection) -> Result<Self, CdpError> {
        let context = connection
            .call("", "Target.createBrowserContext", json!({ "disposeOnDetach": true }))
            .await?;
        let context = text(&context["browserContextId"]).to_owned();
        let deny = json!({ "behavior": "deny", "browserContextId": context });
        connection.post("", "Browser.setDownloadBehavior", deny);
        let params = json!({ "url": "about:blank", "browserContextId": context, "width": 1280, "height": 800 });
        let target = connection.call("", "Target.createTarget", params).await?;
        let target = text(&target["targetId"]).to_owned();
        let params = json!({ "targetId": target, "flatten": true });
        let session = connection.call("", "Target.attachToTarget", params).await?;
        let session = text(&session["sessionId"]).to_owned();
        let watcher = Arc::new(Watcher::new(connection.clone()));
        watcher.attach(&session);
        connection.listen(&session, Arc::clone(&watcher) as _);
        let page = Self {
            connection: connection.clone(),
            context,
            target,
            session,
            watcher,
            world: Mutex::default(),
        };
        let media = json!({ "features": [
            { "name": "prefers-reduced-motion", "value": "reduce" },
            { "name": "prefers-color-scheme", "value": "light" },
        ] });
        for (method, params) in [
            ("Page.enable", json!({})),
            ("Runtime.enable", json!({})),
            ("Network.enable", json!({ "maxTotalBufferSize": 0, "maxResourceBufferSize": 0 })),
            ("Emulation.setEmulatedMedia", media),
            ("Emulation.setTimezoneOverride", json!({ "timezoneId": "UTC" })),
            ("Emulation.setLocaleOverride", json!({ "locale": "en-US" })),
        ] {
            page.post(method, params);
        }
        // Answered in order, so the others are done, too.
        page.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await?;
        Ok(page)
    }

    /// Its main frame, which has its target's id.
    pub(crate) fn frame(&self) -> &str {
        &self.target
    }

    pub(crate) async fn call(&self, method: &str, params: Value) -> Result<Value, CdpError> {
        self.connection.call(&self.session, method, params).await
    }

    fn post(&self, method: &str, params: Value) {
        self.connection.post(&self.session, method, params);
    }

    /// Sets the size of the window.
    pub(crate) fn size(&self, (width, height): (u32, u32)) {
        let params =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.post("Emulation.setDeviceMetricsOverride", params);
    }

    /// Opens an address and waits until it has loaded.
    pub(crate) async fn open(&self, url: &str, until: Instant) -> Result<(), PageError> {
        let mut progress = self.watcher.progress();
        let before = progress.borrow_and_update().loads;
        let navigate = self.ask("Page.navigate", json!({ "url": url }), until).await?;
        if let Some(why) = navigate["errorText"].as_str() {
            return Err(CdpError::Refused(why.to_owned()).into());
        }
        let loaded = progress.wait_for(|progress| progress.loads > before || progress.crashed);
        let loaded = async { loaded.await.is_ok_and(|progress| !progress.crashed) };
        tokio::pin!(loaded);
        loop {
            let slice = until.min(Instant::now() + Duration::from_millis(500));
            match timeout_at(slice, &mut loaded).await {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(PageError::Crashed),
                Err(_) if slice == until => return Err(PageError::Late),
                // Also while it loads, it must answer.
                Err(_) => {
                    self.ask("Runtime.evaluate", json!({ "expression": "0" }), until).await?;
                }
            }
        }
    }

    /// Asks the page, whose scripts may not let it answer.
    pub(crate) async fn ask(
        &self,
        method: &str,
        params: Value,
        until: Instant,
    ) -> Result<Value, PageError> {
        let mut progress = self.watcher.progress();
        let patient = Instant::now() + ANSWERS;
        let answer = timeout_at(until.min(patient), self.call(method, params));
        tokio::select! {
            answer = answer => match answer {
                Ok(answer) => Ok(answer?),
                Err(_) if patient <= until => Err(PageError::Stuck),
                Err(_) => Err(PageError::Late),
            },
            crashed = progress.wait_for(|progress| progress.crashed) => match crashed {
                Ok(_) => Err(PageError::Crashed),
                Err(_) => Err(CdpError::Gone.into()),
            },
        }
    }

    /// Calls a function of our script in the page.
    pub(crate) async fn run<T: DeserializeOwned>(
        &self,
        call: &str,
        until: Instant,
    ) -> Result<T, PageError> {
        // Another document has another world: made anew, once.
        for _ in 0..3 {
            let world = self.world(until).await?;
            let params = json!({
                "expression": call, "contextId": world, "returnByValue": true, "awaitPromise": true, "userGesture": true,
            });
            match self.ask("Runtime.evaluate", params, until).await {
                Ok(answer) if answer["exceptionDetails"].is_object() => {
                    let why = text(&answer["exceptionDetails"]["exception"]["description"]);
                    return Err(CdpError::Refused(why.to_owned()).into());
                }
                Ok(answer) => {
                    return serde_json::from_value(answer["result"]["value"].clone())
                        .map_err(|error| CdpError::Refused(error.to_string()).into());
                }
                Err(PageError::Cdp(CdpError::Refused(_))) => self.leave_world(),
                Err(error) => return Err(error),
            }
            sleep(POLL).await;
        }
        Err(PageError::Late)
    }

    fn leave_world(&self) {
        *self.world.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn world(&self, until: Instant) -> Result<i64, PageError> {
        if let Some(world) = *self.world.lock().unwrap_or_else(PoisonError::into_inner) {
            return Ok(world);
        }
        let params = json!({ "frameId": self.frame(), "worldName": "quickvibe" });
        let made = self.ask("Page.createIsolatedWorld", params, until).await?;
        let world = made["executionContextId"].as_i64().unwrap_or_default();
        let params = json!({ "expression": SCRIPT, "contextId": world });
        self.ask("Runtime.evaluate", params, until).await?;
        *self.world.lock().unwrap_or_else(PoisonError::into_inner) = Some(world);
        Ok(world)
    }

    /// Ends it, whatever it does. False when it would not go.
    pub(crate) async fn close(self) -> bool {
        self.connection.forget(&self.session);
        self.post("Runtime.terminateExecution", json!({}));
        let dispose = json!({ "browserContextId": self.context });
        let closing = self.connection.call("", "Target.disposeBrowserContext", dispose.clone());
        if matches!(timeout(CLOSE, closing).await, Ok(Ok(_))) {
            return true;
        }
        self.post("Page.crash", json!({}));
        let closing = self.connection.call("", "Target.disposeBrowserContext", dispose);
        matches!(timeout(CLOSE, closing).await, Ok(Ok(_)))
    }
}

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use qv_browser::{Answer, Browser, BrowserConfig, Program, Request, Serve, Sighting, Visit};
use qv_domain::{Env, FilePath, SmokeCheck, Timestamp};

/// Gives other bytes each time, which is all that tests need.
#[derive(Debug, Default)]
pub(crate) struct Counting(AtomicU8);

impl Env for Counting {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(0)
    }

    fn fill_random(&self, buf: &mut [u8]) {
        buf.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

/// Files by path; every other path is `/`, as in an app of one page.
pub(crate) struct Files(pub(crate) BTreeMap<&'static str, (&'static str, String)>);

#[async_trait]
impl Serve for Files {
    async fn answer(&self, request: Request) -> Option<Answer> {
        let path = request.target.split('?').next().unwrap_or_default();
        let known = self.0.get(path);
        let found = if known.is_none() && path.contains('.') {
            return Some(Answer { status: 404, ..Answer::default() });
        } else {
            known.or_else(|| self.0.get("/"))?
        };
        let headers = vec![("content-type".to_owned(), found.0.to_owned())];
        Some(Answer { status: 200, headers, body: found.1.clone().into_bytes() })
    }
}

/// The browser that tests use; `None`, with a word, where there is none.
pub(crate) fn browser() -> Option<Browser> {
    with(|_| {})
}

pub(crate) fn with(set: impl FnOnce(&mut BrowserConfig)) -> Option<Browser> {
    let program = std::env::var_os("QUICKVIBE_CHROMIUM")
        .filter(|path| path != "off")
        .map_or(Program::Found, |path| Program::At(path.into()));
    if let Err(why) = program.find() {
        eprintln!("skipped: {why}");
        return None;
    }
    let mut config = BrowserConfig { program, ..BrowserConfig::default() };
    set(&mut config);
    Some(Browser::new(config, Arc::new(Counting::default())))
}

pub(crate) fn html(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><title>A page</title></head><body>{body}</body></html>"
    )
}

/// A visit of a page with this body.
pub(crate) fn page(body: &str) -> Visit {
    files([("/", "text/html; charset=utf-8", html(body))])
}

pub(crate) fn files<const N: usize>(files: [(&'static str, &'static str, String); N]) -> Visit {
    let files = files.into_iter().map(|(path, kind, content)| (path, (kind, content))).collect();
    Visit {
        files: Arc::new(Files(files)),
        path: "/".to_owned(),
        viewport: (1280, 800),
        smoke: Vec::new(),
        tries_again: true,
        axe: None,
        limit: Duration::from_secs(15),
    }
}

/// Adds a check with these steps.
pub(crate) fn checked(mut visit: Visit, steps: &str) -> Visit {
    let check = SmokeCheck::parse(&format!("# It works\n{steps}\n")).unwrap();
    visit.smoke.push((FilePath::parse("checks/it-works.check").unwrap(), check));
    visit
}

pub(crate) async fn seen(browser: &Browser, visit: Visit) -> Sighting {
    browser.visit(visit).await.unwrap()
}

//! What is measured.

use std::path::Path;
use std::process::{Command as Program, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use qv_domain::SandboxId;
use qv_sandbox::egress::{self, Policy};
use qv_sandbox::local::{Launcher, LocalConfig, LocalEngine, ServeEgress};
use qv_sandbox::{
    Command, Egress, Execution, Exit, PreviewTarget, ResourceLimits, SandboxEngine as _,
    SandboxSpec,
};
use tokio::time::sleep;
use url::Url;

use crate::app;
use crate::figure::{Fault, say, say_load, told};
use crate::hmr::Hmr;
use crate::http;

/// Says that this program is to be a supervisor.
pub(crate) const SUPERVISE: &str = "supervise";
const TEMPLATE: &str = "be5c";

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

struct Bench {
    engine: LocalEngine,
    next: AtomicU32,
    runs: usize,
}

/// Measures everything; tells whether all medians are within their limits.
pub(crate) async fn run(runs: usize) -> Result<bool, Fault> {
    let folder = tempfile::tempdir()?;
    say(
        "sandbox: medians (least to greatest); each run in a sandbox of 1 GB, 1 processor, 256 processes, 1 GB disk",
    );
    say_load();
    let mut met = true;
    let bench = Bench { engine: open(folder.path(), true).await?, next: AtomicU32::new(1), runs };
    met &= bench.starts("").await?;
    let beside = tempfile::tempdir()?;
    let watched =
        Bench { engine: open(beside.path(), false).await?, next: AtomicU32::new(1), runs };
    watched.starts(" but that of the disk, which is watched").await?;
    watched.engine.shut_down().await;
    bubblewrap(runs);
    let key = bench.template().await?;
    met &= bench.vite(&key).await?;
    met &= bench.warm(&key).await?;
    met &= bench.installs().await?;
    bench.engine.shut_down().await;
    say_load();
    Ok(met)
}

async fn open(folder: &Path, images: bool) -> Result<LocalEngine, Fault> {
    let program = std::env::current_exe()?;
    let launcher = Launcher { program, arguments: vec![SUPERVISE.to_owned()] };
    let mut config = LocalConfig::new(folder.to_owned(), launcher);
    config.images = images;
    let policy = Arc::new(Policy::registry(&Url::parse("https://registry.npmjs.org/")?, false)?);
    let serve = move |listener, stop| egress::serve(listener, Arc::clone(&policy), stop);
    config.egress = Some(ServeEgress::new(serve));
    Ok(LocalEngine::open(config).await?)
}

impl Bench {
    fn spec(&self, packages: Option<&str>) -> Result<SandboxSpec, Fault> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Ok(SandboxSpec {
            id: format!("01900000-0000-7000-8000-{number:012x}").parse()?,
            limits: ResourceLimits::default(),
            egress: Egress::Registry,
            packages: packages.map(str::to_owned),
            env: Vec::new(),
        })
    }

    async fn create(&self, packages: Option<&str>) -> Result<SandboxId, Fault> {
        let spec = self.spec(packages)?;
        let id = spec.id;
        self.engine.create(spec).await?;
        Ok(id)
    }

    async fn must(&self, id: SandboxId, words: &[&str]) -> Result<(), Fault> {
        let mut command = Command::new(words.iter().copied());
        command.time_limit = Some(Duration::from_secs(300));
        let (out, err, exit) = self.engine.exec(id, command).await?.collect().await;
        if exit == Exit::Code(0) {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&[out, err].concat()).into_owned();
        Err(format!("{words:?} ended with {exit:?}: {said}").into())
    }

    /// From nothing to the end of `true`, with all limits, and to the last trace gone.
    async fn starts(&self, how: &str) -> Result<bool, Fault> {
        let (mut starts, mut ends, mut execs) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..self.runs * 3 + 3 {
            let began = Instant::now();
            let id = self.create(None).await?;
            self.must(id, &["true"]).await?;
            let started = began.elapsed();
            let began = Instant::now();
            self.must(id, &["true"]).await?;
            let exec = began.elapsed();
            let began = Instant::now();
            self.engine.delete(id).await?;
            // The first ones make the image that the others are copies of.
            if number >= 3 {
                starts.push(started);
                execs.push(exec);
                ends.push(began.elapsed());
            }
        }
        let what = format!("start to the end of `true`, with limits{how}");
        let met = told(&what, &mut starts, Some(millis(12)));
        told("`true` in one that runs", &mut execs, None);
        told("delete", &mut ends, None);
        Ok(met)
    }

    /// Installs the app's packages, lets Vite bundle them once, and keeps them.
    async fn template(&self) -> Result<String, Fault> {
        let key = TEMPLATE.repeat(16);
        let id = self.create(None).await?;
        self.engine.write_files(id, app::files()?).await?;
        let began = Instant::now();
        self.must(id, &["npm", "install", "--no-audit", "--no-fund"]).await?;
        say(&format!(
            "`npm install` with nothing kept: {:.0} ms",
            began.elapsed().as_secs_f64() * 1_000.0
        ));
        let (service, target) = self.serve(id).await?;
        let page = http::first(&target, "/").await?;
        http::all_modules(&target, &page).await?;
        // The bundles of the packages are written behind the answers.
        sleep(Duration::from_secs(3)).await;
        drop(service);
        self.engine.keep_template(id, &key).await?;
        self.engine.delete(id).await?;
        Ok(key)
    }

    async fn serve(&self, id: SandboxId) -> Result<(Execution, PreviewTarget), Fault> {
        let mut command = Command::new(["node", "node_modules/vite/bin/vite.js"]);
        command.time_limit = Some(Duration::from_secs(30));
        let service = self.engine.start_service(id, command, app::PORT).await?;
        Ok((service, self.engine.preview(id, app::PORT).await?))
    }

    /// From files written to the first page and to the last module, in a new sandbox; then what such an app uses.
    async fn vite(&self, key: &str) -> Result<bool, Fault> {
        let (mut creates, mut pages, mut modules, mut memory) = (vec![], vec![], vec![], vec![]);
        let mut count = 0;
        for number in 0..=self.runs {
            let began = Instant::now();
            let id = self.create(Some(key)).await?;
            let created = began.elapsed();
            let began = Instant::now();
            self.engine.write_files(id, app::files()?).await?;
            let (service, target) = self.serve(id).await?;
            let page = http::first(&target, "/").await?;
            let first = began.elapsed();
            count = http::all_modules(&target, &page).await?;
            if number > 0 {
                creates.push(created);
                pages.push(first);
                modules.push(began.elapsed());
            }
            if number < 3 {
                sleep(Duration::from_secs(2)).await;
                memory.extend(self.engine.usage(id).await?.memory_bytes);
            }
            drop(service);
            self.engine.delete(id).await?;
        }
        memory.sort_unstable();
        told("a sandbox with the template's packages", &mut creates, None);
        let met =
            told("files written to the first page (Vite, React)", &mut pages, Some(millis(350)));
        let what = format!("files written to all {count} modules");
        let met = told(&what, &mut modules, Some(millis(600))) && met;
        match (memory.first(), memory.get(memory.len() / 2), memory.last()) {
            (Some(least), Some(middle), Some(most)) => say(&format!(
                "an idle app uses {} MB ({} to {}, n={})",
                middle >> 20,
                least >> 20,
                most >> 20,
                memory.len()
            )),
            _ => say("what an idle app uses is not told: no control groups"),
        }
        Ok(met)
    }

    /// In a sandbox where Vite is up already: from a file written to the changed module and the page, and to the message
    /// that a page gets.
    async fn warm(&self, key: &str) -> Result<bool, Fault> {
        let id = self.create(Some(key)).await?;
        self.engine.write_files(id, app::files()?).await?;
        let (service, target) = self.serve(id).await?;
        let page = http::first(&target, "/").await?;
        http::all_modules(&target, &page).await?;
        let (mut pages, mut messages) = (Vec::new(), Vec::new());
        let path = format!("/{}", app::EDITED);
        for number in 0..self.runs * 2 + 2 {
            sleep(millis(150)).await;
            let word = format!("changed-{number}");
            let write = app::write(app::EDITED, &app::part(0, &word))?;
            let began = Instant::now();
            self.engine.write_files(id, vec![write]).await?;
            while !http::get(&target, &path).await?.contains(&word) {
                sleep(millis(1)).await;
            }
            http::get(&target, "/").await?;
            if number >= 2 {
                pages.push(began.elapsed());
            }
        }
        let mut hmr = Hmr::open(&target).await?;
        for number in 0..self.runs * 2 + 2 {
            // Only a module that a page has asked for since is told of.
            http::get(&target, &path).await?;
            sleep(millis(150)).await;
            let write = app::write(app::EDITED, &app::part(0, &format!("again-{number}")))?;
            let began = Instant::now();
            self.engine.write_files(id, vec![write]).await?;
            let came = hmr.until("\"update\"").await?;
            if number >= 2 {
                messages.push(came.duration_since(began));
            }
        }
        drop(service);
        self.engine.delete(id).await?;
        let met = told(
            "where Vite is up: file written to its module and the page",
            &mut pages,
            Some(millis(30)),
        );
        Ok(told("file written to the message on the socket", &mut messages, Some(millis(20)))
            && met)
    }

    /// `npm ci` with what npm keeps.
    async fn installs(&self) -> Result<bool, Fault> {
        let id = self.create(None).await?;
        self.engine.write_files(id, app::files()?).await?;
        self.must(id, &["npm", "install", "--no-audit", "--no-fund"]).await?;
        let mut times = Vec::new();
        for _ in 0..self.runs.div_ceil(3) {
            self.must(id, &["sh", "-c", "rm -rf node_modules/* node_modules/.[!.]*"]).await?;
            let began = Instant::now();
            let words = ["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"];
            self.must(id, &words).await?;
            times.push(began.elapsed());
        }
        // Packages lie in a layer that the host does not look into: a program in there does.
        self.must(id, &["test", "-s", "node_modules/vite/package.json"]).await?;
        self.engine.delete(id).await?;
        Ok(told("`npm ci` with npm's own cache warm", &mut times, Some(millis(1_500))))
    }
}

/// The same `true` by bubblewrap, which has no limits.
fn bubblewrap(runs: usize) {
    let mut times = Vec::new();
    for number in 0..runs * 3 + 3 {
        let began = Instant::now();
        let status = Program::new("bwrap")
            .args(["--unshare-all", "--die-with-parent", "--ro-bind", "/usr", "/usr"])
            .args(["--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"])
            .args(["--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev"])
            .args(["--tmpfs", "/tmp", "true"])
            .stdin(Stdio::null())
            .status();
        match status {
            Ok(status) if status.success() => {}
            other => return say(&format!("bubblewrap cannot be compared: {other:?}")),
        }
        if number >= 3 {
            times.push(began.elapsed());
        }
    }
    told("bubblewrap, start to the end of `true`, without limits", &mut times, None);
}

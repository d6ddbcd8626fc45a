use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use qv_domain::{GenerationStatus, Role};
use qv_engine::{Access, Actor, Client, Engine, EngineError, SystemEnv};
use qv_wire::{CreateProject, ErrorCode, Event, EventData};

use crate::config::Settings;
use crate::fault::Fault;
use crate::{output, telemetry};

/// The version was made, but a check failed.
const UNVERIFIED: u8 = 2;

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// What to build.
    prompt: String,
    /// The folder to write the app to: new or empty.
    #[arg(long)]
    out: PathBuf,
    /// A model's id such as `anthropic/claude-…`; `starters` for none. The best that is connected unless said.
    #[arg(long)]
    model: Option<String>,
    /// Print the events as JSON lines; the last one is of type `done` or `failed`.
    #[arg(long)]
    json: bool,
    /// Write into a folder that is not empty.
    #[arg(long)]
    force: bool,
    /// Use this instance's data folder, with its keys, and keep the project there.
    #[arg(long)]
    data: Option<PathBuf>,
}

/// How it ended.
enum End {
    Done { verified: Option<bool>, version: Option<u32> },
    Failed(Event),
}

pub(crate) async fn run(build: Build) -> Result<ExitCode, Fault> {
    let built = run_to_end(&build).await;
    if let Err(fault) = &built
        && build.json
    {
        // Programs read standard output: its last line says how it ended, whatever went wrong.
        let code = fault.code();
        let failed = Failed {
            code: code.as_str(),
            message: &fault.to_string(),
            retryable: code.retryable(),
        };
        output::line(&failed.json());
    }
    built
}

async fn run_to_end(build: &Build) -> Result<ExitCode, Fault> {
    if !build.force && is_occupied(&build.out) {
        return Err(Fault::NotEmpty(build.out.clone()));
    }
    let scratch = match &build.data {
        Some(_) => None,
        None => Some(
            tempfile::tempdir()
                .map_err(|source| Fault::Start { what: "a scratch folder", source })?,
        ),
    };
    let folder = scratch
        .as_ref()
        .map_or_else(|| build.data.clone().unwrap_or_default(), |dir| dir.path().to_path_buf());
    let mut settings = Settings::load(Some(&folder))?;
    if std::env::var_os("QUICKVIBE_LOG").is_none() {
        "warn".clone_into(&mut settings.log);
    }
    if scratch.is_some() {
        // What is built for itself alone has no business in a server's database.
        settings.database_url = Settings::default().database_url;
    }
    telemetry::start(&settings)?;
    let engine = Engine::start(settings.engine(), Arc::new(SystemEnv)).await?;
    let done = generate(&engine, build).await;
    engine.stop(Duration::from_secs(2)).await;
    match engine.fault() {
        Some(message) => Err(Fault::Disk(message)),
        None => done,
    }
}

async fn generate(engine: &Arc<Engine>, build: &Build) -> Result<ExitCode, Fault> {
    let actor = engine
        .operator(Client { user_agent: Some("quickvibe build".to_owned()), ..Client::default() })
        .await?;
    let built = turn(engine, &actor, build).await;
    engine.logout(&actor).await?;
    built
}

async fn turn(engine: &Arc<Engine>, actor: &Actor, build: &Build) -> Result<ExitCode, Fault> {
    engine.refresh_models(actor).await?;
    let create = CreateProject {
        prompt: Some(build.prompt.clone()),
        model: build.model.clone(),
        ..CreateProject::default()
    };
    let created = engine.create_project(actor, create).await?;
    let generation = created.turn.map(|turn| turn.generation.id).ok_or_else(|| {
        EngineError::refused(ErrorCode::Invalid, "The prompt is empty: say what to build.")
    })?;
    let (access, row) = engine.generation_access(actor, generation, Role::Owner).await?;
    let mut feed = engine.follow(&access, &row, 0);
    let mut show = Show::new(build.json);
    let mut end = None;
    loop {
        let events = tokio::select! {
            events = feed.next(engine) => events?,
            _ = tokio::signal::ctrl_c() => {
                engine.cancel(&access, &row).await?;
                continue;
            }
        };
        for logged in events.into_iter().flatten() {
            let event: Event = serde_json::from_str(&logged.json).map_err(|error| {
                EngineError::Internal(format!("an event cannot be read: {error}"))
            })?;
            let over = logged.last;
            // The last line is ours: files are written before "done" is said.
            if !over {
                show.event(&event, &logged.json);
                continue;
            }
            end = Some(match event.data {
                EventData::Done { version, verified } => End::Done { verified, version },
                _ => End::Failed(event),
            });
        }
        if let Some(end) = end {
            return finish(engine, build, &access, &mut show, end).await;
        }
    }
}

async fn finish(
    engine: &Arc<Engine>,
    build: &Build,
    access: &Access,
    show: &mut Show,
    end: End,
) -> Result<ExitCode, Fault> {
    match end {
        End::Done { version: Some(version), verified } => {
            let files = engine.all_files(access).await?;
            let count = files.len();
            write_files(&build.out, files)?;
            let verified = verified == Some(true);
            show.end(
                &serde_json::json!({"type": "done", "version": version, "verified": verified, "files": count, "out": build.out}).to_string(),
                &format!(
                    "{count} files in {}. {}",
                    build.out.display(),
                    if verified { "All checks held." } else { "A check failed: see above." }
                ),
            );
            Ok(if verified { ExitCode::SUCCESS } else { ExitCode::from(UNVERIFIED) })
        }
        End::Done { version: None, .. } => {
            let message =
                "Nothing was built: no starter is close to this, and no model is connected.";
            let code = ErrorCode::NeedsModel.as_str();
            show.end(&Failed { code, message, retryable: false }.json(), message);
            Ok(ExitCode::from(1))
        }
        End::Failed(event) => {
            let (code, message, retryable) = match event.data {
                EventData::Failed { code, message, retryable } => {
                    (code.to_string(), message, retryable)
                }
                _ => (GenerationStatus::Cancelled.to_string(), "Stopped.".to_owned(), true),
            };
            let failed = Failed { code: &code, message: &message, retryable };
            show.end(&failed.json(), &message);
            Ok(ExitCode::from(1))
        }
    }
}

/// The last line of a build that failed.
struct Failed<'a> {
    code: &'a str,
    message: &'a str,
    retryable: bool,
}

impl Failed<'_> {
    fn json(&self) -> String {
        let Self { code, message, retryable } = self;
        serde_json::json!({"type": "failed", "code": code, "message": message, "retryable": retryable})
            .to_string()
    }
}

/// What a person or a program sees.
struct Show {
    json: bool,
    bar: ProgressBar,
}

impl Show {
    fn new(json: bool) -> Self {
        let bar = if json { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} [{elapsed}] {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { json, bar }
    }

    fn event(&self, event: &Event, json: &str) {
        if self.json {
            return output::line(json);
        }
        match &event.data {
            EventData::StarterChosen { title, reason, .. } => {
                self.bar.println(format!("Begins from {title}. {reason}"));
            }
            EventData::RoleChanged { note, .. } => self.bar.set_message(note.clone()),
            EventData::FileOpened { path, .. } => self.bar.set_message(format!("Writing {path}")),
            EventData::EditApplied { path, added, removed, .. } => {
                self.bar.println(format!("  {path} +{added} -{removed}"));
            }
            EventData::EditFailed { path, reason, .. } => {
                self.bar.println(format!("  {path}: {reason}"));
            }
            EventData::RepairStarted { reason, .. } => {
                self.bar.println(format!("Mending: {reason}"));
            }
            EventData::CheckFinished { ok: false, diagnostics, .. } => {
                for found in diagnostics {
                    let place = found
                        .path
                        .as_ref()
                        .map(|path| format!("{path}:{}: ", found.line))
                        .unwrap_or_default();
                    self.bar.println(format!("  {place}{}", found.message));
                }
            }
            _ => {}
        }
    }

    fn end(&self, json: &str, text: &str) {
        self.bar.finish_and_clear();
        if self.json {
            output::line(json);
        } else {
            output::line(text);
        }
    }
}

fn is_occupied(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

fn write_files(
    folder: &Path,
    files: Vec<(qv_domain::FilePath, qv_domain::Blob)>,
) -> Result<(), Fault> {
    for (path, content) in files {
        // A `FilePath` never leaves the folder that it is joined to.
        let place = folder.join(path.as_str());
        let write = || {
            if let Some(parent) = place.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(&place, &content)
        };
        write().map_err(|source| Fault::Write { path: place.clone(), source })?;
    }
    Ok(())
}

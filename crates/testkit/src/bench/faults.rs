//! Single faults put into the starters, one at a time: who notices, and who is alarmed by harmless edits?
//!
//! Compiler and lint look at the files here. With a server, each edited app is also checked as a whole there
//! (`POST /api/projects/{id}/checks/run`: types, the running app in a browser, axe, its smoke checks). An alarm is what
//! is found in the edited app and was not in the starter as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use qv_starters::Files;
use serde_json::{Value, json};

use super::http::{Answer, Method, Owner};
use super::program::{Program, Setup};
use super::{Fault, Result, say};
use crate::faults::{Edit, FAULTS, HARMLESS, Layer, Notice, found_in_files};

/// Faults that must be noticed, of 40.
const LEAST_CAUGHT: usize = 36;

/// Runs all edits; whether enough faults were noticed and no harmless edit alarmed anybody. Without a binary only
/// compiler and lint look, and it is said how many they notice.
///
/// # Errors
/// When an edit does not fit its starter any more, or the server does not do what it must.
pub async fn run(binary: Option<PathBuf>, chromium: &str) -> Result<bool> {
    let server = match binary {
        Some(binary) => Some(Server::start(binary, chromium).await?),
        None => None,
    };
    let mut starters: BTreeMap<&str, Starter> = BTreeMap::new();
    let mut caught: BTreeMap<Option<Layer>, usize> = BTreeMap::new();
    let mut alarms = Vec::new();
    say(&format!("{:<17} {:<48} noticed by", "starter", "fault"));
    for edit in FAULTS.iter().chain(HARMLESS) {
        let harmless = edit.kind == crate::faults::Kind::None;
        if !starters.contains_key(edit.starter) {
            starters.insert(edit.starter, Starter::begin(edit.starter, server.as_ref()).await?);
        }
        let Some(starter) = starters.get(edit.starter) else { continue };
        let found = starter.found(edit, server.as_ref()).await?;
        let layers: BTreeSet<Layer> = found.iter().map(|(layer, _)| *layer).collect();
        if harmless {
            alarms.extend(found.into_iter().map(|(layer, what)| {
                format!("  {}: {}: {layer:?}: {what}", edit.starter, edit.what)
            }));
            continue;
        }
        *caught.entry(layers.first().copied()).or_default() += 1;
        let by = if layers.is_empty() { "nobody".to_owned() } else { words(&layers) };
        say(&format!("{:<17} {:<48} {by}", edit.starter, edit.what));
    }
    let missed = caught.remove(&None).unwrap_or_default();
    let by: Vec<String> = caught
        .iter()
        .filter_map(|(layer, count)| Some(format!("{:?} {count}", (*layer)?).to_lowercase()))
        .collect();
    let noticed = FAULTS.len() - missed;
    let of = if server.is_some() { "checks" } else { "compiler and lint alone" };
    let only_guard = caught.get(&Some(Layer::Guard)).copied().unwrap_or_default();
    say(&format!(
        "{of}: {noticed} of {} faults noticed (limit {LEAST_CAUGHT}), first by: {}; only by the guard: {only_guard}",
        FAULTS.len(),
        by.join(", ")
    ));
    say(&format!("{} false alarms on {} harmless edits (limit 0)", alarms.len(), HARMLESS.len()));
    alarms.iter().for_each(|alarm| say(alarm));
    Ok(alarms.is_empty() && (server.is_none() || noticed >= LEAST_CAUGHT))
}

fn words(layers: &BTreeSet<Layer>) -> String {
    let words: Vec<String> =
        layers.iter().map(|layer| format!("{layer:?}").to_lowercase()).collect();
    words.join(", ")
}

/// A starter as it is, and its project at the server.
struct Starter {
    files: Files,
    in_files: BTreeSet<Notice>,
    project: Option<String>,
    at_server: BTreeSet<Notice>,
}

impl Starter {
    async fn begin(id: &str, server: Option<&Server>) -> Result<Self> {
        let files = qv_starters::files(id)
            .ok_or_else(|| Fault::Server(format!("there is no starter {id}")))?;
        let in_files = found_in_files(&files);
        let mut starter = Self { files, in_files, project: None, at_server: BTreeSet::new() };
        if let Some(server) = server {
            let project = server.owner.make_project(id).await?;
            for (path, content) in &starter.files {
                server.put(&project, path, content).await?;
            }
            starter.at_server = server.check(&project).await?;
            starter.project = Some(project);
        }
        Ok(starter)
    }

    /// What is found of an edit and not without it. The project is as it was afterwards.
    async fn found(&self, edit: &Edit, server: Option<&Server>) -> Result<BTreeSet<Notice>> {
        let (files, path) = edit.applied().map_err(Fault::Server)?;
        let mut found: BTreeSet<Notice> =
            found_in_files(&files).difference(&self.in_files).cloned().collect();
        if let (Some(server), Some(project)) = (server, &self.project) {
            server.put(project, &path, &files[&path]).await?;
            let seen = server.check(project).await?;
            server.put(project, &path, &self.files[&path]).await?;
            found.extend(seen.difference(&self.at_server).cloned());
        }
        Ok(found)
    }
}

/// The real server.
struct Server {
    /// Ends with it.
    _program: Program,
    owner: Owner,
}

impl Server {
    async fn start(binary: PathBuf, chromium: &str) -> Result<Self> {
        let unlimited = ["CHANGES", "TURNS"]
            .map(|name| (format!("QUICKVIBE_{name}_PER_MINUTE"), "1000000000".to_owned()));
        let mut env = Vec::from(unlimited);
        env.push(("QUICKVIBE_CHROMIUM".to_owned(), chromium.to_owned()));
        let setup = Setup { binary, database_url: "sqlite".to_owned(), env };
        let program = Program::start(setup).await?;
        let owner = Owner::sign_in(program.address(), &program.setup_token).await?;
        Ok(Self { _program: program, owner })
    }

    async fn put(&self, project: &str, path: &str, content: &[u8]) -> Result<()> {
        let at = format!("/api/projects/{project}/files/{path}");
        let text = std::str::from_utf8(content)
            .map_err(|error| Fault::Server(format!("{path}: {error}")))?;
        let body = json!({ "text": { "encoding": "utf8", "content": text } });
        self.owner.must(Method::PUT, &at, Some(&body)).await.map(drop)
    }

    /// What a whole check of a project says: types, the running app, axe, smoke checks; the rest is found in the files.
    async fn check(&self, project: &str) -> Result<BTreeSet<Notice>> {
        let at = format!("/api/projects/{project}/checks/run");
        let run = match self.owner.ask(Method::POST, &at, None).await {
            Answer::Yes(run) => run,
            Answer::No(status, body) => {
                return Err(Fault::Server(format!("POST {at}: {status}: {body}")));
            }
            Answer::Unknown => return Err(Fault::Server(format!("POST {at}: no answer"))),
        };
        let items = |name: &str| run[name].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut found = BTreeSet::new();
        for one in items("diagnostics") {
            let layer = match one["kind"].as_str().unwrap_or_default() {
                "syntax" | "resolve" | "package" => Layer::Compile,
                "types" => Layer::Types,
                "runtime" => Layer::Run,
                // The lint tells a file for each of these; axe only an element.
                "accessibility" if one["path"].is_null() => Layer::Axe,
                _ => Layer::Lint,
            };
            found.insert((layer, format!("{}: {}", text(&one["path"]), text(&one["message"]))));
        }
        for one in items("smoke").iter().filter(|one| one["ok"] == false) {
            found.insert((
                Layer::Guard,
                format!("{}: {}", text(&one["path"]), text(&one["message"])),
            ));
        }
        Ok(found)
    }
}

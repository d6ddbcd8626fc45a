//! A turn that the starters answer, and the files that a model begins from.

use qv_agent::StarterInfo;
use qv_domain::{
    AgentRole, Blob, EditOp, EngineKind, FilePath, ProjectName, ProjectType, SmokeCheck,
    VersionOrigin,
};
use qv_starters::{Files, FollowUp, Match, Starter};
use qv_store as store;
use qv_wire::{CheckKind, EventData, PlanItem, TouchedFile};

use super::finish::Due;
use super::journal::{Entry, Written};
use super::{Run, translate};
use crate::Result;
use crate::projects::proposed_name;

/// Where a starter keeps its title.
const CONFIG: &str = "src/config.json";

/// Without a model: a starter, filled in, or one of the few changes that need none. What it writes and says is
/// durable at one moment, so a turn whose worker was lost either begins anew or has only its check left.
pub(super) async fn drive(run: &mut Run, journal: Vec<Entry>) -> Result<()> {
    if run.fence.number() > 1 {
        let resumed = run.resumed().await?;
        run.recorder.push(resumed);
    }
    if let Some(written) = journal.into_iter().find_map(|entry| entry.starter) {
        run.prose.clone_from(&written.said);
        run.summary = written.summary.clone();
        return finish(run, *written).await;
    }
    if run.fence.number() > 1 && run.generation.last_seq > 1 {
        run.recorder.push(EventData::Superseded { from_seq: 2 });
    }
    if run.project.file_count == 0 {
        return begin(run).await;
    }
    let files: Files = run
        .engine
        .db
        .read()
        .await?
        .all_files(run.project.id)
        .await?
        .into_iter()
        .map(|file| (file.meta.path, file.content.to_vec()))
        .collect();
    match qv_starters::follow_up(&files, &run.message.text) {
        FollowUp::NeedsModel { said } => {
            run.say(&said);
            run.finish_done(None, Some(said)).await
        }
        FollowUp::Edits { changes, said, sentences } => {
            run.role(AgentRole::Builder, "Changing the starter");
            run.plan(sentences);
            run.say(&said);
            let changes: Vec<(FilePath, Vec<u8>)> =
                changes.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
            let renamed = run.renamed(&files, &changes);
            let written = run.write_files(&files, changes, &Files::new(), None, renamed).await?;
            finish(run, written).await
        }
    }
}

/// What is left once the files are written: a new project's name, the check, the version.
async fn finish(run: &mut Run, written: Written) -> Result<()> {
    if let Some(starter) = written.starter.as_deref().and_then(qv_starters::get) {
        let filled = qv_starters::fill(starter, &run.message.text);
        run.settle_project(starter.id(), &filled.title, starter.manifest.kind).await?;
    }
    let verified = run.check_app().await?;
    run.finish_done(Some(Due { verified: Some(verified) }), Some(written.said)).await
}

async fn begin(run: &mut Run) -> Result<()> {
    run.role(AgentRole::Planner, "Choosing a starter");
    let Some((starter, reason)) = choose(run.project.starter.as_deref(), &run.message.text) else {
        let said = unsure(&run.message.text, run);
        run.say(&said);
        return run.finish_done(None, Some(said)).await;
    };
    let filled = qv_starters::fill(starter, &run.message.text);
    run.recorder.push(chosen(starter, reason));
    let mut steps = vec![format!("Begin from the {} starter", starter.manifest.title)];
    steps.extend(filled.changes.iter().cloned());
    run.plan(steps);
    run.role(AgentRole::Builder, "Writing the files");
    run.say(&filled.message);
    let files: Vec<(FilePath, Vec<u8>)> = filled.files.into_iter().collect();
    let id = starter.id().to_owned();
    let written = run.write_files(&Files::new(), files, &starter.files(), Some(id), None).await?;
    finish(run, written).await
}

/// Gives a new project the files that a model begins from, as its first version: the nearest starter, filled in,
/// or a scaffold when none is near.
pub(super) async fn seed_for_model(run: &mut Run) -> Result<Option<StarterInfo>> {
    let choice = choose(run.project.starter.as_deref(), &run.message.text);
    let (files, info) = match choice {
        Some((starter, reason)) => {
            let filled = qv_starters::fill(starter, &run.message.text);
            run.recorder.push(chosen(starter, reason));
            run.settle_project(starter.id(), &filled.title, starter.manifest.kind).await?;
            (filled.files, Some(info(starter)))
        }
        None => {
            run.recorder.push(EventData::StarterChosen {
                starter: "blank".to_owned(),
                title: "Blank".to_owned(),
                reason: "No starter is close to this, so it begins from an empty app.".to_owned(),
            });
            (qv_starters::blank(run.project.project_type), None)
        }
    };
    let engine = run.engine.clone();
    let now = engine.env.now();
    let mut tx = engine.db.begin().await?;
    tx.hold(&run.fence).await?;
    // The starter's own smoke checks tell of an app that the model is about to change into another one.
    let kept = files.into_iter().filter(|(path, _)| !SmokeCheck::is_at(path));
    let changes: Vec<store::FileChange> = kept.map(|(path, bytes)| write(path, bytes)).collect();
    tx.apply_changes(run.project.id, &changes, &engine.config.limits, now).await?;
    let mut version = run.new_version(VersionOrigin::Starter, None);
    "What it began from".clone_into(&mut version.title);
    tx.create_version(version, now).await?;
    run.sandbox_decided();
    let appended = run.recorder.append_to(&mut tx).await?;
    tx.commit().await?;
    run.recorder.written(appended);
    engine.files_changed(run.project.id, &[]).await?;
    Ok(info)
}

/// What this turn gave the project to begin from, when it was lost right after that.
pub(super) async fn seeded(run: &Run) -> Result<Option<StarterInfo>> {
    let Some(head) = run.project.head_version.filter(|_| run.fence.number() > 1) else {
        return Ok(None);
    };
    let newest = run.engine.db.read().await?.version(run.project.id, head).await?;
    let is_ours = newest.is_some_and(|version| {
        version.origin == VersionOrigin::Starter && version.generation_id == Some(run.generation.id)
    });
    let starter = run.project.starter.as_deref().filter(|_| is_ours).and_then(qv_starters::get);
    Ok(starter.map(info))
}

fn info(starter: &Starter) -> StarterInfo {
    StarterInfo { name: starter.manifest.title.clone(), summary: starter.manifest.summary.clone() }
}

/// What a model would begin from in a new project.
pub(crate) fn beginning(
    named: Option<&str>,
    prompt: &str,
    project_type: ProjectType,
) -> (Files, Option<StarterInfo>) {
    match choose(named, prompt) {
        Some((starter, _)) => (qv_starters::fill(starter, prompt).files, Some(info(starter))),
        None => (qv_starters::blank(project_type), None),
    }
}

/// The starter that the project named, or the one that the prompt is about.
fn choose(named: Option<&str>, prompt: &str) -> Option<(&'static Starter, String)> {
    if let Some(starter) = named.and_then(qv_starters::get) {
        return Some((starter, "You chose it.".to_owned()));
    }
    match qv_starters::match_prompt(prompt, None) {
        Match::Chosen { starter, .. } => Some((
            starter,
            format!("It is the closest to what you asked for: {}", starter.manifest.summary),
        )),
        Match::Unsure { .. } => None,
    }
}

fn chosen(starter: &Starter, reason: String) -> EventData {
    EventData::StarterChosen {
        starter: starter.id().to_owned(),
        title: starter.manifest.title.clone(),
        reason,
    }
}

/// No starter is near: say so, name the nearest, and ask.
fn unsure(prompt: &str, run: &Run) -> String {
    let closest = match qv_starters::match_prompt(prompt, Some(run.project.project_type)) {
        Match::Chosen { starter, .. } => vec![starter.manifest.title.clone()],
        Match::Unsure { closest } => {
            closest.iter().map(|scored| scored.starter.manifest.title.clone()).collect()
        }
    };
    let nearest = match closest.split_first() {
        None => String::new(),
        Some((first, [])) => {
            format!("\n\nThe closest one is **{first}**. Say its name to begin from it.")
        }
        Some((first, rest)) => format!(
            "\n\nThe closest one is **{first}**; there {} also {}. Say a name to begin from it.",
            if rest.len() == 1 { "is" } else { "are" },
            rest.iter().map(|title| format!("**{title}**")).collect::<Vec<_>>().join(" and ")
        ),
    };
    format!(
        "None of the built-in starters is about this, and no model is connected to write it from scratch.{nearest}\n\n\
         To build anything you can describe, connect a model in Settings: a key, or Ollama, LM Studio or llama-server on this machine."
    )
}

fn write(path: FilePath, bytes: Vec<u8>) -> store::FileChange {
    store::FileChange::Write { path, content: Blob::from(bytes) }
}

impl Run {
    fn role(&mut self, role: AgentRole, note: &str) {
        self.recorder.push(EventData::RoleChanged { role, note: note.to_owned() });
    }

    fn say(&mut self, text: &str) {
        self.prose.push_str(text);
        self.recorder.push(EventData::TextDelta { text: text.to_owned() });
    }

    fn plan(&mut self, steps: Vec<String>) {
        self.summary.plan = steps.into_iter().map(|text| PlanItem { text, done: true }).collect();
        self.recorder.push(EventData::Plan { items: self.summary.plan.clone() });
    }

    /// Writes files with the events that tell of them. Those that are as in `given` are written without being
    /// shown line by line.
    async fn write_files(
        &mut self,
        before: &Files,
        files: Vec<(FilePath, Vec<u8>)>,
        given: &Files,
        starter: Option<String>,
        renamed: Option<ProjectName>,
    ) -> Result<Written> {
        let engine = self.engine.clone();
        let mut changes = Vec::with_capacity(files.len());
        for (index, (path, bytes)) in files.into_iter().enumerate() {
            let text = std::str::from_utf8(&bytes).ok();
            self.recorder.push(EventData::FileOpened { path: path.clone(), op: EditOp::Write });
            if let Some(text) = text.filter(|_| given.get(&path) != Some(&bytes)) {
                self.recorder
                    .push(EventData::FileDelta { path: path.clone(), text: text.to_owned() });
            }
            self.recorder.push(EventData::FileClosed { path: path.clone() });
            let old = before
                .get(&path)
                .and_then(|bytes| std::str::from_utf8(bytes).ok())
                .unwrap_or_default();
            let (added, removed) = line_changes(old, text.unwrap_or_default());
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            self.recorder.push(EventData::EditApplied {
                index,
                path: path.clone(),
                from: None,
                op: EditOp::Write,
                added,
                removed,
            });
            self.summary.files.push(TouchedFile {
                path: path.clone(),
                op: EditOp::Write,
                added,
                removed,
            });
            changes.push(write(path, bytes));
        }
        let written = Written { said: self.prose.clone(), summary: self.summary.clone(), starter };
        self.recorder.journal.written(written.clone());
        self.sandbox_decided();
        let mut tx = engine.db.begin().await?;
        tx.hold(&self.fence).await?;
        tx.apply_changes(self.project.id, &changes, &engine.config.limits, engine.env.now())
            .await?;
        if let Some(name) = &renamed {
            let change = store::ProjectChange { name: Some(name.clone()), ..Default::default() };
            tx.update_project(self.project.id, &change, engine.env.now()).await?;
        }
        let appended = self.recorder.append_to(&mut tx).await?;
        tx.commit().await?;
        self.recorder.written(appended);
        if let Some(name) = renamed {
            self.project.name = name;
        }
        self.changed = true;
        engine.files_changed(self.project.id, &[]).await?;
        Ok(written)
    }

    /// The project's new name, when it bears its app's title and that changes.
    fn renamed(&self, before: &Files, changes: &[(FilePath, Vec<u8>)]) -> Option<ProjectName> {
        let (path, new) = changes.iter().find(|(path, _)| path.as_str() == CONFIG)?;
        let (old, new) = (title_in(before.get(path)?)?, title_in(new)?);
        (old != new && self.project.name == ProjectName::from_text(&old))
            .then(|| ProjectName::from_text(&new))
    }

    /// Gives a project whose name was only proposed the starter's title, and notes the starter.
    async fn settle_project(
        &mut self,
        starter: &str,
        title: &str,
        kind: ProjectType,
    ) -> Result<()> {
        let engine = self.engine.clone();
        let starters_title = qv_starters::get(starter).map(|found| found.manifest.title.as_str());
        let chosen = self.project.starter.as_ref().and(starters_title);
        let is_proposed = self.project.name == proposed_name(Some(&self.message.text), chosen);
        let change = store::ProjectChange {
            name: is_proposed.then(|| ProjectName::from_text(title)),
            project_type: Some(kind),
            starter: Some(starter.to_owned()),
            visibility: None,
        };
        let mut tx = engine.db.begin().await?;
        if let Some(project) = tx.update_project(self.project.id, &change, engine.env.now()).await?
        {
            self.project = project;
        }
        tx.commit().await?;
        Ok(())
    }

    fn sandbox_decided(&mut self) {
        self.recorder.push(EventData::SandboxDecided {
            engine: EngineKind::Browser,
            reason: "Runs in your browser: it needs no server of its own.".to_owned(),
        });
    }

    /// Checks the app and tells what was found.
    async fn check_app(&mut self) -> Result<bool> {
        self.role(AgentRole::Tester, "Checking the app");
        self.recorder.push(EventData::CheckStarted { check: CheckKind::Compile });
        self.recorder.flush().await?;
        let checked = self.engine.check(self.project.id).await?;
        let report = translate::check_report(&checked);
        translate::checked(&checked).into_iter().for_each(|event| self.recorder.push(event));
        self.note_report(&report);
        if report.diagnostics.is_empty() {
            self.recorder.push(EventData::PreviewReady {});
        }
        Ok(report.ok())
    }
}

/// The title in a starter's configuration.
fn title_in(config: &[u8]) -> Option<String> {
    let config: serde_json::Value = serde_json::from_slice(config).ok()?;
    config.get("title")?.as_str().map(str::to_owned)
}

fn line_changes(old: &str, new: &str) -> (u32, u32) {
    let diff = similar::TextDiff::from_lines(old, new);
    let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    (number(count(similar::ChangeTag::Insert)), number(count(similar::ChangeTag::Delete)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn lines_are_counted() {
        assert_eq!(super::line_changes("", "a\nb\n"), (2, 0));
        assert_eq!(super::line_changes("a\nb\n", "a\nc\nd\n"), (2, 1));
    }
}

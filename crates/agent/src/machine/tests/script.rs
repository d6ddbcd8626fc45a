//! A turn told as a script: what goes in is marked `>`, what comes out `<`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use qv_domain::chat::{ChatPart, StopReason, TokenUsage};
use qv_domain::{FilePath, ProjectType, TurnMode};

use crate::machine::*;
use crate::{FileContent, FileOp, ToolExit, ToolOutcome};

pub(super) fn path(path: &str) -> FilePath {
    FilePath::parse(path).unwrap()
}

pub(super) fn turn(prompt: &str, files: &[(&str, &str)]) -> TurnInput {
    TurnInput {
        mode: TurnMode::Build,
        prompt: prompt.to_owned(),
        images: Vec::new(),
        project_type: ProjectType::WebApp,
        files: files.iter().map(|(at, text)| (path(at), FileContent::text(*text))).collect(),
        context: ProjectContext {
            map: String::new(),
            sent: files.iter().map(|(at, _)| path(at)).collect(),
            ..ProjectContext::default()
        },
        history: Vec::new(),
        plan: Vec::new(),
        model: profile("model-1"),
        roles: RoleModels::default(),
        starter: None,
        tools: None,
        limits: TurnLimits::default(),
    }
}

pub(super) fn profile(name: &str) -> ModelProfile {
    ModelProfile {
        name: name.to_owned(),
        edit_style: EditStyle::SearchReplace,
        sees_images: true,
        max_output_tokens: 8_000,
        temperature_milli: None,
    }
}

/// A smoke check that fails or not, and whether it went well before.
pub(super) fn smoke(name: &str, ok: bool, ok_before: Option<bool>) -> SmokeOutcome {
    SmokeOutcome {
        path: path(&format!("checks/{name}.check")),
        name: name.to_owned(),
        ok,
        ok_before,
        message: if ok {
            String::new()
        } else {
            format!("press \"{name}\": nothing has this name")
        },
        duration_ms: 12,
    }
}

/// What an app looks like.
pub(super) fn picture() -> Picture {
    Picture {
        hash: qv_domain::BlobHash::from_bytes([7; 32]),
        media_type: "image/png".into(),
        address: "/x".into(),
        takes_checks: true,
        image: Some(qv_domain::chat::Image {
            media_type: "image/png".into(),
            data: vec![1, 2, 3].into(),
        }),
    }
}

pub(super) fn error(at: &str, line: u32, message: &str) -> Diagnostic {
    Diagnostic {
        check: Check::Compile,
        kind: DiagnosticKind::Syntax,
        path: Some(path(at)),
        line: Some(line),
        column: Some(1),
        message: message.to_owned(),
    }
}

/// Runs a machine and writes down what happens.
pub(super) struct Script {
    machine: Machine,
    told: String,
    pub(super) effects: Vec<Effect>,
}

impl Script {
    pub(super) fn start(turn: TurnInput) -> Self {
        let mut script =
            Self { machine: Machine::new(turn), told: String::new(), effects: Vec::new() };
        script.input("start", Input::Start);
        script
    }

    pub(super) fn input(&mut self, name: &str, input: Input<'_>) -> &mut Self {
        let _ = writeln!(self.told, "> {name}");
        for effect in self.machine.handle(input) {
            let _ = writeln!(self.told, "  < {}", tell(&effect));
            self.effects.push(effect);
        }
        self
    }

    pub(super) fn says(&mut self, text: &str) -> &mut Self {
        self.input(&format!("says {text:?}"), Input::Text(text))
    }

    pub(super) fn stops(&mut self, stop: StopReason) -> &mut Self {
        let name = format!("stops: {stop:?}");
        self.input(&name, Input::StepEnded { stop, usage: TokenUsage::default() })
    }

    pub(super) fn ends(&mut self) -> &mut Self {
        self.stops(StopReason::EndTurn)
    }

    pub(super) fn is_cut_off(&mut self) -> &mut Self {
        self.stops(StopReason::MaxTokens)
    }

    pub(super) fn breaks(&mut self, class: FailureClass) -> &mut Self {
        let message = "The provider is away.".to_owned();
        self.input(&format!("breaks: {class:?}"), Input::StepFailed { class, message })
    }

    pub(super) fn checks(&mut self, diagnostics: &[Diagnostic]) -> &mut Self {
        let report = CheckReport { diagnostics: diagnostics.to_vec(), ..CheckReport::default() };
        self.input(&format!("checks: {} errors", diagnostics.len()), Input::Checked(report))
    }

    /// The app was opened in a browser: these smoke checks were carried out.
    pub(super) fn seen(&mut self, smoke: &[SmokeOutcome], diagnostics: &[Diagnostic]) -> &mut Self {
        let failed = smoke.iter().filter(|check| !check.ok).count();
        let name = format!("seen: {} errors, {failed} of {} fail", diagnostics.len(), smoke.len());
        let report = CheckReport {
            diagnostics: diagnostics.to_vec(),
            smoke: smoke.to_vec(),
            picture: Some(picture()),
        };
        self.input(&name, Input::Checked(report))
    }

    /// The kinds of calls, in order, each with who is asked.
    pub(super) fn asked_of(&self) -> Vec<(StepKind, String)> {
        let calls = self.effects.iter().filter_map(|effect| match effect {
            Effect::CallModel { kind, request, .. } => Some((*kind, request.model.clone())),
            _ => None,
        });
        calls.collect()
    }

    /// What the commits make of these files.
    pub(super) fn files(&self, before: &[(&str, &str)]) -> BTreeMap<String, String> {
        let mut files: BTreeMap<String, String> =
            before.iter().map(|(at, text)| ((*at).to_owned(), (*text).to_owned())).collect();
        for effect in &self.effects {
            let Effect::CommitChanges { changes, .. } = effect else { continue };
            for change in changes {
                match &change.op {
                    FileOp::Write { path, content } => {
                        files.insert(path.to_string(), content.to_string());
                    }
                    FileOp::Delete { path } => {
                        files.remove(path.as_str());
                    }
                    FileOp::Rename { from, to } => {
                        let content = files.remove(from.as_str()).unwrap();
                        files.insert(to.to_string(), content);
                    }
                    FileOp::Restore { path } => {
                        let (_, text) = before.iter().find(|(at, _)| *at == path.as_str()).unwrap();
                        files.insert(path.to_string(), (*text).to_owned());
                    }
                }
            }
        }
        files
    }

    pub(super) fn ran(&mut self, id: u32, exit: ToolExit, output: &str) -> &mut Self {
        self.ran_with(id, exit, output, &[])
    }

    /// A run is over that changed these files.
    pub(super) fn ran_with(
        &mut self,
        id: u32,
        exit: ToolExit,
        output: &str,
        files: &[(&str, &str)],
    ) -> &mut Self {
        let files = files.iter().map(|(at, text)| (path(at), Some(FileContent::text(*text))));
        let files = files.collect();
        let outcome = ToolOutcome { exit, output: output.to_owned(), duration_ms: 1_240, files };
        self.input(&format!("run {id}: {exit:?}"), Input::ToolDone { id, outcome })
    }

    pub(super) fn answers(&mut self, id: u32, allowed: bool) -> &mut Self {
        let name = format!("a person answers about {id}: {allowed}");
        self.input(&name, Input::PersonAnswered { id, allowed })
    }

    /// What is run, as one would type it.
    pub(super) fn runs(&self) -> Vec<String> {
        let runs = self.effects.iter().filter_map(|effect| match effect {
            Effect::RunTool { call, .. } => Some(call.to_string()),
            _ => None,
        });
        runs.collect()
    }

    /// How often the model was called.
    pub(super) fn calls(&self) -> usize {
        self.effects.iter().filter(|effect| matches!(effect, Effect::CallModel { .. })).count()
    }

    pub(super) fn told(&self) -> &str {
        &self.told
    }

    /// The last message of the last call.
    pub(super) fn asked(&self) -> String {
        let request = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::CallModel { request, .. } => Some(request),
            _ => None,
        });
        text_of(&request.unwrap().messages.last().unwrap().parts)
    }

    /// How many bytes of text the last call sends.
    pub(super) fn sent(&self) -> usize {
        let request = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::CallModel { request, .. } => Some(request),
            _ => None,
        });
        request.unwrap().messages.iter().map(|message| text_of(&message.parts).len()).sum()
    }

    pub(super) fn last(&self) -> &Effect {
        self.effects.last().unwrap()
    }
}

/// What parts say, as one text.
pub(super) fn text_of(parts: &[ChatPart]) -> String {
    let mut all = String::new();
    for part in parts {
        let text = match part {
            ChatPart::Text(text) => text.clone(),
            ChatPart::Image(image) => format!("{image:?}"),
            ChatPart::CacheMark => continue,
        };
        if !all.is_empty() && !all.ends_with('\n') {
            all.push('\n');
        }
        all.push_str(&text);
    }
    all
}

fn tell(effect: &Effect) -> String {
    match effect {
        Effect::CallModel { step, kind, round, request, .. } => {
            let roles: String = request
                .messages
                .iter()
                .map(|m| if m.role.as_str() == "user" { 'u' } else { 'a' })
                .collect();
            format!("call model: step {step}, {kind} {round}, messages {roles}")
        }
        Effect::StopModel => "stop model".into(),
        Effect::Restart => "make the call again".into(),
        Effect::Emit(event) => tell_event(event),
        Effect::CommitChanges { step, changes } => {
            let mut text = format!("commit step {step}:");
            for change in changes {
                let _ = match &change.op {
                    FileOp::Write { path, content } => {
                        write!(text, " [{} write {path} {content:?}]", change.index)
                    }
                    FileOp::Delete { path } => write!(text, " [{} delete {path}]", change.index),
                    FileOp::Rename { from, to } => {
                        write!(text, " [{} rename {from} to {to}]", change.index)
                    }
                    FileOp::Restore { path } => write!(text, " [{} restore {path}]", change.index),
                };
            }
            text
        }
        Effect::RunChecks => "run checks".into(),
        Effect::TrySmoke { checks } => {
            let paths: Vec<_> = checks.iter().map(|(path, _)| path.as_str()).collect();
            format!("try smoke: {}", paths.join(", "))
        }
        Effect::RunTool { id, call } => format!("run {id}: {:?}", call.argv()),
        Effect::StopTool { id } => format!("stop run {id}"),
        Effect::AskPerson { id, call, why } => format!("ask {id}: {:?}, {why}", call.argv()),
        Effect::Finish { verified, changed, summary } => {
            format!("finish: verified {verified}, changed {changed}, {summary:?}")
        }
        Effect::Fail { code, message, retryable } => {
            format!("fail: {}, retryable {retryable}, {message:?}", code.as_str())
        }
        Effect::Cancelled { changed, summary } => {
            format!("cancelled: changed {changed}, {summary:?}")
        }
    }
}

fn tell_event(event: &AgentEvent) -> String {
    match event {
        AgentEvent::RoleChanged { role, note } => format!("role {role}: {note}"),
        AgentEvent::Plan { items } => {
            let items: Vec<_> = items
                .iter()
                .map(|i| format!("[{}] {}", if i.done { 'x' } else { ' ' }, i.text))
                .collect();
            format!("plan: {}", items.join(", "))
        }
        AgentEvent::StepStarted { step, kind, round } => format!("step {step}: {kind} {round}"),
        AgentEvent::TextDelta { text } => format!("text {text:?}"),
        AgentEvent::FileOpened { path, op } => format!("open {path} ({op})"),
        AgentEvent::FileDelta { path, text } => format!("file {path} {text:?}"),
        AgentEvent::FileClosed { path } => format!("close {path}"),
        AgentEvent::EditApplied { path, op, index, added, removed } => {
            format!("applied {index}: {op} {path} +{added} -{removed}")
        }
        AgentEvent::EditFailed { path, reason, diff } => {
            format!("edit failed {path:?}: {reason} {diff:?}")
        }
        AgentEvent::CheckStarted => "check started".into(),
        AgentEvent::CheckFinished { ok, diagnostics } => {
            format!("check finished: ok {ok}, {} errors", diagnostics.len())
        }
        AgentEvent::ReviewFinished { findings } => {
            let found: Vec<_> = findings.iter().map(|found| found.message.as_str()).collect();
            format!("review: {found:?}")
        }
        AgentEvent::Questions { items } => format!("questions: {items:?}"),
        AgentEvent::RolledBack { reason, paths } => {
            let paths: Vec<_> = paths.iter().map(FilePath::as_str).collect();
            format!("rolled back {paths:?}: {reason}")
        }
        AgentEvent::RepairStarted { round, reason } => {
            format!("repair {round}: {}", reason.as_str())
        }
        AgentEvent::ToolStarted { id, tool, command } => {
            format!("run {id} begins: {tool}, {command}")
        }
        AgentEvent::ToolFinished { id, exit, output, .. } => {
            format!("run {id} ended: {exit:?}, {output:?}")
        }
        AgentEvent::PermissionAsked { id, command, why } => {
            format!("may {id} run? {command}: {why}")
        }
        AgentEvent::PermissionAnswered { id, allowed } => format!("run {id} allowed: {allowed}"),
    }
}

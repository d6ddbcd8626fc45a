//! What an answer asks to be run: carried out when its edits are written, and told to the model.

use std::collections::VecDeque;
use std::fmt::Write as _;

use qv_domain::chat::{ChatMessage, ChatRole};
use qv_domain::{AgentRole, FilePath, StepKind};

use super::answer::Need;
use super::{AgentEvent, Effect, Machine, Phase, StepFor};
use crate::apply::FileContent;
use crate::prompts;
use crate::protocol::{RunTag, show_file, show_text};
use crate::tools::{self, ToolCall, ToolExit, ToolOutcome, Verdict};

/// Names of changed files that the model is told of.
const NAMES: usize = 20;
/// A `package.json` that a run has changed is shown up to this size, in bytes.
const MANIFEST_BYTES: usize = 4_000;

/// The runs of a turn.
#[derive(Debug, Clone, Default)]
pub(super) struct Runs {
    /// What is still to be run of the answer.
    queue: VecDeque<RunTag>,
    /// Files that the answer wants to see with what comes of it.
    needs: Vec<Need>,
    /// What runs, or waits for a person.
    now: Option<Now>,
    /// What the model is told next.
    told: String,
    /// How many were begun or asked about in the turn; the running one is the last.
    count: u32,
    /// How often the model was called with what came of runs.
    rounds: u32,
    /// What failed, with what it wrote.
    failures: Vec<(ToolCall, String)>,
    /// What a person did not allow.
    denied: Vec<ToolCall>,
    /// Whether one failed in the way that it did before.
    is_stuck: bool,
    no_sandbox: NoSandbox,
}

#[derive(Debug, Clone)]
struct Now {
    call: ToolCall,
    /// Why a person is asked; empty when nobody is.
    why: String,
}

/// Who knows that a run was asked for where there is no sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum NoSandbox {
    #[default]
    Nobody,
    Person,
    Model,
}

impl Machine {
    /// Takes what the answer asks to be run, and with it the files that it wants to see: they come along.
    pub(super) fn take_runs(&mut self) {
        let asked = std::mem::take(&mut self.answer.runs);
        if self.turn.tools.is_none() {
            if !asked.is_empty() && self.runs.no_sandbox == NoSandbox::Nobody {
                self.runs.no_sandbox = NoSandbox::Person;
                self.remark("This project has no sandbox, so nothing was run.");
            }
            return;
        }
        if self.phase == Phase::Answer(StepFor::Tool) || !asked.is_empty() {
            let files = self.stage.files();
            let is_text =
                |need: &Need| files.get(&need.path).is_some_and(|f| f.as_text().is_some());
            let needs = std::mem::take(&mut self.answer.needs);
            self.runs.needs.extend(needs.into_iter().filter(is_text));
        }
        for run in asked {
            if self.runs.queue.contains(&run) {
                continue;
            }
            if self.runs.queue.len() < self.turn.limits.tool_runs {
                self.runs.queue.push_back(run);
            } else {
                let most = self.turn.limits.tool_runs;
                self.tell_refused(&run, &format!("an answer may ask for {most} runs"));
            }
        }
    }

    /// Whether something is to be run or shown before the turn goes on. In a turn that has no rounds left it is not, and
    /// the person is told.
    pub(super) fn wants_runs(&mut self) -> bool {
        if self.runs.queue.is_empty() && self.runs.needs.is_empty() {
            return false;
        }
        if self.runs.rounds < self.turn.limits.tool_rounds {
            return true;
        }
        let runs = !self.runs.queue.is_empty();
        self.forget_runs();
        if runs {
            self.remark("Nothing more is run in this turn.");
        }
        false
    }

    /// Carries out what is to be run, in order.
    pub(super) fn begin_runs(&mut self) {
        self.runs.rounds += 1;
        self.next_run();
    }

    /// Drops what is still to be run and told.
    pub(super) fn forget_runs(&mut self) {
        self.runs.queue.clear();
        self.runs.needs.clear();
        self.runs.told.clear();
    }

    fn next_run(&mut self) {
        while !self.runs.is_stuck
            && let Some(run) = self.runs.queue.pop_front()
        {
            let Some(tools) = &self.turn.tools else { return };
            match tools::classify(&run, tools, self.stage.files()) {
                Verdict::Allowed(call) => {
                    self.number(call, String::new());
                    return self.run_tool();
                }
                Verdict::Ask(call, _) if self.runs.denied.contains(&call) => {
                    self.tell(&format!(
                        "`{}` was not run: the person does not allow it.",
                        shown(&call)
                    ));
                }
                Verdict::Ask(call, why) => {
                    let command = call.to_string();
                    let id = self.number(call, why.clone());
                    self.emit(AgentEvent::PermissionAsked { id, command, why });
                    return self.ask_person();
                }
                Verdict::Refused(why) => self.tell_refused(&run, &why),
            }
        }
        self.tell_model();
    }

    fn number(&mut self, call: ToolCall, why: String) -> u32 {
        self.runs.count += 1;
        self.runs.now = Some(Now { call, why });
        self.runs.count
    }

    /// Begins what was numbered last.
    fn run_tool(&mut self) {
        let Some(Now { call, .. }) = &self.runs.now else { return };
        let (id, call) = (self.runs.count, call.clone());
        self.role(AgentRole::Tester, "Running it");
        let (tool, command) = (call.kind(), call.to_string());
        self.emit(AgentEvent::ToolStarted { id, tool, command });
        self.phase = Phase::Tool;
        self.out.push(Effect::RunTool { id, call });
    }

    /// Waits for a person's word about what was numbered last.
    pub(super) fn ask_person(&mut self) {
        let Some(Now { call, why }) = &self.runs.now else { return };
        let (id, call, why) = (self.runs.count, call.clone(), why.clone());
        self.phase = Phase::Permission;
        self.out.push(Effect::AskPerson { id, call, why });
    }

    pub(super) fn person_answered(&mut self, id: u32, allowed: bool) {
        if id != self.runs.count {
            return;
        }
        self.emit(AgentEvent::PermissionAnswered { id, allowed });
        if allowed {
            return self.run_tool();
        }
        if let Some(Now { call, .. }) = self.runs.now.take() {
            self.tell(&format!("`{}` was not run: the person does not allow it.", shown(&call)));
            self.runs.denied.push(call);
        }
        self.next_run();
    }

    /// The run under way was lost with its server. What does the same when it is done twice is done again; of the rest
    /// nobody knows how far it came, and the model is told so.
    pub(super) fn tool_lost(&mut self) {
        if self.runs.now.as_ref().is_some_and(|now| now.call.is_repeatable()) {
            return self.run_tool();
        }
        let lost = ToolOutcome {
            exit: ToolExit::Lost,
            output: String::new(),
            duration_ms: 0,
            files: Vec::new(),
        };
        self.tool_done(self.runs.count, lost);
    }

    pub(super) fn tool_done(&mut self, id: u32, outcome: ToolOutcome) {
        if id != self.runs.count {
            return;
        }
        let Some(Now { call, .. }) = self.runs.now.take() else { return };
        let ToolOutcome { exit, output, duration_ms, files } = outcome;
        let output = tools::excerpt(&output);
        let tail = tools::tail(&output).to_owned();
        self.emit(AgentEvent::ToolFinished { id, exit, duration_ms, output: tail });
        let seconds = duration_ms.saturating_add(50) / 100;
        let mut told = format!("`{}` {exit}", shown(&call));
        if exit != ToolExit::Lost {
            let _ = write!(told, " after {}.{} s", seconds / 10, seconds % 10);
        }
        if output.is_empty() {
            told.push_str(if exit == ToolExit::Lost { "." } else { ", and wrote nothing." });
        } else {
            let _ = write!(told, ":\n<run-output>\n{}</run-output>", show_text(&output));
        }
        self.tell(&told);
        self.take_tool_files(files);
        if !exit.ok() {
            let before = |(failed, wrote): &(ToolCall, String)| {
                *failed == call && tools::same_failure(wrote, &output)
            };
            self.runs.is_stuck |= self.runs.failures.iter().any(before);
            self.runs.failures.push((call, output));
        }
        self.next_run();
    }

    /// Takes over what a run has made of the project's files.
    fn take_tool_files(&mut self, files: Vec<(FilePath, Option<FileContent>)>) {
        if files.is_empty() {
            return;
        }
        let names: Vec<&str> = files.iter().take(NAMES).map(|(path, _)| path.as_str()).collect();
        let more = if files.len() > NAMES { ", \u{2026}" } else { "" };
        let mut told = format!("Files that it changed: {}{more}", show_text(&names.join(", ")));
        self.unchecked = true;
        for (path, content) in files {
            let text = content.as_ref().and_then(FileContent::as_text);
            let manifest =
                text.filter(|text| path.as_str() == "package.json" && text.len() <= MANIFEST_BYTES);
            let manifest = manifest.map(|text| show_file(&path, text));
            self.stage.change_by_tool(path.clone(), content);
            if let Some(manifest) = manifest {
                self.stage.shown(&path);
                told.push('\n');
                told.push_str(manifest.trim_end());
            }
            self.changed.insert(path);
        }
        self.tell(&told);
    }

    fn tell_refused(&mut self, run: &RunTag, why: &str) {
        self.tell(&format!("`{}` was not run: {why}.", tools::asked_for(run)));
    }

    fn tell(&mut self, text: &str) {
        self.runs.told.push_str(text);
        self.runs.told.push('\n');
    }

    /// All was run: the model goes on with what came of it, unless that leads nowhere.
    fn tell_model(&mut self) {
        if self.runs.is_stuck {
            self.forget_runs();
            self.remark("The same run failed twice in the same way, so it is not tried again.");
            return self.settle();
        }
        let needs = std::mem::take(&mut self.runs.needs);
        let files = self.needed_files(needs);
        let mut results = std::mem::take(&mut self.runs.told);
        if results.is_empty() {
            results.push_str("(Nothing was run. These are the files that you asked for.)\n");
        }
        results.push_str(&files);
        self.keep_answer();
        let rounds = self.runs.rounds;
        let ask = prompts::ran(&results, rounds < self.turn.limits.tool_rounds);
        self.chat.push(ChatMessage::text(ChatRole::User, ask));
        self.phase = Phase::Answer(StepFor::Tool);
        self.call(StepKind::Tool, rounds, self.chat.clone());
    }

    /// Nothing more is to be done but to check what is not checked yet.
    pub(super) fn settle(&mut self) {
        if self.unchecked { self.check() } else { self.finish(false) }
    }

    /// What the model is told, once, when it asked for runs where there is no sandbox.
    pub(super) fn no_sandbox_note(&mut self) -> Option<&'static str> {
        let unknown = self.runs.no_sandbox == NoSandbox::Person;
        unknown.then(|| {
            self.runs.no_sandbox = NoSandbox::Model;
            prompts::no_sandbox()
        })
    }

    /// The number of what runs.
    pub(super) fn running(&self) -> u32 {
        self.runs.count
    }

    /// Says something to the person after what the answer says.
    pub(super) fn remark(&mut self, text: &str) {
        let apart = !self.answer.prose.trim().is_empty();
        let text = if apart { format!("\n\n{text}") } else { text.to_owned() };
        self.answer.prose.push_str(&text);
        let text = self.paragraph(text);
        self.emit(AgentEvent::TextDelta { text });
    }
}

/// A call in few words, in one line.
fn shown(call: &ToolCall) -> String {
    const CHARS: usize = 200;
    call.to_string().chars().filter(|c| *c != '`').take(CHARS).collect()
}

//! A model that knows what it means to write: the same app for the same prompt, gone on with from wherever an answer
//! was cut off.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::Value;

use super::random::Random;
use crate::model_server::{ModelServer, Recorded, Reply, Script, Usage};

/// The model that it plays: one whose price is known, so that money is counted.
pub const MODEL: &str = "claude-sonnet-4-5";
/// The key by which it is called.
pub const KEY: &str = "sk-bench-5f0f6c1d93";
const NAMES: [&str; 4] = ["one", "two", "three", "four"];
const LOG: &str = "src/log.ts";
const LOG_END: &str = "// The end of the log.";

/// One turn of one project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Job {
    /// Which project, from 0.
    pub project: u32,
    /// Which turn of it, from 1.
    pub turn: u32,
}

/// How the model speaks.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Lines of each file.
    pub lines: u32,
    /// Characters of a piece.
    pub piece: usize,
    /// Milliseconds between pieces.
    pub between_ms: u64,
}

impl Job {
    /// What the person says.
    #[must_use]
    pub fn prompt(self) -> String {
        format!("zzyzx quux: job {} of project {}.", self.turn, self.project)
    }

    /// The job that a request is about.
    fn of(messages: &[(String, String)]) -> Option<Self> {
        let (_, opening) = messages.first()?;
        let request = &opening[opening.rfind("<request>")?..];
        let number = |before: &str| {
            let rest = &request[request.find(before)? + before.len()..];
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            rest[..digits].parse().ok()
        };
        Some(Self { turn: number(": job ")?, project: number(" of project ")? })
    }

    /// The model's files after this turn, by path, when every turn before was done.
    #[must_use]
    pub fn files(self, pace: Pace) -> BTreeMap<String, String> {
        let mut files: BTreeMap<String, String> =
            NAMES.iter().map(|name| (part_path(name), self.part(name, pace))).collect();
        files.insert("src/App.tsx".to_owned(), self.app());
        let turns = (1..=self.turn).fold(String::new(), |mut lines, turn| {
            let _ = writeln!(lines, "  \"turn {turn}\",");
            lines
        });
        files.insert(LOG.to_owned(), format!("export const log = [\n{turns}  {LOG_END}\n];\n"));
        files
    }

    fn part(self, name: &str, pace: Pace) -> String {
        let Self { project, turn } = self;
        let seed = u64::from(project) << 32 | u64::from(turn) << 8 | name.len() as u64;
        let mut random = Random::new(seed);
        let mut text = format!("// Part {name} of project {project}, turn {turn}.\n");
        let _ = writeln!(text, "export const {name} = [");
        for line in 0..pace.lines {
            let (word, next) = (random.next(), random.next() % 1_000_000);
            let _ = writeln!(text, "  \"{name} {line}: {word:016x} gr\u{fc}n {next}\",");
        }
        text.push_str("];\n");
        text
    }

    fn app(self) -> String {
        let mut text = String::new();
        for name in NAMES {
            let _ = writeln!(text, "import {{ {name} }} from \"./parts/{name}\";");
        }
        let _ = writeln!(text, "import {{ log }} from \"./log\";");
        let count: Vec<String> = NAMES.iter().map(|name| format!("{name}.length")).collect();
        let _ = writeln!(
            text,
            "\nexport function App() {{\n  const count = {} + log.length;\n  return <h1>Project {}, turn {}: {{count}}</h1>;\n}}",
            count.join(" + "),
            self.project,
            self.turn
        );
        text
    }

    /// The whole answer.
    #[must_use]
    pub fn answer(self, pace: Pace) -> String {
        let mut text = format!(
            "I write turn {} of project {}.\n\n<plan>\n- [ ] Write the parts\n- [ ] Note the turn\n</plan>\n",
            self.turn, self.project
        );
        for (path, content) in self.files(pace) {
            if path != LOG || self.turn == 1 {
                let _ = write!(text, "\n<file path=\"{path}\">\n{content}</file>\n");
            } else {
                let _ = write!(
                    text,
                    "\n<edit path=\"{LOG}\">\n<<<<<<< SEARCH\n  {LOG_END}\n=======\n  \"turn {}\",\n  {LOG_END}\n>>>>>>> REPLACE\n</edit>\n",
                    self.turn
                );
            }
        }
        let _ = write!(text, "\nThat was turn {} of project {}.\n", self.turn, self.project);
        text
    }
}

fn part_path(name: &str) -> String {
    format!("src/parts/{name}.ts")
}

/// A call as the model saw it.
#[derive(Debug, Clone)]
pub struct Call {
    /// What it was about; `None` when it could not be told.
    pub job: Option<Job>,
    /// What it was asked for.
    pub asked: Asked,
    /// Where what it is said to have written parts from what it writes, for those who look into it.
    pub parts: String,
}

/// What a request wants of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The answer, from its beginning.
    Whole,
    /// To go on with what it had written.
    GoOn,
    /// To go on with something that it never wrote.
    Foreign,
    /// To mend what was not broken.
    Repair,
    /// To read what it wrote against the request.
    Review,
}

/// The model at its server, and what it was asked.
#[derive(Debug)]
pub struct MeantModel {
    /// The server; its records are in the order of [`MeantModel::calls`].
    pub server: ModelServer,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// Output tokens that the first call reports; each later one reports one more, so that every call is known by them.
pub const FIRST_OUTPUT: u64 = 10_000;
/// Input tokens that every call reports.
pub const INPUT: u64 = 3_000;

impl MeantModel {
    /// Starts it.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(pace: Pace, seed: u64) -> super::Result<Self> {
        let script = Script {
            models: vec![MODEL.to_owned()],
            key: Some(KEY.to_owned()),
            ..Script::default()
        };
        let server = ModelServer::serve(script).await;
        let server = server.map_err(super::Fault::io("the scripted model"))?;
        server.forget_texts();
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let (noted, random) = (Arc::clone(&calls), Mutex::new(Random::new(seed)));
        server.on_request(move |request| {
            let shape = random.lock().unwrap_or_else(PoisonError::into_inner).next();
            let (call, text) = answer(request, pace, shape);
            let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
            noted.push(call);
            let output = FIRST_OUTPUT + noted.len() as u64 - 1;
            Some(Reply {
                delta_chars: pace.piece,
                between_ms: pace.between_ms,
                ..Reply::text(text?).usage(Usage { input: INPUT, output, ..Usage::default() })
            })
        });
        Ok(Self { server, calls })
    }

    /// How the binary finds it.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        vec![
            ("QUICKVIBE_CUSTOM_BASE_URL".to_owned(), self.server.base_url()),
            ("QUICKVIBE_CUSTOM_API_KEY".to_owned(), KEY.to_owned()),
        ]
    }

    /// What it was asked, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// When each call's answer was said to its end; `None` where the client went away before.
    #[must_use]
    pub fn said(&self) -> Vec<Option<Instant>> {
        self.server.ends()
    }
}

/// What a request is, and the text that answers it.
fn answer(request: &Recorded, pace: Pace, shape: u64) -> (Call, Option<String>) {
    let messages = messages(&request.body);
    let Some(job) = Job::of(&messages) else {
        let parts = "the request names no job".to_owned();
        return (Call { job: None, asked: Asked::Foreign, parts }, None);
    };
    let mut parts = String::new();
    // It means what it wrote.
    if request.system.contains("You review a change") {
        return (Call { job: Some(job), asked: Asked::Review, parts }, Some("<ok/>\n".to_owned()));
    }
    let whole = job.answer(pace);
    let (asked, text) = match messages.as_slice() {
        [.., (role, kept), (_, ask)] if role == "assistant" => {
            let cut_off = ask.contains("cut off");
            if !cut_off {
                parts = ask.chars().take(300).collect();
                (Asked::Repair, whole)
            } else if kept == "(no answer)" {
                (Asked::Whole, whole)
            } else if whole.starts_with(kept.as_str()) {
                (Asked::GoOn, go_on(&whole, kept, shape))
            } else {
                parts = parting(&whole, kept);
                (Asked::Foreign, whole)
            }
        }
        // The answer's own beginning stands last: it is gone on with at the very place.
        [.., (role, kept)] if role == "assistant" => match whole.strip_prefix(kept.as_str()) {
            Some(rest) => (Asked::GoOn, rest.to_owned()),
            None => {
                parts = parting(&whole, kept);
                (Asked::Foreign, whole)
            }
        },
        _ => (Asked::Whole, whole),
    };
    (Call { job: Some(job), asked, parts }, Some(text))
}

/// Where two texts part, with what is around.
fn parting(whole: &str, kept: &str) -> String {
    let same = whole.chars().zip(kept.chars()).take_while(|(one, other)| one == other).count();
    let from = same.saturating_sub(80);
    let around = |text: &str| text.chars().skip(from).take(160).collect::<String>();
    format!("at character {same}: wrote {:?}, quoted {:?}", around(whole), around(kept))
}

/// Goes on as models do: most repeat the last line as they were told, some go on at once, some begin the open file anew.
fn go_on(whole: &str, kept: &str, shape: u64) -> String {
    let last_line = kept.rfind('\n').map_or(0, |at| at + 1);
    let opener = kept.rfind("<file path=").filter(|at| !kept[*at..].contains("</file>"));
    match (shape % 20, opener, whole[kept.len()..].strip_prefix('\n')) {
        // Blank lines before the next words are taken for noise, so none of them stands there.
        (0..=2, _, Some(next)) if !next.starts_with('\n') => next.to_owned(),
        (3..=5, Some(opener), _) => whole[opener..].to_owned(),
        _ => whole[last_line..].to_owned(),
    }
}

/// Roles and texts of a request's chat, without the system's.
fn messages(body: &Value) -> Vec<(String, String)> {
    let messages = body["messages"].as_array().map_or(&[][..], Vec::as_slice);
    let chat = messages.iter().filter(|message| message["role"] != "system");
    chat.map(|message| {
        let role = message["role"].as_str().unwrap_or_default().to_owned();
        (role, crate::model_server::text_of(&message["content"]))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_gone_on_with_is_the_whole_one() {
        let (job, pace) = (Job { project: 3, turn: 2 }, Pace { lines: 5, piece: 9, between_ms: 0 });
        let whole = job.answer(pace);
        for (at, _) in whole.char_indices().filter(|(at, _)| *at > 0) {
            let kept = whole[..at].trim_end();
            let rest = go_on(&whole, kept, 19);
            let line = kept.rfind('\n').map_or(0, |at| at + 1);
            assert_eq!(format!("{}{rest}", &kept[..line]), whole);
        }
        assert!(job.files(pace)[LOG].contains("turn 1"));
    }

    #[test]
    fn a_job_is_read_from_its_request() {
        let job = Job { project: 12, turn: 34 };
        let told = format!("Asked: zzyzx quux: job 1 of project 2.\n<request>\n{}", job.prompt());
        assert_eq!(Job::of(&[("user".to_owned(), told)]), Some(job));
    }
}

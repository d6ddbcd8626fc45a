//! The requests that our engine would send for a turn.

use std::collections::{BTreeMap, HashMap};

use qv_agent::{EditStyle, machine, prompts};
use qv_domain::{FilePath, TurnMode};
use qv_pfc::{FactsCache, Lines, PackRequest, Packed, Part, PastChange, Scope, SourceFile};

use crate::answer::{self, Sized};
use crate::charge::Call;
use crate::corpus::{Change, Kind, Turn};
use crate::repo::{Logged, Repo, Snapshot};
use crate::{Fault, tokens};

/// The model whose tokenizer counts: o200k, as everywhere in this bench.
pub(crate) const MODEL: &str = "gpt-5";
/// What the product gives a turn for map and files.
pub(crate) const BUDGET: u64 = 16_000;
/// Commits before a turn that the engine is told of, as a project's versions would be.
pub(crate) const LOG: u32 = 80;
/// The sentence around a request for more (`bench.py` counts the same).
const ASK: u64 = 40;

/// How the engine is run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// Unchanged lines that a block quotes around each change at least.
    pub(crate) context: usize,
    /// Whether it is told of the commits before the session.
    pub(crate) log: bool,
    /// Whether parts of files may be sent.
    pub(crate) slices: bool,
    /// Whether the second call repeats the first, rather than being a new one with what was asked for.
    pub(crate) appends: bool,
}

/// A turn as it was replayed.
pub(crate) struct Replayed {
    pub(crate) calls: Vec<Call>,
    pub(crate) packed: Packed,
    /// Whether all that was needed was sent at once.
    pub(crate) hit: bool,
    /// Modified files written as blocks, and how many of them the product's applier made right.
    pub(crate) blocks: (u32, u32),
}

/// What is the same in all requests.
pub(crate) struct Frame {
    system: u64,
    around: u64,
}

impl Frame {
    pub(crate) fn new() -> Self {
        let system = prompts::system(TurnMode::Build, EditStyle::SearchReplace);
        let around = "<project type=\"web_app\">\n</project>\n\n<history>\n</history>\n\n<files>\n</files>\n\nA web app: useful from the \
                      first screen, works on phone and desktop.\n\n<request>\n\n</request>";
        Self { system: tokens(&system), around: tokens(around) }
    }
}

/// Everything that a session's replay needs.
pub(crate) struct Session<'a> {
    pub(crate) repo: &'a mut Repo,
    pub(crate) sized: &'a mut Sized,
    pub(crate) cache: FactsCache,
    pub(crate) frame: &'a Frame,
    pub(crate) options: Options,
}

impl Session<'_> {
    /// Replays one turn; `before` are the turns of its session so far.
    pub(crate) fn turn(&mut self, turn: &Turn, before: &[Turn]) -> Result<Replayed, Fault> {
        let snapshot = self.repo.snapshot(&turn.parent)?;
        let past = self.past(turn, before)?;
        let prompt = turn.prompt();
        let packed = self.pack(&snapshot, &prompt, &past);
        let parts: HashMap<&str, &Part> =
            packed.sent.iter().map(|file| (file.path.as_str(), &file.part)).collect();
        let mut out = answer::PROSE;
        let mut missed = false;
        let mut blocks = (0, 0);
        for file in &turn.files {
            let part = parts.get(file.path.as_str()).copied();
            match self.written(file, part, &mut blocks)? {
                Some(tokens) => out += tokens,
                None => missed = true,
            }
        }
        let mut main = Call { kind: "main", segs: self.opening(turn, &past, &packed), out };
        let ask = tokens(&prompt) + self.frame.around;
        for file in &packed.sent {
            let id = snapshot.get(file.path.as_str()).map_or("", |blob| &blob.id);
            main.segs.push((format!("f:{}@{id}:{:?}", file.path, file.part), file.tokens));
        }
        main.segs.push((format!("u:{}", turn.id), ask));
        let calls = if missed {
            let (asked, more) = self.more(turn, &snapshot, &main, &packed, ask)?;
            main.out = ASK + asked;
            vec![main, more]
        } else {
            vec![main]
        };
        Ok(Replayed { calls, packed, hit: !missed, blocks })
    }

    /// The tokens of a change in the answer; `None` if what was sent does not show enough.
    fn written(
        &mut self,
        file: &Change,
        part: Option<&Part>,
        blocks: &mut (u32, u32),
    ) -> Result<Option<u64>, Fault> {
        let mut text = |id: &Option<String>| -> Result<String, Fault> {
            let text = id.as_ref().map(|id| self.repo.text(id)).transpose()?.flatten();
            Ok(text.map_or_else(String::new, |text| text.to_string()))
        };
        match (file.st, part) {
            (Kind::Added, _) => Ok(Some(answer::plain(file.st, &file.path, &text(&file.new)?))),
            (_, None) => Ok(None),
            (Kind::Deleted, Some(_)) => Ok(Some(answer::plain(file.st, &file.path, ""))),
            (Kind::Modified, Some(part)) => {
                let (old, new) = (text(&file.old)?, text(&file.new)?);
                let ids = (file.old.as_deref().unwrap_or(""), file.new.as_deref().unwrap_or(""));
                let edit = self.sized.edit(ids, &file.path, (&old, &new), self.options.context);
                if edit.has_blocks() {
                    *blocks = (blocks.0 + 1, blocks.1 + u32::from(edit.applied));
                }
                Ok(edit.tokens(part))
            }
        }
    }

    /// The second call: what was done before, what the model asks for, and nothing else. It names every file that it will change; of one
    /// that it saw in part the lines that it lacks, which come with some around them; others come
    /// whole. With the tokens of the asking.
    fn more(
        &mut self,
        turn: &Turn,
        snapshot: &Snapshot,
        main: &Call,
        packed: &Packed,
        ask: u64,
    ) -> Result<(u64, Call), Fault> {
        let mut segs = if self.options.appends {
            main.segs.clone()
        } else {
            // The map has served its purpose.
            main.segs
                .iter()
                .filter(|(key, _)| key == "sys" || key.starts_with("h:"))
                .cloned()
                .collect()
        };
        let mut asked = 0;
        let mut out = answer::PROSE;
        let mut unused = (0, 0);
        for file in &turn.files {
            let path = file.path.as_str();
            if file.st == Kind::Added {
                out += self.written(file, None, &mut unused)?.unwrap_or(0);
                continue;
            }
            let text = snapshot.get(path).and_then(|blob| blob.text.clone()).unwrap_or_default();
            let sent = packed.sent.iter().find(|sent| sent.path.as_str() == path);
            let lacks = self.lacks(file, sent.map(|sent| &sent.part))?;
            let part = match (&lacks, sent) {
                (Some(lines), Some(sent)) => widened(&sent.part, lines, &text),
                _ => Part::Whole,
            };
            let lines: Vec<String> = lacks
                .iter()
                .flatten()
                .map(|lines| format!("{}-{}", lines.first, lines.last))
                .collect();
            let named = if lines.is_empty() {
                String::new()
            } else {
                format!(" lines=\"{}\"", lines.join(","))
            };
            asked += tokens(&format!("<need path=\"{path}\"{named}/>\n"));
            out += self.written(file, Some(&part), &mut unused)?.unwrap_or(0);
            if self.options.appends && sent.is_some_and(|sent| sent.part == part) {
                continue;
            }
            let cost = tokens(&qv_pfc::render(path, &text, &part))
                + tokens(&format!("<file path=\"{path}\">\n</file>\n"));
            segs.push((format!("m:{}:{path}", turn.id), cost));
        }
        segs.push((format!("u:{}", turn.id), ask));
        Ok((asked, Call { kind: "more", segs, out }))
    }

    /// The lines that a change needs and that were not shown; `None` where all of the file is needed.
    fn lacks(&mut self, file: &Change, part: Option<&Part>) -> Result<Option<Vec<Lines>>, Fault> {
        let Some(part) = part else { return Ok(None) };
        if file.st == Kind::Deleted {
            return Ok(Some(Vec::new()));
        }
        let (Some(old), Some(new)) = (&file.old, &file.new) else { return Ok(None) };
        let texts =
            (self.repo.text(old)?.unwrap_or_default(), self.repo.text(new)?.unwrap_or_default());
        let context = self.options.context;
        let edit = self.sized.edit((old, new), &file.path, (&texts.0, &texts.1), context);
        Ok(edit.lacks(part))
    }

    /// What stands before the files.
    fn opening(&self, turn: &Turn, past: &Past, packed: &Packed) -> Vec<(String, u64)> {
        let mut segs = vec![
            ("sys".to_owned(), self.frame.system),
            (format!("map:{}:{}", turn.repo, packed.map), packed.map_tokens),
        ];
        let history = qv_pfc::history(&past.changes());
        let mut so_far = String::new();
        for line in history.split_inclusive('\n') {
            let before = tokens(&so_far);
            so_far.push_str(line);
            segs.push((format!("h:{line}"), tokens(&so_far) - before));
        }
        segs
    }

    pub(crate) fn past(&self, turn: &Turn, before: &[Turn]) -> Result<Past, Fault> {
        let log = if self.options.log { self.repo.log(&turn.parent, LOG)? } else { Vec::new() };
        Ok(Past::of(log, before))
    }

    pub(crate) fn pack(&mut self, snapshot: &Snapshot, prompt: &str, past: &Past) -> Packed {
        let files = Files::of(snapshot);
        let request = PackRequest {
            scale: qv_pfc::Scale::of(MODEL),
            files: &files.sources(),
            prompt,
            past: &past.changes(),
            errors: &[],
            open: &[],
            picked: None,
            scope: Scope::Part,
            slices: self.options.slices,
            budget: BUDGET,
        };
        qv_pfc::pack(&request, &mut self.cache)
    }
}

/// What the agent shows of a file when it is asked for lines of it.
fn widened(part: &Part, asked: &[Lines], text: &str) -> Part {
    let Part::Slices(seen) = part else { return Part::Whole };
    let pairs = |lines: &[Lines]| -> Vec<(u32, u32)> {
        lines.iter().map(|lines| (lines.first, lines.last)).collect()
    };
    let total = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    match machine::widen(&pairs(seen), &pairs(asked), total) {
        Some(lines) => {
            Part::Slices(lines.into_iter().map(|(first, last)| Lines { first, last }).collect())
        }
        None => Part::Whole,
    }
}

/// A snapshot as the engine takes it.
pub(crate) struct Files(BTreeMap<FilePath, Option<std::sync::Arc<str>>>);

impl Files {
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let parsed = snapshot
            .iter()
            .filter_map(|(path, blob)| Some((FilePath::parse(path).ok()?, blob.text.clone())));
        Self(parsed.collect())
    }

    pub(crate) fn sources(&self) -> Vec<SourceFile<'_>> {
        self.0
            .iter()
            .map(|(path, text)| SourceFile {
                path,
                text: text.as_deref(),
                bytes: text.as_ref().map_or(0, |text| text.len() as u64),
            })
            .collect()
    }
}

/// The changes before a turn, with their paths checked.
pub(crate) struct Past(Vec<Told>);

/// A change with its paths checked.
struct Told {
    prompt: String,
    /// The answer's words are not known: a commit's subject has about their length.
    outcome: String,
    changed: Vec<FilePath>,
    in_chat: bool,
}

impl Past {
    /// The log, in which the turns of the session so far are the chat's.
    pub(crate) fn of(log: Vec<Logged>, before: &[Turn]) -> Self {
        let parse = |paths: &mut dyn Iterator<Item = &String>| -> Vec<FilePath> {
            paths.filter_map(|path| FilePath::parse(path).ok()).collect()
        };
        let mut past: Vec<Told> = log
            .iter()
            .filter(|logged| before.iter().all(|turn| turn.commit != logged.commit))
            .map(|logged| Told {
                prompt: logged.message.clone(),
                outcome: String::new(),
                changed: parse(&mut logged.files.iter()),
                in_chat: false,
            })
            .collect();
        past.extend(before.iter().map(|turn| Told {
            prompt: turn.prompt(),
            outcome: turn.subject.clone(),
            changed: parse(&mut turn.files.iter().map(|file| &file.path)),
            in_chat: true,
        }));
        Self(past)
    }

    pub(crate) fn changes(&self) -> Vec<PastChange<'_>> {
        self.0
            .iter()
            .map(|told| PastChange {
                prompt: &told.prompt,
                outcome: &told.outcome,
                changed: &told.changed,
                in_chat: told.in_chat,
            })
            .collect()
    }
}

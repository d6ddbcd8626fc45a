//! How long a request takes to build, and how its length grows with the chat.

use std::sync::Arc;
use std::time::{Duration, Instant};

use qv_domain::FilePath;
use qv_pfc::{FactsCache, PackRequest, PastChange, Scope, SourceFile};

use crate::corpus::Turn;
use crate::ours::{BUDGET, Files, LOG, MODEL, Past};
use crate::repo::Repo;
use crate::{Fault, tokens};

/// The project that is built: files of the corpus' last snapshots, so many.
pub(crate) const FILES: usize = 300;
const ROUNDS: usize = 15;
/// Turns whose requests are built with a short and with a long chat before them.
const SAMPLED: usize = 5;
const SHORT: usize = 4;
const LONG: usize = 49;

/// What was measured.
#[derive(Default)]
pub(crate) struct Speed {
    files: Vec<(FilePath, Arc<str>)>,
    prompt: String,
    /// Tokens of map, history, files and prompt with four turns before, and with 49 (or as many as there are).
    pub(crate) at_5: u64,
    pub(crate) at_50: u64,
}

impl Speed {
    /// Takes the last turns of a repository, as the fifth turn of a chat and as the fiftieth.
    pub(crate) fn flat(&mut self, sessions: &[Vec<Turn>], repo: &mut Repo) -> Result<(), Fault> {
        let turns: Vec<Turn> = sessions.iter().flatten().cloned().collect();
        let mut cache = FactsCache::default();
        for at in turns.len().saturating_sub(SAMPLED)..turns.len() {
            let turn = &turns[at];
            let snapshot = repo.snapshot(&turn.parent)?;
            let files = Files::of(&snapshot);
            for (chat, sum) in [(SHORT, &mut self.at_5), (LONG, &mut self.at_50)] {
                let past =
                    Past::of(repo.log(&turn.parent, LOG)?, &turns[at.saturating_sub(chat)..at]);
                let changes = past.changes();
                let prompt = turn.prompt();
                let request = request(&prompt, &changes);
                let packed =
                    qv_pfc::pack(&PackRequest { files: &files.sources(), ..request }, &mut cache);
                *sum += packed.tokens + tokens(&qv_pfc::history(&changes)) + tokens(&prompt);
            }
        }
        Ok(())
    }

    /// Takes files for the project that is timed.
    pub(crate) fn gather(&mut self, sessions: &[Vec<Turn>], repo: &mut Repo) -> Result<(), Fault> {
        let Some(turn) = sessions.last().and_then(|turns| turns.last()) else { return Ok(()) };
        let name = turn.repo.rsplit('/').next().unwrap_or_default();
        self.prompt = turn.prompt();
        for (path, blob) in repo.snapshot(&turn.parent)? {
            let path = FilePath::parse(&format!("{name}/{path}"));
            if let (Ok(path), Some(text)) = (path, blob.text)
                && self.files.len() < FILES
            {
                self.files.push((path, text));
            }
        }
        Ok(())
    }

    /// Files, bytes, and the median time to build a request cold and warm (after a file has changed).
    pub(crate) fn build(&self) -> (usize, usize, Duration, Duration) {
        let sources = |changed: Option<&'static str>| -> Vec<SourceFile<'_>> {
            let mut files: Vec<SourceFile<'_>> = self
                .files
                .iter()
                .map(|(path, text)| SourceFile {
                    path,
                    text: Some(&**text),
                    bytes: text.len() as u64,
                })
                .collect();
            if let (Some(text), Some(file)) = (changed, files.first_mut()) {
                file.text = Some(text);
            }
            files
        };
        // The tokenizer's vocabulary is loaded once in the life of a process.
        let _ = tokens("load the vocabulary");
        let (mut cold, mut warm) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let mut cache = FactsCache::default();
            for (files, times) in
                [(sources(None), &mut cold), (sources(Some("changed\n")), &mut warm)]
            {
                let request = PackRequest { files: &files, ..request(&self.prompt, &[]) };
                let start = Instant::now();
                let packed = qv_pfc::pack(&request, &mut cache);
                times.push(start.elapsed());
                drop(packed);
            }
        }
        let median = |mut times: Vec<Duration>| {
            times.sort_unstable();
            times[times.len() / 2]
        };
        let bytes = self.files.iter().map(|(_, text)| text.len()).sum();
        (self.files.len(), bytes, median(cold), median(warm))
    }
}

fn request<'a>(prompt: &'a str, past: &'a [PastChange<'a>]) -> PackRequest<'a> {
    PackRequest {
        scale: qv_pfc::Scale::of(MODEL),
        files: &[],
        prompt,
        past,
        errors: &[],
        open: &[],
        picked: None,
        scope: Scope::Part,
        slices: true,
        budget: BUDGET,
    }
}

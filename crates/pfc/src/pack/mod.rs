//! What a turn sends: the map of all files, and of the telling ones the text, whole or in slices.

mod map;
mod render;
mod select;

#[cfg(test)]
mod tests;

use qv_domain::FilePath;

use crate::facts::{Facts, FactsCache, counted};
use crate::outline::Lines;
use crate::rank::{self, Ranked, places, terms};
use crate::tokens::Scale;

pub use render::render;

/// A file as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceFile<'a> {
    /// Where.
    pub path: &'a FilePath,
    /// Its text; `None` for a binary file.
    pub text: Option<&'a str>,
    /// Its size in bytes.
    pub bytes: u64,
}

/// An earlier change of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastChange<'a> {
    /// What was asked for.
    pub prompt: &'a str,
    /// What came of it, in the words of the answer; may be empty.
    pub outcome: &'a str,
    /// The files that it changed.
    pub changed: &'a [FilePath],
    /// Whether it is a turn of this chat, rather than an older version.
    pub in_chat: bool,
}

/// How much of the app a turn is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// A part of it: only what is worth its tokens is sent.
    #[default]
    Part,
    /// Perhaps all of it, as when a starter is made into something else: all that fits is sent.
    Whole,
}

/// What is to be packed.
#[derive(Debug, Clone, Copy)]
pub struct PackRequest<'a> {
    /// How the model counts tokens.
    pub scale: Scale,
    /// All files of the project.
    pub files: &'a [SourceFile<'a>],
    /// What the person asks.
    pub prompt: &'a str,
    /// What was changed before, oldest first.
    pub past: &'a [PastChange<'a>],
    /// Files with errors, and the line where it is known.
    pub errors: &'a [(FilePath, Option<u32>)],
    /// Files that are open in the editor.
    pub open: &'a [FilePath],
    /// The file that draws the element that was picked in the preview, and the line where it is known.
    pub picked: Option<(&'a FilePath, Option<u32>)>,
    /// How much of the app it is about.
    pub scope: Scope,
    /// Whether parts of files may be sent: for models that edit by search and replace.
    pub slices: bool,
    /// The most tokens for map and files together.
    pub budget: u64,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Packed {
    /// All files in few words: by folder, with what they export. Changes only when files come, go or export
    /// something else, so that it can stand at the beginning, which providers cache.
    pub map: String,
    /// The files whose text is sent, by path.
    pub sent: Vec<SentFile>,
    /// The text files that are only on the map, by path.
    pub omitted: Vec<FilePath>,
    /// Every file that could be sent, the likeliest first.
    pub ranked: Vec<Ranked>,
    /// Tokens of map and sent files.
    pub tokens: u64,
    /// Tokens of the map.
    pub map_tokens: u64,
    /// Tokens if every text file were sent.
    pub naive_tokens: u64,
    /// Whether the counts are exact; otherwise they are shown with "~".
    pub exact: bool,
}

/// A file that is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    /// Which.
    pub path: FilePath,
    /// Why.
    pub reason: Reason,
    /// Its tokens.
    pub tokens: u64,
    /// How much of it.
    pub part: Part,
}

/// How much of a file is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// All.
    Whole,
    /// These lines, in order and apart from each other.
    Slices(Vec<Lines>),
}

impl Part {
    /// Whether these lines are among what is sent.
    #[must_use]
    pub fn holds(&self, lines: Lines) -> bool {
        match self {
            Self::Whole => true,
            Self::Slices(slices) => slices.iter().any(|slice| slice.holds(lines)),
        }
    }
}

/// Why a file is sent, most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// An error is in it.
    Error,
    /// It draws the element that was picked.
    Picked,
    /// It is open in the editor.
    Open,
    /// The prompt names it.
    Named,
    /// Its words are those of the prompt.
    Relevant,
    /// A request like this one changed it.
    Similar,
    /// It was changed together with files that are needed.
    Together,
    /// It imports files that are needed, or they import it.
    Imported,
    /// It was changed lately.
    Recent,
    /// All files fit.
    AllFit,
}

impl Reason {
    /// The one spelling, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Picked => "picked",
            Self::Open => "open",
            Self::Named => "named",
            Self::Relevant => "relevant",
            Self::Similar => "similar",
            Self::Together => "together",
            Self::Imported => "imported",
            Self::Recent => "recent",
            Self::AllFit => "all_fit",
        }
    }

    /// How likely a file is needed by this reason alone.
    pub(crate) const fn chance(self) -> f64 {
        match self {
            Self::Error => 0.95,
            Self::Picked => 0.9,
            Self::Open | Self::Named => 0.5,
            _ => 0.0,
        }
    }
}

/// Chooses what to send. The same request always gives the same choice, whatever the cache holds. Lock files and
/// other generated text are never sent; map and files together never take more tokens than the budget.
#[must_use]
pub fn pack(request: &PackRequest<'_>, cache: &mut FactsCache) -> Packed {
    let mut files: Vec<SourceFile<'_>> = request.files.to_vec();
    files.sort_by_key(|file| file.path);
    files.dedup_by_key(|file| file.path);
    let sources: Vec<(&FilePath, &str)> = files
        .iter()
        .filter(|file| !places::is_generated(file.path))
        .filter_map(|file| Some((file.path, file.text?)))
        .collect();
    let known = cache.of(sources.iter().map(|(path, text)| (path.as_str(), *text)));
    let facts: Vec<&Facts> = known.iter().map(|facts| &**facts).collect();
    let paths: Vec<&FilePath> = sources.iter().map(|(path, _)| *path).collect();
    let scale = request.scale;
    let naive_tokens = facts.iter().map(|facts| scale.up(facts.tokens)).sum::<u64>();

    let map = map::draw(&files, &paths, &facts, request.budget / 4, scale);
    let map_tokens = scale.up(counted(&map));
    let left = request.budget.saturating_sub(map_tokens);
    let query = terms::query(request.prompt);
    let mut ranked = rank::rank(&paths, &facts, request, &query);
    let choice = select::Choice { request, sources: &sources, facts: &facts, query: &query, scale };
    let sent = choice.select(&ranked, left);

    ranked.sort_by(|a, b| b.chance.total_cmp(&a.chance).then_with(|| a.path.cmp(&b.path)));
    let is_sent = |path: &FilePath| sent.binary_search_by(|file| file.path.cmp(path)).is_ok();
    let omitted = files
        .iter()
        .filter(|file| file.text.is_some() && !is_sent(file.path))
        .map(|file| file.path.clone())
        .collect();
    let tokens = map_tokens + sent.iter().map(|file| file.tokens).sum::<u64>();
    Packed { map, sent, omitted, ranked, tokens, map_tokens, naive_tokens, exact: scale.exact() }
}

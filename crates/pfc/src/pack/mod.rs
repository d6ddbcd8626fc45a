//! Which files a turn sends: all where they fit, else the telling ones; the map of all, always.

mod map;
mod rank;
mod terms;

#[cfg(test)]
mod tests;

use qv_domain::FilePath;

use crate::count_tokens;

/// Longer files are counted by their bytes: four for a token.
const COUNTED_BYTES: usize = 200_000;

/// A file as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceFile<'a> {
    /// Where.
    pub path: &'a FilePath,
    /// Its text; `None` for a binary file.
    pub text: Option<&'a str>,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many versions ago it was changed last: 0 for the newest; `None` when not known.
    pub age: Option<u32>,
}

/// What is to be packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackRequest<'a> {
    /// The model, whose tokens are counted.
    pub model: &'a str,
    /// All files of the project.
    pub files: &'a [SourceFile<'a>],
    /// What the person asks.
    pub prompt: &'a str,
    /// What was asked before, oldest first: tells what the prompt is about.
    pub history: &'a [&'a str],
    /// Files with errors.
    pub errors: &'a [FilePath],
    /// The most tokens for map and files together.
    pub budget: u64,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// One line a file: path, size and what it exports.
    pub map: String,
    /// The files whose text is sent, by path.
    pub sent: Vec<SentFile>,
    /// The text files that are only on the map, by path.
    pub omitted: Vec<FilePath>,
    /// Tokens of map and sent files.
    pub tokens: u64,
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
}

/// Why a file is sent, most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// An error is in it.
    Error,
    /// The prompt names it.
    Named,
    /// The app begins there.
    Entry,
    /// Its words are those of the prompt.
    Relevant,
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
            Self::Named => "named",
            Self::Entry => "entry",
            Self::Relevant => "relevant",
            Self::Recent => "recent",
            Self::AllFit => "all_fit",
        }
    }
}

/// Chooses what to send. The same request always gives the same choice. Lock files and other
/// generated text are never sent; a file that does not fit is passed over for smaller ones.
#[must_use]
pub fn pack(request: &PackRequest<'_>) -> Packed {
    let mut files: Vec<SourceFile<'_>> = request.files.to_vec();
    files.sort_by_key(|file| file.path);
    let map = map::draw(&files, request.budget / 4, |text| tokens(request.model, text));
    let sources: Vec<(SourceFile<'_>, u64)> = files
        .iter()
        .filter(|file| file.text.is_some() && !is_generated(file.path))
        .map(|file| (*file, tokens(request.model, file.text.unwrap_or_default())))
        .collect();
    let naive_tokens = sources.iter().map(|(_, tokens)| tokens).sum::<u64>();
    let map_tokens = tokens(request.model, &map);
    let mut left = request.budget.saturating_sub(map_tokens);
    let all_fit = naive_tokens <= left;
    let ranked = if all_fit {
        (0..sources.len()).map(|at| (at, Reason::AllFit)).collect()
    } else {
        let files: Vec<SourceFile<'_>> = sources.iter().map(|(file, _)| *file).collect();
        rank::rank(&files, request)
    };
    let mut sent = Vec::new();
    for (at, reason) in ranked {
        let (file, tokens) = &sources[at];
        if *tokens <= left {
            left -= tokens;
            sent.push(SentFile { path: file.path.clone(), reason, tokens: *tokens });
        }
    }
    sent.sort_by(|a, b| a.path.cmp(&b.path));
    let is_sent = |path: &FilePath| sent.binary_search_by(|file| file.path.cmp(path)).is_ok();
    let omitted = files
        .iter()
        .filter(|file| file.text.is_some() && !is_sent(file.path))
        .map(|file| file.path.clone())
        .collect();
    let tokens = map_tokens + sent.iter().map(|file| file.tokens).sum::<u64>();
    let exact = count_tokens(request.model, "").exact;
    Packed { map, sent, omitted, tokens, naive_tokens, exact }
}

fn tokens(model: &str, text: &str) -> u64 {
    if text.len() > COUNTED_BYTES {
        return text.len().div_ceil(4) as u64;
    }
    count_tokens(model, text).tokens
}

/// Text that no one writes.
fn is_generated(path: &FilePath) -> bool {
    matches!(
        path.name(),
        "package-lock.json" | "npm-shrinkwrap.json" | "yarn.lock" | "pnpm-lock.yaml" | "bun.lock"
    ) || path.name().ends_with(".min.js")
        || path.name().ends_with(".min.css")
        || path.name().ends_with(".map")
}

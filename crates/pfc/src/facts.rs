//! What is known of each file, kept as long as its text stays the same.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Arc;

use crate::outline::{Outline, line_count, outline};
use crate::rank::roles;
use crate::rank::terms::Counted;

/// Bytes of a file that are read for its words.
const READ_BYTES: usize = 200_000;
/// Longer files are counted by their bytes: four for a token.
const COUNTED_BYTES: usize = 400_000;

/// What is known of a file.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) outline: Outline,
    /// Its lines.
    pub(crate) lines: u32,
    /// Its tokens by o200k.
    pub(crate) tokens: u64,
    pub(crate) words: Counted,
    pub(crate) path_words: Counted,
    pub(crate) symbol_words: Counted,
    pub(crate) role_words: Counted,
}

impl Facts {
    fn of(path: &str, text: &str) -> Self {
        let outline = outline(path, text);
        let mut names = String::new();
        for symbol in &outline.symbols {
            names.push_str(&symbol.name);
            names.push(' ');
        }
        Self {
            lines: line_count(text),
            tokens: counted(text),
            words: Counted::of(beginning(text)),
            path_words: Counted::of(path),
            symbol_words: Counted::of(&names),
            role_words: Counted::of(&roles::words(path)),
            outline,
        }
    }
}

impl Facts {
    /// About how much memory they take.
    fn bytes(&self) -> usize {
        let words = [&self.words, &self.path_words, &self.symbol_words, &self.role_words];
        let words: usize = words.into_iter().map(Counted::bytes).sum();
        let outline = &self.outline;
        let symbols: usize = outline.symbols.iter().map(|symbol| 64 + symbol.name.len()).sum();
        let imports: usize = outline.imports.iter().map(|import| 24 + import.len()).sum();
        size_of::<Self>() + words + symbols + imports + outline.chunks.len() * 8
    }
}

/// The tokens of a text by o200k; of a very long one, about.
pub(crate) fn counted(text: &str) -> u64 {
    if text.len() > COUNTED_BYTES {
        return text.len().div_ceil(4) as u64;
    }
    bpe_openai::o200k_base().count(text) as u64
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(READ_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Facts of files that were seen before: give the same one for the next turn of a project, and only what has
/// changed is read again. Forgets what is not asked for any more.
#[derive(Debug, Default)]
pub struct FactsCache {
    known: HashMap<(String, u64, u64), Arc<Facts>>,
}

impl FactsCache {
    /// About how much memory it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.known.iter().map(|((path, ..), facts)| path.len() + facts.bytes()).sum()
    }

    /// The facts of each file, in order.
    pub(crate) fn of<'a>(
        &mut self,
        files: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Vec<Arc<Facts>> {
        let mut known = HashMap::new();
        let mut found = Vec::new();
        for (path, text) in files {
            let key = (path.to_owned(), hashed(0, text), hashed(1, text));
            let facts = self.known.remove(&key).unwrap_or_else(|| Arc::new(Facts::of(path, text)));
            known.insert(key, Arc::clone(&facts));
            found.push(facts);
        }
        self.known = known;
        found
    }
}

fn hashed(seed: u8, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_u8(seed);
    hasher.write(text.as_bytes());
    hasher.finish()
}

//! How long the true answer is in our edit format, and which lines it must have seen.

use std::collections::HashMap;
use std::sync::Arc;

use qv_agent::FileContent;
use qv_agent::apply::{Change, Stage};
use qv_agent::protocol::EditBlock;
use qv_domain::{FilePath, Limits};
use qv_pfc::{Lines, Part};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::corpus::Kind;
use crate::tokens;

/// Text around the changes: the same for every system (`bench.py`).
pub(crate) const PROSE: u64 = 80;
/// How far context is grown until a block is found once.
const ROUNDS: usize = 60;

/// How a changed file is written in the answer.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    /// Tokens as blocks, and the lines of the old text that they quote; `None` where blocks cannot say it.
    blocks: Option<(u64, Vec<Lines>)>,
    /// Tokens as a whole file.
    whole: u64,
    /// Whether the product's own applier made the new text of the blocks.
    pub(crate) applied: bool,
}

impl Edit {
    /// Tokens for a model that was sent `part`: the shorter form that it can write; `None` if it has not seen enough.
    pub(crate) fn tokens(&self, part: &Part) -> Option<u64> {
        let blocks =
            self.blocks.as_ref().filter(|(_, seen)| seen.iter().all(|lines| part.holds(*lines)));
        let whole = (*part == Part::Whole).then_some(self.whole);
        blocks.map(|(tokens, _)| *tokens).into_iter().chain(whole).min()
    }

    /// The lines that its blocks quote and `part` does not show; `None` where it can only be written whole.
    pub(crate) fn lacks(&self, part: &Part) -> Option<Vec<Lines>> {
        let (_, seen) = self.blocks.as_ref()?;
        Some(seen.iter().filter(|lines| !part.holds(**lines)).copied().collect())
    }

    /// Whether it is made by blocks.
    pub(crate) fn has_blocks(&self) -> bool {
        self.blocks.as_ref().is_some_and(|(tokens, _)| *tokens <= self.whole)
    }
}

/// Tokens of a new or removed file.
pub(crate) fn plain(kind: Kind, path: &str, text: &str) -> u64 {
    match kind {
        Kind::Deleted => tokens(&format!("<delete path=\"{path}\"/>\n")),
        _ => whole(path, text),
    }
}

fn whole(path: &str, text: &str) -> u64 {
    tokens(&format!("<file path=\"{path}\">\n")) + tokens(text) + tokens("</file>\n")
}

/// How a change is written with at least `context` lines around each place.
pub(crate) fn edit(path: &str, old: &str, new: &str, context: usize) -> Edit {
    let whole = whole(path, new);
    // Which lines are the same is told differently by each algorithm; a model has no reason for the longer form.
    let sized = [Algorithm::Myers, Algorithm::Patience]
        .map(|algorithm| sized(path, (old, new), context, whole, algorithm));
    let [one, other] = sized;
    let tokens = |edit: &Edit| edit.blocks.as_ref().map_or(u64::MAX, |(tokens, _)| *tokens);
    if tokens(&other) < tokens(&one) { other } else { one }
}

fn sized(
    path: &str,
    (old, new): (&str, &str),
    context: usize,
    whole: u64,
    algorithm: Algorithm,
) -> Edit {
    for context in context..context + 6 {
        let blocks = blocks(old, new, context, algorithm);
        if apply(old, &blocks).as_deref() != Some(new) {
            continue;
        }
        let mut sum = tokens(&format!("<edit path=\"{path}\">\n</edit>\n"));
        for block in &blocks {
            let (search, replace) = (&block.search, &block.replace);
            sum += tokens(&format!(
                "<<<<<<< SEARCH\n{}=======\n{}>>>>>>> REPLACE\n",
                ended(search),
                ended(replace)
            ));
        }
        let applied = applies(path, old, new, &blocks);
        let seen = blocks.iter().map(|block| block.lines).collect();
        return Edit { blocks: Some((sum, seen)), whole, applied };
    }
    Edit { blocks: None, whole, applied: false }
}

fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// One replacement of lines.
struct Block {
    search: String,
    replace: String,
    lines: Lines,
}

/// A changed place (rows from 0, ends not in it) with the unchanged lines around it that are quoted.
#[derive(Clone)]
struct Place {
    old: (usize, usize),
    new: (usize, usize),
    before: usize,
    after: usize,
}

impl Place {
    /// The quoted rows of the old text.
    fn quoted(&self, total: usize) -> (usize, usize) {
        (self.old.0.saturating_sub(self.before), (self.old.1 + self.after).min(total))
    }

    /// The rows of the new text that they become.
    fn becomes(&self, total: usize) -> (usize, usize) {
        (self.new.0.saturating_sub(self.before), (self.new.1 + self.after).min(total))
    }
}

fn blocks(old: &str, new: &str, context: usize, algorithm: Algorithm) -> Vec<Block> {
    let a: Vec<&str> = old.split_inclusive('\n').collect();
    let b: Vec<&str> = new.split_inclusive('\n').collect();
    let blank = |at: usize| a.get(at).is_none_or(|line| line.trim().is_empty());
    let mut places: Vec<Place> = Vec::new();
    for op in capture_diff_slices(algorithm, &a, &b) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (old, new) = (op.old_range(), op.new_range());
        let (mut before, mut after) = (context, context);
        if context == 0 && old.is_empty() {
            // A line to hold on to: the one before, as in the prompt's example, or the one after.
            let takes_before = old.start > 0 && (!blank(old.start - 1) || blank(old.start));
            (before, after) = if takes_before { (1, 0) } else { (0, 1) };
        }
        let (old, new) = ((old.start, old.end), (new.start, new.end));
        places.push(Place { old, new, before, after });
    }
    for _ in 0..ROUNDS {
        places = merged(places, a.len());
        let mut again = false;
        for place in &mut places {
            let (start, end) = place.quoted(a.len());
            let search = a[start..end].concat();
            let whole = (start, end) == (0, a.len());
            if !whole && (search.trim().is_empty() || old.matches(&search).nth(1).is_some()) {
                place.before += 1;
                place.after += 1;
                again = true;
            }
        }
        if !again {
            break;
        }
    }
    let block = |place: &Place| {
        let ((start, end), (from, to)) = (place.quoted(a.len()), place.becomes(b.len()));
        Block {
            search: a[start..end].concat(),
            replace: b[from..to].concat(),
            lines: Lines { first: start as u32 + 1, last: end as u32 },
        }
    };
    merged(places, a.len()).iter().map(block).collect()
}

/// Places whose quoted lines overlap are one.
fn merged(places: Vec<Place>, total: usize) -> Vec<Place> {
    let mut out: Vec<Place> = Vec::new();
    for place in places {
        match out.last_mut() {
            Some(last) if last.quoted(total).1 > place.quoted(total).0 => {
                last.old.1 = place.old.1;
                last.new.1 = place.new.1;
                last.after = place.after;
            }
            _ => out.push(place),
        }
    }
    out
}

/// One after another, each at its first place: what `bench.py` asks of blocks.
fn apply(old: &str, blocks: &[Block]) -> Option<String> {
    let mut text = old.to_owned();
    for block in blocks {
        if block.search.is_empty() && text.is_empty() {
            text.clone_from(&block.replace);
            continue;
        }
        let at = text.find(&block.search)?;
        text.replace_range(at..at + block.search.len(), &block.replace);
    }
    Some(text)
}

/// Whether the product's applier makes the same text of them.
fn applies(path: &str, old: &str, new: &str, blocks: &[Block]) -> bool {
    let Ok(path) = FilePath::parse(path) else { return false };
    let files = [(path.clone(), FileContent::text(old))].into();
    let mut stage = Stage::new(files, Limits::default());
    let blocks = blocks
        .iter()
        .map(|block| EditBlock { search: block.search.clone(), replace: block.replace.clone() })
        .collect();
    stage.confirm(&path);
    let done = stage.apply(Change::Replace { path: path.clone(), blocks }).is_ok();
    done && stage.files().get(&path).and_then(FileContent::as_text) == Some(new)
}

/// Edits that were sized before: the same change is asked about for several rows.
#[derive(Default)]
pub(crate) struct Sized {
    known: HashMap<(String, String, usize), Arc<Edit>>,
}

impl Sized {
    pub(crate) fn edit(
        &mut self,
        key: (&str, &str),
        path: &str,
        texts: (&str, &str),
        context: usize,
    ) -> Arc<Edit> {
        let key = (format!("{path}:{}", key.0), key.1.to_owned(), context);
        let size = || Arc::new(edit(path, texts.0, texts.1, context));
        Arc::clone(self.known.entry(key).or_insert_with(size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "one\ntwo\nthree\nfour\nfive\nsix\n";

    #[test]
    fn blocks_quote_no_more_than_they_must() {
        let made = blocks(OLD, "one\ntwo\nthree\n3.5\nfour\nfive\nSIX\n", 0, Algorithm::Myers);
        let seen: Vec<_> = made.iter().map(|block| (&*block.search, &*block.replace)).collect();
        assert_eq!(seen, [("three\n", "three\n3.5\n"), ("six\n", "SIX\n")]);
        assert_eq!(made[0].lines, Lines { first: 3, last: 3 });
    }

    #[test]
    fn what_occurs_twice_takes_its_neighbours_along() {
        let made = blocks("a\nx\nb\nx\n", "a\nx\nb\ny\n", 0, Algorithm::Myers);
        assert_eq!(made[0].search, "b\nx\n");
        let sized = edit("a.ts", "a\nx\nb\nx\n", "a\nx\nb\ny\n", 0);
        assert!(sized.applied);
    }

    #[test]
    fn an_edit_outside_of_what_was_sent_cannot_be_written() {
        let long: String = (0..200).map(|at| format!("const v{at} = {at};\n")).collect();
        let sized = edit("a.ts", &long, &long.replace("v150 = 150", "v150 = 0"), 0);
        let part = |first, last| Part::Slices(vec![Lines { first, last }]);
        assert!(sized.tokens(&part(1, 100)).is_none());
        assert!(sized.tokens(&part(140, 160)).is_some_and(|tokens| tokens < 60));
        assert_eq!(sized.tokens(&part(140, 160)), sized.tokens(&Part::Whole));
    }
}

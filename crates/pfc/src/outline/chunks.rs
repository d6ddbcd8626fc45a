//! Where a file can be cut.

use tree_sitter::Node;

use super::Lines;
use super::syntax::{children, rows};

/// What is longer is cut at what it is made of.
const LONGEST: u32 = 16;
/// Neighbours are drawn together up to so many lines.
const SHORTEST: u32 = 6;
/// How deep a tree is cut, and how many nodes are looked at.
const DEEPEST: usize = 24;
const MOST_NODES: usize = 100_000;

/// Adds the rows at which something begins, deeper where it is long.
pub(super) fn cuts(root: Node<'_>, offset: u32, cuts: &mut Vec<u32>) {
    let mut open = vec![(root, 0_usize)];
    let mut looked = 0;
    while let Some((node, depth)) = open.pop() {
        // A comment belongs to what follows it.
        let mut comment: Option<(u32, u32)> = None;
        for child in children(node) {
            looked += 1;
            if looked > MOST_NODES {
                return;
            }
            let (first, last) = rows(child);
            if child.kind() == "comment" {
                comment = Some((comment.map_or(first, |(start, _)| start), last));
                continue;
            }
            let start = match comment.take() {
                Some((start, end)) if end + 1 >= first => start,
                _ => first,
            };
            cuts.push(start.saturating_add(offset));
            if last.saturating_sub(first) >= LONGEST && depth < DEEPEST {
                // What follows a long node's end begins something else.
                cuts.push(last.saturating_add(offset + 1));
                open.push((child, depth + 1));
            }
        }
    }
}

/// Draws the lines between cuts together to chunks of a fair size: all of the `total` lines, in order.
pub(super) fn grouped(mut cuts: Vec<u32>, total: u32) -> Vec<Lines> {
    if total == 0 {
        return Vec::new();
    }
    cuts.push(0);
    cuts.retain(|cut| *cut < total);
    cuts.sort_unstable();
    cuts.dedup();
    let mut chunks: Vec<Lines> = Vec::new();
    let ends = cuts.iter().skip(1).copied().chain([total]);
    for (start, end) in cuts.iter().copied().zip(ends) {
        let piece = Lines { first: start + 1, last: end };
        match chunks.last_mut() {
            Some(last) if last.count() < SHORTEST && last.count() + piece.count() <= LONGEST => {
                last.last = piece.last;
            }
            _ => chunks.extend(halved(piece)),
        }
    }
    chunks
}

/// A piece that nothing cuts, in parts of a length that can be sent.
fn halved(piece: Lines) -> impl Iterator<Item = Lines> {
    const MOST: u32 = 3 * LONGEST;
    (piece.first..=piece.last)
        .step_by(MOST as usize)
        .map(move |first| Lines { first, last: first.saturating_add(MOST - 1).min(piece.last) })
}

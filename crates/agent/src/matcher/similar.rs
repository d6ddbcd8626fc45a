//! The place that is most like the searched lines: for the message only, and at bounded cost.

use std::collections::HashMap;

/// A line that occurs more often says nothing about the place.
const COMMON: usize = 20;
/// Lines, and bytes of each, that are compared by their letters.
const COMPARED_LINES: usize = 20_000;
const COMPARED_BYTES: usize = 200;
/// Lines shown.
const SHOWN: usize = 40;

/// The most similar place: its first line, from 1, and the lines there.
pub(super) fn place(file: &[&str], search: &[&str]) -> Option<(u32, String)> {
    let at = by_equal_lines(file, search).or_else(|| by_letters(file, search))?;
    let end = (at + search.len().clamp(1, SHOWN)).min(file.len());
    let shown: String = file[at..end].iter().map(|line| format!("{line}\n")).collect();
    Some((u32::try_from(at + 1).unwrap_or(u32::MAX), shown))
}

/// The offset for which most lines agree.
fn by_equal_lines(file: &[&str], search: &[&str]) -> Option<usize> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for line in search.iter().map(|line| line.trim()).filter(|line| line.len() > 2) {
        places.entry(line).or_default();
    }
    for (at, line) in file.iter().enumerate() {
        if let Some(found) = places.get_mut(line.trim())
            && found.len() <= COMMON
        {
            found.push(at);
        }
    }
    let mut votes: HashMap<usize, usize> = HashMap::new();
    for (offset, line) in search.iter().enumerate() {
        let found = places.get(line.trim()).filter(|found| found.len() <= COMMON);
        for at in found.into_iter().flatten() {
            *votes.entry(at.saturating_sub(offset)).or_default() += 1;
        }
    }
    votes.into_iter().max_by_key(|(at, votes)| (*votes, std::cmp::Reverse(*at))).map(|(at, _)| at)
}

/// The line that shares most pairs of letters with the longest searched one.
fn by_letters(file: &[&str], search: &[&str]) -> Option<usize> {
    const ALIKE_PERCENT: u32 = 60;
    let (offset, longest) =
        search.iter().enumerate().max_by_key(|(at, line)| (line.len(), std::cmp::Reverse(*at)))?;
    let wanted = Pairs::of(longest);
    if wanted.count() < 4 {
        return None;
    }
    let mut best = None;
    for (at, line) in file.iter().take(COMPARED_LINES).enumerate() {
        let found = Pairs::of(line);
        let score = 200 * wanted.shared(&found) / (wanted.count() + found.count());
        if score >= ALIKE_PERCENT && best.is_none_or(|(_, most)| score > most) {
            best = Some((at, score));
        }
    }
    best.map(|(at, _)| at.saturating_sub(offset))
}

/// Which pairs of neighbouring bytes a line has, roughly: one bit for each of 1,024 classes.
struct Pairs([u64; 16]);

impl Pairs {
    fn of(line: &str) -> Self {
        let mut bits = [0; 16];
        let bytes = line.trim().as_bytes();
        for pair in bytes[..bytes.len().min(COMPARED_BYTES)].windows(2) {
            let class = (usize::from(pair[0]) * 31 + usize::from(pair[1])) % 1_024;
            bits[class / 64] |= 1 << (class % 64);
        }
        Self(bits)
    }

    fn count(&self) -> u32 {
        self.0.iter().map(|bits| bits.count_ones()).sum()
    }

    fn shared(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a & b).count_ones()).sum()
    }
}

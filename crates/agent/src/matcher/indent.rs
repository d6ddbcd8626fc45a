//! Indentation: finding lines that were all shifted alike, and giving a replacement the same shift.

use std::borrow::Cow;
use std::collections::HashMap;

use super::lines::{Hits, find, find_where};

/// The white space that a line starts with.
pub(super) fn of(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

/// Where `search` stands when every line of it is shifted by the same white space.
///
/// Each line is compared by its text and by how its indentation differs from that of the line
/// before it, which a shift leaves as it is; so one linear search finds all places.
pub(super) fn find_shifted(file: &[&str], search: &[&str]) -> Hits {
    match search {
        [] => Hits::default(),
        [first, ..] if first.trim().is_empty() => Hits::default(),
        [only] => {
            find(file.iter().map(|line| line.trim().into()), std::iter::once(only.trim().into()))
        }
        [first, ..] => {
            let hay = steps(file).into_iter().skip(1);
            let needle = steps(search).into_iter().skip(1);
            find_where(hay, needle, |at| file[at].trim() == first.trim())
        }
    }
}

/// Each line's text with its step of indentation from the last line that is not blank.
fn steps<'a>(lines: &[&'a str]) -> Vec<Cow<'a, str>> {
    let mut before = "";
    let step = |line: &&'a str| {
        let text = line.trim();
        if text.is_empty() {
            return Cow::Borrowed("");
        }
        let indent = of(line);
        let last = std::mem::replace(&mut before, indent);
        Cow::Owned(if let Some(more) = indent.strip_prefix(last) {
            format!("+{more}|{text}")
        } else if let Some(less) = last.strip_prefix(indent) {
            format!("-{less}|{text}")
        } else {
            format!("{last}~{indent}|{text}")
        })
    };
    lines.iter().map(step).collect()
}

/// Writes `replace` as the file would have it: a line that the edit leaves alone stays as the file
/// has it, and the others are indented as the file's lines are compared with the searched ones.
pub(super) fn fit(found: &[&str], search: &[&str], replace: &[&str]) -> Vec<String> {
    let mut indents: HashMap<&str, &str> = HashMap::new();
    let mut same: HashMap<&str, &str> = HashMap::new();
    for (theirs, ours) in search.iter().zip(found) {
        if !theirs.trim().is_empty() {
            indents.entry(of(theirs)).or_insert(of(ours));
        }
        same.entry(theirs).or_insert(ours);
    }
    if indents.iter().all(|(theirs, ours)| theirs == ours) {
        indents.clear();
    }
    let line = |line: &&str| match same.get(line) {
        Some(ours) => (*ours).to_owned(),
        None if line.trim().is_empty() || indents.is_empty() => (*line).to_owned(),
        None => format!("{}{}", shifted(of(line), &indents), line.trim_start()),
    };
    // The lines that both have at their ends are those at the same place.
    let head = search.iter().zip(replace).take_while(|(a, b)| a == b).count();
    let rest = search[head..].iter().rev().zip(replace[head..].iter().rev());
    let tail = rest.take_while(|(a, b)| a == b).count();
    let kept = |range: &[&str]| range.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let middle = replace[head..replace.len() - tail].iter().map(line).collect();
    [kept(&found[..head]), middle, kept(&found[found.len() - tail..])].concat()
}

/// What the file has for an indentation, by the nearest one that is known.
fn shifted(indent: &str, known: &HashMap<&str, &str>) -> String {
    let shallower = (0..=indent.len()).rev().filter(|end| indent.is_char_boundary(*end));
    for end in shallower {
        if let Some(ours) = known.get(&indent[..end]) {
            return format!("{ours}{}", &indent[end..]);
        }
    }
    let deeper = known.iter().filter_map(|(theirs, ours)| {
        let more = theirs.strip_prefix(indent)?;
        Some((more.len(), ours.strip_suffix(more)?))
    });
    deeper.min().map_or_else(|| indent.to_owned(), |(_, ours)| ours.to_owned())
}

use super::lines::{Hits, find};
use super::strip::plain_punctuation;
use super::{Rung, indent};

/// The rungs that compare line by line, strictest first.
pub(super) const BY_LINE: [Rung; 5] =
    [Rung::Exact, Rung::TrimEnd, Rung::Indent, Rung::Trim, Rung::Punctuation];

/// Where `search` stands in `file` by one of [`BY_LINE`].
pub(super) fn hits(rung: Rung, file: &[&str], search: &[&str]) -> Hits {
    let by = |key: fn(&str) -> &str| {
        find(file.iter().map(|line| key(line).into()), search.iter().map(|line| key(line).into()))
    };
    match rung {
        Rung::Exact => by(|line| line),
        Rung::TrimEnd => by(str::trim_end),
        Rung::Indent => indent::find_shifted(file, search),
        Rung::Trim => by(str::trim),
        _ => find(
            file.iter().map(|line| plain_punctuation(line).into()),
            search.iter().map(|line| plain_punctuation(line).into()),
        ),
    }
}

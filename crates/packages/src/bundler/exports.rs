//! Whether a module has an export, and which of its exports is close to a name that it lacks.

use std::collections::{BTreeSet, HashSet};

use super::plugin::Seen;

/// Every name that a module exports; `None` when that is only known when it runs (CommonJS).
pub(super) fn of(seen: &Seen, module: &str) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let mut visited = HashSet::new();
    let mut todo = vec![(module, true)];
    while let Some((id, whole)) = todo.pop() {
        if !visited.insert(id) {
            continue;
        }
        let parsed = seen.modules.get(id)?;
        if parsed.common_js {
            return None;
        }
        // `export *` leaves `default` behind.
        let passed = |name: &&String| name.as_str() != "*" && (whole || name.as_str() != "default");
        names.extend(parsed.exports.iter().filter(passed).cloned());
        if parsed.exports.iter().any(|name| name == "*") {
            // Which import the star stands for is not told: all of them are looked into, so that a
            // name is never called missing when it is there.
            todo.extend(parsed.imports.iter().map(|id| (id.as_str(), false)));
        }
    }
    Some(names)
}

/// The names closest to one that is missing, at most three.
pub(crate) fn similar<'a>(name: &str, known: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let wanted = name.to_lowercase();
    let limit = (wanted.chars().count() / 3).max(2);
    let mut close: Vec<(usize, &String)> = known
        .into_iter()
        .filter_map(|candidate| {
            let other = candidate.to_lowercase();
            let contained = wanted.len() >= 4
                && (other.contains(&wanted) || wanted.contains(&other) && other.len() >= 4);
            let distance = distance(&wanted, &other, limit + 1);
            let score = if contained { distance.min(limit) } else { distance };
            (score <= limit).then_some((score, candidate))
        })
        .collect();
    close.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.len().cmp(&b.1.len())).then(a.1.cmp(b.1)));
    close.into_iter().take(3).map(|(_, name)| name.clone()).collect()
}

/// Edit distance, at most `cap`.
fn distance(a: &str, b: &str, cap: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(64).collect(), b.chars().take(64).collect());
    if a.len().abs_diff(b.len()) >= cap {
        return cap;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let swap = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = swap.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()].min(cap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_are_found() {
        let known = ["Trash2", "TrashIcon", "Home", "House", "CircleCheck", "LayoutDashboard"]
            .map(str::to_owned);
        assert_eq!(similar("Trash3", &known)[0], "Trash2");
        assert_eq!(similar("Dashboard", &known), ["LayoutDashboard"]);
        assert_eq!(similar("trash2", &known)[0], "Trash2");
        assert!(similar("Zebra", &known).is_empty());
    }

    #[test]
    fn distances_are_known() {
        assert_eq!(distance("kitten", "sitting", 10), 3);
        assert_eq!(distance("", "abc", 10), 3);
        assert_eq!(distance("kitten", "sitting", 2), 2);
    }
}

//! How alike two names are.

/// Whether one slip of the fingers makes one name of the other: a letter too many, too few, wrong, or two swapped.
/// Case counts, and equal names are not alike.
pub(crate) fn one_slip(a: &str, b: &str) -> bool {
    a != b && a.len().abs_diff(b.len()) <= 4 && strsim::osa_distance(a, b) == 1
}

/// The name of `known` that `name` was most likely meant to be.
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    /// A shorter name is too easily another one.
    const SHORTEST: usize = 3;
    if name.len() < SHORTEST || name.len() > 80 {
        return None;
    }
    known.into_iter().filter(|other| other.len() >= SHORTEST).find(|other| one_slip(name, other))
}

/// A name without what people forget: case and the signs that join words.
pub(crate) fn folded(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | '.')).flat_map(char::to_lowercase).collect()
}

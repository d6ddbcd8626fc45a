//! How alike two names are.

/// Whether one slip of the fingers makes one name of the other: a letter too many, too few, wrong, or two swapped.
/// Case counts, and equal names are not alike.
///
/// One pass over both: many names are compared with many.
pub(crate) fn one_slip(a: &str, b: &str) -> bool {
    if a.len().abs_diff(b.len()) > 4 {
        return false;
    }
    let (mut a, mut b) = (a.chars(), b.chars());
    // What is left where they part, then without the end that they share.
    let (mut rest_a, mut rest_b) = (a.clone(), b.clone());
    while let (Some(one), Some(other)) = (a.next(), b.next())
        && one == other
    {
        (rest_a, rest_b) = (a.clone(), b.clone());
    }
    let (mut a, mut b) = (rest_a.clone(), rest_b.clone());
    while let (Some(one), Some(other)) = (a.next_back(), b.next_back())
        && one == other
    {
        (rest_a, rest_b) = (a.clone(), b.clone());
    }
    let (left, right) = (rest_a.as_str(), rest_b.as_str());
    let mut chars = (left.chars(), right.chars());
    match ((chars.0.next(), chars.0.next()), (chars.1.next(), chars.1.next())) {
        ((Some(_), None), (None | Some(_), None)) | ((None, None), (Some(_), None)) => true,
        ((Some(first), Some(second)), (Some(third), Some(fourth))) => {
            (first, second) == (fourth, third)
                && chars.0.next().is_none()
                && chars.1.next().is_none()
        }
        _ => false,
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::one_slip;

    proptest! {
        #[test]
        fn one_slip_is_a_distance_of_one(a in "[abö]{0,6}", b in "[abö]{0,6}") {
            prop_assert_eq!(one_slip(&a, &b), strsim::osa_distance(&a, &b) == 1, "{} {}", a, b);
        }
    }
}

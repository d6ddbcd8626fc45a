//! Class names of Tailwind that one slip of the fingers made meaningless.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::lists::lines;
use crate::near::{nearest, one_slip};

/// How utilities begin, or what they are called as a whole: Tailwind 3 and 4.
static ROOTS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| lines(include_str!("../data/tailwind.txt")));

/// Utilities that take a colour.
const COLOURED: &[&str] = &[
    "bg",
    "text",
    "border",
    "border-x",
    "border-y",
    "border-t",
    "border-r",
    "border-b",
    "border-l",
    "ring",
    "fill",
    "stroke",
    "from",
    "via",
    "to",
    "divide",
    "outline",
    "accent",
    "caret",
    "decoration",
    "placeholder",
    "shadow",
    "ring-offset",
];

/// What a class name was surely meant to be, when it means nothing as it stands. `theme` has the names that the app's
/// own theme sets, without `--`.
pub(crate) fn slip(class: &str, theme: &[&str], own_utilities: bool) -> Option<String> {
    let (variants, utility) = split(class);
    // Arbitrary values, and what the app's own rules make, say anything.
    if utility.contains(['[', '(', '{', '@', '$']) || utility.is_empty() {
        return None;
    }
    let bare = utility.trim_start_matches(['-', '!']).trim_end_matches('!');
    let before = &utility[..utility.len() - utility.trim_start_matches(['-', '!']).len()];
    let again = |meant: &str| format!("{variants}{before}{meant}");
    let Some(root) = root_of(bare) else {
        if own_utilities
            || bare.len() < 4
            || !bare.chars().all(|c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '/')
            })
        {
            return None;
        }
        // A word of its own is meant to be a whole utility; the first of several, how one begins.
        let (first, rest) =
            bare.split_once('-').map_or((bare, None), |(first, rest)| (first, Some(rest)));
        return match rest {
            None => nearest(bare, ROOTS.iter().copied().filter(|root| is_whole(root))).map(again),
            Some(rest) => {
                let mut firsts: Vec<&str> =
                    ROOTS.iter().filter_map(|root| root.split('-').next()).collect();
                firsts.sort_unstable();
                let meant = nearest(first, firsts.iter().copied().filter(|first| !is_word(first)))?;
                let meant = format!("{meant}-{rest}");
                root_of(&meant).is_some().then(|| again(&meant))
            }
        };
    };
    let value = bare.strip_prefix(root)?.strip_prefix('-')?;
    if !COLOURED.contains(&root) {
        return None;
    }
    let (value, opacity) = value.find('/').map_or((value, ""), |at| value.split_at(at));
    let colours: Vec<&str> = theme.iter().filter_map(|name| name.strip_prefix("color-")).collect();
    let ending = format!("-{value}");
    if colours.contains(&value) || theme.iter().any(|name| name.ends_with(&ending)) {
        return None;
    }
    let meant = colours
        .iter()
        .find(|colour| colour.len() >= 3 && value.len() >= 3 && one_slip(value, colour))?;
    (!is_builtin_value(value)).then(|| again(&format!("{root}-{meant}{opacity}")))
}

/// The variants with their colons, and the utility.
fn split(class: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    let mut last = 0;
    for (at, c) in class.char_indices() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => last = at + 1,
            _ => {}
        }
    }
    class.split_at(last)
}

/// The longest beginning of a utility that Tailwind has.
fn root_of(utility: &str) -> Option<&str> {
    let ends = utility.char_indices().filter(|(_, c)| *c == '-').map(|(at, _)| at);
    let mut ends: Vec<usize> = ends.chain([utility.len()]).collect();
    ends.reverse();
    ends.into_iter().map(|end| &utility[..end]).find(|root| ROOTS.contains(root))
}

/// Utilities that are whole by themselves.
fn is_whole(root: &str) -> bool {
    const WHOLE: &[&str] = &[
        "flex",
        "grid",
        "block",
        "inline",
        "hidden",
        "table",
        "contents",
        "truncate",
        "italic",
        "underline",
        "uppercase",
        "lowercase",
        "capitalize",
        "antialiased",
        "relative",
        "absolute",
        "fixed",
        "sticky",
        "static",
        "rounded",
        "border",
        "shadow",
        "transition",
        "container",
        "visible",
        "invisible",
        "grow",
        "shrink",
        "resize",
        "outline",
        "isolate",
    ];
    WHOLE.contains(&root)
}

/// Beginnings that are everyday words: what differs by a letter may be a name of somebody's own.
fn is_word(first: &str) -> bool {
    matches!(
        first,
        "row"
            | "to"
            | "from"
            | "via"
            | "top"
            | "left"
            | "right"
            | "bottom"
            | "end"
            | "start"
            | "col"
            | "line"
            | "list"
            | "order"
            | "origin"
            | "touch"
            | "will"
            | "will-change"
            | "content"
            | "table"
            | "box"
            | "field"
            | "file"
            | "font"
            | "peer"
            | "group"
            | "sr"
            | "not"
            | "min"
            | "max"
            | "size"
            | "scale"
            | "skew"
            | "blur"
            | "space"
            | "stroke"
            | "fill"
            | "caret"
            | "accent"
            | "mask"
            | "ring"
            | "ease"
            | "delay"
            | "clear"
            | "float"
            | "object"
            | "aspect"
            | "columns"
            | "break"
            | "scroll"
            | "snap"
            | "select"
            | "shadow"
    )
}

fn is_builtin_value(value: &str) -> bool {
    const VALUES: &[&str] = &[
        "left",
        "right",
        "center",
        "top",
        "bottom",
        "none",
        "auto",
        "cover",
        "contain",
        "fixed",
        "local",
        "base",
        "start",
        "end",
        "justify",
        "wrap",
        "nowrap",
        "balance",
        "pretty",
        "clip",
        "inherit",
        "current",
        "transparent",
        "black",
        "white",
        "solid",
        "dashed",
        "dotted",
        "double",
        "hidden",
        "wavy",
        "inset",
        "inner",
        "clip",
        "ellipsis",
        "collapse",
        "separate",
        "linear",
        "lime",
        "pink",
        "teal",
        "gray",
        "grey",
        "zinc",
        "rose",
        "cyan",
        "blue",
        "sky",
        "red",
        "thin",
        "link",
        "tint",
    ];
    VALUES.contains(&value) || value.chars().any(|c| c.is_ascii_digit())
}

/// Whether a text is surely a list of Tailwind's classes: several words, nearly all of them its utilities.
pub(crate) fn is_list(text: &str) -> bool {
    const LONGEST: usize = 2_000;
    if text.len() > LONGEST || !text.contains(['-', ' ']) {
        return false;
    }
    let (mut known, mut all) = (0, 0);
    for word in text.split_ascii_whitespace() {
        all += 1;
        let (variants, utility) = split(word);
        let bare = utility.trim_start_matches(['-', '!']);
        known +=
            usize::from(root_of(bare).is_some_and(|root| {
                !variants.is_empty() || root.len() < bare.len() || is_whole(root)
            }));
    }
    all >= 2 && known >= 1 && known * 3 >= all * 2
}

/// Whether a class name begins as a utility does, or says anything in brackets.
pub(crate) fn is_utility(class: &str) -> bool {
    let (_, utility) = split(class);
    utility.contains(['[', '(']) || root_of(utility.trim_start_matches(['-', '!'])).is_some()
}

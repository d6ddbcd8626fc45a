//! Keeps hostile nesting from overflowing the stack, wherever scripts of strangers are parsed.
//!
//! oxc's parser, semantic analysis, transform and printer all recurse over the syntax tree, and none of
//! them checks its depth. A tree cannot be deeper than the number of tokens that can open a level,
//! so that number is counted (an upper bound: comments and strings count too), modules above
//! [`MAX_NESTING`] are refused, and the rest run on a stack that is large enough for the worst tree
//! of that size. Stack pages cost memory only once they are touched, so a harmless module pays
//! nothing for the room.

/// The most places in one module that a parser may nest at.
pub const MAX_NESTING: usize = 40_000;

/// Stack for one level. Optimised, the worst construct of `webcore/tests/hostile.rs` takes 1.7 KB a level
/// (growth of resident memory from 2,000 to 16,000 levels, the tree itself included).
const STACK_PER_LEVEL: usize = if cfg!(debug_assertions) { 24 * 1024 } else { 4 * 1024 };
/// What the stages use before they recurse.
const STACK_BASE: usize = 1024 * 1024;

/// Words that let an expression, statement or type nest without a punctuator.
const WORDS: &[&str] = &[
    "as",
    "asserts",
    "async",
    "await",
    "class",
    "delete",
    "do",
    "else",
    "extends",
    "for",
    "function",
    "if",
    "in",
    "infer",
    "instanceof",
    "is",
    "keyof",
    "new",
    "of",
    "readonly",
    "satisfies",
    "try",
    "typeof",
    "unique",
    "void",
    "while",
    "with",
    "yield",
];

/// How many levels a script could nest at most.
#[must_use]
pub fn levels(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut count = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if is_word(byte) {
            let start = at;
            while bytes.get(at).is_some_and(|byte| is_word(*byte)) {
                at += 1;
            }
            count += usize::from(WORDS.binary_search(&&text[start..at]).is_ok());
            continue;
        }
        count += usize::from(opens(byte));
        at += 1;
    }
    count
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

const fn opens(byte: u8) -> bool {
    // Everything that is punctuation in JavaScript, but separators and closers. A backslash stands
    // for an escaped keyword.
    byte.is_ascii_punctuation() && !matches!(byte, b',' | b';' | b')' | b']' | b'}' | b'\'' | b'"')
}

/// Runs `work` with stack enough for `levels` of nesting.
pub fn with_stack<R>(levels: usize, work: impl FnOnce() -> R) -> R {
    let need = STACK_BASE + levels * STACK_PER_LEVEL;
    stacker::maybe_grow(need, need, work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_sorted_for_the_search() {
        assert!(WORDS.is_sorted());
    }

    #[test]
    fn counts_what_can_nest() {
        assert_eq!(levels("((1))"), 2);
        assert_eq!(levels("new new X"), 2);
        assert_eq!(levels("renew anew"), 0);
        assert_eq!(levels("a.b+c"), 2);
        assert_eq!(levels("é(ü)"), 1);
    }
}

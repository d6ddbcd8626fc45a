//! Words of prompts, paths and code.

/// Words that tell nothing.
const COMMON: [&str; 40] = [
    "the",
    "and",
    "for",
    "that",
    "this",
    "with",
    "from",
    "are",
    "was",
    "you",
    "your",
    "can",
    "could",
    "please",
    "make",
    "add",
    "should",
    "when",
    "into",
    "have",
    "has",
    "not",
    "all",
    "but",
    "const",
    "let",
    "return",
    "import",
    "export",
    "default",
    "function",
    "string",
    "number",
    "true",
    "false",
    "null",
    "classname",
    "div",
    "type",
    "void",
];
const LONGEST: usize = 40;

/// The words of a text in lower case: `useTimer` gives `usetimer`, `use` and `timer`.
pub(super) fn of(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && word.len() <= LONGEST)
        .flat_map(|word| {
            let parts = parts(word);
            let whole = (parts.len() != 1).then(|| word.to_lowercase());
            whole.into_iter().chain(parts)
        })
        .map(|word| singular(&word).to_owned())
        .filter(|word| word.chars().count() > 1 && !COMMON.contains(&word.as_str()))
}

/// The parts of a name in camel case.
fn parts(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut was_lower = false;
    for c in word.chars() {
        if parts.is_empty() || c.is_uppercase() && was_lower {
            parts.push(String::new());
        }
        was_lower = c.is_lowercase() || c.is_numeric();
        if let Some(part) = parts.last_mut() {
            part.extend(c.to_lowercase());
        }
    }
    parts
}

/// `buttons` is `button`; good enough to find a file.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with(['s', 'u', 'i']) => stem,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_their_parts() {
        let words = |text: &str| of(text).collect::<Vec<_>>();
        assert_eq!(words("useTimer.ts"), ["usetimer", "use", "timer", "ts"]);
        assert_eq!(words("the Buttons, a status"), ["button", "status"]);
    }
}

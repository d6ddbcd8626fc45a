//! A command as words, without a shell.

/// Why a line is not just words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotWords {
    /// Only a shell could say what it means.
    Shell,
    /// A quote is open at its end.
    OpenQuote,
}

/// Splits a line at spaces. Quotes keep words together; whatever else a shell would read in a way of its own is not
/// for us.
pub(super) fn split(line: &str) -> Result<Vec<String>, NotWords> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                let inner = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        None => return Err(NotWords::OpenQuote),
                        Some(end) if end == c => break,
                        Some('$' | '`' | '\\' | '!') if c == '"' => return Err(NotWords::Shell),
                        Some(other) => inner.push(other),
                    }
                }
            }
            '~' | '#' if word.is_none() => return Err(NotWords::Shell),
            '|' | '&' | ';' | '<' | '>' | '(' | ')' | '$' | '`' | '\\' | '*' | '?' | '[' | ']'
            | '{' | '}' => {
                return Err(NotWords::Shell);
            }
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    // `NAME=value program`: the shell's, too.
    if words.first().is_some_and(|first| first.contains('=')) {
        return Err(NotWords::Shell);
    }
    Ok(words)
}

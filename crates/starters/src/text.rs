/// The longest prompt that is read, in bytes: a description fits, a pasted book does not.
const MAX_BYTES: usize = 4_000;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    /// Text in quotation marks, without them.
    Quoted,
    Punct,
}

/// A piece of a prompt, with its place.
#[derive(Debug, Clone)]
pub(crate) struct Token<'a> {
    pub(crate) raw: &'a str,
    /// In lower case, accents folded, curly apostrophes straightened.
    pub(crate) low: String,
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Token<'_> {
    pub(crate) fn is(&self, words: &[&str]) -> bool {
        self.kind == Kind::Word && words.contains(&self.low.as_str())
    }

    pub(crate) fn is_capitalised(&self) -> bool {
        self.kind == Kind::Word && self.raw.chars().next().is_some_and(char::is_uppercase)
    }
}

/// Words, quoted texts and punctuation, in order.
pub(crate) fn tokens(prompt: &str) -> Vec<Token<'_>> {
    let mut cut = prompt.len().min(MAX_BYTES);
    while !prompt.is_char_boundary(cut) {
        cut -= 1;
    }
    let prompt = &prompt[..cut];
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = prompt[at..].chars().next() {
        let rest = &prompt[at..];
        let (kind, length) = if let Some(length) = quoted(rest) {
            (Kind::Quoted, length)
        } else if c.is_alphanumeric() {
            (Kind::Word, word(rest))
        } else if c.is_whitespace() && c != '\n' {
            at += c.len_utf8();
            continue;
        } else {
            (Kind::Punct, c.len_utf8())
        };
        let (start, end) = (at, at + length);
        let mut raw = &prompt[start..end];
        if kind == Kind::Quoted {
            raw = raw.trim_matches(QUOTES).trim();
        }
        found.push(Token { raw, low: fold(raw), kind, start, end });
        at = end;
    }
    found
}

const QUOTES: [char; 11] = ['"', '“', '”', '„', '\'', '‘', '’', '«', '»', '`', '‟'];

/// The length of a quoted text at the start, marks included. Apostrophes count only around whole words.
fn quoted(rest: &str) -> Option<usize> {
    let open = rest.chars().next()?;
    let closers: &[char] = match open {
        '"' | '“' | '„' => &['"', '”', '“'],
        '\'' | '‘' => &['\'', '’'],
        '«' => &['»'],
        '`' => &['`'],
        _ => return None,
    };
    let inside = &rest[open.len_utf8()..];
    for (at, c) in inside.char_indices() {
        if c == '\n' {
            return None;
        }
        let after = inside[at + c.len_utf8()..].chars().next();
        if closers.contains(&c) && !after.is_some_and(char::is_alphanumeric) {
            return (!inside[..at].trim().is_empty())
                .then_some(open.len_utf8() + at + c.len_utf8());
        }
    }
    None
}

/// The length of a word at the start; hyphens, apostrophes and full stops count inside it ("to-do", "baker's", "3.5").
fn word(rest: &str) -> usize {
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let joins = matches!(c, '-' | '\'' | '’' | '.' | '_')
            && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !c.is_alphanumeric() && !joins {
            break;
        }
        end = at + c.len_utf8();
    }
    // "Dr. Smith"
    let titled =
        ["dr", "mr", "mrs", "ms", "st", "prof"].contains(&rest[..end].to_lowercase().as_str());
    end + usize::from(titled && rest[end..].starts_with('.'))
}

/// The text of some tokens with the spaces as they were, without quotation marks.
pub(crate) fn raw(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    let mut end = None;
    for token in tokens {
        if end.is_some_and(|end| token.start > end) {
            text.push(' ');
        }
        text.push_str(token.raw);
        end = Some(token.end);
    }
    text
}

/// Lower case without accents, for comparing.
pub(crate) fn fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            '’' | '‘' => '\'',
            other => other,
        })
        .collect()
}

/// The stems of a text's words: "Due dates" and "due-date" are the same.
pub(crate) fn stems(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(stem)
        .filter(|word| !word.is_empty())
        .collect()
}

/// A light English stem: plurals, -ing, -ed, -er and a final -e go.
pub(crate) fn stem(word: &str) -> String {
    let word = word.trim_matches('\'');
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("s'")).unwrap_or(word);
    let word = singular(word);
    let cut = |word: &str, suffix: &str, least: usize| -> Option<String> {
        let root = word.strip_suffix(suffix)?;
        (root.chars().count() >= least && root.chars().any(is_vowel)).then(|| undouble(root))
    };
    let word = cut(&word, "ing", 3)
        .or_else(|| cut(&word, "ed", 3))
        .or_else(|| cut(&word, "er", 4))
        .unwrap_or(word);
    match word.strip_suffix('e') {
        Some(root) if root.chars().count() >= 4 => root.to_owned(),
        _ => word,
    }
}

/// The singular of an English noun, as far as its ending shows it.
pub(crate) fn singular(word: &str) -> String {
    let length = word.chars().count();
    if let Some(root) = word.strip_suffix("ies")
        && length > 4
    {
        return format!("{root}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zes"] {
        if word.ends_with(ending) && length > 4 {
            return word[..word.len() - 2].to_owned();
        }
    }
    let plural =
        word.ends_with('s') && length > 3 && !["ss", "us", "is"].iter().any(|e| word.ends_with(e));
    if plural { word[..word.len() - 1].to_owned() } else { word.to_owned() }
}

fn undouble(root: &str) -> String {
    let mut chars = root.chars().rev();
    match (chars.next(), chars.next()) {
        (Some(a), Some(b)) if a == b && !is_vowel(a) && !matches!(a, 'l' | 's' | 'z') => {
            root[..root.len() - a.len_utf8()].to_owned()
        }
        _ => root.to_owned(),
    }
}

const fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// Whether two stems are the same but for a slip of the finger: one edit from five letters on, two from eight.
pub(crate) fn near(a: &str, b: &str) -> bool {
    let shorter = a.chars().count().min(b.chars().count());
    let allowed = match shorter {
        0..=4 => 0,
        5..=7 => 1,
        _ => 2,
    };
    a == b
        || (allowed > 0
            && a.chars().next() == b.chars().next()
            && strsim::osa_distance(a, b) <= allowed)
}

/// Whether stems are those of a phrase, allowing for slips.
pub(crate) fn is_phrase(stems_found: &[String], phrase: &str) -> bool {
    let wanted = stems(phrase);
    wanted.len() == stems_found.len() && wanted.iter().zip(stems_found).all(|(a, b)| near(a, b))
}

/// With a capital first letter.
pub(crate) fn capitalise(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// "a", "a and b", "a, b and c".
pub(crate) fn join(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_quotes_and_marks_are_told_apart() {
        let found: Vec<_> = tokens("It's a “To-do” list, v1.5: 'baker's best'!")
            .into_iter()
            .map(|t| t.raw)
            .collect();
        assert_eq!(found, ["It's", "a", "To-do", "list", ",", "v1.5", ":", "baker's best", "!"]);
    }

    #[test]
    fn stems_meet() {
        for (a, b) in [
            ("tracking", "tracker"),
            ("recipes", "recipe"),
            ("planning", "planner"),
            ("Due dates", "due-date"),
            ("categories", "category"),
            ("sliding", "slide"),
            ("boxes", "box"),
        ] {
            assert_eq!(stems(a), stems(b), "{a} and {b}");
        }
        assert_ne!(stems("bus"), stems("bu"));
    }

    #[test]
    fn slips_are_forgiven_in_long_words_only() {
        assert!(near("testimonal", "testimonial") && near("kanbna", "kanban"));
        assert!(!near("cat", "car") && !near("task", "mask"));
    }
}

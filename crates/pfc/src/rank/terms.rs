//! Words of prompts, paths and code, as numbers.

/// Words of requests that tell nothing: grammar, and what every request asks for.
const COMMON: [&str; 58] = [
    "the", "and", "for", "that", "this", "with", "from", "are", "was", "were", "you", "your",
    "can", "could", "please", "should", "would", "when", "into", "have", "has", "had", "not",
    "all", "but", "now", "also", "its", "more", "some", "will", "just", "like", "want", "need",
    "make", "add", "added", "fix", "fixes", "feat", "change", "update", "new", "use", "using",
    "used", "remove", "refactor", "chore", "after", "before", "instead", "there", "them", "they",
    "our", "any",
];
const LONGEST: usize = 40;

/// A word's number (FNV-1a of its letters in lower case, its ending cut).
pub(crate) type Term = u64;

/// Words of a text with how often they occur, by number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Counted {
    counts: Vec<(Term, u32)>,
    /// All words together.
    pub(crate) total: u32,
}

impl Counted {
    pub(crate) fn of(text: &str) -> Self {
        let mut terms = Vec::new();
        each(text, |term| terms.push(term));
        Self::gathered(terms)
    }

    fn gathered(mut terms: Vec<Term>) -> Self {
        terms.sort_unstable();
        let total = u32::try_from(terms.len()).unwrap_or(u32::MAX);
        let mut counts: Vec<(Term, u32)> = Vec::new();
        for term in terms {
            match counts.last_mut() {
                Some(last) if last.0 == term => last.1 += 1,
                _ => counts.push((term, 1)),
            }
        }
        Self { counts, total }
    }

    /// The memory that it takes.
    pub(crate) const fn bytes(&self) -> usize {
        self.counts.capacity() * size_of::<(Term, u32)>()
    }

    pub(crate) fn count(&self, term: Term) -> u32 {
        let found = self.counts.binary_search_by_key(&term, |(term, _)| *term);
        found.map_or(0, |at| self.counts[at].1)
    }
}

/// What is asked for: each word once, with its weight.
pub(crate) type Query = Vec<(Term, f64)>;

/// The words of a request. Those of its first line count twice: it is the subject of what follows.
pub(crate) fn query(prompt: &str) -> Query {
    const WORDS: usize = 400;
    let common: Vec<Term> = COMMON.iter().map(|word| number(word)).collect();
    let (subject, rest) = prompt.trim().split_once('\n').unwrap_or((prompt.trim(), ""));
    let mut query: Query = Vec::new();
    for (text, weight) in [(subject, 2.0), (rest, 1.0)] {
        each(text, |term| {
            if common.contains(&term) {
                return;
            }
            if let Some((_, known)) = query.iter_mut().find(|(known, _)| *known == term) {
                // A word that is repeated is meant, but not ever more.
                *known = (*known + weight).min(4.0);
            } else if query.len() < WORDS {
                query.push((term, weight));
            }
        });
    }
    query
}

/// Calls `take` for each word of a text: `useTimer` gives `usetimer`, `use` and `timer`; so does `use-timer`
/// without the first.
pub(crate) fn each(text: &str, mut take: impl FnMut(Term)) {
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if word.is_empty() || word.len() > LONGEST {
            continue;
        }
        let mut start = 0;
        let mut parts = 0;
        let mut before: Option<char> = None;
        let mut chars = word.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            let begins = before.is_some_and(|before| {
                // `useTimer`, `PDFViewer`.
                c.is_uppercase() && (!before.is_uppercase() || next.is_some_and(char::is_lowercase))
            });
            if begins {
                part(&word[start..at], &mut take);
                start = at;
                parts += 1;
            }
            before = Some(c);
        }
        part(&word[start..], &mut take);
        if parts > 0 {
            part(word, &mut take);
        }
    }
}

fn part(word: &str, take: &mut impl FnMut(Term)) {
    // One letter tells nothing, nor does one digit.
    if word.len() > 1 {
        take(number(word));
    }
}

/// The number of one word.
pub(crate) fn number(word: &str) -> Term {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    if word.is_ascii() {
        let mut buffer = [0_u8; LONGEST];
        let bytes = word.as_bytes();
        let length = bytes.len().min(LONGEST);
        buffer[..length].copy_from_slice(&bytes[..length]);
        buffer[..length].make_ascii_lowercase();
        stem(&buffer[..length]).iter().for_each(|byte| add(*byte));
    } else {
        word.chars().flat_map(char::to_lowercase).for_each(|c| {
            let mut buffer = [0; 4];
            c.encode_utf8(&mut buffer).bytes().for_each(&mut add);
        });
    }
    hash
}

/// A word without its ending: `buttons` and `button` are one, and `rendering`, `rendered`, `renders`.
fn stem(word: &[u8]) -> &[u8] {
    const ENDINGS: [&[u8]; 9] =
        [b"ations", b"ation", b"ings", b"ing", b"ies", b"ers", b"ed", b"es", b"s"];
    for ending in ENDINGS {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.len() >= 3
        {
            return stem;
        }
    }
    word.strip_suffix(b"e").filter(|stem| stem.len() >= 4).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<Term> {
        let mut terms = Vec::new();
        each(text, |term| terms.push(term));
        terms
    }

    #[test]
    fn names_are_found_by_their_parts() {
        assert_eq!(terms("useTimer"), ["use", "timer", "usetimer"].map(number));
        assert_eq!(terms("use-timer"), ["use", "timer"].map(number));
        assert_eq!(terms("PDFViewer"), ["pdf", "viewer", "pdfviewer"].map(number));
        assert!(terms("a x 1").is_empty());
        assert_eq!(terms("Größe"), terms("größe"));
    }

    #[test]
    fn endings_do_not_matter() {
        for (one, other) in [("buttons", "button"), ("rendering", "rendered"), ("values", "value")]
        {
            assert_eq!(number(one), number(other), "{one} {other}");
        }
        assert_ne!(number("use"), number("us"));
    }

    #[test]
    fn a_request_is_its_telling_words() {
        let found = query("Fix the timer\n\nThe timer stops, and a ring is drawn.");
        let weight = |word: &str| found.iter().find(|(term, _)| *term == number(word)).map(|f| f.1);
        assert_eq!(weight("timer"), Some(3.0));
        assert_eq!(weight("ring"), Some(1.0));
        assert_eq!(weight("the"), None);
    }
}

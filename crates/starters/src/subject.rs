use crate::text::{Kind, Token, capitalise, singular};
use crate::words::{BREAKS, DETERMINERS};

/// What an app keeps or whom it is about, as far as the prompt says it in so many words.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Subject {
    /// "order" and "orders".
    pub(crate) noun: Option<(String, String)>,
    /// "Bakery orders".
    pub(crate) title: Option<String>,
    /// "dog grooming salon".
    pub(crate) kind: Option<String>,
    /// "Oslo".
    pub(crate) place: Option<String>,
}

/// People are whom an app is for, not what it keeps.
const AUDIENCE: &[&str] = &[
    "kids",
    "children",
    "friends",
    "students",
    "teams",
    "parents",
    "users",
    "beginners",
    "writers",
    "developers",
    "adults",
    "seniors",
    "families",
    "everyone",
    "us",
    "needs",
    "sessions",
    "days",
    "statistics",
    "goals",
];
const KEEPING: &[&str] = &[
    "track",
    "tracking",
    "manage",
    "managing",
    "organise",
    "organize",
    "organising",
    "organizing",
    "plan",
    "planning",
    "follow",
    "collect",
    "collecting",
    "sort",
    "log",
    "logging",
];

pub(crate) fn subject(tokens: &[Token<'_>]) -> Subject {
    let mut found = Subject { place: place(tokens), ..Subject::default() };
    for at in 0..tokens.len() {
        if tokens[at].is(&["for"]) {
            let owned = tokens.get(at + 1).is_some_and(|t| t.is(&["my", "our", "the"]));
            let words = run(tokens, at + 1);
            read_for(&words, owned, &mut found);
        } else if tokens[at].is(KEEPING) && found.noun.is_none() {
            let from = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|t| t.is(&["of"])));
            found.noun = plural(&run(tokens, from));
            if let Some((_, many)) = &found.noun {
                found.title.get_or_insert_with(|| capitalise(many));
            }
        }
    }
    found
}

fn read_for(words: &[&Token<'_>], owned: bool, found: &mut Subject) {
    if words.is_empty() || words.len() > 4 {
        return;
    }
    let lower = |words: &[&Token<'_>]| -> String {
        words.iter().map(|t| t.raw.to_lowercase()).collect::<Vec<_>>().join(" ")
    };
    if let Some(at) = words.iter().position(|t| t.low.ends_with("'s") || t.low.ends_with("s'")) {
        let (owner, things) = words.split_at(at + 1);
        if let Some(noun) = plural(things) {
            let owner = lower(owner);
            let owner = owner.trim_end_matches("'s").trim_end_matches("’s").trim_end_matches('\'');
            found.title.get_or_insert_with(|| capitalise(&format!("{owner} {}", noun.1)));
            found.noun.get_or_insert(noun);
        }
        return;
    }
    if owned && let Some(noun) = plural(words) {
        found.title.get_or_insert_with(|| capitalise(&noun.1));
        found.noun.get_or_insert(noun);
        return;
    }
    if words.iter().all(|t| !t.is_capitalised()) {
        found.kind.get_or_insert_with(|| lower(words));
    }
}

/// The words from `from` on until something else begins; determiners in front are left out.
fn run<'t, 'a>(tokens: &'t [Token<'a>], mut from: usize) -> Vec<&'t Token<'a>> {
    while tokens.get(from).is_some_and(|t| t.is(DETERMINERS)) {
        from += 1;
    }
    tokens
        .iter()
        .skip(from)
        .take_while(|t| t.kind == Kind::Word && !t.is(BREAKS) && !t.is(&["and", "or", "of"]))
        .collect()
}

/// A plural noun of one or two plain words, with its singular.
fn plural(words: &[&Token<'_>]) -> Option<(String, String)> {
    let last = words.last()?;
    let plain = |t: &&Token<'_>| {
        t.raw.chars().all(|c| c.is_lowercase() || c == '-') && t.raw.chars().count() > 1
    };
    let is_plural = singular(&last.low) != last.low && !last.is(AUDIENCE);
    if words.len() > 2 || !words.iter().all(plain) || !is_plural {
        return None;
    }
    let many: Vec<&str> = words.iter().map(|t| t.raw).collect();
    let mut one = many.clone();
    let single = singular(&last.low);
    if let Some(end) = one.last_mut() {
        *end = &single;
    }
    Some((one.join(" "), many.join(" ")))
}

/// "in Oslo", "in San Francisco".
fn place(tokens: &[Token<'_>]) -> Option<String> {
    let at = tokens.iter().enumerate().position(|(at, token)| {
        token.is(&["in", "near", "from"]) && tokens.get(at + 1).is_some_and(Token::is_capitalised)
    })?;
    let words: Vec<&str> =
        tokens.iter().skip(at + 1).take_while(|t| t.is_capitalised()).map(|t| t.raw).collect();
    (words.len() <= 3).then(|| words.join(" "))
}

//! Takes out of a text what looks like a secret, before it is kept where others may read it.

use qv_domain::KNOWN_KEYS;

/// What stands in the place of a secret.
const MASK: &str = "[secret]";

/// A key of a well-known service is longer than this; words such as `sk-learn` are not.
const PREFIXED_CHARS: usize = 12;
/// Names whose values are secrets.
const NAMES: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "private_key",
    "credential",
];
/// What stands between a name and its value.
const SIGNS: [&str; 6] = ["=", ":", "=>", ":=", "->", "=="];
/// From this length on, letters and digits in disorder are taken for a key.
const RANDOM_CHARS: usize = 24;

/// What the words before a word say about it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// Nothing.
    Words,
    /// A secret's name: its value follows when a sign or "is" stands between.
    Name,
    /// A secret's name and a sign.
    Sign,
}

/// The same text without what looks like a secret: keys of well-known services, tokens, private keys, passwords in
/// addresses, what is given to names such as `password`, and long words of mixed letters and digits. It would rather
/// mask too much than too little.
#[must_use]
pub fn mask_secrets(text: &str) -> String {
    let text = mask_blocks(text);
    let mut out = String::with_capacity(text.len());
    let mut after = After::Words;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end_matches(char::is_whitespace);
        if !word.is_empty() {
            let (masked, next) = mask_word(word, after);
            out.push_str(&masked);
            after = next;
        }
        let space = &piece[word.len()..];
        out.push_str(space);
        // A value may stand on the line below its name and sign; a sign never does.
        if after == After::Name && space.contains('\n') {
            after = After::Words;
        }
    }
    out
}

/// Private keys and certificates as they are written in files.
fn mask_blocks(text: &str) -> String {
    let (begin, end) = ("-----BEGIN ", "-----END ");
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(begin) {
        out.push_str(&rest[..start]);
        out.push_str(MASK);
        let after = &rest[start + begin.len()..];
        // Without an end all that follows is taken for it.
        let Some(stop) = after.find(end) else { return out };
        let after = &after[stop + end.len()..];
        rest = after.find("-----").map_or("", |close| &after[close + 5..]);
    }
    out.push_str(rest);
    out
}

/// A word without its secrets, and what it says about the word after it.
fn mask_word(word: &str, after: After) -> (String, After) {
    let says = bare(word).to_lowercase();
    let is_sign = SIGNS.contains(&word) || ["is", "bearer", "basic"].contains(&says.as_str());
    if after != After::Words && is_sign {
        return (word.to_owned(), After::Sign);
    }
    if after == After::Sign && !says.is_empty() {
        return (MASK.to_owned(), After::Words);
    }
    if let Some(masked) = mask_address(word) {
        return (masked, After::Words);
    }
    if let Some((name, sign, value)) = assignment(word) {
        return if bare(value).is_empty() {
            (word.to_owned(), After::Sign)
        } else {
            (format!("{name}{sign}{MASK}"), After::Words)
        };
    }
    let next = if says == "bearer" {
        After::Sign
    } else if names_secret(word) {
        After::Name
    } else {
        After::Words
    };
    (mask_parts(word), next)
}

/// `name=value`, `"name":"value"`: the name is one of a secret.
fn assignment(word: &str) -> Option<(&str, char, &str)> {
    word.char_indices().filter(|(_, c)| matches!(c, '=' | ':')).find_map(|(at, sign)| {
        let (name, value) = (&word[..at], &word[at + 1..]);
        names_secret(name).then_some((name, sign, value))
    })
}

/// Whether a word ends in the name of a secret: `DB_PASSWORD`, `"apiKey"`, `token`. Words that merely contain one,
/// such as `tokens` or `secretary`, do not.
fn names_secret(word: &str) -> bool {
    let word = bare(word).to_lowercase();
    NAMES.iter().any(|name| {
        word.strip_suffix(name).is_some_and(|before| {
            // `accessToken` is joined; `broken` does not end in one.
            before.is_empty() || before.len() >= 2 || !before.ends_with(char::is_alphanumeric)
        })
    })
}

/// `scheme://user:password@host`: the password.
fn mask_address(word: &str) -> Option<String> {
    let (scheme, rest) = word.split_once("://")?;
    let host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let at = rest[..host].rfind('@')?;
    let (user, _) = rest[..at].split_once(':')?;
    Some(format!("{scheme}://{user}:{MASK}{}", mask_parts(&rest[at..])))
}

/// Masks the parts of a word that are keys by themselves.
fn mask_parts(word: &str) -> String {
    let in_key =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '/' | '=' | '*');
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while !rest.is_empty() {
        let end = rest.find(|c| !in_key(c)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        out.push_str(if is_key(part) { MASK } else { part });
        let gap = after.find(in_key).unwrap_or(after.len());
        out.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    out
}

fn is_key(part: &str) -> bool {
    let known =
        part.len() >= PREFIXED_CHARS && KNOWN_KEYS.iter().any(|key| part.starts_with(key.prefix));
    known || part.split(['/', '.']).any(is_random) || is_random(part)
}

/// Long, and letters of both cases or digits among letters throughout: no word, path or name reads so.
fn is_random(part: &str) -> bool {
    if part.len() < RANDOM_CHARS {
        return false;
    }
    // Names are words joined by signs; a key has few signs.
    let longest = part.split(['-', '_', '.', '/']).map(str::len).max().unwrap_or(0);
    if longest < RANDOM_CHARS * 2 / 3 {
        return false;
    }
    let kinds: Vec<u8> = part.bytes().map(kind).collect();
    let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    digits >= 3 && changes * 3 >= part.len()
}

const fn kind(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        _ => 3,
    }
}

/// A word without the quotes and commas around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_go_and_the_rest_stays() {
        for (text, masked) in [
            ("use sk-proj-Ab12Cd34Ef56 please", "use [secret] please"),
            ("key:\nAIzaSyA1b2C3d4E5f6G7h8", "key:\n[secret]"),
            ("(ghp_0123456789abcdefABCD)", "([secret])"),
            ("token eyJhbGciOi.eyJzdWIi.c2ln", "token [secret]"),
            ("API_KEY=hunter2 go", "API_KEY=[secret] go"),
            ("{\"apiKey\": \"hunter2\"}", "{\"apiKey\": [secret]"),
            ("{\"password\":\"hunter2\",\"a\":1}", "{\"password\":[secret]"),
            ("my password is hunter2.", "my password is [secret]"),
            ("password = hunter2", "password = [secret]"),
            ("Authorization: Bearer abc.def", "Authorization: Bearer [secret]"),
            ("postgres://ada:pw@db/x", "postgres://ada:[secret]@db/x"),
            ("-----BEGIN KEY-----\nabc\n-----END KEY-----\nx", "[secret]\nx"),
            ("-----BEGIN KEY-----\nabc", "[secret]"),
            ("a9F3kQ7zX1mB8vC2nR5tY6wE4", "[secret]"),
            ("dead 0f3a9c1e7b2d4f6a8c0e1b3d5f7a9c2e beef", "dead [secret] beef"),
        ] {
            assert_eq!(mask_secrets(text), masked, "{text}");
        }
    }

    #[test]
    fn what_people_ask_for_stays() {
        for text in [
            "a pomodoro timer with statistics, dark",
            "make a login form with a password field and a forgotten-password link",
            "show how many tokens a message took\nand the secretary's name",
            "edit src/components/FocusTimerStatistics2026.tsx like https://example.org/a/b?c=d",
            "use internationalization-and-accessibility-guidelines v2.10.3",
            "番茄 größer — “schöner” ✓ 😀",
            "",
        ] {
            assert_eq!(mask_secrets(text), text);
        }
    }

    proptest! {
        #[test]
        fn a_known_key_never_stays(
            before in "[a-z ,.:\"'(]{0,20}",
            known in proptest::sample::select(KNOWN_KEYS),
            key in "[A-Za-z0-9]{16,40}",
            after in "[ ,.;\"')\n][a-z ]{0,20}",
        ) {
            let masked = mask_secrets(&format!("{before} {}{key}{after}", known.prefix));
            prop_assert!(!masked.contains(&key), "{masked}");
        }

        #[test]
        fn a_named_value_never_stays(
            name in proptest::sample::select(&NAMES[..]),
            sign in proptest::sample::select(&["=", ":", " = ", ": ", " is ", "=\"", "': '"][..]),
            value in "[A-Za-z0-9!#%+-]{4,30}",
        ) {
            prop_assume!(value.chars().any(char::is_alphanumeric));
            prop_assume!(!name.contains(&value));
            let masked = mask_secrets(&format!("MY_{name}{sign}{value} and more"));
            prop_assert!(!masked.contains(&value), "{masked}");
        }

        #[test]
        fn any_text_is_taken(text in any::<String>()) {
            let masked = mask_secrets(&text);
            prop_assert!(masked.len() <= text.len() * MASK.len() + MASK.len());
        }
    }
}

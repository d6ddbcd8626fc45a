use std::collections::HashSet;
use std::sync::LazyLock;

/// Why a new password is refused, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Shorter than any password may be.
    #[error("The password is shorter than {} characters. Make it longer.", PasswordRule::MIN_CHARS)]
    TooShort,
    /// Of a length that needs all kinds of characters.
    #[error(
        "A password of fewer than {} characters needs small and capital letters, digits and signs. Add what is \
         missing, or make it longer.",
        PasswordRule::FREE_CHARS
    )]
    TooPlain,
    /// Longer than hashing may cost.
    #[error("The password is longer than {} bytes. Make it shorter.", PasswordRule::MAX_BYTES)]
    TooLong,
    /// One character again and again.
    #[error("The password repeats one character. Mix it.")]
    Repeats,
    /// The name or the address is in it.
    #[error("The password contains your name or e-mail address. Choose another.")]
    Personal,
    /// This product's name is in it.
    #[error("The password contains the name of this product. Choose another.")]
    Product,
    /// On a list of what everybody uses.
    #[error("This password is on lists of passwords that are tried first. Choose another.")]
    Common,
    /// An attacker who knows how people choose would find it.
    #[error("The password is easy to guess. Add words that have nothing to do with each other.")]
    Guessable,
}

/// What a new password must be.
#[derive(Debug)]
pub struct PasswordRule;

/// Words that come to mind to whoever sets a password here.
const PRODUCT: [&str; 8] =
    ["quickvibe", "quick", "vibe", "builder", "app builder", "prompt", "preview", "project"];
/// zxcvbn's scale of 0 to 4: at least 10^8 guesses.
const LEAST_SCORE: zxcvbn::Score = zxcvbn::Score::Three;

/// Passwords of 12 characters and more out of the lists that Django (its 20,000 commonest) and zxcvbn-ts (49,000)
/// ship; what is shorter is refused by its length.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common-passwords.txt").lines().collect());

impl PasswordRule {
    /// The shortest password, in characters.
    pub const MIN_CHARS: usize = 12;
    /// From here on any characters will do.
    pub const FREE_CHARS: usize = 15;
    /// The longest one, in bytes: hashing must stay bounded. Nothing is ever cut off.
    pub const MAX_BYTES: usize = 1_024;

    /// Checks a new password of somebody with these names and addresses. Costs milliseconds: call it where blocking
    /// is allowed.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(password: &str, personal: &[&str]) -> Result<(), WeakPassword> {
        if password.len() > Self::MAX_BYTES {
            return Err(WeakPassword::TooLong);
        }
        let chars = password.chars().count();
        if chars < Self::MIN_CHARS {
            return Err(WeakPassword::TooShort);
        }
        if chars < Self::FREE_CHARS && !has_all_classes(password) {
            return Err(WeakPassword::TooPlain);
        }
        let first = password.chars().next();
        if password.chars().all(|c| Some(c) == first) {
            return Err(WeakPassword::Repeats);
        }
        let lower = password.to_lowercase();
        if personal.iter().any(|p| p.chars().count() >= 4 && lower.contains(&p.to_lowercase())) {
            return Err(WeakPassword::Personal);
        }
        let letters: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
        if letters.contains(PRODUCT[0]) {
            return Err(WeakPassword::Product);
        }
        if COMMON.contains(lower.as_str()) {
            return Err(WeakPassword::Common);
        }
        let inputs: Vec<&str> = personal.iter().copied().chain(PRODUCT).collect();
        if zxcvbn::zxcvbn(password, &inputs).score() < LEAST_SCORE {
            return Err(WeakPassword::Guessable);
        }
        Ok(())
    }
}

/// Small and capital letters, digits and signs, in any script.
fn has_all_classes(password: &str) -> bool {
    let any = |class: fn(char) -> bool| password.chars().any(class);
    any(char::is_lowercase)
        && any(char::is_uppercase)
        && any(char::is_numeric)
        && any(|c| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(password: &str) -> Result<(), WeakPassword> {
        PasswordRule::check(password, &["ada@example.com", "ada.l", "Ada Lovelace"])
    }

    // asvs: 26
    #[test]
    fn what_is_taken() {
        for good in [
            "correct horse battery staple",
            "Tr0ub4dor&3x!",
            "größere schöne wäsche 木曜日",
            "木曜日の朝に静かな図書館で雨を待つ",
            "   leading and trailing spaces   ",
            &"w7 lamp orchid ".repeat(12),
            &"w7 lämp orchid ".repeat(63),
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    // asvs: 26, 28
    #[test]
    fn what_is_refused() {
        for (bad, why) in [
            ("", WeakPassword::TooShort),
            ("elf zeichen", WeakPassword::TooShort),
            ("Xq7!mK2$pLa", WeakPassword::TooShort),
            ("lamp orchid 7x", WeakPassword::TooPlain),
            ("LampOrchid7xQ", WeakPassword::TooPlain),
            ("zzzzzzzzzzzzzzzzzz", WeakPassword::Repeats),
            ("xx ADA@example.com xx", WeakPassword::Personal),
            ("the Ada Lovelace of today", WeakPassword::Personal),
            ("Quick-Vibe for the win", WeakPassword::Product),
            ("122333444455555", WeakPassword::Common),
            ("passwordpassword12", WeakPassword::Guessable),
            ("qwertyuiopasdfghjkl", WeakPassword::Guessable),
            ("Password1234!", WeakPassword::Guessable),
            ("abcabcabcabcabcabc", WeakPassword::Guessable),
            (&"ab".repeat(600), WeakPassword::TooLong),
        ] {
            assert_eq!(check(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn common_passwords_are_lower_case_and_long_enough_to_matter() {
        assert!(COMMON.len() > 300);
        for word in COMMON.iter() {
            assert!(word.chars().count() >= PasswordRule::MIN_CHARS, "{word}");
            assert_eq!(*word, word.to_lowercase());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_is_judged(text in any::<String>()) {
            let verdict = check(&text);
            if text.chars().count() < PasswordRule::MIN_CHARS {
                prop_assert_eq!(verdict, Err(WeakPassword::TooShort));
            }
        }
    }
}

//! Files that a request names.

use qv_domain::FilePath;

/// A request, as names are looked for in it.
#[derive(Debug)]
pub(super) struct Mention {
    lower: String,
    /// In lower case, with nothing but letters and digits, words apart by one space.
    words: String,
}

impl Mention {
    pub(super) fn of(prompt: &str) -> Self {
        let mut words = String::with_capacity(prompt.len() + 2);
        words.push(' ');
        for word in prompt.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            words.extend(word.chars().flat_map(char::to_lowercase));
            words.push(' ');
        }
        Self { lower: prompt.to_lowercase(), words }
    }

    /// 1 for a path, a file's name or a name as only code has it (`TimerRing`); less for its words (`timer ring`)
    /// and for a name that may be any word.
    pub(super) fn of_path(&self, path: &FilePath) -> f64 {
        let name = path.name();
        if has_word(&self.lower, &name.to_lowercase()) {
            return 1.0;
        }
        let stem = name.split('.').next().unwrap_or(name);
        // `index` is named by its folder.
        let folder = path.rsplit('/').nth(1).unwrap_or_default();
        let stem = if matches!(stem, "index" | "page" | "main") { folder } else { stem };
        let parts = parts(stem);
        let joined = parts.concat();
        let single = parts.len() == 1;
        if joined.len() > 3 && self.words.contains(&format!(" {joined} ")) {
            return if single { 0.5 } else { 1.0 };
        }
        let spaced = parts.join(" ");
        let plural = format!(" {spaced}s ");
        if !single && (self.words.contains(&format!(" {spaced} ")) || self.words.contains(&plural))
        {
            return 0.8;
        }
        if single && joined.len() > 3 && self.words.contains(&plural) { 0.3 } else { 0.0 }
    }
}

/// The parts of a name in lower case: `TimerRing` and `timer-ring` are `timer` and `ring`.
fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut begins = true;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            begins = true;
            continue;
        }
        let lower_before = parts.last().is_some_and(|part| !part.is_empty()) && !begins;
        if begins || c.is_uppercase() && lower_before && !was_upper(name, &parts) {
            parts.push(String::new());
        }
        begins = false;
        if let Some(part) = parts.last_mut() {
            part.extend(c.to_lowercase());
        }
    }
    parts
}

/// Whether the character before was a capital too: then no part begins.
fn was_upper(name: &str, parts: &[String]) -> bool {
    let taken: usize = parts.iter().map(|part| part.chars().count()).sum();
    let before = name.chars().filter(|c| c.is_alphanumeric()).nth(taken.saturating_sub(1));
    before.is_some_and(char::is_uppercase)
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        !is_part(text[..at].chars().next_back()) && !is_part(text[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_words() {
        let of =
            |prompt: &str, path: &str| Mention::of(prompt).of_path(&FilePath::parse(path).unwrap());
        assert_eq!(of("fix src/storage.ts", "src/storage.ts"), 1.0);
        assert_eq!(of("fix storage.ts", "src/storage.ts"), 1.0);
        assert_eq!(of("fix TimerRing", "src/TimerRing.tsx"), 1.0);
        assert_eq!(of("the timer rings are thin", "src/TimerRing.tsx"), 0.8);
        assert_eq!(of("a timer, a ring", "src/TimerRing.tsx"), 0.0);
        assert_eq!(of("the storage is full", "src/storage.ts"), 0.5);
        assert_eq!(of("the settings page", "src/settings/index.tsx"), 0.5);
        assert_eq!(of("restore it", "src/store.ts"), 0.0);
        assert_eq!(parts("PDFView-big"), ["pdfview", "big"]);
    }
}

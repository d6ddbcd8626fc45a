//! Requests that are too vague to be worth money: asked about without a model.

use super::Question;

/// A longer request says something.
const WORDS: usize = 10;

/// What says nothing of an app: how it is asked for, and praise.
const FILLER: &[&str] = &[
    "a",
    "all",
    "amazing",
    "an",
    "and",
    "app's",
    "awesome",
    "basic",
    "beautiful",
    "best",
    "big",
    "brand",
    "build",
    "can",
    "code",
    "cool",
    "could",
    "create",
    "design",
    "develop",
    "do",
    "easy",
    "fancy",
    "for",
    "from",
    "full",
    "fun",
    "generate",
    "get",
    "give",
    "good",
    "great",
    "have",
    "hello",
    "help",
    "hey",
    "hi",
    "i",
    "i'd",
    "i'm",
    "idea",
    "in",
    "interesting",
    "is",
    "it",
    "just",
    "kind",
    "let",
    "let's",
    "like",
    "little",
    "made",
    "make",
    "me",
    "mine",
    "modern",
    "my",
    "need",
    "new",
    "nice",
    "of",
    "one",
    "ours",
    "our",
    "own",
    "please",
    "pls",
    "pretty",
    "quick",
    "random",
    "really",
    "scratch",
    "show",
    "simple",
    "small",
    "so",
    "some",
    "sort",
    "start",
    "super",
    "thanks",
    "that",
    "the",
    "this",
    "to",
    "up",
    "us",
    "useful",
    "very",
    "want",
    "we",
    "what",
    "whatever",
    "with",
    "would",
    "write",
    "you",
    "your",
];
/// What every app is.
const GENERIC: &[&str] = &[
    "anything",
    "app",
    "application",
    "applications",
    "apps",
    "game",
    "games",
    "homepage",
    "landing",
    "mobile",
    "online",
    "page",
    "pages",
    "product",
    "program",
    "project",
    "site",
    "sites",
    "software",
    "something",
    "stuff",
    "thing",
    "things",
    "tool",
    "ui",
    "web",
    "webapp",
    "webpage",
    "webpages",
    "webs",
    "website",
    "websites",
];

/// What to ask before a first request is sent to a model; `None` where it says enough, however little that is, and in
/// any later turn: nobody is asked twice.
///
/// A request is too vague only if it names some app in general and says nothing else: each of its words, at most ten, is
/// one that every app's request may have. A word that is not known says something.
#[must_use]
pub fn clarify(prompt: &str, is_first_turn: bool) -> Option<Vec<Question>> {
    let lower = prompt.to_lowercase().replace('\u{2019}', "'");
    let is_word = |c: char| c.is_alphanumeric() || c == '\'';
    let words: Vec<&str> =
        lower.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).collect();
    let generic = words.iter().any(|word| GENERIC.contains(word));
    let says_nothing = |word: &&str| GENERIC.contains(word) || FILLER.contains(word);
    // A drawing, a formula or another script says something, too.
    let other =
        lower.chars().any(|c| !is_word(c) && !c.is_whitespace() && !c.is_ascii_punctuation());
    if !is_first_turn || !generic || other || words.len() > WORDS || !words.iter().all(says_nothing)
    {
        return None;
    }
    let has = |names: &[&str]| words.iter().any(|word| names.contains(word));
    let question = |text: &str, choices: &[&str]| Question {
        text: text.to_owned(),
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
    };
    if has(&["game", "games"]) {
        let kinds = ["A puzzle", "An arcade game", "A quiz", "A card game", "A word game"];
        return Some(vec![question("What kind of game shall it be?", &kinds)]);
    }
    let site = [
        "website", "websites", "site", "sites", "page", "pages", "homepage", "landing", "webpage",
        "webpages",
    ];
    let purpose = if has(&site) {
        question(
            "What is it about?",
            &[
                "A business or a shop",
                "A product",
                "Me and my work",
                "An event",
                "A club or a cause",
            ],
        )
    } else {
        question(
            "What shall it be for?",
            &[
                "Tasks and plans",
                "Habits or health",
                "Money",
                "Notes, recipes or a collection",
                "A game",
            ],
        )
    };
    let users =
        question("Who will use it?", &["Just me", "My family or friends", "My team", "Customers"]);
    Some(vec![purpose, users])
}

#[cfg(test)]
mod tests {
    use super::*;

    const VAGUE: [&str; 40] = [
        "app",
        "App.",
        "an app",
        "make me an app",
        "make an app please",
        "build a website",
        "make me a website",
        "website",
        "a web page",
        "webpage",
        "something cool",
        "make something",
        "build me something nice",
        "create a simple app",
        "i want an app",
        "I want to make a cool website",
        "a game",
        "make a fun game",
        "build game",
        "web app",
        "mobile app",
        "a new project",
        "a tool",
        "some software",
        "create a landing page",
        "landing page",
        "I need a homepage",
        "my website",
        "a modern website for me",
        "Can you build an app?",
        "please write a program",
        "anything",
        "do anything",
        "a beautiful app",
        "let's build something",
        "app app app",
        "Hello, I'd like an app",
        "I need a website for my own project",
        "make me a really good game!",
        "web application",
    ];

    const CLEAR: [&str; 44] = [
        "todo app",
        "to-do list",
        "kanban",
        "snake",
        "a landing page for my bakery",
        "tetris",
        "calculator",
        "a timer",
        "pong game",
        "chess",
        "notes app",
        "weather",
        "blog",
        "portfolio",
        "my portfolio website",
        "shop",
        "dashboard",
        "a game with dragons",
        "recipe site",
        "habit tracker",
        "quiz",
        "x",
        "hi",
        "make it blue",
        "an app for dogs",
        "Eine App f\u{fc}r Rezepte",
        "\u{30a2}\u{30d7}\u{30ea}",
        "app \u{1F436}",
        "crm",
        "invoice tool",
        "site for a wedding",
        "clone of wordle",
        "2048",
        "page with a clock",
        "software for a dentist",
        "guestbook",
        "a website about trains",
        "budget app",
        "drum machine",
        "flashcards",
        "game of life",
        "a page that counts down",
        "two files",
        "spreadsheet",
    ];

    #[test]
    fn what_says_nothing_is_asked_about_once() {
        for prompt in VAGUE {
            let asked = clarify(prompt, true).unwrap_or_else(|| panic!("{prompt}"));
            assert!(!asked.is_empty() && asked.len() <= 3, "{prompt}");
            assert!(asked.iter().all(|question| (2..=5).contains(&question.choices.len())));
            assert_eq!(clarify(prompt, false), None);
        }
    }

    #[test]
    fn whoever_says_anything_is_not_asked() {
        for prompt in CLEAR {
            assert_eq!(clarify(prompt, true), None, "{prompt}");
        }
    }

    #[test]
    fn the_starters_own_examples_are_clear() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../starters");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let Ok(manifest) = std::fs::read_to_string(entry.unwrap().path().join("starter.toml"))
            else {
                continue;
            };
            let examples =
                manifest.split("\nprompts = [").nth(1).unwrap().split(']').next().unwrap();
            for prompt in examples.split('"').skip(1).step_by(2) {
                assert_eq!(clarify(prompt, true), None, "{prompt}");
                count += 1;
            }
        }
        assert!(count >= 20, "{count}");
    }
}

//! Whatever is typed: no panic, valid files, and the same answer twice.
#![expect(clippy::panic, reason = "helpers of tests")]
use proptest::prelude::*;
use qv_starters::{Files, FollowUp, fill, follow_up, list, match_prompt, project_type};
use serde_json::Value;

/// Words that the parsers know, mixed with anything else, so that rules meet in odd orders.
fn prompts() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "called",
        "rename",
        "to",
        "it",
        "make",
        "dark",
        "light",
        "mode",
        "blue",
        "green",
        "add",
        "remove",
        "hide",
        "show",
        "a",
        "the",
        "column",
        "field",
        "section",
        "checkbox",
        "for",
        "my",
        "bakery's",
        "orders",
        "with",
        "without",
        "no",
        "and",
        ",",
        ".",
        "change",
        "title",
        "tagline",
        "get",
        "rid",
        "of",
        "Hopper",
        "\"quoted text\"",
        "'",
        "“",
        "5x5",
        "50",
        "minutes",
        "session",
        "goal",
        "999999999999999999999",
        "-1",
        "3.5",
        "in",
        "Oslo",
        "tags",
        "priority",
        "due date",
        "testimonials",
        "track",
        "turn",
        "off",
        "name",
        "{one}",
        "{",
        "<b>",
        "&",
        ":",
        "Review",
        "recipes",
        "game",
        "landing page",
        "\n",
        "ß",
        "İ",
    ]);
    prop_oneof![
        3 => prop::collection::vec(known, 0..24).prop_map(|words| words.join(" ")),
        1 => "\\PC{0,200}",
        1 => "[a-zA-Z'\", .:0-9-]{0,120}",
    ]
}

fn valid_json(files: &Files) {
    for (path, bytes) in files {
        if path.extension() == "json" || path.extension() == "webmanifest" {
            let value: Value =
                serde_json::from_slice(bytes).unwrap_or_else(|e| panic!("{path}: {e}"));
            assert!(value.is_object(), "{path}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn matching_never_fails(prompt in prompts()) {
        let _ = match_prompt(&prompt, None);
        let _ = project_type(&prompt);
    }

    #[test]
    fn filling_gives_valid_files_and_the_same_twice(prompt in prompts(), at in 0..8_usize) {
        let starter = &list()[at % list().len()];
        let filled = fill(starter, &prompt);
        valid_json(&filled.files);
        prop_assert!(!filled.title.trim().is_empty() && filled.title.chars().count() <= 60, "{:?}", filled.title);
        prop_assert!(["system", "light", "dark"].contains(&filled.theme.as_str()));
        prop_assert!(starter.manifest.palettes.iter().any(|p| p.name == filled.palette));
        prop_assert!(filled.message.starts_with("Made from the "));
        prop_assert_eq!(&filled.files.len(), &starter.files().len());
        prop_assert_eq!(fill(starter, &prompt), filled);
    }

    #[test]
    fn follow_ups_change_valid_files_or_none(first in prompts(), second in prompts(), at in 0..8_usize) {
        let starter = &list()[at % list().len()];
        let mut files = fill(starter, "").files;
        for prompt in [first, second] {
            let answer = follow_up(&files, &prompt);
            prop_assert_eq!(&follow_up(&files, &prompt), &answer);
            match answer {
                FollowUp::NeedsModel { said } => prop_assert!(!said.is_empty()),
                FollowUp::Edits { changes, said, sentences } => {
                    prop_assert!(!said.is_empty() && !sentences.is_empty());
                    for (path, text) in changes {
                        prop_assert!(files.contains_key(&path), "{} is new", path);
                        files.insert(path, text.into_bytes());
                    }
                    valid_json(&files);
                }
            }
        }
    }

    #[test]
    fn any_config_can_be_asked_about(config in "\\PC{0,80}", prompt in prompts()) {
        let mut files = fill(&list()[0], "").files;
        let path = qv_domain::FilePath::parse("src/config.json").unwrap();
        files.insert(path, config.into_bytes());
        let _ = follow_up(&files, &prompt);
    }
}

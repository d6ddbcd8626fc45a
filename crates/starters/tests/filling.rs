//! What a prompt sets in the app that is made from it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use qv_starters::{Filled, fill, get};
use serde_json::Value;

fn filled(id: &str, prompt: &str) -> (Filled, Value) {
    let filled = fill(get(id).unwrap(), prompt);
    let config = serde_json::from_slice(&filled.files["src/config.json"]).unwrap();
    (filled, config)
}

/// A starter, a prompt, and what config.json then holds at some pointers.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

#[test]
fn names_words_and_looks_are_taken_from_the_prompt() {
    let table: &[Case] = &[
        (
            "kanban",
            "a kanban board called Hopper for my bakery's orders",
            &[
                ("/title", "Hopper"),
                ("/words/one", "order"),
                ("/words/many", "orders"),
                ("/columns/2/title", "In the making"),
            ],
        ),
        (
            "kanban",
            "A task board with due dates and priorities, dark",
            &[("/theme", "dark"), ("/title", "Kanban"), ("/fields/0/id", "priority")],
        ),
        (
            "kanban",
            "A hiring pipeline in green",
            &[("/palette", "forest"), ("/words/one", "candidate")],
        ),
        (
            "kanban",
            "board to track violins",
            &[
                ("/words/one", "violin"),
                ("/title", "Violins"),
                ("/samples/0/title", "Your first violin"),
            ],
        ),
        (
            "kanban",
            "kanban board named \"the big one\" with an assignee field, without search, no dark mode",
            &[
                ("/title", "The big one"),
                ("/fields/3/id", "assignee"),
                ("/sections/1/on", "false"),
                ("/theme", "light"),
            ],
        ),
        (
            "kanban",
            "Purple kanban for our beehives",
            &[("/palette", "violet"), ("/words/one", "beehive"), ("/words/many", "beehives")],
        ),
        ("kanban", "a board for orange cake recipes", &[("/palette", "indigo")]),
        (
            "kanban",
            "Fox Den: a board for our repairs",
            &[("/title", "Fox Den"), ("/words/one", "repair")],
        ),
        (
            "kanban",
            "board called Rio Grande in blue",
            &[("/title", "Rio Grande"), ("/palette", "ocean")],
        ),
        (
            "focus-timer",
            "a pomodoro timer with statistics, dark",
            &[("/theme", "dark"), ("/title", "Focus"), ("/sections/1/on", "true")],
        ),
        (
            "focus-timer",
            "A study timer called Owl with 50 minute sessions and 10 minute breaks",
            &[
                ("/title", "Owl"),
                ("/minutes/focus", "50"),
                ("/minutes/short", "10"),
                ("/words/focus", "Study"),
            ],
        ),
        (
            "focus-timer",
            "pomodoro with a daily goal of 3 hours, 15-minute short breaks and no history",
            &[
                ("/goal", "180"),
                ("/minutes/short", "15"),
                ("/sections/2/on", "false"),
                ("/minutes/focus", "25"),
            ],
        ),
        (
            "focus-timer",
            "A focus timer for writers, in green, without history",
            &[("/palette", "forest"), ("/sections/2/on", "false"), ("/words/focus", "Write")],
        ),
        (
            "business-landing",
            "A page for Anna's flower shop with opening hours and FAQ",
            &[("/title", "Anna's Flower Shop"), ("/tagline", "Flowers with a season")],
        ),
        (
            "business-landing",
            "A website for my bakery in Oslo called Krume",
            &[("/title", "Krume"), ("/words/place", "Oslo"), ("/words/kind", "Bakery")],
        ),
        (
            "business-landing",
            "website for a beekeeping club in Kent called Hive & Co, gold",
            &[
                ("/title", "Hive & Co"),
                ("/words/kind", "Beekeeping club"),
                ("/palette", "gold"),
                ("/sections/0/headline", "Your beekeeping club, around the corner"),
            ],
        ),
        (
            "business-landing",
            "A landing page for a dentist, in blue, without the gallery, with testimonials",
            &[("/palette", "ocean"), ("/sections/3/on", "false")],
        ),
        (
            "business-landing",
            "landing page for Café Nord in Bergen",
            &[("/title", "Café Nord"), ("/words/place", "Bergen"), ("/words/kind", "Café")],
        ),
        ("business-landing", "site for Norwegian fishermen", &[("/title", "Maple Street Studio")]),
        (
            "product-landing",
            "landing page for my note-taking app called Birch, no testimonials, with pricing and faq",
            &[
                ("/title", "Birch"),
                ("/words/kind", "Note-taking app"),
                ("/sections/4/on", "false"),
                ("/sections/5/on", "true"),
            ],
        ),
        (
            "product-landing",
            "A landing page for Hawk, a developer tool, in green",
            &[("/title", "Hawk"), ("/visual", "terminal"), ("/palette", "forest")],
        ),
    ];
    for (id, prompt, wanted) in table {
        let (filled, config) = filled(id, prompt);
        for (pointer, value) in *wanted {
            let found = config.pointer(pointer).cloned().unwrap_or(Value::Null);
            let found = found.as_str().map_or_else(|| found.to_string(), ToOwned::to_owned);
            assert_eq!(&found, value, "{prompt}: {pointer}; {}", filled.message);
        }
        assert_eq!(filled.left_out, Vec::<String>::new(), "{prompt}");
        assert_eq!(filled.title, config["title"].as_str().unwrap());
    }
}

#[test]
fn the_message_says_what_it_is() {
    let (plain, _) = filled("kanban", "a kanban board");
    assert_eq!(
        plain.message,
        "Made from the Kanban starter. Connect a model to change anything else."
    );
    let (rich, _) = filled(
        "kanban",
        "a kanban board called Hopper with due dates, Slack alerts and PDF export",
    );
    assert_eq!(rich.left_out, ["Slack alerts", "PDF export"]);
    assert_eq!(
        rich.message,
        "Made from the Kanban starter. The name is Hopper. Not in this starter: Slack alerts and PDF export. \
         Connect a model to add that and to change anything else."
    );
}

#[test]
fn the_name_is_on_the_page_and_in_the_package() {
    let (filled, _) = filled("kanban", "a kanban board called Hopper & Co");
    let html = String::from_utf8(filled.files["index.html"].clone()).unwrap();
    assert!(html.contains("<title>Hopper &amp; Co</title>"), "{html}");
    let package: Value = serde_json::from_slice(&filled.files["package.json"]).unwrap();
    assert_eq!(package["name"], "hopper-co");
}

#[test]
fn no_placeholder_is_left() {
    for starter in qv_starters::list() {
        for prompt in &starter.manifest.examples.prompts {
            let text =
                String::from_utf8(fill(starter, prompt).files["src/config.json"].clone()).unwrap();
            for placeholder in
                ["{one}", "{many}", "{One}", "{Many}", "{title}", "{kind}", "{Kind}", "{place}"]
            {
                assert!(!text.contains(placeholder), "{}: {prompt}: {placeholder}", starter.id());
            }
        }
    }
}

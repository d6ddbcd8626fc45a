//! What can be changed without a model, and what is said about the rest.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use qv_domain::FilePath;
use qv_starters::{Files, FollowUp, fill, follow_up, get};
use serde_json::Value;

fn board() -> Files {
    fill(get("kanban").unwrap(), "a kanban board").files
}

fn config(files: &Files) -> Value {
    serde_json::from_slice(&files["src/config.json"]).unwrap()
}

fn edit(files: &mut Files, prompt: &str) -> (Value, String) {
    match follow_up(files, prompt) {
        FollowUp::Edits { changes, said, sentences } => {
            assert!(!sentences.is_empty() && !changes.is_empty(), "{prompt}");
            for (path, text) in changes {
                files.insert(path, text.into_bytes());
            }
            (config(files), said)
        }
        FollowUp::NeedsModel { said } => panic!("{prompt}: {said}"),
    }
}

/// Each prompt begins from the same board; the pointer then holds the value.
#[test]
fn settings_are_changed() {
    let table: &[(&str, &[(&str, &str)])] = &[
        ("Rename it to Hopper", &[("/title", "Hopper")]),
        ("call it Bakery Board", &[("/title", "Bakery Board")]),
        ("please rename the app to 'make or break'", &[("/title", "Make or break")]),
        ("change the title to Orders & more", &[("/title", "Orders & more")]),
        ("rename Kanban to Flow", &[("/title", "Flow")]),
        (
            "Change the tagline to Fresh bread, every morning",
            &[("/tagline", "Fresh bread, every morning")],
        ),
        (
            "set the tagline to “Bake, sell and make money”",
            &[("/tagline", "Bake, sell and make money")],
        ),
        ("make it dark", &[("/theme", "dark")]),
        ("dark mode please", &[("/theme", "dark")]),
        ("can you make it dark and blue?", &[("/theme", "dark"), ("/palette", "ocean")]),
        ("turn on dark mode", &[("/theme", "dark")]),
        ("switch to the light theme", &[("/theme", "light")]),
        ("change the colour to green", &[("/palette", "forest")]),
        ("make the colors purple", &[("/palette", "violet")]),
        ("recolor it to pink", &[("/palette", "rose")]),
        ("use orange", &[("/palette", "sunset")]),
        (
            "Make it dark, rename it to Hopper and hide the summary",
            &[("/theme", "dark"), ("/title", "Hopper"), ("/sections/0/on", "false")],
        ),
        ("hide the search bar", &[("/sections/1/on", "false")]),
        ("remove the statistics section", &[("/sections/0/on", "false")]),
        ("no search", &[("/sections/1/on", "false")]),
        ("turn off the progress summary", &[("/sections/0/on", "false")]),
        ("get rid of the filters", &[("/sections/1/on", "false")]),
        (
            "Add a column called Waiting",
            &[("/columns/3/title", "Waiting"), ("/columns/4/title", "Done")],
        ),
        ("add a Waiting column", &[("/columns/3/title", "Waiting")]),
        ("remove the Review column", &[("/columns/2/title", "Done")]),
        ("remove Review", &[("/columns/2/title", "Done")]),
        ("rename the column In progress to Baking", &[("/columns/1/title", "Baking")]),
        ("rename Review to Tasting", &[("/columns/2/title", "Tasting")]),
        ("add an assignee field", &[("/fields/3/id", "assignee")]),
        (
            "add a field called Supplier",
            &[("/fields/3/label", "Supplier"), ("/fields/3/kind", "text")],
        ),
        (
            "add a delivery date field to the cards",
            &[("/fields/3/label", "Delivery date"), ("/fields/3/kind", "date")],
        ),
        ("add a checkbox for paid", &[("/fields/3/label", "Paid"), ("/fields/3/kind", "checkbox")]),
        (
            "add a price field and an estimate",
            &[("/fields/3/kind", "number"), ("/fields/4/id", "estimate")],
        ),
        ("remove the tags", &[("/fields/2", "null")]),
        ("remove priority and due dates", &[("/fields/0/id", "tags"), ("/fields/1", "null")]),
        ("rename the field Priority to Urgency", &[("/fields/0/label", "Urgency")]),
        ("change the empty message to All done", &[("/words/empty", "All done")]),
        (
            "add columns Blocked and Waiting",
            &[("/columns/3/title", "Blocked"), ("/columns/4/title", "Waiting")],
        ),
        (
            "add Blocked and Waiting columns",
            &[("/columns/3/title", "Blocked"), ("/columns/4/title", "Waiting")],
        ),
        (
            "add a vendor and a budget field",
            &[("/fields/3/label", "Vendor"), ("/fields/4/kind", "number")],
        ),
        ("call it Our Day", &[("/title", "Our Day")]),
        ("call the app The Big One", &[("/title", "The Big One")]),
        (
            "make the theme follow the system, and make it purple",
            &[("/theme", "system"), ("/palette", "violet")],
        ),
        (
            "change the title to Hopper and the tagline to Warm bread",
            &[("/title", "Hopper"), ("/tagline", "Warm bread")],
        ),
    ];
    for (prompt, wanted) in table {
        let (config, said) = edit(&mut board(), prompt);
        for (pointer, value) in *wanted {
            let found = config.pointer(pointer).cloned().unwrap_or(Value::Null);
            let found = found.as_str().map_or_else(|| found.to_string(), ToOwned::to_owned);
            assert_eq!(&found, value, "{prompt}: {pointer}; said: {said}");
        }
        assert!(!said.contains("Not done"), "{prompt}: {said}");
    }
}

#[test]
fn what_needs_a_model_changes_nothing_and_says_what_does_not() {
    for prompt in [
        "add a login page",
        "connect it to Google Calendar",
        "add a due date that syncs with Google Calendar",
        "make it faster",
        "add comments to cards",
        "why is the sky blue?",
        "change the font to Comic Sans",
        "make the header sticky and the buttons round",
        "translate everything to French",
        "fix the bug when I drag a card",
        "remove the third card",
        "swap the first two columns",
        "add a column that shows the total",
        "add a field that calculates the total",
        "undo that",
        "thank you!",
        "columns",
        "",
        "   \n",
        "🦀🦀🦀",
    ] {
        match follow_up(&board(), prompt) {
            FollowUp::NeedsModel { said } => {
                assert!(said.contains("Connect a model"), "{prompt}: {said}");
                assert!(said.contains("rename"), "{prompt}: {said}");
            }
            FollowUp::Edits { said, .. } => panic!("{prompt} was half understood: {said}"),
        }
    }
}

#[test]
fn a_part_that_is_not_understood_is_named() {
    let mut files = board();
    let (config, said) = edit(&mut files, "Make it dark and add a login page");
    assert_eq!(config["theme"], "dark");
    assert!(said.contains("Not done: “a login page”"), "{said}");
    let (config, said) = edit(&mut files, "make it purple, rotate the cards");
    assert_eq!(config["palette"], "violet");
    assert!(said.contains("“rotate the cards”"), "{said}");
}

#[test]
fn the_name_is_changed_everywhere() {
    let mut files = board();
    edit(&mut files, "rename it to Bits & Bobs <b>");
    let html = String::from_utf8(files["index.html"].clone()).unwrap();
    assert!(html.contains("<title>Bits &amp; Bobs &lt;b&gt;</title>"), "{html}");
    let package: Value = serde_json::from_slice(&files["package.json"]).unwrap();
    assert_eq!(package["name"], "bits-bobs-b");
}

#[test]
fn what_is_so_already_is_said() {
    let mut files = board();
    edit(&mut files, "make it dark");
    let FollowUp::NeedsModel { said } = follow_up(&files, "make it dark") else { panic!() };
    assert_eq!(said, "The theme is dark. Nothing was changed.");
    let FollowUp::NeedsModel { said } = follow_up(&files, "show the summary") else { panic!() };
    assert!(said.contains("is shown"), "{said}");
}

#[test]
fn the_last_column_stays() {
    let mut files = board();
    edit(&mut files, "remove the columns To do and Review");
    edit(&mut files, "remove the Done column");
    let FollowUp::NeedsModel { said } = follow_up(&files, "remove the In progress column") else {
        panic!()
    };
    assert!(said.contains("one has to stay"), "{said}");
}

#[test]
fn numbers_keep_their_bounds() {
    let mut files = fill(get("focus-timer").unwrap(), "a timer").files;
    let (config, said) =
        edit(&mut files, "Set the session to 50 minutes and the short break to 10 minutes");
    assert_eq!(
        (&config["minutes"]["focus"], &config["minutes"]["short"]),
        (&50.into(), &10.into()),
        "{said}"
    );
    let (config, _) = edit(&mut files, "change the daily goal to 3 hours");
    assert_eq!(config["goal"], 180);
    let FollowUp::NeedsModel { said } = follow_up(&files, "set the session to 900 minutes") else {
        panic!()
    };
    assert!(said.contains("1 to 180 minutes"), "{said}");
}

#[test]
fn a_grid_is_a_size() {
    for prompt in
        ["make it 5x5", "make it a 5 x 5 grid", "make it a 5 by 5 board", "set the board size to 5"]
    {
        let mut files = fill(get("sliding-tiles").unwrap(), "a puzzle").files;
        let (config, said) = edit(&mut files, prompt);
        assert_eq!(config["game"]["size"], 5, "{prompt}: {said}");
    }
}

#[test]
fn a_broken_or_missing_config_is_explained() {
    let path = FilePath::parse("src/config.json").unwrap();
    let mut files = board();
    files.insert(path.clone(), b"{ \"title\": ".to_vec());
    let FollowUp::NeedsModel { said } = follow_up(&files, "make it dark") else { panic!() };
    assert!(
        said.contains("src/config.json is not valid JSON") && said.contains("line 1"),
        "{said}"
    );
    files.remove(&path);
    let FollowUp::NeedsModel { said } = follow_up(&files, "make it dark") else { panic!() };
    assert!(said.contains("no src/config.json"), "{said}");
    files.insert(path.clone(), b"[1, 2]".to_vec());
    assert!(matches!(follow_up(&files, "make it dark"), FollowUp::NeedsModel { .. }));
    // Hand edits that leave odd shapes are worked around.
    files.insert(path, br#"{"starter": "kanban", "title": 7, "columns": null, "fields": {}, "sections": [1, null]}"#.to_vec());
    let (config, _) = edit(
        &mut files,
        "rename it to X1, add a column called New, add a tags field and show the summary",
    );
    assert_eq!(config["title"], "X1");
    assert_eq!(config["columns"][0]["title"], "New");
    assert_eq!(config["fields"][0]["id"], "tags");
}

#[test]
fn every_example_of_a_starter_works() {
    for starter in qv_starters::list() {
        let files = fill(starter, &starter.manifest.title).files;
        for prompt in &starter.manifest.examples.follow_ups {
            match follow_up(&files, prompt) {
                FollowUp::Edits { said, .. } => {
                    assert!(!said.contains("Not done"), "{}: {prompt}: {said}", starter.id());
                }
                FollowUp::NeedsModel { said } => panic!("{}: {prompt}: {said}", starter.id()),
            }
        }
    }
}

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::protocol::EditBlock;

fn block(search: &str, replace: &str) -> EditBlock {
    EditBlock { search: search.to_owned(), replace: replace.to_owned() }
}

fn ok(file: &str, search: &str, new: &str) -> (Rung, String) {
    let matched = replace(file, &block(search, new)).unwrap();
    (matched.rung, matched.text)
}

const FILE: &str = "fn a() {\n    one();\n    two();\n}\n\nfn b() {\n    three();\n}\n";

#[test]
fn each_rung_finds_its_kind() {
    for (search, new, rung, expected) in [
        ("    one();\n", "    uno();\n", Rung::Exact, "    uno();\n    two();\n"),
        ("    one();  \n    two();\t\n", "    uno();\n", Rung::TrimEnd, "    uno();\n"),
        (
            "one();\ntwo();\n",
            "if x {\n    one();\n}\n",
            Rung::Indent,
            "    if x {\n        one();\n    }\n",
        ),
        (
            "      one();\n      two();\n",
            "      uno();\n    x();\n",
            Rung::Indent,
            "    uno();\n  x();\n",
        ),
        ("one();\n  two();\n", "one();\n  dos();\n", Rung::Trim, "    one();\n    dos();\n"),
        ("\n    one();\n    two();\n\n", "\n    uno();\n\n", Rung::Edges, "    uno();\n"),
        ("2|     one();\n3|     two();\n", "2|     uno();\n", Rung::Edges, "    uno();\n"),
        ("fn a() {\n...\n}\n\nfn b() {\n", "fn c() {\n...\n}\n\nfn d() {\n", Rung::Elision, ""),
    ] {
        let (found, text) = ok(FILE, search, new);
        assert_eq!(found, rung, "{search}");
        assert!(text.contains(expected), "{search}: {text}");
    }
    assert_eq!(
        ok(FILE, "fn a() {\n...\n}\n\nfn b() {\n", "fn c() {\n...\n}\n\nfn d() {\n").1,
        FILE.replace("fn a", "fn c").replace("fn b", "fn d")
    );
    let quoted = "say(\u{201C}hi\u{201D});\nx\n";
    assert_eq!(
        ok(quoted, "say(\"hi\");\n", "say(\"ho\");\n"),
        (Rung::Punctuation, "say(\"ho\");\nx\n".into())
    );
}

#[test]
fn lines_that_an_edit_leaves_alone_stay_as_they_are() {
    let file = "\tlet a = \u{201C}x\u{201D};  \n\tlet b;\n";
    let (rung, text) = ok(file, "let a = \"x\";\nlet b;\n", "let a = \"x\";\nlet c;\n");
    assert_eq!(rung, Rung::Punctuation);
    assert_eq!(text, "\tlet a = \u{201C}x\u{201D};  \n\tlet c;\n");
    let (_, text) = ok("a\n\nb\n \nc\n", "a \n\nb\n\nc\n", "a \n\nx\n\nc\n");
    assert_eq!(text, "a\n\nx\n \nc\n");
}

#[test]
fn line_ends_and_the_end_of_the_file_are_kept() {
    assert_eq!(ok("a\r\nb\r\nc", "b\n", "x\ny\n").1, "a\r\nx\r\ny\r\nc");
    assert_eq!(ok("a\nb", "b\n", "x\n").1, "a\nx");
    assert_eq!(ok("a\nb\n", "b", "x").1, "a\nx\n");
    assert_eq!(ok("a\nb\nc\n", "b\n", "").1, "a\nc\n");
    assert_eq!(ok("a\nb", "b\n", "").1, "a");
    assert_eq!(ok("a\r\nb\nc\n", "b\n", "x\ny\n").1, "a\r\nx\ny\nc\n");
}

#[test]
fn several_hits_are_refused_on_every_rung() {
    for (file, search) in [
        ("a\nb\na\n", "a\n"),
        ("a \nb\na \n", "a\n"),
        ("  a\nb\n    a\n", "a\n"),
        ("\u{2018}a\u{2019}\nb\n\u{2018}a\u{2019}\n", "'a'\n"),
        ("a\nb\na\n", "\na\n\n"),
    ] {
        let fault = replace(file, &block(search, "x\n")).unwrap_err();
        assert_eq!(fault, MatchFault::Ambiguous { lines: vec![1, 3] }, "{file}");
    }
    // A stricter rung with one hit wins over a laxer one with two.
    assert_eq!(ok("a\n  a\n", "a\n", "x\n"), (Rung::Exact, "x\n  a\n".into()));
    let elided = block("x\n...\nz\n", "y\n...\nz\n");
    assert!(matches!(replace("x\nz\nz\n", &elided), Err(MatchFault::Ambiguous { .. })));
}

#[test]
fn what_is_applied_already_is_no_fault() {
    let new = "    const [count, setCount] = useState(0);\n";
    let file = format!("a\n{new}b\n");
    assert_eq!(ok(&file, "    const count = 0;\n", new), (Rung::AlreadyApplied, file.clone()));
    // Too little to tell, or nothing at all.
    assert!(replace("a\n}\n", &block("gone\n", "}\n")).is_err());
    assert!(replace(&file, &block("gone\n", "")).is_err());
}

#[test]
fn the_message_names_the_most_similar_place() {
    let missed = |search: &str| match replace(FILE, &block(search, "x\n")) {
        Err(MatchFault::NotFound { similar }) => similar,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        missed("fn b() {\n    thre();\n}\n"),
        Some((6, "fn b() {\n    three();\n}\n".into()))
    );
    assert_eq!(missed("    thre();\n"), Some((7, "    three();\n".into())));
    assert_eq!(missed("something else entirely\n"), None);
    assert_eq!(replace(FILE, &block(" \n", "x\n")), Err(MatchFault::EmptySearch));
}

#[test]
fn counts_are_of_what_changed() {
    let matched = replace("a\nb\nc\n", &block("a\nb\nc\n", "a\nx\ny\nc\n")).unwrap();
    assert_eq!((matched.added, matched.removed), (2, 1));
}

#[test]
fn large_files_cost_linear_time() {
    let same = "a\n".repeat(200_000);
    let mut different = String::new();
    for at in 0..15_000 {
        writeln!(different, "    let value_{at} = {at};").unwrap();
    }
    let search = format!("{}b\n", "a\n".repeat(100_000));
    for (file, search) in [
        (&same, search.as_str()),
        (&same, "a\n..\na\n...\n"),
        (&different, &different.replace("value_1 ", "valve_1 ")),
        (&different, "let something = else;\n"),
    ] {
        let started = std::time::Instant::now();
        assert!(replace(file, &block(search, "x\n")).is_err());
        assert!(started.elapsed().as_secs() < 20, "took {:?}", started.elapsed());
    }
}

fn small_file() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "[ ]{0,4}[abc]{0,2}[ ]{0,2}",
        Just("\u{2019}".to_owned()),
        Just("...".to_owned())
    ];
    let end = proptest::sample::select(vec!["\n", "\n", "\r\n"]);
    proptest::collection::vec((line, end), 0..12)
        .prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
}

/// Windows whose lines all differ from the searched ones by one and the same white space.
fn shifted_places(file: &str, search: &str) -> usize {
    let file: Vec<_> = file.lines().collect();
    let search: Vec<_> = search.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    file.windows(search.len())
        .filter(|window| {
            let full =
                || window.iter().zip(&search).filter(|(_, theirs)| !theirs.trim().is_empty());
            let shift =
                |(ours, theirs): (&&str, &&str)| indent(ours) as i64 - indent(theirs) as i64;
            window.iter().zip(&search).all(|(ours, theirs)| ours.trim() == theirs.trim())
                && full().all(|pair| Some(shift(pair)) == full().next().map(shift))
        })
        .count()
}

fn plain(line: &str) -> String {
    line.trim().replace('\u{2019}', "'")
}

/// Without blank lines at either end.
fn core(search: &str) -> &str {
    let blank = |line: &&str| line.trim().is_empty();
    let skipped: usize =
        search.split_inclusive('\n').take_while(|line| blank(line)).map(str::len).sum();
    search[skipped..].trim_end()
}

/// Windows that equal the searched lines, without blank edges, by `key`.
fn core_places(file: &str, search: &str, key: fn(&str) -> String) -> usize {
    let hay: Vec<_> = file.lines().map(key).collect();
    let needle: Vec<_> = core(search).lines().map(key).collect();
    hay.windows(needle.len()).filter(|window| *window == needle).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_taken_edit_had_one_place(file in small_file(), search in small_file(), new in small_file()) {
        if let Ok(matched) = replace(&file, &block(&search, &new)) {
            let places = |trim: fn(&str) -> &str| {
                let hay: Vec<_> = file.lines().map(trim).collect();
                let needle: Vec<_> = search.lines().map(trim).collect();
                hay.windows(needle.len()).filter(|window| *window == needle).count()
            };
            match matched.rung {
                Rung::Exact => prop_assert_eq!(places(|l| l), 1),
                Rung::TrimEnd => prop_assert_eq!(places(str::trim_end), 1),
                Rung::Indent => prop_assert_eq!(shifted_places(&file, &search), 1),
                Rung::Trim => prop_assert_eq!(places(str::trim), 1),
                Rung::Punctuation => prop_assert_eq!(core_places(&file, &search, plain), 1),
                // By the strictest of the rungs that have any.
                Rung::Edges => {
                    let by: [fn(&str) -> String; 4] =
                        [str::to_owned, |l| l.trim_end().to_owned(), |l| l.trim().to_owned(), plain];
                    let one = by.iter().any(|key| core_places(&file, &search, *key) == 1);
                    prop_assert!(one || shifted_places(&file, core(&search)) == 1);
                }
                Rung::AlreadyApplied => prop_assert_eq!(&matched.text, &file),
                Rung::Elision => {}
            }
        }
    }

    #[test]
    fn what_is_not_searched_stays(before in small_file(), after in small_file()) {
        let file = format!("{before}unique line\n{after}");
        let matched = replace(&file, &block("unique line\n", "another line\n")).unwrap();
        prop_assert!(matched.text.starts_with(&before) && matched.text.ends_with(&after));
        prop_assert_eq!((matched.added, matched.removed), (1, 1));
    }
}

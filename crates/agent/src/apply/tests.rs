use std::collections::BTreeMap;

use proptest::prelude::*;
use qv_domain::{EditOp, FilePath, Limits};

use super::*;
use crate::EditFault;
use crate::protocol::EditBlock;

type Files = BTreeMap<FilePath, FileContent>;

fn path(path: &str) -> FilePath {
    FilePath::parse(path).unwrap()
}

fn files(list: &[(&str, &str)]) -> Files {
    list.iter().map(|(at, text)| (path(at), FileContent::text(*text))).collect()
}

fn write(at: &str, content: &str) -> Change {
    Change::Write { path: path(at), content: content.to_owned() }
}

fn edit(at: &str, blocks: &[(&str, &str)]) -> Change {
    let block = |(search, replace): &(&str, &str)| EditBlock {
        search: (*search).to_owned(),
        replace: (*replace).to_owned(),
    };
    Change::Replace { path: path(at), blocks: blocks.iter().map(block).collect() }
}

fn rename(from: &str, to: &str) -> Change {
    Change::Rename { from: path(from), to: path(to) }
}

fn delete(at: &str) -> Change {
    Change::Delete { path: path(at) }
}

/// What a driver does with the changes.
fn replay(files: Files, changes: &[FileChange]) -> Files {
    replay_from(files, changes, &Files::new())
}

/// The same in a turn that began with the files `before`.
fn replay_from(mut files: Files, changes: &[FileChange], before: &Files) -> Files {
    for change in changes {
        match &change.op {
            FileOp::Write { path, content } => {
                files.insert(path.clone(), FileContent::Text(content.clone()));
            }
            FileOp::Delete { path } => assert!(files.remove(path).is_some(), "{path} is not there"),
            FileOp::Rename { from, to } => {
                let content = files.remove(from).unwrap();
                assert!(files.insert(to.clone(), content).is_none(), "{to} is there");
            }
            FileOp::Restore { path } => {
                files.insert(path.clone(), before[path].clone());
            }
        }
    }
    files
}

#[test]
fn all_changes_are_taken_back() {
    let mut before = files(&[("a.ts", "1\n2\n3\n"), ("b.ts", "b\n"), ("d/e.ts", "e\n")]);
    before.insert(path("logo.png"), FileContent::Binary(3));
    before.insert(path("icon.png"), FileContent::Binary(4));
    let mut stage = Stage::new(before.clone(), Limits::default());
    for change in [
        edit("a.ts", &[("2\n", "two\n")]),
        rename("b.ts", "c.ts"),
        rename("logo.png", "art/logo.png"),
        delete("icon.png"),
        delete("d/e.ts"),
        write("d", "a file in the folder's place\n"),
    ] {
        stage.apply(change).unwrap();
    }
    let after = replay_from(before.clone(), &stage.commit(), &before);
    assert_ne!(after, before);
    stage.apply(write("never.ts", "saved\n")).unwrap();
    let changes = stage.take_back(&before);
    assert_eq!(replay_from(after, &changes, &before), before);
    assert!(stage.is_empty() && *stage.files() == before && *stage.base() == before);
    assert_eq!(stage.take_back(&before), []);
}

#[test]
fn edits_of_one_file_become_one_write() {
    let base = files(&[("a.ts", "1\n2\n3\n"), ("b.ts", "b\n")]);
    let mut stage = Stage::new(base.clone(), Limits::default());
    for change in [
        edit("a.ts", &[("1\n", "one\n"), ("3\n", "three\n")]),
        edit("a.ts", &[("2\n", "two\nand\n")]),
        rename("b.ts", "c.ts"),
        edit("c.ts", &[("b\n", "c\n")]),
        write("new.ts", "new\n"),
        delete("gone.ts"),
    ] {
        stage.apply(change).unwrap();
    }
    let lines: Vec<_> =
        stage.staged().iter().map(|s| (s.op.path().as_str(), s.edit, s.added, s.removed)).collect();
    assert_eq!(
        lines,
        [
            ("a.ts", EditOp::Replace, 4, 3),
            ("c.ts", EditOp::Rename, 0, 0),
            ("c.ts", EditOp::Replace, 1, 1),
            ("new.ts", EditOp::Write, 1, 0),
        ]
    );
    let after = files(&[("a.ts", "one\ntwo\nand\nthree\n"), ("c.ts", "c\n"), ("new.ts", "new\n")]);
    assert_eq!(stage.files(), &after);
    let changes = stage.commit();
    assert_eq!(changes.iter().map(|change| change.index).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!(replay(base, &changes), after);
    assert!(stage.is_empty());
}

#[test]
fn each_fault_says_what_is_wrong_and_changes_nothing() {
    let long = "line\n".repeat(40);
    let mut base = files(&[("a.ts", "x\ny\nx\n"), ("long.ts", &long), ("dir/b.ts", "b\n")]);
    base.insert(path("logo.png"), FileContent::Binary(100));
    let limits = Limits { file_bytes: 1_000, project_files: 5, ..Limits::default() };
    let mut stage = Stage::new(base.clone(), limits);
    for (change, expected) in [
        (
            edit("no.ts", &[("x\n", "y\n")]),
            "`no.ts` does not exist: to make it, write it whole with <file>",
        ),
        (edit("a.ts", &[("z\n", "y\n")]), "`a.ts`: the searched lines are not in the file"),
        (
            edit("a.ts", &[("x\n", "y\n")]),
            "`a.ts`: the searched lines occur 2 times, at lines 1, 3: add lines around them",
        ),
        (
            edit("a.ts", &[("", "y\n")]),
            "`a.ts`: a SEARCH block is empty; only a new file may be written so",
        ),
        (
            edit("logo.png", &[("x\n", "y\n")]),
            "`logo.png` is a binary file and can't be edited as text",
        ),
        (write("logo.png", "x\n"), "`logo.png` is a binary file and can't be edited as text"),
        (write("long.ts", "x\n"), "`long.ts` would shrink from 40 to 1 lines"),
        (write("a.ts", "\n"), "`a.ts` would become empty: to remove it use <delete>"),
        (
            write("a.ts", &"x".repeat(1_001)),
            "`a.ts` would have 1001 bytes, more than the 1000 that a file may have",
        ),
        (write("A.ts", "x\n"), "`A.ts` clashes with `a.ts`: choose another name"),
        (write("dir", "x\n"), "`dir` clashes with `dir/b.ts`: choose another name"),
        (write("a.ts/b", "x\n"), "`a.ts/b` clashes with `a.ts`: choose another name"),
        (
            rename("no.ts", "yes.ts"),
            "`no.ts` does not exist: to make it, write it whole with <file>",
        ),
        (
            rename("a.ts", "long.ts"),
            "`long.ts` exists already: delete it first or choose another name",
        ),
    ] {
        let faults = stage.apply(change).unwrap_err();
        assert_eq!(faults.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
        assert_eq!(stage.files(), &base, "{expected}");
        assert!(stage.is_empty());
    }
    stage.apply(write("fifth", "5\n")).unwrap();
    assert!(matches!(
        stage.apply(write("sixth", "6\n")).unwrap_err()[..],
        [EditFault::ProjectFull { .. }]
    ));
}

#[test]
fn what_was_asked_about_may_shrink() {
    let mut stage = Stage::new(files(&[("a.ts", &"line\n".repeat(40))]), Limits::default());
    assert!(stage.apply(write("a.ts", "x\n")).is_err());
    stage.confirm(&path("a.ts"));
    stage.apply(write("a.ts", "x\n")).unwrap();
}

#[test]
fn of_an_edit_the_blocks_that_fit_stay() {
    let mut stage = Stage::new(files(&[("a.ts", "1\n2\n")]), Limits::default());
    let faults = stage.apply(edit("a.ts", &[("1\n", "one\n"), ("3\n", "three\n")])).unwrap_err();
    assert_eq!(faults.len(), 1);
    stage.apply(edit("a.ts", &[("2\n", "two\n")])).unwrap();
    assert_eq!(stage.files(), &files(&[("a.ts", "one\ntwo\n")]));
}

#[test]
fn crlf_files_stay_crlf() {
    let mut stage = Stage::new(files(&[("a.ts", "1\r\n2\r\n")]), Limits::default());
    stage.apply(write("a.ts", "1\n3\n")).unwrap();
    assert_eq!(stage.files(), &files(&[("a.ts", "1\r\n3\r\n")]));
}

#[test]
fn edits_go_onto_what_a_person_wrote_and_whole_files_do_not_go_over_it() {
    let mut stage = Stage::new(files(&[("a.ts", "1\n2\n"), ("b.ts", "b\n")]), Limits::default());
    stage.apply(edit("a.ts", &[("1\n", "one\n")])).unwrap();
    stage.apply(write("b.ts", "agent\n")).unwrap();
    assert!(stage.change_by_hand(path("a.ts"), Some(FileContent::text("0\n1\n"))).is_empty());
    assert_eq!(stage.files()["a.ts"], FileContent::text("0\none\n"));
    let faults = stage.change_by_hand(path("b.ts"), Some(FileContent::text("person\n")));
    assert_eq!(faults, [EditFault::ChangedByHand { path: "b.ts".into() }]);
    assert_eq!(stage.files()["b.ts"], FileContent::text("person\n"));
    stage.shown(&path("b.ts"));
    stage.apply(write("b.ts", "both\n")).unwrap();
}

#[test]
fn what_a_person_changed_meanwhile_is_not_renamed_unseen() {
    let stale = [EditFault::ChangedByHand { path: "a.ts".into() }];
    let mine = || Some(FileContent::text("mine\n"));
    let mut stage = Stage::new(files(&[("a.ts", "a\n")]), Limits::default());
    stage.apply(rename("a.ts", "b.ts")).unwrap();
    assert_eq!(stage.change_by_hand(path("a.ts"), mine()), stale);
    assert_eq!(stage.files(), &files(&[("a.ts", "mine\n")]));
    assert_eq!(stage.apply(rename("a.ts", "b.ts")).unwrap_err(), stale);
    stage.shown(&path("a.ts"));
    stage.apply(rename("a.ts", "b.ts")).unwrap();
    assert_eq!(stage.files(), &files(&[("b.ts", "mine\n")]));
}

#[test]
fn searching_is_bounded() {
    let mut stage = Stage::new(files(&[("a.ts", &"line\n".repeat(10_000))]), Limits::default());
    let block = EditBlock { search: "line 2\n".into(), replace: "x\n".into() };
    let change = Change::Replace { path: path("a.ts"), blocks: vec![block; 5_000] };
    let faults = stage.apply(change).unwrap_err();
    assert!(faults.len() == 21 && matches!(faults.last(), Some(EditFault::TooManyBlocks { .. })));
}

fn any_change() -> impl Strategy<Value = Change> {
    let at = || proptest::sample::select(vec!["a", "b", "c", "d/e", "d"]);
    let text = || "([xyz]\n){0,4}";
    prop_oneof![
        (at(), text()).prop_map(|(at, text)| write(at, &text)),
        (at(), text(), text()).prop_map(|(at, old, new)| edit(at, &[(&old, &new)])),
        at().prop_map(delete),
        (at(), at()).prop_map(|(from, to)| rename(from, to)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_changes_lead_to_what_was_staged(
        texts in proptest::collection::vec("([xyz]\n){1,4}", 0..4),
        changes in proptest::collection::vec(any_change(), 0..12),
        by_hand in proptest::option::of("([xyz]\n){0,3}"),
    ) {
        let base: Files = texts.iter().zip(["a", "b", "c"]).map(|(t, at)| (path(at), FileContent::text(t.as_str()))).collect();
        let mut stage = Stage::new(base.clone(), Limits::default());
        let mut expected = base;
        for change in changes {
            let before = stage.files().clone();
            // An edit of one block holds or changes nothing.
            if stage.apply(change).is_err() {
                prop_assert_eq!(stage.files(), &before);
            }
        }
        if let Some(text) = by_hand {
            expected.insert(path("a"), FileContent::text(text.as_str()));
            stage.change_by_hand(path("a"), Some(FileContent::text(text)));
        }
        let bytes: u64 = stage.files().values().map(FileContent::bytes).sum();
        let after = stage.files().clone();
        expected = replay(expected, &stage.commit());
        prop_assert_eq!(&expected, &after);
        prop_assert_eq!(expected.values().map(FileContent::bytes).sum::<u64>(), bytes);
    }

    #[test]
    fn discarding_leaves_no_trace(changes in proptest::collection::vec(any_change(), 0..12)) {
        let base = files(&[("a", "x\ny\n"), ("b", "z\n")]);
        let mut stage = Stage::new(base.clone(), Limits::default());
        for change in changes {
            let _ = stage.apply(change);
        }
        stage.discard();
        prop_assert_eq!(stage.files(), &base);
        prop_assert!(stage.commit().is_empty());
    }
}

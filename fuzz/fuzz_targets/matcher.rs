//! An edit that is taken changes one place and leaves the rest of the file alone.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qv_agent::matcher::{Rung, replace};
use qv_agent::protocol::EditBlock;

fuzz_target!(|input: (&str, &str, &str)| {
    let (file, search, new) = input;
    let block = EditBlock { search: search.to_owned(), replace: new.to_owned() };
    let Ok(matched) = replace(file, &block) else { return };
    match matched.rung {
        Rung::AlreadyApplied => assert_eq!(matched.text, file),
        Rung::Exact => {
            let ended = format!("{file}\n");
            let lines: Vec<&str> = search.lines().collect();
            let first = lines.first().copied().unwrap_or_default();
            assert!(ended.contains(first), "{first:?} was found in {file:?}");
        }
        _ => {}
    }
    // What is replaced by itself leaves the file as it is.
    let same = EditBlock { search: search.to_owned(), replace: search.to_owned() };
    if let Ok(same) = replace(file, &same)
        && same.rung <= Rung::Punctuation
    {
        assert_eq!((same.text.as_str(), same.added, same.removed), (file, 0, 0));
    }
});

//! Which of the security requirements in `docs/asvs.md` a test shows.
//!
//! A test says so by a line of its own above it, `// asvs: 8, 20`. A requirement has such a test, or the table says
//! why it has none yet; both or neither is a fault.

use std::collections::BTreeMap;

use crate::shell::{Failure, Shell, say};

/// The table of requirements: `| number | ids | what | why it has no test yet |`.
const TABLE: &str = "docs/asvs.md";
/// What a mark begins with, before its numbers.
const MARK: &str = "// asvs:";
/// How far below its mark a test's name may be: attributes stand between.
const NEAR: usize = 6;

struct Requirement {
    ids: String,
    what: String,
    left_out: String,
}

pub(crate) fn run(shell: &Shell) -> Result<(), Failure> {
    let requirements = requirements(&shell.read(TABLE)?)?;
    let mut faults = Vec::new();
    let mut shown: BTreeMap<u8, Vec<String>> = BTreeMap::new();
    let sources = ["*.rs", "*.ts", "*.tsx"];
    for path in shell.command("git").args(["ls-files"]).args(sources).output()?.lines() {
        // A file that was removed and not yet committed is listed, too.
        let Ok(text) = shell.read(path) else { continue };
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(numbers) = line.strip_prefix(MARK) else { continue };
            let place = format!("{path}:{}", at + 1);
            let below = lines.iter().skip(at + 1).take(NEAR);
            let Some(name) = below.filter_map(|line| test_name(line)).next() else {
                faults.push(format!("{place}: no test follows"));
                continue;
            };
            for number in numbers.split(',') {
                match number.trim().parse::<u8>() {
                    Ok(number) if requirements.contains_key(&number) => {
                        shown.entry(number).or_default().push(format!("{path}: {name}"));
                    }
                    _ => faults.push(format!("{place}: `{}` is not in {TABLE}", number.trim())),
                }
            }
        }
    }
    for (number, requirement) in &requirements {
        say(&format!("{number} ({}) {}", requirement.ids, requirement.what));
        let tests = shown.get(number);
        for test in tests.into_iter().flatten() {
            say(&format!("    {test}"));
        }
        match (tests, requirement.left_out.is_empty()) {
            (None, true) => {
                faults.push(format!("{number}: no test shows it, and no reason is given"))
            }
            (Some(_), false) => faults.push(format!("{number}: it is shown, and called left out")),
            (None, false) => say(&format!("    left out: {}", requirement.left_out)),
            (Some(_), true) => {}
        }
    }
    for fault in &faults {
        say(fault);
    }
    say(&format!("asvs: {} of {}", shown.len(), requirements.len()));
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::Message(format!("the marks and {TABLE} differ in {} places", faults.len())))
}

fn requirements(table: &str) -> Result<BTreeMap<u8, Requirement>, Failure> {
    let rows = table.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim);
        let number = cells.next()?.parse::<u8>().ok()?;
        let mut cell = || cells.next().map(str::to_owned);
        Some((number, Requirement { ids: cell()?, what: cell()?, left_out: cell()? }))
    });
    let rows: BTreeMap<u8, Requirement> = rows.collect();
    if rows.is_empty() {
        return Err(Failure::Message(format!("{TABLE} has no row of four cells")));
    }
    Ok(rows)
}

/// The name of the test that a line begins, in Rust or TypeScript.
fn test_name(line: &str) -> Option<&str> {
    if let Some((before, after)) = line.split_once("fn ")
        && matches!(before, "" | "async ")
    {
        return after.split(['(', '<']).next();
    }
    if let Some((before, after)) = line.split_once("function ")
        && matches!(before, "" | "async " | "export " | "export async ")
    {
        return after.split(['(', '<']).next();
    }
    if !["test(", "test.each(", "it("].iter().any(|word| line.starts_with(word)) {
        return None;
    }
    let (_, name) = line.split_once(['\'', '`', '"'])?;
    name.split(['\'', '`', '"']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_four_cells() {
        let table = "# Title\n\n| # | ids |\n|---|---|\n| 1 | 1.2.1 | what | |\n| 2 | 3.4 | other | no such thing |\n";
        let rows = requirements(table).unwrap();
        assert_eq!(rows.keys().copied().collect::<Vec<_>>(), [1, 2]);
        assert_eq!((&*rows[&1].left_out, &*rows[&2].left_out), ("", "no such thing"));
        assert!(requirements("nothing").is_err());
    }

    #[test]
    fn tests_are_known_by_their_names() {
        assert_eq!(test_name("async fn it_holds() {"), Some("it_holds"));
        assert_eq!(test_name("fn it_holds<T>(db: T) {"), Some("it_holds"));
        assert_eq!(test_name("test('reaches nothing', async () => {"), Some("reaches nothing"));
        assert_eq!(test_name("test.each(ALL)('%s holds', (it) => {"), Some("%s holds"));
        assert_eq!(test_name("export async function sqlmap(at: Target) {"), Some("sqlmap"));
        assert_eq!(test_name("#[tokio::test]"), None);
        assert_eq!(test_name("let fn_like = 1;"), None);
    }
}

//! What a model does by mistake rather than on purpose.

use std::collections::HashSet;

use qv_domain::FilePath;

use crate::EditFault;

/// A file with fewer lines may shrink as it likes.
const SHRINK_FROM_LINES: usize = 20;

/// Looks at a file's new text beside its old one. `confirmed`: the model was asked about the
/// shrinking and means it.
pub(super) fn check(
    path: &FilePath,
    old: Option<&str>,
    new: &str,
    confirmed: bool,
) -> Result<(), EditFault> {
    let old = old.unwrap_or_default();
    let name = || path.to_string();
    if new.trim().is_empty() && !old.trim().is_empty() | !may_be_empty(path) {
        return Err(EditFault::Empty { path: name() });
    }
    if let Some((line, text)) = left_out(old, new) {
        let text = text.trim().chars().take(80).collect();
        return Err(EditFault::LeftOut { path: name(), line, text });
    }
    if matches!(path.extension().as_str(), "html" | "htm") && is_cut_html(new) && !is_cut_html(old)
    {
        return Err(EditFault::CutHtml { path: name() });
    }
    let (from, to) = (old.lines().count(), new.lines().count());
    if from >= SHRINK_FROM_LINES && to * 10 < from * 3 && !confirmed {
        return Err(EditFault::Shrinks { path: name(), from, to });
    }
    Ok(())
}

/// Files whose being there is all that counts, such as `.nojekyll`.
fn may_be_empty(path: &FilePath) -> bool {
    path.name().starts_with('.')
}

fn is_cut_html(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    (lower.trim_start().starts_with("<!doctype html") || lower.contains("<html"))
        && !lower.contains("</html>")
}

/// The first comment, not there before, that stands for code; with its line from 1.
fn left_out<'a>(old: &str, new: &'a str) -> Option<(usize, &'a str)> {
    let suspect = |line: &str| stands_for_code(line.trim());
    let mut found = new.lines().enumerate().filter(|(_, line)| suspect(line)).peekable();
    found.peek()?;
    let before: HashSet<&str> = old.lines().map(str::trim).filter(|line| suspect(line)).collect();
    found.find(|(_, line)| !before.contains(line.trim())).map(|(at, line)| (at + 1, line))
}

/// Whether a line is a comment such as `// ... rest of the code` or `{/* existing items */}`.
fn stands_for_code(line: &str) -> bool {
    const LONGEST: usize = 120;
    const PLAIN: [&str; 16] = [
        "rest of the code",
        "rest of the file",
        "rest of the component",
        "rest of the function",
        "rest of the styles",
        "rest of your",
        "rest of code",
        "rest remains",
        "remains the same",
        "remain the same",
        "remains unchanged",
        "remain unchanged",
        "same as before",
        "omitted for brevity",
        "existing code",
        "code unchanged",
    ];
    const WITH_DOTS: [&str; 9] = [
        "rest",
        "existing",
        "unchanged",
        "remaining",
        "previous",
        "same",
        "other",
        "omitted",
        "keep",
    ];
    let comment = ["//", "/*", "{/*", "#", "<!--", "* "].iter().any(|sign| line.starts_with(sign));
    if !comment || line.len() > LONGEST {
        return false;
    }
    let text = line.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let dots = text.contains("...") || text.contains('\u{2026}');
    has(&PLAIN) || dots && has(&WITH_DOTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_that_stand_for_code_are_told_from_others() {
        for line in [
            "// ... rest of the code",
            "// ...existing imports",
            "{/* … unchanged … */}",
            "# rest of the file",
            "<!-- remains the same -->",
            "/* ... other styles ... */",
        ] {
            assert!(stands_for_code(line), "{line}");
        }
        for line in [
            "// draw the rest of the board",
            "<p>... rest of the code</p>",
            "return rest;",
            "// wait ...",
            "...rest,",
            "#app { color: red }",
        ] {
            assert!(!stands_for_code(line), "{line}");
        }
    }

    #[test]
    fn destructive_texts_are_stopped() {
        let path = |path: &str| FilePath::parse(path).unwrap();
        let long = "line\n".repeat(20);
        let check = |at: &str, old: &str, new: &str| check(&path(at), Some(old), new, false);
        assert!(matches!(
            check("a.ts", &long, &"line\n".repeat(5)),
            Err(EditFault::Shrinks { from: 20, to: 5, .. })
        ));
        assert_eq!(check("a.ts", &long, &"line\n".repeat(6)), Ok(()));
        assert!(matches!(check("a.ts", "x\n", " \n"), Err(EditFault::Empty { .. })));
        assert_eq!(check(".nojekyll", "", ""), Ok(()));
        assert!(matches!(
            check("a.html", "", "<!DOCTYPE html>\n<body>"),
            Err(EditFault::CutHtml { .. })
        ));
        assert_eq!(check("a.html", "", "<p>part</p>"), Ok(()));
        let comment = "a\n// ... existing code\n";
        assert!(matches!(check("a.ts", "", comment), Err(EditFault::LeftOut { line: 2, .. })));
        assert_eq!(check("a.ts", comment, comment), Ok(()));
    }
}

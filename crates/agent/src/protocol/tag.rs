//! Tags: what a line that starts with `<` may be.

use super::RunTag;

/// A tag of the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tag {
    File(Option<String>),
    Edit(Option<String>),
    Delete(Option<String>),
    Rename(Option<String>, Option<String>),
    Need(Option<String>, Option<String>),
    Run(RunTag),
    Plan,
    Question(Option<String>),
    Think,
}

/// The names of the tags that open something.
pub(super) const NAMES: [&str; 9] =
    ["file", "edit", "delete", "rename", "need", "run", "plan", "question", "think"];
/// What closes a file or an edit; either is taken for the other.
pub(super) const CLOSERS: [&str; 2] = ["</file>", "</edit>"];
/// Closers that stand in chat by mistake and say nothing.
pub(super) const STRAY: [&str; 10] = [
    "</file>",
    "</edit>",
    "</plan>",
    "</question>",
    "</choice>",
    "</think>",
    "</delete>",
    "</rename>",
    "</need>",
    "</run>",
];

/// Whether `line`, so far, may become one of `words` (lower case), whatever follows it.
pub(super) fn may_become(line: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        let shared = word.len().min(line.len());
        line.as_bytes()[..shared].eq_ignore_ascii_case(&word.as_bytes()[..shared])
    })
}

/// Whether `line`, so far, may become a tag that opens something.
pub(super) fn may_open(line: &str) -> bool {
    let ends_name = |c: char| c.is_whitespace() || c == '/' || c == '>';
    line.strip_prefix('<').is_some_and(|rest| {
        NAMES.iter().any(|name| {
            may_become(rest, &[name])
                && rest.get(name.len()..).is_none_or(|r| r.is_empty() || r.starts_with(ends_name))
        })
    })
}

/// Reads the tag at the start of `line`, and what follows it on the line. A `>` that is missing at
/// the line's end is forgiven after a whole attribute.
pub(super) fn read(line: &str) -> Option<(Tag, &str)> {
    let inner = line.strip_prefix('<')?;
    let end = inner.find(|c: char| c.is_whitespace() || c == '/' || c == '>')?;
    let name = inner[..end].to_ascii_lowercase();
    if !NAMES.contains(&name.as_str()) {
        return None;
    }
    let (attributes, rest) = attributes(&inner[end..])?;
    let value = |keys: &[&str]| {
        attributes.iter().find(|(key, _)| keys.contains(&key.as_str())).map(|(_, v)| v.clone())
    };
    let path = value(&["path", "name", "file", "src"]);
    let tag = match name.as_str() {
        "file" => Tag::File(path),
        "edit" => Tag::Edit(path),
        "delete" => Tag::Delete(path),
        "rename" => Tag::Rename(value(&["from", "path"]), value(&["to"])),
        "need" => Tag::Need(path, value(&["lines", "line"])),
        "run" => Tag::Run(RunTag {
            tool: value(&["tool", "name"]),
            packages: value(&["packages", "package"]),
            file: value(&["file", "path"]),
            command: value(&["command", "cmd"]).map(|command| unquoted(&command)),
        }),
        "plan" => Tag::Plan,
        "question" => Tag::Question(value(&["text"])),
        _ => Tag::Think,
    };
    Some((tag, rest))
}

/// Reads `key="value"` pairs up to `>` or `/>`.
pub(super) fn attributes(text: &str) -> Option<(Vec<(String, String)>, &str)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return (!found.is_empty()).then_some((found, rest));
        }
        if let Some(after) = rest.strip_prefix('>') {
            return Some((found, after));
        }
        if let Some(after) = rest.strip_prefix('/') {
            rest = after;
            continue;
        }
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))?;
        let key = rest[..end].to_ascii_lowercase();
        if key.is_empty() {
            return None;
        }
        let after = rest[end..].trim_start();
        let Some(after) = after.strip_prefix('=') else {
            rest = after;
            continue;
        };
        let (value, after) = attribute_value(after.trim_start())?;
        found.push((key, value));
        rest = after;
    }
}

fn attribute_value(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next()?;
    let ends: &[char] = match quote {
        '"' => &['"'],
        '\'' => &['\''],
        '\u{201C}' | '\u{201D}' => &['\u{201C}', '\u{201D}', '"'],
        _ => {
            let end = text.find(|c: char| c.is_whitespace() || c == '>')?;
            let bare = text[..end].strip_suffix('/').unwrap_or(&text[..end]);
            return Some((bare.to_owned(), &text[bare.len()..]));
        }
    };
    let inner = &text[quote.len_utf8()..];
    let end = inner.find(ends)?;
    let after = &inner[end..];
    let skip = after.chars().next().map_or(0, char::len_utf8);
    Some((inner[..end].trim().to_owned(), &after[skip..]))
}

/// A command as it was meant: quotes and signs may be written as in HTML.
fn unquoted(command: &str) -> String {
    const NAMED: [(&str, &str); 6] = [
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        // The last, so that what it makes is not read again.
        ("&amp;", "&"),
    ];
    NAMED.iter().fold(command.to_owned(), |text, (name, sign)| text.replace(name, sign))
}

/// What follows a tag that stands for itself: nothing, or its own closer.
pub(super) fn stands_alone(rest: &str) -> bool {
    let rest = rest.trim();
    rest.is_empty() || STRAY.iter().any(|closer| rest.eq_ignore_ascii_case(closer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Option<(Tag, &'static str)> {
        Some((Tag::File(Some(path.to_owned())), ""))
    }

    #[test]
    fn every_way_to_write_a_tag_is_read() {
        for line in [
            r#"<file path="a b.ts">"#,
            r"<file path='a b.ts'>",
            r#"<FILE  Path = "a b.ts" >"#,
            "<file path=\u{201C}a b.ts\u{201D}>",
            r#"<file lang="ts" path="a b.ts">"#,
            r#"<file path=" a b.ts ">"#,
            r#"<file path="a b.ts"/>"#,
            r#"<file path="a b.ts""#,
        ] {
            assert_eq!(read(line), file("a b.ts"), "{line}");
        }
        assert_eq!(read("<file path=a.ts>"), file("a.ts"));
        assert_eq!(read("<file path=a/b.ts/>"), file("a/b.ts"));
        assert_eq!(read("<file>"), Some((Tag::File(None), "")));
        assert_eq!(
            read(r#"<rename from="a" to="b"/> x"#),
            Some((Tag::Rename(Some("a".into()), Some("b".into())), " x"))
        );
    }

    #[test]
    fn what_only_looks_like_a_tag_is_none() {
        for line in [
            "<filename>",
            "<files path=\"a\">",
            "<div>",
            "<file",
            "<file path=\"a",
            "file",
            "<",
            "",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn every_way_to_ask_for_a_run_is_read() {
        let run = |line: &str| match read(line) {
            Some((Tag::Run(run), "")) => run,
            other => panic!("{line}: {other:?}"),
        };
        let install = run(r#"<run tool="install" packages="express sql.js"/>"#);
        assert_eq!(install.tool.as_deref(), Some("install"));
        assert_eq!(install.packages.as_deref(), Some("express sql.js"));
        assert_eq!(run("<RUN tool=build/>").tool.as_deref(), Some("build"));
        assert_eq!(run(r#"<run tool="test" file="a.ts">"#).file.as_deref(), Some("a.ts"));
        let command = |line: &str| run(line).command.unwrap();
        assert_eq!(command(r#"<run command='node a.js "x y"'/>"#), r#"node a.js "x y""#);
        assert_eq!(command(r#"<run cmd="a &amp;&amp; b &gt; &quot;c&quot;"/>"#), "a && b > \"c\"");
        assert_eq!(command(r#"<run command="&amp;lt;"/>"#), "&lt;");
        assert_eq!(run("<run/>"), RunTag::default());
        // Quotes within the same quotes: nobody knows where it ends, so it is no tag.
        assert_eq!(read(r#"<run command="echo "hi" > a"/>"#), None);
        assert_eq!(read("<runner command=\"x\"/>"), None);
    }

    #[test]
    fn a_tag_is_held_at_every_point() {
        for line in [
            r#"<file path="a">"#,
            "<PLAN>",
            "<rename from='a' to='b'/>",
            "<run tool='x'/>",
            "<think>",
        ] {
            for end in 1..=line.len() {
                assert!(may_open(&line[..end]), "{}", &line[..end]);
            }
        }
        assert!(!may_open("<files") && !may_open("<d1") && !may_open("a"));
    }
}

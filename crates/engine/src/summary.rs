//! What a version changed, in a few words. Pure: nobody is asked and nothing is paid.

const SENTENCE_CHARS: usize = 140;
/// A sentence of fewer words than this (or, in scripts without spaces, of fewer characters than the other) says nothing:
/// "Done.".
const LEAST_WORDS: usize = 3;
const LEAST_CHARS: usize = 6;
const NAMES: usize = 3;

/// Of a turn: the first sentence of its answer, else the files that it touched. `None` where there is neither.
pub(crate) fn of_turn(said: &str, paths: &[&str]) -> Option<String> {
    first_sentence(said).or_else(|| of_files(paths))
}

/// `3 files: Board.tsx, Card.tsx, app.css`.
pub(crate) fn of_files(paths: &[&str]) -> Option<String> {
    let name = |path: &&str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let mut names: Vec<String> = paths.iter().take(NAMES).map(name).collect();
    if paths.len() > NAMES {
        names.push("…".to_owned());
    }
    match paths.len() {
        0 => None,
        1 => Some(format!("1 file: {}", names.join(", "))),
        count => Some(format!("{count} files: {}", names.join(", "))),
    }
}

/// Of a version that has the files of another.
pub(crate) fn of_restored(number: u32) -> String {
    format!("The files of version {number}")
}

/// The first sentence that says something, without Markdown's signs.
fn first_sentence(said: &str) -> Option<String> {
    let mut in_code = false;
    for line in said.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            continue;
        }
        let plain = plain(line);
        if in_code || plain.is_empty() {
            continue;
        }
        let sentence = cut_at_end(&plain);
        let says = sentence.split_whitespace().count() >= LEAST_WORDS
            || (!sentence.is_ascii() && sentence.chars().count() >= LEAST_CHARS);
        if says {
            return Some(short(sentence, SENTENCE_CHARS));
        }
    }
    None
}

/// A line without the signs of headings, lists, emphasis, code and links.
fn plain(line: &str) -> String {
    let line = line.trim().trim_start_matches(['#', '>', '-', '+', '|']).trim_start();
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(next) = rest.chars().next() {
        rest = &rest[next.len_utf8()..];
        match next {
            '*' | '`' => {}
            '[' => match rest
                .split_once("](")
                .and_then(|(words, after)| Some((words, after.split_once(')')?)))
            {
                Some((words, (_, after))) if !words.contains('[') => {
                    text.push_str(words);
                    rest = after;
                }
                _ => text.push('['),
            },
            next => text.push(next),
        }
    }
    text.trim().to_owned()
}

/// Up to the end of the first sentence, its mark left out where it is a full stop.
fn cut_at_end(text: &str) -> &str {
    let mut chars = text.char_indices().peekable();
    while let Some((at, mark)) = chars.next() {
        let ends = match mark {
            '。' | '！' | '？' => true,
            '.' | '!' | '?' | ':' => {
                // Not within `App.tsx` or `1.5`, nor after `e.g.`: letters between full stops.
                let before = text[..at].rsplit(' ').next().unwrap_or_default();
                let shortened = before.split('.').all(|part| part.chars().count() == 1);
                chars.peek().is_none_or(|(_, next)| next.is_whitespace())
                    && !(before.contains('.') && shortened)
            }
            _ => false,
        };
        if ends {
            let keep = if matches!(mark, '!' | '?' | '！' | '？') { mark.len_utf8() } else { 0 };
            return &text[..at + keep];
        }
    }
    text
}

/// A text of at most so many characters.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_told_by_its_first_sentence() {
        for (said, told) in [
            (
                "I added a **dark mode** to `App.tsx`. It follows the system.",
                "I added a dark mode to App.tsx",
            ),
            ("Done.\n\n## The board\nCards can be dragged now!", "Cards can be dragged now!"),
            (
                "```ts\nlet a = 1;\n```\n- See [the guide](http://x.y/z) for more.",
                "See the guide for more",
            ),
            (
                "Version 1.5 is here, e.g. this one: see below.",
                "Version 1.5 is here, e.g. this one",
            ),
            ("我为应用添加了深色模式。它跟随系统设置。", "我为应用添加了深色模式"),
        ] {
            assert_eq!(of_turn(said, &[]).as_deref(), Some(told), "{said}");
        }
        assert!(of_turn(&"word ".repeat(100), &[]).unwrap().chars().count() <= SENTENCE_CHARS);
    }

    #[test]
    fn without_a_sentence_the_files_tell() {
        let paths = ["src/Board.tsx", "src/ui/Card.tsx", "app.css", "README.md"];
        let told = of_turn("OK.", &paths).unwrap();
        assert_eq!(told, "4 files: Board.tsx, Card.tsx, app.css, …");
        assert_eq!(of_files(&paths[..1]).unwrap(), "1 file: Board.tsx");
        assert_eq!(of_turn("", &[]), None);
        assert_eq!(of_turn("[unclosed", &["a"]).unwrap(), "1 file: a");
    }
}

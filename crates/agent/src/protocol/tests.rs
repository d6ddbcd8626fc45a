use proptest::prelude::*;
use qv_domain::{EditOp, FilePath};

use super::token::append;
use super::*;
use crate::EditFault;

fn parse_pieces<'a>(accept: Accept, pieces: impl IntoIterator<Item = &'a str>) -> Vec<Token> {
    let mut parser = Parser::new(accept);
    let mut tokens = Vec::new();
    for piece in pieces {
        for token in parser.push(piece) {
            append(&mut tokens, token);
        }
    }
    for token in parser.finish() {
        append(&mut tokens, token);
    }
    tokens
}

fn parse(text: &str) -> Vec<Token> {
    parse_pieces(Accept::Edits, [text])
}

fn path(path: &str) -> FilePath {
    FilePath::parse(path).unwrap()
}

fn opened(at: &str, op: EditOp) -> Token {
    Token::Opened { path: path(at), op }
}

fn text(text: &str) -> Token {
    Token::Text(text.to_owned())
}

fn prose(text: &str) -> Token {
    Token::Prose(text.to_owned())
}

fn block(search: &str, replace: &str) -> Token {
    Token::Block(EditBlock { search: search.to_owned(), replace: replace.to_owned() })
}

fn file(at: &str, content: &str) -> Vec<Token> {
    vec![opened(at, EditOp::Write), text(content), Token::Closed(Ending::Closer)]
}

#[test]
fn a_whole_answer() {
    let tokens = parse(concat!(
        "I add a timer.\n\n<plan>\n- [ ] Add the timer\n- [x] Wire it\n</plan>\n",
        "<file path=\"src/T.tsx\">\nexport const T = () => <file />;\n</file>\n",
        "<edit path=\"src/App.tsx\">\n<<<<<<< SEARCH\na\n=======\nb\nc\n>>>>>>> REPLACE\n",
        "<<<<<<< SEARCH\nd\n=======\n>>>>>>> REPLACE\n</edit>\n",
        "<delete path=\"old.ts\"/>\n<rename from=\"a.ts\" to=\"b.ts\"/>\nDone.",
    ));
    let mut expected = vec![
        prose("I add a timer.\n\n"),
        Token::PlanItem { text: "Add the timer".into(), done: false },
        Token::PlanItem { text: "Wire it".into(), done: true },
    ];
    expected.extend(file("src/T.tsx", "export const T = () => <file />;\n"));
    expected.extend([
        opened("src/App.tsx", EditOp::Replace),
        text("b\nc\n"),
        block("a\n", "b\nc\n"),
        block("d\n", ""),
        Token::Closed(Ending::Closer),
        Token::Delete(path("old.ts")),
        Token::Rename { from: path("a.ts"), to: path("b.ts") },
        prose("Done."),
    ]);
    assert_eq!(tokens, expected);
}

#[test]
fn a_missing_closer_is_forgiven() {
    let tokens = parse("<file path=\"a\">\n1\n<file path=\"b\">\n2\n");
    assert_eq!(
        tokens,
        [
            opened("a", EditOp::Write),
            text("1\n"),
            Token::Closed(Ending::NextTag),
            opened("b", EditOp::Write),
            text("2\n"),
            Token::Closed(Ending::Answer),
        ]
    );
    let edit = "<edit path=\"a\">\n<<<<<<< SEARCH\n1\n=======\n2\n>>>>>>> REPLACE\n";
    let tokens = parse(&edit.repeat(2));
    assert_eq!(tokens.iter().filter(|t| matches!(t, Token::Block(_))).count(), 2);
    assert!(!tokens.iter().any(|t| matches!(t, Token::Fault(_))));
    // Without `>>>>>>> REPLACE` as well.
    let tokens = parse("<edit path=\"a\">\n<<<<<<< SEARCH\n1\n=======\n2\n</edit>\n");
    assert!(tokens.contains(&block("1\n", "2\n")));
}

#[test]
fn a_tag_behind_fence_marks_is_text() {
    let answer = "<edit path=\"src/a.ts\">\n```<file path=\"src/a.ts\">w0000\n";
    assert!(format!("{:?}", parse(answer)).contains("w0000"));
}

#[test]
fn fences_around_answers_and_contents_are_dropped() {
    let plain = file("a.ts", "let a;\n");
    for answer in [
        "<file path=\"a.ts\">\n```ts\nlet a;\n```\n</file>\n",
        "<file path=\"a.ts\">\n```ts\nlet a;\n```\n\n</file>\n",
        "```xml\n<file path=\"a.ts\">\nlet a;\n</file>\n```\n",
        "<file path=\"a.ts\">\n```\nlet a;\n</file>\n```\n",
        "```\n\n<file path=\"a.ts\">\n```ts\nlet a;\n```\n</file>\n```",
    ] {
        assert_eq!(parse(answer), plain, "{answer}");
    }
    // A fence in chat stays, and so does one in Markdown or inside code.
    let chat = "Run:\n```sh\nnpm i\n```\n\n";
    let answer = format!("{chat}<file path=\"a.ts\">\nlet a;\n</file>\n");
    assert_eq!(parse(&answer), [vec![prose(chat)], plain].concat());
    assert_eq!(
        parse("<file path=\"a.md\">\n```sh\nx\n```\n</file>\n"),
        file("a.md", "```sh\nx\n```\n")
    );
    assert_eq!(
        parse("<file path=\"a.ts\">\n```ts\na`\n```\nb`\n```\n</file>\n"),
        file("a.ts", "a`\n```\nb`\n")
    );
}

#[test]
fn line_ends_marks_and_spaces_do_not_matter() {
    let plain = file("a.ts", "x\n\ny\n");
    for answer in [
        "\u{FEFF}<file path=\"a.ts\">\r\nx\r\n\r\ny\r\n</file>\r\n",
        "  <file path=\"a.ts\">  \nx\n\ny\n  </FILE>  \n",
        "<file path=\"./a.ts\">\nx\n\ny\n</edit>\n",
        "<file path=\"a.ts\">\nx\n\ny\n</file>",
        "<file path=\"a.ts\"\nx\n\ny\n</file>\n",
    ] {
        assert_eq!(parse(answer), plain, "{answer:?}");
    }
    assert_eq!(parse("<file path=\"a\">hello</file>\n"), file("a", "hello\n"));
    assert_eq!(parse("<file path=\"a\">one\ntwo\n</file>\n"), file("a", "one\ntwo\n"));
}

#[test]
fn a_closer_can_be_written_as_content() {
    assert_eq!(
        parse("<file path=\"a\">\n\\</file>\n\\\\</file>\n\\d\n</file>\n"),
        file("a", "</file>\n\\</file>\n\\d\n")
    );
    assert!(
        parse("<edit path=\"a\">\n<<<<<<< SEARCH\n\\=======\n=======\n\\>>>>>>> REPLACE\n>>>>>>> REPLACE\n</edit>")
            .contains(&block("=======\n", ">>>>>>> REPLACE\n"))
    );
}

fn runs(answer: &str) -> Vec<RunTag> {
    let found = parse(answer).into_iter().filter_map(|token| match token {
        Token::Run(run) => Some(run),
        _ => None,
    });
    found.collect()
}

fn command(command: &str) -> RunTag {
    RunTag { command: Some(command.to_owned()), ..RunTag::default() }
}

#[test]
fn runs_stand_alone_on_their_lines() {
    let tokens = parse(concat!(
        "I add it.\n<file path=\"a.ts\">\nx\n</file>\n",
        "<run tool=\"install\" packages=\"express\"/>\n  <run command=\"node a.js\"></run>\nDone.\n",
    ));
    let install = RunTag {
        tool: Some("install".into()),
        packages: Some("express".into()),
        ..RunTag::default()
    };
    let mut expected = vec![prose("I add it.\n")];
    expected.extend(file("a.ts", "x\n"));
    expected.extend([Token::Run(install), Token::Run(command("node a.js")), prose("Done.\n")]);
    assert_eq!(tokens, expected);
    // A fence is only wrapping, as around any tag.
    assert_eq!(parse("```xml\n<run command=\"ls\"/>\n```\n"), [Token::Run(command("ls"))]);
    // Behind a forgotten closer, where no content stands.
    let edit = "<edit path=\"a\">\n<<<<<<< SEARCH\n1\n=======\n2\n>>>>>>> REPLACE\n";
    assert_eq!(runs(&format!("{edit}\n<run command=\"ls\"/>\n")), [command("ls")]);
}

#[test]
fn what_only_speaks_of_a_run_asks_for_none() {
    for answer in [
        "Use <run command=\"ls\"/> for that.\n",
        "<run command=\"ls\"/> lists them.\n",
        "<think>\n<run command=\"ls\"/>\n</think>\n",
        "<runs command=\"ls\"/>\n",
        "<run command=\"ls\n\"/>\n",
    ] {
        assert_eq!(runs(answer), [], "{answer}");
    }
    let long = format!("<run command=\"{}\"/>\n", "x".repeat(4_000));
    assert_eq!(parse(&long), [prose(&long)]);
    for accept in [Accept::Plan, Accept::Text] {
        let answer = "<run command=\"ls\"/>\n";
        assert_eq!(parse_pieces(accept, [answer]), [prose(answer)]);
    }
}

#[test]
fn a_run_in_a_file_is_its_text() {
    let hidden = "<run command=\"curl http://x.test\"/>\n";
    for answer in [
        format!("<file path=\"a.md\">\n{hidden}</file>\n"),
        format!("<file path=\"a.md\">\n{hidden}"),
        format!("<file path=\"a.ts\">\n```\n{hidden}```\n</file>\n"),
        format!("<file path=\"../a\">\n{hidden}</file>\n"),
        format!("<edit path=\"a\">\n{hidden}</edit>\n"),
        format!("<edit path=\"a\">\nwords\n{hidden}</edit>\n"),
        format!(
            "<edit path=\"a\">\n<<<<<<< SEARCH\n{hidden}=======\n{hidden}>>>>>>> REPLACE\n</edit>\n"
        ),
        format!(
            "<edit path=\"a\">\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\nc\n{hidden}</edit>\n"
        ),
        format!("<edit path=\"a\">\n<<<<<<< SEARCH\n{hidden}</edit>\n"),
    ] {
        assert_eq!(runs(&answer), [], "{answer}");
        assert!(format!("{:?}", parse(&answer)).contains("x.test"), "{answer}");
    }
    let escaped = "<file path=\"a.md\">\n\\<run tool=\"build\"/>\n</file>\n";
    assert_eq!(parse(escaped), file("a.md", "<run tool=\"build\"/>\n"));
}

#[test]
fn what_is_broken_is_said_and_kept() {
    let tokens = parse("<file path=\"../x\">\nsecret\n</file>\nafter\n");
    assert!(matches!(&tokens[0], Token::Fault(EditFault::BadPath { path, .. }) if path == "../x"));
    assert_eq!(tokens[1..], [prose("secret\nafter\n")]);

    let tokens = parse("<edit path=\"a\">\nnew text\n</edit>\n");
    let fault = Token::Fault(EditFault::NoBlocks { path: "a".into() });
    assert_eq!(tokens[1..], [text("new text\n"), fault, Token::Closed(Ending::Closer)]);

    let tokens = parse("<edit path=\"a\">\n<<<<<<< SEARCH\nx\n</edit>\n");
    let fault = Token::Fault(EditFault::Unfinished { path: "a".into(), search: "x\n".into() });
    assert_eq!(tokens[1..], [fault, Token::Closed(Ending::Closer)]);

    assert_eq!(
        parse("<file>\nx\n</file>"),
        [Token::Fault(EditFault::NoPath { tag: "file" }), prose("x\n")]
    );
    assert_eq!(parse("<<<<<<< SEARCH\nx\n")[0], Token::Fault(EditFault::BlockOutside));
    assert_eq!(parse("<file path=\"a"), [prose("<file path=\"a")]);
    assert_eq!(parse("a < b\n<div>\n</section>\n"), [prose("a < b\n<div>\n</section>\n")]);
}

#[test]
fn thinking_is_kept_apart() {
    let tokens = parse("<think>\nhm <file path=\"a\">\n</think>\nDone\n<think>b</think>c");
    assert_eq!(
        tokens,
        [
            Token::Thinking("hm <file path=\"a\">\n".into()),
            prose("\nDone\n"),
            Token::Thinking("b".into()),
            prose("c"),
        ]
    );
    let long = format!("<think>{}</think>\nok", "word ".repeat(2_000));
    assert_eq!(parse(&long).last(), Some(&prose("\nok")));
}

#[test]
fn what_a_mode_does_not_take_is_chat() {
    let answer = "<plan>\n- a\n</plan>\n<file path=\"a\">\nx\n</file>\n<delete path=\"a\"/>\n";
    let plan = parse_pieces(Accept::Plan, [answer]);
    assert_eq!(plan[0], Token::PlanItem { text: "a".into(), done: false });
    assert_eq!(plan[1..], [prose("<file path=\"a\">\nx\n</file>\n<delete path=\"a\"/>\n")]);
    assert_eq!(parse_pieces(Accept::Text, [answer]), [prose(answer)]);
}

#[test]
fn text_is_not_held_back_needlessly() {
    let mut parser = Parser::new(Accept::Edits);
    assert_eq!(parser.push("Hello"), [prose("Hello")]);
    assert_eq!(parser.push(" <file path="), [prose(" <file path=")]);
    assert_eq!(parser.push("\n<d"), [prose("\n")]);
    assert_eq!(parser.push("iv"), [prose("<div")]);
    parser.push("\n<file path=\"a\">\n");
    assert_eq!(parser.push("const"), [text("const")]);
    assert_eq!(parser.open(), Some(OpenEdit { path: path("a"), op: EditOp::Write }));
}

#[test]
fn two_megabytes_in_one_line_stream_through() {
    let long = "x".repeat(2_000_000);
    for answer in [
        format!("<file path=\"a\">\n{long}\n</file>\n"),
        format!("<file path=\"a\">{long}\n</file>\n"),
    ] {
        let mut parser = Parser::new(Accept::Edits);
        let mut length = 0;
        for piece in answer.as_bytes().chunks(1_000) {
            for token in parser.push(std::str::from_utf8(piece).unwrap()) {
                if let Token::Text(text) = token {
                    length += text.len();
                }
            }
            assert!(parser.line.capacity() < 200_000, "the line is held");
        }
        assert_eq!(length, 2_000_001);
    }
}

fn fragment() -> impl Strategy<Value = String> {
    let fixed = proptest::sample::select(vec![
        "<file path=\"src/a.ts\">",
        "<file path='b.md'>",
        "<file path=\"../x\">",
        "<file>",
        "</file>",
        "  </file>",
        "\\</file>",
        "<file path=\"c\">inline</file>",
        "<edit path=\"src/a.ts\">",
        "</edit>",
        "<edit>",
        "<<<<<<< SEARCH",
        "<<<<< SEARCH>",
        "=======",
        ">>>>>>> REPLACE",
        ">>>>>>>",
        "\\=======",
        "<delete path=\"a\"/>",
        "<rename from=\"a\" to=\"b\"/>",
        "<run tool=\"build\"/>",
        "<run command='node a.js'></run>",
        "<run>",
        "</run>",
        "\\<run tool=\"build\"/>",
        "<ru",
        "<plan>",
        "- [ ] item",
        "</plan>",
        "```",
        "```tsx",
        "",
        "   ",
        "<think>",
        "</think>",
        "<think>a</think>b",
        "<",
        "<fi",
        "</",
        "\u{FEFF}",
        "é<ü",
        "<file\u{301} path=\"a\">",
        "\r",
        "x\ry",
        "<div>",
        "</div>",
    ]);
    let word = "w[0-9]{4}".prop_map(String::from);
    let end = proptest::sample::select(vec!["\n", "\n", "\n", "\r\n", ""]);
    (prop_oneof![3 => fixed.prop_map(String::from), 2 => word, 1 => "\\PC{0,12}"], end)
        .prop_map(|(text, end)| text + end)
}

fn answer() -> impl Strategy<Value = String> {
    proptest::collection::vec(fragment(), 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_cut_gives_the_same(answer in answer(), cuts in proptest::collection::vec(1usize..9, 1..40)) {
        let whole = parse(&answer);
        let chars: Vec<String> = answer.chars().map(String::from).collect();
        prop_assert_eq!(&parse_pieces(Accept::Edits, chars.iter().map(String::as_str)), &whole);
        let (mut pieces, mut rest) = (Vec::new(), &chars[..]);
        for cut in cuts.iter().cycle() {
            if rest.is_empty() { break; }
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece.concat());
            rest = after;
        }
        prop_assert_eq!(&parse_pieces(Accept::Edits, pieces.iter().map(String::as_str)), &whole);
    }

    #[test]
    fn no_word_is_lost(answer in answer()) {
        let shown = format!("{:?}", parse(&answer));
        for word in answer.split(|c: char| !c.is_ascii_alphanumeric()) {
            // The language of a fence is no text.
            if answer.contains(&format!("```{word}")) {
                continue;
            }
            if word.len() == 5 && word.starts_with('w') && word[1..].bytes().all(|b| b.is_ascii_digit()) {
                prop_assert!(shown.contains(word), "{} of {:?} is not in {}", word, answer, shown);
            }
        }
    }

    #[test]
    fn what_opens_closes(answer in answer()) {
        let mut open = false;
        for token in parse(&answer) {
            match token {
                Token::Opened { .. } => { prop_assert!(!open); open = true; }
                Token::Closed(_) => { prop_assert!(open); open = false; }
                Token::Text(_) | Token::Block(_) => prop_assert!(open),
                _ => {}
            }
        }
        prop_assert!(!open);
    }
}

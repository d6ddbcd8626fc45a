use proptest::prelude::*;
use qv_domain::FilePath;

use super::*;

fn path(path: &str) -> FilePath {
    FilePath::parse(path).unwrap()
}

const KEPT: &str = "<file path=\"a.ts\">\nlet a;\nlet b;\n";

fn join(kept: &str, pieces: &[&str]) -> String {
    let mut joiner = Joiner::new(kept, Some(path("a.ts")));
    let mut whole = kept.to_owned();
    let parts: Vec<_> = pieces.iter().filter_map(|piece| joiner.push(piece)).collect();
    for joined in parts.into_iter().chain(joiner.finish()) {
        match joined {
            Joined::Append(text) => whole.push_str(&text),
            Joined::Restart(text) => {
                whole.truncate(opener(&whole, &path("a.ts")).unwrap());
                whole.push_str(&text);
            }
            Joined::Abandon(text) => {
                whole.truncate(opener(&whole, &path("a.ts")).unwrap());
                whole.push_str("(abandoned)\n");
                whole.push_str(&text);
            }
        }
    }
    whole
}

#[test]
fn every_shape_leads_to_the_same_answer() {
    let whole = format!("{KEPT}let c;\n</file>\n");
    for shape in [
        "let b;\nlet c;\n</file>\n",
        "let a;\nlet b;\nlet c;\n</file>\n",
        "let c;\n</file>\n",
        "<file path=\"a.ts\">\nlet a;\nlet b;\nlet c;\n</file>\n",
        "<file path=\"a.ts\">\nlet b;\nlet c;\n</file>\n",
        "```ts\nlet b;\nlet c;\n</file>\n",
        "\nlet b;  \nlet c;\n</file>\n",
    ] {
        assert_eq!(join(KEPT, &[shape]), whole, "{shape}");
        let chars: Vec<String> = shape.chars().map(String::from).collect();
        let chars: Vec<&str> = chars.iter().map(String::as_str).collect();
        assert_eq!(join(KEPT, &chars), whole, "{shape}, letter by letter");
    }
    assert_eq!(join(KEPT, &["</file>"]), format!("{KEPT}</file>"));
    assert_eq!(join(KEPT, &[]), KEPT);
    assert_eq!(
        join(KEPT, &["<file path=\"b.ts\">\nx\n"]),
        "(abandoned)\n<file path=\"b.ts\">\nx\n"
    );
}

#[test]
fn one_long_line_is_not_held_for_ever() {
    let mut joiner = Joiner::new(KEPT, Some(path("a.ts")));
    let held = (0..20_000).take_while(|_| joiner.push("x").is_none()).count();
    assert!(held < 10_000, "{held}");
}

#[test]
fn an_answer_is_cut_back_to_a_telling_line() {
    let cut = |answer: &str| answer[..kept(answer)].to_owned();
    assert_eq!(cut("let a;\nlet b = 1"), "let a;\n");
    assert_eq!(cut("f(x);\n  }\n}\n"), "f(x);\n");
    assert_eq!(cut("f(x);\n  g();\n  g();\n}\nret"), "f(x);\n");
    assert_eq!(cut("no line"), "");
    // When no line is telling, the last whole one has to do.
    assert_eq!(cut(&"}\n".repeat(50)), "}\n".repeat(50));
}

proptest! {
    #[test]
    fn any_cut_of_an_answer_is_joined_again(
        lines in proptest::collection::vec("[a-c]{1,3}", 2..40),
        cut in 19usize..200,
        piece in 1usize..12,
    ) {
        let answer = format!("<file path=\"a.ts\">\n{}\n</file>\n", lines.join("\n"));
        let cut = cut.min(answer.len());
        let end = kept(&answer[..cut]);
        prop_assert!(end <= cut && answer.is_char_boundary(end));
        let kept = &answer[..end];
        // The model does what it is asked: it repeats the last line and goes on.
        let asked = format!("{}\n{}", last_line(kept), &answer[end..]);
        let pieces: Vec<_> = asked.as_bytes().chunks(piece).map(|p| std::str::from_utf8(p).unwrap()).collect();
        prop_assert_eq!(join(kept, &pieces), answer);
    }
}

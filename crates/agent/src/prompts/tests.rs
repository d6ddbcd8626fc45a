use super::*;

fn tokens(text: &str) -> usize {
    bpe_openai::o200k_base().count(text)
}

#[test]
fn system_prompts_stay_as_they_are_and_short() {
    for (name, mode, style, most) in [
        ("build", TurnMode::Build, EditStyle::SearchReplace, SYSTEM_TOKENS),
        ("build_whole", TurnMode::Build, EditStyle::WholeFile, 400),
        ("ask", TurnMode::Ask, EditStyle::SearchReplace, 300),
        ("plan", TurnMode::Plan, EditStyle::SearchReplace, 700),
    ] {
        let prompt = system(mode, style);
        let count = tokens(&prompt);
        assert!(count <= most, "{name} has {count} tokens, more than {most}");
        insta::assert_snapshot!(name, format!("{count} tokens (o200k)\n\n{prompt}"));
    }
}

#[test]
fn a_sandbox_adds_little() {
    let section = include_str!("tools.md").trim_end();
    let count = tokens(section);
    assert!(count <= TOOLS_TOKENS, "tools has {count} tokens, more than {TOOLS_TOKENS}");
    insta::assert_snapshot!("tools", format!("{count} tokens (o200k)\n\n{section}"));
    for style in EditStyle::ALL {
        let with = system_with_tools(*style);
        assert_eq!(with, format!("{}\n\n{section}", system(TurnMode::Build, *style)));
    }
}

#[test]
fn the_runs_that_are_shown_are_of_the_protocol() {
    use crate::protocol::{Accept, Parser, Token};
    let mut parser = Parser::new(Accept::Edits);
    let mut found = parser.push(include_str!("tools.md"));
    found.extend(parser.finish());
    assert_eq!(found.iter().filter(|token| matches!(token, Token::Run(_))).count(), 4);
}

#[test]
fn what_is_filled_in_is_left_alone() {
    assert_eq!(fill("a {line} {b}\n", &[("line", "{line} {b}")]), "a {line} {b} {b}");
    assert_eq!(cut_off("src/a.ts").matches("src/a.ts").count(), 3);
}

#[test]
fn the_example_turn_is_of_the_protocol() {
    use crate::protocol::{Accept, Parser, Token};
    let example = include_str!("example.md");
    let mut parser = Parser::new(Accept::Edits);
    let mut found = parser.push(example);
    found.extend(parser.finish());
    assert!(!found.iter().any(|token| matches!(token, Token::Fault(_))));
    assert_eq!(found.iter().filter(|token| matches!(token, Token::Block(_))).count(), 3);
}

#[test]
fn the_other_parts_prompts_stay_as_they_are_and_short() {
    for (name, prompt, most) in
        [("planner", planner(), 700), ("reviewer", reviewer(), 300), ("tester", tester(), 450)]
    {
        let count = tokens(&prompt);
        assert!(count <= most, "{name} has {count} tokens, more than {most}");
        insta::assert_snapshot!(name, format!("{count} tokens (o200k)\n\n{prompt}"));
    }
}

#[test]
fn what_the_other_parts_are_shown_is_read() {
    use crate::protocol::{Accept, Parser, Token, elements};
    let tester = tester();
    let [example] = elements(&tester, "check", 9).try_into().unwrap();
    let steps = example.text.trim();
    let check =
        qv_domain::SmokeCheck::parse(&format!("# {}\n{steps}", example.value("name").unwrap()));
    assert_eq!(check.unwrap().steps.len(), 5);
    let reviewer = reviewer();
    assert_eq!(elements(&reviewer, "finding", 9)[0].value("path"), Some("src/App.tsx"));
    for (prompt, accept, plan, questions) in [
        (planner(), Accept::Plan, 1, 0),
        (system(TurnMode::Plan, EditStyle::SearchReplace), Accept::Plan, 1, 1),
        (include_str!("protocol.md").to_owned(), Accept::Edits, 1, 1),
    ] {
        let mut parser = Parser::new(accept);
        let mut found = parser.push(&prompt);
        found.extend(parser.finish());
        let items = found.iter().filter(|token| matches!(token, Token::PlanItem { .. })).count();
        let asked = found.iter().filter(|token| matches!(token, Token::Question { .. })).count();
        assert_eq!((items, asked), (plan, questions), "{prompt}");
    }
}

use proptest::prelude::*;
use qv_domain::FilePath;

use super::*;

mod guarding;
mod linking;
mod running;
mod styling;

/// What is found in an app of these files, as `rule path:line`.
fn found(judge: fn(&App<'_>) -> Vec<Found>, files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> =
        files.iter().map(|(path, text)| (FilePath::parse(path).unwrap(), *text)).collect();
    let app = App::new(files.iter().map(|(path, text)| (path, *text)), []);
    judge(&app).into_iter().map(|one| format!("{} {}:{}", one.rule, one.path, one.line)).collect()
}

/// The rules that speak about one component.
fn rules(code: &str) -> Vec<String> {
    let found = found(lint, &[("src/App.tsx", code)]);
    found.into_iter().map(|one| one.split(' ').next().unwrap().to_owned()).collect()
}

/// Errors among what is found in an app of these files, whose page loads `src/App.tsx`.
fn errors(files: &[(&str, &str)]) -> Vec<String> {
    let page = ("index.html", "<script type=\"module\" src=\"/src/App.tsx\"></script>");
    let files: Vec<_> = std::iter::once(page).chain(files.iter().copied()).collect();
    found(|app| lint(app).into_iter().filter(|one| one.level == Level::Error).collect(), &files)
}

/// The rules of the guards that speak about one component.
fn warned(code: &str) -> Vec<String> {
    let found = found(guards, &[("src/App.tsx", code)]);
    found.into_iter().map(|one| one.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn no_starter_gives_a_finding() {
    for one in qv_starters::list() {
        let files: Vec<(FilePath, String)> = one
            .files()
            .into_iter()
            .filter_map(|(path, bytes)| Some((path, String::from_utf8(bytes).ok()?)))
            .collect();
        let app = App::new(files.iter().map(|(path, text)| (path, text.as_str())), []);
        assert_eq!(lint(&app), [], "{}", one.id());
        assert_eq!(guards(&app), [], "{}", one.id());
    }
}

#[test]
fn findings_have_places_and_are_bounded() {
    let mut code = String::from("export const a = 1;\n");
    for number in 0..400 {
        code.push_str(&format!("const ö = () => missing{number}();\n"));
    }
    let path = FilePath::parse("src/a.ts").unwrap();
    let code = code.replace("const ö", "export const ö1");
    let app = App::new([(&path, "export const a = 1;\nexport const ö = () => missing();\n")], []);
    let all = lint(&app);
    assert_eq!((all.len(), all[0].line, all[0].column), (1, 2, 24));
    let app = App::new([(&path, code.as_str())], []);
    assert!(lint(&app).len() <= limits::MAX_OF_A_RULE);
}

/// Texts that are made to be slow to judge take a moment at most, not minutes.
#[test]
fn hostile_apps_are_judged_in_time() {
    let many = |one: &dyn Fn(usize) -> String| (0..3_000).map(one).collect::<String>();
    let deep =
        format!("export const A = () => {}{};", "<p id=\"a\">".repeat(3_000), "</p>".repeat(3_000));
    let refs = many(&|n| {
        format!("<label htmlFor=\"field{n}\" className=\"gird{n}-x flxe{n}\">l</label>\n")
    });
    let refs = format!("export const A = () => <>{refs}</>;");
    let sinks = many(&|n| format!("a.innerHTML = b{n}; document.getElementById('no{n}');\n"));
    let css = many(&|n| format!(".class{n} {{ color: var(--no{n}); --yes{n}: 1px }}\n"));
    // A component of many properties that is given many others, and names that only differ in their middle.
    let like = |n: usize| format!("{0}{n:04}{0}", "x".repeat(36));
    let props = many(&|n| format!("a{}: string; ", like(n)));
    let given = many(&|n| format!("b{}=\"1\" ", like(n)));
    let props = format!(
        "type P = {{ {props} }};\nexport function A(p: P) {{ return p; }}\nexport const B = () => <A {given} />;"
    );
    let ids = many(&|n| {
        format!(
            "<a href=\"#a{0}\">l</a><p aria-controls=\"c{0}\" id=\"b{0}\" /><p id=\"same\" />",
            like(n)
        )
    });
    let ids = format!("export const A = () => <>{ids}</>;");
    let scripts = "<script ".repeat(40_000);
    let froms = "from ".repeat(60_000);
    let keys = "-----BEGIN PRIVATE ".repeat(10_000);
    let files = [
        ("src/Deep.tsx", deep.as_str()),
        ("src/Refs.tsx", &refs),
        ("src/sinks.js", &sinks),
        ("src/a.css", &css),
        ("keys.txt", &keys),
        ("src/Props.tsx", &props),
        ("src/Ids.tsx", &ids),
        ("index.html", &scripts),
        ("about.html", &froms),
    ];
    let began = std::time::Instant::now();
    let _ = (found(lint, &files), found(guards, &files));
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

/// Pieces that rules look at, in no order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(
        &[
            "import { useState, useEffect } from 'react';",
            "const x = null;",
            "x.y",
            "<a href=\"#a\">",
            "</a>",
            "<img src='/x.png'/>",
            "useEffect(() => { set(n + 1) })",
            "if (a) {",
            "}",
            "(",
            ")",
            "=>",
            "`${x}",
            "`",
            "\"",
            "'",
            "className=\"a b-c\"",
            "{items.map((i) => <li>",
            "</li>)}",
            "<label htmlFor=\"a\">",
            "</label>",
            ".card { color: var(--x",
            "--x: 1px;",
            "@import \"tailwindcss\";",
            "/*",
            "*/",
            "url(",
            "<script>",
            "</script>",
            "<style>",
            "</style>",
            "{@html x}",
            "v-html=\"x\"",
            "sk-ant-api03-",
            "AIza",
            "eyJhbGciOiJI.eyJyb2xlIjoi.c2ln",
            "-----BEGIN PRIVATE KEY-----",
            "postgres://a:b@c",
            "password = \"",
            "el.innerHTML = x",
            "eval(x)",
            "ö",
            "\u{1F600}",
            "\n",
            "\u{0}",
            "<",
            ">",
            "bg-[url(",
            "hover:",
            "-",
            ":",
        ][..],
    );
    prop::collection::vec(prop_oneof![4 => piece.prop_map(str::to_owned), 1 => "(?s).{0,6}"], 0..40)
        .prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(texts in prop::collection::vec((0..8_usize, pieces()), 1..4)) {
        const NAMES: [&str; 8] =
            ["src/A.tsx", "src/b.ts", "src/c.css", "index.html", "src/D.vue", "src/E.svelte", "package.json", ".env"];
        let files: Vec<_> = texts
            .iter()
            .map(|(name, text)| (FilePath::parse(NAMES[*name]).unwrap(), text.as_str()))
            .collect();
        let app = App::new(files.iter().map(|(path, text)| (path, *text)), []);
        for one in lint(&app).into_iter().chain(guards(&app)) {
            prop_assert!(one.message.len() < 1_000 && !one.remedy.is_empty());
        }
    }

    #[test]
    fn a_secret_is_never_told(tail in "[A-Za-z0-9]{40,60}") {
        prop_assume!(tail.bytes().filter(u8::is_ascii_digit).count() > 3);
        let code = format!("const key = \"sk-ant-{tail}\";\nconst password = \"{tail}\";\n");
        let path = FilePath::parse("src/a.ts").unwrap();
        let app = App::new([(&path, code.as_str())], []);
        for one in guards(&app) {
            prop_assert!(!one.message.contains(&tail[..8]) && !one.remedy.contains(&tail[..8]));
        }
    }
}

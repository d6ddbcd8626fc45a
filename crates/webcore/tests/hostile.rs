//! No input overflows the stack, panics or takes long.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use std::time::{Duration, Instant};

use proptest::prelude::*;
use qv_domain::{Blob, FilePath};
use qv_webcore::{DiagnosticKind, Project, Settings};

fn file(path: &str, content: &[u8]) -> (FilePath, Blob) {
    (FilePath::parse(path).unwrap(), content.into())
}

/// Compiles `code` as the page's only module, on a small stack as a server's threads have.
fn compiled(path: &str, code: String) -> Duration {
    let path = path.to_owned();
    let work = move || {
        let started = Instant::now();
        let page = format!("<script type=module src=/{path}></script>");
        let mut project = Project::new(Settings::default());
        project.load([file("index.html", page.as_bytes()), file(&path, code.as_bytes())]);
        let _ = project.serve(&format!("/{path}?import"));
        let _ = project.serve("/");
        started.elapsed()
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(work).unwrap().join().unwrap()
}

/// As deep as is quick to compile without optimisation; with it, as deep as the limit lets through.
const LEVELS: usize = if cfg!(debug_assertions) { 6_000 } else { qv_webcore::limits::MAX_NESTING };

/// What repeats, in the middle, and what closes it.
const NESTS: [(&str, &str, &str); 36] = [
    ("(", "1", ")"),
    ("[", "", "]"),
    ("({a:", "1", "})"),
    ("{", "", "}"),
    ("!", "1", ""),
    ("- ", "1", ""),
    ("typeof ", "1", ""),
    ("new ", "a", ""),
    ("await ", "1", ""),
    ("a=", "1", ""),
    ("a=>", "1", ""),
    ("async a=>", "1", ""),
    ("a?b:", "1", ""),
    ("a?", "1", ":b"),
    ("1+", "1", ""),
    ("2**", "1", ""),
    ("a.b", "", ""),
    ("a?.b", "", ""),
    ("a().", "b", ""),
    ("a[", "0", "]"),
    ("f(", "", ")"),
    ("`${", "1", "}`"),
    ("a`x`", "", ""),
    ("if(a)", "b", ""),
    ("if(a);else ", "b", ""),
    ("for(;;)", "a", ""),
    ("do ", "a", " while(1)\n"),
    ("a:", "b", ""),
    ("function f(){", "", "}"),
    ("class A extends ", "B", "{}"),
    ("(class{x=", "1", "})"),
    ("<a>", "x", "</a>"),
    ("x as ", "y", ""),
    ("type A=B<", "C", ">"),
    ("type A=", "B", "[]"),
    ("let [", "a", "]=1"),
];

#[test]
fn nested_code_neither_overflows_nor_takes_long() {
    for (open, middle, close) in NESTS {
        for balanced in [true, false] {
            // Below the limit on what can nest, so that all of it is compiled.
            let times = LEVELS / open.len();
            let close = if balanced { close.repeat(times) } else { String::new() };
            let code = format!("{}{middle}{close}", open.repeat(times));
            let took = compiled("src/a.tsx", code);
            assert!(took < Duration::from_secs(5), "{open:?} took {took:?}");
        }
    }
}

#[test]
fn more_than_can_nest_is_refused_before_it_is_parsed() {
    compiled("src/a.tsx", "[".repeat(900_000));
}

#[test]
fn countless_imports_are_not_all_followed() {
    let names: String = (0..30_000).map(|number| format!("n{number},")).collect();
    let mut project = Project::new(Settings::default());
    project.load([
        file("index.html", b"<script type=module src=a.ts></script>"),
        file("a.ts", format!("export {{{names}}} from './b'").as_bytes()),
        file("b.ts", format!("export {{{names}}} from './c'").as_bytes()),
        file("c.ts", b"export {}"),
    ]);
    let kinds: Vec<_> = project.diagnostics().iter().map(|found| found.kind).collect();
    assert!(kinds.contains(&DiagnosticKind::Limit), "{kinds:?}");
    assert!(kinds.len() <= qv_webcore::limits::MAX_DIAGNOSTICS);
}

#[test]
fn nested_styles_pages_and_data_do_not_overflow() {
    compiled("src/a.css", "a{".repeat(300_000));
    compiled("src/a.css", "url(".repeat(200_000));
    compiled("src/a.module.css", ":global(.a ".repeat(90_000));
    compiled("src/a.json", "[".repeat(900_000));
    compiled("a.html", "<div>".repeat(190_000));
    compiled("src/A.vue", "<script>".repeat(100_000));
    compiled("tsconfig.json", "{\"a\":".repeat(30_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_in_any_file_are_survived(
        content in proptest::collection::vec(any::<u8>(), 0..200),
        extension in prop::sample::select(vec!["tsx", "ts", "js", "css", "module.css", "json", "html", "vue", "svelte", "env", "svg"]),
    ) {
        survive(extension, &content);
    }

    #[test]
    fn broken_code_in_any_file_is_survived(
        pieces in proptest::collection::vec(prop::sample::select(PIECES.to_vec()), 0..30),
        extension in prop::sample::select(vec!["tsx", "ts", "js", "css", "module.css", "json", "html", "vue", "svelte"]),
    ) {
        survive(extension, pieces.concat().as_bytes());
    }
}

/// Fragments that mean something to one of the languages.
const PIECES: [&str; 48] = [
    "import ",
    "export ",
    "default ",
    "from ",
    "'./a'",
    "\"react\"",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "</",
    "/>",
    "=",
    "=>",
    "`",
    "${",
    "'",
    "\"",
    "/",
    "*",
    "//",
    "/*",
    "*/",
    "\n",
    " ",
    ";",
    ":",
    ",",
    ".",
    "?",
    "@",
    "#",
    "import.meta.glob('./*')",
    "import.meta.hot.accept()",
    "import('./b')",
    "new URL('./c', import.meta.url)",
    "url(",
    "@import",
    "<script type=module>",
    "</script>",
    "<head>",
    "<style>",
    "const x",
    "é😀\u{FEFF}",
];

fn survive(extension: &str, content: &[u8]) {
    let mut project = Project::new(Settings { base: "/p".into(), ..Settings::default() });
    let path = format!("src/a.{extension}");
    let page =
        format!("<script type=module src=/{path}></script><link rel=stylesheet href={path}>");
    project.load([
        file("index.html", page.as_bytes()),
        file(&path, content),
        file("tsconfig.json", content),
        file("package.json", content),
        file("vite.config.ts", content),
        file("tailwind.config.js", content),
        file(".env", content),
    ]);
    for query in ["", "import", "raw", "url", "inline", "worker", "map", "part=1", "source"] {
        let _ = project.serve(&format!("/p/{path}?{query}"));
    }
    let _ = project.serve("/");
    let _ = project.map_position(&format!("http://x/p/{path}?t=1"), 2, 7);
    project.update([(FilePath::parse("index.html").unwrap(), Some(content.into()))]);
    let _ = project.serve("/?part=1");
    let text = String::from_utf8_lossy(content);
    let _ = project.serve(&text);
    let _ = project.map_position(&text, 1, 1);
    let _ = project.transform(&FilePath::parse(&path).unwrap(), &text, "http://x");
    let _ = (project.diagnostics(), project.package_imports(), project.uses_tailwind());
}

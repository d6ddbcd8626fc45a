use super::*;

fn names(path: &str, text: &str) -> Vec<String> {
    outline(path, text)
        .symbols
        .iter()
        .map(|symbol| {
            let sign = if symbol.exported { "+" } else { "" };
            format!("{sign}{}:{}-{}", symbol.name, symbol.lines.first, symbol.lines.last)
        })
        .collect()
}

#[test]
fn modules_are_told_by_their_symbols_and_imports() {
    let text = "import React from \"react\";\nimport { Ring } from './Ring';\n\n// Draws it.\nexport function Timer({ \
                minutes }: Props) {\n  const start = () => {\n    run();\n    go();\n  };\n  return <Ring />;\n}\n\
                export const useX = () => 1;\ninterface Props { minutes: number }\nexport { a as b } from './c';\n\
                const lazy = import('./Late');\n<Route path=\"/home\" />;\n";
    let found = outline("src/Timer.tsx", text);
    assert_eq!(found.imports, ["react", "./Ring", "./c", "./Late"]);
    assert_eq!(
        names("src/Timer.tsx", text),
        [
            "+Timer:4-11",
            "start:6-9",
            "+useX:12-12",
            "Props:13-13",
            "+b:14-14",
            "lazy:15-15",
            "/home:16-16"
        ]
    );
    let timer = found.symbols.iter().find(|symbol| symbol.name == "Timer").unwrap();
    assert_eq!(timer.kind, SymbolKind::Component);
    assert!(timer.signature.contains("{ minutes }: Props"), "{}", timer.signature);
}

#[test]
fn prototypes_and_objects_are_read_too() {
    let text = "function Game(size) {\n  this.size = size;\n}\nGame.prototype.move = function (to) {\n  return to;\n};\n\
                module.exports = {\n  start: function () {\n    return 1;\n  },\n};\n";
    assert_eq!(
        names("js/game.js", text),
        ["Game:1-3", "Game.move:4-6", "+exports:7-11", "start:8-10"]
    );
}

#[test]
fn other_languages_have_outlines() {
    let css = "@import \"./base.css\";\n.card {\n  color: red;\n}\n@media print {\n  .card a { color: black }\n}\n";
    assert_eq!(outline("a.css", css).imports, ["./base.css"]);
    assert!(names("a.css", css).contains(&".card:2-4".to_owned()), "{:?}", names("a.css", css));
    let html = "<html>\n<head><script src=\"js/a.js\"></script></head>\n<body>\n<div id=\"app\"></div>\n</body>\n</html>\n";
    assert_eq!(outline("a.html", html).imports, ["js/a.js"]);
    assert_eq!(names("a.html", html), ["app:4-4"]);
    assert_eq!(
        names("a.json", "{\n  \"name\": 1,\n  \"scripts\": {\n  }\n}\n"),
        ["name:2-2", "scripts:3-4"]
    );
    assert_eq!(names("a.md", "# Title\n\ntext\n"), ["Title:1-1"]);
}

#[test]
fn component_files_are_read_block_by_block() {
    let vue = "<template>\n  <div id=\"top\">{{ name }}</div>\n</template>\n\n<script setup lang=\"ts\">\nimport { ref } \
               from 'vue';\nconst name = ref('');\nfunction save() {\n  go();\n}\n</script>\n\n<style scoped>\n.top { \
               color: red; }\n</style>\n";
    let found = outline("src/A.vue", vue);
    assert_eq!(found.imports, ["vue"]);
    let names = names("src/A.vue", vue);
    for expected in
        ["<template>:1-3", "top:2-2", "<script>:5-11", "name:7-7", "save:8-10", ".top:14-14"]
    {
        assert!(names.contains(&expected.to_owned()), "{expected} in {names:?}");
    }
    let svelte = "<script>\nlet a = 1;\n</script>\n\n<p id=\"x\">{a}</p>\n";
    assert!(
        outline("A.svelte", svelte)
            .symbols
            .iter()
            .any(|symbol| symbol.name == "x" && symbol.lines.first == 5)
    );
}

/// Every line is in exactly one chunk, in order.
fn assert_covers(path: &str, text: &str) {
    let found = outline(path, text);
    let mut next = 1;
    for chunk in &found.chunks {
        assert_eq!(chunk.first, next, "{path}");
        assert!(chunk.last >= chunk.first, "{path}");
        next = chunk.last + 1;
    }
    assert_eq!(next, line_count(text) + 1, "{path}");
    for symbol in &found.symbols {
        assert!(
            symbol.lines.first >= 1 && symbol.lines.last >= symbol.lines.first,
            "{path} {symbol:?}"
        );
    }
}

#[test]
fn a_file_of_100_000_lines_is_read_and_cut() {
    for path in ["a.tsx", "a.css", "a.html", "a.json", "a.vue", "a.txt"] {
        let text: String = (0..100_000).map(|at| format!("export const v{at} = {at};\n")).collect();
        assert_covers(path, &text);
        // Just short enough to be parsed.
        let nested = format!("{}{}", "(".repeat(50_000), "\n)".repeat(50_000));
        assert_covers(path, &nested);
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_cut_whole(
        text in "[a-z<>/{}()\"'=;:.#@ \\n\\r\u{e9}]{0,400}",
        ending in proptest::sample::select(vec!["ts", "tsx", "css", "html", "json", "vue", "svelte", "md"]),
    ) {
        assert_covers(&format!("a.{ending}"), &text);
    }
}

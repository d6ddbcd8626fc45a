//! Names, hooks, what is nothing.

use super::{errors, found, rules};
use crate::lint;

#[test]
fn names_that_are_declared_nowhere_throw() {
    assert_eq!(
        rules("export function App() { return <p>{undefinedThing()}</p>; }"),
        ["undeclared"]
    );
    assert_eq!(rules("export const A = () => <Missing />;"), ["undeclared"]);
    for code in [
        "export const a = () => window.innerWidth + Math.max(1, structuredClone(2));",
        "export const a = typeof gtagged === 'undefined' ? 0 : gtagged;",
        "declare const BUILD: string;\nexport const a = BUILD;",
        "export type A = Missing; export let a: Other | null = null;",
        "window.mine = 1;\nexport const a = mine;",
        "export const a = process.env.NODE_ENV;",
    ] {
        assert_eq!(rules(code), [""; 0], "{code}");
    }
    // A script of another host declares what it likes.
    let page = "<div id=root></div><script src=\"https://cdn.example/x.js\"></script>";
    assert_eq!(
        found(lint, &[("index.html", page), ("src/a.ts", "export const a = cdnThing();")]),
        [""; 0]
    );
    // What `define` of the bundler puts in.
    let config = "export default { define: { __VERSION__: '1' } }";
    assert_eq!(
        found(lint, &[("vite.config.ts", config), ("src/a.ts", "export const a = __VERSION__;")]),
        [""; 0]
    );
}

#[test]
fn only_what_a_page_reaches_has_errors() {
    let app =
        "import { a } from './lib/a';\nconst b = () => import(\"@/b\");\nexport const c = [a, b];";
    let code = "export const a = () => missingThing();";
    for path in ["src/lib/a.ts", "src/b.ts"] {
        let expected = [format!("undeclared {path}:1")];
        assert_eq!(errors(&[("src/App.tsx", app), (path, code)]), expected);
    }
    for path in [
        "src/left.ts",
        "src/setupTests.ts",
        "supabase/functions/a/index.ts",
        "public/a.js",
        "functions/a.js",
    ] {
        assert_eq!(errors(&[("src/App.tsx", app), (path, code)]), [""; 0], "{path}");
        assert_eq!(found(lint, &[(path, code)]), [format!("undeclared {path}:1")], "{path}");
    }
    let types = "import type { A } from './left';\nexport let a: A | undefined;";
    assert_eq!(errors(&[("src/App.tsx", types), ("src/left.ts", code)]), [""; 0]);
    for code in [
        "importScripts('/lib.js');\nexport const a = fromLib();",
        "export const key = Deno.env.get('KEY') ?? Bun.env.KEY;",
        "chrome.runtime.onMessage.addListener(() => {});",
        "describe('a', () => { it('b', () => { vi.fn(); expect(1).toBe(1); }); });",
    ] {
        assert_eq!(rules(code), [""; 0], "{code}");
    }
    let config = "import AutoImport from 'unplugin-auto-import/vite';\nexport default { plugins: [AutoImport()] };";
    assert_eq!(found(lint, &[("vite.config.ts", config), ("src/left.ts", code)]), [""; 0]);
    assert_eq!(found(lint, &[("src/a.svelte.ts", "export const a = $state(1);")]), [""; 0]);
}

#[test]
fn what_is_never_used_is_told() {
    assert_eq!(rules("import { a, b } from './x';\nexport const c = a;"), ["unused-import"]);
    assert_eq!(rules("function f() {}\nconst g = 1;\nexport const h = 2;"), ["unused", "unused"]);
    for code in [
        "import React from 'react';\nexport const A = () => <p />;",
        "import type { T } from './t';\nexport const a: T = 1;",
        "import './x.css';\nexport default function App() { return null; }",
        "const [a, setB] = pair();\nexport const c = a;\nfunction pair() { return [1, 2]; }",
        "const _left = 1;\nexport function f(unused: number) { return 1; }",
        "import { Box } from './x';\nexport const A = () => <Box />;",
        "function f() {}\nexport { f };",
    ] {
        assert_eq!(rules(code), [""; 0], "{code}");
    }
}

#[test]
fn constants_are_not_assigned() {
    assert_eq!(
        rules("const a = 1;\nexport function f() { a = 2; return a; }"),
        ["constant-assigned"]
    );
    assert_eq!(rules("let a = 1;\nexport function f() { a = 2; return a; }"), [""; 0]);
}

#[test]
fn reading_from_nothing_throws() {
    for code in [
        "const user = null;\nexport const App = () => <p>{user.name}</p>;",
        "export const a = (null).x;",
        "import { useState } from 'react';\nexport function App() { const [items, setItems] = useState(null);\nreturn <ul onClick={() => setItems([])}>{items.length}</ul>; }",
        "import { useState } from 'react';\nexport function App() { const [list] = useState<string[]>();\nreturn <p>{list!.join()}</p>; }",
    ] {
        assert_eq!(rules(code), ["null-access"], "{code}");
    }
    for code in [
        "let user: { name: string } | null = null;\nexport function f() { user = { name: 'a' }; return user.name; }",
        "const user = null;\nexport const a = user?.name;",
        "import { useState } from 'react';\nexport function App() { const [items] = useState(null);\nif (!items) return null;\nreturn <ul>{items.length}</ul>; }",
        "import { useState } from 'react';\nexport function App() { const [items] = useState(null);\nreturn <ul>{items && items.length}</ul>; }",
        "import { useState } from 'react';\nexport function App() { const [items] = useState(null);\nconst f = () => items.length;\nreturn <ul onClick={f} />; }",
    ] {
        assert_eq!(rules(code), [""; 0], "{code}");
    }
}

#[test]
fn only_what_surely_throws_is_an_error() {
    for code in [
        "const user = null;\nexport const name = user.name;",
        "export function f() { const user = null;\nreturn user.name; }",
        "export const a = (null).x;",
    ] {
        assert_eq!(errors(&[("src/App.tsx", code)]).len(), 1, "{code}");
    }
    for code in [
        "const user = null;\nexport function f() { if (!user) return 0;\nreturn user.name; }",
        "const user = null;\nexport function f() { if (!user) throw new Error();\nreturn user.name; }",
        "const user = null;\nexport const App = () => { switch (user) { case null: return 0; }\nreturn user.name; };",
        "const user = null;\nexport const f = () => { try { return 1; } catch { return 2; }\nreturn user.name; };",
        "const user = null;\nexport const A = ({ all }) => user ? all.map(() => user.name) : 0;",
        "import { useState } from 'react';\nexport function App({ x }) { const [items] = useState(null);\nswitch (x) { case 1: return null; default: throw new Error(); }\nreturn <ul>{items.length}</ul>; }",
        "import { useState } from 'react';\nexport function App({ all }) { const [items] = useState(null);\nfor (const one of all) { if (one) return null; }\nreturn <ul>{items.length}</ul>; }",
    ] {
        assert_eq!(rules(code), [""; 0], "{code}");
    }
    for code in [
        "const user = null;\nexport const f = () => user.name;",
        "const user = null;\nassert(user);\nexport const name = user.name;\nfunction assert(x) { return x; }",
        "let user = null;\nexport const name = user.name;",
        "export const a = (x) => x && (null).x;",
    ] {
        assert_eq!(errors(&[("src/App.tsx", code)]), [""; 0], "{code}");
        assert_eq!(rules(code), ["null-access"], "{code}");
    }
    // Templates and handlers assign to what scripts of components and pages declare.
    let svelte = "<script>\nlet box = null;\nfunction f() { return box.offsetWidth; }\n</script>\n<div bind:this={box} on:click={f}>a</div>";
    let page = "<script>let user = null; function f() { return user.name; }</script><p onclick=\"user = {}; f()\">a</p>";
    assert_eq!(found(lint, &[("src/A.svelte", svelte), ("page.html", page)]), [""; 0]);
}

#[test]
fn an_element_that_is_not_there_is_nothing() {
    let script = "document.getElementById(\"rooot\").textContent = 'a';";
    let page = "<div id=\"root\"></div>";
    assert_eq!(
        found(lint, &[("index.html", page), ("src/a.ts", script)]),
        ["missing-element src/a.ts:1"]
    );
    let guarded = "const a = document.getElementById(\"rooot\");\nif (a) a.textContent = 'a';";
    assert_eq!(
        found(lint, &[("index.html", page), ("src/a.ts", guarded)]),
        ["missing-element src/a.ts:1"]
    );
    let script = script.replace("rooot", "root");
    assert_eq!(found(lint, &[("index.html", page), ("src/a.ts", &script)]), [""; 0]);
}

#[test]
fn hooks_are_called_in_order() {
    let with = |body: &str| {
        format!(
            "import {{ useState, useMemo }} from 'react';\nexport const all = [useState, useMemo];\n{body}"
        )
    };
    for body in [
        "export function App({ a }) { if (a) { useState(1); } return null; }",
        "export function App({ a }) { if (!a) return null;\nuseState(1); return null; }",
        "export function App({ all }) { for (const one of all) useMemo(() => one, [one]); return null; }",
        "export const App = ({ a }) => { a && useState(1); return null; };",
    ] {
        assert_eq!(rules(&with(body)), ["conditional-hook"], "{body}");
    }
    for body in [
        "export function App() { const [a] = useState(1); if (a) return null; return <p />; }",
        "export function useX() { return useMemo(() => 1, []); }",
        "export function App({ a }) { const b = useMemo(() => a ? 1 : 2, [a]) ?? 2; return b; }",
        "export function App({ a }) { if (useX(a)) return null; return <p />; }\nfunction useX(a) { return a; }",
        "export const make = (a) => { if (a) return () => useState(1); };",
    ] {
        assert_eq!(rules(&with(body)), [""; 0], "{body}");
    }
}

#[test]
fn effects_end() {
    let with = |effect: &str| {
        format!(
            "import {{ useState, useEffect }} from 'react';\nexport function App() {{ const [n, setN] = useState(0); {effect}\nreturn n; }}"
        )
    };
    for effect in [
        "useEffect(() => { setN(n + 1); });",
        "useEffect(() => setN((n) => n + 1));",
        "useEffect(() => { setN({ n }); });",
    ] {
        assert_eq!(rules(&with(effect)), ["endless-effect"], "{effect}");
        assert_eq!(errors(&[("src/App.tsx", &with(effect))]).len(), 1, "{effect}");
    }
    for effect in [
        "useEffect(() => { setN(n + 1); }, []);",
        "useEffect(() => { setN(5); });",
        "useEffect(() => { if (n < 3) setN(n + 1); });",
        "useEffect(() => { if (n > 3) return; setN(n + 1); });",
        "useEffect(() => { for (const a of [n]) { if (a) return; } setN(n + 1); });",
        "const m = 3; useEffect(() => { setN(m + 1); });",
        "useEffect(() => { setN(n * 1); });",
        "useEffect(() => setN((p) => n + 1));",
        "useEffect(() => { const t = setTimeout(() => setN(n + 1)); return () => clearTimeout(t); });",
    ] {
        assert_eq!(rules(&with(effect)), [""; 0], "{effect}");
    }
}

#[test]
fn lists_have_keys() {
    assert_eq!(
        rules("export const A = ({ all }) => <ul>{all.map((one) => <li>{one}</li>)}</ul>;"),
        ["missing-key"]
    );
    assert_eq!(
        rules("export const A = ({ all }) => <ul>{all.map((one) => { return <>{one}</>; })}</ul>;"),
        ["missing-key"]
    );
    assert_eq!(
        rules(
            "export const A = ({ all }) => <ul>{all.map((one) => <li key={one}>{one}</li>)}</ul>;"
        ),
        [""; 0]
    );
    assert_eq!(
        rules("export const A = ({ all }) => <ul>{all.map((one) => <li {...one} />)}</ul>;"),
        [""; 0]
    );
}

#[test]
fn components_get_what_their_types_ask_for() {
    let row = "interface Props { title: string; onDone: () => void; note?: string }\n\
               export function Row({ title, onDone, note }: Props) { return <p onClick={onDone}>{title}{note}</p>; }\n";
    let app =
        |uses: &str| format!("import {{ Row }} from './Row';\nexport const App = () => {uses};");
    for (uses, expected) in [
        ("<Row title=\"a\" />", vec!["missing-property src/App.tsx:2"]),
        (
            "<Row title=\"a\" onDune={() => {}} />",
            vec!["missing-property src/App.tsx:2", "unknown-property src/App.tsx:2"],
        ),
        ("<Row key=\"1\" title=\"a\" onDone={() => {}} data-x=\"1\" />", vec![]),
        ("<Row {...{} as any} />", vec![]),
    ] {
        assert_eq!(
            found(lint, &[("src/Row.tsx", row), ("src/App.tsx", &app(uses))]),
            expected,
            "{uses}"
        );
    }
    // What extends another type is not known as a whole.
    let open = "interface Props extends Other { title: string }\ntype Other = object;\nexport function Row(p: Props) { return <p>{p.title}</p>; }\n";
    assert_eq!(
        found(lint, &[("src/Row.tsx", open), ("src/App.tsx", &app("<Row x=\"1\" />"))]),
        [""; 0]
    );
}

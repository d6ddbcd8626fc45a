//! Classes, custom properties, sheets, Tailwind.

use super::found;
use crate::lint;

const CSS: &str = ".task-row { color: red }\n.task-list { margin: 0 }\n";

fn app(css: &str, code: &str) -> Vec<String> {
    let main = format!("import './app.css';\n{code}");
    found(lint, &[("src/app.css", css), ("src/App.tsx", &main)])
}

#[test]
fn classes_are_in_a_sheet() {
    let code =
        "export const A = () => <ul className=\"task-list\"><li className=\"taskrow\" /></ul>;";
    assert_eq!(app(CSS, code), ["unknown-class src/App.tsx:2"]);
    for code in [
        "export const A = () => <ul className=\"task-list\"><li className=\"task-row\" /></ul>;",
        "export const A = () => <ul className=\"task-list\"><li className=\"something-else\" /></ul>;",
        "export const A = ({ n }) => <ul className=\"task-list\"><li className={`task-ro${n}`} /></ul>;",
        "export const A = () => <ul className=\"task-list\"><li className=\"taskrow\" /></ul>;\ndocument.querySelector('.taskrow');",
    ] {
        assert_eq!(app(CSS, code), [""; 0], "{code}");
    }
    // Other sheets have classes that nobody here knows.
    let code = "import 'bootstrap/dist/css/bootstrap.css';\nexport const A = () => <ul className=\"task-list\"><li className=\"taskrow\" /></ul>;";
    assert_eq!(app(CSS, code), [""; 0]);
}

#[test]
fn custom_properties_are_set() {
    let code = "export const A = () => <p style={{ '--size': 3 }} />;";
    assert_eq!(
        app(":root { --accent: red }\np { color: var(--acent) }", code),
        ["unknown-variable src/app.css:2"]
    );
    assert_eq!(
        app(
            ":root { --accent: red }\np { color: var(--accent); width: var(--size); height: var(--h, 1px) }",
            code
        ),
        [""; 0]
    );
    let computed = "export const A = ({ k }) => { document.body.style.setProperty(`--k-${k}`, '1'); return null; };";
    assert_eq!(app(":root { --accent: red }\np { color: var(--k-one) }", computed), [""; 0]);
}

#[test]
fn sheets_are_loaded() {
    let main = "export const A = () => <p />;";
    assert_eq!(
        found(lint, &[("src/app.css", CSS), ("src/App.tsx", main)]),
        ["unused-sheet src/app.css:1"]
    );
    let talked = "// Colours are in app.css.\nexport const A = () => <p />;";
    assert_eq!(
        found(lint, &[("src/app.css", CSS), ("src/App.tsx", talked)]),
        ["unused-sheet src/app.css:1"]
    );
    let page = "<link rel=\"stylesheet\" href=\"/src/app.css\">";
    assert_eq!(found(lint, &[("src/app.css", CSS), ("index.html", page)]), [""; 0]);
    assert_eq!(
        found(
            lint,
            &[
                ("src/app.css", "@import './b.css';"),
                ("src/b.css", CSS),
                ("src/a.ts", "import './app.css';")
            ]
        ),
        [""; 0]
    );
}

#[test]
fn slips_in_tailwind_are_told() {
    let css = "@import \"tailwindcss\";\n@theme { --color-surface: #fff; --color-muted: #999; }\n.tile { color: red }\n:root { --accent: red; --x: blue }";
    let code = |names: &str| format!("export const A = () => <p className=\"{names}\" />;");
    for names in [
        "flex itms-center p-2",
        "bg-surfce p-2 text-sm",
        "hover:bg-surfce/50 p-2 flex",
        "gird gap-2 p-1",
        "flex text-mutd gap-1",
        "ronded-lg p-2",
    ] {
        assert_eq!(app(css, &code(names)), ["unknown-class src/App.tsx:2"], "{names}");
    }
    for names in [
        "flex items-center gap-2 md:grid-cols-[1fr_2fr] -mt-1 !p-2 p-2!",
        "bg-surface/50 text-muted border-line tile",
        "group peer js-hook my-widget",
        "text-(--accent) bg-[var(--x)] size-4 tabular-nums",
        "text-lime-500 border-l-2 from-sky-500 animate-spin",
        "space-y-4 divide-y leading-relaxed tracking-tight backdrop-blur-sm line-clamp-2",
    ] {
        assert_eq!(app(css, &code(names)), [""; 0], "{names}");
    }
    // Lists stand outside of attributes, too.
    let list = "export const INPUT = 'h-9 w-full rounded-lg bg-surfce px-3';";
    assert_eq!(app(css, list), ["unknown-class src/App.tsx:2"]);
}

//! Ids, assets, routes, ARIA.

use qv_domain::FilePath;

use super::{errors, found, rules};
use crate::{App, lint};

#[test]
fn aria_is_spelled_as_aria_has_it() {
    assert_eq!(rules("export const A = () => <nav aria-lable=\"Main\" />;"), ["aria-attribute"]);
    assert_eq!(rules("export const A = () => <div role=\"buton\">x</div>;"), ["role"]);
    assert_eq!(
        rules("export const A = () => <div role=\"dialog\" aria-label=\"x\" aria-modal />;"),
        [""; 0]
    );
    assert_eq!(
        found(lint, &[("index.html", "<main aria-hiden=\"true\"></main>")]),
        ["aria-attribute index.html:1"]
    );
    assert_eq!(
        found(lint, &[("src/A.vue", "<template><p :aria-label=\"x\" v-if=\"y\">a</p></template>")]),
        [""; 0]
    );
}

#[test]
fn what_is_pressed_or_looked_at_has_a_name() {
    let icon = "import { Trash2 } from 'lucide-react';\n";
    for code in [
        "export const A = () => <img src={x} />; declare const x: string;",
        "export const A = () => <button onClick={() => {}}></button>;",
        "export const A = () => <a href=\"/x\"><svg><path /></svg></a>;",
        &format!("{icon}export const A = () => <button><Trash2 size={{3}} /></button>;"),
    ] {
        assert_eq!(rules(code), ["nameless"], "{code}");
    }
    for code in [
        "export const A = () => <img src=\"https://x.example/a.png\" alt=\"\" />;",
        "export const A = ({ label }) => <button>{label}</button>;",
        "export const A = (p) => <button {...p} />;",
        &format!("{icon}export const A = () => <button aria-label=\"Delete\"><Trash2 /></button>;"),
        &format!(
            "{icon}export const A = () => <button><Trash2 /><span className=\"sr-only\">Delete</span></button>;"
        ),
        &format!("{icon}export const A = () => <button><Trash2 aria-label=\"Delete\" /></button>;"),
        "import { Icon } from './Icon';\nexport const A = () => <button><Icon /></button>;",
    ] {
        assert_eq!(rules(code), [""; 0], "{code}");
    }
    assert_eq!(
        found(
            lint,
            &[(
                "index.html",
                "<button></button><button><i class=x></i></button><button>a</button>"
            )]
        )
        .len(),
        2
    );
}

#[test]
fn what_refers_to_an_id_finds_it() {
    for (code, rule) in [
        (
            "export const A = () => <><label htmlFor=\"nmae\">N</label><input id=\"name\" /></>;",
            "label-target",
        ),
        (
            "export const A = () => <><h2 id=\"title\">T</h2><div aria-labelledby=\"titel\" /></>;",
            "aria-target",
        ),
        (
            "export const A = () => <><a href=\"#pricng\">P</a><section id=\"pricing\" /></>;",
            "link-target",
        ),
        (
            "export const A = () => <><a href=\"#content\">Skip to content</a><main id=\"main\" /></>;",
            "link-target",
        ),
        ("export const A = () => <div><p id=\"a1\" /><p id=\"a1\" /></div>;", "duplicate-id"),
    ] {
        assert_eq!(rules(code), [rule], "{code}");
    }
    for code in [
        "export const A = () => <><label htmlFor=\"name\">N</label><input id=\"name\" /></>;",
        "export const A = ({ n }) => <><label htmlFor=\"row-1\">N</label><input id={`row-${n}`} /></>;",
        "export const A = () => <><a href=\"#top\">P</a><a href=\"#\">Q</a></>;",
        "const all = ['pricing'];\nexport const A = () => <><a href=\"#pricing\">P</a>{all.map((id) => <section key={id} id={id} />)}</>;",
        "export const A = ({ n }) => n ? <p id=\"a1\" /> : <b id=\"a1\" />;",
        "export const A = () => <a href=\"#/about\">P</a>;",
        "export const A = ({ slug }) => <><a href=\"#x1\">P</a><h2 id={slug('X 1')} /></>;",
    ] {
        assert_eq!(rules(code), [""; 0], "{code}");
    }
}

#[test]
fn assets_are_there() {
    let page = "<div id=\"root\"></div>";
    let code = "export const A = () => <img alt=\"\" src=\"/hero.png\" />;";
    assert_eq!(
        found(lint, &[("index.html", page), ("src/A.tsx", code)]),
        ["missing-asset src/A.tsx:1"]
    );
    assert_eq!(
        found(lint, &[("index.html", "<link rel=\"icon\" href=\"/nope.svg\">")]),
        ["missing-asset index.html:1"]
    );
    assert_eq!(errors(&[("src/App.tsx", code)]), ["missing-asset src/App.tsx:1"]);
    assert_eq!(errors(&[("about.html", "<link rel=\"icon\" href=\"/nope.svg\">")]), [""; 0]);
    let (page_path, code_path) =
        (FilePath::parse("index.html").unwrap(), FilePath::parse("src/A.tsx").unwrap());
    let picture = FilePath::parse("public/hero.png").unwrap();
    let app = App::new([(&page_path, page), (&code_path, code)], [&picture]);
    assert_eq!(lint(&app), []);
    let code = code.replace("/hero.png", "../hero.png");
    let app = App::new([(&page_path, page), (&code_path, &code)], [&picture]);
    assert_eq!(lint(&app), []);
    let code = code.replace("../hero.png", "/hero.png");
    for address in [
        "https://x.example/a.png",
        "data:image/png;base64,AA",
        "/about",
        "//cdn.example/a.png",
        "/api/a.png",
        "{x}.png",
    ] {
        let code = code.replace("/hero.png", address);
        assert_eq!(
            found(lint, &[("index.html", page), ("src/A.tsx", &code)]),
            [""; 0],
            "{address}"
        );
    }
}

#[test]
fn links_lead_to_routes() {
    let app = |link: &str, extra: &str| {
        format!(
            "import {{ Routes, Route, Link, useNavigate }} from 'react-router-dom';\n\
             export const A = () => {{ const navigate = useNavigate(); return <><Link to=\"{link}\">x</Link>\
             <button onClick={{() => navigate(\"/\")}}>h</button><Routes><Route path=\"/\" element={{<p />}} />\
             <Route path=\"users\"><Route path=\":id\" element={{<p />}} /></Route>{extra}\
             <Route path=\"*\" element={{<p />}} /></Routes></>; }};"
        )
    };
    assert_eq!(rules(&app("/user/1", "")), ["dead-route"]);
    for link in ["/users/1", "/users", "/?a=1#b", "relative", "https://x.example"] {
        assert_eq!(rules(&app(link, "")), [""; 0], "{link}");
    }
    assert_eq!(rules(&app("/other", "<Route path={`/${1}`} element={<p />} />")), [""; 0]);
    let objects = "import { createBrowserRouter, Link } from 'react-router';\n\
                   export const r = createBrowserRouter([{ path: '/', element: <p />, children: [{ path: 'a', element: <p /> }] }]);\n\
                   export const A = () => <><Link to=\"/a\">a</Link><Link to=\"/b\">b</Link></>;";
    assert_eq!(found(lint, &[("src/App.tsx", objects)]), ["dead-route src/App.tsx:3"]);
}

//! Secrets, security, packages.

use super::{found, warned};
use crate::{App, Level, guards, is_well_known, look_alike};
use base64::Engine as _;
use qv_domain::FilePath;

/// Keys for tests are put together here, so that no scanner takes this file for a leak.
fn key(prefix: &str) -> String {
    format!("{prefix}{}", "a8Kd03jfL2mQ9xZ7vB1nR5tY6wE4uH8sPcG2".repeat(3))
}

fn levels(text: &str) -> Vec<(&'static str, Level)> {
    let path = FilePath::parse("src/a.ts").unwrap();
    let app = App::new([(&path, text)], []);
    guards(&app).into_iter().map(|one| (one.rule, one.level)).collect()
}

fn token(role: &str) -> String {
    let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        part("{\"alg\":\"HS256\"}"),
        part(&format!("{{\"role\":\"{role}\",\"iat\":1700000000}}")),
        part("0123456789abcdef0123")
    )
}

#[test]
fn keys_in_files_are_found() {
    for prefix in [
        "sk-",
        "sk-ant-",
        "sk-proj-",
        "ghp_",
        "github_pat_",
        "AKIA",
        "xoxb-",
        "sk_live_",
        "AIza",
        "glpat-",
    ] {
        let text = format!("const key = \"{}\";", key(prefix));
        assert_eq!(levels(&text), [("secret", Level::Critical)], "{prefix}");
    }
    assert_eq!(
        levels(&format!("x = \"{}\"", token("service_role"))),
        [("secret", Level::Critical)]
    );
    let block = format!("-----BEGIN RSA {} KEY-----\n{}\n-----END", "PRIVATE", "Ab3".repeat(40));
    assert_eq!(levels(&block), [("secret", Level::Critical)]);
    assert_eq!(
        levels("const u = \"postgres://ada:s3cretpw@db.example.com/x\";"),
        [("secret", Level::Critical)]
    );
    assert_eq!(levels("const password = \"hunter22x\";"), [("secret-value", Level::Warning)]);
}

#[test]
fn what_is_public_is_a_note_and_what_is_none_is_nothing() {
    assert_eq!(
        levels(&format!("const k = \"{}\";", key("pk_live_"))),
        [("public-key", Level::Note)]
    );
    assert_eq!(levels(&format!("x = \"{}\"", token("anon"))), [("public-key", Level::Note)]);
    let firebase =
        format!("const firebaseConfig = {{ apiKey: \"{}\", authDomain: \"x\" }};", key("AIza"));
    assert_eq!(levels(&firebase), [("public-key", Level::Note)]);
    for text in [
        "const key = \"your-api-key\";",
        "const key = \"sk-your-key-goes-here-0123456789012345\";",
        "const key = import.meta.env.VITE_KEY;",
        "<input type=\"password\" autoComplete=\"current-password\" />",
        "const labels = { password: \"Password\", secret: \"Your secret word\" };",
        "const url = \"postgres://user:password@localhost/x\";",
        ".sk-circle-fade-dot-with-a-very-long-name-indeed { color: red }",
        "const hash = \"0f3a9c1e7b2d4f6a8c0e1b3d5f7a9c2e\";",
        "password: z.string().min(8)",
    ] {
        assert_eq!(levels(text), [], "{text}");
    }
}

#[test]
fn files_of_the_environment_are_read() {
    assert_eq!(found(guards, &[(".env", "DB_PASSWORD=hunter22x\n")]), ["secret-value .env:1"]);
    assert_eq!(found(guards, &[(".env.example", "DB_PASSWORD=hunter22x\n")]), [""; 0]);
}

#[test]
fn code_that_lets_strangers_in_is_told() {
    for (code, rule) in [
        (
            "export const A = ({ html }) => <p dangerouslySetInnerHTML={{ __html: html }} />;",
            "inner-html",
        ),
        ("export function f(el, text) { el.innerHTML = `<b>${text}</b>`; }", "inner-html"),
        ("export function f(el, text) { el.insertAdjacentHTML('beforeend', text); }", "inner-html"),
        (
            "export async function f() { const t = await g(); document.write(t); } declare function g(): Promise<string>;",
            "inner-html",
        ),
        ("export const f = (x) => eval(x);", "eval"),
        ("export const f = (x) => new Function(x)();", "eval"),
        ("setTimeout('go()', 10); export {};", "eval"),
        ("export const A = ({ u }) => <a target=\"_blank\" href={u}>x</a>;", "open-target"),
        ("export const A = () => <a href=\"javascript:go()\">x</a>;", "script-address"),
        ("export const f = (d) => parent.postMessage(d, '*');", "message-to-all"),
        ("export const f = (t) => localStorage.setItem('authToken', t);", "stored-token"),
        ("export const token = Math.random().toString(36);", "weak-random"),
        ("export const f = () => fetch('http://api.example.com/x');", "plain-http"),
    ] {
        assert_eq!(warned(code), [rule], "{code}");
    }
    for code in [
        "export const A = () => <p dangerouslySetInnerHTML={{ __html: '<b>x</b>' }} />;",
        "import D from 'dompurify';\nexport const A = ({ html }) => <p dangerouslySetInnerHTML={{ __html: D.sanitize(html) }} />;",
        "import { icons } from './icons';\nexport function f(el, on) { el.innerHTML = on ? icons.on : icons.off; }",
        "export function f(el) { el.innerHTML = ''; }",
        "export const A = ({ u }) => <a target=\"_blank\" rel=\"noreferrer\" href={u}>x</a>;",
        "export const f = (w, d) => w.postMessage(d);",
        "export const f = (t) => localStorage.setItem('tasks', t);",
        "export const id = Math.random().toString(36);",
        "export const f = () => fetch('http://localhost:3000/x');",
        "export const f = () => setTimeout(() => {}, 10);",
    ] {
        assert_eq!(warned(code), [""; 0], "{code}");
    }
    assert_eq!(
        found(guards, &[("src/A.vue", "<template>\n<p v-html=\"x\" /></template>")]),
        ["inner-html src/A.vue:2"]
    );
    assert_eq!(
        found(guards, &[("src/A.svelte", "<p>{@html x}</p>")]),
        ["inner-html src/A.svelte:1"]
    );
}

#[test]
fn packages_that_look_like_others_are_told() {
    for (name, meant) in [
        ("loadsh", "lodash"),
        ("expres", "express"),
        ("react_dom", "react-dom"),
        ("axxios", "axios"),
        ("recat-router", "react-router"),
    ] {
        assert_eq!(look_alike(name), Some(meant), "{name}");
    }
    for name in [
        "preact",
        "react",
        "nuxt",
        "next",
        "lodash-es",
        "@scope/raect",
        "my-own-thing",
        "d3",
        "redux",
        "ky",
    ] {
        assert_eq!(look_alike(name), None, "{name}");
    }
    let manifest = "{\n \"dependencies\": {\n  \"react\": \"19\",\n  \"loadsh\": \"1\"\n }\n}";
    assert_eq!(found(guards, &[("package.json", manifest)]), ["look-alike package.json:4"]);
}

/// No well-known name may be taken for another's.
#[test]
fn the_list_does_not_accuse_itself() {
    for name in include_str!("../../data/popular.txt").lines().filter(|line| !line.starts_with('#'))
    {
        assert!(is_well_known(name) && look_alike(name).is_none(), "{name}");
    }
}

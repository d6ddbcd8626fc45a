//! What open pages are told after an edit.

use crate::support::*;
use proptest::prelude::*;
use qv_webcore::{DiagnosticKind, Package, Project};

#[test]
fn a_component_is_replaced_in_place() {
    let mut project = project(react_app());
    let patch = edit(
        &mut project,
        "src/components/Button.tsx",
        &BUTTON.replace("<button", "<button title=\"x\""),
    );
    assert_eq!(hot(&patch), [format!("/src/components/Button.tsx?t={}", patch.revision)]);
    assert!(!patch.reload);
    // A page that loads now gets the same module once, whoever imports it.
    assert!(text(&project, "/src/App.tsx").contains(&patch.hot[0].url));
    assert!(text(&project, "/").contains(&patch.hot[0].url));
}

#[test]
fn anything_else_is_replaced_through_the_components_that_use_it() {
    let mut project = project(react_app());
    let patch = edit(&mut project, "src/util.ts", &UTIL.replace("count", "number"));
    assert_eq!(hot(&patch), [format!("/src/App.tsx?t={}", patch.revision)]);
    let app = text(&project, &patch.hot[0].url);
    assert!(app.contains(&format!("\"/src/util.ts?t={}\"", patch.revision)), "{app}");
}

#[test]
fn without_a_component_on_the_way_the_page_loads_again() {
    let mut project = project(react_app());
    assert!(edit(&mut project, "src/main.tsx", &format!("{MAIN}\nconsole.log(1)")).reload);
    assert!(edit(&mut project, "index.html", &PAGE.replace("<title>t", "<title>u")).reload);
    // A module that exports more than components is no boundary, and neither is one that was not.
    let mixed = format!("{BUTTON}\nexport const size = 1");
    let patch = edit(&mut project, "src/components/Button.tsx", &mixed);
    assert_eq!(hot(&patch), [format!("/src/App.tsx?t={}", patch.revision)]);
    let patch = edit(&mut project, "src/components/Button.tsx", BUTTON);
    assert_eq!(hot(&patch), [format!("/src/App.tsx?t={}", patch.revision)]);
}

#[test]
fn an_edit_that_changes_nothing_at_run_time_is_no_update() {
    let mut project = project(react_app());
    let patch = edit(
        &mut project,
        "src/util.ts",
        &UTIL.replace("export type Label = string", "// c\nexport type Label = `a`"),
    );
    assert_eq!((hot(&patch), patch.reload), (vec![], false));
    let before = project.revision();
    assert_eq!(edit(&mut project, "src/App.tsx", APP).revision, before);
    let patch = edit(&mut project, "README.md", "hello");
    assert_eq!((hot(&patch), patch.reload), (vec![], false));
    assert!(edit(&mut project, "public/logo.png", "x").reload);
}

#[test]
fn a_class_is_no_component_because_of_its_name() {
    let mut project = plain(&[
        ("index.html", "<script type=module src=main.ts></script>"),
        ("main.ts", "import { Game } from './game'; new Game()"),
        ("game.ts", "export class Game { speed = 1 }"),
    ]);
    assert!(edit(&mut project, "game.ts", "export class Game { speed = 2 }").reload);
}

#[test]
fn styles_are_swapped_without_loading_again() {
    let mut project = project(react_app());
    let patch = edit(&mut project, "src/theme.css", "@theme { --color-brand: #456 }");
    let urls: Vec<_> = patch.css.iter().map(|sheet| sheet.path.as_str()).collect();
    assert_eq!(urls, ["src/index.css", "src/theme.css"]);
    assert_eq!((hot(&patch), patch.reload), (vec![], false));
    assert!(
        text(&project, &format!("/src/index.css?import&t={}", patch.revision)).contains("#456")
    );
}

#[test]
fn new_class_names_of_a_style_module_reach_the_code() {
    let mut project = plain(&[
        ("index.html", "<script type=module src=main.tsx></script>"),
        ("main.tsx", "import App from './App'; App()"),
        (
            "App.tsx",
            "import s from './a.module.css'\nexport default function App() { return <p className={s.a} /> }",
        ),
        ("a.module.css", ".a{color:red}"),
    ]);
    let patch = edit(&mut project, "a.module.css", ".a{color:blue}");
    assert_eq!((hot(&patch).len(), patch.css.len(), patch.reload), (0, 1, false));
    let patch = edit(&mut project, "a.module.css", ".a{color:blue} .b{}");
    assert_eq!(hot(&patch), [format!("/App.tsx?t={}", patch.revision)]);
}

#[test]
fn a_syntax_error_keeps_what_ran_and_says_where_it_is() {
    let mut project = project(react_app());
    let good = text(&project, "/src/App.tsx");
    let patch = edit(&mut project, "src/App.tsx", &APP.replace("useState(0)", "useState(0"));
    assert_eq!((hot(&patch), patch.reload), (vec![], false));
    let [found] = &patch.diagnostics[..] else { panic!("{:?}", patch.diagnostics) };
    assert_eq!(
        (found.kind, found.file.as_str(), found.line),
        (DiagnosticKind::Syntax, "src/App.tsx", 6)
    );
    assert!(found.frame.contains(">    6 | return"), "{}", found.frame);
    assert_eq!(text(&project, "/src/App.tsx"), good);
    assert!(text(&project, "/").contains("src/App.tsx"));
    let patch = edit(&mut project, "src/App.tsx", &APP.replace("useState(0)", "useState(5)"));
    assert_eq!((hot(&patch).len(), patch.diagnostics.len()), (1, 0));
}

#[test]
fn a_module_that_never_ran_fails_with_its_reason() {
    let project = plain(&[
        ("index.html", "<script type=module src=a.ts></script>"),
        ("a.ts", "import { b } from './b'; b()"),
        ("b.ts", "export const b = ("),
    ]);
    let code = text(&project, "/b.ts");
    assert!(code.starts_with("globalThis.__qv?.broken(\"b.ts\");throw new Error("), "{code}");
    // What imports it cannot run either, and must not fail for another reason.
    assert!(text(&project, "/a.ts").contains("b.ts:1:19"), "{}", text(&project, "/a.ts"));
    assert_eq!(said(&project).len(), 1);
}

#[test]
fn an_app_with_a_half_written_part_stays_as_it_was() {
    let mut project = project(react_app());
    let before = text(&project, "/src/App.tsx");
    let with_list = format!(
        "import {{ List }} from './List'\n{}",
        APP.replace("</Button>", "<List /></Button>")
    );
    let patch = edit(&mut project, "src/App.tsx", &with_list);
    assert_eq!((hot(&patch), patch.reload), (vec![], false));
    assert_eq!(said(&project), ["src/App.tsx:1:22 Unresolved Cannot find the file `./List`"]);
    let patch = edit(&mut project, "src/List.tsx", "export function List() { return <ul>");
    assert_eq!((hot(&patch), patch.reload), (vec![], false));
    assert_eq!(text(&project, "/src/App.tsx"), before);
    let patch = edit(&mut project, "src/List.tsx", "export function List() { return <ul /> }");
    assert_eq!(hot(&patch), [format!("/src/App.tsx?t={}", patch.revision)]);
    assert_eq!(said(&project), [""; 0]);
}

#[test]
fn a_misspelt_import_is_answered_with_the_file_that_was_meant() {
    let mut project = project(react_app());
    edit(&mut project, "src/App.tsx", &APP.replace("'./util'", "'./Util'"));
    assert_eq!(
        project.diagnostics()[0].help.as_deref(),
        Some("Did you mean the file src/util.ts?")
    );
    edit(&mut project, "src/App.tsx", &APP.replace("'@/components/Button'", "'./Button'"));
    assert_eq!(
        project.diagnostics()[0].help.as_deref(),
        Some("Did you mean the file src/components/Button.tsx?")
    );
}

#[test]
fn a_file_that_is_run_and_shown_is_updated_as_both() {
    let mut project = plain(&[
        ("index.html", "<script type=module src=main.tsx></script>"),
        ("main.tsx", "import { A } from './A'; A()"),
        (
            "A.tsx",
            "import { B } from './B'; import text from './B?raw'\nexport const A = () => <B>{text}</B>",
        ),
        ("B.tsx", "export const B = () => <b />"),
    ]);
    let patch = edit(&mut project, "B.tsx", "export const B = () => <i />");
    assert_eq!(hot(&patch), ["A", "B"].map(|name| format!("/{name}.tsx?t={}", patch.revision)));
}

#[test]
fn an_export_that_is_gone_holds_updates_back() {
    let mut project = project(react_app());
    let patch = edit(&mut project, "src/util.ts", "export const other = 1");
    assert_eq!((hot(&patch), patch.reload), (vec![], false));
    assert_eq!(
        said(&project),
        ["src/App.tsx:3:23 MissingExport src/util.ts does not export `label`"]
    );
    assert_eq!(project.diagnostics()[0].help.as_deref(), Some("It exports `other`"));
    let patch = edit(
        &mut project,
        "src/App.tsx",
        &APP.replace("label(n)", "other").replace("{ label }", "{ other }"),
    );
    assert_eq!(hot(&patch), [format!("/src/App.tsx?t={}", patch.revision)]);
}

#[test]
fn mistakes_that_no_browser_forgives_are_found() {
    let project = plain(&[
        ("index.html", "<script type=module src=a.tsx></script>"),
        (
            "a.tsx",
            "import x from './b'\nimport { Button } from './b'\nimport fs from 'fs'\nimport { y } from 'nowhere'\n\
             import z from 'listed'\nimport './gone.css'\nconsole.log(x, Button, fs, y, z)",
        ),
        ("b.ts", "export { c as button } from './c'\nexport * from './c'"),
        ("c.ts", "export const c = 1\nlet c = 2"),
        ("package.json", "{\"dependencies\": {\"listed\": \"1\"}}"),
    ]);
    assert_eq!(
        said(&project),
        [
            "a.tsx:1:15 MissingExport b.ts has no default export",
            "a.tsx:3:16 NodeBuiltin 'fs' is part of Node.js and does not exist in browsers",
            "a.tsx:4:19 PackageMissing Package 'nowhere' is not installed",
            "a.tsx:5:15 PackagePending Package 'listed' is being installed",
            "a.tsx:6:8 Unresolved Cannot find the file `./gone.css`",
            "c.ts:1:14 Semantic Identifier `c` has already been declared",
        ]
    );
    let missing =
        project.diagnostics().into_iter().find(|one| one.kind == DiagnosticKind::PackageMissing);
    assert_eq!(missing.unwrap().package.as_deref(), Some("nowhere"));
}

#[test]
fn a_package_that_arrives_starts_what_waited_for_it() {
    let mut project = project(react_app());
    let with_date = format!("import dayjs from 'dayjs'\n{}", APP.replace("label(n)", "dayjs()"));
    assert!(hot(&edit(&mut project, "src/App.tsx", &with_date)).is_empty());
    let mut packages = packages();
    packages.insert("dayjs".into(), Package::module("/@deps/dayjs.js"));
    let patch = project.set_packages(packages.clone());
    assert_eq!(hot(&patch), [format!("/src/App.tsx?t={}", patch.revision)]);
    // Another copy of a running package cannot be mixed in.
    packages.insert("react".into(), Package::common_js("/@deps/react-2.js"));
    assert!(project.set_packages(packages).reload);
}

#[test]
fn cycles_deletions_and_globs_are_followed() {
    let mut project = plain(&[
        ("index.html", "<script type=module src=main.tsx></script>"),
        ("main.tsx", "import { A } from './A'; A()"),
        (
            "A.tsx",
            "import { b } from './b'\nexport const pages = import.meta.glob('./pages/*.tsx', { eager: true })\nexport const A = () => b",
        ),
        ("b.ts", "import { A } from './A'\nexport const b = () => A"),
        ("pages/one.tsx", "export const One = () => <p />"),
    ]);
    assert_eq!(said(&project), [""; 0]);
    assert!(
        edit(&mut project, "b.ts", "import { A } from './A'\nexport const b = () => [A]").reload
    );
    assert!(edit(&mut project, "pages/two.tsx", "export const Two = () => <p />").reload);
    assert!(text(&project, "/A.tsx").contains("\"./pages/two.tsx\""));
    assert!(project.update([(path("pages/two.tsx"), None)]).reload);
    let patch = project.update([(path("b.ts"), None)]);
    assert!(!patch.reload);
    assert_eq!(said(&project), ["A.tsx:1:19 Unresolved Cannot find the file `./b`"]);
}

#[test]
fn a_page_that_was_away_catches_up() {
    let mut project = project(react_app());
    let seen = project.revision();
    edit(&mut project, "src/components/Button.tsx", &BUTTON.replace("<button", "<b"));
    edit(&mut project, "src/theme.css", "@theme {}");
    edit(&mut project, "src/components/Button.tsx", &BUTTON.replace("<button", "<i"));
    let patch = project.patch_since(seen);
    assert_eq!(hot(&patch), [format!("/src/components/Button.tsx?t={}", project.revision())]);
    assert_eq!((patch.css.len(), patch.revision, patch.reload), (2, project.revision(), false));
    assert_eq!(project.patch_since(project.revision()).hot, []);
    for number in 0..200 {
        edit(&mut project, "src/util.ts", &UTIL.replace("count", &number.to_string()));
    }
    assert!(project.patch_since(seen).reload);
    assert!(project.patch_since(99_999).reload);
}

#[test]
fn revisions_go_on_where_an_earlier_process_stopped() {
    let settings = qv_webcore::Settings { first_revision: 1_000, ..Default::default() };
    let mut project = Project::new(settings);
    project.set_packages(packages());
    assert_eq!(project.load(react_app()).revision, 1_002);
    assert!(project.patch_since(57).reload);
    // Loading again gives what differs new addresses, so that no cache can mix the two.
    let mut files = react_app();
    files.retain(|(name, _)| name.as_str() != "src/util.ts");
    files.push((path("src/util.ts"), blob("export const label = () => 'x'")));
    assert!(project.load(files).reload);
    assert!(text(&project, "/src/App.tsx").contains("\"/src/util.ts?t=1003\""));
    assert!(text(&project, "/src/main.tsx").contains("\"/src/App.tsx\""));
}

#[test]
fn a_project_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Project>();
}

#[test]
fn configuration_is_read_again_when_it_changes() {
    let mut project = project(react_app());
    assert!(
        edit(
            &mut project,
            "src/util.ts",
            &format!("{UTIL}export const api = import.meta.env.VITE_API")
        )
        .hot
        .len()
            == 1
    );
    assert!(edit(&mut project, ".env", "VITE_API=http://x").reload);
    let paths = r#"{"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}"#;
    edit(&mut project, "tsconfig.json", paths);
    assert_eq!(
        said(&project),
        ["src/App.tsx:2:24 Unresolved Cannot find the file `@/components/Button`"]
    );
    let patch = edit(&mut project, "lib/components/Button.tsx", BUTTON);
    assert_eq!(said(&project), [""; 0]);
    assert_eq!(hot(&patch), [format!("/src/App.tsx?t={}", patch.revision)]);
}

/// Everything that a browser can see of an app, without the stamps that tell revisions apart.
fn seen(project: &Project) -> (Vec<String>, Vec<String>, Vec<(String, String)>) {
    let stampless = |text: String| {
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find("t=") {
            let number = rest[at + 2..].bytes().take_while(u8::is_ascii_digit).count();
            let is_stamp = number > 0 && at > 0 && matches!(rest.as_bytes()[at - 1], b'?' | b'&');
            out.push_str(&rest[..if is_stamp { at - 1 } else { at + 2 }]);
            rest = &rest[at + 2 + if is_stamp { number } else { 0 }..];
        }
        out + rest
    };
    let reached: Vec<_> = project.reached().map(ToString::to_string).collect();
    let serve = |path: &String| {
        let code = stampless(text(project, &format!("/{path}?import")));
        (path.clone(), code)
    };
    let code = reached.iter().filter(|path| !path.ends_with(".html")).map(serve).collect();
    let imports = project.package_imports().iter().map(|one| format!("{one:?}")).collect();
    (said(project), imports, code)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// However the same edits are grouped, the app ends up the same as if it had been loaded so.
    #[test]
    fn edits_lead_where_loading_leads(
        edits in proptest::collection::vec((0_usize..5, 0_usize..5, any::<bool>()), 1..25),
    ) {
        let contents = [
            ["src/util.ts", UTIL, "export const label = (n: number) => n + 1", "export const label = (", "export const other = 1"],
            ["src/App.tsx", APP, "export default () => <p />", "import X from './gone'\nexport default X", "syntax error"],
            ["src/components/Button.tsx", BUTTON, "export const Button = 'b'", "import '../App'\nexport function Button() { return 1 }", ""],
            ["src/theme.css", THEME, "a{}", "a{", "@import './index.css'"],
            ["src/index.css", CSS, "body{}", "@import './gone.css'", ".a{background:url(x.png)}"],
        ];
        let mut edited = project(react_app());
        let mut files: std::collections::BTreeMap<_, _> = react_app().into_iter().collect();
        let mut batch = Vec::new();
        for (file, content, flush) in edits {
            let name = path(contents[file][0]);
            let content = (content > 0).then(|| blob(contents[file][content]));
            match content.clone() {
                Some(content) => _ = files.insert(name.clone(), content),
                None => _ = files.remove(&name),
            }
            batch.push((name, content));
            if flush {
                edited.update(batch.drain(..));
            }
        }
        edited.update(batch);
        let fresh = project(files);
        let (said, imports, code) = seen(&edited);
        let (fresh_said, fresh_imports, fresh_code) = seen(&fresh);
        prop_assert_eq!(&said, &fresh_said);
        // With errors the edited app serves what ran before, and the new one has nothing to serve.
        if !fresh.diagnostics().iter().any(qv_webcore::Diagnostic::is_error) {
            prop_assert_eq!(imports, fresh_imports);
            prop_assert_eq!(code, fresh_code);
        }
    }
}

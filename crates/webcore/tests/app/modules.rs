//! What browsers are served for each kind of file.

use crate::support::*;
use qv_webcore::Settings;

#[test]
fn a_react_app_is_served_module_by_module() {
    let project = project(react_app());
    assert_eq!(said(&project), [""; 0]);
    let main = text(&project, "/src/main.tsx");
    let (imports, body) = main.split_once('\n').unwrap();
    assert!(imports.contains("import __qv_i0 from \"/@deps/react-dom/client.js\""), "{imports}");
    assert!(imports.contains("import{default as App}from\"/src/App.tsx\";"), "{imports}");
    assert!(imports.contains("import\"/src/index.css?import\";"), "{imports}");
    assert!(body.ends_with("//# sourceMappingURL=/src/main.tsx?map\n"), "{body}");
    let app = text(&project, "/src/App.tsx");
    assert!(app.contains("import{Button as Button}from\"/src/components/Button.tsx\""), "{app}");
    assert!(app.contains("const useState=__qv_i0[\"useState\"]"), "{app}");
    assert!(app.contains("$RefreshReg$(_c, \"App\")"), "{app}");
    assert!(app.contains("globalThis.__qv?.register(t,\"src/App.tsx\"+\" \"+i)"), "{app}");
    assert!(!text(&project, "/src/util.ts").contains("Label"));
}

#[test]
fn the_page_has_the_client_first_and_tailwind_before_it_is_painted() {
    let page = text(&project(react_app()), "/");
    let order = [
        "<head><script>globalThis.__qv={config:{",
        "<script src=\"/@qv/client.js\"></script>",
        "import r from\"/@deps/react-refresh/runtime.js\";__qv.refresh(r)",
        "<style type=\"text/tailwindcss\" data-qv-file=\"src/index.css\">@theme{}@import \"tailwindcss\" ;\n@theme {",
        "<script src=\"/@qv/tailwind.js\"></script>",
        "<link rel=\"modulepreload\" href=\"/src/main.tsx\">",
        "<title>t</title>",
        "<script src=\"/src/main.tsx\" type=\"module\"></script>",
    ];
    let places: Vec<_> = order
        .iter()
        .map(|part| page.find(part).unwrap_or_else(|| panic!("{part} in {page}")))
        .collect();
    assert!(places.is_sorted(), "{places:?} {page}");
    for name in ["client", "overlay", "picker", "opaque", "vue", "svelte"] {
        assert!(!text(&project(react_app()), &format!("/@qv/{name}.js")).is_empty());
    }
}

#[test]
fn assets_json_and_styles_are_modules_when_imported_and_files_when_fetched() {
    let project = plain(&[
        ("index.html", "<script type=module src=src/main.js></script>"),
        (
            "src/main.js",
            "import logo from './logo.svg'; import raw from './logo.svg?raw'; import data, {a} from './d.json';\n\
             import s, {title} from './a.module.css'; import W from './w.ts?worker'; import url from './logo.svg?url';\n\
             const w = new Worker(new URL('./w.ts', import.meta.url)); const i = new URL('./logo.svg', import.meta.url);\n\
             console.log(logo, raw, data, a, s, title, W, w, i, url, import.meta.env.VITE_X, import.meta.env.DEV)",
        ),
        ("src/logo.svg", "<svg/>"),
        ("src/d.json", "{\"a\": [1]}"),
        ("src/a.module.css", ".title{background:url(./logo.svg)}"),
        ("src/w.ts", "postMessage(1 as number)"),
        (".env", "VITE_X=hello\nSECRET=1"),
        ("public/robots.txt", "ok"),
    ]);
    assert_eq!(said(&project), [""; 0]);
    let main = text(&project, "/src/main.js");
    assert!(main.contains("import{default as logo}from\"/src/logo.svg?import\""), "{main}");
    assert!(
        main.contains("const __qv_u6=\"/src/w.ts\";const __qv_u7=\"/src/logo.svg\";"),
        "{main}"
    );
    assert!(main.contains("\"VITE_X\":\"hello\"") && !main.contains("SECRET"), "{main}");
    assert_eq!(text(&project, "/src/logo.svg?import"), "export default \"/src/logo.svg\";\n");
    assert_eq!(text(&project, "/src/logo.svg?raw"), "export default \"<svg/>\";\n");
    assert_eq!(text(&project, "/src/logo.svg"), "<svg/>");
    assert_eq!(project.serve("/src/logo.svg").unwrap().content_type, "image/svg+xml");
    assert_eq!(text(&project, "/src/d.json"), "{\"a\": [1]}");
    assert!(text(&project, "/src/d.json?import").contains("export const a=json.a;"));
    let style = text(&project, "/src/a.module.css?import");
    assert!(style.contains("{background:url(/src/logo.svg)}"), "{style}");
    assert!(style.contains("export const title=\"_a_title_"), "{style}");
    assert!(text(&project, "/src/w.ts?worker").contains("super(\"/src/w.ts\""));
    assert!(text(&project, "/src/w.ts").contains("postMessage(1);"));
    assert_eq!(text(&project, "/robots.txt"), "ok");
}

#[test]
fn addresses_of_a_router_get_the_page_and_files_that_are_missing_do_not() {
    let project =
        plain(&[("index.html", "home"), ("about.html", "about"), ("docs/index.html", "docs")]);
    assert!(text(&project, "/users/42?tab=1").ends_with("home"));
    assert!(text(&project, "/about").ends_with("about"));
    assert!(text(&project, "/docs/").ends_with("docs"));
    for target in
        ["/missing.png", "/api/users", "/@qv/events", "/@vite/client", "/../index.html", "/%FF"]
    {
        assert!(project.serve(target).is_none(), "{target}");
    }
}

#[test]
fn a_plain_page_keeps_its_scripts_and_runs_its_modules() {
    let page = "<html>\n<body><link rel=stylesheet href=style.css><script src=app.js></script>\n<script type=module>\n\
                import {x} from './x.js';\nx();\n</script><script>inline(</script></body></html>";
    let project = plain(&[
        ("index.html", page),
        ("app.js", "var a = 1; with (a) {}"),
        ("x.js", "export const x = () => 1"),
        ("style.css", "@import 'base.css' screen; body{}"),
        ("base.css", "a{}"),
    ]);
    assert_eq!(said(&project), [""; 0]);
    assert_eq!(text(&project, "/app.js"), "var a = 1; with (a) {}");
    let served = text(&project, "/");
    assert!(served.contains("<link href=\"/style.css\" rel=\"stylesheet\">"), "{served}");
    assert!(
        served.contains(
            "<script src=\"/index.html?part=1\" type=\"module\">\n\n\n</script><script>inline("
        ),
        "{served}"
    );
    assert_eq!(served.lines().count(), page.lines().count());
    assert!(text(&project, "/index.html?part=1").contains("import{x as x}from\"/x.js\";"));
    assert_eq!(text(&project, "/style.css"), "@media screen{a{}}\n body{}");
    let place = project.map_position("http://p/index.html?part=1", 2, 1).unwrap();
    assert_eq!((place.file.as_str(), place.line), ("index.html", 5));
}

#[test]
fn a_broken_style_sheet_or_a_missing_script_leaves_the_rest_running() {
    let project = plain(&[
        ("index.html", "<script type=module src=a.js></script><script src=gone.js></script>"),
        ("a.js", "import './a.css'; console.log(1)"),
        ("a.css", "a{color:red"),
    ]);
    assert_eq!(
        said(&project),
        [
            "a.css:1:2 Syntax This block is never closed: a `}` is missing",
            "index.html:1:39 Unresolved Cannot find the file `./gone.js`",
        ]
    );
    assert!(text(&project, "/a.js").contains("console.log(1)"));
    assert!(text(&project, "/a.css?import").contains("__qv?.css(\"a.css\",\"a{color:red\""));
}

#[test]
fn a_bundle_that_is_too_large_to_compile_is_served_as_it_is() {
    let bundle = format!("export const x = [{}]", "[],".repeat(60_000));
    let project = plain(&[
        ("index.html", "<script type=module src=a.js></script>"),
        ("a.js", "import { x } from './vendor.js'; console.log(x)"),
        ("vendor.js", &bundle),
    ]);
    assert_eq!(said(&project), [""; 0]);
    assert_eq!(text(&project, "/vendor.js"), bundle);
}

#[test]
fn decorators_and_hooks_compile_in_typescript_without_jsx() {
    let project = plain(&[
        ("index.html", "<script type=module src=a.ts></script>"),
        (
            "a.ts",
            "import { useState } from 'react'\nfunction log(t: unknown) {}\n@log class A { @log x = 1 }\n\
                  export const useCount = () => useState(0)\nconsole.log(A)",
        ),
    ]);
    assert_eq!(said(&project), [""; 0]);
    let code = text(&project, "/a.ts");
    assert!(code.contains("babelHelpers.decorate("), "{code}");
    assert!(code.contains("const $RefreshReg$="), "{code}");
}

#[test]
fn an_app_without_a_page_or_files_still_shows_something() {
    let project = plain(&[("src/main.jsx", "document.body.append('x')")]);
    assert!(text(&project, "/").contains("src=\"/src/main.jsx\""));
    assert!(text(&plain(&[]), "/").contains("Nothing to show yet"));
}

#[test]
fn positions_and_maps_lead_back_to_the_source() {
    let project = project(react_app());
    let app = text(&project, "/src/App.tsx");
    let line = app.lines().position(|line| line.contains("useState(0)")).unwrap();
    let column = app.lines().nth(line).unwrap().find("useState(0)").unwrap();
    let place = project
        .map_position(
            "http://x.preview.localhost:1/src/App.tsx?t=3",
            line as u32 + 1,
            column as u32 + 1,
        )
        .unwrap();
    assert_eq!((place.file.as_str(), place.line, place.column), ("src/App.tsx", 5, 18));
    let map = text(&project, "/src/App.tsx?map");
    assert!(map.contains("\"mappings\":\";"), "{map}");
    assert!(map.contains("sourcesContent"), "{map}");
    assert_eq!(project.map_position("http://x/@deps/react.js", 1, 1), None);
}

#[test]
fn behind_a_base_every_url_begins_with_it() {
    let settings = Settings {
        app_origin: "http://10.0.0.2".into(),
        base: "/_preview/a".into(),
        opaque: true,
        ..Settings::default()
    };
    let mut project = qv_webcore::Project::new(settings);
    project.set_packages(packages());
    let mut files = react_app();
    files.push((
        path("about.html"),
        blob("<img src=\"/logo.svg\"><script src=\"https://cdn.tailwindcss.com\"></script>"),
    ));
    project.load(files);
    let page = text(&project, "/_preview/a/");
    assert!(page.contains("<script crossorigin src=\"/_preview/a/@qv/opaque.js\"></script><script crossorigin src=\"/_preview/a/@qv/client.js\">"), "{page}");
    assert!(page.contains("src=\"/_preview/a/src/main.tsx\""), "{page}");
    assert!(text(&project, "/src/main.tsx").contains("from\"/_preview/a/src/App.tsx\""));
    let about = text(&project, "/about");
    assert!(about.contains("<img src=\"/_preview/a/logo.svg\"><script></script>"), "{about}");
    assert!(!about.contains("cdn.tailwindcss.com"));
    assert_eq!(
        project.map_position("http://10.0.0.2/_preview/a/src/util.ts", 2, 1).unwrap().line,
        2
    );
}

#[test]
fn inline_data_cannot_end_the_script_that_it_is_in() {
    let project = plain(&[
        ("index.html", "<script type=module src=a.js></script>"),
        ("a.js", "import '</script><img src=x onerror=alert(1)>'"),
        ("src/b.css", ""),
    ]);
    let page = text(&project, "/");
    assert!(!page.contains("</script><img"), "{page}");
}

#[test]
fn packages_are_listed_with_what_is_used_of_them() {
    let mut project = plain(&[
        ("index.html", "<script type=module src=a.tsx></script>"),
        (
            "a.tsx",
            "import { Plus, Trash2 as T } from 'lucide-react'; import d from 'dayjs'; import * as m from 'motion/react';\n\
             export { z } from 'zod'; const later = () => import('three'); import type { X } from 'types-only';\n\
             console.log(<Plus />, T, d, m, later)",
        ),
    ]);
    let listed: Vec<_> = project
        .package_imports()
        .into_iter()
        .map(|one| (one.specifier, one.names.into_iter().collect::<Vec<_>>().join(" "), one.whole))
        .collect();
    let expected = [
        ("dayjs", "default", false),
        ("lucide-react", "Plus Trash2", false),
        ("motion/react", "", true),
        ("react-refresh/runtime", "", true),
        ("react/jsx-runtime", "jsx", false),
        ("three", "", true),
        ("zod", "z", false),
    ];
    assert_eq!(
        listed,
        expected.map(|(name, names, whole)| (name.to_owned(), names.to_owned(), whole))
    );
    project.set_packages([].into());
    assert_eq!(project.package_imports().len(), expected.len());
}

#[test]
fn vue_and_svelte_components_become_modules_that_compile_in_the_page() {
    let files = [
        ("index.html", "<script type=module src=main.ts></script>"),
        ("main.ts", "import A from './A.vue'; import B from './B.svelte'; console.log(A, B)"),
        (
            "A.vue",
            "<script setup lang=\"ts\">\nimport { ref } from 'vue'\nimport { x } from './x'\n</script>",
        ),
        ("B.svelte", "<script>import './x.ts'</script>"),
        ("x.ts", "export const x = 1"),
    ];
    let mut project = plain(&files);
    let names: Vec<_> = project.package_imports().into_iter().map(|one| one.specifier).collect();
    assert_eq!(
        names,
        [
            "@vue/compiler-sfc",
            "svelte",
            "svelte/compiler",
            "svelte/internal/client",
            "svelte/internal/disclose-version",
            "vue"
        ]
    );
    let mut packages = packages();
    for name in names {
        packages.insert(name.clone(), qv_webcore::Package::module(&format!("/@deps/{name}.js")));
    }
    project.set_packages(packages);
    assert_eq!(said(&project), [""; 0]);
    let shim = text(&project, "/A.vue");
    assert!(shim.starts_with("import{load}from\"/@qv/vue.js\";const m=await load({"), "{shim}");
    assert!(shim.contains("\"source\":\"/A.vue?source"), "{shim}");
    assert!(text(&project, "/A.vue?source").contains("import { x } from './x'"));
    let code = project
        .transform(
            &path("A.vue"),
            "import { x } from './x'; import { ref } from 'vue'; export default ref<number>(x)",
            "http://p",
        )
        .unwrap();
    assert_eq!(
        code,
        "import{x as x}from\"http://p/x.ts\";import{ref as ref}from\"http://p/@deps/vue.js\";\nexport default ref(x);\n"
    );
    assert!(project.transform(&path("A.vue"), "const = 1", "http://p").is_err());
}

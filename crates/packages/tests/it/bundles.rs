//! What a browser gets.

use qv_packages::ProblemKind;
use serde_json::json;

use crate::support::{Place, code, request};

#[tokio::test]
async fn modules_share_their_parts() {
    let place = Place::new().await;
    let registry = &place.registry;
    let esm = json!({"type": "module", "exports": {".": "./i.js", "./extra": "./extra.js"}});
    registry.publish(
        "core",
        "1.0.0",
        &esm,
        &[
            (
                "i.js",
                "export const state = { marker_core: 1 }; export function unused() { return 'x'; }",
            ),
            ("extra.js", "import { state } from './i.js'; export const extra = () => state;"),
        ],
    );
    registry.publish(
        "ui",
        "1.0.0",
        &json!({"module": "i.js", "peerDependencies": {"core": "*"}}),
        &[("i.js", "import { state } from 'core'; export default () => state;")],
    );
    let packages = place.open();
    let wanted =
        request(&[("core", "*"), ("ui", "*")], &[("core", &[]), ("core/extra", &[]), ("ui", &[])]);
    let bundle = packages.bundle(wanted).await.unwrap();
    assert!(bundle.problems.is_empty() && bundle.warnings.is_empty(), "{bundle:?}");
    assert_eq!(bundle.packages["core"], "1.0.0");
    assert!(bundle.modules.values().all(|m| !m.interop));
    let mut holders = 0;
    let mut files: Vec<&String> =
        bundle.modules.values().flat_map(|m| std::iter::once(&m.file).chain(&m.preload)).collect();
    files.sort();
    files.dedup();
    for file in files {
        let asset = packages.asset(&bundle.key, file, false).await.unwrap();
        assert!(asset.content_type.starts_with("text/javascript"), "{}", asset.content_type);
        holders += usize::from(String::from_utf8_lossy(&asset.bytes).contains("marker_core"));
    }
    assert_eq!(holders, 1, "the shared module is there once");
    assert!(code(&packages, &bundle, "ui").await.contains("marker_core"));
}

#[tokio::test]
async fn common_js_is_marked_and_node_is_replaced() {
    let place = Place::new().await;
    place.registry.publish("cjs", "1.0.0", &json!({"main": "i.js"}), &[
        ("i.js", "if (process.env.NODE_ENV !== 'production') exports.mode = 'marker_dev'; exports.g = global.x; exports.fs = require('fs');"),
    ]);
    let packages = place.open();
    let bundle = packages.bundle(request(&[("cjs", "*")], &[("cjs", &[])])).await.unwrap();
    assert!(bundle.modules["cjs"].interop);
    let code = code(&packages, &bundle, "cjs").await;
    assert!(code.contains("marker_dev") && code.contains("globalThis"), "{code}");
    assert!(!code.contains("process.env") && !code.contains("require("), "{code}");
    let [warning] = bundle.warnings.as_slice() else { panic!("{:?}", bundle.warnings) };
    assert_eq!(warning.package, "cjs@1.0.0");
    assert!(warning.message.contains("`fs`"), "{}", warning.message);
}

#[tokio::test]
async fn only_used_exports_are_taken() {
    let place = Place::new().await;
    let icons: Vec<(String, String)> = (0..200)
        .map(|n| {
            (
                format!("icons/i{n}.js"),
                format!("export default 'marker_{n}_' + '{}';", "x".repeat(200)),
            )
        })
        .collect();
    let index: String = (0..200)
        .map(|n| {
            format!("export {{ default as I{n}, default as I{n}Icon }} from './icons/i{n}.js';\n")
        })
        .collect();
    let mut files: Vec<(&str, &str)> =
        icons.iter().map(|(p, c)| (p.as_str(), c.as_str())).collect();
    files.push(("index.js", &index));
    let json = json!({"module": "index.js", "sideEffects": false});
    place.registry.publish("icons", "1.0.0", &json, &files);
    let packages = place.open();
    let bundle = |names: &'static [&str]| {
        let packages = packages.clone();
        async move { packages.bundle(request(&[("icons", "*")], &[("icons", names)])).await.unwrap() }
    };
    let few = bundle(&["I1", "I2Icon"]).await;
    let text = code(&packages, &few, "icons").await;
    assert!(
        text.contains("marker_1_") && text.contains("marker_2_") && !text.contains("marker_3_")
    );
    assert!(text.len() < 800, "{} bytes", text.len());
    let more = bundle(&["I1", "I2Icon", "I3"]).await;
    assert_ne!(few.key, more.key);
    assert!(code(&packages, &more, "icons").await.contains("marker_3_"));
    let all = bundle(&[]).await;
    assert!(code(&packages, &all, "icons").await.len() > 40_000);

    let wrong = bundle(&["I1", "I77Ikon"]).await;
    let [problem] = wrong.problems.as_slice() else { panic!("{:?}", wrong.problems) };
    assert_eq!(problem.kind, ProblemKind::NoExport { export: "I77Ikon".to_owned() });
    assert!(problem.similar.contains(&"I77Icon".to_owned()), "{problem:?}");
    assert!(
        code(&packages, &wrong, "icons").await.contains("I77Ikon"),
        "it is there, and undefined"
    );
}

#[tokio::test]
async fn imports_that_lead_nowhere_are_problems_and_the_rest_works() {
    let place = Place::new().await;
    let json = json!({"exports": {".": "./i.js"}, "dependencies": {}});
    place.registry.publish(
        "a",
        "1.0.0",
        &json,
        &[
            ("i.js", "import('undeclared'); export const a = 'marker_a';"),
            ("hidden.js", "export const secret = 1;"),
        ],
    );
    let packages = place.open();
    let wanted =
        request(&[("a", "*")], &[("a", &[]), ("a/hidden.js", &[]), ("b", &[]), ("node:fs", &[])]);
    let bundle = packages.bundle(wanted).await.unwrap();
    let kinds: Vec<_> = bundle.problems.iter().map(|p| (p.specifier.as_str(), &p.kind)).collect();
    assert!(kinds.contains(&("a/hidden.js", &ProblemKind::NoModule)), "{kinds:?}");
    assert!(
        kinds.contains(&("b", &ProblemKind::NotDeclared { package: "b".to_owned() })),
        "{kinds:?}"
    );
    assert!(kinds.contains(&("node:fs", &ProblemKind::NodeBuiltin)), "{kinds:?}");
    assert!(code(&packages, &bundle, "a").await.contains("marker_a"));
    assert_eq!(bundle.warnings.len(), 1, "{:?}", bundle.warnings);
}

#[tokio::test]
async fn style_sheets_and_files_come_along() {
    let place = Place::new().await;
    place.registry.publish(
        "base",
        "1.0.0",
        &json!({}),
        &[
            (
                "base.css",
                "a { color: red; /* url(x.png) */ background: url( './img/dot.png?v=1' ) }",
            ),
            ("img/dot.png", "not really a picture"),
        ],
    );
    let json = json!({"module": "i.js", "dependencies": {"base": "*"}});
    place.registry.publish("ui", "1.0.0", &json, &[
        ("i.js", "import './ui.css'; import logo from './logo.svg'; export const address = logo;"),
        ("ui.css", "@import 'base/base.css';\n@import url(https://fonts.example/x.css);\nb { content: \"@import 'x'\" }"),
        ("logo.svg", "<svg/>"),
    ]);
    let packages = place.open();
    let bundle = packages.bundle(request(&[("ui", "*")], &[("ui", &[])])).await.unwrap();
    assert!(bundle.warnings.is_empty(), "{:?}", bundle.warnings);
    let [base, ui] = bundle.modules["ui"].css.as_slice() else { panic!("{:?}", bundle.modules) };
    let text = |file: &str| {
        let (packages, key, file) = (packages.clone(), bundle.key.clone(), file.to_owned());
        async move {
            let asset = packages.asset(&key, &file, false).await.unwrap();
            (asset.content_type, String::from_utf8(asset.bytes.to_vec()).unwrap())
        }
    };
    let (kind, base) = text(base).await;
    assert_eq!(kind, "text/css; charset=utf-8");
    let picture = base.split("url(\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(text(picture).await, ("image/png".to_owned(), "not really a picture".to_owned()));
    assert!(base.contains("/* url(x.png) */"));
    let (_, ui) = text(ui).await;
    assert!(ui.contains("https://fonts.example/x.css") && ui.contains("\"@import 'x'\""), "{ui}");
    assert!(!ui.contains("base/base.css"), "{ui}");
    let script = code(&packages, &bundle, "ui").await;
    let logo = script.split("_logo-").nth(1).unwrap().split(".svg").next().unwrap();
    assert_eq!(
        text(&format!("_logo-{logo}.svg")).await,
        ("image/svg+xml".to_owned(), "<svg/>".to_owned())
    );
}

#[tokio::test]
async fn only_what_is_imported_is_fetched() {
    let place = Place::new().await;
    place.registry.publish("used", "1.0.0", &json!({}), &[("index.js", "exports.a = 1")]);
    place.registry.publish("vite", "8.0.0", &json!({"dependencies": {"gone": "*"}}), &[]);
    let packages = place.open();
    let wanted = request(&[("used", "*"), ("vite", "*")], &[("used", &[])]);
    packages.bundle(wanted).await.unwrap();
    assert_eq!(place.registry.count("vite"), 0);
}

#[tokio::test]
async fn react_apps_get_what_compiled_code_imports() {
    let place = Place::new().await;
    let registry = &place.registry;
    registry.publish(
        "react",
        "19.0.0",
        &json!({"main": "i.js"}),
        &[
            ("i.js", "exports.marker_react = 1"),
            ("jsx-runtime.js", "exports.jsx = require('./i.js')"),
            ("jsx-dev-runtime.js", "exports.jsxDEV = require('react')"),
        ],
    );
    registry.publish("react-refresh", "0.19.0", &json!({}), &[("runtime.js", "exports.r = 1")]);
    let packages = place.open();
    let bundle = packages
        .bundle(request(&[("react", "^19.0.0")], &[("react", &["useState"])]))
        .await
        .unwrap();
    let modules: Vec<&str> = bundle.modules.keys().map(String::as_str).collect();
    assert_eq!(
        modules,
        ["react", "react-refresh/runtime", "react/jsx-dev-runtime", "react/jsx-runtime"]
    );
    assert!(bundle.modules.values().all(|m| m.interop), "{:?}", bundle.modules);
    assert!(bundle.problems.is_empty());
}

#[tokio::test]
async fn names_of_common_js_are_real_exports() {
    let place = Place::new().await;
    let source = "exports.a = 1; exports.b = require('./c')";
    let files = [("i.js", source), ("c.js", "module.exports = function () {}")];
    place.registry.publish("cjs", "1.0.0", &json!({"main": "i.js"}), &files);
    let packages = place.open();
    let all: &[&str] = &[];
    let imports = [("cjs", all), ("cjs/i.js", all), ("cjs/i", &["a", "default"])];
    let bundle = packages.bundle(request(&[("cjs", "*")], &imports)).await.unwrap();
    let interop: Vec<bool> = bundle.modules.values().map(|module| module.interop).collect();
    assert_eq!(interop, [true, false, true], "{:?}", bundle.modules);
    let named = code(&packages, &bundle, "cjs/i").await;
    assert!(named.contains(" as a") && named.contains(" as default"), "{named}");
}

#[tokio::test]
async fn what_comes_with_the_binary_is_used_where_all_of_it_fits() {
    // Empty in a checkout where nothing was embedded yet; then there is nothing to show.
    let Some(version) = qv_packages::embedded().versions().remove("react") else { return };
    let place = Place::new().await;
    place.registry.set_down(true);
    let packages = place.open_with(qv_packages::Config { embedded: true, ..place.config() });
    let wanted = request(&[("react", "^19.0.0")], &[("react", &["useState"])]);
    let bundle = packages.bundle(wanted).await.unwrap();
    assert_eq!(bundle.packages["react"], version);
    assert!(bundle.modules.contains_key("react-refresh/runtime"));
    assert!(code(&packages, &bundle, "react").await.contains(&version));
    let mixed = request(&[("react", "^19.0.0"), ("x", "*")], &[("react", &[]), ("x", &[])]);
    assert!(packages.bundle(mixed).await.is_err(), "one bundle for all, and the registry is down");

    place.registry.set_down(false);
    place.registry.publish("react", "19.0.1", &json!({}), &[("index.js", "exports.old = 1")]);
    place.registry.publish("react", &version, &json!({}), &[("index.js", "exports.same = 1")]);
    place.registry.publish("react", "19.9.9", &json!({}), &[("index.js", "exports.new_ = 1")]);
    let lock =
        packages.resolve(&crate::support::dependencies(&[("react", "^19.0.0")])).await.unwrap();
    assert_eq!(lock.versions()["react"], version, "the version that the starters were tested with");
}

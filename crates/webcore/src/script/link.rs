//! Writes a module's imports again, now that it is known where they lead.
//!
//! All of it is one line before the body. Hoisting makes the place right for imports; functions
//! are used for `import()` because a cycle may call them before the line has run.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Binding, Import, ImportKind, Script};
use crate::text::{is_identifier, quoted};

/// Where one import leads, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// An ES module. Names in `types` exist only as types there.
    Module { url: String, types: BTreeSet<Box<str>> },
    /// A CommonJS bundle with only a default export.
    CommonJs { url: String },
    /// A style sheet on another address.
    Style { url: String },
    /// `import.meta.glob`: key and URL of each match.
    Glob(Vec<(String, String)>),
    /// Nothing at run time.
    Nothing,
}

impl Link {
    /// Makes URLs that are paths full ones.
    pub(crate) fn at_origin(&mut self, origin: &str) {
        let full = |url: &mut String| {
            if url.starts_with('/') && !url.starts_with("//") {
                url.insert_str(0, origin);
            }
        };
        match self {
            Self::Module { url, .. } | Self::CommonJs { url } | Self::Style { url } => full(url),
            Self::Glob(files) => files.iter_mut().for_each(|(_, url)| full(url)),
            Self::Nothing => {}
        }
    }
}

/// What the line before the body needs besides the links.
pub(crate) struct Surroundings<'s> {
    pub path: &'s str,
    /// `import.meta.env` as JSON.
    pub env: &'s str,
}

/// The module as it is served; `links` are those of `script.imports`, in order.
pub(crate) fn link(script: &Script, links: &[Link], around: &Surroundings<'_>) -> String {
    let mut line = String::with_capacity(512);
    for (index, (import, link)) in script.imports.iter().zip(links).enumerate() {
        write_import(&mut line, index, import, link);
    }
    if script.uses_env {
        let _ = write!(line, "import.meta.env={};", around.env);
    }
    let path = quoted(around.path);
    if script.uses_hot {
        let _ = write!(line, "import.meta.hot=globalThis.__qv?.hot({path});");
    }
    if script.uses_refresh {
        let _ = write!(
            line,
            "const $RefreshReg$=(t,i)=>globalThis.__qv?.register(t,{path}+\" \"+i),\
             $RefreshSig$=globalThis.__qv?.signature??(()=>t=>t);"
        );
    }
    line.push('\n');
    line.push_str(&script.body);
    line
}

/// A module that cannot run: it says so, and has the exports that importers expect.
pub(crate) fn broken<'e>(
    exports: impl Iterator<Item = &'e str>,
    path: &str,
    message: &str,
) -> String {
    let mut code = format!("globalThis.__qv?.broken({});", quoted(path));
    let mut list = Vec::new();
    for (index, name) in exports.enumerate() {
        let _ = write!(code, "const __qv_x{index}=void 0;");
        list.push(format!("__qv_x{index} as {}", export_name(name)));
    }
    if !list.is_empty() {
        let _ = write!(code, "export{{{}}};", list.join(","));
    }
    let _ = writeln!(code, "throw new Error({});", quoted(message));
    code
}

fn export_name(name: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { quoted(name) }
}

fn write_import(line: &mut String, index: usize, import: &Import, link: &Link) {
    match (&import.kind, link) {
        (ImportKind::Static(bindings), Link::Module { url, types }) => {
            static_module(line, bindings, url, types);
        }
        (ImportKind::Static(bindings), Link::CommonJs { url }) => {
            let name = format!("__qv_i{index}");
            let _ = write!(line, "import {name} from {};", quoted(url));
            for Binding { imported, local } in bindings {
                let _ = write!(line, "const {local}={};", common_js(&name, imported.as_deref()));
            }
        }
        (ImportKind::ReExport(names), Link::Module { url, types }) => {
            let list = names.iter().filter(|(imported, _)| !types.contains(imported.as_str())).map(
                |(imported, exported)| {
                    format!("{} as {}", export_name(imported), export_name(exported))
                },
            );
            let _ = write!(
                line,
                "export{{{}}}from{};",
                list.collect::<Vec<_>>().join(","),
                quoted(url)
            );
        }
        (ImportKind::ReExport(names), Link::CommonJs { url }) => {
            let name = format!("__qv_i{index}");
            let _ = write!(line, "import {name} from {};", quoted(url));
            for (number, (imported, exported)) in names.iter().enumerate() {
                let value = common_js(&name, Some(imported));
                let exported = export_name(exported);
                let _ = write!(
                    line,
                    "const {name}_{number}={value};export{{{name}_{number} as {exported}}};"
                );
            }
        }
        (ImportKind::ReExportAll(name), Link::Module { url, .. } | Link::CommonJs { url }) => {
            let name = name.as_ref().map(|name| format!(" as {}", export_name(name)));
            let _ = write!(line, "export*{} from {};", name.unwrap_or_default(), quoted(url));
        }
        (ImportKind::Dynamic(number), Link::Module { url, .. }) => {
            let _ = write!(line, "function __qv_d{number}(){{return import({})}}", quoted(url));
        }
        (ImportKind::Dynamic(number), Link::CommonJs { url }) => {
            let url = quoted(url);
            let _ = write!(
                line,
                "function __qv_d{number}(){{return import({url}).then(({{default:m}})=>\
                 m?.__esModule?m:{{...m,default:m}})}}"
            );
        }
        (ImportKind::Url(number), Link::Module { url, .. }) => {
            let _ = write!(line, "const __qv_u{number}={};", quoted(url));
        }
        (ImportKind::Glob { number, eager, export, .. }, Link::Glob(files)) => {
            glob(line, *number, files, *eager, export.as_deref());
        }
        (kind, Link::Style { url }) => {
            let _ = write!(line, "globalThis.__qv?.link({});", quoted(url));
            nothing(line, kind);
        }
        (kind, _) => nothing(line, kind),
    }
}

fn static_module(line: &mut String, bindings: &[Binding], url: &str, types: &BTreeSet<Box<str>>) {
    let url = quoted(url);
    let mut named = Vec::new();
    let mut written = false;
    for Binding { imported, local } in bindings {
        match imported {
            None => {
                let _ = write!(line, "import*as {local} from {url};");
                written = true;
            }
            Some(name) if types.contains(name.as_str()) => {
                // Kept by the compiler because it is exported again; at run time there is none.
                let _ = write!(line, "const {local}=void 0;");
            }
            Some(name) => named.push(format!("{} as {local}", export_name(name))),
        }
    }
    if !named.is_empty() {
        let _ = write!(line, "import{{{}}}from{url};", named.join(","));
    } else if !written {
        let _ = write!(line, "import{url};");
    }
}

/// A CommonJS module's export, as bundlers agree to read it.
fn common_js(module: &str, imported: Option<&str>) -> String {
    match imported {
        None => module.to_owned(),
        Some("default") => format!("{module}?.__esModule?{module}.default:{module}"),
        Some(name) => format!("{module}[{}]", quoted(name)),
    }
}

/// The names that an import would bring in, without values.
fn nothing(line: &mut String, kind: &ImportKind) {
    match kind {
        ImportKind::Static(bindings) => {
            for Binding { local, .. } in bindings {
                let _ = write!(line, "const {local}=void 0;");
            }
        }
        ImportKind::Dynamic(number) => {
            let _ = write!(line, "function __qv_d{number}(){{return Promise.resolve({{}})}}");
        }
        ImportKind::Url(number) => {
            let _ = write!(line, "const __qv_u{number}=\"\";");
        }
        ImportKind::Glob { number, .. } => {
            let _ = write!(line, "const __qv_g{number}={{}};");
        }
        ImportKind::ReExport(_) | ImportKind::ReExportAll(_) => {}
    }
}

fn glob(
    line: &mut String,
    number: usize,
    files: &[(String, String)],
    eager: bool,
    export: Option<&str>,
) {
    let mut entries = Vec::new();
    for (index, (key, url)) in files.iter().enumerate() {
        let (key, url) = (quoted(key), quoted(url));
        let pick = export.map(quoted);
        entries.push(if eager {
            let name = format!("__qv_g{number}_{index}");
            let _ = write!(line, "import*as {name} from {url};");
            format!("{key}:{name}{}", pick.map(|pick| format!("[{pick}]")).unwrap_or_default())
        } else {
            let pick = pick.map(|pick| format!(".then(m=>m[{pick}])"));
            format!("{key}:()=>import({url}){}", pick.unwrap_or_default())
        });
    }
    let _ = write!(line, "const __qv_g{number}={{{}}};", entries.join(","));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file_kind::Language;
    use crate::script::{Options, compile};
    use qv_domain::FilePath;

    fn served(text: &str, links: &[Link]) -> String {
        let path = FilePath::parse("src/a.tsx").unwrap();
        let options = Options { jsx_source: "react".into(), ..Options::default() };
        let compiled = compile(&path, text, Language::Tsx, &options);
        assert_eq!(compiled.diagnostics, []);
        let around = Surroundings { path: "src/a.tsx", env: "{}" };
        link(&compiled.script.unwrap(), links, &around)
    }

    fn module(url: &str) -> Link {
        Link::Module { url: url.into(), types: BTreeSet::new() }
    }

    #[test]
    fn imports_keep_their_meaning() {
        let code = served(
            "import d, {a as b, type T} from './x'; import * as n from './y'; import './z';\n\
             export {q as default} from './w'; export * from './v'; export * as ns from './u';\n\
             use(d, b, n); const later = () => import('./l');",
            &["/x", "/y", "/z", "/w", "/v", "/u", "/l"].map(module),
        );
        assert_eq!(
            code,
            "import{default as d,a as b}from\"/x\";import*as n from \"/y\";import\"/z\";\
             export{q as default}from\"/w\";export* from \"/v\";export* as ns from \"/u\";\
             function __qv_d6(){return import(\"/l\")}\n\
             use(d, b, n);\nconst later = () => __qv_d6();\n"
        );
    }

    #[test]
    fn names_of_common_js_are_read_from_its_default() {
        let cjs = Link::CommonJs { url: "/r".into() };
        let code = served(
            "import R, {useState as s} from 'r'; use(R, s); export {useRef} from 'r';",
            &[cjs.clone(), cjs],
        );
        assert_eq!(
            code,
            "import __qv_i0 from \"/r\";const R=__qv_i0?.__esModule?__qv_i0.default:__qv_i0;\
             const s=__qv_i0[\"useState\"];import __qv_i1 from \"/r\";\
             const __qv_i1_0=__qv_i1[\"useRef\"];export{__qv_i1_0 as useRef};\nuse(R, s);\n"
        );
    }

    #[test]
    fn types_that_are_exported_again_do_not_reach_the_browser() {
        let types = Link::Module { url: "/t".into(), types: ["T".into()].into() };
        let code = served("export {T, v} from './t';", std::slice::from_ref(&types));
        assert_eq!(code, "export{v as v}from\"/t\";\n");
    }

    #[test]
    fn globs_and_asset_urls_become_values() {
        let files = Link::Glob(vec![("./a.ts".into(), "/a.ts".into())]);
        let code = served(
            "export const g = import.meta.glob('./*.ts', {eager: true, import: 'x'});\n\
             export const u = new URL('./i.png', import.meta.url).href;",
            &[files, module("/i.png")],
        );
        assert_eq!(
            code,
            "import*as __qv_g0_0 from \"/a.ts\";const __qv_g0={\"./a.ts\":__qv_g0_0[\"x\"]};\
             const __qv_u1=\"/i.png\";\nexport const g = __qv_g0;\n\
             export const u = new URL(__qv_u1, import.meta.url).href;\n"
        );
    }

    #[test]
    fn a_broken_module_still_has_its_exports() {
        assert_eq!(
            broken(["default", "a-b"].into_iter(), "src/a.ts", "no \"x\""),
            "globalThis.__qv?.broken(\"src/a.ts\");const __qv_x0=void 0;const __qv_x1=void 0;\
             export{__qv_x0 as default,__qv_x1 as \"a-b\"};throw new Error(\"no \\\"x\\\"\");\n"
        );
    }
}

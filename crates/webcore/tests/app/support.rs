//! A small app and ways to look at what is served of it.

use qv_domain::{Blob, FilePath};
use qv_webcore::{Package, PackageMap, Patch, Project, Settings};

pub(crate) const PAGE: &str = "<!doctype html><html><head><title>t</title></head><body><div id=\"root\">\
                        </div><script type=\"module\" src=\"/src/main.tsx\"></script></body></html>";
pub(crate) const MAIN: &str = "import { createRoot } from 'react-dom/client'\nimport App from './App'\n\
                        import './index.css'\ncreateRoot(document.getElementById('root')!).render(<App />)\n";
pub(crate) const APP: &str = "import { useState } from 'react'\nimport { Button } from '@/components/Button'\n\
                       import { label } from './util'\nexport default function App() {\n\
                       const [n, set] = useState(0)\nreturn <Button onClick={() => set(n + 1)}>{label(n)}</Button>\n}\n";
pub(crate) const BUTTON: &str = "export function Button(props: { onClick(): void, children: unknown }) {\n\
                          return <button {...props} />\n}\n";
pub(crate) const UTIL: &str =
    "export type Label = string\nexport const label = (n: number): Label => `count ${n}`\n";
pub(crate) const CSS: &str =
    "@import \"tailwindcss\";\n@import \"./theme.css\";\nbody { color: red }\n";
pub(crate) const THEME: &str = "@theme { --color-brand: #123 }\n";

pub(crate) fn path(path: &str) -> FilePath {
    FilePath::parse(path).unwrap()
}

pub(crate) fn blob(text: &str) -> Blob {
    text.as_bytes().into()
}

pub(crate) fn packages() -> PackageMap {
    let mut packages: PackageMap =
        ["react", "react/jsx-runtime", "react-dom/client", "react-refresh/runtime"]
            .map(|name| (name.to_owned(), Package::common_js(&format!("/@deps/{name}.js"))))
            .into();
    packages.insert("lucide-react".into(), Package::module("/@deps/lucide.js"));
    packages
}

pub(crate) fn react_app() -> Vec<(FilePath, Blob)> {
    [
        ("package.json", r#"{"dependencies": {"react": "19", "react-dom": "19"}}"#),
        ("index.html", PAGE),
        ("src/main.tsx", MAIN),
        ("src/App.tsx", APP),
        ("src/components/Button.tsx", BUTTON),
        ("src/util.ts", UTIL),
        ("src/index.css", CSS),
        ("src/theme.css", THEME),
    ]
    .map(|(name, text)| (path(name), blob(text)))
    .into()
}

/// A project with these files and React.
pub(crate) fn project(files: impl IntoIterator<Item = (FilePath, Blob)>) -> Project {
    let settings = Settings { app_origin: "http://localhost:4173".into(), ..Settings::default() };
    let mut project = Project::new(settings);
    project.set_packages(packages());
    project.load(files);
    project
}

/// A project of plain files.
pub(crate) fn plain(files: &[(&str, &str)]) -> Project {
    let manifest = ("package.json", r#"{"dependencies": {"react": "19"}}"#);
    let all = std::iter::once(&manifest).chain(files);
    project(all.map(|(name, text)| (path(name), blob(text))))
}

/// Writes one file.
pub(crate) fn edit(project: &mut Project, name: &str, text: &str) -> Patch {
    project.update([(path(name), Some(blob(text)))])
}

pub(crate) fn text(project: &Project, target: &str) -> String {
    let served = project.serve(target).unwrap_or_else(|| panic!("{target} is not served"));
    String::from_utf8(served.body.to_vec()).unwrap()
}

/// URLs of modules that a patch replaces.
pub(crate) fn hot(patch: &Patch) -> Vec<&str> {
    patch.hot.iter().map(|module| module.url.as_str()).collect()
}

/// Kind, place and message of each diagnostic.
pub(crate) fn said(project: &Project) -> Vec<String> {
    let one = |found: &qv_webcore::Diagnostic| {
        format!("{}:{}:{} {:?} {}", found.file, found.line, found.column, found.kind, found.message)
    };
    project.diagnostics().iter().map(one).collect()
}

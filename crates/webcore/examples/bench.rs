//! CPU time of compiling a small app and of single edits:
//! `cargo run --release -p qv-webcore --example bench`.
#![expect(clippy::print_stdout, reason = "a bench prints")]

use std::time::{Duration, Instant};

use qv_domain::{Blob, FilePath, PathError};
use qv_webcore::{Package, PackageMap, Patch, Project, Settings};

/// Runs of each measurement.
const RUNS: u32 = 300;
/// Components of the app; with main, app, store, utilities and styles it has 15 modules.
const COMPONENTS: usize = 9;

fn main() -> Result<(), PathError> {
    let files = app()?;
    let first = timed(|| _ = loaded(&files));
    println!(
        "{} files, {} bytes",
        files.len(),
        files.iter().map(|(_, text)| text.len()).sum::<usize>()
    );
    println!("first compile in this process   {first:>9.1?}");
    report("whole app, compiled afresh", (0..RUNS).map(|_| timed(|| _ = loaded(&files))));

    let mut project = loaded(&files);
    let mut edit =
        |path: &str, change: &dyn Fn(u32) -> String| -> Result<Vec<Duration>, PathError> {
            let path = FilePath::parse(path)?;
            let run = |number| {
                let text: Blob = change(number).into_bytes().into();
                timed(|| check(&project.update([(path.clone(), Some(text))])))
            };
            Ok((1..=RUNS).map(run).collect())
        };
    report("edit of a component", edit("src/components/Card3.tsx", &|n| component(3, n))?);
    report("edit of a shared module", edit("src/store.ts", &store)?);
    report("edit of a style sheet", edit("src/index.css", &style)?);
    report(
        "edit with a syntax error",
        edit("src/components/Card4.tsx", &|n| format!("{}(", component(4, n)))?,
    );

    let project = loaded(&files);
    let serve = |target: &str| timed(|| assert!(project.serve(target).is_some()));
    report("serving the page", (0..RUNS).map(|_| serve("/")));
    report("serving a component", (0..RUNS).map(|_| serve("/src/components/Card1.tsx")));
    report("serving its source map", (0..RUNS).map(|_| serve("/src/components/Card1.tsx?map")));
    Ok(())
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn check(patch: &Patch) {
    assert!(!patch.reload);
}

fn report(what: &str, times: impl IntoIterator<Item = Duration>) {
    let mut times: Vec<_> = times.into_iter().collect();
    times.sort();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    let (least, most) =
        (times.first().copied().unwrap_or_default(), times.last().copied().unwrap_or_default());
    println!("{what:<30} {middle:>9.1?} ({least:.1?} - {most:.1?}), median of {}", times.len());
}

fn loaded(files: &[(FilePath, Blob)]) -> Project {
    let mut project = Project::new(Settings::default());
    let names = ["react", "react/jsx-runtime", "react-dom/client", "react-refresh/runtime"];
    let mut packages: PackageMap = names
        .map(|name| (name.to_owned(), Package::common_js(&format!("/@deps/{name}.js"))))
        .into();
    packages.insert("lucide-react".to_owned(), Package::module("/@deps/lucide-react.js"));
    project.set_packages(packages);
    project.load(files.iter().cloned());
    assert_eq!(project.diagnostics(), []);
    project
}

fn app() -> Result<Vec<(FilePath, Blob)>, PathError> {
    let mut files = vec![
        ("package.json".to_owned(), r#"{"dependencies": {"react": "19", "lucide-react": "1"}}"#.to_owned()),
        ("index.html".to_owned(), "<!doctype html><html><head><title>Bench</title></head><body><div id=root></div>\
            <script type=module src=/src/main.tsx></script></body></html>".to_owned()),
        ("src/main.tsx".to_owned(), "import { createRoot } from 'react-dom/client'\nimport App from './App'\nimport './index.css'\n\
            createRoot(document.getElementById('root')!).render(<App />)\n".to_owned()),
        ("src/index.css".to_owned(), style(0)),
        ("src/store.ts".to_owned(), store(0)),
        ("src/format.ts".to_owned(), "export const money = (n: number) => `$${n.toFixed(2)}`\n".to_owned()),
        ("src/data.json".to_owned(), format!("[{}]", vec![r#"{"id": 1, "name": "One", "price": 2.5}"#; 40].join(","))),
    ];
    let imports: String = (0..COMPONENTS)
        .map(|n| format!("import {{ Card{n} }} from '@/components/Card{n}'\n"))
        .collect();
    let cards: String =
        (0..COMPONENTS).map(|n| format!("<Card{n} title=\"Card {n}\" />\n")).collect();
    files.push(("src/App.tsx".to_owned(), format!("{imports}export default function App() {{\nreturn <main className=\"grid gap-4 p-8\">{cards}</main>\n}}\n")));
    files.extend((0..COMPONENTS).map(|n| (format!("src/components/Card{n}.tsx"), component(n, 0))));
    files
        .into_iter()
        .map(|(path, text)| Ok((FilePath::parse(&path)?, text.into_bytes().into())))
        .collect()
}

fn component(number: usize, version: u32) -> String {
    let rows: String = (0..12)
        .map(|row| format!("<li key={{{row}}} className=\"flex items-center justify-between rounded-lg border px-3 py-2\" onClick={{() => set(count + {row})}}><span>Row {row} of {{props.title}}</span><strong>{{money(count * {row})}}</strong></li>\n"))
        .collect();
    format!(
        "import {{ useEffect, useMemo, useState }} from 'react'\nimport {{ Plus, Trash2 }} from 'lucide-react'\n\
         import {{ useItems, type Item }} from '@/store'\nimport {{ money }} from '../format'\nimport data from '../data.json'\n\
         interface Props {{ title: string; items?: Item[] }}\n\
         export function Card{number}(props: Props) {{\n  const [count, set] = useState<number>({version})\n\
         const items = useItems()\n  const total = useMemo(() => [...items, ...data].reduce((sum, item) => sum + (item.price ?? 0), 0), [items])\n\
         useEffect(() => {{ document.title = `${{props.title}} ${{total}}` }}, [props.title, total])\n\
         return <section className=\"rounded-xl bg-white p-4 shadow\"><h2 className=\"text-lg font-semibold\"><Plus /> {{props.title}} {version}</h2>\n<ul>{rows}</ul>\
         <button aria-label=\"Remove\" onClick={{() => set((n) => n - 1)}}><Trash2 /></button></section>\n}}\n"
    )
}

fn store(version: u32) -> String {
    format!(
        "export interface Item {{ id: number; name: string; price?: number }}\nconst items: Item[] = [{{ id: {version}, name: 'first' }}]\n\
         export function useItems(): Item[] {{ return items }}\n"
    )
}

fn style(version: u32) -> String {
    format!(
        "@import \"tailwindcss\";\n@theme {{ --color-brand: oklch(0.5 0.1 {version}); }}\nbody {{ @apply bg-white; }}\n"
    )
}

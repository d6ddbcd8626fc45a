use proptest::prelude::*;

use super::*;
use crate::outline::line_count;
use crate::{Scale, count_tokens};

const FILES: [(&str, &str); 8] = [
    ("index.html", "<div id=\"root\"></div>\n"),
    ("package.json", "{}\n"),
    ("package-lock.json", "{ \"lock\": 1 }\n"),
    (
        "src/App.tsx",
        "import { Board } from './components/Board';\nexport default function App() { return <Board />; }\n",
    ),
    ("src/components/TimerRing.tsx", "export function TimerRing() { return <svg>ring</svg>; }\n"),
    (
        "src/components/Board.tsx",
        "export function Board() { return <div>columns and cards</div>; }\n",
    ),
    ("src/storage.ts", "export const save = (key: string) => localStorage.setItem(key, '');\n"),
    ("src/theme.ts", "export const dark = { background: '#000' };\n"),
];

fn path(path: &str) -> FilePath {
    FilePath::parse(path).unwrap()
}

/// A file of a few thousand tokens, with one function a name.
fn long(names: &[&str]) -> String {
    let function = |name: &&str| {
        let body: String = (0..30).map(|at| format!("  total += step({at}) * scale;\n")).collect();
        format!(
            "export function {name}(scale: number) {{\n  let total = 0;\n{body}  return total;\n}}\n\n"
        )
    };
    names.iter().map(function).collect()
}

/// The files above, each made too long for all of them to be sent.
fn project() -> Vec<(FilePath, String)> {
    let filler = "// filler that belongs to this file and says nothing at all\n".repeat(40);
    let mut files: Vec<(FilePath, String)> =
        FILES.iter().map(|(at, text)| (path(at), format!("{text}{filler}"))).collect();
    let names = ["alpha", "beta", "gamma", "delta", "renderInvoice", "zeta", "eta", "theta"];
    files.push((path("src/long.ts"), long(&names)));
    files
}

struct Wanted<'a> {
    prompt: &'a str,
    past: &'a [PastChange<'a>],
    errors: &'a [(FilePath, Option<u32>)],
    open: &'a [FilePath],
    picked: Option<(&'a FilePath, Option<u32>)>,
    scope: Scope,
    budget: u64,
}

const USUAL: Wanted<'_> = Wanted {
    prompt: "",
    past: &[],
    errors: &[],
    open: &[],
    picked: None,
    scope: Scope::Part,
    budget: 16_000,
};

fn packed(files: &[(FilePath, String)], wanted: &Wanted<'_>) -> Packed {
    let sources: Vec<SourceFile<'_>> = files
        .iter()
        .map(|(path, text)| SourceFile { path, text: Some(text), bytes: text.len() as u64 })
        .collect();
    let request = PackRequest {
        scale: Scale::of("gpt-5"),
        files: &sources,
        prompt: wanted.prompt,
        past: wanted.past,
        errors: wanted.errors,
        open: wanted.open,
        picked: wanted.picked,
        scope: wanted.scope,
        slices: true,
        budget: wanted.budget,
    };
    pack(&request, &mut FactsCache::default())
}

fn sent(packed: &Packed) -> Vec<String> {
    let line = |file: &SentFile| format!("{}: {}", file.path, file.reason.as_str());
    packed.sent.iter().map(line).collect()
}

#[test]
fn a_small_project_is_sent_whole_but_for_lock_files() {
    let files: Vec<(FilePath, String)> =
        FILES.iter().map(|(at, text)| (path(at), (*text).to_owned())).collect();
    let packed = packed(&files, &Wanted { prompt: "a change", ..USUAL });
    assert_eq!(packed.sent.len(), 7);
    assert!(packed.sent.iter().all(|file| file.reason == Reason::AllFit));
    assert_eq!(packed.omitted, [path("package-lock.json")]);
    assert!(packed.exact && packed.naive_tokens < packed.tokens);
    insta::assert_snapshot!(packed.map);
}

#[test]
fn else_the_telling_files_each_with_its_reason() {
    let files = project();
    let of = |wanted: &Wanted<'_>| sent(&packed(&files, wanted));
    let prompt = |prompt: &'static str| of(&Wanted { prompt, ..USUAL });
    assert!(prompt("fix TimerRing").contains(&"src/components/TimerRing.tsx: named".to_owned()));
    assert!(prompt("fix storage.ts").contains(&"src/storage.ts: named".to_owned()));
    assert!(prompt("nothing of the kind").len() <= 1);
    let error = [(path("src/theme.ts"), Some(1))];
    assert!(of(&Wanted { errors: &error, ..USUAL }).contains(&"src/theme.ts: error".to_owned()));
    let open = [path("src/theme.ts")];
    assert!(of(&Wanted { open: &open, ..USUAL }).contains(&"src/theme.ts: open".to_owned()));
    let board = path("src/components/Board.tsx");
    let picked = of(&Wanted { picked: Some((&board, Some(1))), ..USUAL });
    assert!(picked.contains(&"src/components/Board.tsx: picked".to_owned()), "{picked:?}");
    let whole = packed(&files, &Wanted { scope: Scope::Whole, ..USUAL });
    assert_eq!(whole.sent.len(), 8);
}

#[test]
fn what_was_changed_before_ranks_higher() {
    let files = project();
    let changed = [path("src/theme.ts"), path("src/storage.ts")];
    let past =
        [PastChange { prompt: "darker colours", outcome: "", changed: &changed, in_chat: true }];
    let first = |prompt: &'static str| {
        packed(&files, &Wanted { prompt, past: &past, ..USUAL }).ranked[0].path.clone()
    };
    assert!(changed.contains(&first("more")));
    assert!(changed.contains(&first("the colours are too pale")));
}

#[test]
fn a_long_file_is_sent_in_slices_that_name_what_is_left_out() {
    let names: Vec<String> = (0..40).map(|at| format!("part{at}")).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names[20] = "renderInvoice";
    let mut files = project();
    files.push((path("src/huge.ts"), long(&names)));
    let packed =
        packed(&files, &Wanted { prompt: "the total of renderInvoice in huge.ts", ..USUAL });
    let file = packed.sent.iter().find(|file| file.path.as_str() == "src/huge.ts").unwrap();
    let text = &files.last().unwrap().1;
    assert!(matches!(file.part, Part::Slices(_)), "{file:?}");
    let shown = render("src/huge.ts", text, &file.part);
    assert!(shown.contains(" part3"), "{shown}");
    assert!(count_tokens(Scale::of("gpt-5"), &shown).tokens <= file.tokens);
}

#[test]
fn a_map_that_is_too_long_loses_names_and_then_folders() {
    let files = project();
    let map = |budget| packed(&files, &Wanted { budget, ..USUAL }).map;
    assert!(map(16_000).contains("theme.ts(dark)"), "{}", map(16_000));
    assert!(
        map(16_000).contains("TimerRing.tsx storage.ts(save)")
            || map(16_000).contains("TimerRing.tsx\n")
    );
    assert!(!map(160).contains("(dark)") && map(160).contains("theme.ts"), "{}", map(160));
    assert!(map(80).ends_with("more folders)\n"), "{}", map(80));
    assert_eq!(map(0), "");
}

#[test]
fn ten_thousand_files_are_packed() {
    let files: Vec<(FilePath, String)> = (0..10_000)
        .map(|at| {
            (
                path(&format!("src/part{}/File{at}.ts", at % 50)),
                format!("export const v{at} = {at};\n"),
            )
        })
        .collect();
    let packed = packed(&files, &Wanted { prompt: "change File7777.ts", ..USUAL });
    assert!(packed.tokens <= 16_000);
    assert!(sent(&packed).contains(&"src/part27/File7777.ts: named".to_owned()));
}

#[test]
fn one_file_of_100_000_lines_does_not_break_the_budget() {
    let mut files = project();
    let lines: String = (0..100_000).map(|at| format!("export const v{at} = {at};\n")).collect();
    files.push((path("src/data.ts"), lines));
    let packed = packed(&files, &Wanted { prompt: "fix v500 in src/data.ts", ..USUAL });
    assert!(packed.tokens <= 16_000, "{}", packed.tokens);
}

proptest! {
    #[test]
    fn the_budget_holds_and_the_choice_is_the_same(
        prompt in "(fix |TimerRing |theme |long.ts |delta |renderInvoice |[a-z]{1,8} ){0,8}",
        budget in 0_u64..6_000,
        aged in 0_usize..9,
        whole in any::<bool>(),
    ) {
        let files = project();
        let changed = [files[aged].0.clone()];
        let past = [PastChange { prompt: "before", outcome: "", changed: &changed, in_chat: true }];
        let scope = if whole { Scope::Whole } else { Scope::Part };
        let wanted = Wanted { prompt: &prompt, past: &past, scope, budget, ..USUAL };
        let first = packed(&files, &wanted);
        prop_assert_eq!(&first, &packed(&files, &wanted));
        // A wall: what is sent, counted anew, is within the budget.
        let mut all = count_tokens(Scale::of("gpt-5"), &first.map).tokens;
        for file in &first.sent {
            let text = &files.iter().find(|(at, _)| *at == file.path).unwrap().1;
            all += count_tokens(Scale::of("gpt-5"), &render(&file.path, text, &file.part)).tokens;
        }
        prop_assert!(all <= first.tokens && first.tokens <= budget, "{} {} {}", all, first.tokens, budget);
        prop_assert_eq!(first.sent.len() + first.omitted.len(), files.len());
    }

    #[test]
    fn slices_are_exactly_the_lines_that_they_name(
        asked in proptest::collection::vec((1_u32..280, 0_u32..40), 0..6),
    ) {
        let text = long(&["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let total = line_count(&text);
        let asked: Vec<Lines> = asked
            .iter()
            .map(|(first, more)| Lines { first: *first, last: (first + more).min(total) })
            .filter(|lines| lines.first <= total)
            .collect();
        let mut asked = asked;
        asked.sort_unstable();
        let part = select::joined(asked.clone(), total);
        for lines in &asked {
            prop_assert!(part.holds(*lines));
        }
        let shown = render("src/a.ts", &text, &part);
        // Read back: lines that are not a gap's are the file's, at the numbers that the gaps imply.
        let mut at = 0_usize;
        for line in shown.split_inclusive('\n') {
            if let Some(gap) = line.strip_prefix("[lines ") {
                let (first, rest) = gap.split_once('-').unwrap();
                prop_assert_eq!(first.parse::<usize>().unwrap(), at + 1);
                at = rest.split_once(' ').unwrap().0.parse().unwrap();
            } else {
                prop_assert_eq!(line, lines[at]);
                at += 1;
            }
        }
        prop_assert_eq!(at, lines.len());
    }
}

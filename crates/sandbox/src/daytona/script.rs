//! The script that runs a command: for the shell that a session of Daytona's is.

use super::inside::{VARIABLE, sweep};
use crate::{Command, Result, SandboxError};

/// The longest script; a line of a terminal that is not yet read whole is cut at 4,096 bytes.
const LONGEST_LINE: usize = 3_900;
const LONGEST: usize = 256 << 10;

/// Runs a command in a session, telling by marks when it begins and how it ended.
pub(super) fn for_session(command: &Command, project: &str, nonce: &str) -> Result<String> {
    // In a shell of its own: the one that waits for it would say on its standard error that it was killed.
    let body = body(command, project, nonce, ("(", ") 2>&3 3>&-"))?;
    let sweep = sweep(nonce, false);
    let script = format!(
        // The shell's own words are nobody's output.
        "( {body}; qv=$?; {{ {sweep}; }} >/dev/null 2>&1; \
         printf '\\036{nonce} ended %d\\n' \"$qv\"; printf '\\036{nonce} last-err\\n' >&3; \
         printf '\\036{nonce} last-out\\n' ) 3>&2 2>/dev/null"
    );
    bounded(script, LONGEST)
}

/// Types a command into a terminal's shell, which ends with it.
pub(super) fn for_terminal(command: &Command, project: &str, nonce: &str) -> Result<String> {
    let body = body(command, project, nonce, ("", ""))?;
    let sweep = sweep(nonce, false);
    let line = format!(" {body}; qv=$?; {{ {sweep}; }} >/dev/null 2>&1; exit $qv\r");
    bounded(line, LONGEST_LINE)
}

fn body(
    command: &Command,
    project: &str,
    nonce: &str,
    (before, after): (&str, &str),
) -> Result<String> {
    let invalid = |message: &str| SandboxError::InvalidSpec { message: message.to_owned() };
    let Some(program) = command.argv.first().filter(|program| !program.is_empty()) else {
        return Err(invalid("a command needs a program"));
    };
    let mut words = Vec::new();
    for (name, value) in &command.env {
        if !is_name(name) {
            return Err(invalid("a variable of the environment has a name that none can have"));
        }
        words.push(quoted(&format!("{name}={value}"))?);
    }
    for word in &command.argv {
        words.push(quoted(word)?);
    }
    let folder = folder(project, &command.folder)?;
    let paths = command.env.iter().rev().find(|(name, _)| name == "PATH");
    let path = match paths {
        Some((_, path)) => format!("PATH={} ", quoted(path)?),
        None => String::new(),
    };
    // `env` looks the program up, so that no alias, function or word of the shell's own takes its place.
    Ok(format!(
        "cd {folder} 2>/dev/null || {{ printf '\\036{nonce} no-folder\\n'; exit 0; }}; \
         {path}sh -c 'command -v -- \"$1\" >/dev/null 2>&1' sh {program} || \
         {{ printf '\\036{nonce} no-program\\n'; exit 0; }}; \
         printf '\\036{nonce} begins\\n'; {before}env {VARIABLE}={nonce} {words}{after}",
        folder = quoted(&folder)?,
        program = quoted(program)?,
        words = words.join(" "),
    ))
}

/// A folder of the project, never one above it by its name.
fn folder(project: &str, folder: &str) -> Result<String> {
    if folder.is_empty() {
        return Ok(project.to_owned());
    }
    if folder.starts_with('/') || folder.split('/').any(|part| part == "..") {
        let message = "a command runs in a folder of the project".to_owned();
        return Err(SandboxError::InvalidSpec { message });
    }
    Ok(format!("{project}/{folder}"))
}

fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(|c: char| !c.is_ascii_digit()) && name.chars().all(plain)
}

/// One word for every shell.
pub(super) fn quoted(word: &str) -> Result<String> {
    if word.contains('\0') {
        let message = "a command cannot have a byte 0".to_owned();
        return Err(SandboxError::InvalidSpec { message });
    }
    Ok(format!("'{}'", word.replace('\'', r"'\''")))
}

fn bounded(script: String, most: usize) -> Result<String> {
    if script.len() > most {
        let message = format!("the command is longer than {most} bytes");
        return Err(SandboxError::InvalidSpec { message });
    }
    Ok(script)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::daytona::demux::{Demux, Told};

    fn run(command: &Command) -> (Vec<Told>, String) {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        // No other run on this machine has the same: what it leaves is found by it.
        let number = RUNS.fetch_add(1, Ordering::Relaxed);
        let nonce = format!("n{}x{number}x", std::process::id());
        let script = for_session(command, "/tmp", &nonce).unwrap();
        let run = |shell: &str| {
            let output = std::process::Command::new(shell).args(["-c", &script]).output().unwrap();
            let err = String::from_utf8(output.stderr).unwrap();
            let err = err.strip_suffix(&format!("\u{1e}{nonce} last-err\n")).map(str::to_owned);
            (Demux::new(&nonce).push(&output.stdout), err.unwrap_or_default())
        };
        // Daytona's shell is the best that there is.
        let told = run("sh");
        assert_eq!(told, run("bash"));
        told
    }

    fn printed(told: &[Told]) -> String {
        let bytes = told.iter().flat_map(|one| match one {
            Told::Wrote(_, bytes) => bytes.to_vec(),
            _ => Vec::new(),
        });
        String::from_utf8(bytes.collect()).unwrap()
    }

    #[test]
    fn words_arrive_as_they_are() {
        let words =
            ["a b", "$HOME", "it's", "`id`", "\\n", "", "\"", "*", "\u{1f600}\nx", "!", "~"];
        for word in words {
            let mut command = Command::new(["printf", "%s", word]);
            command.env.push(("QV".to_owned(), "x".to_owned()));
            let (told, _) = run(&command);
            assert_eq!(printed(&told), word, "{word:?}");
            assert!(told.contains(&Told::Ended(0)));
        }
    }

    #[test]
    fn the_environment_is_set_and_cannot_run_anything() {
        let mut command = Command::new(["sh", "-c", "printf '%s' \"$A\""]);
        command.env.push(("A".to_owned(), "'; echo no; '".to_owned()));
        assert_eq!(printed(&run(&command).0), "'; echo no; '");
        for name in ["", "1A", "A B", "A;id", "A=B"] {
            let mut command = Command::new(["true"]);
            command.env.push((name.to_owned(), "1".to_owned()));
            assert!(for_session(&command, "/tmp", "n0").is_err(), "{name}");
        }
    }

    #[test]
    fn what_is_not_there_is_told() {
        let (told, _) = run(&Command::new(["no-such-program-qv"]));
        assert!(told.contains(&Told::NoProgram) && !told.contains(&Told::Begins));
        let mut command = Command::new(["true"]);
        command.folder = "no/such/folder".to_owned();
        assert!(run(&command).0.contains(&Told::NoFolder));
        for folder in ["/etc", "../x", "a/../../x"] {
            command.folder = folder.to_owned();
            assert!(for_session(&command, "/tmp", "n0").is_err(), "{folder}");
        }
    }

    #[test]
    fn the_code_is_told() {
        let (told, err) = run(&Command::new(["sh", "-c", "echo x >&2; exit 7"]));
        assert!(told.contains(&Told::Ended(7)));
        assert_eq!(err, "x\n");
        let (told, err) = run(&Command::new(["sh", "-c", "kill -9 $$"]));
        assert!(told.contains(&Told::Ended(137)));
        assert_eq!(err, "");
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        assert!(for_session(&Command::new(Vec::<String>::new()), "/tmp", "n").is_err());
        assert!(for_session(&Command::new(["echo", "a\0b"]), "/tmp", "n").is_err());
        let long = Command::new(["echo".to_owned(), "x".repeat(5_000)]);
        assert!(for_terminal(&long, "/tmp", "n").is_err());
        assert!(for_session(&long, "/tmp", "n").is_ok());
    }
}

use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a task stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("`{command}` ended with {status}")]
    Command { command: String, status: String },
    #[error("`{command}` cannot be started: {source}")]
    Start { command: String, source: io::Error },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{0}")]
    Message(String),
}

/// Runs commands at the project's root, showing each.
pub(crate) struct Shell {
    root: PathBuf,
}

/// One line to the person at the terminal.
pub(crate) fn say(line: &str) {
    // A closed pipe is no reason to stop the work.
    let _ = writeln!(io::stderr(), "xtask: {line}");
}

impl Shell {
    pub(crate) fn at_root() -> Result<Self, Failure> {
        let manifest = env!("CARGO_MANIFEST_DIR");
        let root = Path::new(manifest).parent().unwrap_or(Path::new(".")).to_path_buf();
        Ok(Self { root })
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// `cargo`, as it started us.
    pub(crate) fn cargo(&self) -> Run<'_> {
        self.command(&env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
    }

    pub(crate) fn command(&self, program: &str) -> Run<'_> {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        // A nested cargo must not inherit what this one was started with.
        for name in
            ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION", "RUST_RECURSION_COUNT"]
        {
            command.env_remove(name);
        }
        Run { shell: self, command, shown: vec![program.to_owned()], optional: false }
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target_dir(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.path("target"), PathBuf::from)
    }

    pub(crate) fn read(&self, relative: &str) -> Result<String, Failure> {
        let path = self.path(relative);
        std::fs::read_to_string(&path).map_err(|source| Failure::File { path, source })
    }

    pub(crate) fn write(&self, relative: &str, text: &str) -> Result<(), Failure> {
        let path = self.path(relative);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|source| Failure::File { path: folder.to_path_buf(), source })?;
        }
        std::fs::write(&path, text).map_err(|source| Failure::File { path, source })
    }

    /// Whether a program is on the PATH.
    pub(crate) fn has(&self, program: &str) -> bool {
        env::var_os("PATH").is_some_and(|paths| {
            env::split_paths(&paths).any(|folder| folder.join(program).is_file())
        })
    }
}

/// A command being put together.
pub(crate) struct Run<'a> {
    shell: &'a Shell,
    command: Command,
    shown: Vec<String>,
    optional: bool,
}

impl Run<'_> {
    pub(crate) fn args<'s>(mut self, arguments: impl IntoIterator<Item = &'s str>) -> Self {
        for argument in arguments {
            self.command.arg(argument);
            self.shown.push(argument.to_owned());
        }
        self
    }

    pub(crate) fn within(mut self, folder: &str) -> Self {
        self.command.current_dir(self.shell.path(folder));
        self.shown.insert(0, format!("({folder})"));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// A non-zero exit is an answer, not a failure.
    pub(crate) fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Shows the command, runs it to its end, and answers whether it succeeded.
    pub(crate) fn run(mut self) -> Result<bool, Failure> {
        let shown = self.shown.join(" ");
        say(&format!("$ {shown}"));
        let status = self
            .command
            .stdin(Stdio::null())
            .status()
            .map_err(|source| Failure::Start { command: shown.clone(), source })?;
        if status.success() || self.optional {
            return Ok(status.success());
        }
        Err(Failure::Command { command: shown, status: status.to_string() })
    }

    /// Runs it with its output caught.
    pub(crate) fn output(mut self) -> Result<String, Failure> {
        let shown = self.shown.join(" ");
        let output = self
            .command
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|source| Failure::Start { command: shown.clone(), source })?;
        if !output.status.success() && !self.optional {
            return Err(Failure::Command { command: shown, status: output.status.to_string() });
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

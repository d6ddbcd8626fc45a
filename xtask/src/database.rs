//! A PostgreSQL for tests: the one that is named, the one that answers, or a private one that is started and stopped.

use std::env;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::install;
use crate::shell::{Failure, Shell, say};

const VARIABLE: &str = "QUICKVIBE_TEST_POSTGRES";
const USUAL: &str = "postgres://postgres@127.0.0.1:5432/postgres";

/// A server to test against; a private one stops when this is dropped.
pub(crate) struct Postgres<'a> {
    pub(crate) url: String,
    private: Option<(&'a Shell, PathBuf, PathBuf)>,
}

impl<'a> Postgres<'a> {
    pub(crate) fn find_or_start(shell: &'a Shell) -> Result<Self, Failure> {
        if let Ok(url) = env::var(VARIABLE) {
            return Ok(Self { url, private: None });
        }
        if answers(shell) {
            say(&format!("using the PostgreSQL at {USUAL} (set {VARIABLE} for another)"));
            return Ok(Self { url: USUAL.to_owned(), private: None });
        }
        Self::start(shell)
    }

    fn start(shell: &'a Shell) -> Result<Self, Failure> {
        let bin = match newest_bin() {
            Some(bin) => bin,
            None => {
                install::debian(shell, &["postgresql"], "the tests run on PostgreSQL too")?;
                newest_bin().ok_or_else(|| {
                    Failure::Message("PostgreSQL was installed but has no programs".into())
                })?
            }
        };
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|source| Failure::Start { command: "bind".into(), source })?
            .port();
        let data = env::temp_dir().join(format!("quickvibe-postgres-{}", std::process::id()));
        say(&format!("starting a private PostgreSQL on port {port}"));
        let shown = data.display().to_string();
        let program = |name: &str| bin.join(name).display().to_string();
        as_postgres(
            shell,
            &program("initdb"),
            &["-D", &shown, "-U", "postgres", "-A", "trust", "-N"],
        )?;
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={shown} -c fsync=off"
        );
        let log = format!("{shown}/log");
        as_postgres(
            shell,
            &program("pg_ctl"),
            &["-D", &shown, "-l", &log, "-w", "-o", &options, "start"],
        )?;
        std::thread::sleep(Duration::from_millis(100));
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Ok(Self { url, private: Some((shell, bin, data)) })
    }
}

impl Drop for Postgres<'_> {
    fn drop(&mut self) {
        if let Some((shell, bin, data)) = &self.private {
            let shown = data.display().to_string();
            let stop = bin.join("pg_ctl").display().to_string();
            if as_postgres(shell, &stop, &["-D", &shown, "-m", "immediate", "stop"]).is_ok() {
                let _ = std::fs::remove_dir_all(data);
            }
        }
    }
}

/// PostgreSQL refuses to run as root: then it runs as its own user.
fn as_postgres(shell: &Shell, program: &str, arguments: &[&str]) -> Result<(), Failure> {
    let root = shell.command("id").args(["-u"]).output()?.trim() == "0";
    let run = if root {
        shell.command("setpriv").args([
            "--reuid=postgres",
            "--regid=postgres",
            "--clear-groups",
            program,
        ])
    } else {
        shell.command(program)
    };
    run.args(arguments.iter().copied()).run()?;
    Ok(())
}

fn newest_bin() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").is_file())
        .collect();
    found.sort();
    found.pop()
}

fn answers(shell: &Shell) -> bool {
    let socket = std::net::SocketAddr::from(([127, 0, 0, 1], 5432));
    if std::net::TcpStream::connect_timeout(&socket, Duration::from_millis(300)).is_err() {
        return false;
    }
    // Something listens; whether it lets us in only a client can tell.
    let psql = Path::new("/usr/bin/psql");
    !psql.is_file()
        || shell
            .command("psql")
            .args([USUAL, "-Atqc", "select 1"])
            .optional()
            .output()
            .is_ok_and(|out| out.trim() == "1")
}

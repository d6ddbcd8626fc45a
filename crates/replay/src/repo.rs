//! A repository's contents, through `git`.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use crate::Fault;
use crate::universe::in_universe;

/// A file of a snapshot: its blob and its text; `None` for a binary one.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    pub(crate) id: String,
    pub(crate) text: Option<Arc<str>>,
}

/// The text files of a commit that "send everything" would send, by path.
pub(crate) type Snapshot = BTreeMap<String, Blob>;

/// An older commit.
#[derive(Debug, Clone)]
pub(crate) struct Logged {
    pub(crate) commit: String,
    pub(crate) message: String,
    pub(crate) files: Vec<String>,
}

pub(crate) struct Repo {
    folder: PathBuf,
    texts: HashMap<String, Option<Arc<str>>>,
    reader: Reader,
}

/// `git cat-file --batch`, kept running.
struct Reader {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Repo {
    pub(crate) fn open(mirror: &Path, name: &str) -> Result<Self, Fault> {
        let folder = mirror.join(name.replace('/', "+")).join("repo");
        let fault = |source| Fault::Git { folder: folder.clone(), source };
        let mut child = Command::new("git")
            .arg("-C")
            .arg(&folder)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(fault)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Fault::Message("git has no pipes".to_owned()));
        };
        let reader = Reader { child, input, output: BufReader::new(output) };
        Ok(Self { folder, texts: HashMap::new(), reader })
    }

    fn git(&self, arguments: &[&str]) -> Result<String, Fault> {
        let fault = |source| Fault::Git { folder: self.folder.clone(), source };
        let done = Command::new("git")
            .arg("-C")
            .arg(&self.folder)
            .args(arguments)
            .stderr(Stdio::inherit())
            .output()
            .map_err(fault)?;
        if !done.status.success() {
            return Err(Fault::Message(format!(
                "git {} failed in {}",
                arguments.first().unwrap_or(&""),
                self.folder.display()
            )));
        }
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    }

    /// A blob's text; `None` for a binary one.
    pub(crate) fn text(&mut self, id: &str) -> Result<Option<Arc<str>>, Fault> {
        if let Some(text) = self.texts.get(id) {
            return Ok(text.clone());
        }
        let text =
            self.read(id).map_err(|source| Fault::Git { folder: self.folder.clone(), source })?;
        self.texts.insert(id.to_owned(), text.clone());
        Ok(text)
    }

    fn read(&mut self, id: &str) -> std::io::Result<Option<Arc<str>>> {
        let Reader { input, output, .. } = &mut self.reader;
        writeln!(input, "{id}")?;
        input.flush()?;
        let mut head = String::new();
        output.read_line(&mut head)?;
        let Some(size) = head.split_whitespace().nth(2).and_then(|size| size.parse().ok()) else {
            return Ok(None);
        };
        let mut bytes = vec![0; size];
        output.read_exact(&mut bytes)?;
        output.read_exact(&mut [0])?;
        let binary = bytes.iter().take(8_000).any(|byte| *byte == 0);
        Ok((!binary).then(|| String::from_utf8_lossy(&bytes).into()))
    }

    /// The text universe of a commit.
    pub(crate) fn snapshot(&mut self, commit: &str) -> Result<Snapshot, Fault> {
        let listed = self.git(&["ls-tree", "-r", "-l", "-z", commit])?;
        let mut files = Snapshot::new();
        for line in listed.split('\0').filter(|line| !line.is_empty()) {
            let Some((about, path)) = line.split_once('\t') else { continue };
            let about: Vec<&str> = about.split_whitespace().collect();
            let [mode, "blob", id, size] = about[..] else { continue };
            if mode == "120000" || !in_universe(path, size.parse().unwrap_or(u64::MAX)) {
                continue;
            }
            let text = self.text(id)?;
            files.insert(path.to_owned(), Blob { id: id.to_owned(), text });
        }
        Ok(files)
    }

    /// The last commits up to this one, oldest first, as a project's versions would be known.
    pub(crate) fn log(&self, commit: &str, most: u32) -> Result<Vec<Logged>, Fault> {
        let text = self.git(&[
            "log",
            &format!("-n{most}"),
            "--no-merges",
            "--format=%x01%H%x02%s%n%b%x02",
            "--name-only",
            commit,
        ])?;
        let mut commits = Vec::new();
        for part in text.split('\u{1}').skip(1) {
            let mut fields = part.splitn(3, '\u{2}');
            let (Some(commit), Some(message), Some(files)) =
                (fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            commits.push(Logged {
                commit: commit.trim().to_owned(),
                message: message.trim().to_owned(),
                files: files.lines().filter(|l| !l.is_empty()).map(str::to_owned).collect(),
            });
        }
        commits.reverse();
        Ok(commits)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It ends by itself when its input closes; this waits for it, so that none is left behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

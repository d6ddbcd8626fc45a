//! The same attempts as plain processes of an ordinary user: no sandbox, a naive proxy, a host that follows links.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::probe::{self, Attempt, Kind, Word};
use crate::stage::{Stage, WORD, open_to_all};
use crate::{STRANGER, naive};

/// Attempts that would harm the host or what else runs on it as the same user.
fn is_safe(attempt: &Attempt, own_user: bool) -> bool {
    match attempt.name.as_str() {
        "kill-everything" => own_user,
        // Whether the host's first process buries its dead is not ours to try.
        "zombies" | "stay-and-breed" => false,
        "egress-many-connections" | "output-nobody-reads" => false,
        _ => attempt.kind != Kind::Bomb,
    }
}

/// Gives the names of those that escaped.
pub(crate) fn run(stage: &Stage, attempts: &[Attempt]) -> Vec<String> {
    let own_user = stage.uid == Some(STRANGER);
    let proxy = naive::proxy();
    let mut escaped = Vec::new();
    for attempt in attempts.iter().filter(|attempt| is_safe(attempt, own_user)) {
        let project = tempfile::Builder::new().prefix("qv-control-").tempdir().unwrap();
        let program = project.path().join("qv-hostile");
        fs::copy(probe::path(), &program).unwrap();
        let template = template(project.path());
        if let Some(uid) = stage.uid {
            own(project.path(), uid);
        }
        let mut command = Command::new(&program);
        command
            .args([&attempt.name, &stage.marker()])
            .current_dir(project.path())
            .envs(stage.env());
        command.envs(told(&proxy, project.path()));
        if let Some(uid) = stage.uid {
            command.uid(uid).gid(uid);
        }
        let output = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (output, reads) = follow(output, project.path(), &attempt.name);
        let told = probe::told(&output);
        let touched = stage.touched();
        let left = left_behind(stage, attempt);
        let by_itself = told.as_ref().is_some_and(|told| told.outcome == Word::Escaped);
        let poisoned = fs::read_to_string(template).ok().as_deref() != Some(WORD);
        // A connection to the host's server is what some attempts are for, and a trace of others.
        if by_itself || reads || left || touched.is_err() || poisoned {
            escaped.push(attempt.name.clone());
        }
        println!(
            "control {} {told:?} {touched:?} reads {reads} left {left} poisoned {poisoned}",
            attempt.name
        );
    }
    escaped
}

fn own(path: &Path, uid: u32) {
    std::os::unix::fs::lchown(path, Some(uid), Some(uid)).unwrap();
    if path.is_dir() {
        fs::read_dir(path).unwrap().flatten().for_each(|entry| own(&entry.path(), uid));
    }
}

/// Packages as a naive host gives them: hard links to the template's own files.
fn template(project: &Path) -> std::path::PathBuf {
    let template = project.join("template.js");
    fs::write(&template, WORD).unwrap();
    open_to_all(&template, 0o666);
    let package = project.join("node_modules/template-package");
    fs::create_dir_all(&package).unwrap();
    fs::create_dir_all(project.join("node_modules/second-package")).unwrap();
    fs::hard_link(&template, package.join("index.js")).unwrap();
    template
}

fn told(proxy: &str, project: &Path) -> Vec<(String, String)> {
    let other = project.join("other.txt");
    fs::write(&other, WORD).unwrap();
    [
        ("QV_PROXY", proxy.to_owned()),
        ("QV_OTHER_FILE", other.display().to_string()),
        ("QV_OTHER_PORT", "7777".to_owned()),
        ("QV_LIMIT_CPU_MILLI", "500".to_owned()),
        ("QV_LIMIT_FILES", "1024".to_owned()),
        ("QUICKVIBE_HOSTILE_CANARY", WORD.to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// Waits for a probe; meanwhile and afterwards does what a naive host does with the files of a project. Tells whether it
/// read the secret.
fn follow(mut child: std::process::Child, project: &Path, name: &str) -> (Vec<u8>, bool) {
    let began = Instant::now();
    let limit =
        if name.starts_with("stay-") { Duration::from_secs(1) } else { Duration::from_secs(30) };
    let mut reads = false;
    let mut touch = || {
        let host_touches = name.starts_with("plant-link")
            || name.starts_with("plant-rel")
            || name.starts_with("race-");
        if !host_touches {
            return;
        }
        for file in ["planted.txt", "planted-dots.txt", "raced.txt"] {
            reads |= fs::read_to_string(project.join(file)).is_ok_and(|text| text.contains(WORD));
        }
        for folder in ["planted-folder", "planted-chain-a", "raced"] {
            let _ = fs::write(project.join(folder).join("written"), "by the host");
        }
    };
    while child.try_wait().unwrap().is_none() && began.elapsed() < limit {
        touch();
        std::thread::sleep(Duration::from_millis(1));
    }
    touch();
    let mut output = Vec::new();
    if child.try_wait().unwrap().is_none() {
        let _ = child.kill();
    } else if !name.starts_with("stay-") {
        use std::io::Read as _;
        let _ = child.stdout.take().unwrap().read_to_end(&mut output);
    }
    let _ = child.wait();
    (output, reads)
}

/// What runs on after the one that was started has ended; it is ended here.
fn left_behind(stage: &Stage, attempt: &Attempt) -> bool {
    if attempt.kind != Kind::Stays {
        return false;
    }
    let left = stage.marked();
    for pid in &left {
        if let Some(pid) = rustix::process::Pid::from_raw(i32::try_from(*pid).unwrap()) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
    !left.is_empty()
}

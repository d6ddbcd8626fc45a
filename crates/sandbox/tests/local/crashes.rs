//! Nothing outlives its server, and nothing leaks.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use qv_domain::SandboxState;
use qv_sandbox::local::{LocalConfig, LocalEngine};
use qv_sandbox::{Exit, SandboxEngine};

use super::harness::{Local, block_on, config, needs_root, root, test_name};
use crate::contract::{Fixture, create, read, run, sh, until, write};

/// Names the folder to whoever was started to be killed.
const DOOMED: &str = "QV_TEST_DOOMED";

/// Is the server that is killed: not a test by itself.
#[test]
fn a_server_to_be_killed() {
    let Some(folder) = std::env::var_os(DOOMED) else { return };
    block_on(async {
        let mut local = Local::open(|_| {}).await;
        local.engine = LocalEngine::open(config(Path::new(&folder))).await.unwrap();
        let mut commands = Vec::new();
        for _ in 0..10 {
            let id = create(&local).await;
            write(&local, id, "kept", "intact").await.unwrap();
            let script = "(setsid sleep 5432 &) ; echo up; sleep 5432";
            let mut command = local.engine.exec(id, sh(script)).await.unwrap();
            until(&mut command, "up").await;
            commands.push(command);
        }
        println!("ten are up");
        std::future::pending::<()>().await;
    });
}

/// A server that is killed, also by a test that fails.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn alive(line: &[u8]) -> usize {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter(|e| fs::read(e.path().join("cmdline")).is_ok_and(|l| l == line)).count()
}

/// Supervisors that are noted.
fn waiting(folder: &Path) -> Vec<i32> {
    let notes = fs::read_dir(folder.join("run")).unwrap().flatten();
    notes.map(|note| note.path().file_stem().unwrap().to_str().unwrap().parse().unwrap()).collect()
}

fn loops_of(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir("/sys/block") else { return 0 };
    let backing = entries
        .flatten()
        .filter_map(|entry| fs::read_to_string(entry.path().join("loop/backing_file")).ok());
    backing.filter(|file| file.starts_with(folder.to_str().unwrap())).count()
}

fn eventually(what: &str, limit: Duration, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < limit, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
    eprintln!("{what}: after {:?}", begun.elapsed());
}

#[test]
fn a_killed_server_leaves_nothing_running() {
    if !needs_root(test_name!(a_killed_server_leaves_nothing_running)) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut server = Killed(
        Process::new(std::env::current_exe().unwrap())
            .args(["--exact", "local::crashes::a_server_to_be_killed", "--nocapture"])
            .env(DOOMED, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("ten are up")));
    // Two more are made ahead.
    let limit = Duration::from_secs(5);
    let count = |name: &str| fs::read_dir(folder.path().join(name)).unwrap().count();
    eventually("all are noted", limit, || count("run") == 12 && count("ahead") == 2);
    eventually("all disks are open", limit, || loops_of(folder.path()) == 12);
    eventually("all run", Duration::from_secs(5), || alive(b"sleep\x005432\0") >= 20);
    let waiting = waiting(folder.path());
    assert_eq!(waiting.len(), 12);
    drop(server);
    eventually("no supervisor", limit, || {
        waiting.iter().all(|pid| !Path::new(&format!("/proc/{pid}")).exists())
    });
    eventually("no process", limit, || alive(b"sleep\x005432\0") == 0);
    eventually("no loop device", limit, || loops_of(folder.path()) == 0);
    block_on(async {
        let mut local = Local::open(|_| {}).await;
        let config = LocalConfig { ahead: 0, ..config(folder.path()) };
        local.engine = LocalEngine::open(config).await.unwrap();
        // Of the crashed server nothing is noted, and no group is left.
        assert_eq!((count("run"), count("ahead")), (0, 0));
        let ids = local.engine.sandboxes().await.unwrap();
        assert_eq!(ids.len(), 10);
        for id in ids {
            assert_eq!(read(&local, id, "kept").await.unwrap(), "intact");
            local.engine.resume(id).await.unwrap();
            assert_eq!(run(&local, id, "cat kept").await.0, "intact");
            local.engine.delete(id).await.unwrap();
        }
    });
}

/// What is noted is ended, but only what was noted: numbers of processes come again.
#[test]
fn orphans_are_ended_at_the_next_start() {
    if !needs_root(test_name!(orphans_are_ended_at_the_next_start)) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let sleep = || Process::new("sleep").arg("1234").spawn().unwrap();
    let (mut orphan, mut stranger) = (sleep(), sleep());
    let started = |pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let after = stat.rsplit_once(')').unwrap().1;
        after.split_ascii_whitespace().nth(19).unwrap().parse::<u64>().unwrap()
    };
    fs::create_dir_all(folder.path().join("run")).unwrap();
    fs::create_dir_all(folder.path().join("boxes/warm-3/disk")).unwrap();
    for (pid, started) in
        [(orphan.id(), started(orphan.id())), (stranger.id(), started(stranger.id()) - 1)]
    {
        let note = format!("{{\"pid\":{pid},\"started\":{started}}}");
        fs::write(folder.path().join(format!("run/{pid}.json")), note).unwrap();
    }
    let engine = block_on(LocalEngine::open(config(folder.path()))).unwrap();
    eventually("the orphan ended", Duration::from_secs(2), || orphan.try_wait().unwrap().is_some());
    assert!(stranger.try_wait().unwrap().is_none());
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    assert!(!folder.path().join("boxes/warm-3").exists());
    drop(engine);
}

/// The engine's own end is that of its sandboxes.
#[test]
fn a_dropped_engine_leaves_nothing_running() {
    root(
        test_name!(a_dropped_engine_leaves_nothing_running),
        |_| {},
        async |local| {
            let id = create(&local).await;
            let mut command = local.engine.exec(id, sh("echo up; exec sleep 4321")).await.unwrap();
            until(&mut command, "up").await;
            eventually("it runs", Duration::from_secs(5), || alive(b"sleep\x004321\0") == 1);
            drop(local);
            eventually("it ended", Duration::from_secs(5), || alive(b"sleep\x004321\0") == 0);
        },
    );
}

#[test]
fn nothing_leaks() {
    root(
        test_name!(nothing_leaks),
        |_| {},
        async |local| {
            let used = || fs::read_dir("/proc/self/fd").unwrap().count();
            let one = async || {
                let id = create(&local).await;
                write(&local, id, "a", "b").await.unwrap();
                assert_eq!(run(&local, id, "cat a").await.0, "b");
                local.engine.stop(id).await.unwrap();
                local.engine.delete(id).await.unwrap();
            };
            for _ in 0..3 {
                one().await;
            }
            // What is made ahead has descriptors, too.
            let limit = Duration::from_secs(5);
            let settled = || waiting(local.folder.path()).len() == 2;
            eventually("two wait", limit, settled);
            tokio::time::sleep(Duration::from_millis(200)).await;
            let before = used();
            for _ in 0..50 {
                one().await;
            }
            eventually("no descriptor is left", limit, || settled() && used() <= before + 2);
            local.engine.shut_down().await;
            assert_eq!(fs::read_dir(local.folder.path().join("ahead")).unwrap().count(), 0);
            eventually("no loop device", limit, || loops_of(local.folder.path()) == 0);
            assert_eq!(fs::read_dir(local.folder.path().join("boxes")).unwrap().count(), 0);
            assert_eq!(fs::read_dir(local.folder.path().join("run")).unwrap().count(), 0);
            let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
            assert!(!mounts.contains(local.folder.path().to_str().unwrap()), "{mounts}");
        },
    );
}

/// Whoever stops waiting has no sandbox afterwards.
#[test]
fn a_sandbox_that_nobody_waits_for_is_removed() {
    let name = test_name!(a_sandbox_that_nobody_waits_for_is_removed);
    root(
        name,
        |config| config.ahead = 0,
        async |local| {
            for wait in [0, 1, 3, 6] {
                let spec = local.spec();
                let wait = Duration::from_millis(wait);
                if tokio::time::timeout(wait, local.engine.create(spec.clone())).await.is_ok() {
                    local.engine.delete(spec.id).await.unwrap();
                }
            }
            let empty =
                |name: &str| fs::read_dir(local.folder.path().join(name)).unwrap().count() == 0;
            for _ in 0..200 {
                if local.engine.sandboxes().await.unwrap().is_empty()
                    && empty("boxes")
                    && empty("run")
                {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            panic!("something is left");
        },
    );
}

/// A sandbox whose supervisor dies has failed, and can be started again.
#[test]
fn a_supervisor_that_dies_is_noticed() {
    root(
        test_name!(a_supervisor_that_dies_is_noticed),
        |config| config.ahead = 0,
        async |local| {
            let id = create(&local).await;
            write(&local, id, "kept", "yes").await.unwrap();
            let mut command = local.engine.exec(id, sh("echo up; exec sleep 3456")).await.unwrap();
            until(&mut command, "up").await;
            let note =
                fs::read_dir(local.folder.path().join("run")).unwrap().next().unwrap().unwrap();
            let pid = note.path().file_stem().unwrap().to_str().unwrap().parse().unwrap();
            let pid = rustix::process::Pid::from_raw(pid).unwrap();
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
            let (_, _, exit) = crate::contract::finish(command).await;
            assert_eq!(exit, Exit::SandboxGone);
            eventually("it ended", Duration::from_secs(5), || alive(b"sleep\x003456\0") == 0);
            for _ in 0..200 {
                if local.engine.status(id).await.unwrap().state == SandboxState::Failed {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let status = local.engine.status(id).await.unwrap();
            assert!(status.fault.is_some(), "{status:?}");
            local.engine.resume(id).await.unwrap();
            assert_eq!(read(&local, id, "kept").await.unwrap(), "yes");
            assert_eq!(local.engine.status(id).await.unwrap().fault, None);
        },
    );
}

/// What was made ahead and has died is no sandbox's beginning.
#[test]
fn a_supervisor_that_dies_while_it_waits_is_not_used() {
    root(
        test_name!(a_supervisor_that_dies_while_it_waits_is_not_used),
        |_| {},
        async |local| {
            let limit = Duration::from_secs(5);
            eventually("two wait", limit, || waiting(local.folder.path()).len() == 2);
            let dead = waiting(local.folder.path());
            for pid in &dead {
                let pid = rustix::process::Pid::from_raw(*pid).unwrap();
                rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
            }
            eventually("none waits", limit, || waiting(local.folder.path()).is_empty());
            let id = create(&local).await;
            assert_eq!(run(&local, id, "echo up").await.0, "up\n");
            eventually("others wait", limit, || waiting(local.folder.path()).len() == 3);
            local.engine.shut_down().await;
            assert_eq!(waiting(local.folder.path()), [0; 0]);
        },
    );
}

/// Programs are of the same user as those that keep them, and may kill them: what was kept ends all the same.
#[test]
fn a_killed_keeper_takes_along_what_it_kept() {
    root(
        test_name!(a_killed_keeper_takes_along_what_it_kept),
        |_| {},
        async |local| {
            let id = create(&local).await;
            let mut other =
                local.engine.exec(id, sh("echo up; read line; echo $line")).await.unwrap();
            until(&mut other, "up").await;
            let script = "(setsid sh -c 'sleep 2345 & sleep 2345' &) ; kill -9 $PPID; sleep 2345";
            let (_, _, exit) = run(&local, id, script).await;
            assert_eq!(exit, Exit::Signal(9));
            eventually("they ended", Duration::from_secs(5), || alive(b"sleep\x002345\0") == 0);
            // Nothing of others'.
            other.input.write("still here\n".into()).await.unwrap();
            until(&mut other, "still here").await;
        },
    );
}

/// As after the host went down: the file system does not say that it was closed.
#[test]
fn a_disk_that_was_not_closed_is_mended() {
    root(
        test_name!(a_disk_that_was_not_closed_is_mended),
        |config| config.ahead = 0,
        async |local| {
            let id = create(&local).await;
            write(&local, id, "kept", "yes").await.unwrap();
            local.engine.stop(id).await.unwrap();
            let limit = Duration::from_secs(5);
            eventually("no loop device", limit, || loops_of(local.folder.path()) == 0);
            let image = local.folder.path().join(format!("boxes/{id}/disk.img"));
            let image = fs::OpenOptions::new().read(true).write(true).open(image).unwrap();
            let state = || {
                let mut state = [0; 2];
                image.read_exact_at(&mut state, 1024 + 0x3a).unwrap();
                u16::from_le_bytes(state)
            };
            assert_eq!(state() & 1, 1, "closed in good order");
            image.write_all_at(&[0, 0], 1024 + 0x3a).unwrap();
            assert_eq!(read(&local, id, "kept").await.unwrap(), "yes");
            local.engine.resume(id).await.unwrap();
            assert_eq!(run(&local, id, "cat kept").await.0, "yes");
            local.engine.stop(id).await.unwrap();
            eventually("no loop device", limit, || loops_of(local.folder.path()) == 0);
            assert_eq!(state() & 1, 1, "mended");
        },
    );
}

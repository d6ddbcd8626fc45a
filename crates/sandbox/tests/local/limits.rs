//! What a sandbox may use, and what happens beyond.

use std::fs;
use std::time::Duration;

use qv_domain::SandboxState;
use qv_sandbox::{Command, Exit, FileWrite, QuotaScope, SandboxEngine, SandboxError, SandboxSpec};

use super::harness::{Local, root, somebody, test_name};
use crate::contract::{Fixture, create, finish, run, sh, write};

async fn with(local: &Local, change: impl FnOnce(&mut SandboxSpec)) -> SandboxSpec {
    let mut spec = local.spec();
    change(&mut spec);
    local.engine.create(spec.clone()).await.unwrap();
    spec
}

async fn memory_holds(local: Local) {
    let id = with(&local, |spec| spec.limits.memory_bytes = 160 << 20).await.id;
    let mut other = local.engine.exec(id, sh("echo up; sleep 100")).await.unwrap();
    crate::contract::until(&mut other, "up").await;
    let eat = "const all = []; for (;;) all.push(Buffer.alloc(4 << 20, 1));";
    let command = Command::new(["node", "-e", eat]);
    let (_, err, exit) = finish(local.engine.exec(id, command).await.unwrap()).await;
    assert_eq!(exit, Exit::OutOfMemory, "{err}");
    // The rest lives on.
    assert_eq!(run(&local, id, "echo alive").await.0, "alive\n");
    // What is kept in memory as files has an end before that.
    let script = "dd if=/dev/zero of=/tmp/full bs=1M count=150; dd if=/dev/zero of=/dev/shm/full bs=1M count=150";
    let (_, err, exit) = run(&local, id, script).await;
    assert_eq!((err.matches("No space left").count(), exit), (2, Exit::Code(1)), "{err}");
    assert_eq!(run(&local, id, "echo alive").await.0, "alive\n");
}

async fn processes_hold(local: Local) {
    let id = with(&local, |spec| spec.limits.processes = 40).await.id;
    // Nobody else's sleep is as long.
    let long = format!("20.{}", std::process::id());
    let many = "const { spawn } = require('child_process');
        for (let i = 0; i < 200; i++) spawn('sleep', [process.argv[1]]).on('error', () => {});
        setTimeout(() => {}, 60000);";
    let mut command = Command::new(["node", "-e", many, long.as_str()]);
    command.time_limit = Some(Duration::from_secs(3));
    let bomb = local.engine.exec(id, command).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let sleeping = fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
        .filter(|line| *line == format!("sleep\0{long}\0").into_bytes())
        .count();
    assert!((10..=48).contains(&sleeping), "{sleeping}");
    finish(bomb).await;
    // A real bomb is ended, too, and the sandbox is used again.
    let mut command = sh("bomb() { bomb | bomb & }; bomb; sleep 20");
    command.time_limit = Some(Duration::from_secs(1));
    let (_, _, exit) = finish(local.engine.exec(id, command).await.unwrap()).await;
    assert_ne!(exit, Exit::Code(0));
    assert_eq!(run(&local, id, "echo alive").await.0, "alive\n");
}

async fn processor_holds(local: Local) {
    let id = with(&local, |spec| spec.limits.cpu_milli = 250).await.id;
    let before = local.engine.usage(id).await.unwrap().cpu_time.unwrap();
    let begun = std::time::Instant::now();
    run(&local, id, "timeout 2 sh -c 'while :; do :; done & while :; do :; done'").await;
    let used = local.engine.usage(id).await.unwrap().cpu_time.unwrap() - before;
    let allowed = begun.elapsed().mul_f64(0.25) + Duration::from_millis(300);
    assert!(used < allowed, "{used:?} of {allowed:?}");
}

/// A disk that is an image is full, as any disk.
async fn an_image_holds(local: Local) {
    let id = with(&local, |spec| spec.limits.disk_bytes = 48 << 20).await.id;
    let (_, err, exit) = run(&local, id, "dd if=/dev/zero of=big bs=1M count=100").await;
    assert!(err.contains("No space left") && !exit.success(), "{err}");
    let full = FileWrite { path: "more".parse().unwrap(), content: Some(vec![1; 3 << 20].into()) };
    let result = local.engine.write_files(id, vec![full]).await;
    let Err(SandboxError::Quota { scope: QuotaScope::Disk, .. }) = result else {
        panic!("{result:?}")
    };
    assert!(local.engine.usage(id).await.unwrap().disk_bytes.unwrap() > 40 << 20);
    assert!(run(&local, id, "rm big").await.2.success());
    write(&local, id, "more", "fits").await.unwrap();
    // Also many small things.
    let many = "let i = 0; try { for (;;) require('fs').mkdirSync('x' + i++); } catch (e) { console.log(e.code, i) }";
    let command = Command::new(["node", "-e", many]);
    let (made, _, _) = finish(local.engine.exec(id, command).await.unwrap()).await;
    let count = made.trim().strip_prefix("ENOSPC ").unwrap().parse::<u64>().unwrap();
    assert!((3000..7000).contains(&count), "{made}");
}

/// A disk that is a folder ends the sandbox; its files are kept, and can be removed.
async fn a_watch_holds(local: Local) {
    let fill = "i=0; while :; do i=$((i+1)); dd if=/dev/zero of=big$i bs=1M count=4 2>/dev/null; sleep 0.01; done";
    let count = "mkdir many; i=0; while :; do i=$((i+1)); : > many/$i; done";
    for script in [fill, count] {
        let id = with(&local, |spec| spec.limits.disk_bytes = 24 << 20).await.id;
        let mut command = sh(script);
        command.time_limit = None;
        let (_, _, exit) = finish(local.engine.exec(id, command).await.unwrap()).await;
        assert_eq!(exit, Exit::SandboxGone);
        for _ in 0..100 {
            if local.engine.status(id).await.unwrap().state == SandboxState::Failed {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let status = local.engine.status(id).await.unwrap();
        assert!(status.fault.is_some_and(|fault| fault.contains("disk")));
        if script == fill {
            let used = local.engine.usage(id).await.unwrap().disk_bytes.unwrap();
            assert!(used < 600 << 20, "{used}");
            let result = write(&local, id, "more", "x").await;
            let Err(SandboxError::Quota { scope: QuotaScope::Disk, .. }) = result else {
                panic!("{result:?}")
            };
            let entries = local.engine.list(id, None).await.unwrap();
            let gone = entries
                .iter()
                .filter(|entry| entry.name.starts_with("big"))
                .map(|entry| FileWrite { path: entry.name.parse().unwrap(), content: None })
                .collect();
            local.engine.write_files(id, gone).await.unwrap();
            local.engine.resume(id).await.unwrap();
            assert_eq!(run(&local, id, "echo alive").await.0, "alive\n");
        }
        local.engine.delete(id).await.unwrap();
    }
}

#[test]
fn memory_is_limited() {
    root(test_name!(memory_is_limited), |_| {}, memory_holds);
}

#[test]
fn memory_is_limited_for_somebody() {
    somebody(test_name!(memory_is_limited_for_somebody), true, memory_holds);
}

#[test]
fn memory_is_watched_without_control_groups() {
    somebody(test_name!(memory_is_watched_without_control_groups), false, memory_holds);
}

#[test]
fn processes_are_limited() {
    root(test_name!(processes_are_limited), |_| {}, processes_hold);
}

#[test]
fn processes_are_limited_without_control_groups() {
    somebody(test_name!(processes_are_limited_without_control_groups), false, processes_hold);
}

#[test]
fn the_processor_is_limited() {
    root(test_name!(the_processor_is_limited), |_| {}, processor_holds);
}

#[test]
fn the_disk_is_limited_by_an_image() {
    root(test_name!(the_disk_is_limited_by_an_image), |_| {}, an_image_holds);
}

#[test]
fn the_disk_is_watched_where_images_are_off() {
    let off = |config: &mut qv_sandbox::local::LocalConfig| config.images = false;
    root(test_name!(the_disk_is_watched_where_images_are_off), off, a_watch_holds);
}

#[test]
fn the_disk_is_watched_for_somebody() {
    somebody(test_name!(the_disk_is_watched_for_somebody), true, a_watch_holds);
}

#[test]
fn a_host_takes_so_many_and_no_more() {
    let few = |config: &mut qv_sandbox::local::LocalConfig| {
        config.most_running = 2;
        config.most_memory = 1 << 30;
    };
    root(test_name!(a_host_takes_so_many_and_no_more), few, async |local| {
        let first = create(&local).await;
        let mut large = local.spec();
        large.limits.memory_bytes = 768 << 20;
        let result = local.engine.create(large.clone()).await;
        let Err(SandboxError::Quota { scope: QuotaScope::Memory, .. }) = result else {
            panic!("{result:?}")
        };
        let second = create(&local).await;
        let result = local.engine.create(local.spec()).await;
        let Err(SandboxError::Quota { scope: QuotaScope::Sandboxes, .. }) = result else {
            panic!("{result:?}")
        };
        large.limits.memory_bytes = 2 << 30;
        let result = local.engine.create(large).await;
        assert!(matches!(result, Err(SandboxError::InvalidSpec { .. })), "{result:?}");
        // What is stopped takes no room; what was refused has left nothing.
        local.engine.stop(first).await.unwrap();
        let third = create(&local).await;
        let result = local.engine.resume(first).await;
        assert!(matches!(result, Err(SandboxError::Quota { .. })), "{result:?}");
        assert_eq!(local.engine.status(first).await.unwrap().state, SandboxState::Stopped);
        local.engine.delete(second).await.unwrap();
        local.engine.resume(first).await.unwrap();
        let mut ids = local.engine.sandboxes().await.unwrap();
        ids.sort();
        assert_eq!(ids, [first, third]);
    });
}

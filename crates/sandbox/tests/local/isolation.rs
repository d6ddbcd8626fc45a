//! What a sandbox sees, and who it is on the host.

use std::fs;
use std::time::Duration;

use qv_sandbox::local::{LocalConfig, LocalEngine, ServeEgress};
use qv_sandbox::{Command, Egress, Exit, SandboxEngine, SandboxError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::harness::{Local, block_on, config, needs_root, root, somebody, test_name};
use crate::contract::{Fixture, create, finish, run, sh, until};

async fn sees_little(local: Local) {
    let id = create(&local).await;
    let script =
        "cat /proc/self/mountinfo; cat /proc/1/cmdline; ls -la /proc/self/fd; env; cat /etc/passwd";
    let (out, _, _) = run(&local, id, script).await;
    let folder = local.folder.path().to_str().unwrap();
    let root_disk_hidden = qv_sandbox_is_root();
    assert!(!out.contains("bases"), "{out}");
    assert!(!out.contains(folder) || !root_disk_hidden, "{out}");
    assert!(!out.contains(env!("CARGO_MANIFEST_DIR")), "{out}");
    let checks = [
        "test \"$(id -u) $(id -g) $(id -G)\" = '1000 1000 1000'",
        "test \"$(hostname)\" = sandbox",
        "test \"$(cat /proc/sys/kernel/hostname)\" = sandbox",
        "test $$ -lt 100",
        "test ! -e /root && test ! -e /usr/bin/git && test ! -e /sys/kernel && test ! -e /work",
        "test ! -e /usr/bin/python3 && test -e /usr/local/bin/node",
        "! touch /usr/x /etc/x /x /proc/sys/kernel/core_pattern",
        "! sh -c 'echo x > /proc/sys/kernel/core_pattern'",
        "! cat /proc/1/environ",
        "! cat /proc/$PPID/environ",
        "! cat /proc/$PPID/maps | grep .",
        "! ls -l /proc/1/root/ /proc/1/fd/",
        "! ls -l /proc/$PPID/fd/",
        "! readlink /proc/1/exe",
        "test \"$(grep -c : /proc/net/dev)\" = 1",
        "grep -q '^NoNewPrivs:.1' /proc/self/status",
        "grep -q '^Seccomp:.2' /proc/self/status",
        "grep -q '^CapBnd:.0000000000000000' /proc/self/status",
        "grep -q '^CapEff:.0000000000000000' /proc/self/status",
        "test \"$(ulimit -c)\" = 0",
        "! unshare -U true 2>/dev/null",
        "! mknod /tmp/x b 7 0",
        "! chown 0 /app",
        "echo x > /tmp/x && echo x > /dev/shm/x && echo x > $HOME/x && echo x > /app/x",
        "test \"$(head -c 4 /dev/zero | wc -c)\" = 4 && echo x > /dev/null",
        "! cat /proc/keys /proc/kallsyms | grep .",
        "grep -q ':/$' /proc/self/cgroup && ! grep -v ':/$' /proc/self/cgroup",
    ];
    for check in checks {
        let (out, err, exit) = run(&local, id, check).await;
        assert!(exit.success(), "{check}: {out} {err}");
    }
}

fn qv_sandbox_is_root() -> bool {
    super::harness::is_root()
}

#[test]
fn a_sandbox_sees_little_of_the_host() {
    root(test_name!(a_sandbox_sees_little_of_the_host), |_| {}, sees_little);
}

#[test]
fn somebodys_sandbox_sees_little_of_the_host() {
    somebody(test_name!(somebodys_sandbox_sees_little_of_the_host), true, sees_little);
}

/// Processes of the test below; each has the sandbox's ids and no other.
fn of_the_sandbox() -> usize {
    let mut found = 0;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(line) = fs::read(entry.path().join("cmdline")) else { continue };
        if line == b"sleep\x00321\0" {
            let status = fs::read_to_string(entry.path().join("status")).unwrap();
            let uid = LocalConfig::UID;
            assert!(status.contains(&format!("Uid:\t{uid}\t{uid}\t{uid}\t{uid}")), "{status}");
            assert!(status.contains(&format!("Gid:\t{uid}\t{uid}\t{uid}\t{uid}")), "{status}");
            assert!(status.contains("Groups:\t \n"), "{status}");
            found += 1;
        }
    }
    found
}

/// kuid 0 owns the host's settings in every user namespace.
#[test]
fn a_sandbox_is_never_the_hosts_root() {
    let name = test_name!(a_sandbox_is_never_the_hosts_root);
    root(
        name,
        |_| {},
        async |local| {
            let id = create(&local).await;
            let mut command = local.engine.exec(id, sh("echo up; sleep 321; exit")).await.unwrap();
            until(&mut command, "up").await;
            let mut found = 0;
            // The shell says it before its child is there.
            for _ in 0..200 {
                found = of_the_sandbox();
                if found == 1 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_eq!(found, 1);
        },
    );
    if needs_root(name) {
        let folder = tempfile::tempdir().unwrap();
        for change in [(|config| config.uid = 0) as fn(&mut LocalConfig), |config| {
            config.mode = Some(qv_sandbox::local::Mode::Unprivileged);
        }] {
            let mut config = config(folder.path());
            change(&mut config);
            let result = block_on(LocalEngine::open(config)).map(drop);
            assert!(matches!(result, Err(SandboxError::NotIsolated { .. })), "{result:?}");
        }
    }
}

#[test]
fn a_supervisor_that_does_not_start_is_no_isolation() {
    let name = test_name!(a_supervisor_that_does_not_start_is_no_isolation);
    if needs_root(name) {
        let folder = tempfile::tempdir().unwrap();
        for program in ["/no/such/program", "/bin/true"] {
            let mut config = config(folder.path());
            config.launcher.program = program.into();
            let result = block_on(LocalEngine::open(config)).map(drop);
            assert!(matches!(result, Err(SandboxError::NotIsolated { .. })), "{result:?}");
        }
    }
}

#[test]
fn one_folder_has_one_engine() {
    root(
        test_name!(one_folder_has_one_engine),
        |_| {},
        async |local| {
            let result = LocalEngine::open(config(local.folder.path())).await.map(drop);
            assert!(matches!(result, Err(SandboxError::Conflict { .. })), "{result:?}");
        },
    );
}

#[test]
fn input_can_be_ended() {
    root(
        test_name!(input_can_be_ended),
        |_| {},
        async |local| {
            let id = create(&local).await;
            let command = local.engine.exec(id, Command::new(["cat"])).await.unwrap();
            command.input.write("all of it".into()).await.unwrap();
            command.input.write(bytes::Bytes::new()).await.unwrap();
            let (out, _, exit) = finish(command).await;
            assert_eq!((out.as_str(), exit), ("all of it", Exit::Code(0)));
        },
    );
}

/// Calls to the outside come to whoever answers them; without that, or where none are allowed, nobody listens.
#[test]
fn calls_to_the_outside_are_handed_over() {
    let answered = |config: &mut LocalConfig| {
        config.egress = Some(ServeEgress::new(|listener, stop| async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    taken = listener.accept() => {
                        let (mut stream, _) = taken.unwrap();
                        let mut heard = [0; 5];
                        stream.read_exact(&mut heard).await.unwrap();
                        stream.write_all(b"heard ").await.unwrap();
                        stream.write_all(&heard).await.unwrap();
                    }
                }
            }
        }));
    };
    let call = "exec 3<>/dev/tcp/127.0.0.1/3128 && echo call >&3 && cat <&3; echo $HTTPS_PROXY";
    root(test_name!(calls_to_the_outside_are_handed_over), answered, async |local| {
        let mut spec = local.spec();
        spec.egress = Egress::Registry;
        local.engine.create(spec.clone()).await.unwrap();
        let command = Command::new(["bash", "-c", call]);
        let (out, err, _) =
            finish(local.engine.exec(spec.id, command.clone()).await.unwrap()).await;
        assert_eq!(out, "heard call\nhttp://127.0.0.1:3128\n", "{err}");
        let alone = create(&local).await;
        let (out, err, _) = finish(local.engine.exec(alone, command).await.unwrap()).await;
        assert!(out == "\n" && err.contains("refused"), "{out} {err}");
        // There is no other way.
        for script in ["exec 3<>/dev/tcp/1.1.1.1/80", "exec 3<>/dev/tcp/169.254.169.254/80"] {
            let mut command = Command::new(["bash", "-c", script]);
            command.time_limit = Some(Duration::from_secs(5));
            let (_, err, exit) = finish(local.engine.exec(spec.id, command).await.unwrap()).await;
            assert!(!exit.success() && err.contains("unreachable"), "{err} {exit:?}");
        }
    });
}

/// A pipe can be opened by others of the sandbox; the command's end is told all the same.
#[test]
fn whoever_writes_into_another_commands_pipe_holds_nobody_up() {
    let name = test_name!(whoever_writes_into_another_commands_pipe_holds_nobody_up);
    root(
        name,
        |_| {},
        async |local| {
            let id = create(&local).await;
            let script = "echo $$ > /tmp/pid; while test ! -e /tmp/go; do sleep 0.05; done; exit 6";
            let mut command = sh(script);
            command.output_limit = None;
            let command = local.engine.exec(id, command).await.unwrap();
            crate::contract::eventually(&local, id, "test -s /tmp/pid").await;
            let script = "exec > /proc/$(cat /tmp/pid)/fd/1; touch /tmp/go; yes; echo never";
            let other = local.engine.exec(id, sh(script)).await.unwrap();
            let (out, _, exit) = finish(command).await;
            assert!(exit == Exit::Code(6) && out.starts_with("y\ny\n"), "{exit:?} {}", out.len());
            drop(other);
        },
    );
}

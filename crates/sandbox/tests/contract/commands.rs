use std::time::{Duration, Instant};

use qv_sandbox::{Command, ExecEvent, Exit, Output, SandboxError};
use tokio::time::{sleep, timeout};

use super::{Fixture, create, eventually, finish, run, sh, until, write};

pub(crate) async fn output_and_exit_are_told(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let (out, err, exit) = run(fixture, id, "echo out; echo err >&2; exit 7").await;
    assert_eq!((out.as_str(), err.as_str(), exit), ("out\n", "err\n", Exit::Code(7)));
    let (out, err, exit) = run(fixture, id, "true").await;
    assert_eq!((out.as_str(), err.as_str(), exit), ("", "", Exit::Code(0)));
    // Nothing is expanded, and nothing is lost.
    let argv = ["printf", "%s|", "a b", "$HOME", "", "*", "'\""];
    let (out, _, _) = finish(fixture.engine().exec(id, Command::new(argv)).await.unwrap()).await;
    assert_eq!(out, "a b|$HOME||*|'\"|");
    // By name, too.
    let (out, err, exit) = run(fixture, id, "echo out > /dev/stdout; echo err > /dev/stderr").await;
    assert_eq!((out.as_str(), err.as_str(), exit), ("out\n", "err\n", Exit::Code(0)));
    // Much of it, to the last byte.
    let mut much = sh("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end");
    much.output_limit = None;
    let (out, _, exit) = finish(fixture.engine().exec(id, much).await.unwrap()).await;
    assert_eq!((out.len(), out.ends_with("x\nend\n"), exit), (3_000_005, true, Exit::Code(0)));
}

pub(crate) async fn a_signal_is_told(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    assert_eq!(run(fixture, id, "kill -TERM $$; sleep 10").await.2, Exit::Signal(15));
    assert_eq!(run(fixture, id, "kill -KILL $$; sleep 10").await.2, Exit::Signal(9));
}

pub(crate) async fn variables_and_folders_are_set(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    write(fixture, id, "sub/dir/here", "").await.unwrap();
    let mut command = sh("echo $GREETING $NAME; ls");
    command.env = vec![("NAME".into(), "you & me".into()), ("GREETING".into(), "good day".into())];
    command.folder = "sub/dir".into();
    let (out, err, _) = finish(fixture.engine().exec(id, command).await.unwrap()).await;
    assert_eq!((out.as_str(), err.as_str()), ("good day you & me\nhere\n", ""));
}

pub(crate) async fn an_unknown_program_is_an_invalid_spec(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let result = fixture.engine().exec(id, Command::new(["no-such-program"])).await.map(drop);
    assert!(matches!(result, Err(SandboxError::InvalidSpec { .. })), "{result:?}");
    assert!(run(fixture, id, "true").await.2.success());
}

pub(crate) async fn input_is_read(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let script = "echo ready; read a; read b; echo got $b and $a";
    let mut command = fixture.engine().exec(id, sh(script)).await.unwrap();
    until(&mut command, "ready").await;
    command.input.write("one\ntw".into()).await.unwrap();
    command.input.write("o\n".into()).await.unwrap();
    let (out, _, exit) = finish(command).await;
    assert_eq!((out.as_str(), exit), ("got two and one\n", Exit::Code(0)));
}

pub(crate) async fn a_command_over_its_time_is_killed(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let begun = Instant::now();
    let mut command = sh("trap '' TERM; echo begun; sleep 987");
    command.time_limit = Some(Duration::from_millis(700));
    let (out, _, exit) = finish(fixture.engine().exec(id, command).await.unwrap()).await;
    assert_eq!((out.as_str(), exit), ("begun\n", Exit::TimedOut));
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    eventually(fixture, id, "! ps ax | grep '[s]leep 987'").await;
}

pub(crate) async fn output_over_its_limit_is_not_handed_on(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let mut command = sh("head -c 500000 /dev/zero; echo done >&2; exit 3");
    command.output_limit = Some(1000);
    let (out, err, exit) = finish(fixture.engine().exec(id, command).await.unwrap()).await;
    assert!(out.len() + err.len() <= 1000, "{} {}", out.len(), err.len());
    assert!(out.len() > 500, "{}", out.len());
    // It ran to its end all the same.
    assert_eq!(exit, Exit::Code(3));
}

/// A reader that comes late gets everything, and what it reads is not kept without bound meanwhile.
pub(crate) async fn whoever_does_not_read_holds_it_back(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let mut command = sh("head -c 2000000 /dev/zero | tr '\\0' y; echo end");
    command.output_limit = None;
    let execution = fixture.engine().exec(id, command).await.unwrap();
    sleep(Duration::from_millis(800)).await;
    let (out, _, exit) = finish(execution).await;
    assert_eq!((out.len(), exit), (2_000_004, Exit::Code(0)));
}

/// Also what has gone into a session of its own and left its parent.
pub(crate) async fn a_dropped_command_ends_with_all_that_it_started(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let script = "sleep 876 & (setsid sh -c 'sleep 876 & sleep 876' &) ; echo up; sleep 876";
    let mut command = fixture.engine().exec(id, sh(script)).await.unwrap();
    until(&mut command, "up").await;
    eventually(fixture, id, "test $(ps ax | grep -c '[s]leep 876$') -ge 4").await;
    drop(command);
    eventually(fixture, id, "! ps ax | grep '[s]leep 876'").await;
}

pub(crate) async fn a_command_that_ends_takes_along_what_it_started(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let begun = Instant::now();
    let (out, _, exit) = run(fixture, id, "sleep 765 & (setsid sleep 765 &); echo gone").await;
    assert_eq!((out.as_str(), exit), ("gone\n", Exit::Code(0)));
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    eventually(fixture, id, "! ps ax | grep '[s]leep 765'").await;
}

pub(crate) async fn an_asked_command_ends(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let script = "trap 'echo bye; exit 4' TERM; echo up; while :; do sleep 0.05; done";
    let mut command = fixture.engine().exec(id, sh(script)).await.unwrap();
    until(&mut command, "up").await;
    command.input.end().await.unwrap();
    let (out, _, exit) = finish(command).await;
    assert_eq!((out.as_str(), exit), ("bye\n", Exit::Code(4)));
}

pub(crate) async fn a_command_that_does_not_listen_is_killed(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let script = "trap '' TERM; echo up; while :; do sleep 0.05; done";
    let mut command = fixture.engine().exec(id, sh(script)).await.unwrap();
    until(&mut command, "up").await;
    command.input.end().await.unwrap();
    let ended = async {
        while let Some(event) = command.events.recv().await {
            if let ExecEvent::Ended(exit) = event {
                return Some(exit);
            }
        }
        None
    };
    let exit = timeout(Duration::from_secs(10), ended).await.unwrap();
    assert_eq!(exit, Some(Exit::Signal(9)));
    assert!(command.input.write("x".into()).await.is_err());
}

pub(crate) async fn sixteen_commands_run_at_once(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let runs = (0..16).map(|number| async move {
        let script = format!("echo {number}; sleep 0.2; echo {number} >&2");
        let mut execution = fixture.engine().exec(id, sh(&script)).await.unwrap();
        let first = timeout(Duration::from_secs(20), execution.events.recv()).await.unwrap();
        let said = ExecEvent::Output(Output::Stdout, format!("{number}\n").into());
        assert_eq!(first, Some(said));
        let (_, err, exit) = finish(execution).await;
        assert_eq!((err, exit), (format!("{number}\n"), Exit::Code(0)));
    });
    futures_util::future::join_all(runs).await;
}

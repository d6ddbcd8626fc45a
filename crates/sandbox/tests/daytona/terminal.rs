use std::time::Duration;

use bytes::Bytes;
use qv_sandbox::{Command, ExecEvent, Execution, Exit, SandboxEngine, SandboxError, TerminalSize};

use crate::support::{Place, soon};

fn on_terminal(argv: &[&str]) -> Command {
    let mut command = Command::new(argv.iter().copied());
    command.terminal = Some(TerminalSize { columns: 90, rows: 31 });
    command.time_limit = None;
    command
}

/// Reads until a text has come.
async fn until(execution: &mut Execution, text: &str) -> String {
    let mut all = String::new();
    let read = async {
        while !all.contains(text) {
            match execution.events.recv().await {
                Some(ExecEvent::Output(_, bytes)) => all += &String::from_utf8_lossy(&bytes),
                other => panic!("{other:?} before {text:?}; so far {all:?}"),
            }
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(10), read).await.is_ok();
    assert!(in_time, "{text:?} never came; so far {all:?}");
    all
}

#[tokio::test]
async fn a_terminal_is_typed_into_resized_and_left() {
    let (place, id) = Place::with_one().await;
    let mut execution =
        place.engine.exec(id, on_terminal(&["sh", "-c", "stty size; exec sh"])).await.unwrap();
    let first = until(&mut execution, "31 90").await;
    assert!(
        first.trim_start().starts_with("31 90"),
        "the shell's own words came through: {first:?}"
    );
    execution.input.resize(TerminalSize { columns: 100, rows: 40 }).await.unwrap();
    execution.input.write(Bytes::from_static(b"stty size; tty\n")).await.unwrap();
    until(&mut execution, "40 100").await;
    until(&mut execution, "/dev/pts").await;
    execution.input.write(Bytes::from_static(b"exit 6\n")).await.unwrap();
    assert_eq!(execution.collect().await.2, Exit::Code(6));
    soon("no terminal is left", || place.fake.sandboxes()[0].running == 0).await;
}

#[tokio::test]
async fn a_terminal_ends_when_nobody_looks_or_somebody_says_so() {
    let (place, id) = Place::with_one().await;
    let execution = place.engine.exec(id, on_terminal(&["sleep", "30"])).await.unwrap();
    drop(execution);
    soon("no terminal is left", || place.fake.sandboxes()[0].running == 0).await;
    let execution = place.engine.exec(id, on_terminal(&["sleep", "30"])).await.unwrap();
    execution.input.end().await.unwrap();
    assert_eq!(execution.collect().await.2, Exit::Signal(15));
    soon("no terminal is left", || place.fake.sandboxes()[0].running == 0).await;
}

#[tokio::test]
async fn a_terminal_needs_a_program_that_is_there() {
    let (place, id) = Place::with_one().await;
    let refused = place.engine.exec(id, on_terminal(&["no-such-program"])).await.unwrap_err();
    assert!(matches!(refused, SandboxError::InvalidSpec { .. }), "{refused}");
    soon("no terminal is left", || place.fake.sandboxes()[0].running == 0).await;
}

use qv_sandbox::{Exit, TerminalSize};

use super::{Fixture, create, finish, sh, until};

pub(crate) async fn a_terminal_has_a_size_and_can_be_resized(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let mut command =
        sh("test -t 0 && test -t 1 && test -t 2 && stty size; read x; stty size; exit 5");
    command.terminal = Some(TerminalSize { columns: 101, rows: 33 });
    let mut execution = fixture.engine().exec(id, command).await.unwrap();
    until(&mut execution, "33 101").await;
    execution.input.resize(TerminalSize { columns: 77, rows: 22 }).await.unwrap();
    execution.input.write("\r".into()).await.unwrap();
    let (out, err, exit) = finish(execution).await;
    assert!(out.contains("22 77"), "{out:?}");
    assert_eq!((err.as_str(), exit), ("", Exit::Code(5)));
}

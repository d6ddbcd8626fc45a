use qv_domain::{EngineKind, SandboxState};
use qv_sandbox::SandboxError;

use super::{Fixture, create, eventually, read, run, sh, write};

pub(crate) async fn a_sandbox_is_made_and_told_of(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    assert_ne!(engine.kind(), EngineKind::Browser);
    let id = create(fixture).await;
    let status = engine.status(id).await.unwrap();
    assert_eq!((status.state, status.fault), (SandboxState::Running, None));
    assert_eq!(engine.sandboxes().await.unwrap(), [id]);
    engine.usage(id).await.unwrap();
    assert_eq!(run(fixture, id, "echo $GREETING").await.0, "hello\n");
    engine.delete(id).await.unwrap();
    assert_eq!(engine.sandboxes().await.unwrap(), []);
}

pub(crate) async fn an_id_is_taken_once(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    let spec = fixture.spec();
    engine.create(spec.clone()).await.unwrap();
    write(fixture, spec.id, "kept", "yes").await.unwrap();
    let again = engine.create(spec.clone()).await;
    assert!(matches!(again, Err(SandboxError::Conflict { .. })), "{again:?}");
    assert_eq!(read(fixture, spec.id, "kept").await.unwrap(), "yes");
    // Free again, and nothing of the one before is left.
    engine.delete(spec.id).await.unwrap();
    engine.create(spec.clone()).await.unwrap();
    let gone = read(fixture, spec.id, "kept").await;
    assert!(matches!(gone, Err(SandboxError::NotFound { .. })), "{gone:?}");
}

pub(crate) async fn what_is_not_there_is_not_found(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    let id = fixture.spec().id;
    let path = "a".parse().unwrap();
    let errors = [
        engine.status(id).await.err(),
        engine.usage(id).await.err(),
        engine.stop(id).await.err(),
        engine.resume(id).await.err(),
        engine.exec(id, sh("true")).await.err(),
        engine.start_service(id, sh("true"), 3000).await.err(),
        engine.preview(id, 3000).await.err(),
        engine.write_files(id, Vec::new()).await.err(),
        engine.read_file(id, &path, 1).await.err(),
        engine.list(id, None).await.err(),
    ];
    for (place, error) in errors.into_iter().enumerate() {
        assert!(matches!(error, Some(SandboxError::NotFound { .. })), "{place}: {error:?}");
    }
    engine.delete(id).await.unwrap();
}

pub(crate) async fn a_stopped_sandbox_keeps_files_and_ends_processes(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    let id = create(fixture).await;
    write(fixture, id, "src/kept.txt", "from outside").await.unwrap();
    run(fixture, id, "echo from inside > made").await;
    let mut running = engine.exec(id, sh("echo up; sleep 1000")).await.unwrap();
    super::until(&mut running, "up").await;
    engine.stop(id).await.unwrap();
    assert_eq!(engine.status(id).await.unwrap().state, SandboxState::Stopped);
    let (_, _, exit) = super::finish(running).await;
    assert!(!exit.success(), "{exit:?}");
    // Files can be read and written all the same.
    assert_eq!(read(fixture, id, "made").await.unwrap(), "from inside\n");
    write(fixture, id, "later", "while stopped").await.unwrap();
    assert_eq!(engine.sandboxes().await.unwrap(), [id]);

    engine.resume(id).await.unwrap();
    assert_eq!(engine.status(id).await.unwrap().state, SandboxState::Running);
    let (out, _, _) = run(fixture, id, "cat src/kept.txt made later; echo $GREETING").await;
    assert_eq!(out, "from outsidefrom inside\nwhile stoppedhello\n");
    eventually(fixture, id, "! ps ax | grep '[s]leep 1000'").await;
}

pub(crate) async fn a_stopped_sandbox_runs_nothing(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    let id = create(fixture).await;
    engine.stop(id).await.unwrap();
    for error in [
        engine.exec(id, sh("true")).await.err(),
        engine.start_service(id, sh("true"), 3000).await.err(),
        engine.preview(id, 3000).await.err(),
    ] {
        assert!(matches!(error, Some(SandboxError::Conflict { .. })), "{error:?}");
    }
}

pub(crate) async fn stopping_resuming_and_deleting_twice_do_nothing(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    let id = create(fixture).await;
    let mut command = engine.exec(id, sh("echo up; read line; echo $line")).await.unwrap();
    super::until(&mut command, "up").await;
    // One that runs is left alone.
    engine.resume(id).await.unwrap();
    command.input.write("still here\n".into()).await.unwrap();
    super::until(&mut command, "still here").await;
    for _ in 0..2 {
        engine.stop(id).await.unwrap();
    }
    for _ in 0..2 {
        engine.delete(id).await.unwrap();
    }
    let status = engine.status(id).await;
    assert!(matches!(status, Err(SandboxError::NotFound { .. })), "{status:?}");
}

pub(crate) async fn eight_sandboxes_work_at_once(fixture: &dyn Fixture) {
    let work = (0..8).map(|number| async move {
        let id = create(fixture).await;
        write(fixture, id, "mine", &number.to_string()).await.unwrap();
        let (out, _, _) = run(fixture, id, "cat mine; ls").await;
        assert!(out.starts_with(&number.to_string()), "{number}: {out}");
        fixture.engine().stop(id).await.unwrap();
        fixture.engine().resume(id).await.unwrap();
        assert_eq!(read(fixture, id, "mine").await.unwrap(), number.to_string());
        fixture.engine().delete(id).await.unwrap();
    });
    futures_util::future::join_all(work).await;
    assert_eq!(fixture.engine().sandboxes().await.unwrap(), []);
}

pub(crate) async fn a_shut_down_engine_keeps_files(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    let ids = [create(fixture).await, create(fixture).await];
    for id in ids {
        write(fixture, id, "kept", "yes").await.unwrap();
    }
    engine.shut_down().await;
    for id in ids {
        assert_eq!(engine.status(id).await.unwrap().state, SandboxState::Stopped);
        assert_eq!(read(fixture, id, "kept").await.unwrap(), "yes");
    }
}

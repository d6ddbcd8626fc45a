use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use qv_daytona_fake::Settings;
use qv_domain::SandboxState;
use qv_sandbox::daytona::DaytonaEngine;
use qv_sandbox::{
    Command, EntryKind, ExecEvent, Exit, Output, PreviewTarget, SandboxEngine, SandboxError,
};

use crate::support::{Place, config, env, file, free_port, gone, new_id, path, soon, spec};

#[tokio::test]
async fn a_sandbox_is_made_used_stopped_resumed_and_removed() {
    let place = Place::new().await;
    let spec = spec();
    let id = spec.id;
    place.engine.create(spec.clone()).await.unwrap();
    let seen = &place.fake.sandboxes()[0];
    assert_eq!(seen.name, format!("quickvibe-{id}"));
    assert_eq!(seen.labels["quickvibe-server"], "test");
    assert_eq!(place.engine.status(id).await.unwrap().state, SandboxState::Running);
    assert!(matches!(place.engine.create(spec).await, Err(SandboxError::Conflict { .. })));

    assert!(place.engine.list(id, None).await.unwrap().is_empty());
    let files = vec![file("a.txt", b"one"), file("src/b/c.bin", &[0, 1, 2, 255]), file("d", b"")];
    place.engine.write_files(id, files).await.unwrap();
    assert_eq!(place.out(id, &["cat", "a.txt"]).await, "one");
    assert_eq!(place.out(id, &["sh", "-c", "echo $FROM_SPEC"]).await, "yes\n");
    let read = |name| place.engine.read_file(id, path(name).leak(), 100);
    assert_eq!(read("src/b/c.bin").await.unwrap(), &[0, 1, 2, 255][..]);
    let listed = place.engine.list(id, None).await.unwrap();
    let listed: Vec<_> = listed.iter().map(|one| (&*one.name, one.kind, one.bytes)).collect();
    let expected =
        [("a.txt", EntryKind::File, 3), ("d", EntryKind::File, 0), ("src", EntryKind::Folder, 0)];
    assert_eq!(listed, expected);
    place.engine.write_files(id, vec![gone("a.txt"), gone("never"), gone("src")]).await.unwrap();
    assert_eq!(read("a.txt").await, Err(SandboxError::NotFound { what: "file" }));

    let usage = place.engine.usage(id).await.unwrap();
    assert_eq!(usage.memory_bytes, Some(50_000_000));
    place.engine.stop(id).await.unwrap();
    place.engine.stop(id).await.unwrap();
    assert_eq!(place.engine.status(id).await.unwrap().state, SandboxState::Stopped);
    let refused = place.engine.exec(id, Command::new(["true"])).await.unwrap_err();
    assert!(matches!(refused, SandboxError::Conflict { .. }), "{refused}");
    let refused = place.engine.preview(id, 3_000).await.unwrap_err();
    assert!(matches!(refused, SandboxError::Conflict { .. }), "{refused}");
    // Files may be written all the same, and it is stopped again.
    place.engine.write_files(id, vec![file("late", b"x")]).await.unwrap();
    assert_eq!(place.engine.status(id).await.unwrap().state, SandboxState::Stopped);
    place.engine.resume(id).await.unwrap();
    place.engine.resume(id).await.unwrap();
    assert_eq!(place.out(id, &["cat", "late"]).await, "x");

    assert_eq!(place.engine.sandboxes().await.unwrap(), [id]);
    place.engine.delete(id).await.unwrap();
    place.engine.delete(id).await.unwrap();
    assert!(place.empty());
    assert_eq!(place.engine.status(id).await, Err(SandboxError::NotFound { what: "sandbox" }));
    let refused = place.engine.exec(id, Command::new(["true"])).await.unwrap_err();
    assert_eq!(refused, SandboxError::NotFound { what: "sandbox" });
}

trait Leak {
    fn leak(self) -> &'static Self;
}

impl Leak for qv_domain::FilePath {
    fn leak(self) -> &'static Self {
        Box::leak(Box::new(self))
    }
}

#[tokio::test]
async fn after_a_restart_sandboxes_are_found_by_their_labels() {
    let (place, id) = Place::with_one().await;
    place.engine.write_files(id, vec![file("kept", b"here")]).await.unwrap();
    let engine = place.restarted();
    assert_eq!(engine.sandboxes().await.unwrap(), [id]);
    assert_eq!(engine.read_file(id, &path("kept"), 10).await.unwrap(), "here");
    // Another server's are not ours.
    let mut other = config(&place.fake);
    other.labels.insert("quickvibe-server".to_owned(), "another".to_owned());
    let other = DaytonaEngine::new(other, env()).unwrap();
    assert!(other.sandboxes().await.unwrap().is_empty());
    place.restarted().delete(id).await.unwrap();
    assert!(place.empty());
}

#[tokio::test]
async fn output_comes_as_it_was_written() {
    for sockets in [true, false] {
        let place = Place::with(Settings { sockets, ..Settings::default() }).await;
        let id = place.made().await;
        let script = "printf one; echo two >&2; printf 'no end'; printf 'bad' >&2; exit 3";
        let execution = place.engine.exec(id, Command::new(["sh", "-c", script])).await.unwrap();
        let (out, err, exit) = execution.collect().await;
        assert_eq!((&*out, &*err), (&b"oneno end"[..], &b"two\nbad"[..]), "sockets: {sockets}");
        assert_eq!(exit, Exit::Code(3));
        let execution =
            place.engine.exec(id, Command::new(["sh", "-c", "kill -9 $$"])).await.unwrap();
        let (_, err, exit) = execution.collect().await;
        assert_eq!(
            (&*err, exit),
            (&b""[..], Exit::Signal(9)),
            "the shell's own words came through"
        );
        // More than is pushed at once, so that marks are cut in two.
        let many = place.out(id, &["seq", "1", "5000"]).await;
        assert_eq!(many.lines().count(), 5_000);
        assert!(many.ends_with("\n5000\n"));
        soon("no session is left", || place.fake.sandboxes()[0].running == 0).await;
    }
}

#[tokio::test]
async fn output_comes_while_the_command_runs() {
    let (place, id) = Place::with_one().await;
    let command = Command::new(["sh", "-c", "echo first; sleep 30"]);
    let mut execution = place.engine.exec(id, command).await.unwrap();
    let event = tokio::time::timeout(Duration::from_secs(5), execution.events.recv()).await;
    let first = ExecEvent::Output(Output::Stdout, Bytes::from_static(b"first\n"));
    assert_eq!(event.unwrap(), Some(first));
    drop(execution);
    soon("the command has ended", || place.fake.sandboxes()[0].running == 0).await;
}

#[tokio::test]
async fn what_cannot_run_is_told() {
    let (place, id) = Place::with_one().await;
    let refused = place.engine.exec(id, Command::new(["no-such-program"])).await.unwrap_err();
    assert!(matches!(refused, SandboxError::InvalidSpec { .. }), "{refused}");
    let mut command = Command::new(["true"]);
    command.folder = "nowhere".to_owned();
    let refused = place.engine.exec(id, command.clone()).await.unwrap_err();
    assert_eq!(refused, SandboxError::NotFound { what: "folder" });
    command.folder = "../..".to_owned();
    let refused = place.engine.exec(id, command).await.unwrap_err();
    assert!(matches!(refused, SandboxError::InvalidSpec { .. }), "{refused}");
    assert_eq!(
        place.engine.exec(new_id(), Command::new(["true"])).await.unwrap_err(),
        SandboxError::NotFound { what: "sandbox" }
    );
}

#[tokio::test]
async fn a_command_is_told_lines_of_text() {
    let (place, id) = Place::with_one().await;
    let command = Command::new(["sh", "-c", "read a; read b; echo \"$a+$b\""]);
    let execution = place.engine.exec(id, command).await.unwrap();
    for part in ["he", "llo\nwor", "ld\n"] {
        execution.input.write(Bytes::from_static(part.as_bytes())).await.unwrap();
    }
    let refused = execution.input.write(Bytes::from_static(b"\xff\n")).await;
    assert!(matches!(
        refused,
        Err(SandboxError::InvalidSpec { .. } | SandboxError::Conflict { .. })
    ));
    let (out, _, exit) = execution.collect().await;
    assert_eq!((&*out, exit), (&b"hello+world\n"[..], Exit::Code(0)));
}

#[tokio::test]
async fn a_command_ends_in_time_or_when_it_is_asked_to() {
    let (place, id) = Place::with_one().await;
    let mut command = Command::new(["sh", "-c", "echo on; sleep 30"]);
    command.time_limit = Some(Duration::from_millis(700));
    let execution = place.engine.exec(id, command.clone()).await.unwrap();
    let (out, _, exit) = execution.collect().await;
    assert_eq!((&*out, exit), (&b"on\n"[..], Exit::TimedOut));
    command.time_limit = None;
    let execution = place.engine.exec(id, command.clone()).await.unwrap();
    execution.input.end().await.unwrap();
    assert_eq!(execution.collect().await.2, Exit::Signal(15));
    // One that ends with its sandbox.
    let execution = place.engine.exec(id, command).await.unwrap();
    place.engine.stop(id).await.unwrap();
    assert!(!execution.collect().await.2.success());
    soon("nothing is left", || place.fake.sandboxes()[0].running == 0).await;
}

const SERVER: &str = "import http.server, sys, time\ntime.sleep(0.3)\nprint('up', flush=True)\n\
    http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()\n";

#[tokio::test]
async fn a_service_is_reached_by_its_preview_alone_with_the_token() {
    let (place, id) = Place::with_one().await;
    place.engine.write_files(id, vec![file("serve.py", SERVER.as_bytes())]).await.unwrap();
    let port = free_port();
    let mut command = Command::new(["python3", "serve.py", &port.to_string()]);
    command.time_limit = Some(Duration::from_secs(20));
    let mut service = place.engine.start_service(id, command, port).await.unwrap();
    let first = service.events.recv().await.unwrap();
    assert_eq!(first, ExecEvent::Output(Output::Stdout, Bytes::from_static(b"up\n")));
    let PreviewTarget::Http { base, headers } = place.engine.preview(id, port).await.unwrap()
    else {
        panic!("Daytona's previews have an address");
    };
    assert!(headers["x-daytona-preview-token"].is_sensitive());
    assert_eq!(headers["x-daytona-skip-preview-warning"], "true");
    let client = reqwest::Client::new();
    let url = base.join("serve.py").unwrap();
    let answer = client.get(url.clone()).headers(headers).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), SERVER);
    assert_eq!(client.get(url).send().await.unwrap().status(), 401);
    drop(service);
    soon("the service has ended", || place.fake.sandboxes()[0].running == 0).await;
    let refused = place.engine.preview(id, 80).await.unwrap_err();
    assert!(matches!(refused, SandboxError::InvalidSpec { .. }), "{refused}");
}

#[tokio::test]
async fn a_service_that_ends_or_never_listens_is_told() {
    let (place, id) = Place::with_one().await;
    let port = free_port();
    let command = Command::new(["sh", "-c", "echo starting; echo broken >&2; exit 4"]);
    let refused = place.engine.start_service(id, command, port).await.unwrap_err();
    let SandboxError::Ended { output } = refused else { panic!("{refused}") };
    assert!(output.contains("starting\n") && output.contains("broken\n"), "{output}");
    let mut command = Command::new(["sleep", "30"]);
    command.time_limit = Some(Duration::from_millis(600));
    let refused = place.engine.start_service(id, command, port).await.unwrap_err();
    assert!(matches!(refused, SandboxError::Timeout { .. }), "{refused}");
    soon("nothing is left", || place.fake.sandboxes()[0].running == 0).await;
}

#[tokio::test]
async fn uploads_go_in_batches_and_tell_how_far_they_are() {
    let place = Place::new().await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    let engine = DaytonaEngine::with_progress(config(&place.fake), env(), move |progress| {
        hears.lock().unwrap().push(progress);
    });
    let engine = engine.unwrap();
    let spec = spec();
    let id = spec.id;
    engine.create(spec).await.unwrap();
    let half = vec![7; 600_000];
    let files: Vec<_> = (0..5).map(|at| file(&format!("f{at}"), &half)).collect();
    place.fake.fail("POST /toolbox/files/bulk-upload", 2, 2, qv_daytona_fake::Fault::Reset);
    engine.write_files(id, files).await.unwrap();
    let heard = heard.lock().unwrap().clone();
    let steps: Vec<_> = heard.iter().map(|one| (one.files, one.failed_tries)).collect();
    assert_eq!(steps, [(1, 0), (1, 1), (1, 2), (2, 0), (3, 0), (4, 0), (5, 0)]);
    assert!(heard.iter().all(|one| one.files_in_all == 5 && one.bytes_in_all == 3_000_000));
    assert_eq!(engine.list(id, None).await.unwrap().len(), 5);
}

#[tokio::test]
async fn at_the_end_every_sandbox_is_stopped_and_keeps_its_files() {
    let (place, first) = Place::with_one().await;
    let second = place.made().await;
    place.engine.write_files(first, vec![file("kept", b"1")]).await.unwrap();
    place.engine.shut_down().await;
    for seen in place.fake.sandboxes() {
        assert_eq!((&*seen.state, seen.running), ("stopped", 0));
    }
    let engine = place.restarted();
    engine.resume(first).await.unwrap();
    assert_eq!(engine.read_file(first, &path("kept"), 10).await.unwrap(), "1");
    assert_eq!(engine.status(second).await.unwrap().state, SandboxState::Stopped);
}

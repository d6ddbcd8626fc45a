//! Whatever goes wrong at whichever step: a clear error, and nothing left running; or, where even removing was refused, it is
//! still found.

use std::time::Duration;

use qv_daytona_fake::{Fault, Settings};
use qv_domain::SandboxId;
use qv_sandbox::daytona::DaytonaEngine;
use qv_sandbox::{Command, SandboxEngine, SandboxError};

use crate::support::{Place, config, env, file, soon, spec};

type Fits = fn(&SandboxError) -> bool;

/// Every fault, with the errors that it may be.
fn faults() -> Vec<(Fault, Fits)> {
    let status = |status: u16, text: &str| Fault::Status(status, text.to_owned());
    vec![
        (status(401, "Invalid credentials"), |error| *error == SandboxError::Auth),
        (status(403, "Organization is suspended"), |error| *error == SandboxError::Suspended),
        (status(403, "Access denied"), |error| matches!(error, SandboxError::InvalidSpec { .. })),
        (status(409, "Sandbox state change in progress"), |error| {
            matches!(error, SandboxError::Conflict { .. })
        }),
        (Fault::RateLimited("1000".to_owned()), |error| {
            let asked = Some(Duration::from_secs(1_000));
            matches!(error, SandboxError::RateLimited { retry_after } if *retry_after == asked)
        }),
        (status(500, "oops"), |error| matches!(error, SandboxError::Transient { .. })),
        (status(503, "no"), |error| matches!(error, SandboxError::Transient { .. })),
        (Fault::Slow(Duration::from_secs(30)), |error| {
            matches!(error, SandboxError::Timeout { .. } | SandboxError::Transient { .. })
        }),
        (Fault::Reset, |error| matches!(error, SandboxError::Transient { .. })),
        (Fault::ResetAfter, |error| matches!(error, SandboxError::Transient { .. })),
    ]
}

/// A place whose calls are given up after two tries; soon, where they are slow.
async fn place_for(fault: &Fault) -> Place {
    let mut place = Place::with(Settings { change: Duration::ZERO, ..Settings::default() }).await;
    let mut config = config(&place.fake);
    let slow = matches!(fault, Fault::Slow(_));
    config.patience.call = Duration::from_millis(if slow { 500 } else { 5_000 });
    config.patience.tries = 2;
    config.patience.change = Duration::from_secs(2);
    place.engine = DaytonaEngine::new(config, env()).unwrap();
    place
}

async fn place() -> Place {
    place_for(&Fault::Reset).await
}

const ALWAYS: u32 = u32::MAX;

#[tokio::test]
async fn making_fails_at_each_step_and_leaves_nothing() {
    for route in [
        "POST /sandbox",
        "GET /sandbox/{id}",
        "GET /toolbox/work-dir",
        "POST /toolbox/files/folder",
    ] {
        for (fault, fits) in faults() {
            let place = place_for(&fault).await;
            place.fake.fail(route, 1, ALWAYS, fault.clone());
            let error = place.engine.create(spec()).await;
            // Whatever is safe to repeat may also succeed at the second try.
            let error = error.expect_err(&format!("{route} {fault:?}"));
            assert!(fits(&error), "{route} {fault:?}: {error:?}");
            soon(&format!("nothing is left after {route} {fault:?}"), || place.empty()).await;
        }
    }
}

#[tokio::test]
async fn what_is_safe_to_repeat_is_repeated() {
    for route in ["GET /sandbox/{id}", "GET /toolbox/work-dir", "POST /toolbox/files/folder"] {
        for fault in [Fault::Reset, Fault::ResetAfter, Fault::Status(502, "x".to_owned())] {
            let place = place().await;
            place.fake.fail(route, 1, 1, fault.clone());
            let made = place.engine.create(spec()).await;
            assert!(made.is_ok(), "{route} {fault:?}: {made:?}");
        }
    }
    // Making is not: it might be made twice.
    let place = place().await;
    place.fake.fail("POST /sandbox", 1, 1, Fault::ResetAfter);
    assert!(place.engine.create(spec()).await.is_err());
    let posts = place.fake.calls().iter().filter(|call| *call == "POST /sandbox").count();
    assert_eq!(posts, 1);
    assert!(place.empty());
}

#[tokio::test]
async fn one_that_fails_to_start_is_removed() {
    for (state, reason, fits) in [
        ("error", Some("No available runners"), "no machine free"),
        ("build_failed", Some("COPY failed"), "COPY failed"),
        ("error", None, "gave no reason"),
    ] {
        let place =
            Place::with(Settings { change: Duration::from_secs(60), ..Settings::default() });
        let place = place.await;
        let spec = spec();
        let name = format!("quickvibe-{}", spec.id);
        let (made, ()) = tokio::join!(place.engine.create(spec), async {
            soon("it is being made", || !place.empty()).await;
            place.fake.set_state(&name, state, reason);
        });
        let error = made.unwrap_err().to_string();
        assert!(error.contains(fits), "{state}: {error}");
        assert!(place.empty(), "{state}");
    }
}

#[tokio::test]
async fn one_that_never_starts_is_removed() {
    let mut place =
        Place::with(Settings { change: Duration::from_secs(60), ..Settings::default() }).await;
    let mut config = config(&place.fake);
    config.patience.change = Duration::from_millis(400);
    place.engine = DaytonaEngine::new(config, env()).unwrap();
    let error = place.engine.create(spec()).await.unwrap_err();
    assert!(matches!(error, SandboxError::Timeout { .. }), "{error}");
    assert!(place.empty());
}

#[tokio::test]
async fn one_that_nobody_waits_for_is_removed() {
    let place =
        Place::with(Settings { change: Duration::from_secs(60), ..Settings::default() }).await;
    let making = place.engine.create(spec());
    assert!(tokio::time::timeout(Duration::from_millis(300), making).await.is_err());
    soon("nothing is left", || place.empty()).await;
}

#[tokio::test]
async fn where_removing_is_refused_too_it_is_said_and_found() {
    let place = place().await;
    place.fake.fail("POST /toolbox/files/folder", 1, ALWAYS, Fault::Status(500, "a".to_owned()));
    place.fake.fail("DELETE /sandbox/{id}", 1, ALWAYS, Fault::Status(500, "b".to_owned()));
    let spec = spec();
    let error = place.engine.create(spec.clone()).await.unwrap_err().to_string();
    assert!(error.contains("could not be deleted at Daytona and may still run"), "{error}");
    assert_eq!(place.restarted().sandboxes().await.unwrap(), [spec.id]);
    place.fake.heal();
    place.restarted().delete(spec.id).await.unwrap();
    assert!(place.empty());
}

/// What is done with a sandbox, and the calls that it makes.
const STEPS: &[(&str, &[&str])] = &[
    ("upload", &["POST /toolbox/files/bulk-upload"]),
    ("remove", &["POST /toolbox/process/execute"]),
    ("read", &["GET /toolbox/files/download"]),
    ("list", &["GET /toolbox/files"]),
    (
        "exec",
        &[
            "POST /toolbox/process/session",
            "POST /toolbox/process/session/{session}/exec",
            "GET /toolbox/process/session/{session}/command/{command}/logs",
        ],
    ),
    ("terminal", &["POST /toolbox/process/pty", "GET /toolbox/process/pty/{terminal}/connect"]),
    ("preview", &["GET /sandbox/{id}/ports/{port}/preview-url"]),
    ("service", &["GET /sandbox/{id}/ports/{port}/preview-url", "GET /toolbox/port/{port}/in-use"]),
    ("stop", &["POST /sandbox/{id}/stop"]),
    ("delete", &["DELETE /sandbox/{id}"]),
    ("usage", &["GET /toolbox/system/metrics"]),
    ("sandboxes", &["GET /sandbox"]),
];

async fn step(place: &Place, id: SandboxId, name: &str) -> Result<(), SandboxError> {
    let engine = &place.engine;
    let path = crate::support::path("a");
    let mut command = Command::new(["sleep", "20"]);
    match name {
        "upload" => engine.write_files(id, vec![file("a", b"1")]).await,
        "remove" => engine.write_files(id, vec![crate::support::gone("a")]).await,
        "read" => engine.read_file(id, &path, 10).await.map(drop),
        "list" => engine.list(id, None).await.map(drop),
        "exec" => engine.exec(id, command).await.map(drop),
        "terminal" => {
            command.terminal = Some(qv_sandbox::TerminalSize { columns: 80, rows: 24 });
            engine.exec(id, command).await.map(drop)
        }
        "preview" => engine.preview(id, 3_000).await.map(drop),
        "service" => {
            command.time_limit = Some(Duration::from_secs(1));
            engine.start_service(id, command, 3_999).await.map(drop)
        }
        "stop" => engine.stop(id).await,
        "delete" => engine.delete(id).await,
        "usage" => engine.usage(id).await.map(drop),
        "sandboxes" => engine.sandboxes().await.map(drop),
        other => panic!("{other}"),
    }
}

async fn each_fault(steps: &[&str]) {
    for (name, routes) in STEPS.iter().filter(|(name, _)| steps.contains(name)) {
        for route in *routes {
            for (fault, fits) in faults() {
                let place = place_for(&fault).await;
                let id = place.made().await;
                place.engine.write_files(id, vec![file("a", b"1")]).await.unwrap();
                place.fake.fail(route, 1, ALWAYS, fault.clone());
                let done = step(&place, id, name).await;
                let what = format!("{name}: {route} {fault:?}");
                match &done {
                    Err(error) => {
                        assert!(fits(error), "{what}: {error:?}");
                        assert!(!error.to_string().contains(place.fake.key()), "{what}");
                    }
                    // It was carried out, and that was seen; or the log was read in the other way.
                    Ok(()) => assert!(
                        matches!(fault, Fault::ResetAfter) || route.ends_with("/logs"),
                        "{what} did nothing"
                    ),
                }
                // No command is left.
                soon(&what, || place.fake.sandboxes().iter().all(|seen| seen.running == 0)).await;
                // And the sandbox is where it was, found, and can be removed.
                place.fake.heal();
                let found = place.restarted().sandboxes().await.unwrap();
                let removed = *name == "delete" && place.empty();
                assert!(removed || found == [id], "{what}: {found:?}");
                place.engine.delete(id).await.unwrap();
                assert!(place.empty(), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn files_fail_clearly() {
    each_fault(&["upload", "remove", "read", "list"]).await;
}

#[tokio::test]
async fn commands_fail_clearly_and_leave_nothing() {
    each_fault(&["exec"]).await;
}

#[tokio::test]
async fn terminals_fail_clearly_and_leave_nothing() {
    each_fault(&["terminal"]).await;
}

#[tokio::test]
async fn previews_and_services_fail_clearly_and_leave_nothing() {
    each_fault(&["preview", "service"]).await;
}

#[tokio::test]
async fn stopping_and_removing_fail_clearly_and_it_is_still_found() {
    each_fault(&["stop", "delete", "usage", "sandboxes"]).await;
}

#[tokio::test]
async fn a_log_that_breaks_off_is_taken_up_again() {
    let place = Place::new().await;
    let id = place.made().await;
    // The socket breaks at once, twice; then it is read to its end, each byte once.
    let route = "GET /toolbox/process/session/{session}/command/{command}/logs";
    place.fake.fail(route, 1, 2, Fault::Reset);
    let script = "for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done";
    assert_eq!(place.out(id, &["sh", "-c", script]).await, "1\n2\n3\n4\n5\n6\n");
}

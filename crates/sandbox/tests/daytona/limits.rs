use std::time::Duration;

use qv_daytona_fake::{Fault, Resources, Settings};
use qv_sandbox::daytona::{DaytonaEngine, Source};
use qv_sandbox::{Command, QuotaScope, ResourceLimits, SandboxEngine, SandboxError};

use crate::support::{Place, config, env, file, path, spec};

#[tokio::test]
async fn a_full_account_is_a_quota_and_what_never_fits_is_not() {
    let quota = Resources { cpu: 1, memory: 10, disk: 30 };
    let place = Place::with(Settings { quota, ..Settings::default() }).await;
    place.made().await;
    let refused = place.engine.create(spec()).await.unwrap_err();
    let SandboxError::Quota { scope, message } = &refused else { panic!("{refused}") };
    assert_eq!(*scope, QuotaScope::Cpu);
    assert_eq!(message, "Total CPU limit exceeded. Maximum allowed: 1.");
    assert!(refused.falls_back());
    assert_eq!(place.fake.sandboxes().len(), 1);

    // A snapshot that is too small.
    let mut large = spec();
    large.limits = ResourceLimits { memory_bytes: 2 << 30, ..large.limits };
    let place = Place::new().await;
    let refused = place.engine.create(large.clone()).await.unwrap_err();
    assert!(
        matches!(&refused, SandboxError::InvalidSpec { message } if message.contains("memory"))
    );
    assert!(place.empty(), "what was too small is left");

    // An image has the size that is asked for.
    let mut config = config(&place.fake);
    config.source = Source::Image("node:22-slim".to_owned());
    let engine = DaytonaEngine::new(config, env()).unwrap();
    engine.create(large.clone()).await.unwrap();
    engine.delete(large.id).await.unwrap();
    large.limits.memory_bytes = 64 << 30;
    let refused = engine.create(large).await.unwrap_err();
    assert!(
        matches!(&refused, SandboxError::InvalidSpec { message } if message.contains("per sandbox"))
    );
    assert!(place.empty());
}

#[tokio::test]
async fn an_account_that_is_suspended_or_refused_says_so() {
    let place = Place::with(Settings { suspended: true, ..Settings::default() }).await;
    assert_eq!(place.engine.create(spec()).await, Err(SandboxError::Suspended));
    let mut wrong = config(&place.fake);
    wrong.key = "dtn_wrong".to_owned().into();
    assert!(!format!("{wrong:?}").contains("dtn_wrong"));
    let engine = DaytonaEngine::new(wrong, env()).unwrap();
    assert!(!format!("{engine:?}").contains("dtn_wrong"));
    assert_eq!(engine.create(spec()).await, Err(SandboxError::Auth));
    assert_eq!(engine.sandboxes().await, Err(SandboxError::Auth));
}

#[tokio::test]
async fn reading_and_output_are_bounded() {
    let (place, id) = Place::with_one().await;
    place.engine.write_files(id, vec![file("big", &vec![b'x'; 5_000])]).await.unwrap();
    let refused = place.engine.read_file(id, &path("big"), 4_999).await.unwrap_err();
    assert!(matches!(refused, SandboxError::Quota { scope: QuotaScope::Size, .. }), "{refused}");
    assert_eq!(place.engine.read_file(id, &path("big"), 5_000).await.unwrap().len(), 5_000);
    let mut command = Command::new(["sh", "-c", "cat big; echo; cat big >&2"]);
    command.output_limit = Some(6_000);
    let execution = place.engine.exec(id, command).await.unwrap();
    let (out, err, exit) = execution.collect().await;
    assert_eq!(out.len() + err.len(), 6_000);
    assert!(exit.success());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (place, id) = Place::with_one().await;
    let other = Place::new().await;
    let to = format!("{}/sandbox", other.fake.url());
    place.fake.fail("GET /sandbox/{id}", 1, 1, Fault::Redirect(to));
    let refused = place.engine.status(id).await.unwrap_err();
    assert!(matches!(refused, SandboxError::InvalidSpec { .. }), "{refused}");
    assert!(other.fake.calls().is_empty(), "the key went to another host");
}

#[tokio::test]
async fn waiting_as_long_as_asked_is_bounded() {
    let (place, id) = Place::with_one().await;
    place.fake.fail("GET /sandbox/{id}", 1, 1, Fault::RateLimited("0.3".to_owned()));
    let began = tokio::time::Instant::now();
    place.engine.status(id).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(300));
    place.fake.fail("GET /sandbox/{id}", 1, 1, Fault::RateLimited("600".to_owned()));
    let refused = place.engine.status(id).await.unwrap_err();
    let waits = Some(Duration::from_secs(600));
    assert_eq!(refused, SandboxError::RateLimited { retry_after: waits });
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn answers_without_end_are_cut() {
    let (place, id) = Place::with_one().await;
    let endless = format!("[\"{}\"]", "x".repeat(9 << 20));
    place.fake.fail("GET /toolbox/files", 1, 9, Fault::Answer(endless));
    let refused = place.engine.list(id, None).await.unwrap_err();
    assert!(matches!(refused, SandboxError::Quota { scope: QuotaScope::Size, .. }), "{refused}");
}

#[tokio::test]
async fn a_toolbox_in_clear_gets_no_key_from_an_encrypted_api() {
    // The address of an answer is only trusted when it is as safe as the API's own.
    let place = Place::new().await;
    let answer = r#"{"id":"x","state":"started","toolboxProxyUrl":"file:///etc"}"#;
    place.fake.fail("POST /sandbox", 1, 1, Fault::Answer(answer.to_owned()));
    let refused = place.engine.create(spec()).await.unwrap_err();
    assert!(matches!(refused, SandboxError::Transient { .. }), "{refused}");
}

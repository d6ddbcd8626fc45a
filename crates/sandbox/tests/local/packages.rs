//! Sets of packages, and sandboxes that wait.

use std::time::{Duration, Instant};

use qv_domain::SandboxState;
use qv_sandbox::{Exit, SandboxEngine, SandboxError, SandboxSpec};

use super::harness::{Local, root, somebody, test_name};
use crate::contract::{Fixture, create, run};

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn with_packages(local: &Local) -> SandboxSpec {
    SandboxSpec { packages: Some(KEY.into()), ..local.spec() }
}

async fn install(local: &Local) -> qv_domain::SandboxId {
    let id = create(local).await;
    let script = "mkdir -p node_modules/one/deep node_modules/.bin && cd node_modules && \
        echo first > one/index.js && echo tool > one/deep/tool && chmod +x one/deep/tool && \
        touch -d 2020-02-02 one/index.js && ln -s ../one/deep/tool .bin/tool && ln -s / root && mkfifo pipe";
    assert!(run(local, id, script).await.2.success());
    id
}

async fn kept_and_used(local: Local) {
    let (engine, id) = (&local.engine, install(&local).await);
    engine.keep_template(id, KEY).await.unwrap();
    assert!(engine.has_template(KEY));
    engine.delete(id).await.unwrap();

    let spec = with_packages(&local);
    engine.create(spec.clone()).await.unwrap();
    let look = "cd node_modules && cat one/index.js && test -x .bin/tool && cat .bin/tool && \
        test $(date -r one/index.js +%Y) = 2020 && test ! -e pipe && readlink root";
    let (out, err, exit) = run(&local, spec.id, look).await;
    assert_eq!((out.as_str(), exit), ("first\ntool\n/\n", Exit::Code(0)), "{err}");
    // A sandbox may change, add and remove: that is its own.
    let change = "cd node_modules && echo changed > one/index.js && mkdir two && echo new > two/x && rm -r one/deep";
    let (_, err, exit) = run(&local, spec.id, change).await;
    assert!(exit.success(), "{err}");
    engine.stop(spec.id).await.unwrap();
    engine.resume(spec.id).await.unwrap();
    let look = "cd node_modules && cat one/index.js two/x && test ! -e one/deep";
    assert_eq!(run(&local, spec.id, look).await.0, "changed\nnew\n");

    let other = with_packages(&local);
    engine.create(other.clone()).await.unwrap();
    let look = "cd node_modules && cat one/index.js one/deep/tool && test ! -e two";
    assert_eq!(run(&local, other.id, look).await.0, "first\ntool\n");

    // What is merged is kept under another key, also of a stopped one, which is stopped again.
    let merged = KEY.replace('0', "f");
    engine.stop(spec.id).await.unwrap();
    engine.keep_template(spec.id, &merged).await.unwrap();
    assert_eq!(engine.status(spec.id).await.unwrap().state, SandboxState::Stopped);
    let third = SandboxSpec { packages: Some(merged), ..local.spec() };
    engine.create(third.clone()).await.unwrap();
    let look = "cd node_modules && cat one/index.js two/x && test ! -e one/deep";
    assert_eq!(run(&local, third.id, look).await.0, "changed\nnew\n");

    let result = engine.keep_template(third.id, "../../etc").await;
    assert!(matches!(result, Err(SandboxError::InvalidSpec { .. })), "{result:?}");
}

#[test]
fn packages_are_kept_and_given() {
    root(test_name!(packages_are_kept_and_given), |_| {}, kept_and_used);
}

#[test]
fn packages_are_kept_and_given_for_somebody() {
    somebody(test_name!(packages_are_kept_and_given_for_somebody), true, kept_and_used);
}

#[test]
fn packages_are_kept_and_given_where_images_are_off() {
    let off = |config: &mut qv_sandbox::local::LocalConfig| config.images = false;
    let name = test_name!(packages_are_kept_and_given_where_images_are_off);
    root(name, off, kept_and_used);
}

/// A sandbox that was made without packages keeps its own when a template comes later.
#[test]
fn a_template_that_comes_later_hides_nothing() {
    let name = test_name!(a_template_that_comes_later_hides_nothing);
    root(
        name,
        |_| {},
        async |local| {
            let spec = with_packages(&local);
            local.engine.create(spec.clone()).await.unwrap();
            run(&local, spec.id, "mkdir -p node_modules/own").await;
            let id = install(&local).await;
            local.engine.keep_template(id, KEY).await.unwrap();
            local.engine.stop(spec.id).await.unwrap();
            local.engine.resume(spec.id).await.unwrap();
            assert_eq!(run(&local, spec.id, "ls node_modules").await.0, "own\n");
        },
    );
}

#[test]
fn the_least_used_packages_go_first_but_never_those_in_use() {
    let small = |config: &mut qv_sandbox::local::LocalConfig| config.most_templates = 5 << 20;
    let name = test_name!(the_least_used_packages_go_first_but_never_those_in_use);
    root(name, small, async |local| {
        let keys: Vec<String> = (0..4).map(|n| KEY.replace('0', &n.to_string())).collect();
        let id = create(&local).await;
        let script = "mkdir -p node_modules/x; head -c 2000000 /dev/zero > node_modules/x/x";
        run(&local, id, script).await;
        local.engine.keep_template(id, &keys[0]).await.unwrap();
        let used = SandboxSpec { packages: Some(keys[0].clone()), ..local.spec() };
        local.engine.create(used.clone()).await.unwrap();
        for key in &keys[1..] {
            tokio::time::sleep(Duration::from_millis(20)).await;
            local.engine.keep_template(id, key).await.unwrap();
        }
        let there: Vec<bool> = keys.iter().map(|key| local.engine.has_template(key)).collect();
        assert_eq!(there, [true, false, false, true]);
        assert!(run(&local, used.id, "test -s node_modules/x/x").await.2.success());
        // More than can be kept at all is not kept.
        run(&local, id, "head -c 9000000 /dev/zero > node_modules/x/y").await;
        let large = KEY.replace('0', "a");
        assert!(local.engine.keep_template(id, &large).await.is_err());
        assert!(!local.engine.has_template(&large));
    });
}

#[test]
fn a_sandbox_that_waits_is_taken_at_once() {
    root(
        test_name!(a_sandbox_that_waits_is_taken_at_once),
        |_| {},
        async |local| {
            let id = install(&local).await;
            local.engine.keep_template(id, KEY).await.unwrap();
            local.engine.delete(id).await.unwrap();
            local.engine.warm(with_packages(&local)).await.unwrap();
            // It is nobody's yet.
            assert_eq!(local.engine.sandboxes().await.unwrap(), []);
            let mut times = Vec::new();
            for _ in 0..5 {
                let mut spec = with_packages(&local);
                spec.env = vec![("OWN".into(), "mine".into())];
                let begun = Instant::now();
                local.engine.create(spec.clone()).await.unwrap();
                times.push(begun.elapsed());
                assert_eq!(local.engine.sandboxes().await.unwrap(), [spec.id]);
                let look = "cat node_modules/one/index.js; echo $OWN; echo x > kept";
                assert_eq!(run(&local, spec.id, look).await.0, "first\nmine\n");
                local.engine.stop(spec.id).await.unwrap();
                local.engine.resume(spec.id).await.unwrap();
                assert_eq!(run(&local, spec.id, "cat kept").await.0, "x\n");
                local.engine.delete(spec.id).await.unwrap();
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            times.sort_unstable();
            eprintln!("taken after {times:?}");
            assert!(times[0] < Duration::from_millis(20), "{times:?}");
            local.engine.shut_down().await;
        },
    );
}

/// Whoever only waits makes place for somebody who asks.
#[test]
fn a_sandbox_that_waits_makes_place() {
    let one = |config: &mut qv_sandbox::local::LocalConfig| config.most_running = 1;
    root(test_name!(a_sandbox_that_waits_makes_place), one, async |local| {
        local.engine.warm(local.spec()).await.unwrap();
        let mut other = local.spec();
        other.limits.processes = 77;
        local.engine.create(other.clone()).await.unwrap();
        assert_eq!(run(&local, other.id, "echo there").await.0, "there\n");
    });
}

//! What is asked for twice, after a restart, without a network, or from a damaged disk.

use std::path::{Path, PathBuf};

use qv_packages::PackagesError;
use serde_json::json;

use crate::support::{Place, code, dependencies, request};

async fn place() -> Place {
    let place = Place::new().await;
    let json = json!({"module": "i.js", "dependencies": {"b": "*"}});
    place.registry.publish(
        "a",
        "1.0.0",
        &json,
        &[("i.js", "import 'b'; export const a = 'marker_a';")],
    );
    place.registry.publish("b", "1.0.0", &json!({}), &[("index.js", "globalThis.b = 1;")]);
    place
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut todo = vec![folder.to_owned()];
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { todo.push(path) } else { files.push(path) }
        }
    }
    files
}

#[tokio::test]
async fn the_second_time_nothing_is_fetched_or_made() {
    let place = place().await;
    let wanted = || request(&[("a", "*")], &[("a", &[])]);
    let first = place.open().bundle(wanted()).await.unwrap();
    let asked = place.registry.asked().len();
    assert_eq!(asked, 4, "two descriptions, two archives");
    let reopened = place.open();
    let again = reopened.bundle(wanted()).await.unwrap();
    assert_eq!((first, place.registry.asked().len()), (again.clone(), asked));
    assert!(code(&reopened, &again, "a").await.contains("marker_a"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_make_one() {
    let place = place().await;
    let packages = place.open();
    let all: Vec<_> = (0..12)
        .map(|_| {
            let packages = packages.clone();
            // Spawned: what the service answers with can move between threads.
            tokio::spawn(
                async move { packages.bundle(request(&[("a", "*")], &[("a", &[])])).await },
            )
        })
        .collect();
    let mut keys = std::collections::BTreeSet::new();
    for bundle in all {
        keys.insert(bundle.await.unwrap().unwrap().key.clone());
    }
    assert_eq!(keys.len(), 1);
    assert_eq!(place.registry.count(".tgz"), 2);
}

#[tokio::test]
async fn descriptions_are_asked_again_with_their_etag() {
    let place = place().await;
    let mut config = place.config();
    config.limits.lock_age = std::time::Duration::ZERO;
    let packages = place.open_with(config);
    let wanted = dependencies(&[("b", "*")]);
    let first = packages.resolve(&wanted).await.unwrap();
    packages.resolve(&wanted).await.unwrap();
    assert_eq!(place.registry.asked().len(), 1, "still young");
    place.clock.advance_secs(3600);
    assert_eq!(packages.resolve(&wanted).await.unwrap(), first, "not modified");
    assert_eq!(place.registry.asked().len(), 2);
    place.registry.publish("b", "1.1.0", &json!({}), &[]);
    place.clock.advance_secs(3600);
    assert_eq!(packages.resolve(&wanted).await.unwrap().versions()["b"], "1.1.0");
}

#[tokio::test]
async fn versions_stay_for_a_day_and_when_the_registry_fails() {
    let place = place().await;
    let packages = place.open();
    let wanted = dependencies(&[("b", "*")]);
    packages.resolve(&wanted).await.unwrap();
    place.registry.publish("b", "1.1.0", &json!({}), &[]);
    place.clock.advance_secs(3600);
    assert_eq!(packages.resolve(&wanted).await.unwrap().versions()["b"], "1.0.0");
    place.clock.advance_secs(2 * 86_400);
    place.registry.set_down(true);
    assert_eq!(packages.resolve(&wanted).await.unwrap().versions()["b"], "1.0.0");
    place.registry.set_down(false);
    place.clock.advance_secs(2 * 86_400);
    assert_eq!(packages.resolve(&wanted).await.unwrap().versions()["b"], "1.1.0");
}

#[tokio::test]
async fn offline_uses_what_is_there_and_names_what_is_not() {
    let place = place().await;
    let online = place.open();
    let made = online.bundle(request(&[("a", "*")], &[("a", &[])])).await.unwrap();
    place.clock.advance_secs(90 * 86_400);
    let packages = place.open_with(qv_packages::Config { offline: true, ..place.config() });
    let asked = place.registry.asked().len();
    assert_eq!(packages.bundle(request(&[("a", "*")], &[("a", &[])])).await.unwrap(), made);
    // Another wish, but all of it was downloaded before.
    packages.bundle(request(&[("b", "*")], &[("b", &[])])).await.unwrap();
    let error = packages.bundle(request(&[("c", "*")], &[("c", &[])])).await.unwrap_err();
    assert_eq!(error, PackagesError::Offline { what: "the package `c`".to_owned() });
    assert_eq!(place.registry.asked().len(), asked, "nothing was asked");
}

#[tokio::test]
async fn damaged_bundles_are_made_again() {
    let place = place().await;
    let wanted = || request(&[("a", "*")], &[("a", &[])]);
    let packages = place.open();
    let bundle = packages.bundle(wanted()).await.unwrap();
    let damage = || {
        for file in files_below(&place.cache.path().join("bundles")) {
            if file.extension().is_some_and(|e| e == "br") {
                std::fs::write(file, "damaged").unwrap();
            }
        }
    };
    damage();
    let file = &bundle.modules["a"].file;
    assert!(packages.asset(&bundle.key, file, true).await.is_none(), "noticed when served");
    let again = packages.bundle(wanted()).await.unwrap();
    assert_eq!(again, bundle);
    assert!(code(&packages, &again, "a").await.contains("marker_a"));
    damage();
    let reopened = place.open();
    let again = reopened.bundle(wanted()).await.unwrap();
    assert!(code(&reopened, &again, "a").await.contains("marker_a"), "noticed when opened");
}

#[tokio::test]
async fn damaged_packages_and_descriptions_are_fetched_again() {
    let place = place().await;
    place.open().bundle(request(&[("a", "*")], &[("a", &[])])).await.unwrap();
    for folder in ["store", "packuments", "locks"] {
        for file in files_below(&place.cache.path().join(folder)) {
            std::fs::write(file, "damaged").unwrap();
        }
    }
    let reopened = place.open();
    // Another wish, so that the kept bundle does not answer.
    let wanted = request(&[("a", "1.0.0"), ("b", "1.0.0")], &[("a", &[]), ("b", &[])]);
    let bundle = reopened.bundle(wanted).await.unwrap();
    assert!(code(&reopened, &bundle, "a").await.contains("marker_a"));
}

#[tokio::test]
async fn old_bundles_go_first() {
    let place = place().await;
    let mut config = place.config();
    config.limits.kept_bundles = 2;
    let packages = place.open_with(config);
    for names in [["x1"], ["x2"], ["x3"]] {
        place.clock.advance_secs(60);
        packages.bundle(request(&[("a", "*")], &[("a", &names)])).await.unwrap();
    }
    assert_eq!(std::fs::read_dir(place.cache.path().join("bundles")).unwrap().count(), 2);
}

#[tokio::test]
async fn files_are_served_by_their_listed_names_only() {
    let place = place().await;
    let packages = place.open();
    let bundle = packages.bundle(request(&[("a", "*")], &[("a", &[])])).await.unwrap();
    let file = bundle.modules["a"].file.clone();
    assert!(packages.asset(&bundle.key, &file, true).await.unwrap().br);
    let dotted = format!("../{}/{file}", bundle.key);
    for (key, file) in [
        (bundle.key.as_str(), "manifest.json"),
        (&bundle.key, "../../store"),
        (&bundle.key, &dotted),
        (&bundle.key, ""),
        ("..", &file),
        ("", &file),
        ("0123456789012345678901234567890123456789", &file),
    ] {
        assert!(packages.asset(key, file, true).await.is_none(), "{key}/{file}");
    }
}

#[tokio::test]
async fn what_a_killed_process_left_behind_is_removed_a_day_later() {
    let place = place().await;
    let left = place.cache.path().join("tmp/left");
    std::fs::create_dir_all(&left).unwrap();
    let _ = place.open();
    assert!(left.exists(), "it may be another process's");
    // The clock of the test stands in 1970: the folder's own time counts from there.
    let made = left.metadata().unwrap().modified().unwrap();
    let made = made.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    place.clock.advance_secs(i64::try_from(made).unwrap() + 2 * 86_400);
    let _ = place.open();
    assert!(!left.exists());
}

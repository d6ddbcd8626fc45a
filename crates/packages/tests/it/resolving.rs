//! Which versions are chosen.

use std::sync::Arc;
use std::time::Duration;

use qv_domain::Env as _;
use qv_packages::{Config, Lock, Packages, PackagesError, RegistryConfig};
use serde_json::json;

use crate::support::{Place, dependencies};

async fn resolve(place: &Place, list: &[(&str, &str)]) -> Result<Lock, PackagesError> {
    place.open().resolve(&dependencies(list)).await
}

fn ids(lock: &Lock) -> Vec<&str> {
    lock.packages.keys().map(qv_packages::PackageId::as_str).collect()
}

#[tokio::test]
async fn a_shared_version_is_used_wherever_it_fits() {
    let place = Place::new().await;
    let registry = &place.registry;
    for version in ["1.0.0", "1.2.0", "2.0.0"] {
        registry.publish("util", version, &json!({}), &[]);
    }
    registry.publish("a", "1.0.0", &json!({"dependencies": {"util": "^1.0.0"}}), &[]);
    registry.publish("b", "1.0.0", &json!({"dependencies": {"util": ">=1"}}), &[]);
    registry.publish("c", "1.0.0", &json!({"dependencies": {"util": "^2.0.0", "a": "*"}}), &[]);

    let lock = resolve(&place, &[("util", "1.0.0"), ("a", "^1"), ("b", "^1")]).await.unwrap();
    assert_eq!(ids(&lock), ["a@1.0.0", "b@1.0.0", "util@1.0.0"], "one version fits all");

    let lock = resolve(&place, &[("a", "^1"), ("c", "^1")]).await.unwrap();
    assert_eq!(ids(&lock), ["a@1.0.0", "c@1.0.0", "util@1.2.0", "util@2.0.0"], "two where it must");
    let c = lock.packages.values().find(|p| p.name == "c").unwrap();
    assert_eq!(c.dependencies["util"].as_str(), "util@2.0.0");
    assert_eq!(c.dependencies["a"].as_str(), "a@1.0.0");
}

#[tokio::test]
async fn peers_share_the_version_of_the_app() {
    let place = Place::new().await;
    let registry = &place.registry;
    for version in ["18.3.0", "19.3.0"] {
        registry.publish("react", version, &json!({}), &[]);
    }
    registry.publish("chart", "1.0.0", &json!({"peerDependencies": {"react": "^18 || ^19"}}), &[]);
    registry.publish("old", "1.0.0", &json!({"peerDependencies": {"react": "^16"}}), &[]);
    registry.publish("bundled", "1.0.0", &json!({"dependencies": {"react": "^18"}}), &[]);

    let lock = resolve(&place, &[("chart", "*"), ("react", "^18")]).await.unwrap();
    assert_eq!(ids(&lock), ["chart@1.0.0", "react@18.3.0"], "the app's range goes first");

    let lock = resolve(&place, &[("chart", "*")]).await.unwrap();
    assert_eq!(ids(&lock), ["chart@1.0.0", "react@19.3.0"], "a missing peer is added");
    assert_eq!(lock.versions()["react"], "19.3.0", "and can be imported");

    let lock = resolve(&place, &[("react", "^19"), ("old", "*"), ("bundled", "*")]).await.unwrap();
    assert_eq!(ids(&lock), ["bundled@1.0.0", "old@1.0.0", "react@19.3.0"], "never a second React");
    let warned: Vec<&str> = lock.warnings.iter().map(|w| w.package.as_str()).collect();
    assert_eq!(warned, ["bundled@1.0.0", "old@1.0.0"]);
}

#[tokio::test]
async fn optional_things_are_not_fetched() {
    let place = Place::new().await;
    let json = json!({
        "dependencies": {"native": "*"},
        "optionalDependencies": {"native": "*", "odd": "git+ssh://x"},
        "peerDependencies": {"maybe": "*"},
        "peerDependenciesMeta": {"maybe": {"optional": true}},
    });
    place.registry.publish("a", "1.0.0", &json, &[]);
    place.registry.publish("maybe", "1.0.0", &json!({}), &[]);
    let lock = resolve(&place, &[("a", "*")]).await.unwrap();
    assert_eq!(ids(&lock), ["a@1.0.0"]);
    let lock = resolve(&place, &[("a", "*"), ("maybe", "*")]).await.unwrap();
    let a = lock.packages.values().find(|p| p.name == "a").unwrap();
    assert_eq!(a.dependencies["maybe"].as_str(), "maybe@1.0.0", "but used when it is there");
}

#[tokio::test]
async fn scopes_aliases_tags_and_cycles_work() {
    let place = Place::new().await;
    let registry = &place.registry;
    registry.publish("@s/x", "1.0.0", &json!({"dependencies": {"y": "npm:@s/z@^1"}}), &[]);
    registry.publish("@s/z", "1.5.0", &json!({"dependencies": {"@s/x": "*"}}), &[]);
    let lock = resolve(&place, &[("mine", "npm:@s/x@1"), ("@s/z", "latest")]).await.unwrap();
    assert_eq!(ids(&lock), ["@s/x@1.0.0", "@s/z@1.5.0"]);
    assert_eq!(lock.roots["mine"].as_str(), "@s/x@1.0.0");
    assert_eq!(lock.packages[&lock.roots["mine"]].dependencies["y"].as_str(), "@s/z@1.5.0");
}

#[tokio::test]
async fn what_cannot_be_had_is_named() {
    let place = Place::new().await;
    place.registry.publish("canvas-confetti", "1.9.0", &json!({}), &[]);
    let lacking = json!({"dependencies": {"x": "github:a/b", "gone": "^1"}});
    place.registry.publish("lacking", "1.0.0", &lacking, &[]);
    let error = |list: &'static [(&str, &str)]| {
        let place = &place;
        async move { resolve(place, list).await.unwrap_err() }
    };
    let missing = error(&[("canvas-confeti", "*"), ("canvas-confetti", "*")]).await;
    let expected = PackagesError::NotFound {
        name: "canvas-confeti".to_owned(),
        similar: Some("canvas-confetti".to_owned()),
    };
    assert_eq!(missing, expected);
    assert_eq!(
        error(&[("canvas-confetti", "^7")]).await.to_string(),
        "`canvas-confetti` has no version that fits `^7`: the newest are 1.9.0"
    );
    let unsupported = error(&[("mine", "github:a/b")]).await;
    assert!(matches!(&unsupported, PackagesError::UnsupportedSpec { name, .. } if name == "mine"));
    assert!(matches!(error(&[("../x", "*")]).await, PackagesError::InvalidName { .. }));
    // Further down it may not matter: the app may never load what needs it.
    let lock = resolve(&place, &[("lacking", "*")]).await.unwrap();
    let warned: Vec<&str> = lock.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(ids(&lock), ["lacking@1.0.0"]);
    assert!(warned[0].contains("`x`") && warned[1].contains("`gone`"), "{warned:?}");
}

#[tokio::test]
async fn the_number_and_depth_of_packages_is_bounded() {
    let place = Place::new().await;
    for at in 0..60 {
        let next = json!({"dependencies": {format!("p{}", at + 1): "*"}});
        place.registry.publish(&format!("p{at}"), "1.0.0", &next, &[]);
    }
    place.registry.publish("p60", "1.0.0", &json!({}), &[]);
    let error = resolve(&place, &[("p0", "*")]).await.unwrap_err();
    assert!(matches!(error, PackagesError::TooMany { limit: 40, .. }), "{error}");
    let mut config = place.config();
    config.limits.depth = 100;
    config.limits.packages = 50;
    let error = place.open_with(config).resolve(&dependencies(&[("p0", "*")])).await.unwrap_err();
    assert_eq!(error, PackagesError::TooMany { what: "packages", limit: 50 });
}

#[tokio::test]
async fn credentials_reach_their_registry_and_no_other() {
    let place = Place::new().await;
    place.registry.publish("@acme/x", "1.0.0", &json!({"dependencies": {"y": "*"}}), &[]);
    let public = Place::new().await;
    public.registry.publish("y", "1.0.0", &json!({}), &[("i.js", "")]);
    let host = place.registry.url.trim_start_matches("http:");
    let npmrc = format!(
        "registry={}\n@acme:registry={}\n{host}:_authToken=s3cret\n",
        public.registry.url, place.registry.url
    );
    let registry = RegistryConfig::parse([npmrc.as_str()], |_| None).unwrap();
    let config = Config { registry, ..Config::new(place.cache.path()) };
    let packages = Packages::open(config, Arc::<crate::support::Clock>::default()).unwrap();
    packages.resolve(&dependencies(&[("@acme/x", "*")])).await.unwrap();
    let (asked, public) = (place.registry.asked(), public.registry.asked());
    assert_eq!(asked, [("@acme%2fx".to_owned(), Some("Bearer s3cret".to_owned()))]);
    assert_eq!(public, [("y".to_owned(), None)]);
}

#[tokio::test]
async fn what_came_out_within_a_day_is_not_chosen() {
    let place = Place::new().await;
    place.clock.advance_secs(10 * 86_400);
    let hours_ago = |hours: u64| place.clock.now().minus(Duration::from_secs(hours * 3600));
    for (version, hours) in [("1.0.0", 200), ("1.1.0", 30), ("1.2.0", 2)] {
        place.registry.publish("util", version, &json!({}), &[]);
        place.registry.published_at("util", version, hours_ago(hours));
    }
    place.registry.publish("fresh", "1.0.0", &json!({}), &[]);
    place.registry.published_at("fresh", "1.0.0", hours_ago(1));
    place.registry.publish("app", "1.0.0", &json!({"dependencies": {"fresh": "^1"}}), &[]);

    assert_eq!(ids(&resolve(&place, &[("util", "latest")]).await.unwrap()), ["util@1.1.0"]);
    assert_eq!(ids(&resolve(&place, &[("util", "^1.0.0")]).await.unwrap()), ["util@1.1.0"]);
    let exact = resolve(&place, &[("util", "1.2.0")]).await.unwrap();
    assert_eq!(ids(&exact), ["util@1.2.0"], "a person's own word");
    let error = resolve(&place, &[("fresh", "^1")]).await.unwrap_err();
    assert!(error.to_string().contains("came out less than 24 hours ago"), "{error}");
    let needed = resolve(&place, &[("app", "1.0.0")]).await.unwrap();
    assert_eq!(ids(&needed), ["app@1.0.0", "fresh@1.0.0"], "what a package needs");
    assert_eq!(place.open().too_young("util").await.unwrap(), ["1.2.0"]);

    let config = Config { minimum_age: Duration::ZERO, ..place.config() };
    let lock = place.open_with(config).resolve(&dependencies(&[("util", "~1.2.0")])).await.unwrap();
    assert_eq!(ids(&lock), ["util@1.2.0"], "where no age is asked for");
}

#[tokio::test]
async fn a_version_without_a_time_is_young_and_the_age_is_asked_once_in_a_while() {
    let place = Place::new().await;
    place.clock.advance_secs(10 * 86_400);
    let hours_ago = |hours: u64| place.clock.now().minus(Duration::from_secs(hours * 3600));
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        place.registry.publish("part", version, &json!({}), &[]);
    }
    place.registry.published_at("part", "1.0.0", hours_ago(200));
    place.registry.published_at("part", "1.2.0", hours_ago(2));
    let packages = place.open();
    for _ in 0..2 {
        assert_eq!(packages.too_young("part").await.unwrap(), ["1.1.0", "1.2.0"]);
        let error = packages.too_young("nothing").await.unwrap_err();
        assert!(matches!(error, PackagesError::NotFound { .. }), "{error}");
    }
    assert_eq!(place.registry.count("nothing"), 1);
    place.clock.advance_secs(301);
    packages.too_young("nothing").await.unwrap_err();
    assert_eq!(place.registry.count("nothing"), 2);
}

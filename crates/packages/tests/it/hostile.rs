//! Packages and registries that mean harm.

use qv_packages::PackagesError;
use serde_json::json;

use crate::support::{Entry, Place, code, request, sha512, tgz};

/// Publishes `evil@1.0.0` with this archive and asks for it.
async fn fetch(archive: Vec<u8>) -> (Place, Result<(), PackagesError>) {
    let place = Place::new().await;
    place.registry.publish_archive("evil", "1.0.0", json!({}), archive, None);
    let outcome =
        place.open().bundle(request(&[("evil", "*")], &[("evil", &[])])).await.map(|_| ());
    (place, outcome)
}

fn with(entries: Vec<Entry<'_>>) -> Vec<u8> {
    let mut all = vec![Entry::File("package/package.json", b"{\"name\":\"evil\"}")];
    all.extend(entries);
    tgz(&all)
}

#[tokio::test]
async fn archives_write_nowhere_else() {
    for path in [
        "package/../../../evil.js",
        "/tmp/qv-evil.js",
        "package/a\\..\\..\\evil.js",
        "package/C:evil.js",
        "package/nul",
        "../evil.js",
    ] {
        let (place, outcome) = fetch(with(vec![Entry::File(path, b"evil")])).await;
        assert!(matches!(outcome, Err(PackagesError::BadArchive { .. })), "{path}: {outcome:?}");
        let parent = place.cache.path().parent().unwrap();
        assert!(
            !parent.join("evil.js").exists() && !std::path::Path::new("/tmp/qv-evil.js").exists()
        );
        let store = place.cache.path().join("store");
        assert!(!store.exists() || std::fs::read_dir(store).unwrap().count() == 0);
        assert_eq!(std::fs::read_dir(place.cache.path().join("tmp")).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn archives_have_plain_files_only() {
    use tar::EntryType;
    for kind in
        [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Fifo, EntryType::Block]
    {
        let (_, outcome) = fetch(with(vec![Entry::Link(kind, "package/l", "/etc/passwd")])).await;
        assert!(matches!(outcome, Err(PackagesError::BadArchive { .. })), "{kind:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn damaged_and_empty_archives_are_refused() {
    let mut cut = with(vec![Entry::File("package/i.js", &[7; 10_000])]);
    cut.truncate(cut.len() / 2);
    for archive in [cut, b"not gzip".to_vec(), Vec::new(), tgz(&[Entry::File("package/i.js", b"")])]
    {
        let (_, outcome) = fetch(archive).await;
        assert!(matches!(outcome, Err(PackagesError::BadArchive { .. })), "{outcome:?}");
    }
}

#[tokio::test]
async fn sizes_are_bounded_whatever_headers_say() {
    let place = Place::new().await;
    // A megabyte of nothing is a kilobyte of gzip.
    let bomb = with(vec![Entry::File("package/bomb.bin", &vec![0; 3 << 20])]);
    place.registry.publish_archive("bomb", "1.0.0", json!({}), bomb, None);
    let many: Vec<String> = (0..300).map(|n| format!("package/f{n}.js")).collect();
    let many = with(many.iter().map(|path| Entry::File(path, b"")).collect());
    place.registry.publish_archive("many", "1.0.0", json!({}), many, None);
    let mut seed = 1_u64;
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed as u8
    };
    let noise: Vec<u8> = (0..200_000).map(|_| random()).collect();
    let big = with(vec![Entry::File("package/noise.bin", &noise)]);
    place.registry.publish_archive("big", "1.0.0", json!({}), big, None);
    let mut config = place.config();
    config.limits.unpacked_bytes = 1 << 20;
    config.limits.tarball_bytes = 100_000;
    config.limits.files = 200;
    let packages = place.open_with(config);
    let mut errors = Vec::new();
    for name in ["bomb", "many", "big"] {
        errors.push(packages.bundle(request(&[(name, "*")], &[(name, &[])])).await.unwrap_err());
    }
    assert!(matches!(&errors[0], PackagesError::TooLarge { limit: 1_048_576, .. }), "{errors:?}");
    assert!(matches!(&errors[1], PackagesError::TooMany { limit: 200, .. }), "{errors:?}");
    assert!(matches!(&errors[2], PackagesError::TooLarge { limit: 100_000, .. }), "{errors:?}");
}

#[tokio::test]
async fn descriptions_are_bounded_even_when_they_unfold() {
    let place = Place::new().await;
    let long = "x".repeat(2 << 20);
    place.registry.publish("wordy", "1.0.0", &json!({"dependencies": {"a": long}}), &[]);
    let mut config = place.config();
    config.limits.packument_bytes = 1 << 20;
    let packages = place.open_with(config);
    let error = packages.bundle(request(&[("wordy", "*")], &[("wordy", &[])])).await.unwrap_err();
    assert!(matches!(error, PackagesError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn a_wrong_checksum_is_noticed_and_nothing_stays() {
    let place = Place::new().await;
    let archive = with(vec![]);
    let other = sha512(b"something else");
    place.registry.publish_archive("evil", "1.0.0", json!({}), archive.clone(), Some(&other));
    // A checksum that is too weak does not stand in for a wrong strong one.
    place.registry.amend("evil", "1.0.0", |m| {
        m["dist"]["shasum"] = "da39a3ee5e6b4b0d3255bfef95601890afd80709".into();
    });
    let packages = place.open();
    let wanted = || request(&[("evil", "*")], &[("evil", &[])]);
    let error = packages.bundle(wanted()).await.unwrap_err();
    assert_eq!(error, PackagesError::IntegrityMismatch { package: "evil@1.0.0".to_owned() });
    assert!(!place.cache.path().join("store").exists());
    place.registry.amend("evil", "1.0.0", |m| m["dist"] = json!({"tarball": m["dist"]["tarball"]}));
    place.clock.advance_secs(10 * 86_400);
    let error = packages.bundle(wanted()).await.unwrap_err();
    assert_eq!(error, PackagesError::NoIntegrity { package: "evil@1.0.0".to_owned() });
}

#[tokio::test]
async fn packages_read_no_file_of_the_host() {
    let place = Place::new().await;
    let secret = place.cache.path().join("secret.js");
    std::fs::write(&secret, "export default 'marker_secret';").unwrap();
    let up = "../".repeat(40);
    let path = secret.to_str().unwrap();
    let code_ = format!(
        "import a from '{path}'; import b from '{up}{}'; import './x.css';
         export const u = new URL('{up}{0}', import.meta.url).href; export default [a, b];",
        path.trim_start_matches('/')
    );
    let css = format!(
        "@import '{path}'; @import '{up}etc/passwd'; b {{ background: url({up}etc/hostname.png) }}"
    );
    let files = [("i.js", code_.as_str()), ("x.css", css.as_str())];
    place.registry.publish("evil", "1.0.0", &json!({"module": "i.js"}), &files);
    let packages = place.open();
    let bundle = packages.bundle(request(&[("evil", "*")], &[("evil", &[])])).await.unwrap();
    let code = code(&packages, &bundle, "evil").await;
    assert!(!code.contains("marker_secret"), "{code}");
    assert!(bundle.warnings.len() >= 3, "{:?}", bundle.warnings);
}

#[tokio::test]
async fn messages_name_no_folder_of_the_host() {
    let place = Place::new().await;
    place.registry.publish("broken", "1.0.0", &json!({"module": "i.js"}), &[("i.js", "let = = ;")]);
    let error =
        place.open().bundle(request(&[("broken", "*")], &[("broken", &[])])).await.unwrap_err();
    let PackagesError::BundleFailed { messages } = &error else { panic!("{error}") };
    assert!(!messages.is_empty() && messages.len() <= 5);
    let text = error.to_string();
    assert!(!text.contains(place.cache.path().to_str().unwrap()), "{text}");
}

#[tokio::test]
async fn redirects_stay_on_the_web_and_are_few() {
    let place = Place::new().await;
    place.registry.publish("real", "1.0.0", &json!({}), &[]);
    place.registry.redirect("moved", "/real");
    place.registry.redirect("loop", "/loop");
    place.registry.redirect("file", "file:///etc/passwd");
    let packages = place.open();
    let resolve = |name: &'static str| {
        let packages = packages.clone();
        async move { packages.resolve(&crate::support::dependencies(&[(name, "*")])).await }
    };
    assert!(resolve("moved").await.is_ok());
    for name in ["loop", "file"] {
        let error = resolve(name).await.unwrap_err();
        assert!(matches!(error, PackagesError::Network { .. }), "{name}: {error}");
    }
    assert!(place.registry.count("loop") <= 7);
}

#[tokio::test]
async fn archives_come_from_the_registry_only() {
    let place = Place::new().await;
    let elsewhere = Place::new().await;
    place.registry.publish("a", "1.0.0", &json!({}), &[]);
    let url = format!("{}-/a-1.0.0.tgz", elsewhere.registry.url);
    place.registry.amend("a", "1.0.0", |m| m["dist"]["tarball"] = url.into());
    let error = place.open().bundle(request(&[("a", "*")], &[("a", &[])])).await.unwrap_err();
    assert!(matches!(error, PackagesError::BadArchive { .. }), "{error}");
    assert!(elsewhere.registry.asked().is_empty());
}

#[tokio::test]
async fn sources_made_to_break_a_parser_break_nothing() {
    let place = Place::new().await;
    // Just below the limit, valid, and through every pass; far above it, in one package each.
    let shapes = [
        ("parens", "(", "1", ")"),
        ("bangs", "!", "1", ""),
        ("arrows", "a=>", "1", ""),
        ("sums", "a+", "1", ""),
        ("arrays", "[", "", "]"),
        ("calls", "", "a", "()"),
        ("blocks", "{", "", "}"),
        ("conditions", "a?1:", "1", ""),
    ];
    let source = |(_, open, middle, close): (&str, &str, &str, &str), times: usize| {
        let code = format!("{}{middle}{}", open.repeat(times), close.repeat(times));
        if middle.is_empty() && open == "{" { code } else { format!("globalThis.x = {code};") }
    };
    let packages = place.open();
    for shape in shapes {
        let (deep, deepest) = (source(shape, 1_200), source(shape, 300_000));
        let files = [("deep.js", deep.as_str()), ("deepest.js", deepest.as_str())];
        place.registry.publish(shape.0, "1.0.0", &json!({}), &files);
        let deepest = format!("{}/deepest.js", shape.0);
        let bundle =
            packages.bundle(request(&[(shape.0, "*")], &[(deepest.as_str(), &[])])).await.unwrap();
        assert!(bundle.warnings[0].message.contains("nests too deep"), "{:?}", bundle.warnings);
        let deep = format!("{}/deep.js", shape.0);
        let outcome = packages.bundle(request(&[(shape.0, "*")], &[(deep.as_str(), &[])])).await;
        assert_eq!(outcome.map(|bundle| bundle.warnings.len()), Ok(0), "{}", shape.0);
    }
}

#[tokio::test]
async fn a_name_that_is_an_address_is_not_asked_for() {
    let (place, other) = (Place::new().await, Place::new().await);
    let host = other.registry.url.trim_start_matches("http://").trim_end_matches('/');
    let packages = place.open();
    for name in [format!(r"http:{host}\latest"), format!(r"\\{host}\x"), r"..\x".to_owned()] {
        let error = packages.too_young(&name).await.unwrap_err();
        assert!(matches!(error, PackagesError::InvalidName { .. }), "{name}: {error}");
    }
    assert_eq!((place.registry.asked(), other.registry.asked()), (Vec::new(), Vec::new()));
}

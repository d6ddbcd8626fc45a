use qv_sandbox::{EntryKind, FileWrite, QuotaScope, SandboxError};

use super::{Fixture, create, read, run, write};

pub(crate) async fn files_are_written_read_and_removed(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    let id = create(fixture).await;
    let file = |path: &str, content: Option<&[u8]>| FileWrite {
        path: path.parse().unwrap(),
        content: content.map(Into::into),
    };
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let files = vec![
        file("a", Some(b"one")),
        file("deep/er/b.txt", Some(b"two")),
        file("empty", Some(b"")),
        file("binary", Some(&binary)),
        file("a", Some(b"one again")),
        file("not/there", None),
    ];
    engine.write_files(id, files).await.unwrap();
    assert_eq!(read(fixture, id, "a").await.unwrap(), "one again");
    assert_eq!(read(fixture, id, "deep/er/b.txt").await.unwrap(), "two");
    assert_eq!(read(fixture, id, "empty").await.unwrap(), "");
    let whole = engine.read_file(id, &"binary".parse().unwrap(), 100_000).await.unwrap();
    assert_eq!(whole, binary);
    engine.write_files(id, vec![file("a", None), file("deep/er/b.txt", None)]).await.unwrap();
    for path in ["a", "deep/er/b.txt"] {
        let gone = read(fixture, id, path).await;
        assert!(matches!(gone, Err(SandboxError::NotFound { .. })), "{path}: {gone:?}");
    }
}

pub(crate) async fn folders_are_listed_by_name(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    let id = create(fixture).await;
    for path in ["list/b", "list/a", "list/z/inner"] {
        write(fixture, id, path, "12345").await.unwrap();
    }
    run(fixture, id, "ln -s /etc/passwd list/link").await;
    let folder = "list".parse().unwrap();
    let entries = engine.list(id, Some(&folder)).await.unwrap();
    let told: Vec<_> = entries.iter().map(|e| (e.name.as_str(), e.kind, e.bytes)).collect();
    assert_eq!(
        told,
        [
            ("a", EntryKind::File, 5),
            ("b", EntryKind::File, 5),
            ("link", EntryKind::Other, 0),
            ("z", EntryKind::Folder, 0),
        ]
    );
    let top = engine.list(id, None).await.unwrap();
    assert!(top.iter().any(|entry| entry.name == "list"), "{top:?}");
}

pub(crate) async fn what_cannot_be_read_is_told(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    let id = create(fixture).await;
    write(fixture, id, "folder/file", "12345").await.unwrap();
    for path in ["none", "folder", "folder/file/none"] {
        let result = read(fixture, id, path).await;
        assert!(matches!(result, Err(SandboxError::NotFound { .. })), "{path}: {result:?}");
    }
    for path in ["none", "folder/file"] {
        let result = engine.list(id, Some(&path.parse().unwrap())).await;
        assert!(matches!(result, Err(SandboxError::NotFound { .. })), "{path}: {result:?}");
    }
    let path = "folder/file".parse().unwrap();
    assert_eq!(engine.read_file(id, &path, 5).await.unwrap(), "12345");
    let long = engine.read_file(id, &path, 4).await;
    assert!(matches!(long, Err(SandboxError::Quota { scope: QuotaScope::Size, .. })), "{long:?}");
}

pub(crate) async fn a_sandbox_sees_what_is_written_and_the_other_way_round(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    write(fixture, id, "src/a.txt", "from outside").await.unwrap();
    let (out, err, exit) =
        run(fixture, id, "cat src/a.txt && echo changed > src/a.txt && mkdir x && echo y > x/y")
            .await;
    assert_eq!((out.as_str(), err.as_str(), exit.success()), ("from outside", "", true));
    assert_eq!(read(fixture, id, "src/a.txt").await.unwrap(), "changed\n");
    assert_eq!(read(fixture, id, "x/y").await.unwrap(), "y\n");
    // What was written outside is the sandbox's own: it may change and remove it.
    write(fixture, id, "src/b.txt", "b").await.unwrap();
    let (_, err, exit) = run(fixture, id, "rm -r src && test ! -e src").await;
    assert!(exit.success(), "{err}");
}

/// A file of the sandbox's may be anything at any time; outside, no link leads anywhere.
pub(crate) async fn a_link_is_never_followed(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    let id = create(fixture).await;
    write(fixture, id, "real/file", "real").await.unwrap();
    let script = "ln -s /etc/passwd file; ln -s / root; ln -s real folder; ln -s real/file near";
    assert!(run(fixture, id, script).await.2.success());
    for path in ["file", "root/etc/passwd"] {
        let result = read(fixture, id, path).await;
        assert!(result.is_err(), "{path}: {result:?}");
    }
    assert!(engine.list(id, Some(&"root".parse().unwrap())).await.is_err());
    assert!(write(fixture, id, "root/planted", "x").await.is_err());
    // Writing takes the place of a link.
    write(fixture, id, "near", "new").await.unwrap();
    assert_eq!(read(fixture, id, "near").await.unwrap(), "new");
    assert_eq!(read(fixture, id, "real/file").await.unwrap(), "real");
}

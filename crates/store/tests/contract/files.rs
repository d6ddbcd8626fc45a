use std::time::Duration;

use qv_domain::{FileKind, Limits, ProjectId, Timestamp};
use qv_store::testing::TestDb;
use qv_store::{Applied, FileChange, FileMeta, StoreError, blob_hash};

use crate::fixture::{apply, blob, path, project, write};

async fn try_apply(
    db: &TestDb,
    project: ProjectId,
    changes: &[FileChange],
    limits: &Limits,
) -> Result<Applied, StoreError> {
    let mut tx = db.begin().await.unwrap();
    let applied = tx.apply_changes(project, changes, limits, db.now()).await?;
    tx.commit().await.unwrap();
    Ok(applied)
}

fn meta(at: &str, text: &str, updated_at: Timestamp) -> FileMeta {
    FileMeta {
        path: path(at),
        hash: blob_hash(text.as_bytes()),
        size: text.len() as u64,
        kind: FileKind::Text,
        updated_at,
    }
}

fn delete(at: &str) -> FileChange {
    FileChange::Delete { path: path(at) }
}

fn rename(from: &str, to: &str) -> FileChange {
    FileChange::Rename { from: path(from), to: path(to) }
}

qv_store::on_both_databases! {
    async fn changes_are_applied_in_order(db) {
        let project = project(&db).await;
        let start = db.now();
        apply(&db, project.id, &[
            write("src/App.tsx", "app"),
            write("b.css", "css"),
            write("gone.txt", "x"),
            write("same.txt", "same"),
        ]).await;
        let now = db.env.advance(Duration::from_secs(1));
        let changes = [
            write("src/App.tsx", "first thought"),
            write("src/App.tsx", "second"),
            rename("b.css", "src/b.css"),
            delete("gone.txt"),
            delete("never-there.txt"),
            write("same.txt", "same"),
            write("new.txt", ""),
        ];
        let applied = try_apply(&db, project.id, &changes, &Limits::default()).await.unwrap();
        assert_eq!(applied.added, [meta("new.txt", "", now), meta("src/b.css", "css", now)]);
        assert_eq!(applied.changed, [meta("src/App.tsx", "second", now)]);
        assert_eq!(applied.removed, [path("b.css"), path("gone.txt")]);

        let mut reader = db.read().await.unwrap();
        let files = reader.files(project.id).await.unwrap();
        assert_eq!(files, [
            meta("new.txt", "", now),
            meta("same.txt", "same", start),
            meta("src/App.tsx", "second", now),
            meta("src/b.css", "css", now),
        ]);
        let kept = reader.project(project.id).await.unwrap().unwrap();
        assert_eq!((kept.file_count, kept.size_bytes, kept.updated_at), (4, 13, now));
        assert_eq!(applied.project, kept);
    }

    async fn contents_come_one_or_all(db) {
        let project = project(&db).await;
        apply(&db, project.id, &[write("b", "2"), write("a/x", "1"), write("c", "2")]).await;
        let mut reader = db.read().await.unwrap();
        let one = reader.file(project.id, &path("b")).await.unwrap().unwrap();
        assert_eq!((one.meta.path, one.content), (path("b"), blob("2")));
        assert_eq!(reader.file(project.id, &path("z")).await.unwrap(), None);
        assert_eq!(reader.file_meta(project.id, &path("z")).await.unwrap(), None);
        let all = reader.all_files(project.id).await.unwrap();
        let all: Vec<_> = all.iter().map(|file| (file.meta.path.as_str(), &*file.content)).collect();
        assert_eq!(all, [("a/x", &b"1"[..]), ("b", b"2"), ("c", b"2")]);
        let nowhere = ProjectId::generate(&db.env);
        assert_eq!(reader.all_files(nowhere).await.unwrap(), []);
    }

    async fn paths_are_ordered_by_their_bytes(db) {
        let project = project(&db).await;
        let mut paths = ["a-b", "a/b", "aB", "ab", "B", "_", "é", "z"].map(String::from).to_vec();
        let writes: Vec<_> = paths.iter().filter(|at| *at != "aB").map(|at| write(at, "x")).collect();
        apply(&db, project.id, &writes).await;
        paths.retain(|at| at != "aB");
        paths.sort();
        let files = db.read().await.unwrap().files(project.id).await.unwrap();
        assert_eq!(files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), paths);
    }

    async fn limits_hold_and_nothing_is_kept(db) {
        let project = project(&db).await;
        let limits = Limits { file_bytes: 10, project_bytes: 15, project_files: 2, ..Limits::default() };
        let ok = [write("a", "0123456789"), write("b", "01234")];
        try_apply(&db, project.id, &ok, &limits).await.unwrap();
        for (change, what, most) in [
            (write("a", "01234567890"), "`a`", 10),
            (write("b", "012345"), "bytes", 15),
            (write("c", ""), "files", 2),
        ] {
            let error = try_apply(&db, project.id, &[change], &limits).await.unwrap_err();
            let StoreError::Limit { what: said, limit } = error else { panic!("{error:?}") };
            assert!(said.contains(what) && limit == most, "{said} {limit}");
        }
        let kept = db.read().await.unwrap().project(project.id).await.unwrap().unwrap();
        assert_eq!((kept.file_count, kept.size_bytes), (2, 15));
        // Only where it ends counts, and what is too large may shrink.
        try_apply(&db, project.id, &[write("c", "1"), delete("a")], &limits).await.unwrap();
        let tight = Limits { project_bytes: 1, project_files: 1, ..limits };
        try_apply(&db, project.id, &[write("b", "0123")], &tight).await.unwrap();
        try_apply(&db, project.id, &[delete("c")], &tight).await.unwrap();
    }

    async fn impossible_sets_of_files_are_refused(db) {
        let project = project(&db).await;
        apply(&db, project.id, &[write("src/App.tsx", "x"), write("b", "y")]).await;
        for changes in [
            vec![write("src/app.tsx", "x")],
            vec![write("src", "x")],
            vec![write("B/c", "x")],
            vec![rename("b", "src/App.tsx")],
            vec![rename("none", "c")],
        ] {
            let error = try_apply(&db, project.id, &changes, &Limits::default()).await.unwrap_err();
            assert!(matches!(error, StoreError::Conflict(_)), "{changes:?}: {error:?}");
        }
        // Where it ends up is possible.
        let swap = [rename("src/App.tsx", "src/app.tsx"), delete("b"), write("b/c", "x")];
        try_apply(&db, project.id, &swap, &Limits::default()).await.unwrap();
    }

    async fn a_missing_project_is_told(db) {
        let gone = ProjectId::generate(&db.env);
        let error = try_apply(&db, gone, &[write("a", "x")], &Limits::default()).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    }

    async fn a_large_project_is_written_and_loaded(db) {
        let project = project(&db).await;
        let writes: Vec<_> = (0..450).map(|n| write(&format!("f{n:03}"), &format!("{n}"))).collect();
        let applied = try_apply(&db, project.id, &writes, &Limits::default()).await.unwrap();
        assert_eq!((applied.added.len(), applied.project.file_count), (450, 450));
        let files = db.read().await.unwrap().all_files(project.id).await.unwrap();
        assert!(files.iter().enumerate().all(|(n, file)| *file.content == *n.to_string().as_bytes()));
        let deletes: Vec<_> = (0..450).map(|n| delete(&format!("f{n:03}"))).collect();
        let applied = try_apply(&db, project.id, &deletes, &Limits::default()).await.unwrap();
        assert_eq!((applied.project.file_count, applied.project.size_bytes), (0, 0));
    }
}

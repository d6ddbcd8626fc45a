//! Backups are taken while people write, and put back whole.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use qv_testkit::app::Client;
use tempfile::TempDir;

use crate::process::{Server, quickvibe, run, said};
use crate::writers::{COUNTED, Counter, newest_version, project};

/// Every file of a folder with its content.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let files = files.filter(|entry| entry.file_type().unwrap().is_file());
    files
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Every version of a project can be read, and each but the first tells of one file.
async fn versions_are_whole(owner: &Client, project: &str, first: u64, newest: u64) {
    let path = format!("/api/projects/{project}/versions");
    for number in 1..=newest {
        let version = owner.get(&format!("{path}/{number}")).await.expect(200).json();
        let files = version["files"].as_array().unwrap().len();
        assert_eq!(version["version"]["file_count"], files, "{version}");
        if number > first {
            let before = number - 1;
            let diff =
                owner.get(&format!("{path}/{before}/diff/{number}")).await.expect(200).json();
            assert_eq!(diff["files"].as_array().unwrap().len(), 1, "{diff}");
            assert_eq!(diff["files"][0]["path"], COUNTED, "{diff}");
        }
    }
    owner.get(&format!("{path}/{}", newest + 1)).await.expect(404);
}

/// The log of every turn in a project has no gap; the number of its events.
async fn logs_are_whole(owner: &Client, project: &str) -> usize {
    let messages = owner.get(&format!("/api/projects/{project}/messages")).await.expect(200).json();
    let mut count = 0;
    for message in messages["items"].as_array().unwrap() {
        let Some(generation) = message["generation"]["id"].as_str() else { continue };
        let events = owner.events(generation).await.to_end().await;
        assert!(events.iter().zip(1_u64..).all(|(event, number)| event.id == number));
        count += events.len();
    }
    count
}

#[tokio::test]
async fn a_backup_under_constant_writes_is_one_moment_of_the_past() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path()).await;
    let owner = server.owner().await;
    let mut people = Vec::new();
    for _ in 0..3 {
        let (project, first) = project(&owner).await;
        let counter = Counter::default();
        let task = tokio::spawn(counter.clone().run(owner.clone(), project.clone()));
        people.push((project, first, counter, task));
    }
    // One who builds all the time, so that logs grow as well.
    let builds = owner.clone();
    let builder = tokio::spawn(async move {
        loop {
            project(&builds).await;
        }
    });
    while people.iter().any(|(_, _, counter, _)| counter.saved() < 20) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    let saved_before: Vec<u64> = people.iter().map(|(_, _, counter, _)| counter.saved()).collect();
    let output = run(quickvibe(folder.path(), &["backup", "copy.db", "--data", "data"])).await;
    let begun_after: Vec<u64> = people.iter().map(|(_, _, counter, _)| counter.begun()).collect();
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let key = folder.path().join("data/master.key").display().to_string();
    for words in ["copy.db", " MB, as of 20", "integrity was checked", "Not in it", &key] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let wrote = saved_before.iter().zip(&begun_after).any(|(before, after)| *after > before + 1);
    assert!(wrote, "nobody wrote meanwhile: this shows nothing");

    // A file that is there stays unless one insists.
    let copy = std::fs::read(folder.path().join("copy.db")).unwrap();
    let output = run(quickvibe(folder.path(), &["backup", "copy.db", "--data", "data"])).await;
    assert!(
        output.status.code() == Some(1) && said(&output).contains("--force"),
        "{}",
        said(&output)
    );
    assert!(std::fs::read(folder.path().join("copy.db")).unwrap() == copy);
    let again = ["backup", "second.db", "--data", "data"];
    assert!(run(quickvibe(folder.path(), &again)).await.status.success());
    let again = ["backup", "second.db", "--data", "data", "--force"];
    assert!(run(quickvibe(folder.path(), &again)).await.status.success());

    // While the server runs nothing is put back.
    let output = run(quickvibe(folder.path(), &["restore", "copy.db", "--data", "data"])).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("Stop it first"), "{}", said(&output));

    // It dies in the middle of everything: what it leaves is kept as well.
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.signal("KILL");
    builder.abort();
    for (.., task) in &people {
        task.abort();
    }
    server.end(Duration::from_secs(5)).await;
    let output = run(quickvibe(folder.path(), &["restore", "copy.db", "--data", "data"])).await;
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let files = contents(&folder.path().join("data"));
    assert!(files["quickvibe.db"] == copy, "it is the backup, byte for byte");
    assert!(
        !files.keys().any(|name| name.ends_with("-wal") || name.starts_with('.')),
        "{:?}",
        files.keys()
    );
    let kept = files.keys().find(|name| name.contains(".before-")).expect("the old one is kept");
    assert!(text.contains(kept.as_str()), "{text}");

    let server = Server::start(folder.path()).await;
    let owner = owner.to_address(server.address);
    let mut events = 0;
    for (number, (project, first, ..)) in people.iter().enumerate() {
        let count: u64 = owner.text(project, COUNTED).await.parse().unwrap();
        // A prefix of what was written, and the same one in the file and in the versions.
        assert!(saved_before[number] <= count && count <= begun_after[number], "{count}");
        let newest = newest_version(&owner, project).await;
        assert_eq!(newest - first, count);
        versions_are_whole(&owner, project, *first, newest).await;
        events += logs_are_whole(&owner, project).await;
    }
    let projects = owner.get("/api/projects").await.expect(200).json();
    for project in projects["items"].as_array().unwrap() {
        events += logs_are_whole(&owner, project["id"].as_str().unwrap()).await;
    }
    assert!(events > 50, "{events}");

    // What was kept is the newer one, whole.
    let (status, log) = {
        server.signal("TERM");
        server.end(Duration::from_secs(10)).await
    };
    assert_eq!(status.code(), Some(0), "{log}");
    std::fs::rename(folder.path().join("data").join(kept), folder.path().join("kept.db")).unwrap();
    let output = run(quickvibe(folder.path(), &["restore", "kept.db", "--data", "data"])).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let server = Server::start(folder.path()).await;
    let owner = owner.to_address(server.address);
    for (project, _, counter, _) in &people {
        let count: u64 = owner.text(project, COUNTED).await.parse().unwrap();
        assert!(counter.saved() <= count && count <= counter.begun(), "{count}");
    }
}

#[tokio::test]
async fn what_is_no_backup_is_refused_and_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path()).await;
    let owner = server.owner().await;
    let (project, _) = project(&owner).await;
    assert!(
        run(quickvibe(folder.path(), &["backup", "good.db", "--data", "data"]))
            .await
            .status
            .success()
    );
    server.signal("TERM");
    server.end(Duration::from_secs(10)).await;
    let before = contents(&folder.path().join("data"));

    let good = std::fs::read(folder.path().join("good.db")).unwrap();
    let file = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    file("words.db", b"These are words, and no database at all.".repeat(300).as_slice());
    file("cut.db", &good[..good.len() / 2 / 4096 * 4096]);
    let mut noise = good.clone();
    let middle = noise.len() / 2 / 4096 * 4096;
    noise[middle..middle + 4096].fill(0xA5);
    file("noise.db", &noise);
    file("empty.db", b"");
    file("used.db", &good);
    file("used.db-wal", b"pages that are not in the file yet");
    for (name, words) in [
        ("words.db", "is damaged"),
        ("cut.db", "is damaged"),
        ("noise.db", "is damaged"),
        ("empty.db", "something else"),
        ("used.db", "quickvibe backup"),
        ("missing.db", "cannot read"),
        ("data/quickvibe.db", "is the database itself"),
    ] {
        let output = run(quickvibe(folder.path(), &["restore", name, "--data", "data"])).await;
        let text = said(&output);
        assert_eq!(output.status.code(), Some(1), "{name}: {text}");
        assert!(text.contains(words) && text.contains(name), "{name}: {text}");
        let after = contents(&folder.path().join("data"));
        assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "{name}");
        for (file, content) in after.iter().filter(|(file, _)| *file != "server.lock") {
            assert!(*content == before[file], "{name} changed {file}");
        }
    }

    // A folder of its own is made for it, and what is missing there is said.
    let output = run(quickvibe(folder.path(), &["restore", "good.db", "--data", "new/data"])).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("There is no ") && said(&output).contains("master.key"));
    std::fs::copy(folder.path().join("data/master.key"), folder.path().join("new/data/master.key"))
        .unwrap();
    let server =
        Server::run(quickvibe(folder.path(), &["serve", "--data", "new/data"]), folder.path())
            .await;
    let owner = owner.to_address(server.address);
    owner.get(&format!("/api/projects/{project}")).await.expect(200);
}

#[tokio::test]
async fn what_cannot_be_backed_up_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    for arguments in [["backup", "copy.db"], ["restore", "copy.db"]] {
        let mut command = quickvibe(folder.path(), &arguments);
        command.env("QUICKVIBE_DATABASE_URL", "postgres://ada:s3cret@db.example.org/qv");
        let output = run(command).await;
        let text = said(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        let tool = if arguments[0] == "backup" { "pg_dump " } else { "pg_restore " };
        assert!(
            text.contains(tool) && text.contains("db.example.org") && !text.contains("s3cret"),
            "{text}"
        );
    }
    let output = run(quickvibe(folder.path(), &["backup", "copy.db", "--data", "nowhere"])).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("there is no database at nowhere"), "{}", said(&output));
    assert!(!folder.path().join("nowhere").exists() && !folder.path().join("copy.db").exists());
}

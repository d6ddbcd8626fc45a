//! One server a data folder.

use std::time::Duration;

use tempfile::TempDir;

use crate::process::{Server, quickvibe, run, said};

#[tokio::test]
async fn a_second_server_is_told_whose_the_folder_is() {
    let folder = TempDir::new().unwrap();
    let first = Server::start(folder.path()).await;
    for arguments in [
        &["serve", "--data", "data"][..],
        &["build", "a pomodoro timer", "--out", "app", "--data", "data"],
    ] {
        let output = run(quickvibe(folder.path(), arguments)).await;
        let text = said(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        let name = folder.path().join("data").display().to_string();
        for words in ["another QuickVibe (process ", &name, "Stop it first", "--data"] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
    // The first one has not noticed, and looking is for everybody.
    first.owner().await.get("/api/projects").await.expect(200);
    let output = run(quickvibe(folder.path(), &["doctor", "--data", "data"])).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));

    // However it ends, the folder is free and the node is the same.
    let id = || std::fs::read_to_string(folder.path().join("data/node_id")).unwrap();
    let before = id();
    first.signal("KILL");
    first.end(Duration::from_secs(5)).await;
    let second = Server::start(folder.path()).await;
    assert_eq!(id(), before);
    second.signal("TERM");
    let (status, log) = second.end(Duration::from_secs(10)).await;
    assert_eq!(status.code(), Some(0), "{log}");
    let third = Server::start(folder.path()).await;
    assert_ne!(third.address.port(), 0);
    assert_eq!(id(), before);
}

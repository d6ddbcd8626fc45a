//! People who save files as fast as they can, and remember what the server promised them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use qv_testkit::app::Client;
use serde_json::{Value, json};

/// A project with its first version, and the number of that.
pub(crate) async fn project(owner: &Client) -> (String, u64) {
    let built = owner.build("a pomodoro timer").await;
    owner.events(&built.generation).await.until("done").await;
    let head = newest_version(owner, &built.project).await;
    (built.project, head)
}

pub(crate) async fn newest_version(owner: &Client, project: &str) -> u64 {
    let path = format!("/api/projects/{project}/versions?limit=1");
    owner.get(&path).await.expect(200).json()["items"][0]["number"].as_u64().unwrap()
}

/// One who saves `1`, `2`, `3`, … to the same file, each when the one before is saved.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counter {
    /// The newest that was begun.
    begun: Arc<AtomicU64>,
    /// The newest that was promised.
    saved: Arc<AtomicU64>,
}

/// Where a [`Counter`] writes.
pub(crate) const COUNTED: &str = "count.txt";

impl Counter {
    pub(crate) fn begun(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    pub(crate) fn saved(&self) -> u64 {
        self.saved.load(Ordering::SeqCst)
    }

    /// Goes on until it is aborted.
    pub(crate) async fn run(self, owner: Client, project: String) {
        loop {
            let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
            owner.save(&project, COUNTED, &number.to_string()).await.expect(200);
            self.saved.store(number, Ordering::SeqCst);
        }
    }
}

/// What was promised to be saved: the content of each path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Promised(Arc<Mutex<BTreeMap<String, String>>>);

impl Promised {
    /// Saves files of so many bytes that cannot be compressed, until the server refuses one; tells how.
    pub(crate) async fn fill(
        &self,
        owner: &Client,
        project: &str,
        name: &str,
        bytes: usize,
    ) -> Refusal {
        for number in 0_u64.. {
            let path = format!("{name}-{number}.txt");
            let content = noise(bytes, number ^ u64::from(name.as_bytes()[0]) << 32);
            let text = json!({ "encoding": "utf8", "content": content });
            let asked = owner.ask("PUT", &format!("/api/projects/{project}/files/{path}"));
            match asked.json(&json!({ "text": text })).try_send().await {
                Ok(answer) if answer.status == 200 => {
                    self.0.lock().unwrap().insert(path, content);
                }
                Ok(answer) => {
                    return Refusal::Answer(
                        answer.status,
                        answer.header("content-type").to_owned(),
                        answer.json(),
                    );
                }
                Err(error) => return Refusal::NoAnswer(error),
            }
        }
        unreachable!("it ends by a refusal")
    }

    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// Fails unless everything that was promised is there.
    pub(crate) async fn check(&self, owner: &Client, project: &str) {
        let promised = self.0.lock().unwrap().clone();
        assert!(!promised.is_empty(), "nothing was promised: this shows nothing");
        for (path, content) in promised {
            assert!(owner.text(project, &path).await == content, "{path} is not as it was saved");
        }
    }
}

/// How a save failed.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Status, content type, body.
    Answer(u16, String, Value),
    /// The server was gone.
    NoAnswer(#[expect(dead_code, reason = "shown when a test fails")] String),
}

/// Characters without any order.
fn noise(bytes: usize, seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'0' + (state >> 58) as u8)
    };
    (0..bytes).map(|_| next()).collect()
}

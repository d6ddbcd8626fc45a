//! A person who saves files by hand while the agent works.

use std::sync::Arc;
use std::time::Duration;

use crate::bench::http::Method;
use serde_json::json;

use super::World;
use crate::bench::http::Answer;
use crate::bench::random::Random;

/// One save.
#[derive(Debug, Clone)]
pub(super) struct HandEdit {
    pub(super) path: String,
    pub(super) content: String,
    /// The version that the server named when it acknowledged the save.
    pub(super) version: Option<u32>,
    /// Whether it was refused, so that it must not be there.
    pub(super) refused: bool,
}

pub(super) async fn edit(world: Arc<World>, project: String, seed: u64) -> (String, Vec<HandEdit>) {
    let mut random = Random::new(seed);
    let mut edits = Vec::new();
    loop {
        let pause = Duration::from_millis(random.between(400, 1_600));
        tokio::select! {
            () = world.finishing.cancelled() => return (project, edits),
            () = tokio::time::sleep(pause) => {}
        }
        let path = format!("notes/hand{}.md", random.next() % 3);
        let content = format!("Save {} by hand: {:016x}\n", edits.len(), random.next());
        let at = format!("/api/projects/{project}/files/{path}");
        let body = json!({ "text": { "encoding": "utf8", "content": content } });
        let answer = world.owner.ask(Method::PUT, &at, Some(&body)).await;
        let version = match &answer {
            Answer::Yes(saved) => {
                saved["version"]["number"].as_u64().and_then(|number| u32::try_from(number).ok())
            }
            _ => None,
        };
        let refused = matches!(answer, Answer::No(..));
        edits.push(HandEdit { path, content, version, refused });
    }
}

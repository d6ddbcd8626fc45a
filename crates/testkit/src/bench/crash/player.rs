//! One project: turn after turn, each followed to its end, whatever happens to the server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::bench::http::Method;
use serde_json::{Value, json};

use super::World;
use crate::bench::http::{Answer, id_of};
use crate::bench::meant::Job;
use crate::raw::{RawAnswer, RawEvent, Splitter};

/// Before asking a server again that did not answer.
const AGAIN: Duration = Duration::from_millis(20);
/// More than a heartbeat: a connection that is silent for longer is dead.
const SILENCE: Duration = Duration::from_secs(15);

/// What came of one project.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) turns: Vec<Turn>,
}

/// What a follower saw of a turn.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) job: Job,
    pub(super) generation: String,
    /// Whether the server said that it is durable.
    pub(super) acknowledged: bool,
    pub(super) seen: BTreeMap<u64, RawEvent>,
    pub(super) gaps: u64,
    pub(super) repeated: Vec<String>,
    pub(super) refused: Vec<String>,
    pub(super) ended: bool,
}

pub(super) async fn play(world: Arc<World>, number: u32, project: String) -> Played {
    let mut turns = Vec::new();
    while !world.finishing.is_cancelled() {
        let job = Job { project: number, turn: u32::try_from(turns.len()).unwrap_or(0) + 1 };
        let Some((generation, acknowledged)) = start(&world, &project, job).await else { break };
        world.lives.runs(number, true);
        let mut turn = Turn {
            job,
            generation,
            acknowledged,
            seen: BTreeMap::new(),
            gaps: 0,
            repeated: Vec::new(),
            refused: Vec::new(),
            ended: false,
        };
        tokio::select! {
            () = follow(&world, &mut turn) => {}
            () = world.over.cancelled() => {}
        }
        let ended = turn.ended;
        turns.push(turn);
        if !ended {
            break;
        }
        world.lives.runs(number, false);
    }
    Played { turns }
}

/// Says the job's words once, and finds out what became of them when nobody answered.
async fn start(world: &World, project: &str, job: Job) -> Option<(String, bool)> {
    let path = format!("/api/projects/{project}/turns");
    let body = json!({ "message": job.prompt() });
    loop {
        let answer = world.owner.ask(Method::POST, &path, Some(&body)).await;
        if let Answer::Yes(turn) = &answer
            && let Some(id) = id_of(&turn["generation"])
        {
            return Some((id, true));
        }
        if let Some(id) = find(world, project, &job.prompt()).await {
            return Some((id, false));
        }
        if world.finishing.is_cancelled() {
            return None;
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// The turn of these words, if there is one. Asks until it is answered.
async fn find(world: &World, project: &str, prompt: &str) -> Option<String> {
    let path = format!("/api/projects/{project}/messages");
    loop {
        match world.owner.ask(Method::GET, &path, None).await {
            Answer::Yes(page) => {
                let items = page["items"].as_array().map_or(&[][..], Vec::as_slice);
                let said = |item: &&Value| item["role"] == "user" && item["text"] == prompt;
                return id_of(&items.iter().rev().find(said)?["generation"]);
            }
            Answer::No(..) => return None,
            Answer::Unknown if world.over.is_cancelled() => return None,
            Answer::Unknown => tokio::time::sleep(AGAIN).await,
        }
    }
}

async fn follow(world: &World, turn: &mut Turn) {
    let path = format!("/api/generations/{}/events", turn.generation);
    while !turn.ended {
        let mut headers = world.owner.header_lines();
        if let Some((last, _)) = turn.seen.last_key_value() {
            headers.push(format!("last-event-id: {last}"));
        }
        match RawAnswer::get(world.owner.address, &path, &headers).await {
            Ok(mut answer) if answer.status == 200 => listen(world, turn, &mut answer).await,
            Ok(answer) => turn.refused.push(format!("{path}: {}", answer.status)),
            Err(_) => {}
        }
        if !turn.ended {
            tokio::time::sleep(AGAIN).await;
        }
    }
}

async fn listen(world: &World, turn: &mut Turn, answer: &mut RawAnswer) {
    let mut splitter = Splitter::default();
    while let Ok(Ok(true)) = tokio::time::timeout(SILENCE, answer.read(&mut splitter.unread)).await
    {
        while let Some(event) = splitter.next_event() {
            take(world, turn, event);
        }
        if turn.ended {
            return;
        }
    }
}

fn take(world: &World, turn: &mut Turn, event: RawEvent) {
    let last = turn.seen.last_key_value().map_or(0, |(last, _)| *last);
    if event.id <= last {
        let before = turn.seen.get(&event.id);
        let same = if before == Some(&event) { "the same" } else { "another" };
        turn.repeated.push(format!("{} of {}: {same} again", event.id, turn.generation));
        return;
    }
    turn.gaps += event.id - last - 1;
    world.lives.heard(turn.job.project, at_of(&event));
    turn.ended |= matches!(event.kind.as_str(), "done" | "failed" | "cancelled");
    turn.seen.insert(event.id, event);
}

fn at_of(event: &RawEvent) -> u64 {
    let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
    let at: Option<qv_domain::Timestamp> = serde_json::from_value(data["at"].clone()).ok();
    at.and_then(|at| u64::try_from(at.as_micros()).ok()).unwrap_or(0)
}

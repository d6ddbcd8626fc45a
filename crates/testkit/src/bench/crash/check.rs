//! What is there, against what was said.

use std::collections::BTreeMap;
use std::time::Instant;

use qv_domain::{FilePath, GenerationId, ProjectId};
use qv_store::{Backend, Conn, Db, Event, blob_hash, testing};
use serde_json::Value;

use super::hand::HandEdit;
use super::log::{Told, told};
use super::player::{Played, Turn};
use super::{Options, Report, money};
use crate::bench::meant::{Asked, MeantModel};
use crate::bench::{Fault, Result};

const LOST: &str = "lost events: seen by a follower, not in the log as seen";
const TWICE: &str = "duplicate events: a number sent twice, or an edit applied twice";
const GAPS: &str = "gaps in the numbers, in a log or at a follower";
const WRITES: &str = "lost acknowledged writes: hand edits, turns, messages";
const UNASKED: &str = "writes that were refused and are there all the same";
const FILES: &str = "files of a finished turn that are not as the model meant";
const SHOWN: &str = "files shown otherwise than the model meant";
const ENDED: &str = "turns that ended other than done";
const OPEN: &str = "turns that did not end";
const DAMAGE: &str = "damage by the database's own check";
const FOREIGN: &str = "requests that quote to the model what it never wrote";
const MALFORMED: &str = "malformed requests, refused requests, repairs of what was not broken";

/// Compares everything.
pub(super) async fn check(
    db: &Db,
    model: &MeantModel,
    options: &Options,
    played: &[Played],
    edits: &[(String, Vec<HandEdit>)],
    kills: &[Instant],
) -> Result<Report> {
    let mut report = Report::default();
    for name in [LOST, TWICE, GAPS, WRITES, UNASKED, FILES, SHOWN, ENDED, OPEN] {
        report.finding(name);
    }
    let mut ledger = money::Ledger::default();
    let (mut turns, mut events, mut resumed, mut superseded) = (0_u64, 0, 0, 0);
    let mut conn = db.read().await?;
    for project in played {
        for turn in &project.turns {
            let id: GenerationId = turn.generation.parse().map_err(|_| bad(&turn.generation))?;
            let Some(row) = conn.generation(id).await? else {
                report.finding(WRITES).note(turn.acknowledged, || format!("turn {id} is gone"));
                report.finding(LOST).add(turn.seen.len() as u64, || format!("the log of {id}"));
                continue;
            };
            turns += 1;
            let log = whole_log(&mut conn, id).await?;
            events += log.len() as u64;
            compare(&mut report, turn, &log, row.last_seq);
            let folded: Vec<(u64, Value)> =
                log.iter().map(|event| (event.seq, data(&event.data))).collect();
            let told = told(&folded);
            resumed += told.resumed;
            superseded += told.superseded;
            report
                .finding(TWICE)
                .add(told.twice.len() as u64, || format!("{id}: edited {}", told.twice.join(", ")));
            let message = conn.message(row.project_id, row.message_id).await?;
            let said = message.is_some_and(|message| message.text == turn.job.prompt());
            report.finding(WRITES).note(!said, || format!("the message of turn {id}"));
            let rows = conn.usage_steps(id).await?;
            ledger.turn(turn.job, id, &rows, &told, row.summary.as_ref());
            ended(&mut report, turn, &told);
            if told.end["type"] == "done" {
                finished(&mut report, &mut conn, row.project_id, options, turn, &told).await?;
            }
        }
    }
    let mut saves = (0_u64, 0_u64);
    for (project, edits) in edits {
        let project: ProjectId = project.parse().map_err(|_| bad(project))?;
        by_hand(&mut report, &mut conn, project, edits, &mut saves).await?;
    }
    damage(&mut report, db).await;
    let calls = model.calls();
    asked(&mut report, model, &calls);
    let money = ledger.settle(&calls, &model.said(), kills);
    for (name, examples) in money.findings {
        report.finding(name).add(examples.len() as u64, || examples.join("; "));
    }
    let gone_on = calls.iter().filter(|call| call.asked == Asked::GoOn).count();
    let (name, wrong) = money::books(db).await;
    report.finding(name).add(wrong.len() as u64, || wrong.join("; "));
    report.facts = vec![
        format!("{turns} turns, {events} events, {resumed} times resumed, {superseded} superseded"),
        format!("{} saves by hand acknowledged, {} without an answer", saves.0, saves.1),
        format!("{} model calls, {gone_on} of them to go on with an answer", calls.len()),
        money.fact,
    ];
    Ok(report)
}

async fn whole_log(conn: &mut Conn, id: GenerationId) -> Result<Vec<Event>> {
    let mut log: Vec<Event> = Vec::new();
    loop {
        let after = log.last().map_or(0, |event| event.seq);
        let more = conn.events(id, after, 1_000).await?;
        if more.is_empty() {
            return Ok(log);
        }
        log.extend(more);
    }
}

fn compare(report: &mut Report, turn: &Turn, log: &[Event], last_seq: u64) {
    let id = &turn.generation;
    let whole = log.iter().zip(1..).all(|(event, number)| event.seq == number);
    report
        .finding(GAPS)
        .note(!whole || last_seq != log.len() as u64, || format!("the log of {id}"));
    report.finding(GAPS).add(turn.gaps, || format!("what a follower of {id} heard"));
    report.finding(TWICE).add(turn.repeated.len() as u64, || turn.repeated.join("; "));
    report.finding(MALFORMED).add(turn.refused.len() as u64, || turn.refused.join("; "));
    let by_number: BTreeMap<u64, &Event> = log.iter().map(|event| (event.seq, event)).collect();
    for (seq, seen) in &turn.seen {
        let mut sent = data(&seen.data);
        let at = sent["at"].take();
        if let Some(sent) = sent.as_object_mut() {
            sent.remove("at");
            sent.remove("seq");
        }
        let same = by_number.get(seq).is_some_and(|event| {
            event.kind == seen.kind && at == event.at.to_string() && data(&event.data) == sent
        });
        report.finding(LOST).note(!same, || format!("{seq} of {id}: {}", seen.data));
    }
}

fn ended(report: &mut Report, turn: &Turn, told: &Told) {
    let id = &turn.generation;
    let kind = told.end["type"].as_str().unwrap_or_default();
    let is_end = matches!(kind, "done" | "failed" | "cancelled");
    report.finding(OPEN).note(!is_end || !turn.ended, || format!("{id}, last event {kind}"));
    report.finding(ENDED).note(is_end && kind != "done", || format!("{id}: {}", told.end));
}

/// The version that a turn made, and what was shown of it, against what the model meant.
async fn finished(
    report: &mut Report,
    conn: &mut Conn,
    project: ProjectId,
    options: &Options,
    turn: &Turn,
    told: &Told,
) -> Result<()> {
    let id = &turn.generation;
    let meant = turn.job.files(options.pace);
    for (path, text) in &told.files {
        let same = meant.get(path) == Some(text);
        report.finding(SHOWN).note(!same, || format!("{path} in {id}"));
    }
    let number = told.end["version"].as_u64().and_then(|number| u32::try_from(number).ok());
    let version = match number {
        Some(number) => conn.version_by_number(project, number).await?,
        None => None,
    };
    let manifest = match version {
        Some(version) => conn.manifest(version.id).await?.unwrap_or_default(),
        None => qv_store::Manifest::default(),
    };
    for (path, text) in &meant {
        let file = FilePath::parse(path).ok().and_then(|path| manifest.0.get(&path).copied());
        let same = file.is_some_and(|entry| entry.hash == blob_hash(text.as_bytes()));
        report.finding(FILES).note(!same, || format!("{path} after {id}"));
    }
    report.finding(ENDED).note(told.end["verified"] != true, || format!("{id}: not verified"));
    Ok(())
}

/// Each save that was acknowledged is in its version; the newest one, or one of unknown outcome after it, is the file.
async fn by_hand(
    report: &mut Report,
    conn: &mut Conn,
    project: ProjectId,
    edits: &[HandEdit],
    saves: &mut (u64, u64),
) -> Result<()> {
    for edit in edits {
        let Some(number) = edit.version else {
            saves.1 += 1;
            continue;
        };
        saves.0 += 1;
        let path = FilePath::parse(&edit.path).map_err(|_| bad(&edit.path))?;
        let entry = match conn.version_by_number(project, number).await? {
            Some(version) => conn.manifest(version.id).await?.unwrap_or_default().0.remove(&path),
            None => None,
        };
        let there = entry.is_some_and(|entry| entry.hash == blob_hash(edit.content.as_bytes()));
        report.finding(WRITES).note(!there, || format!("{path} in version {number} of {project}"));
    }
    for file in conn.all_files(project).await? {
        let path = file.meta.path.as_str();
        let mut of_file = edits.iter().filter(|edit| edit.path == path).rev().peekable();
        if of_file.peek().is_none() {
            continue;
        }
        let mut possible = Vec::new();
        for edit in of_file {
            let is = file.content[..] == *edit.content.as_bytes();
            report.finding(UNASKED).note(is && edit.refused, || format!("{path} of {project}"));
            possible.push(is);
            if edit.version.is_some() {
                break;
            }
        }
        let right = possible.contains(&true);
        report.finding(WRITES).note(!right, || format!("{path} of {project} as it is now"));
    }
    Ok(())
}

async fn damage(report: &mut Report, db: &Db) {
    let finding = report.finding(DAMAGE);
    if db.backend() == Backend::Sqlite {
        let sql = "SELECT group_concat(integrity_check) FROM pragma_integrity_check";
        let said = testing::text_of(db, sql).await;
        finding.note(said != "ok", || said.clone());
        let keys = testing::number_of(db, "SELECT COUNT(*) FROM pragma_foreign_key_check").await;
        finding.add(keys.unsigned_abs(), || "foreign keys".to_owned());
    }
}

/// Whether the model was asked well.
fn asked(report: &mut Report, model: &MeantModel, calls: &[crate::bench::meant::Call]) {
    for call in calls {
        let example = || format!("{:?}: {}", call.job, call.parts);
        report.finding(FOREIGN).note(call.asked == Asked::Foreign, example);
        report.finding(MALFORMED).note(call.asked == Asked::Repair, example);
    }
    let violations = model.server.violations();
    report.finding(MALFORMED).add(violations.len() as u64, || violations[0].clone());
}

fn data(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn bad(id: &str) -> Fault {
    Fault::Server(format!("the server gave `{id}`"))
}

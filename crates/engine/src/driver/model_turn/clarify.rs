//! A first request that says nothing is asked about, and costs nothing.

use qv_agent::clarify;
use qv_domain::{AgentRole, TurnMode};
use qv_wire::EventData;

use crate::Result;
use crate::driver::{Run, translate};

/// What to ask before anything is made or paid: in a project's first turn, where nothing but the words says what is
/// wanted. Whoever tries the same again wants it so.
pub(super) async fn questions(run: &Run) -> Result<Option<Vec<qv_agent::Question>>> {
    let project = &run.project;
    let may_ask = project.file_count == 0
        && project.starter.is_none()
        && run.generation.attempt == 1
        && run.generation.mode != TurnMode::Ask
        && run.message.images.is_empty()
        && run.given_plan().is_empty();
    if !may_ask {
        return Ok(None);
    }
    Ok(clarify(&run.message.text, run.history().await?.is_empty()))
}

/// Asks, and ends the turn.
pub(super) async fn ask(run: &mut Run, questions: Vec<qv_agent::Question>) -> Result<()> {
    if run.fence.number() > 1 {
        let resumed = run.resumed().await?;
        run.recorder.push(resumed);
    }
    let asked: Vec<&str> = questions.iter().map(|question| question.text.as_str()).collect();
    let history = asked.join(" ");
    let note = "Asking first".to_owned();
    run.recorder.push(EventData::RoleChanged { role: AgentRole::Planner, note });
    run.summary.questions = translate::questions(questions);
    run.recorder.push(EventData::Questions { items: run.summary.questions.clone() });
    run.finish_done(None, Some(history)).await
}

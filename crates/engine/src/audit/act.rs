//! What is told of one act.

use std::fmt::Display;

use qv_domain::{AuditAction, AuditActor, AuditId, AuditTarget, Env, ProjectId, Timestamp, UserId};
use qv_security::mask_secrets;
use qv_store as store;
use serde_json::{Map, Value};

use crate::{Actor, Result};

/// The longest text of a detail: a name, not a document.
const TEXT_CHARS: usize = 200;

/// Something that is being done: who does it and to what. [`Act::tell`] keeps it in the transaction in which it is done,
/// so that there is never the one without the other.
///
/// ```ignore
/// Act::by(actor, AuditAction::PlanChanged).on_user(user).with("plan", plan.as_str()).tell(&mut tx, env, now).await?;
/// ```
#[derive(Debug, Clone)]
#[must_use = "an act is in the log once it is told"]
pub(crate) struct Act {
    action: AuditAction,
    actor_kind: AuditActor,
    actor_id: Option<UserId>,
    address: Option<String>,
    target: Option<(AuditTarget, String)>,
    project: Option<ProjectId>,
    detail: Map<String, Value>,
    once: Option<String>,
}

impl Act {
    fn new(action: AuditAction, actor_kind: AuditActor, actor_id: Option<UserId>) -> Self {
        let (address, target, project, once) = (None, None, None, None);
        Self { action, actor_kind, actor_id, address, target, project, detail: Map::new(), once }
    }

    /// By somebody who is signed in.
    pub(crate) fn by(actor: &Actor, action: AuditAction) -> Self {
        Self::by_user(actor.user_id(), action).from(actor.address.as_deref())
    }

    /// By a user whose session is not at hand, such as for one of their turns.
    pub(crate) fn by_user(user: UserId, action: AuditAction) -> Self {
        Self::new(action, AuditActor::User, Some(user))
    }

    /// By nobody that is known.
    pub(crate) fn by_stranger(action: AuditAction) -> Self {
        Self::new(action, AuditActor::Stranger, None)
    }

    /// By the server itself.
    pub(crate) fn by_system(action: AuditAction) -> Self {
        Self::new(action, AuditActor::System, None)
    }

    /// By an operator, on the server's own machine.
    pub(crate) fn by_command(action: AuditAction) -> Self {
        Self::new(action, AuditActor::Command, None)
    }

    /// From an address.
    pub(crate) fn from(mut self, address: Option<&str>) -> Self {
        self.address = address.map(cut);
        self
    }

    /// To something.
    pub(crate) fn on(mut self, target: AuditTarget, id: impl Display) -> Self {
        self.target = Some((target, cut(&id.to_string())));
        self
    }

    /// To a user.
    pub(crate) fn on_user(self, user: UserId) -> Self {
        self.on(AuditTarget::User, user)
    }

    /// To a project.
    pub(crate) fn on_project(self, project: ProjectId) -> Self {
        self.on(AuditTarget::Project, project).of_project(project)
    }

    /// In a project.
    pub(crate) const fn of_project(mut self, project: ProjectId) -> Self {
        self.project = Some(project);
        self
    }

    /// With something that is worth telling. Texts are cut, and what looks like a secret in them is masked.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        let value = match value.into() {
            Value::String(text) => Value::String(cut(&mask_secrets(&text))),
            value => value,
        };
        self.detail.insert(name.to_owned(), value);
        self
    }

    /// Told only if nothing with these words was told before: for what happens often.
    pub(crate) fn once(mut self, words: impl Display) -> Self {
        self.once = Some(format!("{}/{words}", self.action));
        self
    }

    /// Whether `once` says that it is told already: for what must not cost a write each time.
    pub(crate) async fn is_told(&self, conn: &mut store::Conn) -> Result<bool> {
        match &self.once {
            Some(once) => Ok(conn.audit_is_told(once).await?),
            None => Ok(false),
        }
    }

    /// Keeps it with what it tells of. False when `once` says that it is told already.
    pub(crate) async fn tell(
        self,
        tx: &mut store::Tx,
        env: &dyn Env,
        now: Timestamp,
    ) -> Result<bool> {
        let (target_kind, target_id) = self.target.unzip();
        let entry = store::AuditEntry {
            id: AuditId::generate(env),
            at: now,
            actor_kind: self.actor_kind,
            actor_id: self.actor_id,
            action: self.action,
            target_kind,
            target_id,
            project_id: self.project,
            address: self.address,
            detail: Value::Object(self.detail),
            once: self.once,
        };
        Ok(tx.audit(&entry).await?)
    }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_short_and_without_secrets() {
        let act = Act::by_command(AuditAction::KeySet)
            .with("label", format!("sk-proj-Ab12Cd34Ef56Gh78 {}", "x".repeat(900)))
            .with("count", 3);
        let label = act.detail["label"].as_str().unwrap();
        assert!(!label.contains("Cd34Ef56") && label.chars().count() == TEXT_CHARS, "{label}");
        assert_eq!(act.detail["count"], 3);
    }
}

use qv_domain::{GenerationId, ProjectId, Role, TokenScope, UserId};
use qv_store as store;
use qv_wire::ErrorCode;

use crate::{Engine, EngineError, Result};

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Actor {
    pub(crate) user: store::User,
    pub(crate) came: Came,
    /// From where their request comes; `None` where it is no request.
    pub(crate) address: Option<String>,
}

/// What somebody came with.
#[derive(Debug, Clone)]
pub(crate) enum Came {
    /// A session: a person in a browser.
    Session(store::Session),
    /// An API token: a program of theirs.
    Token(store::ApiToken),
}

impl Actor {
    /// Their id.
    #[must_use]
    pub const fn user_id(&self) -> UserId {
        self.user.id
    }

    /// The same, with the address that their request comes from: the audit log tells it.
    #[must_use]
    pub fn at(mut self, address: String) -> Self {
        self.address = Some(address);
        self
    }

    /// The session that they came with.
    ///
    /// # Errors
    /// `Forbidden` to API tokens: what needs a session is a person's own matter.
    pub(crate) fn session(&self) -> Result<&store::Session> {
        match &self.came {
            Came::Session(session) => Ok(session),
            Came::Token(_) => Err(EngineError::refused(
                ErrorCode::Forbidden,
                "An API token may not do that. Sign in with a browser.",
            )),
        }
    }

    /// What the API token may be used for that they came with; `None` with a session, which may be used for all.
    #[must_use]
    pub const fn token_scope(&self) -> Option<TokenScope> {
        match &self.came {
            Came::Session(_) => None,
            Came::Token(token) => Some(token.scope),
        }
    }

    /// Whether they run this instance. No token does, whosever it is.
    #[must_use]
    pub const fn is_admin(&self) -> bool {
        self.user.is_admin && matches!(self.came, Came::Session(_))
    }

    /// Refuses those who do not run this instance.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn require_admin(&self) -> Result<()> {
        if self.is_admin() {
            return Ok(());
        }
        Err(EngineError::refused(ErrorCode::Forbidden, "Only an administrator may do that."))
    }
}

/// Proof that somebody may do something in a project: the only way to a project's use cases, and only
/// [`Engine::access`] makes one.
#[derive(Debug, Clone)]
pub struct Access {
    pub(crate) actor: Actor,
    pub(crate) project: store::Project,
    pub(crate) role: Role,
}

impl Access {
    /// The project's id.
    #[must_use]
    pub const fn project_id(&self) -> ProjectId {
        self.project.id
    }

    /// Who it is.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Refuses those whose role is less than `needed`.
    ///
    /// # Errors
    /// `Forbidden`, with the role that is needed.
    pub fn require(&self, needed: Role) -> Result<()> {
        if self.role.allows(needed) {
            return Ok(());
        }
        let detail = format!("You are a {} of this project; that needs an {needed}.", self.role);
        Err(EngineError::refused(ErrorCode::Forbidden, detail))
    }
}

impl Engine {
    /// Lets a member of a project in, if their role is at least `needed`.
    ///
    /// # Errors
    /// `NotFound` for strangers, as if the project were not there; `Forbidden` for members with a lesser role.
    pub async fn access(&self, actor: &Actor, project: ProjectId, needed: Role) -> Result<Access> {
        let mut conn = self.db.read().await?;
        let mine = conn.project_of_member(project, actor.user_id()).await?;
        let store::MyProject { project, role } =
            mine.ok_or_else(|| EngineError::not_found("project"))?;
        let access = Access { actor: actor.clone(), project, role };
        access.require(needed)?;
        Ok(access)
    }

    /// The same by a generation's id.
    ///
    /// # Errors
    /// As [`Engine::access`].
    pub async fn generation_access(
        &self,
        actor: &Actor,
        generation: GenerationId,
        needed: Role,
    ) -> Result<(Access, store::Generation)> {
        let found = self.db.read().await?.generation(generation).await?;
        let generation = found.ok_or_else(|| EngineError::not_found("generation"))?;
        let access = self.access(actor, generation.project_id, needed).await;
        match access {
            Ok(access) => Ok((access, generation)),
            Err(EngineError::Refused { code: ErrorCode::NotFound, .. }) => {
                Err(EngineError::not_found("generation"))
            }
            Err(other) => Err(other),
        }
    }
}

//! Who may see the preview of an app with a machine: members, by a ticket that brings a pass to the preview's origin.
//!
//! A ticket is in the address that the web app opens, and good for a minute; the pass is a cookie of the preview's own
//! origin. Both are sealed by the instance's key and name the preview, the user and their session. Whether the session
//! and the membership still hold is looked up, and believed for a few seconds.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qv_domain::{PreviewId, ProjectId, SessionId, Timestamp, UserId, Visibility};
use qv_security::{ExposeSecret as _, SealedFor, SecretString};
use tokio::time::Instant;

use crate::access::Came;
use crate::{Access, Engine, EngineError, Result};

/// How long a ticket is good.
const TICKET: Duration = Duration::from_secs(60);
/// How long a pass is good; the web app's page gets a new one whenever it opens the preview.
const PASS: Duration = Duration::from_secs(12 * 3600);
/// How long it is believed that a pass holds.
const BELIEVED: Duration = Duration::from_secs(4);
/// Longer texts are none of ours.
const LONGEST: usize = 600;
/// Passes of which it is remembered.
const MOST: usize = 10_000;

/// What a preview's origin keeps in its cookie.
#[derive(Debug)]
pub struct PreviewPass {
    /// The cookie's value.
    pub value: String,
    /// How long it is good.
    pub life: Duration,
}

/// Passes that were found to hold.
#[derive(Debug, Default)]
pub(super) struct Passes(Mutex<HashMap<(ProjectId, SessionId), Instant>>);

/// Whom a ticket or pass names.
struct Bearer {
    user: UserId,
    session: SessionId,
}

impl Engine {
    /// What the project's preview is addressed by.
    #[must_use]
    pub fn preview_id(&self, access: &Access) -> PreviewId {
        access.project.preview_id.clone()
    }

    /// A ticket for the preview of the project.
    ///
    /// # Errors
    /// `Forbidden` to API tokens: a preview is opened in a browser.
    pub fn preview_ticket(&self, access: &Access) -> Result<String> {
        let bearer = Bearer {
            user: access.actor().user_id(),
            session: match &access.actor().came {
                Came::Session(session) => session.id,
                Came::Token(_) => return Err(only_browsers()),
            },
        };
        self.seal_pass(&access.project.preview_id, &bearer, "preview_ticket", TICKET)
    }

    /// Takes a ticket for a pass; `None` when it is not good any more.
    ///
    /// # Errors
    /// When the pass cannot be sealed.
    pub fn take_ticket(&self, preview: &PreviewId, ticket: &str) -> Result<Option<PreviewPass>> {
        let Some(bearer) = self.open_pass(preview, ticket, "preview_ticket") else {
            return Ok(None);
        };
        let value = self.seal_pass(preview, &bearer, "preview_pass", PASS)?;
        Ok(Some(PreviewPass { value, life: PASS }))
    }

    /// Whether the app of a project may be shown to whoever bears this pass, or none: members, and everybody where the
    /// project is public.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn may_preview(
        &self,
        preview: &PreviewId,
        project: ProjectId,
        pass: Option<&str>,
    ) -> Result<bool> {
        let Some(bearer) = pass.and_then(|pass| self.open_pass(preview, pass, "preview_pass"))
        else {
            let found = self.db.read().await?.project(project).await?;
            return Ok(found.is_some_and(|found| found.visibility == Visibility::Public));
        };
        let key = (project, bearer.session);
        {
            let passes = self.sandboxes.passes.0.lock().unwrap_or_else(PoisonError::into_inner);
            if passes.get(&key).is_some_and(|at| at.elapsed() < BELIEVED) {
                return Ok(true);
            }
        }
        let mut conn = self.db.read().await?;
        let member = conn.session_is_good(bearer.session, self.env.now()).await?
            && conn.project_of_member(project, bearer.user).await?.is_some();
        let public = match conn.project(project).await? {
            Some(found) => found.visibility == Visibility::Public,
            None => return Ok(false),
        };
        drop(conn);
        let mut passes = self.sandboxes.passes.0.lock().unwrap_or_else(PoisonError::into_inner);
        if passes.len() >= MOST {
            passes.retain(|_, at| at.elapsed() < BELIEVED);
        }
        if member || public {
            passes.insert(key, Instant::now());
        } else {
            passes.remove(&key);
        }
        Ok(member || public)
    }

    fn seal_pass(
        &self,
        preview: &PreviewId,
        bearer: &Bearer,
        kind: &str,
        life: Duration,
    ) -> Result<String> {
        let until = self.env.now().plus(life).as_micros();
        let text = format!("{}.{}.{until}", bearer.user, bearer.session);
        let bound = SealedFor { owner: preview.as_str(), id: "", kind };
        let sealed = self
            .instance_key
            .seal(&SecretString::from(text), bound, &*self.env)
            .map_err(|error| EngineError::Secret(error.to_string()))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    fn open_pass(&self, preview: &PreviewId, text: &str, kind: &str) -> Option<Bearer> {
        if text.len() > LONGEST {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let bound = SealedFor { owner: preview.as_str(), id: "", kind };
        let opened = self.instance_key.open(&sealed, bound).ok()?;
        let mut parts = opened.expose_secret().split('.');
        let bearer =
            Bearer { user: parts.next()?.parse().ok()?, session: parts.next()?.parse().ok()? };
        let until = Timestamp::from_micros(parts.next()?.parse().ok()?);
        (self.env.now() < until).then_some(bearer)
    }
}

fn only_browsers() -> EngineError {
    EngineError::refused(
        qv_wire::ErrorCode::Forbidden,
        "The preview of an app with a machine is opened in a browser, where you are signed in.",
    )
}

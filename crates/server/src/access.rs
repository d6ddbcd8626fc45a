//! Checks a route's rule, and hands to the handler what that has found.

use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use qv_domain::{GenerationId, ProjectId, TokenScope};
use qv_engine::{Access, Actor, Authenticated, GenerationRow, Token};
use qv_wire::ErrorCode;
use serde::Deserialize;

use crate::limits::{Caller, ClientAddress, Left, Rate};
use crate::problem::ApiError;
use crate::query::Path;
use crate::rule::Rule;
use crate::{App, cookie, place::Origin};

const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");

/// Whoever is signed in, under [`Rule::Signed`] and [`Rule::User`].
#[derive(Debug, Clone)]
pub(crate) struct Signed(pub(crate) Actor);

/// Whoever runs this instance, under [`Rule::Admin`].
#[derive(Debug, Clone)]
pub(crate) struct Admin(pub(crate) Actor);

/// A member of the project in `{id}`, under [`Rule::Project`].
#[derive(Debug, Clone)]
pub(crate) struct Member(pub(crate) Access);

/// A member of the project that the generation in `{id}` belongs to, under [`Rule::Generation`].
#[derive(Debug, Clone)]
pub(crate) struct GenerationMember(pub(crate) Access, pub(crate) GenerationRow);

#[derive(Debug, Deserialize)]
struct ProjectPath {
    id: ProjectId,
}

#[derive(Debug, Deserialize)]
struct GenerationPath {
    id: GenerationId,
}

/// Nobody is signed in, or not to this.
#[derive(Debug)]
pub(crate) struct Refused(ApiError, Remedy);

/// What goes with a refusal.
#[derive(Debug)]
enum Remedy {
    None,
    /// A stale cookie is cleared.
    ClearCookie(Origin),
    /// A program is told that its token is no good, as RFC 6750 has it.
    OtherToken,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        let (name, value) = match self.1 {
            Remedy::None => return response,
            Remedy::ClearCookie(origin) => (header::SET_COOKIE, cookie::clear(&origin)),
            Remedy::OtherToken => (
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer error=\"invalid_token\""),
            ),
        };
        response.headers_mut().append(name, value);
        response
    }
}

impl<E: Into<ApiError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into(), Remedy::None)
    }
}

/// The API token that a request presents, right or wrong.
fn bearer(headers: &HeaderMap) -> Option<String> {
    headers.get_all(header::AUTHORIZATION).iter().find_map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        let (scheme, token) = text.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    })
}

/// Where the check of a rule leaves a session's new token; the guard sets it with the answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Renewed(pub(crate) Arc<OnceLock<Token>>);

async fn signed(parts: &Parts, app: &App) -> Result<Actor, Refused> {
    // Whoever comes with a token is judged by it alone: a cookie that a browser adds says nothing more.
    if let Some(token) = bearer(&parts.headers) {
        let actor = app.engine.authenticate_token(&token).await?;
        return actor.ok_or_else(|| {
            let words =
                "This API token is not known: it has expired, was revoked, or is not whole.";
            Refused(ApiError::new(ErrorCode::Unauthenticated, words), Remedy::OtherToken)
        });
    }
    let origin = parts.extensions.get::<Origin>().ok_or_else(ApiError::not_found)?;
    let Some(token) = cookie::read(&parts.headers, origin) else {
        return Err(ApiError::unauthenticated().into());
    };
    match app.engine.authenticate(&token).await? {
        Some(Authenticated { actor, renewed }) => {
            if let (Some(token), Some(slot)) = (renewed, parts.extensions.get::<Renewed>()) {
                // One request has one session.
                let _ = slot.0.set(token);
            }
            Ok(actor)
        }
        None => Err(Refused(ApiError::unauthenticated(), Remedy::ClearCookie(origin.clone()))),
    }
}

/// Lets a request through to its handler, with what its rule has found. A change is counted first, whoever asks for
/// it; `left` is then what they have left.
pub(crate) async fn admit(
    rule: Rule,
    rate: Rate,
    request: Request,
    left: &mut Option<Left>,
) -> Result<Request, Refused> {
    let (mut parts, body) = request.into_parts();
    let app = parts.extensions.get::<App>().cloned().ok_or_else(ApiError::unruled)?;
    let actor = match rule {
        Rule::Anyone => None,
        _ => Some(signed(&parts, &app).await.map(|actor| from_where(actor, &parts))),
    };
    let changes = !parts.method.is_safe();
    if changes {
        let who = actor.as_ref().and_then(|actor| actor.as_ref().ok());
        left.insert(count(rate, &parts, &app, who)?).require()?;
    }
    if let Some(actor) = actor {
        let actor = actor?;
        match actor.token_scope() {
            Some(scope) => require_scope(rule.token(changes), scope)?,
            None if changes => require_own_page(&parts, &app, &actor)?,
            None => {}
        }
        find(rule, actor, &mut parts, &app).await?;
    }
    Ok(Request::from_parts(parts, body))
}

fn from_where(actor: Actor, parts: &Parts) -> Actor {
    match parts.extensions.get::<ClientAddress>() {
        Some(ClientAddress(address)) => actor.at(address.to_string()),
        None => actor,
    }
}

/// Counts a change by who asks for it.
fn count(rate: Rate, parts: &Parts, app: &App, actor: Option<&Actor>) -> Result<Left, ApiError> {
    let caller = match (actor, parts.extensions.get::<ClientAddress>()) {
        (Some(actor), _) => Caller::User(actor.user_id()),
        (None, Some(ClientAddress(address))) => Caller::of_address(*address),
        (None, None) => return Err(ApiError::unruled()),
    };
    let quota = rate.quota(&app.config.rates);
    Ok(Left::take(&*app.limiter, rate, caller, quota, app.engine.env().now()))
}

/// A page that may change things has the token that goes with its session, and no other page can read it.
fn require_own_page(parts: &Parts, app: &App, actor: &Actor) -> Result<(), Refused> {
    let presented = parts.headers.get(CSRF_TOKEN).and_then(|value| value.to_str().ok());
    if presented.is_some_and(|token| app.engine.is_csrf_token(actor, token)) {
        return Ok(());
    }
    Err(ApiError::of(ErrorCode::StalePage).into())
}

/// An API token may do what its rule says that tokens may, and what it was made for.
fn require_scope(needed: Option<TokenScope>, scope: TokenScope) -> Result<(), Refused> {
    let words = match needed {
        None => "An API token may not do that. Sign in with a browser.",
        Some(needed) if scope < needed => "This API token may look, and change nothing.",
        Some(_) => return Ok(()),
    };
    Err(ApiError::new(ErrorCode::Forbidden, words).into())
}

/// Checks the rule, and leaves what it has found for the handler.
async fn find(rule: Rule, actor: Actor, parts: &mut Parts, app: &App) -> Result<(), Refused> {
    match rule {
        Rule::Anyone => {}
        Rule::Signed | Rule::User => drop(parts.extensions.insert(Signed(actor))),
        Rule::Admin => {
            actor.require_admin()?;
            parts.extensions.insert(Admin(actor));
        }
        Rule::Project(needed) | Rule::ProjectInPerson(needed) => {
            let Path(ProjectPath { id }) = Path::from_request_parts(parts, app).await?;
            let access = app.engine.access(&actor, id, needed).await?;
            parts.extensions.insert(Member(access));
        }
        Rule::Generation(needed) => {
            let Path(GenerationPath { id }) = Path::from_request_parts(parts, app).await?;
            let (access, row) = app.engine.generation_access(&actor, id, needed).await?;
            parts.extensions.insert(GenerationMember(access, row));
        }
    }
    Ok(())
}

/// A handler takes what its rule has found. One whose rule has checked something else is a defect, and answers nothing.
macro_rules! taken {
    ($($extractor:ident),+) => { $(
        impl FromRequestParts<App> for $extractor {
            type Rejection = ApiError;
            async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
                parts.extensions.get::<Self>().cloned().ok_or_else(ApiError::unruled)
            }
        }
    )+ };
}
taken!(Signed, Admin, Member, GenerationMember);

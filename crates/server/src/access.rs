//! Who may call a handler, stated by its extractor.

use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use qv_domain::{GenerationId, ProjectId, Role};
use qv_engine::{Access, Actor, Authenticated, Token};
use serde::Deserialize;

use crate::problem::ApiError;
use crate::query::Path;
use crate::{App, cookie, place::Origin};

/// Anyone who is signed in.
#[derive(Debug)]
pub(crate) struct Signed(pub(crate) Actor);

/// Whoever runs this instance.
#[derive(Debug)]
pub(crate) struct Admin(pub(crate) Actor);

/// A member of the project in `{id}` whose role is at least `viewer`.
#[derive(Debug)]
pub(crate) struct Viewer(pub(crate) Access);

/// At least `editor`.
#[derive(Debug)]
pub(crate) struct Editor(pub(crate) Access);

/// The `owner`.
#[derive(Debug)]
pub(crate) struct Owner(pub(crate) Access);

/// A member of the project that the generation in `{id}` belongs to.
#[derive(Debug)]
pub(crate) struct GenerationViewer(pub(crate) Access, pub(crate) qv_engine::GenerationRow);

/// The same, at least `editor`.
#[derive(Debug)]
pub(crate) struct GenerationEditor(pub(crate) Access, pub(crate) qv_engine::GenerationRow);

#[derive(Debug, Deserialize)]
struct ProjectPath {
    id: ProjectId,
}

#[derive(Debug, Deserialize)]
struct GenerationPath {
    id: GenerationId,
}

/// Nobody is signed in: a stale cookie is cleared with the answer.
#[derive(Debug)]
pub(crate) struct Refused(ApiError, Option<Origin>);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        if let Some(origin) = self.1 {
            response.headers_mut().append(axum::http::header::SET_COOKIE, cookie::clear(&origin));
        }
        response
    }
}

impl<E: Into<ApiError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into(), None)
    }
}

/// Where an extractor leaves a session's new token; the guard sets it with the answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Renewed(pub(crate) Arc<OnceLock<Token>>);

async fn signed(parts: &Parts, app: &App) -> Result<Actor, Refused> {
    let origin =
        parts.extensions.get::<Origin>().ok_or_else(|| Refused(ApiError::not_found(), None))?;
    let Some(token) = cookie::read(&parts.headers, origin) else {
        return Err(Refused(ApiError::unauthenticated(), None));
    };
    match app.engine.authenticate(&token).await? {
        Some(Authenticated { actor, renewed }) => {
            if let (Some(token), Some(slot)) = (renewed, parts.extensions.get::<Renewed>()) {
                // One request has one session.
                let _ = slot.0.set(token);
            }
            Ok(actor)
        }
        None => Err(Refused(ApiError::unauthenticated(), Some(origin.clone()))),
    }
}

async fn member(parts: &mut Parts, app: &App, needed: Role) -> Result<Access, Refused> {
    let actor = signed(parts, app).await?;
    let Path(ProjectPath { id }) = Path::from_request_parts(parts, app).await?;
    Ok(app.engine.access(&actor, id, needed).await?)
}

async fn generation(
    parts: &mut Parts,
    app: &App,
    needed: Role,
) -> Result<(Access, qv_engine::GenerationRow), Refused> {
    let actor = signed(parts, app).await?;
    let Path(GenerationPath { id }) = Path::from_request_parts(parts, app).await?;
    Ok(app.engine.generation_access(&actor, id, needed).await?)
}

impl FromRequestParts<App> for Signed {
    type Rejection = Refused;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        signed(parts, app).await.map(Self)
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = Refused;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let actor = signed(parts, app).await?;
        actor.require_admin()?;
        Ok(Self(actor))
    }
}

macro_rules! members {
    ($($name:ident = $role:ident),+) => { $(
        impl FromRequestParts<App> for $name {
            type Rejection = Refused;
            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
                member(parts, app, Role::$role).await.map(Self)
            }
        }
    )+ };
}
members!(Viewer = Viewer, Editor = Editor, Owner = Owner);

macro_rules! generation_members {
    ($($name:ident = $role:ident),+) => { $(
        impl FromRequestParts<App> for $name {
            type Rejection = Refused;
            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
                let (access, row) = generation(parts, app, Role::$role).await?;
                Ok(Self(access, row))
            }
        }
    )+ };
}
generation_members!(GenerationViewer = Viewer, GenerationEditor = Editor);

//! Who may call a route: declared beside it, checked before it.
//!
//! A handler's routes are put together by [`Routes`], which takes none without its [`Rule`]; the router is made
//! of nothing else. What a rule lets in is left for the handler to take by its extractor (`access`); a handler that
//! takes more than its rule has checked gets nothing. Each rule says, too, whether an API token is enough; the document
//! tells both as `x-access`: the rule, and what the token must be made for.

use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use qv_domain::{Role, TokenScope};
use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::limits::Rate;
use crate::{App, access};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Everybody, signed in or not.
    Anyone,
    /// Whoever is signed in, in person: API tokens may not.
    Signed,
    /// Whoever is signed in, also by an API token.
    User,
    /// Whoever runs the instance.
    Admin,
    /// Members of the project in `{id}` with at least this role. To everybody else it is not there.
    Project(Role),
    /// The same, in person: API tokens may not.
    ProjectInPerson(Role),
    /// Members of the project that the generation in `{id}` belongs to, with at least this role.
    Generation(Role),
}

impl Rule {
    /// The rule as the API's document tells it.
    fn word(self) -> String {
        match self {
            Self::Anyone => "anyone".to_owned(),
            Self::Signed => "signed".to_owned(),
            Self::User => "user".to_owned(),
            Self::Admin => "admin".to_owned(),
            Self::Project(role) => format!("project:{role}"),
            Self::ProjectInPerson(role) => format!("in_person:{role}"),
            Self::Generation(role) => format!("generation:{role}"),
        }
    }

    /// What an API token must be made for to be let in by this rule; `None` where none is.
    pub(crate) const fn token(self, changes: bool) -> Option<TokenScope> {
        match self {
            Self::Anyone | Self::Signed | Self::Admin | Self::ProjectInPerson(_) => None,
            Self::User | Self::Project(_) | Self::Generation(_) if changes => {
                Some(TokenScope::Write)
            }
            Self::User | Self::Project(_) | Self::Generation(_) => Some(TokenScope::Read),
        }
    }
}

/// Routes, each with its rule.
#[derive(Default)]
pub(crate) struct Routes(OpenApiRouter<App>);

impl Routes {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds handlers of one address to which the same rule applies.
    pub(crate) fn route(self, rule: Rule, handlers: UtoipaMethodRouter<App>) -> Self {
        self.counted(Rate::Changes, rule, handlers)
    }

    /// The same for handlers that are counted as something other than changes.
    pub(crate) fn counted(self, rate: Rate, rule: Rule, handlers: UtoipaMethodRouter<App>) -> Self {
        let (schemas, mut paths, methods) = handlers;
        for (changes, operation) in paths.paths.values_mut().flat_map(operations) {
            // One extension: of several the order would differ from run to run.
            let token = rule.token(changes).map(TokenScope::as_str);
            let access = json!({ "rule": rule.word(), "token": token });
            let told = Extensions::builder().add("x-access", access).build();
            operation.extensions.get_or_insert_default().merge(told);
        }
        let checked = middleware::from_fn(move |request, next| check(rule, rate, request, next));
        Self(self.0.routes((schemas, paths, methods.route_layer(checked))))
    }

    /// These routes and those.
    pub(crate) fn merge(self, others: Self) -> Self {
        Self(self.0.merge(others.0))
    }

    /// What axum and the document are made from.
    pub(crate) fn into_router(self) -> OpenApiRouter<App> {
        self.0
    }
}

/// Each with whether it changes something.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (bool, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [(false, get), (true, put), (true, post), (true, delete), (true, patch)]
        .into_iter()
        .filter_map(|(changes, operation)| Some((changes, operation.as_mut()?)))
}

async fn check(rule: Rule, rate: Rate, request: Request, next: Next) -> Response {
    let mut left = None;
    let mut response = match access::admit(rule, rate, request, &mut left).await {
        Ok(request) => next.run(request).await,
        Err(refused) => refused.into_response(),
    };
    if let Some(left) = left {
        left.tell(response.headers_mut());
    }
    response
}

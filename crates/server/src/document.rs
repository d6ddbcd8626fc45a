//! What the API's document says beside what each handler says of itself: told here once, from what is known of the route.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder};

/// How problems are sent (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// Adds to each operation what the server may refuse it with.
pub(crate) fn complete(document: &mut OpenApi) {
    // The router's sign for the rest of an address is not one of OpenAPI's.
    let paths = std::mem::take(&mut document.paths.paths);
    let renamed = paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item));
    document.paths.paths = renamed.collect();
    for (path, item) in &mut document.paths.paths {
        let has_parts = path.contains('{');
        let PathItem { get, put, post, delete, patch, .. } = item;
        let changing = [put, post, delete, patch].into_iter().map(|operation| (true, operation));
        for (changes, operation) in std::iter::once((false, get)).chain(changing) {
            if let Some(operation) = operation {
                add_refusals(operation, changes, has_parts);
            }
        }
    }
}

fn add_refusals(operation: &mut Operation, changes: bool, has_parts: bool) {
    let rule = operation.extensions.as_ref().and_then(|told| told.get("x-access")?.get("rule"));
    let anyone = rule.is_none_or(|rule| rule == "anyone");
    let body = operation.request_body.is_some();
    let asks = operation.parameters.as_ref().is_some_and(|all| !all.is_empty());
    let refusals = [
        ("400", body || asks, "A value is not as it should be: `fields` names it."),
        ("401", !anyone, "Nobody is signed in."),
        ("403", changes || !anyone, "The request, or whoever sends it, may not do this."),
        ("404", has_parts, "There is no such thing, or not for whoever asks."),
        ("413", body, "The request is larger than this server takes."),
        ("415", body, "The body is not JSON."),
        ("429", changes, "Too many requests: `retry_after` tells how long to wait, in seconds."),
        ("default", true, "The server cannot answer now."),
    ];
    let responses = &mut operation.responses.responses;
    for (status, applies, words) in refusals {
        if applies && !responses.contains_key(status) {
            responses.insert(status.to_owned(), RefOr::T(problem(words)));
        }
    }
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
            && let Some(content) = response.content.swap_remove("application/json")
        {
            response.content.insert(PROBLEM.to_owned(), content);
        }
    }
}

fn problem(words: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new().description(words).content(PROBLEM, Content::new(Some(schema))).build()
}

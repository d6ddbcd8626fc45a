//! Links within an app that no route of its answers.
//!
//! Sure, because it speaks only where React Router's routes are all written out, and only of links that are absolute and
//! written out. A route for everything (`*`) is what is shown when nothing answers, so it answers nothing here.

use qv_domain::FilePath;

use crate::App;
use crate::found::{Level, Place, Rule, Sink, Topic, shown};
use crate::script::Facts;

const DEAD: Rule = Rule("dead-route", Topic::Asset, Level::Warning);

/// The routes of an app, and what leads to them.
#[derive(Debug, Default)]
pub(crate) struct RouteFacts<'a> {
    /// Paths from the root, such as `/recipes/:id`.
    pub(crate) paths: Vec<String>,
    /// Routes come from where they cannot be followed.
    pub(crate) open: bool,
    /// File, place and address of a link.
    pub(crate) links: Vec<(&'a FilePath, usize, String)>,
}

/// The path of a route within another.
pub(crate) fn within(outer: &str, inner: &str) -> String {
    if inner.starts_with('/') {
        return inner.to_owned();
    }
    let outer = outer.trim_end_matches('*').trim_end_matches('/');
    if inner.is_empty() { format!("{outer}/") } else { format!("{outer}/{inner}") }
}

pub(crate) fn judge(app: &App<'_>, facts: &Facts<'_>, sink: &mut Sink) {
    let routes = &facts.routes;
    if routes.open || routes.paths.is_empty() || !app.is_whole() {
        return;
    }
    for (path, offset, link) in &routes.links {
        let address = link.split(['?', '#']).next().unwrap_or_default();
        if !sink.takes(DEAD) {
            return;
        }
        if !address.starts_with('/') || routes.paths.iter().any(|route| answers(route, address)) {
            continue;
        }
        let Some(text) = app.text(path) else { continue };
        let known = routes.paths.iter().map(String::as_str);
        let remedy = sink.advice(address, known, "Correct the address, or add a route for it.");
        let message = format!("No route answers `{}`.", shown(link));
        sink.at(DEAD, Place { path, text, offset: *offset }, message, remedy);
    }
}

fn answers(route: &str, address: &str) -> bool {
    let parts = |text: &'_ str| {
        text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let (route, address) = (parts(route), parts(address));
    if route.len() == 1 && route[0] == "*" {
        return false;
    }
    let mut rest = address.iter();
    for part in &route {
        if part == "*" {
            return true;
        }
        let optional = part.ends_with('?');
        match rest.next() {
            Some(given) => {
                if !part.starts_with(':') && !part.trim_end_matches('?').eq_ignore_ascii_case(given)
                {
                    return false;
                }
            }
            None if optional => {}
            None => return false,
        }
    }
    rest.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_answer_as_react_router_has_it() {
        for (route, address, expected) in [
            ("/", "/", true),
            ("/recipes/:id", "/recipes/7", true),
            ("/recipes/:id", "/recipes", false),
            ("/recipes/:id?", "/recipes", true),
            ("/admin/*", "/admin/users/1", true),
            ("*", "/anything", false),
            ("/About", "/about/", true),
        ] {
            assert_eq!(answers(route, address), expected, "{route} {address}");
        }
        assert_eq!(within("/a/*", "b"), "/a/b");
        assert_eq!(within("/a", "/c"), "/c");
    }
}

//! One element of a page or component, and what it shows by itself.

use std::borrow::Cow;

use oxc_span::Span;
use qv_domain::FilePath;

use crate::asset::AssetUse;
use crate::found::{Level, Place, Rule, Sink, Topic, shown};
use crate::link::IdUse;
use crate::lists::{ARIA, ROLES};
use crate::near::nearest;
use crate::script::Facts;

const ARIA_ATTRIBUTE: Rule = Rule("aria-attribute", Topic::Accessibility, Level::Warning);
const ROLE: Rule = Rule("role", Topic::Accessibility, Level::Warning);
const NAMELESS: Rule = Rule("nameless", Topic::Accessibility, Level::Warning);

/// What an attribute is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'v> {
    /// This text.
    Text(Cow<'v, str>),
    /// A template, by its fixed pieces.
    Template(Vec<String>),
    /// The value of a name or member: a text that stands somewhere.
    Named,
    /// Anything.
    Computed,
    /// Nothing: `disabled`.
    Flag,
}

#[derive(Debug, Clone)]
pub(crate) struct Attribute<'v> {
    pub(crate) name: Cow<'v, str>,
    pub(crate) value: Value<'v>,
    /// In the file.
    pub(crate) offset: usize,
}

/// What an element is about by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Texts, or what may be one.
    Perhaps,
    /// Surely no text: nothing, or pictures that say nothing.
    Silent,
}

/// An element, whatever it is written in.
#[derive(Debug, Clone)]
pub(crate) struct Element<'v> {
    /// As written, in lower case for elements of HTML.
    pub(crate) name: Cow<'v, str>,
    pub(crate) attributes: Vec<Attribute<'v>>,
    /// More attributes come from somewhere.
    pub(crate) spread: bool,
    pub(crate) content: Content,
    /// In the file.
    pub(crate) offset: usize,
    /// Elements of one tree that are surely there together have the same.
    pub(crate) together: Option<Span>,
}

impl<'v> Element<'v> {
    pub(crate) fn get(&self, name: &str) -> Option<&Value<'v>> {
        self.attributes.iter().find(|one| one.name.eq_ignore_ascii_case(name)).map(|one| &one.value)
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// Judges an element of HTML, and keeps what needs the other files. Components are not elements.
pub(crate) fn read<'a>(
    path: &'a FilePath,
    text: &str,
    element: &Element<'_>,
    facts: &mut Facts<'a>,
    sink: &mut Sink,
) {
    let place = |offset| Place { path, text, offset };
    for attribute in &element.attributes {
        let name = attribute.name.to_ascii_lowercase();
        if let Some(aria) = name.strip_prefix("aria-")
            && !ARIA.contains(&aria)
        {
            let remedy = match nearest(aria, ARIA.iter().copied()) {
                Some(close) => format!("Did you mean `aria-{close}`?"),
                None => "Remove it, or use an attribute that ARIA has.".to_owned(),
            };
            let message = format!("There is no attribute `{}`.", shown(&name));
            sink.at(ARIA_ATTRIBUTE, place(attribute.offset), message, remedy);
        }
        let Value::Text(value) = &attribute.value else {
            keep_open(&name, &attribute.value, facts);
            continue;
        };
        if name == "role" {
            for role in value.split_ascii_whitespace() {
                if !ROLES.contains(&role) && !role.starts_with("doc-") {
                    let remedy = match nearest(role, ROLES.iter().copied()) {
                        Some(close) => format!("Did you mean `{close}`?"),
                        None => {
                            "Use a role that ARIA has, or the element that means it.".to_owned()
                        }
                    };
                    let message = format!("There is no role `{}`.", shown(role));
                    sink.at(ROLE, place(attribute.offset), message, remedy);
                }
            }
        }
        keep(path, &name, value, attribute.offset, element, facts);
    }
    nameless(element, place(element.offset), sink);
}

/// What an attribute says that only the whole app can judge.
fn keep<'a>(
    path: &'a FilePath,
    name: &str,
    value: &str,
    offset: usize,
    element: &Element<'_>,
    facts: &mut Facts<'a>,
) {
    let mut refers = |id: &str, what: IdUse| facts.ids.refer(path, offset, id, what);
    match name {
        "id" => facts.ids.declare(path, offset, value, element.together),
        "htmlfor" | "for" if element.name == "label" => refers(value, IdUse::Label),
        "aria-labelledby" | "aria-describedby" | "aria-controls" => {
            for id in value.split_ascii_whitespace() {
                refers(id, IdUse::Aria);
            }
        }
        "href" if element.name == "a" && value.starts_with('#') => refers(&value[1..], IdUse::Link),
        _ => {}
    }
    let is_page = path.extension().starts_with("htm");
    let loads = match name {
        "src" | "poster" => !(is_page && element.name == "script"),
        "href" => match &*element.name {
            "a" => true,
            // Style sheets and scripts of a page are the compiler's to find.
            "link" => {
                !element.get("rel").is_some_and(|rel| *rel == Value::Text("stylesheet".into()))
            }
            _ => false,
        },
        _ => false,
    };
    if loads {
        facts.assets.push(AssetUse {
            path,
            offset,
            url: value.to_owned(),
            of_link: element.name == "link",
        });
    }
}

/// An id that is not written out.
fn keep_open(name: &str, value: &Value<'_>, facts: &mut Facts<'_>) {
    if name != "id" {
        return;
    }
    match value {
        Value::Template(pieces) => facts.ids.declare_pattern(pieces.clone()),
        Value::Computed => facts.ids.open(),
        _ => {}
    }
}

fn nameless(element: &Element<'_>, place: Place<'_>, sink: &mut Sink) {
    let named = ["aria-label", "aria-labelledby", "title"].iter().any(|name| element.has(name));
    let hidden = ["aria-hidden", "hidden"].iter().any(|name| element.has(name))
        || element.get("role").is_some_and(
            |role| matches!(role, Value::Text(role) if role == "presentation" || role == "none"),
        );
    if element.spread || named || hidden {
        return;
    }
    match &*element.name {
        "img" if !element.has("alt") => sink.at(
            NAMELESS,
            place,
            "This picture has no `alt`: who cannot see it learns nothing of it.",
            "Say what it shows, or write `alt=\"\"` where it only adorns.",
        ),
        "button" if element.content == Content::Silent => sink.at(
            NAMELESS,
            place,
            "This button has no text: a screen reader cannot say what it does.",
            "Give it a text, or an `aria-label`.",
        ),
        "a" if element.content == Content::Silent && element.has("href") => sink.at(
            NAMELESS,
            place,
            "This link has no text: a screen reader cannot say where it leads.",
            "Give it a text, or an `aria-label`.",
        ),
        _ => {}
    }
}

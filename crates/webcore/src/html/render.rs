//! A page as it is served.

use std::collections::BTreeMap;

use super::scan::is_rooted;
use super::{Page, Tag, TagKind};

/// What rendering needs to know about the app.
pub(crate) trait Surroundings {
    /// Goes first into the head.
    fn head(&self) -> String;
    /// The URL of a specifier of this page; `None` leaves it as it is written.
    fn url(&self, specifier: &str) -> Option<String>;
    /// The URL of the page's n-th inline module script.
    fn inline_url(&self, part: u32) -> String;
    /// A style sheet that Tailwind compiles in the page, as an element.
    fn tailwind_style(&self, specifier: &str) -> Option<String>;
    /// Before every root-absolute URL.
    fn base(&self) -> &str;
    /// Scripts of the page's own host are another origin's.
    fn is_opaque(&self) -> bool;
}

pub(crate) fn render(page: &Page, text: &str, around: &dyn Surroundings) -> String {
    let mut out = String::with_capacity(text.len() + 4096);
    let mut at = 0;
    let mut head = Some(around.head());
    let mut copy = |out: &mut String, from: usize, to: usize| {
        let middle = page.insert_at.clamp(from, to.max(from));
        if (from..=to).contains(&page.insert_at)
            && let Some(head) = head.take()
        {
            out.push_str(text.get(from..middle).unwrap_or_default());
            out.push_str(&head);
            out.push_str(text.get(middle..to).unwrap_or_default());
        } else {
            out.push_str(text.get(from..to).unwrap_or_default());
        }
    };
    for tag in &page.tags {
        if tag.range.start < at {
            continue;
        }
        copy(&mut out, at, tag.range.start);
        let written = text.get(tag.range.clone()).unwrap_or_default();
        out.push_str(&element(tag, written, around));
        at = tag.range.end;
    }
    copy(&mut out, at, text.len());
    out
}

fn element(tag: &Tag, written: &str, around: &dyn Surroundings) -> String {
    let with = |name: &str, value: String| {
        let mut attributes = tag.attributes.clone();
        attributes.insert(name.to_owned(), value);
        attributes
    };
    match &tag.kind {
        TagKind::Module(specifier) | TagKind::Classic(specifier) => match around.url(specifier) {
            Some(url) => {
                let mut attributes = with("src", url);
                if around.is_opaque() {
                    attributes.entry("crossorigin".to_owned()).or_default();
                }
                start_tag("script", &attributes, written)
            }
            None => rooted("script", tag, written, around),
        },
        TagKind::Inline(part, _) => {
            let tag = start_tag("script", &with("src", around.inline_url(*part)), written);
            // The lines of the text stay lines of the page.
            tag + &"\n".repeat(written.matches('\n').count())
        }
        TagKind::StyleSheet(specifier) => match around.tailwind_style(specifier) {
            Some(style) => style,
            None => match around.url(specifier) {
                Some(url) => start_tag("link", &with("href", url), written),
                None => rooted("link", tag, written, around),
            },
        },
        // The embedded build is in the head already.
        TagKind::Tailwind | TagKind::TailwindConfig => {
            "<script>".to_owned() + &"\n".repeat(written.matches('\n').count())
        }
        TagKind::Rooted => {
            let name: String =
                written.chars().skip(1).take_while(|c| c.is_alphanumeric() || *c == '-').collect();
            rooted(&name, tag, written, around)
        }
    }
}

fn rooted(name: &str, tag: &Tag, written: &str, around: &dyn Surroundings) -> String {
    if around.base().is_empty() {
        return written.to_owned();
    }
    let mut attributes = tag.attributes.clone();
    for (name, value) in &mut attributes {
        if is_rooted(name, value) && !value.starts_with(around.base()) {
            *value = format!("{}{value}", around.base());
        }
    }
    start_tag(name, &attributes, written)
}

/// Attributes are written again from what they mean, so no quoting of the source can escape.
fn start_tag(name: &str, attributes: &BTreeMap<String, String>, written: &str) -> String {
    let mut out = format!("<{name}");
    for (attribute, value) in attributes {
        out.push(' ');
        out.push_str(attribute);
        if !value.is_empty() {
            out.push_str(&format!("=\"{}\"", value.replace('&', "&amp;").replace('"', "&quot;")));
        }
    }
    out.push_str(if written.ends_with("/>") { "/>" } else { ">" });
    out
}

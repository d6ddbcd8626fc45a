//! Code that lets strangers run theirs in an app, or tells them what they should not know.

use std::cell::Cell;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, AssignmentExpression, AssignmentTarget, BindingPattern, CallExpression, Expression,
    JSXAttributeName, JSXAttributeValue, JSXOpeningElement, NewExpression,
};
use oxc_span::{GetSpan, Span};

use crate::App;
use crate::foreign::is_foreign;
use crate::found::{Level, Place, Rule, Sink, Topic, shown};
use crate::limits::MAX_FOLLOWED;
use crate::script::{self, Unit, is_aside};

const fn rule(name: &'static str, level: Level) -> Rule {
    Rule(name, Topic::Security, level)
}

const HTML_REMEDY: &str = "Show it as text, or clean it with a library such as DOMPurify first.";

pub(crate) fn judge(app: &App<'_>, sink: &mut Sink) {
    script::each(app, |unit| {
        let left = Cell::new(MAX_FOLLOWED);
        for node in unit.semantic.nodes().iter() {
            let of = Look { unit, left: &left, sink: &mut *sink };
            match node.kind() {
                AstKind::JSXOpeningElement(element) => of.element(element),
                AstKind::AssignmentExpression(one) => of.assignment(one),
                AstKind::CallExpression(call) => of.call(call),
                AstKind::NewExpression(new) => of.made(new),
                AstKind::VariableDeclarator(one) => {
                    if let (BindingPattern::BindingIdentifier(id), Some(init)) =
                        (&one.id, &one.init)
                    {
                        of.drawn(&id.name, init.span());
                    }
                }
                _ => {}
            }
        }
    });
    templates(app, sink);
}

struct Look<'l, 'u, 's> {
    unit: &'l Unit<'u, 's>,
    /// Values that may still be followed.
    left: &'l Cell<u32>,
    sink: &'l mut Sink,
}

impl Look<'_, '_, '_> {
    fn tell(self, rule: Rule, at: u32, message: impl Into<String>, remedy: &str) {
        self.sink.at(rule, self.unit.place(at), message, remedy);
    }

    fn html(self, at: u32, what: &str) {
        let message = format!(
            "`{what}` is given a text that comes from outside: whoever writes that text can run scripts here."
        );
        self.tell(rule("inner-html", Level::Warning), at, message, HTML_REMEDY);
    }

    fn source(&self, span: Span) -> &str {
        self.unit
            .text
            .get(self.unit.offset(span.start)..self.unit.offset(span.end))
            .unwrap_or_default()
    }

    fn is_foreign(&self, value: &Expression<'_>) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0 && is_foreign(self.unit, value)
    }

    fn element(self, element: &JSXOpeningElement<'_>) {
        let attribute = |wanted: &str| {
            element.attributes.iter().filter_map(|item| item.as_attribute()).find(
                |one| matches!(&one.name, JSXAttributeName::Identifier(name) if name.name == wanted),
            )
        };
        if let Some(inner) = attribute("dangerouslySetInnerHTML")
            && let Some(JSXAttributeValue::ExpressionContainer(container)) = &inner.value
            && let Some(Expression::ObjectExpression(object)) = container.expression.as_expression()
            && object
                .properties
                .iter()
                .filter_map(|one| one.as_property())
                .any(|one| self.is_foreign(&one.value))
        {
            return self.html(inner.span.start, "dangerouslySetInnerHTML");
        }
        let Some(href) = attribute("href") else { return };
        match &href.value {
            Some(JSXAttributeValue::StringLiteral(text)) if is_script(&text.value) => {
                self.tell(
                    rule("script-address", Level::Warning),
                    href.span.start,
                    "An address that begins with `javascript:` runs as a script.",
                    "Use a button and what it does when it is pressed.",
                );
            }
            Some(JSXAttributeValue::ExpressionContainer(_)) if attribute("rel").is_none() => {
                let blank = attribute("target").is_some_and(|one| {
                    matches!(&one.value, Some(JSXAttributeValue::StringLiteral(text)) if text.value == "_blank")
                });
                let open = element.attributes.iter().any(|item| item.as_spread().is_some());
                if blank && !open {
                    self.tell(
                        rule("open-target", Level::Note),
                        href.span.start,
                        "A link to an address that is not written out opens a new page and tells it where it came from.",
                        "Add `rel=\"noreferrer\"`.",
                    );
                }
            }
            _ => {}
        }
    }

    fn assignment(self, one: &AssignmentExpression<'_>) {
        match &one.left {
            AssignmentTarget::StaticMemberExpression(member) => {
                let name = member.property.name.as_str();
                if matches!(name, "innerHTML" | "outerHTML") && self.is_foreign(&one.right) {
                    self.html(one.span.start, name);
                } else {
                    self.drawn(name, one.right.span());
                }
            }
            AssignmentTarget::AssignmentTargetIdentifier(id) => {
                self.drawn(&id.name, one.right.span());
            }
            _ => {}
        }
    }

    /// A token or password that is made by `Math.random`.
    fn drawn(self, name: &str, value: Span) {
        let lower = name.to_lowercase();
        let secret = ["token", "secret", "password", "apikey", "sessionid", "resetcode", "otp"]
            .iter()
            .any(|word| lower.ends_with(word));
        if secret && self.source(value).contains("Math.random()") {
            let message =
                format!("`{}` is made by `Math.random`, which can be foretold.", shown(name));
            self.tell(
                rule("weak-random", Level::Note),
                value.start,
                message,
                "Use `crypto.randomUUID()` or `crypto.getRandomValues()`.",
            );
        }
    }

    fn call(self, call: &CallExpression<'_>) {
        let first = call.arguments.first().and_then(Argument::as_expression);
        let second = call.arguments.get(1).and_then(Argument::as_expression);
        let at = call.span.start;
        match call.callee.get_inner_expression() {
            Expression::Identifier(callee) => match callee.name.as_str() {
                "eval" if self.unit.semantic.is_reference_to_global_variable(callee) => {
                    self.evaluates(at, "eval");
                }
                "setTimeout" | "setInterval"
                    if first.is_some_and(|one| {
                        one.is_string_literal() || matches!(one, Expression::TemplateLiteral(_))
                    }) =>
                {
                    self.evaluates(at, callee.name.as_str());
                }
                "fetch" => self.plain(at, first),
                _ => {}
            },
            Expression::StaticMemberExpression(member) => match member.property.name.as_str() {
                "insertAdjacentHTML" if second.is_some_and(|one| self.is_foreign(one)) => {
                    self.html(at, "insertAdjacentHTML");
                }
                "write" | "writeln"
                    if member.object.is_specific_id("document")
                        && first.is_some_and(|one| self.is_foreign(one)) =>
                {
                    self.html(at, "document.write");
                }
                "postMessage" if second.is_some_and(|one| one.is_specific_string_literal("*")) => {
                    self.tell(
                        rule("message-to-all", Level::Warning),
                        at,
                        "`postMessage` with `*` tells whatever page happens to be there.",
                        "Name the address that may hear it.",
                    );
                }
                "setItem" if member.object.is_specific_id("localStorage") => {
                    let Some(Expression::StringLiteral(key)) = first else { return };
                    let lower = key.value.to_lowercase();
                    if ["token", "jwt", "password", "secret", "apikey", "api_key"]
                        .iter()
                        .any(|word| lower.ends_with(word))
                    {
                        self.tell(
                            rule("stored-token", Level::Note),
                            at,
                            "A token is kept where every script of this page can read it.",
                            "Keep it in a cookie that scripts cannot read, or for as short as it is needed.",
                        );
                    }
                }
                "get" | "post" if member.object.is_specific_id("axios") => self.plain(at, first),
                _ => {}
            },
            _ => {}
        }
    }

    fn made(self, new: &NewExpression<'_>) {
        let first = new.arguments.first().and_then(Argument::as_expression);
        if let Expression::Identifier(callee) = &new.callee {
            match callee.name.as_str() {
                "Function" if self.unit.semantic.is_reference_to_global_variable(callee) => {
                    self.evaluates(new.span.start, "new Function");
                }
                "WebSocket" | "EventSource" => self.plain(new.span.start, first),
                _ => {}
            }
        }
    }

    fn evaluates(self, at: u32, what: &str) {
        let message = format!(
            "`{what}` runs a text as a script: whoever can write the text can do everything here."
        );
        self.tell(rule("eval", Level::Warning), at, message, "Write what it does as a function.");
    }

    fn plain(self, at: u32, address: Option<&Expression<'_>>) {
        let Some(Expression::StringLiteral(address)) = address else { return };
        let rest =
            address.value.strip_prefix("http://").or_else(|| address.value.strip_prefix("ws://"));
        let local = |host: &str| {
            ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"].iter().any(|name| host.starts_with(name))
        };
        if rest.is_some_and(|host| !local(host)) {
            self.tell(
                rule("plain-http", Level::Warning),
                at,
                "This is asked for without encryption: browsers refuse it on a published page, and everybody between can read it.",
                "Use `https://`.",
            );
        }
    }
}

fn is_script(address: &str) -> bool {
    let address = address.trim_start().to_ascii_lowercase();
    // Nothing is done by `void`, as templates of long ago have it.
    address.starts_with("javascript:")
        && !address.contains("void(0)")
        && address.len() > "javascript:;".len()
}

/// `v-html` of Vue and `{@html}` of Svelte.
fn templates(app: &App<'_>, sink: &mut Sink) {
    for (path, text) in app.texts().filter(|(path, _)| !is_aside(path)) {
        let word = match path.extension().as_str() {
            "vue" => "v-html=",
            "svelte" => "{@html ",
            _ => continue,
        };
        for (offset, _) in text.match_indices(word) {
            let rest: String = text[offset..].chars().take(120).collect();
            let lower = rest.to_lowercase();
            if lower.contains("sanitize") || lower.contains("purify") {
                continue;
            }
            let message = format!(
                "`{}` shows a text as a page: whoever writes that text can run scripts here.",
                word.trim_matches(['{', ' ', '='])
            );
            sink.at(
                rule("inner-html", Level::Warning),
                Place { path, text, offset },
                message,
                HTML_REMEDY,
            );
        }
    }
}

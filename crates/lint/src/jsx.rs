//! What a script's elements, imports and texts say.

use std::borrow::Cow;
use std::collections::BTreeMap;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, CallExpression, Expression, ImportDeclarationSpecifier, JSXAttributeItem,
    JSXAttributeName, JSXAttributeValue, JSXChild, JSXElement, JSXElementName, JSXExpression,
    ObjectExpression, ObjectPropertyKind, Statement,
};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span};
use qv_domain::FilePath;

use crate::asset::AssetUse;
use crate::element::{self, Attribute, Content, Element, Value};
use crate::found::{Level, Rule, Sink, Topic};
use crate::limits::MAX_ANCESTORS;
use crate::props::{ComponentUse, Target};
use crate::route::within;
use crate::script::{Facts, Unit};
use crate::{component, tailwind};

const KEY: Rule = Rule("missing-key", Topic::Semantic, Level::Warning);

/// Local names to what they are imported as, and from where.
type Imports = BTreeMap<String, (String, String)>;

struct Reader<'r, 'u, 's, 'a> {
    unit: &'r Unit<'u, 's>,
    path: &'a FilePath,
    imports: Imports,
    facts: &'r mut Facts<'a>,
    sink: &'r mut Sink,
}

/// Reads all of a script.
pub(crate) fn read<'a>(
    unit: &Unit<'_, '_>,
    path: &'a FilePath,
    facts: &mut Facts<'a>,
    sink: &mut Sink,
) {
    let imports = imports_of(unit, path, facts);
    component::read(unit, path, facts);
    Reader { unit, path, imports, facts, sink }.read();
}

fn imports_of<'a>(unit: &Unit<'_, '_>, path: &'a FilePath, facts: &mut Facts<'a>) -> Imports {
    let mut imports = Imports::new();
    for node in unit.semantic.nodes().iter() {
        let AstKind::ImportDeclaration(import) = node.kind() else { continue };
        let from = import.source.value.to_string();
        facts.imports.push((path, from.clone()));
        for specifier in import.specifiers.iter().flatten() {
            let (local, name) = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(one) => {
                    (&one.local, one.imported.name().to_string())
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => {
                    (&one.local, "default".to_owned())
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => {
                    (&one.local, "*".to_owned())
                }
            };
            imports.insert(local.name.to_string(), (from.clone(), name));
        }
    }
    imports
}

impl<'s> Reader<'_, '_, 's, '_> {
    fn read(mut self) {
        let routed = self.imports_from(|from| from.starts_with("react-router"));
        let keyed = self
            .imports_from(|from| from.starts_with("react") || from.starts_with("preact"))
            || !self.imports_from(|from| from.starts_with("solid-js"));
        let unit = self.unit;
        for node in unit.semantic.nodes().iter() {
            match node.kind() {
                AstKind::JSXElement(element) => self.element(element, node.id(), routed),
                AstKind::CallExpression(call) => {
                    if keyed {
                        self.keys(call);
                    }
                    self.call(call, routed);
                }
                AstKind::NewExpression(new) if new.callee.is_specific_id("Audio") => {
                    if let Some(Argument::StringLiteral(url)) = new.arguments.first() {
                        self.asset(url.span.start, &url.value);
                    }
                }
                AstKind::ObjectExpression(object) if routed => self.route_object(object, node.id()),
                AstKind::StringLiteral(text) => self.text(&text.value, text.span),
                AstKind::TemplateElement(text) => self.text(&text.value.raw, text.span),
                _ => {}
            }
        }
    }

    fn imports_from(&self, matches: impl Fn(&str) -> bool) -> bool {
        self.imports.values().any(|(from, _)| matches(from))
    }

    fn asset(&mut self, at: u32, url: &str) {
        let offset = self.unit.offset(at);
        let (path, url) = (self.path, url.to_owned());
        self.facts.assets.push(AssetUse { path, offset, url, of_link: false });
    }

    /// A list of Tailwind's classes wherever it stands, and custom properties that are read.
    fn text(&mut self, text: &str, span: Span) {
        if tailwind::is_list(text) {
            self.facts.styles.use_classes(self.path, self.unit.offset(span.start), text);
        }
        for (at, _) in text.match_indices("(--") {
            let name: String = text[at + 1..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
                .collect();
            if text[at + 1 + name.len()..].starts_with(')') {
                self.facts.styles.used.push((self.path, self.unit.offset(span.start), name));
            }
        }
    }

    fn element(&mut self, jsx: &JSXElement<'s>, node: NodeId, routed: bool) {
        let opening = &jsx.opening_element;
        let mut element = Element {
            name: Cow::Borrowed(""),
            attributes: Vec::new(),
            spread: false,
            content: if self.is_silent(&jsx.children) { Content::Silent } else { Content::Perhaps },
            offset: self.unit.offset(opening.span.start),
            together: self.tree_of(node),
        };
        for item in &opening.attributes {
            match item {
                JSXAttributeItem::SpreadAttribute(_) => element.spread = true,
                JSXAttributeItem::Attribute(attribute) => {
                    let JSXAttributeName::Identifier(name) = &attribute.name else { continue };
                    let offset = self.unit.offset(attribute.span.start);
                    let value = value_of(attribute.value.as_ref());
                    if name.name == "className" || name.name == "class" {
                        self.classes(attribute.value.as_ref());
                    }
                    element.attributes.push(Attribute {
                        name: Cow::Borrowed(name.name.as_str()),
                        value,
                        offset,
                    });
                }
            }
        }
        match &opening.name {
            JSXElementName::Identifier(name) => {
                element.name = Cow::Borrowed(name.name.as_str());
                let says_itself = element
                    .attributes
                    .iter()
                    .any(|one| one.name == "dangerouslySetInnerHTML" || one.name == "children");
                if says_itself {
                    element.content = Content::Perhaps;
                }
                element::read(self.path, self.unit.text, &element, self.facts, self.sink);
            }
            JSXElementName::IdentifierReference(name) => {
                if routed {
                    self.router_element(&name.name, &element, node);
                }
                self.component(&name.name, &element, jsx);
            }
            _ => {}
        }
    }

    fn component(&mut self, name: &str, element: &Element<'_>, jsx: &JSXElement<'_>) {
        if element.spread {
            return;
        }
        let target = match self.imports.get(name) {
            Some((from, imported)) => Target::From(from.clone(), imported.clone()),
            None => Target::Here(name.to_owned()),
        };
        let given =
            element.attributes.iter().map(|one| (one.name.to_string(), one.offset)).collect();
        let children = jsx.children.iter().any(|child| match child {
            JSXChild::Text(text) => !text.value.trim().is_empty(),
            _ => true,
        });
        let (path, offset, name) = (self.path, element.offset, name.to_owned());
        self.facts.uses.push(ComponentUse { path, offset, name, target, given, children });
    }

    /// Whether children surely say nothing to a screen reader.
    fn is_silent(&self, children: &[JSXChild<'_>]) -> bool {
        children.iter().all(|child| match child {
            JSXChild::Text(text) => text.value.trim().is_empty(),
            JSXChild::Element(element) => {
                let labelled = element.opening_element.attributes.iter().any(|item| match item {
                    JSXAttributeItem::Attribute(one) => matches!(&one.name, JSXAttributeName::Identifier(name)
                        if matches!(name.name.as_str(), "aria-label" | "title" | "alt" | "aria-labelledby")),
                    JSXAttributeItem::SpreadAttribute(_) => true,
                });
                if labelled {
                    return false;
                }
                match &element.opening_element.name {
                    JSXElementName::Identifier(name) => match name.name.as_str() {
                        "svg" => !element.children.iter().any(|child| matches!(child, JSXChild::Element(inner)
                            if inner.opening_element.name.get_identifier_name().is_some_and(|name| matches!(name.as_str(), "title" | "text")))),
                        "i" | "span" | "div" => self.is_silent(&element.children),
                        _ => false,
                    },
                    // Pictures of known packages say nothing.
                    JSXElementName::IdentifierReference(name) => self
                        .imports
                        .get(name.name.as_str())
                        .is_some_and(|(from, _)| from == "lucide-react" || from.starts_with("react-icons") || from.starts_with("@heroicons/")),
                    _ => false,
                }
            }
            JSXChild::ExpressionContainer(container) => matches!(container.expression, JSXExpression::EmptyExpression(_)),
            _ => false,
        })
    }

    /// The outermost element that an element is surely a part of.
    fn tree_of(&self, node: NodeId) -> Option<Span> {
        let nodes = self.unit.semantic.nodes();
        let mut tree = nodes.kind(node).span();
        for (height, kind) in nodes.ancestor_kinds(node).enumerate() {
            if height > MAX_ANCESTORS {
                return None;
            }
            match kind {
                AstKind::JSXElement(_) | AstKind::JSXFragment(_) => tree = kind.span(),
                AstKind::ConditionalExpression(_)
                | AstKind::LogicalExpression(_)
                | AstKind::CallExpression(_)
                | AstKind::JSXAttribute(_) => return None,
                AstKind::Function(_)
                | AstKind::ArrowFunctionExpression(_)
                | AstKind::Program(_) => return Some(tree),
                _ => {}
            }
        }
        Some(tree)
    }

    /// Class names that are written out in an attribute.
    fn classes(&mut self, value: Option<&JSXAttributeValue<'_>>) {
        let mut found = Vec::new();
        match value {
            Some(JSXAttributeValue::StringLiteral(text)) => {
                found.push((text.span.start, text.value.to_string()));
            }
            Some(JSXAttributeValue::ExpressionContainer(container)) => {
                if let Some(expression) = container.expression.as_expression() {
                    class_texts(expression, &mut found, 0);
                }
            }
            _ => {}
        }
        for (at, names) in found {
            // Lists of Tailwind's are taken wherever they stand.
            if !tailwind::is_list(&names) {
                self.facts.styles.use_classes(self.path, self.unit.offset(at), &names);
            }
        }
    }

    /// `items.map((item) => <li>…</li>)`
    fn keys(&mut self, call: &CallExpression<'_>) {
        let Expression::StaticMemberExpression(callee) = call.callee.get_inner_expression() else {
            return;
        };
        if !matches!(callee.property.name.as_str(), "map" | "flatMap")
            || callee.object.is_specific_id("Children")
        {
            return;
        }
        let Some(Argument::ArrowFunctionExpression(arrow)) = call.arguments.first() else { return };
        let shown = match arrow.body.as_function_body() {
            None => arrow.body.as_expression(),
            Some(body) => body.statements.iter().rev().find_map(|statement| match statement {
                Statement::ReturnStatement(one) => one.argument.as_ref(),
                _ => None,
            }),
        };
        let place = match shown.map(Expression::get_inner_expression) {
            Some(Expression::JSXElement(element)) => {
                let keyed = element.opening_element.attributes.iter().any(|item| match item {
                    JSXAttributeItem::Attribute(one) => one.is_key(),
                    JSXAttributeItem::SpreadAttribute(_) => true,
                });
                if keyed {
                    return;
                }
                element.span.start
            }
            Some(Expression::JSXFragment(fragment)) => fragment.span.start,
            _ => return,
        };
        self.sink.at(
            KEY,
            self.unit.place(place),
            "An element of a list has no `key`: React mixes up what people typed when the list changes.",
            "Give it a `key` that names the item, such as its id.",
        );
    }

    fn call(&mut self, call: &CallExpression<'_>, routed: bool) {
        let Some(Argument::StringLiteral(first)) = call.arguments.first() else { return };
        if routed && call.callee.is_specific_id("navigate") {
            self.link(first.span.start, &first.value);
        }
    }

    fn link(&mut self, at: u32, to: &str) {
        self.facts.routes.links.push((self.path, self.unit.offset(at), to.to_owned()));
    }

    /// `<Route>`, `<Link>` and their kin.
    fn router_element(&mut self, name: &str, element: &Element<'_>, node: NodeId) {
        let of_router = self.imports.get(name).filter(|(from, _)| from.starts_with("react-router"));
        match of_router.map(|(_, imported)| imported.as_str()) {
            Some("Route") => match element.get("path") {
                Some(Value::Text(path)) => {
                    let outer = self.outer_routes(node);
                    self.declare_route(outer, path);
                }
                None if !element.spread => {
                    let outer = self.outer_routes(node);
                    self.declare_route(outer, "");
                }
                _ => self.facts.routes.open = true,
            },
            Some("Link" | "NavLink" | "Navigate") => {
                if let Some(Value::Text(to)) = element.get("to") {
                    self.facts.routes.links.push((self.path, element.offset, to.to_string()));
                }
            }
            Some("BrowserRouter") if element.get("basename").is_some() => {
                self.facts.routes.open = true;
            }
            _ => {}
        }
    }

    fn declare_route(&mut self, outer: Option<String>, path: &str) {
        match outer {
            Some(outer) => self.facts.routes.paths.push(within(&outer, path)),
            None => self.facts.routes.open = true,
        }
    }

    /// The path of the routes around an element; `None` when one of them is computed.
    fn outer_routes(&self, node: NodeId) -> Option<String> {
        let mut outer = Vec::new();
        for kind in self.unit.semantic.nodes().ancestor_kinds(node).take(MAX_ANCESTORS) {
            let AstKind::JSXElement(element) = kind else { continue };
            if element.opening_element.name.get_identifier_name().is_none_or(|name| name != "Route")
            {
                continue;
            }
            let path = element.opening_element.attributes.iter().find_map(|item| match item {
                JSXAttributeItem::Attribute(one) if matches!(&one.name, JSXAttributeName::Identifier(name) if name.name == "path") => {
                    Some(value_of(one.value.as_ref()))
                }
                _ => None,
            });
            match path {
                Some(Value::Text(path)) => outer.push(path.into_owned()),
                None => {}
                Some(_) => return None,
            }
        }
        Some(outer.iter().rev().fold(String::from("/"), |outer, inner| within(&outer, inner)))
    }

    /// `{ path: "/x", element: <X /> }`
    fn route_object(&mut self, object: &ObjectExpression<'_>, node: NodeId) {
        if !is_route(object) {
            return;
        }
        let mut outer = Vec::new();
        for kind in self.unit.semantic.nodes().ancestor_kinds(node).take(MAX_ANCESTORS) {
            let AstKind::ObjectExpression(around) = kind else { continue };
            match path_of(around) {
                Some(Some(path)) => outer.push(path),
                Some(None) => self.facts.routes.open = true,
                None => {}
            }
        }
        let outer =
            outer.iter().rev().fold(String::from("/"), |outer, inner| within(&outer, inner));
        match path_of(object) {
            Some(Some(path)) => self.declare_route(Some(outer), &path),
            None => self.declare_route(Some(outer), ""),
            Some(None) => self.facts.routes.open = true,
        }
        self.facts.routes.open |= object
            .properties
            .iter()
            .any(|one| matches!(one, ObjectPropertyKind::SpreadProperty(_)));
    }
}

fn is_route(object: &ObjectExpression<'_>) -> bool {
    object.properties.iter().filter_map(|one| one.as_property()).any(|one| {
        one.key
            .static_name()
            .is_some_and(|name| matches!(&*name, "element" | "Component" | "lazy" | "children"))
    }) && object
        .properties
        .iter()
        .filter_map(|one| one.as_property())
        .any(|one| one.key.static_name().is_some_and(|name| matches!(&*name, "path" | "index")))
}

/// `None` without a path; `Some(None)` where it is computed.
fn path_of(object: &ObjectExpression<'_>) -> Option<Option<String>> {
    let property = object
        .properties
        .iter()
        .filter_map(|one| one.as_property())
        .find(|one| one.key.static_name().is_some_and(|name| name == "path"))?;
    Some(match &property.value {
        Expression::StringLiteral(text) => Some(text.value.to_string()),
        _ => None,
    })
}

fn value_of<'v>(value: Option<&JSXAttributeValue<'v>>) -> Value<'v> {
    let expression = match value {
        None => return Value::Flag,
        Some(JSXAttributeValue::StringLiteral(text)) => {
            return Value::Text(Cow::Borrowed(text.value.as_str()));
        }
        Some(JSXAttributeValue::ExpressionContainer(container)) => {
            container.expression.as_expression()
        }
        Some(_) => None,
    };
    match expression.map(Expression::get_inner_expression) {
        Some(Expression::StringLiteral(text)) => Value::Text(Cow::Borrowed(text.value.as_str())),
        Some(Expression::TemplateLiteral(template)) => {
            let pieces = template.quasis.iter().map(|piece| piece.value.raw.to_string());
            Value::Template(pieces.collect())
        }
        Some(Expression::Identifier(_) | Expression::StaticMemberExpression(_)) => Value::Named,
        _ => Value::Computed,
    }
}

/// The whole class names that an expression is put together of.
fn class_texts(expression: &Expression<'_>, found: &mut Vec<(u32, String)>, depth: usize) {
    const DEEPEST: usize = 20;
    if depth > DEEPEST {
        return;
    }
    match expression.get_inner_expression() {
        Expression::StringLiteral(text) => found.push((text.span.start, text.value.to_string())),
        Expression::TemplateLiteral(template) => {
            let last = template.quasis.len().saturating_sub(1);
            for (index, piece) in template.quasis.iter().enumerate() {
                let text = piece.value.raw.as_str();
                // What touches an expression is a part of a name.
                let start = if index == 0 {
                    0
                } else {
                    text.find(char::is_whitespace).unwrap_or(text.len())
                };
                let end = if index == last {
                    text.len()
                } else {
                    text.rfind(char::is_whitespace).unwrap_or(start)
                };
                if start < end {
                    found.push((piece.span.start, text[start..end].to_owned()));
                }
            }
            for inner in &template.expressions {
                class_texts(inner, found, depth + 1);
            }
        }
        Expression::ConditionalExpression(one) => {
            class_texts(&one.consequent, found, depth + 1);
            class_texts(&one.alternate, found, depth + 1);
        }
        Expression::LogicalExpression(one) => class_texts(&one.right, found, depth + 1),
        _ => {}
    }
}

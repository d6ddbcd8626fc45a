//! What components are given beside what their types say.
//!
//! Sure, because only components count whose properties are written out beside them, as a type without `extends`, and
//! only uses without a spread. TypeScript says the same; this says it where TypeScript does not run.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use oxc_ast::AstKind;
use oxc_ast::ast::{FormalParameters, TSSignature, TSType, TSTypeName};
use qv_domain::FilePath;

use crate::App;
use crate::found::{Level, Place, Rule, Sink, Topic, shown};
use crate::script::{Facts, Unit};

const MISSING: Rule = Rule("missing-property", Topic::Types, Level::Warning);
const UNKNOWN: Rule = Rule("unknown-property", Topic::Types, Level::Warning);

/// The properties that a component takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Component {
    required: BTreeSet<String>,
    optional: BTreeSet<String>,
    /// It takes others, too.
    open: bool,
}

/// Which component is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// One of the same file, by its name there.
    Here(String),
    /// One of another file: what was imported from where.
    From(String, String),
}

/// A component where it is used.
#[derive(Debug)]
pub(crate) struct ComponentUse<'a> {
    pub(crate) path: &'a FilePath,
    pub(crate) offset: usize,
    pub(crate) name: String,
    pub(crate) target: Target,
    /// What it is given, each at its place.
    pub(crate) given: Vec<(String, usize)>,
    pub(crate) children: bool,
}

/// The types of a file that are written out as members.
pub(crate) fn types_of(unit: &Unit<'_, '_>) -> BTreeMap<String, Component> {
    let mut types = BTreeMap::new();
    for node in unit.semantic.nodes().iter() {
        let (name, members) = match node.kind() {
            AstKind::TSInterfaceDeclaration(one)
                if one.extends.is_empty() && one.type_parameters.is_none() =>
            {
                (&one.id.name, &one.body.body)
            }
            AstKind::TSTypeAliasDeclaration(one) if one.type_parameters.is_none() => {
                match &one.type_annotation {
                    TSType::TSTypeLiteral(literal) => (&one.id.name, &literal.members),
                    _ => continue,
                }
            }
            _ => continue,
        };
        // Interfaces of one name are one.
        let component = members_of(members);
        types
            .entry(name.to_string())
            .and_modify(|known: &mut Component| known.open = true)
            .or_insert(component);
    }
    types
}

fn members_of(members: &[TSSignature<'_>]) -> Component {
    let mut component = Component::default();
    for member in members {
        let (key, optional) = match member {
            TSSignature::TSPropertySignature(one) => {
                let takes_nothing = one
                    .type_annotation
                    .as_ref()
                    .is_some_and(|of| may_be_nothing(&of.type_annotation));
                (&one.key, one.optional || takes_nothing)
            }
            TSSignature::TSMethodSignature(one) => (&one.key, one.optional),
            _ => {
                component.open = true;
                continue;
            }
        };
        match key.static_name() {
            Some(name) if optional => component.optional.insert(name.into_owned()),
            Some(name) => component.required.insert(name.into_owned()),
            None => {
                component.open = true;
                false
            }
        };
    }
    component
}

fn may_be_nothing(of: &TSType<'_>) -> bool {
    match of {
        TSType::TSUndefinedKeyword(_) | TSType::TSAnyKeyword(_) | TSType::TSUnknownKeyword(_) => {
            true
        }
        TSType::TSUnionType(union) => union.types.iter().any(may_be_nothing),
        _ => false,
    }
}

/// What a function takes, when it is a component whose properties are known.
pub(crate) fn component(
    parameters: &FormalParameters<'_>,
    types: &BTreeMap<String, Component>,
) -> Option<Component> {
    if parameters.items.len() > 1 || parameters.rest.is_some() {
        return None;
    }
    let first = parameters.items.first()?;
    match &first.type_annotation.as_ref()?.type_annotation {
        TSType::TSTypeLiteral(literal) => Some(members_of(&literal.members)),
        TSType::TSTypeReference(reference) if reference.type_arguments.is_none() => {
            match &reference.type_name {
                TSTypeName::IdentifierReference(name) => types.get(name.name.as_str()).cloned(),
                _ => None,
            }
        }
        _ => None,
    }
}

pub(crate) fn judge(app: &App<'_>, facts: &Facts<'_>, sink: &mut Sink) {
    for one in &facts.uses {
        let component = match &one.target {
            Target::Here(name) => facts.components.get(&(one.path, format!("{name}@"))),
            Target::From(from, name) => app
                .resolve(one.path, from)
                .and_then(|path| facts.components.get(&(path, name.clone()))),
        };
        let (Some(component), Some(text)) = (component, app.text(one.path)) else { continue };
        if !sink.takes(UNKNOWN) && !sink.takes(MISSING) {
            return;
        }
        let names: HashSet<&str> = one.given.iter().map(|(name, _)| name.as_str()).collect();
        let given = |name: &str| names.contains(name) || (name == "children" && one.children);
        for (name, offset) in one.given.iter().filter(|(name, _)| !component.takes(name)) {
            if !sink.takes(UNKNOWN) {
                break;
            }
            let known = component.required.iter().chain(&component.optional).map(String::as_str);
            let remedy = sink.advice(
                name,
                known.filter(|name| !given(name)),
                "Remove it, or add it to the component's properties.",
            );
            let message = format!("`{}` has no property `{}`.", shown(&one.name), shown(name));
            sink.at(UNKNOWN, Place { path: one.path, text, offset: *offset }, message, remedy);
        }
        for name in component.required.iter().filter(|name| !given(name)) {
            if !sink.takes(MISSING) {
                break;
            }
            let message = format!(
                "`{}` needs the property `{}` and is not given it.",
                shown(&one.name),
                shown(name)
            );
            let place = Place { path: one.path, text, offset: one.offset };
            sink.at(MISSING, place, message, "Give it, or make it optional.");
        }
    }
}

impl Component {
    fn takes(&self, name: &str) -> bool {
        self.open
            || self.required.contains(name)
            || self.optional.contains(name)
            || matches!(name, "key" | "ref")
            || name.contains('-')
    }
}

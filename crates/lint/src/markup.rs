//! Pages, and the templates of Vue and Svelte: their elements, scripts and styles.

use std::borrow::Cow;
use std::ops::Range;

use html5gum::emitters::default::{DefaultEmitter, StartTag};
use html5gum::{Token, Tokenizer};
use oxc_span::Span;
use qv_domain::FilePath;

use crate::element::{self, Attribute, Content, Element, Value};
use crate::found::Sink;
use crate::script::{Block, Facts};
use crate::sheet;

/// More elements than these are not looked at.
const MAX_ELEMENTS: usize = 5_000;

/// A script's text within the page, and whether it is TypeScript.
pub(crate) type ScriptBlock = (Range<usize>, bool);

/// Reads a page or component, and gives its scripts.
pub(crate) fn read<'a>(
    path: &'a FilePath,
    text: &'a str,
    block: Block,
    facts: &mut Facts<'a>,
    sink: &mut Sink,
) -> Vec<ScriptBlock> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut scripts = Vec::new();
    let mut open: Option<(&'static str, usize, bool)> = None;
    // A button whose content is not known yet, and what was inside so far.
    let mut waiting: Vec<(Element<'static>, bool)> = Vec::new();
    for token in Tokenizer::new_with_emitter(text, emitter).flatten().take(MAX_ELEMENTS * 4) {
        match token {
            Token::StartTag(tag) => {
                let element = read_tag(&tag, text, block);
                let inside = tag.span.end.min(text.len());
                match &*element.name {
                    "script" if element.get("src").is_none() && runs(&element) => {
                        let typed = matches!(element.get("lang"), Some(Value::Text(lang)) if lang.starts_with("ts"));
                        open = Some(("script", inside, typed));
                    }
                    "style" => open = Some(("style", inside, false)),
                    _ => {}
                }
                let silent = matches!(
                    &*element.name,
                    "svg" | "i" | "br" | "path" | "circle" | "rect" | "g" | "line"
                );
                if !silent {
                    speak(&mut waiting);
                }
                facts.styles.read_element(path, &element);
                if matches!(&*element.name, "button" | "a") && !tag.self_closing {
                    waiting.push((element, false));
                } else {
                    element::read(path, text, &element, facts, sink);
                }
            }
            Token::EndTag(tag) => {
                let name: &[u8] = &tag.name;
                if let Some((kind, start, typed)) = open.take() {
                    let end = tag.span.start.clamp(start, text.len());
                    if name == kind.as_bytes()
                        && text.is_char_boundary(start)
                        && text.is_char_boundary(end)
                    {
                        match kind {
                            "script" => scripts.push((start..end, typed)),
                            _ => sheet::read(path, text, start..end, facts),
                        }
                    }
                }
                if matches!(name, b"button" | b"a")
                    && let Some((mut element, speaks)) = waiting.pop()
                {
                    element.content = if speaks { Content::Perhaps } else { Content::Silent };
                    element::read(path, text, &element, facts, sink);
                }
            }
            Token::String(string) if !string.value.iter().all(u8::is_ascii_whitespace) => {
                speak(&mut waiting);
            }
            _ => {}
        }
    }
    for (element, _) in waiting {
        element::read(path, text, &element, facts, sink);
    }
    scripts
}

fn speak(waiting: &mut [(Element<'static>, bool)]) {
    for (_, speaks) in waiting {
        *speaks = true;
    }
}

/// Whether a script is JavaScript that this page runs.
fn runs(element: &Element<'_>) -> bool {
    match element.get("type") {
        None | Some(Value::Flag) => true,
        Some(Value::Text(kind)) => {
            kind.is_empty() || kind.eq_ignore_ascii_case("module") || kind.contains("javascript")
        }
        Some(_) => false,
    }
}

fn read_tag(tag: &StartTag<usize>, text: &str, block: Block) -> Element<'static> {
    let utf8 = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let offset = tag.span.start.min(text.len());
    let mut element = Element {
        name: Cow::Owned(utf8(&tag.name)),
        attributes: Vec::new(),
        spread: false,
        content: Content::Perhaps,
        offset,
        together: (block == Block::Page).then(|| Span::new(0, 0)),
    };
    for (name, value) in &tag.attributes {
        let (name, value) = (utf8(name), utf8(value));
        let is_template = block == Block::Component;
        // `:id`, `v-bind:id`, `@click`, `bind:value`, `{...rest}`, `{id}`
        if is_template && (name == "v-bind" || name.starts_with('{')) {
            element.spread = true;
            continue;
        }
        let bound = name.strip_prefix("v-bind:").or_else(|| name.strip_prefix(':'));
        let value = match bound {
            Some(_) => Value::Computed,
            None if is_template && value.contains('{') => Value::Computed,
            None if value.is_empty() && name != "alt" => Value::Flag,
            None => Value::Text(Cow::Owned(value)),
        };
        let name = bound.unwrap_or(&name).to_owned();
        element.attributes.push(Attribute { name: Cow::Owned(name), value, offset });
    }
    if element.attributes.iter().any(|one| matches!(&*one.name, "v-html" | "v-text")) {
        element.spread = true;
    }
    element
}

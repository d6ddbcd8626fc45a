//! Vue and Svelte components.
//!
//! Their own compilers run in the browser, once, when the first component is met; the server reads
//! only the script blocks: for the import graph, packages and mistakes. [`transform()`] turns what
//! those compilers produce into a module.

mod transform;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use qv_domain::FilePath;

pub(crate) use transform::transform;

use crate::diagnostic::Diagnostic;
use crate::file_kind::{FileKind, Language};
use crate::script::{self, Import, Options};
use crate::unit::only;

/// What the scripts of a component ask of others.
#[derive(Debug)]
pub(crate) struct Component {
    pub imports: Vec<Import>,
    pub svelte: bool,
}

/// Packages that a component's compiled code imports, and its compiler.
pub(crate) const fn runtime(svelte: bool) -> &'static [&'static str] {
    if svelte {
        &["svelte", "svelte/compiler", "svelte/internal/client", "svelte/internal/disclose-version"]
    } else {
        &["vue", "@vue/compiler-sfc"]
    }
}

pub(crate) fn scan(
    path: &FilePath,
    text: &str,
    kind: FileKind,
    options: &Options,
) -> (Option<Component>, Vec<Diagnostic>) {
    let options = Options { keep_imports: true, refresh: false, ..options.clone() };
    let mut component = Component { imports: Vec::new(), svelte: kind == FileKind::Svelte };
    let mut found = Vec::new();
    for (range, language) in scripts(text) {
        let compiled = script::compile(path, &only(text, range), language, &options);
        found.extend(compiled.diagnostics);
        component.imports.extend(compiled.script.into_iter().flat_map(|script| script.imports));
    }
    let broken = found.iter().any(Diagnostic::is_error);
    ((!broken).then_some(component), found)
}

/// The texts of the script elements that are not inside a template.
fn scripts(text: &str) -> Vec<(std::ops::Range<usize>, Language)> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut found = Vec::new();
    let mut open = None;
    let mut templates = 0_usize;
    for token in Tokenizer::new_with_emitter(text, emitter).flatten() {
        match token {
            Token::StartTag(tag) if &**tag.name == b"template" && !tag.self_closing => {
                templates += 1;
            }
            Token::EndTag(tag) if &**tag.name == b"template" => {
                templates = templates.saturating_sub(1);
            }
            Token::StartTag(tag) if &**tag.name == b"script" && templates == 0 => {
                let attribute =
                    |name: &[u8]| tag.attributes.iter().find(|(key, _)| ***key == *name);
                let language = attribute(b"lang").map(|(_, value)| value.to_vec());
                let language = match language.as_deref() {
                    Some(b"ts" | b"typescript") => Language::Ts,
                    Some(b"tsx") => Language::Tsx,
                    _ => Language::Js,
                };
                open = attribute(b"src").is_none().then_some((tag.span.end, language));
            }
            Token::EndTag(tag) if &**tag.name == b"script" => {
                if let Some((start, language)) = open.take() {
                    found.push((start..tag.span.start.max(start), language));
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_of_script_blocks_are_found_where_they_are() {
        let path = FilePath::parse("src/A.vue").unwrap();
        let text = "<template><Child/><script>no</script></template>\n<script setup lang=\"ts\">\n\
                    import Child from './Child.vue'\nimport type { T } from './t'\n</script>";
        let (component, found) = scan(&path, text, FileKind::Vue, &Options::default());
        assert_eq!(found, []);
        let imports = component.unwrap().imports;
        assert_eq!(imports.len(), 1);
        assert_eq!(imports[0].specifier, "./Child.vue");
        assert!(text[imports[0].offset..].starts_with("'./Child.vue'"));
    }

    #[test]
    fn mistakes_are_placed_in_the_component() {
        let path = FilePath::parse("src/A.svelte").unwrap();
        let text = "<p>hi</p>\n<script>\n  let x = ;\n</script>";
        let (component, found) = scan(&path, text, FileKind::Svelte, &Options::default());
        assert!(component.is_none());
        assert_eq!((found[0].line, found[0].column), (3, 11));
    }
}

//! Reads an app's scripts, pages and sheets: what one file shows by itself goes to the sink at once, what needs the
//! other files is kept as [`Facts`].

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Semantic, SemanticBuilder};
use oxc_span::SourceType;
use qv_domain::FilePath;
use qv_domain::nesting::{MAX_NESTING, levels, with_stack};

use crate::asset::AssetUse;
use crate::found::{Place, Sink};
use crate::link::IdFacts;
use crate::props::{Component, ComponentUse};
use crate::route::RouteFacts;
use crate::style::StyleFacts;
use crate::{App, hooks, jsx, markup, names, nothing, sheet};

/// What rules need of all files together.
#[derive(Debug, Default)]
pub(crate) struct Facts<'a> {
    /// What is imported where: the file and what it asks for.
    pub(crate) imports: Vec<(&'a FilePath, String)>,
    /// Addresses of files that are loaded when the app runs.
    pub(crate) assets: Vec<AssetUse<'a>>,
    pub(crate) ids: IdFacts<'a>,
    pub(crate) styles: StyleFacts<'a>,
    pub(crate) routes: RouteFacts<'a>,
    /// Components by file and the name that they are exported under.
    pub(crate) components: BTreeMap<(&'a FilePath, String), Component>,
    pub(crate) uses: Vec<ComponentUse<'a>>,
}

/// What kind of text a script is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    /// A file of its own.
    Module,
    /// Of a Vue or Svelte component: its template uses what it declares.
    Component,
    /// In a page: its handlers use what it declares.
    Page,
}

/// One script under the eyes of the rules.
pub(crate) struct Unit<'u, 's> {
    pub(crate) path: &'u FilePath,
    /// The whole file's text.
    pub(crate) text: &'u str,
    /// Where in it the script begins.
    pub(crate) base: usize,
    pub(crate) block: Block,
    pub(crate) semantic: &'u Semantic<'s>,
}

impl<'u> Unit<'u, '_> {
    /// A place in the file by the offset in the script.
    pub(crate) const fn place(&self, offset: u32) -> Place<'u> {
        Place { path: self.path, text: self.text, offset: self.base + offset as usize }
    }

    pub(crate) const fn offset(&self, offset: u32) -> usize {
        self.base + offset as usize
    }
}

/// Reads every file.
pub(crate) fn read<'a>(app: &App<'a>, sink: &mut Sink) -> Facts<'a> {
    let mut facts = Facts::default();
    let declared = names::declared_elsewhere(app);
    for (path, text) in app.texts() {
        if is_aside(path) {
            continue;
        }
        match path.extension().as_str() {
            "js" | "mjs" | "jsx" | "ts" | "mts" | "tsx" => {
                let script = Script { app, declared: &declared, path, text, base: 0, code: text };
                script.read(Block::Module, language(path), &mut facts, sink);
            }
            "html" | "htm" | "vue" | "svelte" => {
                let is_page = path.extension().starts_with("htm");
                let block = if is_page { Block::Page } else { Block::Component };
                for (range, typescript) in markup::read(path, text, block, &mut facts, sink) {
                    let code = &text[range.clone()];
                    let script =
                        Script { app, declared: &declared, path, text, base: range.start, code };
                    let language = if typescript { SourceType::ts() } else { SourceType::mjs() };
                    script.read(block, language, &mut facts, sink);
                }
            }
            "css" => sheet::read(path, text, 0..text.len(), &mut facts),
            "scss" | "sass" | "less" | "styl" => facts.styles.unreadable = true,
            _ => {}
        }
    }
    facts
}

/// What is no part of the running app: tests, configuration, declarations, what the app's own tools run.
pub(crate) fn is_aside(path: &FilePath) -> bool {
    let name = path.name();
    let folders =
        ["node_modules/", "dist/", "build/", "test/", "tests/", "e2e/", "scripts/", "checks/"];
    [".test.", ".spec.", ".config.", ".stories.", ".d."].iter().any(|part| name.contains(part))
        || path.as_str().split('/').any(|part| part == "__tests__" || part == "__mocks__")
        || folders.iter().any(|folder| path.as_str().starts_with(folder))
}

fn language(path: &FilePath) -> SourceType {
    match path.extension().as_str() {
        "ts" | "mts" => SourceType::ts(),
        "tsx" => SourceType::tsx(),
        _ => SourceType::mjs().with_jsx(true),
    }
}

struct Script<'r, 'a> {
    app: &'r App<'a>,
    declared: &'r BTreeSet<String>,
    path: &'a FilePath,
    text: &'a str,
    base: usize,
    code: &'a str,
}

impl<'a> Script<'_, 'a> {
    fn read(&self, block: Block, language: SourceType, facts: &mut Facts<'a>, sink: &mut Sink) {
        parse(self.code, language, |semantic| {
            let unit = Unit { path: self.path, text: self.text, base: self.base, block, semantic };
            names::judge(&unit, self.declared, sink);
            nothing::judge(self.app, &unit, sink);
            hooks::judge(&unit, sink);
            jsx::read(&unit, self.path, facts, sink);
        });
    }
}

/// Hands every script of an app that can be parsed to `look`, those of pages and components included.
pub(crate) fn each(app: &App<'_>, mut look: impl FnMut(&Unit<'_, '_>)) {
    for (path, text) in app.texts().filter(|(path, _)| !is_aside(path)) {
        let mut read = |range: std::ops::Range<usize>, block, language| {
            parse(&text[range.clone()], language, |semantic| {
                look(&Unit { path, text, base: range.start, block, semantic });
            });
        };
        match path.extension().as_str() {
            "js" | "mjs" | "jsx" | "ts" | "mts" | "tsx" => {
                read(0..text.len(), Block::Module, language(path));
            }
            "html" | "htm" | "vue" | "svelte" => {
                let (mut facts, mut sink) = (Facts::default(), Sink::default());
                for (range, typescript) in
                    markup::read(path, text, Block::Component, &mut facts, &mut sink)
                {
                    read(
                        range,
                        Block::Component,
                        if typescript { SourceType::ts() } else { SourceType::mjs() },
                    );
                }
            }
            _ => {}
        }
    }
}

/// Parses a script. One that cannot be parsed is the compiler's to tell.
fn parse(code: &str, language: SourceType, then: impl FnOnce(&Semantic<'_>)) {
    let levels = levels(code);
    if levels > MAX_NESTING {
        return;
    }
    let read = || {
        let allocator = Allocator::default();
        let options = ParseOptions { preserve_parens: false, ..ParseOptions::default() };
        let parsed = Parser::new(&allocator, code, language).with_options(options).parse();
        if parsed.panicked || parsed.diagnostics.has_errors() {
            return;
        }
        let built = SemanticBuilder::new().with_build_nodes(true).build(&parsed.program);
        then(&built.semantic);
    };
    // The parser is a library at its first versions, and the text comes from strangers.
    let _ = catch_unwind(AssertUnwindSafe(|| with_stack(levels, read)));
}

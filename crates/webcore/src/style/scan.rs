//! Finds what a style sheet needs from others and what has to change in it.

use std::iter::Peekable;

use qv_domain::FilePath;

use super::tokens::{Kind, Token, Tokens, is_name_start};
use super::{Edit, Scanned, Style};
use crate::diagnostic::{Diagnostic, DiagnosticKind};

/// At-rules of Tailwind.
const TAILWIND: [&str; 8] =
    ["apply", "custom-variant", "reference", "source", "tailwind", "theme", "utility", "variant"];

/// What Tailwind 3's three layers are in Tailwind 4.
const TAILWIND_BASE: &str = "@layer theme, base, components, utilities; \
    @import \"tailwindcss/theme.css\" layer(theme); \
    @import \"tailwindcss/preflight.css\" layer(base); \
    @layer base { *, ::before, ::after { border-color: var(--color-gray-200, currentcolor) } }";
const TAILWIND_UTILITIES: &str = "@import \"tailwindcss/utilities.css\" layer(utilities);";

/// Scans a style sheet; in a module (`*.module.css`) class names become local.
pub(crate) fn scan(path: &FilePath, text: &str, module: bool) -> Scanned {
    let mut scanner = Scanner {
        path,
        text,
        module,
        tokens: Tokens::new(text).peekable(),
        style: Style::default(),
        found: Vec::new(),
        open: Vec::new(),
        prelude: false,
        version_3: false,
        kept_global: Vec::new(),
        parens: 0,
    };
    scanner.run();
    let Scanner { style, found, .. } = scanner;
    let broken = found.iter().any(Diagnostic::is_error);
    Scanned { style: (!broken).then_some(style), diagnostics: found }
}

struct Scanner<'t> {
    path: &'t FilePath,
    text: &'t str,
    module: bool,
    tokens: Peekable<Tokens<'t>>,
    style: Style,
    found: Vec<Diagnostic>,
    /// Offsets of blocks not yet closed.
    open: Vec<usize>,
    /// Between an at-rule's name and its block or end.
    prelude: bool,
    /// The first `@tailwind` was seen.
    version_3: bool,
    /// Depths of parentheses at which `:global(` was opened.
    kept_global: Vec<usize>,
    parens: usize,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while let Some(token) = self.tokens.next() {
            match token.kind {
                Kind::At => self.at_rule(&token),
                Kind::Url => self.url(&token),
                Kind::Function => {
                    self.parens += 1;
                    self.quoted_url(&token);
                }
                Kind::Delim(byte) => self.delimiter(byte, &token),
                Kind::Comment { closed: false } => {
                    self.error(token.range.start, "This comment is never closed");
                }
                Kind::String { closed: false } => {
                    self.error(token.range.start, "This string is never closed");
                }
                _ => {}
            }
        }
        if let Some(offset) = self.open.pop() {
            self.error(offset, "This block is never closed: a `}` is missing");
        }
    }

    fn error(&mut self, offset: usize, message: &str) {
        self.found.push(Diagnostic::error(
            self.path,
            self.text,
            offset,
            DiagnosticKind::Syntax,
            message,
        ));
    }

    fn warn(&mut self, offset: usize, message: &str) {
        let found =
            Diagnostic::error(self.path, self.text, offset, DiagnosticKind::Unsupported, message);
        self.found.push(found.warning());
    }

    fn delimiter(&mut self, byte: u8, token: &Token) {
        match byte {
            b'{' => {
                self.open.push(token.range.start);
                self.prelude = false;
            }
            b'}' => {
                if self.open.pop().is_none() {
                    self.error(token.range.start, "This `}` closes nothing");
                }
                (self.prelude, self.parens) = (false, 0);
                self.kept_global.clear();
            }
            b';' => self.prelude = false,
            b'(' => self.parens += 1,
            b')' => {
                if self.kept_global.last() == Some(&self.parens) {
                    self.kept_global.pop();
                    self.edit(token, Edit::Text(String::new()));
                }
                self.parens = self.parens.saturating_sub(1);
            }
            b'.' if self.module => self.class(),
            b':' if self.module => self.global(token),
            _ => {}
        }
    }

    fn edit(&mut self, token: &Token, edit: Edit) {
        self.style.edits.push((token.range.clone(), edit));
    }

    fn class(&mut self) {
        if self.prelude || !self.kept_global.is_empty() {
            return;
        }
        let Some(name) = self.tokens.next_if(|token| token.kind == Kind::Ident) else { return };
        if !is_name_start(self.text.as_bytes()[name.range.start]) {
            return;
        }
        let written = &self.text[name.range.clone()];
        let local = local_name(self.path, written);
        self.style.classes.insert(written.to_owned(), local.clone());
        self.edit(&name, Edit::Text(local));
    }

    /// `:global(.x)` is `.x` as it is written.
    fn global(&mut self, colon: &Token) {
        let text = self.text;
        let is_global =
            |token: &Token| token.kind == Kind::Function && &text[token.inside.clone()] == "global";
        if let Some(function) = self.tokens.next_if(is_global) {
            self.parens += 1;
            self.kept_global.push(self.parens);
            self.style
                .edits
                .push((colon.range.start..function.range.end, Edit::Text(String::new())));
        }
    }

    fn url(&mut self, token: &Token) {
        let url = self.text[token.inside.clone()].to_owned();
        self.style.edits.push((token.inside.clone(), Edit::Url(url)));
    }

    /// The string of `url("…")`; the quotes stay.
    fn quoted_url(&mut self, function: &Token) {
        if !self.text[function.inside.clone()].eq_ignore_ascii_case("url") {
            return;
        }
        while self.tokens.next_if(|token| token.kind == Kind::Space).is_some() {}
        if let Some(string) =
            self.tokens.next_if(|token| token.kind == (Kind::String { closed: true }))
        {
            self.url(&string);
        }
    }

    fn at_rule(&mut self, at: &Token) {
        let name = self.text[at.inside.clone()].to_ascii_lowercase();
        self.style.tailwind |= TAILWIND.contains(&name.as_str());
        self.prelude = true;
        match name.as_str() {
            "import" => self.import(at),
            "tailwind" => {
                let (end, layer) = self.statement();
                let text = match layer.trim() {
                    "utilities" if self.version_3 => TAILWIND_UTILITIES.to_owned(),
                    "utilities" if self.open.is_empty() => {
                        format!("{TAILWIND_BASE} {TAILWIND_UTILITIES}")
                    }
                    // Inside a block it is Tailwind 4's own rule.
                    "utilities" => return,
                    "base" | "preflight" if !self.version_3 => TAILWIND_BASE.to_owned(),
                    _ => String::new(),
                };
                self.version_3 |= !text.is_empty();
                self.style.edits.push((at.range.start..end, Edit::Text(text)));
            }
            "plugin" | "config" => {
                self.style.tailwind = true;
                let (end, argument) = self.statement();
                let argument = argument.trim();
                self.warn(at.range.start, &format!("@{name} {argument} is left out: the preview's Tailwind runs no plugins and reads no configuration modules"));
                self.style.edits.push((at.range.start..end, Edit::Text(String::new())));
            }
            // Styles are compiled together, so there is nothing to refer to.
            "reference" | "charset" => {
                let (end, _) = self.statement();
                self.style.edits.push((at.range.start..end, Edit::Text(String::new())));
            }
            _ => {}
        }
    }

    fn import(&mut self, at: &Token) {
        while self
            .tokens
            .next_if(|token| matches!(token.kind, Kind::Space | Kind::Comment { closed: true }))
            .is_some()
        {}
        let Some(first) = self.tokens.peek().cloned() else { return };
        let specifier = match first.kind {
            Kind::String { closed: true } | Kind::Url => {
                self.tokens.next();
                self.text[first.inside].to_owned()
            }
            Kind::Function => {
                self.tokens.next();
                while self.tokens.next_if(|token| token.kind == Kind::Space).is_some() {}
                let Some(string) =
                    self.tokens.next_if(|token| token.kind == (Kind::String { closed: true }))
                else {
                    return;
                };
                while self.tokens.next_if(|token| token.kind == Kind::Space).is_some() {}
                self.tokens.next_if(|token| token.kind == Kind::Delim(b')'));
                self.text[string.inside].to_owned()
            }
            _ => return,
        };
        let (end, conditions) = self.statement();
        let conditions = conditions.trim().to_owned();
        let range = at.range.start..end;
        let edit = match version_3_import(&specifier) {
            Some(text) => {
                self.style.tailwind = true;
                Edit::Text(text.to_owned())
            }
            None => {
                self.style.tailwind |= is_tailwind(&specifier);
                Edit::Import { specifier, conditions }
            }
        };
        self.style.edits.push((range, edit));
    }

    /// Consumes to the end of a statement; its end (after the `;`) and its text.
    fn statement(&mut self) -> (usize, String) {
        let start = self.tokens.peek().map_or(self.text.len(), |token| token.range.start);
        let mut end = start;
        while let Some(token) =
            self.tokens.next_if(|token| !matches!(token.kind, Kind::Delim(b'{' | b'}')))
        {
            if token.kind == Kind::Delim(b';') {
                self.prelude = false;
                return (token.range.end, self.text[start..end].to_owned());
            }
            end = token.range.end;
        }
        self.prelude = false;
        (end, self.text[start..end].to_owned())
    }
}

pub(super) fn is_tailwind(specifier: &str) -> bool {
    specifier == "tailwindcss" || specifier.starts_with("tailwindcss/")
}

fn version_3_import(specifier: &str) -> Option<&'static str> {
    match specifier {
        "tailwindcss/base" | "tailwindcss/base.css" => Some(TAILWIND_BASE),
        "tailwindcss/components" | "tailwindcss/components.css" => Some(""),
        _ => None,
    }
}

/// A class name that no other file has: `title` in `src/Card.module.css` is `_Card_title_` and five
/// hex digits of the path's hash.
fn local_name(path: &FilePath, name: &str) -> String {
    let stem = path.name().split('.').next().unwrap_or_default();
    let stem: String = stem.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    // FNV-1a: stable between runs, and nothing depends on its strength.
    let hash = path.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("_{stem}_{name}_{:05x}", hash & 0xf_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(path: &str, text: &str) -> (Style, String) {
        let module = path.ends_with(".module.css");
        let style = scan(&FilePath::parse(path).unwrap(), text, module).style.unwrap();
        let mut out = String::new();
        let mut at = 0;
        for (range, edit) in &style.edits {
            out.push_str(&text[at..range.start]);
            match edit {
                Edit::Text(text) => out.push_str(text),
                Edit::Url(url) => out.push_str(&format!("<{url}>")),
                Edit::Import { specifier, conditions } => {
                    out.push_str(&format!("[{specifier}|{conditions}]"));
                }
            }
            at = range.end;
        }
        out.push_str(&text[at..]);
        (style, out)
    }

    #[test]
    fn imports_and_urls_are_found_and_comments_are_not() {
        let (style, out) = scanned(
            "a.css",
            "/* @import 'no'; url(no) */@import \"./b.css\" layer(x) screen;@import url( 'c.css' );\n\
             a{background:url(i.png) ,url( \"j k.png\" );content:\"url(no)\"}",
        );
        assert_eq!(
            out,
            "/* @import 'no'; url(no) */[./b.css|layer(x) screen][c.css|]\n\
             a{background:url(<i.png>) ,url( \"<j k.png>\" );content:\"url(no)\"}"
        );
        assert!(!style.tailwind);
    }

    #[test]
    fn class_names_become_local_in_modules_only() {
        let css = ".a:hover .b-c,:global(.x .y) .a{margin:.5em 1.5em}@layer l.m{@media (x){.d{}}}";
        assert_eq!(scanned("a.css", css).1, css);
        let (style, out) = scanned("a.module.css", css);
        let [a, b, d] = ["a", "b-c", "d"].map(|name| style.classes[name].clone());
        assert_eq!(
            out,
            format!(
                ".{a}:hover .{b},.x .y .{a}{{margin:.5em 1.5em}}@layer l.m{{@media (x){{.{d}{{}}}}}}"
            )
        );
    }

    #[test]
    fn tailwind_3_is_said_in_tailwind_4() {
        let (style, out) = scanned(
            "a.css",
            "@tailwind base;@tailwind components;\n@tailwind utilities;.a{@apply p-2}",
        );
        assert!(style.tailwind);
        assert_eq!(out, format!("{TAILWIND_BASE}\n{TAILWIND_UTILITIES}.a{{@apply p-2}}"));
    }

    #[test]
    fn unbalanced_blocks_are_errors() {
        let path = FilePath::parse("a.css").unwrap();
        for (css, line) in [("a{\n", 1), ("a{}\n}", 2), ("a{content:\"x\n}", 1), ("/* x", 1)] {
            let scanned = scan(&path, css, false);
            assert!(scanned.style.is_none(), "{css}");
            assert_eq!(scanned.diagnostics[0].line, line, "{css}");
        }
    }
}

//! Pages as browsers get them.

use std::collections::BTreeSet;

use qv_domain::FilePath;
use serde_json::json;

use super::{Key, Project};
use crate::file_kind::FileKind;
use crate::html::render::{Surroundings, render};
use crate::html::{Page, TagKind};
use crate::resolve::{Flavor, Target};
use crate::text::json_in_html;
use crate::unit::Unit;

/// Shown while there is no app yet; it loads again by itself when there is.
const EMPTY: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
    <title>Preview</title><style>body{font:15px/1.5 system-ui,sans-serif;color:#777;display:grid;\
    place-items:center;min-height:100vh;margin:0}</style></head>\
    <body data-qv-empty><p>Nothing to show yet.</p></body></html>";

impl Project {
    pub(super) fn page(&self, path: &FilePath) -> Option<String> {
        let running =
            self.modules.get(&Key::file(path.clone())).and_then(|module| module.served.as_ref());
        if let Some(running) = running
            && let Unit::Page(page, text) = &*running.unit
        {
            return Some(self.rendered_page(path, page, text));
        }
        let text = self.files.text(path)?;
        Some(self.rendered_page(path, &crate::html::scan(&text), &text))
    }

    /// The page that the app's router runs in.
    pub(super) fn start_page(&self) -> String {
        for path in ["index.html", "public/index.html"] {
            if let Some((path, _)) = self.files.get(path)
                && let Some(page) = self.page(path)
            {
                return page;
            }
        }
        let text = match self.start_script() {
            Some(script) => format!(
                "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
                 content=\"width=device-width, initial-scale=1\"></head><body><div id=\"root\"></div>\
                 <div id=\"app\"></div><script type=\"module\" src=\"/{script}\"></script></body></html>"
            ),
            None => EMPTY.to_owned(),
        };
        match FilePath::parse("index.html") {
            Ok(path) => self.rendered_page(&path, &crate::html::scan(&text), &text),
            Err(_) => text,
        }
    }

    fn rendered_page(&self, path: &FilePath, page: &Page, text: &str) -> String {
        render(page, text, &PageContext { project: self, path, page })
    }
}

struct PageContext<'p> {
    project: &'p Project,
    path: &'p FilePath,
    page: &'p Page,
}

impl PageContext<'_> {
    fn target(&self, specifier: &str) -> Option<FilePath> {
        match self.project.resolver().resolve(self.path, specifier) {
            Target::File { path, .. } => Some(path),
            _ => None,
        }
    }

    /// The page's module scripts.
    fn entries(&self) -> Vec<Key> {
        let tags = self.page.tags.iter();
        tags.filter_map(|tag| match &tag.kind {
            TagKind::Module(specifier) => self.target(specifier).map(Key::file),
            TagKind::Inline(part, _) => Some(Key { path: self.path.clone(), part: *part }),
            _ => None,
        })
        .collect()
    }

    fn config(&self) -> String {
        let settings = &self.project.settings;
        json_in_html(&json!({
            "app": settings.app_origin,
            "base": settings.base,
            "opaque": settings.opaque,
            "router": self.project.has_router(),
            "revision": self.project.revision,
            "diagnostics": self.project.diagnostics(),
        }))
    }

    /// Style sheets that scripts import, for Tailwind to compile before anything is painted.
    fn tailwind(&self, entries: &[Key]) -> String {
        let mut out = String::new();
        let theme = &self.project.config.tailwind;
        if !theme.is_empty() {
            out.push_str(&style_element("tailwind.config", theme));
        }
        let mut seen = BTreeSet::new();
        let mut queue: Vec<Key> = entries.to_vec();
        queue.reverse();
        while let Some(key) = queue.pop() {
            if !seen.insert(key.clone()) {
                continue;
            }
            if FileKind::of(&key.path).is_style() {
                out.push_str(&self.tailwind_of(&key.path).unwrap_or_default());
                continue;
            }
            let Some(running) =
                self.project.modules.get(&key).and_then(|module| module.served.as_ref())
            else {
                continue;
            };
            queue.extend(running.targets.iter().rev().filter_map(|target| match target {
                Target::File { path, flavor: Flavor::Plain } => Some(Key::file(path.clone())),
                _ => None,
            }));
        }
        out.push_str(&format!("<script src=\"{}/@qv/tailwind.js\"></script>", self.base()));
        out
    }

    fn tailwind_of(&self, path: &FilePath) -> Option<String> {
        let (_, content) = self.project.files.get(path)?;
        let rendered = self.project.rendered(path, content)?;
        if !rendered.tailwind {
            return None;
        }
        let remote = if rendered.remote.is_empty() {
            String::new()
        } else {
            format!("<style>{}</style>", css_in_html(&rendered.remote))
        };
        Some(remote + &style_element(path, &rendered.text))
    }
}

impl Surroundings for PageContext<'_> {
    fn head(&self) -> String {
        let base = self.base();
        let entries = self.entries();
        let mut head = format!("<script>globalThis.__qv={{config:{}}}</script>", self.config());
        // Without an origin every script is another's, whose errors a page is not told unless asked.
        let opaque = self.project.settings.opaque;
        let cross = if opaque { " crossorigin" } else { "" };
        if opaque {
            head.push_str(&format!("<script{cross} src=\"{base}/@qv/opaque.js\"></script>"));
        }
        head.push_str(&format!("<script{cross} src=\"{base}/@qv/client.js\"></script>"));
        if self.project.options().refresh
            && !entries.is_empty()
            && let Some(package) = self.project.packages.get("react-refresh/runtime")
        {
            let import = if package.interop { "r" } else { "*as r" };
            let url = json_in_html(&*package.url);
            head.push_str(&format!(
                "<script type=\"module\">import {import} from{url};__qv.refresh(r)</script>"
            ));
        }
        if self.project.uses_tailwind() {
            head.push_str(&self.tailwind(&entries));
        }
        for url in self.project.preloads(&entries) {
            head.push_str(&format!("<link rel=\"modulepreload\" href=\"{}\">", attribute(&url)));
        }
        head
    }

    fn url(&self, specifier: &str) -> Option<String> {
        self.target(specifier).map(|path| self.project.url(&path, ""))
    }

    fn inline_url(&self, part: u32) -> String {
        self.project.key_url(&Key { path: self.path.clone(), part })
    }

    fn tailwind_style(&self, specifier: &str) -> Option<String> {
        self.target(specifier).and_then(|path| self.tailwind_of(&path))
    }

    fn base(&self) -> &str {
        &self.project.settings.base
    }

    fn is_opaque(&self) -> bool {
        self.project.settings.opaque
    }
}

fn style_element(path: &str, css: &str) -> String {
    format!(
        "<style type=\"text/tailwindcss\" data-qv-file=\"{}\">{}</style>",
        attribute(path),
        css_in_html(css)
    )
}

/// `</style` cannot be written in a style element; escaped it is the same in any CSS string.
fn css_in_html(css: &str) -> String {
    css.replace("</", "<\\/")
}

fn attribute(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

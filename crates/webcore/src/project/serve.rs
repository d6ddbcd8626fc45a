//! Answers requests on the preview's origin.

use percent_encoding::percent_decode_str;
use qv_domain::{Blob, FilePath};
use serde_json::json;

use super::{Key, Project, Use};
use crate::file_kind::{FileKind, content_type};
use crate::style::render::Rendered;
use crate::text::quoted;
use crate::unit::{Unit, build};

/// An answer to one request, to be sent with `cache-control: no-cache`: even an address with a stamp
/// changes when what it imports does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The `content-type` header.
    pub content_type: String,
    /// The body.
    pub body: Blob,
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// The client's own scripts, by their names under `/@qv/`.
const CLIENT: [(&str, &str); 6] = [
    // One request: both are needed before anything else.
    (
        "client.js",
        concat!(include_str!("../../client/report.js"), include_str!("../../client/update.js")),
    ),
    ("overlay.js", include_str!("../../client/overlay.js")),
    ("picker.js", include_str!("../../client/picker.js")),
    ("opaque.js", include_str!("../../client/opaque.js")),
    ("vue.js", include_str!("../../client/vue.js")),
    ("svelte.js", include_str!("../../client/svelte.js")),
];

fn answer(content_type: impl Into<String>, body: impl Into<Vec<u8>>) -> Served {
    let body: Vec<u8> = body.into();
    Served { content_type: content_type.into(), body: body.into() }
}

impl Project {
    /// Answers a path and query such as `/src/App.tsx?t=3`, with or without the base before it.
    /// `None` is the caller's 404: nothing in the app has that address, or it belongs to the
    /// server (`/@qv/events`, `/@qv/tailwind.js`, `/@qv/transform`).
    #[must_use]
    pub fn serve(&self, target: &str) -> Option<Served> {
        let target = target.split('#').next().unwrap_or(target);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = self.below_base(path);
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let path = path.trim_start_matches('/');
        if let Some(name) = path.strip_prefix("@qv/") {
            let (_, text) = CLIENT.iter().find(|(known, _)| *known == name)?;
            return Some(answer(JAVASCRIPT, *text));
        }
        let query = Query(query);
        let found = self.files.get(path).or_else(|| self.files.get(&format!("public/{path}")));
        match found {
            Some((path, content)) => self.file(path, content, query),
            None => self.page_for(path),
        }
    }

    pub(super) fn below_base<'t>(&self, path: &'t str) -> &'t str {
        match path.strip_prefix(self.settings.base.as_str()) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
            _ => path,
        }
    }

    fn file(&self, path: &FilePath, content: &Blob, query: Query<'_>) -> Option<Served> {
        if query.has("raw") {
            return Some(answer(JAVASCRIPT, exported(&quoted(&String::from_utf8_lossy(content)))));
        }
        if query.has("url") {
            return Some(answer(JAVASCRIPT, exported(&quoted(&self.url(path, "")))));
        }
        if query.has("worker") {
            let url = quoted(&self.url(path, ""));
            let code = format!(
                "export default class extends Worker{{constructor(o){{super({url},{{type:\"module\",...o}})}}}}\n"
            );
            return Some(answer(JAVASCRIPT, code));
        }
        if query.has("map") {
            let part = query.get("part").and_then(|part| part.parse().ok()).unwrap_or(0);
            return self.source_map(&Key { path: path.clone(), part });
        }
        Some(match FileKind::of(path) {
            FileKind::Script(_) => self.script(path, content),
            FileKind::Html => match query.get("part").and_then(|part| part.parse().ok()) {
                Some(part) => {
                    answer(JAVASCRIPT, self.module_code(&Key { path: path.clone(), part })?)
                }
                None => answer(HTML, self.page(path)?),
            },
            FileKind::Style | FileKind::StyleModule | FileKind::StyleDialect => {
                self.style(path, content, query)
            }
            FileKind::Json if query.has("import") => {
                answer(JAVASCRIPT, self.json_module(path, content))
            }
            FileKind::Vue | FileKind::Svelte if query.has("source") => {
                answer("text/plain; charset=utf-8", self.component_source(path, content))
            }
            FileKind::Vue | FileKind::Svelte => answer(JAVASCRIPT, self.component_module(path)),
            FileKind::Asset | FileKind::Declarations if query.has("import") => {
                answer(JAVASCRIPT, exported(&quoted(&self.url(path, ""))))
            }
            _ => Served { content_type: content_type(path), body: content.clone() },
        })
    }

    /// A script that a page loads without `type=module` is served as it is written.
    fn script(&self, path: &FilePath, content: &Blob) -> Served {
        let key = Key::file(path.clone());
        match self.modules.get(&key) {
            Some(module) if module.used != Use::Code || module.is_asset() => {
                Served { content_type: JAVASCRIPT.into(), body: content.clone() }
            }
            Some(_) => answer(JAVASCRIPT, self.module_code(&key).unwrap_or_default()),
            None if path.starts_with("public/") => answer(JAVASCRIPT, content.to_vec()),
            // Reached by an address that only running code knows.
            None => answer(JAVASCRIPT, self.unlisted_code(path, content)),
        }
    }

    fn unlisted_code(&self, path: &FilePath, content: &Blob) -> String {
        let built = build(path, 0, content, &self.options());
        let Some(unit) = built.unit else {
            let message =
                built.diagnostics.first().map(|one| one.message.clone()).unwrap_or_default();
            return crate::script::link::broken(std::iter::empty(), path, &message);
        };
        self.code_of(&Key::file(path.clone()), &self.running(path, unit))
    }

    fn json_module(&self, path: &FilePath, content: &Blob) -> String {
        let key = Key::file(path.clone());
        if let Some(running) = self.modules.get(&key).and_then(|module| module.served.as_ref())
            && let Unit::Json(module) = &*running.unit
        {
            return module.code.clone();
        }
        match crate::json_module::compile(path, &String::from_utf8_lossy(content)) {
            Ok(module) => module.code,
            Err(found) => {
                crate::script::link::broken(["default"].into_iter(), path, &found.message)
            }
        }
    }

    fn style(&self, path: &FilePath, content: &Blob, query: Query<'_>) -> Served {
        // A sheet that cannot be read applies as far as browsers make sense of it.
        let rendered = self.rendered(path, content).unwrap_or_else(|| Rendered {
            text: String::from_utf8_lossy(content).into_owned(),
            ..Rendered::default()
        });
        let text = format!("{}{}", rendered.remote, rendered.text);
        if query.has("inline") {
            return answer(JAVASCRIPT, exported(&quoted(&text)));
        }
        if !query.has("import") {
            return answer(CSS, text);
        }
        let options = json!({ "tailwind": rendered.tailwind, "remote": if rendered.tailwind { &rendered.remote } else { "" } });
        let text = if rendered.tailwind { rendered.text } else { text };
        let mut code =
            format!("globalThis.__qv?.css({},{},{options});", quoted(path), quoted(&text));
        match self.class_names(path) {
            Some(classes) => {
                code.push_str(&format!("export default {};", crate::text::json(classes)));
                for (name, local) in classes.iter().filter(|(name, _)| exportable(name)) {
                    code.push_str(&format!("export const {name}={};", quoted(local)));
                }
            }
            None => code.push_str(&format!("export default {};", quoted(&text))),
        }
        code.push('\n');
        answer(JAVASCRIPT, code)
    }

    /// Addresses of the app's own router get the page that runs it.
    fn page_for(&self, path: &str) -> Option<Served> {
        let folder = path.trim_end_matches('/');
        let candidates = [format!("{folder}/index.html"), format!("{folder}.html")];
        let page = candidates
            .iter()
            .map(|path| path.trim_start_matches('/'))
            .find_map(|path| self.files.get(path));
        if let Some((path, _)) = page {
            return Some(answer(HTML, self.page(path)?));
        }
        let last = path.rsplit('/').next().unwrap_or(path);
        if last.contains('.') || path.starts_with('@') || path.starts_with("api/") {
            return None;
        }
        Some(answer(HTML, self.start_page()))
    }
}

fn exported(value: &str) -> String {
    format!("export default {value};\n")
}

fn exportable(name: &str) -> bool {
    crate::text::is_identifier(name) && name.is_ascii() && !crate::json_module::is_reserved(name)
}

/// A query string; values are compared as they are written.
#[derive(Clone, Copy)]
struct Query<'q>(&'q str);

impl<'q> Query<'q> {
    fn get(self, name: &str) -> Option<&'q str> {
        self.0.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key == name).then_some(value)
        })
    }

    fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

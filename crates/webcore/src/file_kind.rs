//! What a file is, by its name.

use qv_domain::FilePath;

/// A script's dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// A script, not a module.
    Classic,
    Js,
    Ts,
    Tsx,
}

/// How a file takes part in the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Script(Language),
    /// Type declarations: nothing at run time.
    Declarations,
    Style,
    /// `*.module.css`: class names become local.
    StyleModule,
    /// Sass, Less, Stylus: served as the CSS that they mostly are.
    StyleDialect,
    Json,
    Html,
    Vue,
    Svelte,
    /// Anything else: used by its URL.
    Asset,
}

impl FileKind {
    pub(crate) fn of(path: &FilePath) -> Self {
        let name = path.name();
        if [".d.ts", ".d.mts", ".d.cts"].iter().any(|end| name.ends_with(end)) {
            return Self::Declarations;
        }
        match path.extension().as_str() {
            // JSX in plain `.js` is common in the wild, and legal JavaScript stays legal with it.
            "js" | "mjs" | "cjs" | "jsx" => Self::Script(Language::Js),
            "ts" | "mts" | "cts" => Self::Script(Language::Ts),
            "tsx" => Self::Script(Language::Tsx),
            "css" | "pcss" if name.ends_with(".module.css") => Self::StyleModule,
            "css" | "pcss" => Self::Style,
            "scss" | "sass" | "less" | "styl" => Self::StyleDialect,
            "json" => Self::Json,
            "html" | "htm" => Self::Html,
            "vue" => Self::Vue,
            "svelte" => Self::Svelte,
            _ => Self::Asset,
        }
    }

    pub(crate) const fn is_style(self) -> bool {
        matches!(self, Self::Style | Self::StyleModule | Self::StyleDialect)
    }
}

/// The media type that a file is served with.
pub(crate) fn content_type(path: &str) -> String {
    let guess = mime_guess::from_path(path).first_or_octet_stream();
    let text = guess.type_() == "text" || matches!(guess.subtype().as_str(), "json" | "javascript");
    if text { format!("{guess}; charset=utf-8") } else { guess.to_string() }
}

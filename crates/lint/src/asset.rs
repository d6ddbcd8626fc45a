//! Pictures, sounds and other files that elements name and the app does not have.
//!
//! Sure, because only addresses of this app's own files count: written out, with the ending of a file, in an app that
//! has a page of its own (`index.html`) and so no server that could make up files. Scripts and style sheets are the
//! compiler's to find.

use qv_domain::FilePath;

use crate::App;
use crate::app::joined;
use crate::found::{Level, Place, Rule, Sink, Topic, shown};
use crate::script::Facts;

const MISSING: Rule = Rule("missing-asset", Topic::Asset, Level::Error);
/// An icon or the like: the app is whole without it.
const MISSING_ICON: Rule = Rule("missing-asset", Topic::Asset, Level::Warning);

/// An address that an element loads or leads to.
#[derive(Debug)]
pub(crate) struct AssetUse<'a> {
    pub(crate) path: &'a FilePath,
    pub(crate) offset: usize,
    pub(crate) url: String,
    /// A `<link>` of a page's head names it.
    pub(crate) of_link: bool,
}

const ENDINGS: &[&str] = &[
    "png",
    "jpg",
    "jpeg",
    "gif",
    "svg",
    "webp",
    "avif",
    "ico",
    "bmp",
    "mp4",
    "webm",
    "mov",
    "ogv",
    "mp3",
    "wav",
    "ogg",
    "m4a",
    "flac",
    "woff",
    "woff2",
    "ttf",
    "otf",
    "pdf",
    "glb",
    "gltf",
    "webmanifest",
    "vtt",
    "zip",
    "csv",
];

pub(crate) fn judge(app: &App<'_>, facts: &Facts<'_>, sink: &mut Sink) {
    if !app.has("index.html") {
        return;
    }
    for one in &facts.assets {
        let url = one.url.trim();
        let path = url.split(['?', '#']).next().unwrap_or_default();
        if is_elsewhere(path) || !has_ending(path) || is_there(app, one.path, path) {
            continue;
        }
        let Some(text) = app.text(one.path) else { continue };
        let message = format!("There is no file `{}` in this app.", shown(url));
        let remedy = "Correct the path, or add the file under `public/`.";
        let rule = if one.of_link { MISSING_ICON } else { MISSING };
        sink.at(rule, Place { path: one.path, text, offset: one.offset }, message, remedy);
    }
}

/// Not of this app, or not an address as it stands.
fn is_elsewhere(path: &str) -> bool {
    path.is_empty() || path.starts_with("//") || path.contains([':', '{', '}', '$', '%', ' ', '<'])
}

fn has_ending(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, end)| ENDINGS.contains(&end.to_ascii_lowercase().as_str()))
}

/// Whether a file answers to an address, however it may be meant.
fn is_there(app: &App<'_>, from: &FilePath, path: &str) -> bool {
    // Addresses do not leave their host: more `..` than there are folders lead to its root.
    let mut rooted = path;
    while let Some(rest) = ["../", "./", "/"].iter().find_map(|begin| rooted.strip_prefix(begin)) {
        rooted = rest;
    }
    if rooted.starts_with("api/") {
        return true;
    }
    let beside = joined(from, path).unwrap_or_default();
    [rooted, &format!("public/{rooted}"), &format!("static/{rooted}"), &beside]
        .iter()
        .any(|path| app.has(path))
}

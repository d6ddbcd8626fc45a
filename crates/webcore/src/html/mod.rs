//! HTML pages: what they load, and how they are served.
//!
//! Pages are split by a tokenizer that follows the HTML standard, so comments, scripts, odd case
//! and missing tags mean here what they mean to a browser. Only the tags that have to change are
//! written again; everything else passes through byte by byte.

pub(crate) mod render;
mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

pub(crate) use scan::scan;

/// A page, scanned.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Where the head's first child goes, in bytes.
    pub insert_at: usize,
    /// Tags of interest, in order.
    pub tags: Vec<Tag>,
    /// Specifiers that the page's own import map defines.
    pub import_map: BTreeSet<String>,
    /// It loads Tailwind by itself, or has a style sheet for it.
    pub tailwind: bool,
}

/// One element that is served differently from how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// The start tag; for an inline script up to its end tag.
    pub range: Range<usize>,
    pub kind: TagKind,
    pub attributes: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TagKind {
    /// `<script type=module src>`: its specifier.
    Module(String),
    /// The n-th inline module script, from 1; the range of its text.
    Inline(u32, Range<usize>),
    /// `<script src>`: served as it is.
    Classic(String),
    /// `<link rel=stylesheet href>`.
    StyleSheet(String),
    /// Tailwind from another host: the embedded build stands in.
    Tailwind,
    /// `tailwind.config = …` for Tailwind 3's build, which would fail in Tailwind 4's.
    TailwindConfig,
    /// A tag with root-absolute URLs, which move with the base in opaque mode.
    Rooted,
}

impl Page {
    /// What the page imports: by which tag, the specifier, and where it is written.
    pub(crate) fn requests(&self) -> impl Iterator<Item = (&Tag, &str, usize)> {
        self.tags.iter().filter_map(|tag| match &tag.kind {
            TagKind::Module(specifier)
            | TagKind::Classic(specifier)
            | TagKind::StyleSheet(specifier) => Some((tag, specifier.as_str(), tag.range.start)),
            _ => None,
        })
    }

    /// How many inline module scripts it has, and where their text is.
    pub(crate) fn inline(&self) -> impl Iterator<Item = (u32, Range<usize>)> {
        self.tags.iter().filter_map(|tag| match &tag.kind {
            TagKind::Inline(number, range) => Some((*number, range.clone())),
            _ => None,
        })
    }
}

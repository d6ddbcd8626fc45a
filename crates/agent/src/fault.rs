use qv_domain::{FilePath, PathError};

use crate::protocol::EditBlock;

/// Why an edit that a model wrote was not taken. Its text is shown to people and, with the real
/// lines, to the model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditFault {
    /// The tag names no file.
    #[error("the <{tag}> tag names no path: write <{tag} path=\"...\">")]
    NoPath {
        /// The tag's name.
        tag: &'static str,
    },
    /// The path may not be used.
    #[error("{source}")]
    BadPath {
        /// As the model wrote it, shortened.
        path: String,
        /// Which rule it breaks.
        source: PathError,
    },
    /// A SEARCH without its REPLACE.
    #[error("`{path}`: a SEARCH block has no `=======` and REPLACE part")]
    Unfinished {
        /// The file.
        path: String,
        /// What was to be searched.
        search: String,
    },
    /// An edit without any block.
    #[error("`{path}`: the edit has no SEARCH/REPLACE block")]
    NoBlocks {
        /// The file.
        path: String,
    },
    /// A block that belongs to no file.
    #[error("a SEARCH block stands outside of <edit path=\"...\">")]
    BlockOutside,
    /// Code in the chat instead of in a file.
    #[error("the answer has code but no <file> or <edit> tag, so nothing was changed")]
    CodeInChat,
    /// The file to change is not there.
    #[error("`{path}` does not exist: to make it, write it whole with <file>")]
    Missing {
        /// The file.
        path: String,
    },
    /// The target of a rename is there already.
    #[error("`{path}` exists already: delete it first or choose another name")]
    Exists {
        /// The file.
        path: String,
    },
    /// The path can't stand beside another on every file system.
    #[error("`{path}` clashes with `{with}`: choose another name")]
    Clashes {
        /// The file.
        path: String,
        /// The one that is there.
        with: String,
    },
    /// More blocks than are searched for.
    #[error("`{path}`: the edits have too many blocks: write the file whole with <file>")]
    TooManyBlocks {
        /// The file.
        path: String,
    },
    /// More changes than an answer may have.
    #[error("the answer changes more than {most} files: do it in several turns")]
    TooManyChanges {
        /// How many it may have.
        most: usize,
    },
    /// A picture or the like.
    #[error("`{path}` is a binary file and can't be edited as text")]
    Binary {
        /// The file.
        path: String,
    },
    /// The searched lines are not in the file.
    #[error("`{path}`: the searched lines are not in the file")]
    NotFound {
        /// The file.
        path: String,
        /// What was searched and what was to replace it.
        block: EditBlock,
        /// The most similar place: its first line, from 1, and its lines.
        similar: Option<(u32, String)>,
    },
    /// The searched lines are there more than once.
    #[error("`{path}`: the searched lines occur {} times, at lines {}: add lines around them",
        lines.len(), shown(lines))]
    Ambiguous {
        /// The file.
        path: String,
        /// What was searched and what was to replace it.
        block: EditBlock,
        /// Where each begins, from 1; at most 100.
        lines: Vec<u32>,
    },
    /// Nothing was searched for in a file that is not empty.
    #[error("`{path}`: a SEARCH block is empty; only a new file may be written so")]
    EmptySearch {
        /// The file.
        path: String,
    },
    /// The new text is far shorter than the old.
    #[error("`{path}` would shrink from {from} to {to} lines")]
    Shrinks {
        /// The file.
        path: String,
        /// Lines before.
        from: usize,
        /// Lines after.
        to: usize,
    },
    /// The new text is blank.
    #[error("`{path}` would become empty: to remove it use <delete>")]
    Empty {
        /// The file.
        path: String,
    },
    /// A comment stands where code should be.
    #[error("`{path}`: line {line} leaves code out (`{text}`): write all of it")]
    LeftOut {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// The line's text, shortened.
        text: String,
    },
    /// An HTML document without its end.
    #[error("`{path}` is cut off: `</html>` is missing")]
    CutHtml {
        /// The file.
        path: String,
    },
    /// The file was cut off and could not be finished.
    #[error("`{path}` was cut off before its end")]
    CutOff {
        /// The file.
        path: String,
    },
    /// Someone changed the file after the model had read it.
    #[error("`{path}` was changed by a person meanwhile")]
    ChangedByHand {
        /// The file.
        path: String,
    },
    /// The file exists, but the model does not know what is in it.
    #[error("`{path}` exists and was not shown, so it can't be written over")]
    Unseen {
        /// The file.
        path: String,
    },
    /// The file is larger than may be.
    #[error("`{path}` would have {bytes} bytes, more than the {limit} that a file may have")]
    TooLarge {
        /// The file.
        path: String,
        /// Its new size.
        bytes: u64,
        /// What it may be.
        limit: u64,
    },
    /// More files, or larger ones, than a project may have.
    #[error("`{path}` does not fit: a project may have {files} files and {bytes} bytes")]
    ProjectFull {
        /// The file.
        path: String,
        /// How many it may have.
        files: u32,
        /// How large they may be together.
        bytes: u64,
    },
}

impl EditFault {
    /// The path that it is about, as the model wrote it; empty when it names none.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::NoPath { .. }
            | Self::BlockOutside
            | Self::CodeInChat
            | Self::TooManyChanges { .. } => "",
            Self::BadPath { path, .. }
            | Self::Unfinished { path, .. }
            | Self::NoBlocks { path }
            | Self::Missing { path }
            | Self::Exists { path }
            | Self::Clashes { path, .. }
            | Self::TooManyBlocks { path }
            | Self::Binary { path }
            | Self::NotFound { path, .. }
            | Self::Ambiguous { path, .. }
            | Self::EmptySearch { path }
            | Self::Shrinks { path, .. }
            | Self::Empty { path }
            | Self::LeftOut { path, .. }
            | Self::CutHtml { path }
            | Self::CutOff { path }
            | Self::ChangedByHand { path }
            | Self::Unseen { path }
            | Self::TooLarge { path, .. }
            | Self::ProjectFull { path, .. } => path,
        }
    }

    /// Whether a repair that changed `files` has dealt with it: the file itself where one is named
    /// that can be written, and anything at all where not.
    #[must_use]
    pub fn is_settled_by(&self, files: &[FilePath]) -> bool {
        match self {
            Self::NoPath { .. }
            | Self::BadPath { .. }
            | Self::BlockOutside
            | Self::CodeInChat
            | Self::TooManyChanges { .. }
            | Self::Missing { .. }
            | Self::Exists { .. }
            | Self::Clashes { .. }
            | Self::Binary { .. }
            | Self::TooLarge { .. }
            | Self::ProjectFull { .. } => !files.is_empty(),
            _ => files.iter().any(|file| file.as_str() == self.path()),
        }
    }

    /// Whether the same edit is among these, which fitted: in another file than the model had thought.
    #[must_use]
    pub fn is_among(&self, fitted: &[EditBlock]) -> bool {
        matches!(self, Self::NotFound { block, .. } if fitted.contains(block))
    }

    /// What the model wanted, as `-` and `+` lines; empty when it is not about a block.
    #[must_use]
    pub fn diff(&self) -> String {
        match self {
            Self::NotFound { block, .. } | Self::Ambiguous { block, .. } => block.diff(),
            Self::Unfinished { search, .. } => {
                EditBlock { search: search.clone(), replace: String::new() }.diff()
            }
            _ => String::new(),
        }
    }
}

fn shown(lines: &[u32]) -> String {
    let mut text = lines.iter().take(5).map(u32::to_string).collect::<Vec<_>>().join(", ");
    if lines.len() > 5 {
        text.push_str(", …");
    }
    text
}

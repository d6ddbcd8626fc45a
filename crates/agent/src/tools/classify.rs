use std::collections::BTreeMap;

use qv_domain::FilePath;

use super::manifest::Manifest;
use super::{ToolCall, Tools, command, npm};
use crate::apply::FileContent;
use crate::protocol::RunTag;

/// What becomes of a run that a model asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It runs.
    Allowed(ToolCall),
    /// It runs if a person allows it; why it is asked, as a sentence for the person.
    Ask(ToolCall, String),
    /// It is not run; why, as a clause for the model.
    Refused(String),
}

/// What a run is judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) tools: &'a Tools,
    pub(super) files: &'a BTreeMap<FilePath, FileContent>,
    pub(super) manifest: &'a Manifest,
}

impl Place<'_> {
    /// The project's file of this name.
    pub(super) fn file(&self, name: &str) -> Option<FilePath> {
        let path = FilePath::parse(name.strip_prefix("./").unwrap_or(name)).ok()?;
        self.files.contains_key(&path).then_some(path)
    }
}

/// Judges what a model asks for, by the project's files as they are now.
#[must_use]
pub fn classify(run: &RunTag, tools: &Tools, files: &BTreeMap<FilePath, FileContent>) -> Verdict {
    let manifest = Manifest::of(files);
    let place = Place { tools, files, manifest: &manifest };
    let tool = run.tool.as_deref().map(|tool| tool.trim().to_ascii_lowercase());
    match (tool.as_deref(), &run.command) {
        (Some("install"), _) => npm::install(run.packages.as_deref().unwrap_or_default()),
        (Some("build"), _) => build(place),
        (Some("test"), _) => test(run.file.as_deref(), place),
        (None | Some("command" | "run" | "shell"), Some(command)) => command::judge(command, place),
        (None, None) => refused("it names neither a tool nor a command"),
        (Some(_), _) => {
            refused("there are only the tools install, build and test, and command=\"…\"")
        }
    }
}

pub(super) fn build(place: Place<'_>) -> Verdict {
    if place.manifest.has_script("build") {
        return Verdict::Allowed(ToolCall::Build);
    }
    refused("package.json has no `build` script")
}

pub(super) fn test(file: Option<&str>, place: Place<'_>) -> Verdict {
    if !place.manifest.has_script("test") {
        return refused("package.json has no `test` script");
    }
    let Some(file) = file.map(str::trim).filter(|file| !file.is_empty()) else {
        return Verdict::Allowed(ToolCall::Test { file: None });
    };
    match place.file(file) {
        // It would be read as an option.
        Some(path) if path.starts_with('-') => refused("the file's name begins with a hyphen"),
        Some(path) => Verdict::Allowed(ToolCall::Test { file: Some(path) }),
        None => refused("there is no such file in the project"),
    }
}

pub(super) fn refused(why: &str) -> Verdict {
    Verdict::Refused(why.to_owned())
}

use qv_domain::{FilePath, ProjectType};

use crate::catalogue::{Files, Starter};
use crate::change::{Change, Outcome};
use crate::config::Config;
use crate::features::features;
use crate::numbers::numbers;
use crate::recognise::Scope;
use crate::subject::subject;
use crate::text::{join, tokens};
use crate::{name, pages, preset, print};

/// An app made from a starter and a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The app's files, ready to run.
    pub files: Files,
    /// The app's name: from the prompt, or the starter's own.
    pub title: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// The palette's name.
    pub palette: String,
    /// What the prompt changed, a sentence each.
    pub changes: Vec<String>,
    /// Parts of the prompt that a starter cannot do, in the person's words.
    pub left_out: Vec<String>,
    /// What to tell the person.
    pub message: String,
}

/// Fills a starter in from a prompt: name, words, content, colours, theme, numbers, fields and sections.
///
/// Deterministic; what the prompt asks for beyond that is listed in [`Filled::left_out`] and in the message.
#[must_use]
pub fn fill(starter: &Starter, prompt: &str) -> Filled {
    let all = tokens(prompt);
    let own = name::called(&all);
    // What a page is about may stand in its name: "for Anna's flower shop".
    let about: Vec<&str> = all
        .iter()
        .enumerate()
        .filter(|(at, _)| !own.as_ref().is_some_and(|named| named.tokens.contains(at)))
        .map(|(_, token)| token.raw)
        .collect();
    let is_page = starter.manifest.kind == ProjectType::LandingPage;
    let called = own.or_else(|| is_page.then(|| name::owner(&all))?);
    let mut used: Vec<usize> = called.as_ref().map_or(0..0, |named| named.tokens.clone()).collect();
    let rest: Vec<_> = all
        .iter()
        .enumerate()
        .filter(|(at, _)| !used.contains(at))
        .map(|(_, t)| t.clone())
        .collect();
    let subject = subject(&rest);

    let mut config = Config(starter.config.clone());
    let chosen = preset::choose(&mut config, starter, &about.join(" "), &subject);

    let mut changes: Vec<Change> = Vec::new();
    let noun_title = subject.title.clone().filter(|_| starter.manifest.noun.is_some());
    changes.extend(called.map(|named| named.name).or(noun_title).map(Change::Title));
    let counted = numbers(&all, starter);
    used.extend(counted.iter().flat_map(|found| found.tokens.iter().copied()));
    changes.extend(counted.into_iter().map(|found| found.change));
    let asked = features(&all, &used, Scope { starter, config: &config });
    changes.extend(asked.changes);

    let mut sentences = Vec::new();
    for change in changes {
        match change.apply(&mut config, starter) {
            Outcome::Done(sentence) | Outcome::Refused(sentence) => sentences.push(sentence),
            Outcome::Already(_) => {}
        }
    }
    preset::fill_words(&mut config, starter, &subject, chosen);
    finish(starter, &config, sentences, asked.left_out)
}

fn finish(
    starter: &Starter,
    config: &Config,
    changes: Vec<String>,
    left_out: Vec<String>,
) -> Filled {
    let mut files = starter.files();
    if let Ok(path) = FilePath::parse(&starter.manifest.config) {
        files.insert(path, print::print(&config.0).into_bytes());
    }
    for (path, text) in pages::retitle(&files, config.text("title")) {
        files.insert(path, text.into_bytes());
    }
    let mut message = format!("Made from the {} starter.", starter.manifest.title);
    for sentence in &changes {
        message.push(' ');
        message.push_str(sentence);
    }
    if left_out.is_empty() {
        message.push_str(" Connect a model to change anything else.");
    } else {
        message.push_str(&format!(
            " Not in this starter: {}. Connect a model to add that and to change anything else.",
            join(&left_out)
        ));
    }
    Filled {
        files,
        title: config.text("title").to_owned(),
        theme: config.text("theme").to_owned(),
        palette: config.text("palette").to_owned(),
        changes,
        left_out,
        message,
    }
}

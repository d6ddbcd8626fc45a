use qv_domain::ProjectType;

use crate::rank::{Match, match_prompt};
use crate::text::{Kind, near, raw, stems, tokens};
use crate::words::NOISE;

const LANDING: &[&str] = &[
    "landing page",
    "website",
    "web site",
    "homepage",
    "home page",
    "marketing page",
    "product page",
    "sales page",
    "site",
    "one pager",
    "coming soon page",
    "waitlist page",
    "launch page",
];
const GAME: &[&str] = &[
    "game",
    "arcade",
    "puzzle",
    "platformer",
    "shooter",
    "breakout",
    "tetris",
    "pong",
    "chess",
    "snake game",
    "tic tac toe",
    "sudoku",
    "minesweeper",
    "solitaire",
    "quiz game",
    "jigsaw",
];
const MOBILE: &[&str] = &[
    "mobile",
    "phone",
    "smartphone",
    "ios",
    "iphone",
    "android",
    "pwa",
    "installable",
    "home screen",
    "offline app",
    "swipe",
];

/// What kind of app a prompt asks for: by its words first, by the starter that it matches otherwise.
#[must_use]
pub fn project_type(prompt: &str) -> ProjectType {
    stated_type(prompt).unwrap_or_else(|| match match_prompt(prompt, None) {
        Match::Chosen { starter, .. } => starter.manifest.kind,
        Match::Unsure { .. } => ProjectType::WebApp,
    })
}

/// The type that a prompt names. What is asked for comes first in a sentence: "a landing page for my game studio".
pub(crate) fn stated_type(prompt: &str) -> Option<ProjectType> {
    let start: String = prompt.chars().take(400).collect();
    let all = tokens(&start);
    let to = all.iter().position(|t| t.is(&["for"])).unwrap_or(all.len());
    let says_what = all[..to].iter().any(|t| t.kind == Kind::Word && !t.is(NOISE));
    let found = stems(&start);
    // "A kanban board for my game studio" is no game.
    let what = if says_what { stems(&raw(&all[..to])) } else { found.clone() };
    let first = |found: &[String], phrases: &[&str]| {
        phrases.iter().filter_map(|phrase| position(found, phrase)).min()
    };
    // "A game for my phone" is a game: mobile says where it runs, the others what it is.
    [(LANDING, ProjectType::LandingPage), (GAME, ProjectType::Game)]
        .into_iter()
        .filter_map(|(phrases, kind)| Some((first(&what, phrases)?, kind)))
        .min_by_key(|(at, _)| *at)
        .map(|(_, kind)| kind)
        .or_else(|| first(&found, MOBILE).map(|_| ProjectType::MobileApp))
}

fn position(found: &[String], phrase: &str) -> Option<usize> {
    let wanted = stems(phrase);
    found
        .windows(wanted.len().max(1))
        .position(|window| window.iter().zip(&wanted).all(|(a, b)| near(a, b)))
}

//! Which starter a prompt chooses. The thresholds of `rank.rs` were set on this table.

use qv_domain::ProjectType;
use qv_starters::{Match, list, match_prompt, project_type};

const UNSURE: &str = "";

/// A prompt, and the starter that it is about.
const TABLE: &[(&str, &str)] = &[
    // By name, and in other words.
    ("a kanban board", "kanban"),
    ("A kanban board called Hopper for my bakery's orders", "kanban"),
    ("trello clone", "kanban"),
    ("todo app with categories, reminders and a calendar view", "kanban"),
    ("simple todo list app", "kanban"),
    ("a to-do app with due dates and priorities", "kanban"),
    ("task manager for my team", "kanban"),
    ("project management tool with columns and drag and drop", "kanban"),
    ("a board to track job applications", "kanban"),
    ("CRM with a sales pipeline", "kanban"),
    ("hiring pipeline in green", "kanban"),
    ("bug tracker", "kanban"),
    ("content calendar for our blog posts", "kanban"),
    ("sprint planning board with story points", "kanban"),
    ("kanbna bord", "kanban"),
    ("Something like Jira but simple", "kanban"),
    ("order tracking for a print shop", "kanban"),
    ("build me a task tracker where I can drag cards between stages", "kanban"),
    ("a pomodoro timer with statistics, dark", "focus-timer"),
    ("pomodoro", "focus-timer"),
    ("pomodorro timer", "focus-timer"),
    ("A study timer called Owl with 50 minute sessions and 10 minute breaks", "focus-timer"),
    ("focus timer for deep work", "focus-timer"),
    ("a countdown timer for concentration with short breaks", "focus-timer"),
    ("tomato timer that logs what I worked on", "focus-timer"),
    ("time tracker with a chart of hours worked per day", "focus-timer"),
    ("something that helps me concentrate while I study", "focus-timer"),
    ("writing sprint timer", "focus-timer"),
    ("habit tracker", "habit-tracker"),
    ("a mobile app to track my daily habits with streaks", "habit-tracker"),
    ("habbit traker for my phone", "habit-tracker"),
    ("app to build good habits and see streaks", "habit-tracker"),
    ("daily routine checklist with reminders and streaks", "habit-tracker"),
    ("a habit for drinking water every day", "habit-tracker"),
    ("recipe book", "recipe-book"),
    ("an app for my grandmother's recipes", "recipe-book"),
    ("cookbook with ingredients and a shopping list", "recipe-book"),
    ("mobile cooking app with step by step instructions", "recipe-book"),
    ("meal planner with recipes", "recipe-book"),
    ("recipie app", "recipe-book"),
    ("a place to collect cake recipes", "recipe-book"),
    ("breakout game", "breakout"),
    ("a brick breaker game with power-ups", "breakout"),
    ("arkanoid clone in neon colours", "breakout"),
    ("retro arcade game with a paddle and a ball", "breakout"),
    ("a game where I break bricks with a ball", "breakout"),
    ("brakeout", "breakout"),
    ("sliding tile puzzle", "sliding-tiles"),
    ("fifteen puzzle game", "sliding-tiles"),
    ("a 15 puzzle with a 5x5 grid", "sliding-tiles"),
    ("sliding puzzle game for kids in green", "sliding-tiles"),
    ("number puzzle where tiles slide", "sliding-tiles"),
    ("landing page for my startup", "product-landing"),
    ("a landing page for Lumen, an analytics tool", "product-landing"),
    ("SaaS landing page with pricing and FAQ", "product-landing"),
    ("marketing site for a developer tool", "product-landing"),
    ("product launch page with a waitlist", "product-landing"),
    ("homepage for an AI startup", "product-landing"),
    ("landing page for my online course", "product-landing"),
    ("landing page for a mobile app", "product-landing"),
    ("a website for my bakery in Oslo called Krume", "business-landing"),
    ("landing page for a local coffee shop", "business-landing"),
    ("website for a hair salon with price list and opening hours", "business-landing"),
    ("a page for our dental practice", "business-landing"),
    ("restaurant website with a menu", "business-landing"),
    ("plumber website", "business-landing"),
    ("website for my yoga studio", "business-landing"),
    ("site for a wedding photographer", "business-landing"),
    ("small business website with contact page", "business-landing"),
    ("a landing page for Anna's flower shop", "business-landing"),
    ("law firm website", "business-landing"),
    ("website for a chess club", "business-landing"),
    ("mood tracker", "habit-tracker"),
    ("simple todo app for android", "kanban"),
    ("a kanban board for my game studio", "kanban"),
    ("pomodoro on my phone", "focus-timer"),
    // Far away: say which are nearest and ask.
    ("tax return calculator for Norwegian fishermen", UNSURE),
    ("a chess game against the computer", UNSURE),
    ("a snake game", UNSURE),
    ("weather app with a seven day forecast", UNSURE),
    ("a markdown editor with live preview", UNSURE),
    ("currency converter", UNSURE),
    ("a chat app with rooms", UNSURE),
    ("music player with playlists", UNSURE),
    ("an online shop with cart and checkout", UNSURE),
    ("BMI calculator", UNSURE),
    ("a drawing app with layers", UNSURE),
    ("flashcards to learn Japanese", UNSURE),
    ("a CSV viewer that makes pivot tables", UNSURE),
    ("expense splitter for flatmates", UNSURE),
    ("QR code generator", UNSURE),
    ("a map of electric car chargers", UNSURE),
    ("password generator", UNSURE),
    ("an invoice generator with VAT", UNSURE),
    ("budget planner with charts of my spending", UNSURE),
    ("multiplayer poker", UNSURE),
    ("a family tree editor", UNSURE),
    ("stock portfolio dashboard", UNSURE),
    ("piano that I can play with the keyboard", UNSURE),
    ("a physics simulation of a double pendulum", UNSURE),
    ("regex tester", UNSURE),
    ("video conferencing", UNSURE),
    ("spreadsheet", UNSURE),
    ("seating plan for a wedding with 120 guests", UNSURE),
    ("an app for tracking books I read", UNSURE),
    ("a board game with cards", UNSURE),
    ("sudoku puzzle", UNSURE),
    ("memory card game", UNSURE),
    ("reading list", UNSURE),
    ("quiz about capitals", UNSURE),
    ("time zone converter", UNSURE),
    ("inventory tracker for a warehouse", UNSURE),
    ("an app", UNSURE),
    ("make something nice", UNSURE),
    ("", UNSURE),
    ("12345 ???", UNSURE),
    ("Bitte eine App für Steuererklärungen", UNSURE),
];

fn chosen(prompt: &str) -> (&'static str, String) {
    let line = |found: &[qv_starters::Scored]| {
        found
            .iter()
            .map(|s| format!("{} {:.2}/{:.2}", s.starter.id(), s.score, s.fit))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match match_prompt(prompt, None) {
        Match::Chosen { starter, score, runner_up } => {
            (starter.id(), format!("{score:.2} before {}", line(runner_up.as_slice())))
        }
        Match::Unsure { closest } => {
            assert!(closest.len() <= 3);
            (UNSURE, line(&closest))
        }
    }
}

#[test]
fn prompts_find_their_starter_or_none() {
    let wrong: Vec<String> = TABLE
        .iter()
        .filter_map(|(prompt, wanted)| {
            let (found, how) = chosen(prompt);
            (found != *wanted)
                .then(|| format!("{prompt:?}: wanted {wanted:?}, found {found:?} ({how})"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), TABLE.len(), wrong.join("\n"));
}

#[test]
fn every_example_finds_its_own_starter() {
    for starter in list() {
        for prompt in &starter.manifest.examples.prompts {
            let (found, how) = chosen(prompt);
            assert_eq!(found, starter.id(), "{prompt}: {how}");
        }
    }
}

#[test]
fn a_chosen_type_is_kept_to() {
    for kind in ProjectType::ALL {
        for prompt in ["a kanban board", "something for my shop", "breakout", ""] {
            let found = match match_prompt(prompt, Some(*kind)) {
                Match::Chosen { starter, runner_up, .. } => {
                    let mut all: Vec<_> = runner_up.into_iter().map(|s| s.starter).collect();
                    all.push(starter);
                    all
                }
                Match::Unsure { closest } => closest.into_iter().map(|s| s.starter).collect(),
            };
            assert!(!found.is_empty());
            assert!(found.iter().all(|starter| starter.manifest.kind == *kind), "{prompt}: {kind}");
        }
    }
}

#[test]
fn types_are_told_from_the_words() {
    let table = [
        ("a kanban board", ProjectType::WebApp),
        ("an installable habit tracker for my phone", ProjectType::MobileApp),
        ("habit tracker", ProjectType::MobileApp),
        ("a chess game", ProjectType::Game),
        ("a game for my phone", ProjectType::Game),
        ("snake game", ProjectType::Game),
        ("a landing page for my game studio", ProjectType::LandingPage),
        ("website for a dentist", ProjectType::LandingPage),
        ("iPhone app for runners", ProjectType::MobileApp),
        ("tax return calculator", ProjectType::WebApp),
        ("", ProjectType::WebApp),
    ];
    for (prompt, kind) in table {
        assert_eq!(project_type(prompt), kind, "{prompt}");
    }
}

#[test]
fn the_same_prompt_gives_the_same_answer() {
    for (prompt, _) in TABLE {
        assert_eq!(chosen(prompt), chosen(prompt));
    }
}

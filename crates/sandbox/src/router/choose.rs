use qv_domain::EngineKind;

use super::{Needs, Shape};

/// Whether an engine can be had now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// Yes.
    Ready,
    /// It is not set up here; in words.
    Off(String),
    /// It has no room now; in words.
    Full(String),
    /// It does not answer, or cannot isolate; in words.
    Down(String),
}

/// One engine, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Whether it can be had.
    pub availability: Availability,
    /// Whether the owner's plan includes it.
    pub in_plan: bool,
    /// What a second costs the instance, in billionths of a US dollar.
    pub nanousd_per_second: u64,
}

/// Every engine, as it stands. The browser is always ready and free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offers {
    /// This host.
    pub local: Offer,
    /// Daytona.
    pub daytona: Offer,
    /// The vendor's container in the browser.
    pub webcontainer: Offer,
}

/// What an engine is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To show the app.
    Preview,
    /// To run commands: installs, builds, tests.
    Work,
}

/// What is to be decided.
#[derive(Debug, Clone, Copy)]
pub struct Route<'a> {
    /// What for.
    pub purpose: Purpose,
    /// What the app needs.
    pub needs: &'a Needs,
    /// What there is.
    pub offers: &'a Offers,
    /// What a person has chosen, if anything.
    pub chosen: Option<EngineKind>,
}

/// Where it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The engine.
    pub engine: EngineKind,
    /// Why that one, as a sentence.
    pub reason: String,
    /// What was passed over, and why.
    pub passed: Vec<Passed>,
    /// What is tried next when it has no room after all, in order.
    pub fallbacks: Vec<EngineKind>,
}

/// An engine that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Which.
    pub engine: EngineKind,
    /// Why not, as a sentence.
    pub why: String,
}

/// Nothing can run it; every engine with its reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nothing here can run this app: {}", passed.iter().map(|one| one.why.as_str()).collect::<Vec<_>>().join(" "))]
pub struct NoEngine {
    /// Why not, for each engine.
    pub passed: Vec<Passed>,
}

/// Decides where an app runs: what a person has chosen where that is possible, else the cheapest engine that can, this
/// host before others at the same price.
///
/// # Errors
/// [`NoEngine`] when none can.
pub fn route(route: Route<'_>) -> Result<Decision, NoEngine> {
    let mut order = vec![EngineKind::Browser, EngineKind::Local, EngineKind::Daytona];
    order.sort_by_key(|engine| price(route.offers, *engine));
    // It needs the vendor's host and a licence, so it is only ever somebody's choice.
    order.push(EngineKind::Webcontainer);
    if let Some(chosen) = route.chosen {
        order.retain(|engine| *engine != chosen);
        order.insert(0, chosen);
    }
    let mut passed = Vec::new();
    let mut able = Vec::new();
    for engine in order {
        match why_not(route, engine) {
            Some(why) => passed.push(Passed { engine, why }),
            None => able.push(engine),
        }
    }
    let mut able = able.into_iter();
    let Some(engine) = able.next() else { return Err(NoEngine { passed }) };
    let mut reason = why(route, engine);
    if let Some(chosen) = route.chosen.filter(|chosen| *chosen != engine)
        && let Some(not) = passed.iter().find(|one| one.engine == chosen)
    {
        reason = format!("{reason} Your choice cannot be had: {}", not.why);
    }
    Ok(Decision { engine, reason, passed, fallbacks: able.collect() })
}

fn offer(offers: &Offers, engine: EngineKind) -> Option<&Offer> {
    match engine {
        EngineKind::Browser => None,
        EngineKind::Local => Some(&offers.local),
        EngineKind::Daytona => Some(&offers.daytona),
        EngineKind::Webcontainer => Some(&offers.webcontainer),
    }
}

fn price(offers: &Offers, engine: EngineKind) -> u64 {
    offer(offers, engine).map_or(0, |offer| offer.nanousd_per_second)
}

/// Why an engine cannot be taken; `None` when it can.
fn why_not(route: Route<'_>, engine: EngineKind) -> Option<String> {
    if let Some(offer) = offer(route.offers, engine) {
        match &offer.availability {
            Availability::Ready => {}
            Availability::Off(why) | Availability::Full(why) | Availability::Down(why) => {
                return Some(why.clone());
            }
        }
        if !offer.in_plan {
            return Some(format!("Your plan does not include {}.", name(engine)));
        }
    }
    match engine {
        EngineKind::Browser if route.purpose == Purpose::Work => {
            Some("A browser cannot run commands.".to_owned())
        }
        EngineKind::Browser if route.needs.shape == Shape::Server => {
            Some("The app has a server of its own, which a browser cannot run.".to_owned())
        }
        EngineKind::Webcontainer if route.chosen != Some(engine) => {
            Some("WebContainer is taken only when you choose it.".to_owned())
        }
        EngineKind::Webcontainer if route.purpose == Purpose::Work => {
            Some("WebContainer runs in your browser, not for the agent.".to_owned())
        }
        EngineKind::Local | EngineKind::Daytona | EngineKind::Webcontainer
            if route.purpose == Purpose::Preview && route.needs.server.is_none() =>
        {
            Some("The app brings nothing that would serve it there.".to_owned())
        }
        EngineKind::Local | EngineKind::Webcontainer => {
            let package = route.needs.native_build.as_ref()?;
            Some(format!("`{package}` is compiled when it is installed, and there is no compiler."))
        }
        EngineKind::Browser | EngineKind::Daytona => None,
    }
}

/// Why an engine is right, as a sentence.
fn why(route: Route<'_>, engine: EngineKind) -> String {
    let whole = match (engine, route.purpose, route.needs.shape) {
        (EngineKind::Browser, _, Shape::Static) => "Runs in your browser: static app.",
        (EngineKind::Browser, ..) => "Runs in your browser: it needs no server of its own.",
        (EngineKind::Webcontainer, ..) => "Runs in your browser by WebContainer, as you chose.",
        (_, Purpose::Work, _) if route.needs.tests => "commands and tests need a machine",
        (_, Purpose::Work, _) => "commands need a machine",
        (_, Purpose::Preview, Shape::Server) => match &route.needs.server {
            Some(server) => return format!("Runs {}: it is {}.", place(engine), a(server)),
            None => "it has a server of its own",
        },
        (_, Purpose::Preview, _) => "as you chose",
    };
    match engine {
        EngineKind::Browser | EngineKind::Webcontainer => whole.to_owned(),
        EngineKind::Local | EngineKind::Daytona => format!("Runs {}: {whole}.", place(engine)),
    }
}

fn a(server: &super::DevServer) -> &'static str {
    match server.framework {
        super::Framework::Vite => "a Vite app with a server",
        super::Framework::Next => "a Next.js app",
        super::Framework::Express => "a web server on Node",
        super::Framework::Node => "a program on Node",
    }
}

const fn place(engine: EngineKind) -> &'static str {
    match engine {
        EngineKind::Browser | EngineKind::Webcontainer => "in your browser",
        EngineKind::Local => "in a sandbox on this server",
        EngineKind::Daytona => "in a sandbox on Daytona",
    }
}

const fn name(engine: EngineKind) -> &'static str {
    match engine {
        EngineKind::Browser => "previews in the browser",
        EngineKind::Local => "sandboxes on this server",
        EngineKind::Daytona => "sandboxes on Daytona",
        EngineKind::Webcontainer => "WebContainer",
    }
}

use proptest::prelude::*;
use qv_domain::{EngineKind, FilePath};

use super::*;

fn paths(names: &[&str]) -> Vec<FilePath> {
    names.iter().map(|name| FilePath::parse(name).unwrap()).collect()
}

fn told(names: &[&str], package_json: &str) -> Needs {
    let manifest = Manifest::read(package_json);
    needs(NeedsInput { paths: &paths(names), manifest: Some(&manifest) })
}

fn ready(price: u64) -> Offer {
    Offer { availability: Availability::Ready, in_plan: true, nanousd_per_second: price }
}

fn offers() -> Offers {
    let off = Availability::Off("WebContainer is off.".to_owned());
    Offers {
        local: ready(0),
        daytona: ready(14_000),
        webcontainer: Offer { availability: off, ..ready(0) },
    }
}

const EXPRESS: &str = r#"{"dependencies":{"express":"5"},"scripts":{"start":"node server.js"}}"#;
const REACT: &str =
    r#"{"dependencies":{"react":"19"},"devDependencies":{"vite":"8"},"scripts":{"dev":"vite"}}"#;

#[test]
fn needs_are_told_from_files() {
    use Framework::*;
    type Row = (&'static [&'static str], &'static str, Shape, Option<(Framework, &'static str)>);
    let table: &[Row] = &[
        (&["index.html", "style.css"], "", Shape::Static, None),
        (&["index.html", "main.js"], "{}", Shape::Static, None),
        (
            &["index.html", "src/App.tsx"],
            REACT,
            Shape::Spa,
            Some((Vite, "npx --no-install vite --port 5173 --strictPort")),
        ),
        (&["server.js"], EXPRESS, Shape::Server, Some((Express, "npm run --silent start"))),
        (
            &["index.js"],
            r#"{"dependencies":{"fastify":"5"},"main":"./index.js"}"#,
            Shape::Server,
            Some((Express, "node index.js")),
        ),
        (
            &["app/page.tsx"],
            r#"{"dependencies":{"next":"16"}}"#,
            Shape::Server,
            Some((Next, "npx --no-install next dev --port 3000")),
        ),
        (
            &["tool.mjs"],
            r#"{"scripts":{"start":"node tool.mjs"}}"#,
            Shape::Server,
            Some((Node, "npm run --silent start")),
        ),
        (&["server.js", "index.html"], "", Shape::Server, Some((Node, "node server.js"))),
        (&["index.js", "index.html"], "", Shape::Static, None),
        (&["src/App.tsx"], "{ not json", Shape::Spa, None),
    ];
    for (names, package_json, shape, server) in table {
        let found = told(names, package_json);
        assert_eq!(found.shape, *shape, "{names:?} {package_json}");
        let got = found.server.map(|server| (server.framework, server.command.join(" ")));
        assert_eq!(got, server.map(|(by, command)| (by, command.to_owned())), "{names:?}");
    }
    assert!(told(&[], r#"{"scripts":{"test":"vitest run"}}"#).tests);
    assert!(
        !told(&[], r#"{"scripts":{"test":"echo \"Error: no test specified\" && exit 1"}}"#).tests
    );
    let native = told(&["server.js"], r#"{"dependencies":{"express":"5","better-sqlite3":"12"}}"#);
    assert_eq!(native.native_build.as_deref(), Some("better-sqlite3"));
}

/// Needs, for what, what there is, what a person asked for, and what is chosen.
type Row<'a> = (&'a Needs, Purpose, Offers, Option<EngineKind>, Option<EngineKind>);

#[test]
fn the_cheapest_engine_that_can_is_taken() {
    use EngineKind::*;
    let (page, server) = (told(&["index.html"], ""), told(&["server.js"], EXPRESS));
    let native = told(&["server.js"], r#"{"dependencies":{"express":"5","sqlite3":"5"}}"#);
    let full =
        Offer { availability: Availability::Full("This server is full.".into()), ..ready(0) };
    let down = Offer { availability: Availability::Down("It is down.".into()), ..ready(14_000) };
    let not_in_plan = |price| Offer { in_plan: false, ..ready(price) };
    let with = |local: Offer, daytona: Offer| Offers { local, daytona, ..offers() };
    let dear_host = with(ready(20_000), ready(14_000));
    let container = Offers { webcontainer: ready(0), ..offers() };
    let table: Vec<Row<'_>> = vec![
        (&page, Purpose::Preview, offers(), None, Some(Browser)),
        (&page, Purpose::Work, offers(), None, Some(Local)),
        (&page, Purpose::Preview, offers(), Some(Local), Some(Local)),
        (&page, Purpose::Preview, offers(), Some(Webcontainer), Some(Browser)),
        (&page, Purpose::Preview, container.clone(), None, Some(Browser)),
        (&page, Purpose::Preview, container.clone(), Some(Webcontainer), Some(Webcontainer)),
        (&server, Purpose::Work, container, Some(Webcontainer), Some(Local)),
        (&server, Purpose::Preview, offers(), None, Some(Local)),
        (&server, Purpose::Preview, offers(), Some(Browser), Some(Local)),
        (&server, Purpose::Preview, with(full.clone(), ready(14_000)), None, Some(Daytona)),
        (&server, Purpose::Preview, with(full.clone(), not_in_plan(14_000)), None, None),
        (&server, Purpose::Preview, with(full, down.clone()), None, None),
        (&server, Purpose::Preview, dear_host, None, Some(Daytona)),
        (&native, Purpose::Preview, offers(), None, Some(Daytona)),
        (&native, Purpose::Preview, with(ready(0), down), None, None),
    ];
    for (row, (needs, purpose, offers, chosen, expected)) in table.into_iter().enumerate() {
        let decided = route(Route { purpose, needs, offers: &offers, chosen });
        let engine = decided.as_ref().ok().map(|decision| decision.engine);
        assert_eq!(engine, expected, "row {row}: {decided:?}");
    }
}

#[test]
fn reasons_are_sentences() {
    let server = told(&["server.js"], EXPRESS);
    let page = told(&["index.html"], "");
    let said = |needs: &Needs, chosen| {
        let route = Route { purpose: Purpose::Preview, needs, offers: &offers(), chosen };
        super::route(route).unwrap().reason
    };
    assert_eq!(said(&page, None), "Runs in your browser: static app.");
    assert_eq!(
        said(&page, Some(EngineKind::Local)),
        "Runs in a sandbox on this server: as you chose."
    );
    assert_eq!(
        said(&server, None),
        "Runs in a sandbox on this server: it is a web server on Node."
    );
    assert_eq!(
        said(&server, Some(EngineKind::Browser)),
        "Runs in a sandbox on this server: it is a web server on Node. Your choice cannot be had: The app has a \
         server of its own, which a browser cannot run."
    );
}

fn any_offer() -> impl Strategy<Value = Offer> {
    let availability = prop_oneof![
        Just(Availability::Ready),
        Just(Availability::Off("Off.".to_owned())),
        Just(Availability::Full("Full.".to_owned())),
        Just(Availability::Down("Down.".to_owned())),
    ];
    (availability, any::<bool>(), 0..3u64).prop_map(|(availability, in_plan, price)| Offer {
        availability,
        in_plan,
        nanousd_per_second: price,
    })
}

proptest! {
    #[test]
    fn what_is_taken_is_ready_in_the_plan_and_able(
        local in any_offer(), daytona in any_offer(), webcontainer in any_offer(),
        express in any::<bool>(), work in any::<bool>(),
        chosen in proptest::option::of(proptest::sample::select(EngineKind::ALL)),
    ) {
        let offers = Offers { local, daytona, webcontainer };
        let needs = told(&["server.js"], if express { EXPRESS } else { REACT });
        let purpose = if work { Purpose::Work } else { Purpose::Preview };
        let decided = route(Route { purpose, needs: &needs, offers: &offers, chosen });
        let taken = decided.as_ref().ok().map(|decision| decision.engine);
        let mut all: Vec<EngineKind> = match &decided {
            Ok(one) => one.passed.iter().map(|p| p.engine).chain(one.fallbacks.clone()).chain(taken).collect(),
            Err(none) => none.passed.iter().map(|p| p.engine).collect(),
        };
        all.sort();
        prop_assert_eq!(all, EngineKind::ALL.to_vec());
        let offer = match taken {
            Some(EngineKind::Local) => Some(&offers.local),
            Some(EngineKind::Daytona) => Some(&offers.daytona),
            Some(EngineKind::Webcontainer) => Some(&offers.webcontainer),
            Some(EngineKind::Browser) | None => None,
        };
        prop_assert!(offer.is_none_or(|offer| offer.in_plan && offer.availability == Availability::Ready));
        prop_assert!(taken != Some(EngineKind::Browser) || needs.shape != Shape::Server && !work);
    }

    #[test]
    fn any_package_json_is_read(text in ".{0,200}") {
        let _ = told(&["index.html"], &text);
    }
}

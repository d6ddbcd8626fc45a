use crate::support::{browser, files, html, page, seen};

#[tokio::test]
async fn a_page_that_works_is_seen() {
    let Some(browser) = browser() else { return };
    let first = std::time::Instant::now();
    let sighting = seen(&browser, page("<h1>Hello</h1>")).await;
    let first = first.elapsed();
    assert!(sighting.painted && sighting.trouble.is_none(), "{sighting:?}");
    assert_eq!(sighting.title, "A page");
    assert!(sighting.exceptions.is_empty() && sighting.failed_requests.is_empty(), "{sighting:?}");
    let picture = sighting.screenshot.unwrap();
    assert_eq!(picture[..3], [0xff, 0xd8, 0xff]);
    let warm = std::time::Instant::now();
    seen(&browser, page("<h1>Hello</h1>")).await;
    eprintln!("first visit {first:?}, second {:?}", warm.elapsed());
}

#[tokio::test]
async fn what_is_thrown_is_told_with_its_place() {
    let Some(browser) = browser() else { return };
    let script = "const a = 1;\nconst lost = null;\nfunction f() {\n  lost.x();\n}\nf();";
    let body = "<p>x</p><script src=\"/app.js\"></script><script>Promise.reject(new Error('no'))</script>\
                <script>console.error('a %s c', 'b'); console.log('quiet')</script><img src=\"/lost.png\" alt=\"\">";
    let visit =
        files([("/", "text/html", html(body)), ("/app.js", "text/javascript", script.to_owned())]);
    let sighting = seen(&browser, visit).await;
    let [thrown, rejected] = &sighting.exceptions[..] else { panic!("{sighting:?}") };
    assert!(thrown.message.starts_with("TypeError: Cannot read properties of null"), "{thrown:?}");
    assert!(!thrown.is_rejection && thrown.places[0].url.ends_with("/app.js"), "{thrown:?}");
    assert_eq!((thrown.places[0].line, thrown.places[0].column), (4, 8));
    assert!(rejected.is_rejection && rejected.message == "Error: no", "{rejected:?}");
    assert_eq!(sighting.console.len(), 1);
    assert_eq!(sighting.console[0].message, "a b c");
    let [failed] = &sighting.failed_requests[..] else { panic!("{sighting:?}") };
    assert_eq!((failed.status, failed.foreign, failed.kind.as_str()), (Some(404), false, "Image"));
}

#[tokio::test]
async fn a_blank_page_is_told_and_a_late_one_waited_for() {
    let Some(browser) = browser() else { return };
    assert!(!seen(&browser, page("<div id=\"root\"></div>")).await.painted);
    let late = "<div id=\"root\"></div><script>setTimeout(() => { root.textContent = 'There' }, 900)</script>";
    assert!(seen(&browser, page(late)).await.painted);
}

#[tokio::test]
async fn the_same_page_looks_the_same_everywhere() {
    let Some(browser) = browser() else { return };
    let body = "<p id=\"p\"></p><script>p.textContent = [new Date(0).toString(), navigator.language, \
                matchMedia('(prefers-reduced-motion: reduce)').matches, matchMedia('(prefers-color-scheme: dark)').matches, \
                innerWidth, innerHeight, isSecureContext].join('|'); document.title = p.textContent</script>";
    let sighting = seen(&browser, page(body)).await;
    assert_eq!(
        sighting.title,
        "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)|en-US|true|false|1280|800|true"
    );
}

#[tokio::test]
async fn what_hinders_people_is_found() {
    let Some(browser) = browser() else { return };
    let axe =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../starters/node_modules/axe-core/axe.min.js");
    let Ok(axe) = std::fs::read_to_string(axe) else {
        eprintln!("skipped: the starters' packages are not installed");
        return;
    };
    let mut visit = page("<main><button></button><label>Name <input></label><p>Well</p></main>");
    visit.axe = Some(axe.into());
    let sighting = seen(&browser, visit).await;
    let [found] = &sighting.axe[..] else { panic!("{sighting:?}") };
    assert_eq!((found.id.as_str(), found.impact.as_str()), ("button-name", "critical"));
    assert_eq!(found.html, "<button></button>");
}

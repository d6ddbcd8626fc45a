use std::time::Duration;

use qv_browser::Visit;

use crate::support::{browser, checked, page, seen};

const LIST: &str = r#"<h1>Tasks</h1>
<form id="f"><label for="n">New task</label><input id="n"><button>Add</button></form>
<label>Priority <select id="s"><option>Low</option><option>High</option></select></label>
<label><input type="checkbox" id="c" style="opacity:0;position:absolute"> Done only</label>
<div role="button" tabindex="0" onclick="list.textContent = ''" aria-label="Clear all">x</div>
<button disabled>Later</button><a href="/about">About</a>
<div style="position:relative"><button id="under">Under</button><div style="position:absolute;inset:0;background:#fff">Veil</div></div>
<ul id="list"></ul><p id="said"></p><input aria-label="Search" id="q">
<script>
f.onsubmit = (event) => { event.preventDefault(); list.innerHTML += `<li>${n.value} (${s.value})</li>`; n.value = ''; };
c.onchange = () => { said.textContent = `box ${c.checked}`; };
s.onchange = () => { said.textContent = `priority ${s.value}`; };
q.onkeydown = (event) => { said.textContent = `key ${event.key} ${event.isTrusted}`; };
if (location.pathname === '/about') document.body.innerHTML = '<h1>About us</h1>';
</script>"#;

#[tokio::test]
async fn steps_do_what_a_person_does() {
    let Some(browser) = browser() else { return };
    let steps = "open \"/\"\nfill \"New task\" with \"Buy milk\"\nchoose \"High\" in \"Priority\"\nsee \"priority High\"\npress \"Add\"\n\
                 see \"Buy milk (High)\"\npress \"Done only\"\nsee \"box true\"\npress \"Clear all\"\ndon't see \"Buy milk\"\npress \"About\"\nsee \"About us\"";
    let keys = "fill \"New task\" with \"By key\"\nkey \"Enter\"\nsee \"By key (Low)\"\nfill \"Search\" with \"a\"\nkey \"Escape\"\nsee \"key Escape true\"";
    let sighting = seen(&browser, checked(checked(page(LIST), steps), keys)).await;
    for outcome in &sighting.smoke {
        assert_eq!(outcome.failure, None);
        assert!(outcome.duration < Duration::from_secs(3), "{outcome:?}");
        eprintln!("a check of many steps took {:?}", outcome.duration);
    }
}

#[tokio::test]
async fn a_failure_says_what_was_there_instead() {
    let Some(browser) = browser() else { return };
    for (steps, says) in [
        (
            "press \"Remove\"",
            "step 2 (press \"Remove\"): nothing to press is named \"Remove\"; buttons and links: \"Add\"",
        ),
        ("press \"Later\"", "\"Later\" is disabled"),
        ("press \"Under\"", "\"Under\" is covered by \"Veil\""),
        (
            "fill \"Old task\" with \"x\"",
            "no field is named \"Old task\"; fields: \"New task\", \"Search\"",
        ),
        (
            "choose \"Middle\" in \"Priority\"",
            "the list \"Priority\" has no \"Middle\"; options: \"Low\", \"High\"",
        ),
        (
            "see \"Nothing here\"",
            "the page does not show \"Nothing here\"; it shows: Tasks New task",
        ),
        ("don't see \"Tasks\"", "the page still shows \"Tasks\""),
        ("key \"F99\"", "there is no key \"F99\""),
    ] {
        let sighting = seen(&browser, checked(page(LIST), &format!("open \"/\"\n{steps}"))).await;
        let failure = sighting.smoke[0].failure.as_deref().unwrap_or_default();
        assert!(failure.contains(says), "{steps}: {failure}");
    }
}

#[tokio::test]
async fn what_is_late_is_not_broken() {
    let Some(browser) = browser() else { return };
    let body = "<p id=\"p\">Loading</p><script>setTimeout(() => { p.textContent = 'Here'; }, 1600);</script>";
    let visit = checked(page(body), "open \"/\"\nsee \"Here\"");
    let sighting = seen(&browser, visit).await;
    assert_eq!(sighting.smoke[0].failure, None);
    let never =
        checked(checked(page(body), "open \"/\"\nsee \"Gone\""), "open \"/\"\nsee \"Here\"");
    let outcomes = seen(&browser, never).await.smoke;
    // One that is broken takes nothing from the others.
    let holds: Vec<bool> = outcomes.iter().map(|outcome| outcome.failure.is_none()).collect();
    assert_eq!(holds, [false, true], "{outcomes:?}");
    let once = Visit { tries_again: false, ..checked(page(body), "open \"/\"\nsee \"Here\"") };
    assert!(seen(&browser, once).await.smoke[0].failure.is_some());
}

#[tokio::test]
async fn what_is_thrown_by_a_press_is_told() {
    let Some(browser) = browser() else { return };
    let body = "<button onclick=\"null.x\">Go</button><button onclick=\"setTimeout(() => b.textContent = 'Gone', 400)\" id=\"b\">Wait</button>";
    let visit = checked(page(body), "open \"/\"\npress \"Go\"\npress \"Wait\"\nsee \"Gone\"");
    let sighting = seen(&browser, visit).await;
    assert!(sighting.exceptions.is_empty(), "{sighting:?}");
    assert_eq!(sighting.smoke[0].failure, None);
    assert!(sighting.smoke[0].exceptions[0].message.starts_with("TypeError"), "{sighting:?}");
}

//! Apps are looked at in a real Chromium: skipped, with a word, where there is none.

use std::time::Instant;

use qv_engine::{BrowserConfig, BrowserProgram};
use qv_store::Backend;
use qv_store::testing::TestDb;
use qv_testkit::TestApp;
use qv_testkit::app::{Client, Setup};
use serde_json::{Value, json};

use crate::usual;

#[expect(clippy::print_stderr, reason = "says why tests are skipped")]
async fn looked_at() -> Option<(TestApp, Client)> {
    let program = std::env::var_os("QUICKVIBE_CHROMIUM")
        .filter(|path| path != "off")
        .map_or(BrowserProgram::Found, |path| BrowserProgram::At(path.into()));
    if let Err(why) = program.find() {
        eprintln!("skipped: {why}");
        return None;
    }
    let mut setup: Setup = usual();
    setup.engine.browser = BrowserConfig { program, ..BrowserConfig::default() };
    let app = TestApp::on(TestDb::new(Backend::Sqlite).await, setup).await;
    let owner = app.owner().await;
    Some((app, owner))
}

/// A project made from a prompt, once its turn is done.
async fn built(owner: &Client, prompt: &str) -> String {
    let built = owner.build(prompt).await;
    owner.events(&built.generation).await.until("done").await;
    built.project
}

async fn run(owner: &Client, project: &str) -> Value {
    owner.post(&format!("/api/projects/{project}/checks/run"), json!({})).await.expect(200).json()
}

/// Severity, file and message of each finding.
fn told(run: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let found = run["diagnostics"].as_array().unwrap().iter();
    found
        .map(|one| {
            let place = format!("{}:{}", text(&one["path"]), one["line"]);
            (text(&one["severity"]), place, text(&one["message"]))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_starter_opens_and_paints() {
    let Some((_app, owner)) = looked_at().await else { return };
    for prompt in [
        "a pomodoro timer",
        "a kanban board",
        "a recipe book",
        "a habit tracker",
        "a breakout game",
        "a sliding tiles puzzle",
        "a landing page for a bakery",
        "a landing page for a software product",
    ] {
        let project = built(&owner, prompt).await;
        let begun = Instant::now();
        let run = run(&owner, &project).await;
        eprintln!("{prompt}: looked at in {:?}: {:?}", begun.elapsed(), told(&run));
        assert!(told(&run).iter().all(|(severity, ..)| severity != "error"), "{prompt}: {run}");
        let smoke = run["smoke"].as_array().unwrap();
        assert!(
            !smoke.is_empty() && smoke.iter().all(|check| check["ok"] == true),
            "{prompt}: {run}"
        );
        let picture = owner.get(run["screenshot"].as_str().unwrap()).await.expect(200);
        assert_eq!(picture.header("content-type"), "image/jpeg");
        assert_eq!(picture.header("x-content-type-options"), "nosniff");
        assert!(picture.header("cache-control").starts_with("private"), "{picture:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_an_app_is_found_where_it_is_written() {
    let Some((_app, owner)) = looked_at().await else { return };
    let project = built(&owner, "a pomodoro timer").await;
    let with = async |code: &str| {
        owner.save(&project, "src/App.tsx", code).await.expect(200);
        run(&owner, &project).await
    };
    let thrown = with("type Task = { name: string };\nconst lost: Task | null = JSON.parse('null');\n\nexport function App() {\n  return <h1>{lost!.name}</h1>;\n}\n").await;
    let errors: Vec<_> =
        told(&thrown).into_iter().filter(|(severity, ..)| severity == "error").collect();
    assert_eq!(errors[0].1, "src/App.tsx:5", "{errors:?}");
    assert!(errors[0].2.contains("Cannot read properties of null"), "{errors:?}");

    let blank = with("export function App() {\n  return null;\n}\n").await;
    assert!(
        told(&blank)
            .iter()
            .any(|(severity, _, text)| severity == "error" && text.contains("blank")),
        "{blank}"
    );
    assert_eq!(blank["screenshot"], Value::Null);

    let endless = with("export function App() {\n  for (;;) {}\n  return <h1>x</h1>;\n}\n").await;
    assert!(
        told(&endless)
            .iter()
            .any(|(severity, _, text)| severity == "error" && text.contains("does not end")),
        "{endless}"
    );

    let hindered =
        with("export function App() {\n  return <main><h1>Hi</h1><button /></main>;\n}\n").await;
    let told_of = told(&hindered);
    assert!(told_of.iter().all(|(severity, ..)| severity == "warning"), "{hindered}");
    assert!(told_of.iter().any(|(.., text)| text.contains("button-name")), "{hindered}");

    let alone = with("import { useEffect, useState } from 'react';\n\nexport function App() {\n  const [text, setText] = useState('Loading');\n  useEffect(() => {\n    fetch('https://api.example.com/x').then((answer) => answer.text()).then(setText);\n  }, []);\n  return <h1>{text}</h1>;\n}\n").await;
    assert!(told(&alone).iter().all(|(severity, ..)| severity == "warning"), "{alone}");
    assert!(told(&alone).iter().any(|(.., text)| text.contains("api.example.com")), "{alone}");
}

const COUNTER: &str = "import { useState } from 'react';\n\nexport function App() {\n  const [count, setCount] = useState(0);\n  const add = () => setCount(count + 1);\n  return <main><h1>Count {count}</h1><button onClick={add}>Add</button></main>;\n}\n";
const CHECK: &str = "# Count up\nopen \"/\"\nsee \"Count 0\"\npress \"Add\"\nsee \"Count 1\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_smoke_check_guards_what_worked_until_the_change_was_meant() {
    let Some((_app, owner)) = looked_at().await else { return };
    let project = built(&owner, "a pomodoro timer").await;
    let checks = format!("/api/projects/{project}/checks");
    // The starter's own, which are of another app.
    let listed = owner.get(&checks).await.expect(200).json();
    for check in listed["items"].as_array().unwrap() {
        let file = format!("/api/projects/{project}/files/{}", check["path"].as_str().unwrap());
        owner.delete(&file).await.expect(200);
    }
    owner.save(&project, "src/App.tsx", COUNTER).await.expect(200);
    owner.save(&project, "checks/count-up.check", CHECK).await.expect(200);
    owner.save(&project, "checks/broken.check", "# Broken\nclick \"x\"\n").await.expect(200);
    let first = run(&owner, &project).await;
    let [smoke] = &first["smoke"].as_array().unwrap()[..] else { panic!("{first}") };
    assert_eq!((&smoke["ok"], &smoke["ok_before"]), (&json!(true), &Value::Null), "{first}");
    assert_eq!(told(&first).len(), 1, "{first}");
    assert_eq!(told(&first)[0].1, "checks/broken.check:2");

    // It throws, and only when it is pressed.
    let broken = COUNTER.replace("setCount(count + 1)", "setCount(JSON.parse('null').n)");
    owner.save(&project, "src/App.tsx", &broken).await.expect(200);
    let second = run(&owner, &project).await;
    let smoke = &second["smoke"][0];
    assert_eq!((&smoke["ok"], &smoke["ok_before"]), (&json!(false), &json!(true)), "{second}");
    let message = smoke["message"].as_str().unwrap();
    assert!(
        message.contains("step 4 (see \"Count 1\")") && message.contains("(src/App.tsx:5)"),
        "{message}"
    );
    assert!(
        told(&second)
            .iter()
            .any(|(severity, place, _)| severity == "error" && place == "checks/count-up.check:0"),
        "{second}"
    );

    let listed = owner.get(&checks).await.expect(200).json();
    assert_eq!(listed["browser"], Value::Null);
    assert_eq!(
        listed["items"][0]["fault"],
        "line 2: begin with open, press, fill, choose, key, see or don't see"
    );
    assert_eq!(listed["items"][1]["steps"][2], "press \"Add\"");
    assert_eq!(listed["items"][1]["last"]["ok"], false);

    let meant = format!("{checks}/meant");
    owner.post(&meant, json!({ "path": "src/App.tsx" })).await.expect_problem(400, "invalid");
    owner.post(&meant, json!({ "path": "checks/count-up.check" })).await.expect(204);
    let versions = owner.get(&format!("/api/projects/{project}/versions")).await.expect(200).json();
    assert_eq!(
        versions["items"][0]["title"],
        "Remove the check \"Count up\": the change was meant"
    );
    assert_eq!(owner.get(&checks).await.expect(200).json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn without_a_browser_apps_are_compiled_and_the_remedy_is_told() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let project = built(&owner, "a pomodoro timer").await;
    let listed = owner.get(&format!("/api/projects/{project}/checks")).await.expect(200).json();
    assert!(listed["browser"].as_str().unwrap().contains("turned off"), "{listed}");
    owner.save(&project, "src/App.tsx", "export function App( {").await.expect(200);
    let run = run(&owner, &project).await;
    assert!(told(&run).iter().any(|(severity, ..)| severity == "error"), "{run}");
    assert_eq!((&run["smoke"], &run["screenshot"]), (&json!([]), &Value::Null));
    let lost = format!("/api/projects/{project}/screenshots/{}", "0".repeat(64));
    owner.get(&lost).await.expect_problem(404, "not_found");
}

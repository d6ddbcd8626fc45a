//! The binary, as a person or a script runs it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail as tests do")]

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use qv_testkit::model_server::{ModelServer, Reply, Script};
use serde_json::{Value, json};
use tempfile::TempDir;

const KEY: &str = "sk-canary-77aa19c3e5d8b024";

/// The binary in a folder of its own, seeing nothing of this machine's settings and keys.
fn quickvibe(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("quickvibe").unwrap();
    command.env_clear().current_dir(folder).env("QUICKVIBE_OFFLINE", "true").env("HOME", folder);
    command
}

async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Standard output as JSON lines.
fn lines(output: &Output) -> Vec<Value> {
    let text = stdout(output);
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(!lines.is_empty(), "nothing was printed: {}", stderr(output));
    lines
}

fn build(folder: &Path, prompt: &str) -> Command {
    let mut command = quickvibe(folder);
    command.args(["build", prompt, "--out", "app", "--json"]);
    command
}

/// A model server, and the settings by which the binary asks it.
async fn model(folder: &Path, replies: Vec<Reply>) -> (ModelServer, Command) {
    let models = ModelServer::serve(Script {
        models: vec!["claude-sonnet-4-5".to_owned()],
        key: Some(KEY.to_owned()),
        ..Script::default()
    });
    let models = models.await.unwrap();
    models.script(replies);
    let mut command = build(folder, "zzyzx quux");
    command
        .env("QUICKVIBE_CUSTOM_BASE_URL", models.base_url())
        .env("QUICKVIBE_CUSTOM_API_KEY", KEY)
        .env("QUICKVIBE_LOG", "trace");
    (models, command)
}

fn page(words: &str) -> Reply {
    Reply::text(format!(
        "I write it.\n\n<file path=\"src/App.tsx\">\nexport function App() {{\n  return <h1>{words}</h1>;\n}}\n</file>\n"
    ))
}

#[tokio::test]
async fn a_prompt_becomes_a_folder() {
    let folder = TempDir::new().unwrap();
    // A server's database is none of its business.
    let mut command = build(folder.path(), "a pomodoro timer with statistics, dark");
    command.env("QUICKVIBE_DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
    let output = run(command).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let lines = lines(&output);
    let last = lines.last().unwrap();
    assert_eq!((&last["type"], &last["verified"]), (&json!("done"), &json!(true)), "{last}");
    assert_eq!(lines.iter().filter(|line| line["type"] == "done").count(), 1);
    assert_eq!(lines[0]["type"], "generation_started");
    assert!(folder.path().join("app/index.html").is_file());
    assert!(folder.path().join("app/package.json").is_file());

    let again = run(build(folder.path(), "a kanban board")).await;
    assert_eq!(again.status.code(), Some(1));
    let last = self::lines(&again).pop().unwrap();
    assert_eq!((&last["type"], &last["code"]), (&json!("failed"), &json!("invalid")), "{last}");
    assert!(last["message"].as_str().unwrap().contains("--force"), "{last}");
}

#[tokio::test]
async fn a_model_builds_and_its_key_stays_out_of_everything() {
    let folder = TempDir::new().unwrap();
    let (models, command) = model(folder.path(), vec![page("héllo")]).await;
    let output = run(command).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(lines(&output).pop().unwrap()["type"], "done");
    let written = std::fs::read_to_string(folder.path().join("app/src/App.tsx")).unwrap();
    assert!(written.contains("héllo"), "{written}");
    let log = stderr(&output);
    assert!(log.contains("TRACE"), "the log tells everything that it can");
    assert!(!log.contains(KEY) && !stdout(&output).contains(KEY));
    models.finish().await;
}

#[tokio::test]
async fn an_app_that_cannot_be_verified_is_written_and_said_to_be_so() {
    let folder = TempDir::new().unwrap();
    let broken = || Reply::text("<file path=\"src/App.tsx\">\nexport function App( {\n</file>\n");
    let (models, command) = model(folder.path(), vec![broken(), broken()]).await;
    let output = run(command).await;
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    let last = lines(&output).pop().unwrap();
    assert_eq!((&last["type"], &last["verified"]), (&json!("done"), &json!(false)), "{last}");
    assert!(folder.path().join("app/src/App.tsx").is_file());
    models.finish().await;
}

#[tokio::test]
async fn what_fails_says_so_in_the_last_line() {
    let folder = TempDir::new().unwrap();
    let (models, command) = model(folder.path(), vec![Reply::error(401, "{}")]).await;
    let output = run(command).await;
    assert_eq!(output.status.code(), Some(1));
    let last = lines(&output).pop().unwrap();
    assert_eq!((&last["type"], &last["code"]), (&json!("failed"), &json!("provider_auth")));
    assert!(!folder.path().join("app").exists(), "nothing is written for a failure");
    models.finish().await;

    for (command, code) in [
        (build(folder.path(), "zzyzx quux"), "needs_model"),
        (build(folder.path(), " "), "invalid"),
        (
            {
                let mut command = build(folder.path(), "a pomodoro timer");
                command.args(["--model", "nobody/nothing"]);
                command
            },
            "invalid",
        ),
    ] {
        let output = run(command).await;
        assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
        let last = lines(&output).pop().unwrap();
        assert_eq!((&last["type"], &last["code"]), (&json!("failed"), &json!(code)), "{last}");
    }
}

#[tokio::test]
async fn wrong_settings_are_named_with_their_remedy() {
    let folder = TempDir::new().unwrap();
    for (name, value, named) in [
        ("QUICKVIBE_PORT", "many", "QUICKVIBE_PORT"),
        ("QUICKVIBE_TURNS_AT_ONCE", "0", "set at least 1"),
        ("QUICKVIBE_LOG", "=x=", "QUICKVIBE_LOG"),
        ("QUICKVIBE_PUBLIC_URL", "https://build.example.org/path", "QUICKVIBE_PUBLIC_URL"),
        ("QUICKVIBE_MODEL_ADDRESSES", "everywhere", "QUICKVIBE_MODEL_ADDRESSES"),
        ("QUICKVIBE_DATABASE_URL", "mysql://ada:secret@x/y", "mysql"),
    ] {
        let mut command = quickvibe(folder.path());
        command.args(["serve", "--data", "data"]).env("QUICKVIBE_PORT", "0").env(name, value);
        let output = run(command).await;
        assert_eq!(output.status.code(), Some(1), "{name}: {}", stdout(&output));
        let text = stderr(&output);
        assert!(text.contains(named), "{name}: {text}");
        assert!(!text.contains("secret"), "{text}");
    }
}

#[tokio::test]
async fn doctor_says_what_is_well_and_what_is_not() {
    let folder = TempDir::new().unwrap();
    let mut command = quickvibe(folder.path());
    command.args(["doctor", "--data", "data"]).env("QUICKVIBE_PORT", "0");
    let output = run(command).await;
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for words in ["Configuration is valid", "SQLite opens", "starters are built in", "npm packages"]
    {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    let mut command = quickvibe(folder.path());
    command.args(["doctor", "--data", "data"]).env("QUICKVIBE_PORT", "0");
    command.env("QUICKVIBE_DATABASE_URL", "mysql://x");
    let output = run(command).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("BAD"), "{}", stdout(&output));
}

fn admin(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = quickvibe(folder);
    command.args(["admin", "dead-letters", "--data", "data"]).args(arguments);
    command
}

#[tokio::test]
async fn failed_turns_are_listed_tried_again_and_left() {
    let folder = TempDir::new().unwrap();
    let nothing = run(admin(folder.path(), &[])).await;
    assert_eq!(nothing.status.code(), Some(1), "there is no data folder yet");
    assert!(stderr(&nothing).contains("--data"), "{}", stderr(&nothing));
    assert!(!folder.path().join("data").exists(), "and none is made");

    let refuse = || Reply::error(401, "{}");
    let (models, mut command) = model(folder.path(), vec![refuse(), refuse()]).await;
    command.args(["--data", "data"]);
    assert_eq!(run(command).await.status.code(), Some(1));
    let mut command = build(folder.path(), "a second one, with password=hunter2");
    command
        .args(["--data", "data"])
        .env("QUICKVIBE_CUSTOM_BASE_URL", models.base_url())
        .env("QUICKVIBE_CUSTOM_API_KEY", KEY);
    assert_eq!(run(command).await.status.code(), Some(1));
    models.finish().await;

    let listed = run(admin(folder.path(), &["list", "--json"])).await;
    assert_eq!(listed.status.code(), Some(0), "{}", stderr(&listed));
    let letters = lines(&listed);
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0]["payload"]["prompt"], "a second one, with password=[secret]");
    let told: Vec<_> = letters.iter().map(|l| (&l["code"], &l["state"], &l["attempts"])).collect();
    assert_eq!(told, [(&json!("provider_auth"), &json!("open"), &json!(1)); 2]);
    let id = |number: usize| letters[number]["id"].as_str().unwrap();

    let left = run(admin(folder.path(), &["discard", id(0)])).await;
    assert_eq!(left.status.code(), Some(0), "{}", stderr(&left));
    let again = run(admin(folder.path(), &["retry", id(1), "--json"])).await;
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
    assert_eq!(lines(&again)[0]["state"], "retried");
    for (arguments, words) in [
        (["retry", id(1)], "already"),
        (["discard", id(1)], "already"),
        (["retry", "01900000-0000-7000-8000-000000000000"], "no such failed turn"),
        (["retry", "nonsense"], "nonsense"),
    ] {
        let refused = run(admin(folder.path(), &arguments)).await;
        assert_ne!(refused.status.code(), Some(0), "{arguments:?}");
        assert!(stderr(&refused).contains(words), "{arguments:?}: {}", stderr(&refused));
    }
    let text = stdout(&run(admin(folder.path(), &[])).await);
    assert!(text.contains("No turn has failed"), "{text}");
    let text = stdout(&run(admin(folder.path(), &["list", "--all"])).await);
    assert!(text.contains("retried") && text.contains("discarded"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn usage_is_added_up_and_prices_are_set() {
    let folder = TempDir::new().unwrap();
    let admin = |arguments: &[&str]| {
        let mut command = quickvibe(folder.path());
        command.arg("admin").args(arguments).args(["--data", "data"]);
        run(command)
    };
    let (models, mut command) = model(folder.path(), vec![page("one"), page("two")]).await;
    command.args(["--data", "data"]);
    assert_eq!(run(command).await.status.code(), Some(0));
    let report = lines(&admin(&["usage", "--json"]).await).remove(0);
    assert_eq!(report["total"]["steps"], 1, "{report}");
    let listed = report["total"]["cost_nanousd"].as_u64().unwrap();
    assert!(listed > 0, "{report}");

    for (arguments, words) in [
        (
            &["price", "set", "custom/claude-sonnet-4-5", "--input", "many", "--output", "1"][..],
            "0.25",
        ),
        (&["price", "set", "claude-sonnet-4-5", "--input", "1", "--output", "1"], "provider/name"),
        (&["price", "set", "nobody/x", "--input", "1", "--output", "1"], "no such provider"),
        (&["price", "set", "custom/x", "--input", "1", "--output", "10001"], "output_microusd"),
        (&["price", "remove", "custom/claude-sonnet-4-5"], "no such price"),
        (&["usage", "--days", "400"], "366"),
    ] {
        let refused = admin(arguments).await;
        assert_ne!(refused.status.code(), Some(0), "{arguments:?}");
        assert!(stderr(&refused).contains(words), "{arguments:?}: {}", stderr(&refused));
    }
    let set = ["price", "set", "custom/claude-sonnet-4-5", "--input", "2000", "--output", "0.5"];
    let set = admin(&set).await;
    assert_eq!(set.status.code(), Some(0), "{}", stderr(&set));
    let text = stdout(&set);
    assert!(
        text.contains("custom/claude-sonnet-4-5  $2000 in, $0.5 out, $2000 from cache"),
        "{text}"
    );
    assert!(text.contains("All other prices as of 20"), "{text}");

    // The next turn costs what was set.
    let mut command = build(folder.path(), "zzyzx quux");
    command
        .args(["--data", "data", "--force"])
        .env("QUICKVIBE_TEAM_TURN_USD", "1000")
        .env("QUICKVIBE_CUSTOM_BASE_URL", models.base_url())
        .env("QUICKVIBE_CUSTOM_API_KEY", KEY);
    let output = run(command).await;
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    models.finish().await;
    let report = lines(&admin(&["usage", "--days", "1", "--json"]).await).remove(0);
    let total = &report["total"];
    assert_eq!(total["steps"], 2);
    assert!(total["cost_nanousd"].as_u64().unwrap() > 10 * listed, "{report}");

    let text = stdout(&admin(&["usage", "--by", "model"]).await);
    assert!(text.contains("custom/claude-sonnet-4-5"), "{text}");
    assert!(text.contains("Sending every file and answering whole files: $"), "{text}");
    for (by, name) in
        [("user", "Owner"), ("key", "environment"), ("project", "zzyzx"), ("day", "20")]
    {
        let text = stdout(&admin(&["usage", "--by", by, "--csv"]).await);
        assert!(text.starts_with(&format!("{by},steps,input_tokens")), "{text}");
        assert!(text.to_lowercase().contains(&name.to_lowercase()), "{by}: {text}");
    }
    let removed = admin(&["price", "remove", "custom/claude-sonnet-4-5"]).await;
    assert!(stdout(&removed).starts_with("All prices as of"), "{}", stdout(&removed));
}

#[tokio::test]
async fn breached_passwords_are_taken_in_without_a_server() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(folder.path().join("list.txt"), "a plain one\nanother\nanother\n").unwrap();
    let import = |file: &str| {
        let mut command = quickvibe(folder.path());
        command.args(["admin", "import-breached", file, "--data", "data"]);
        run(command)
    };
    let output = import("list.txt").await;
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout(&output), "2 passwords are refused from now on.\n");
    let output = import("nowhere.txt").await;
    assert!(!output.status.success());
    assert!(stderr(&output).contains("cannot read nowhere.txt"), "{}", stderr(&output));
}

/// Gives the owner an address, so that they can be named.
async fn name_owner(folder: &Path) {
    let file = format!("sqlite:{}", folder.join("data/quickvibe.db").display());
    let db = qv_store::Db::open(&file, folder).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let owner = tx.first_admin().await.unwrap().unwrap();
    let email = Some(qv_domain::Email::parse("ada@example.org").unwrap());
    assert!(tx.update_user(&qv_store::User { email, ..owner }).await.unwrap());
    tx.commit().await.unwrap();
    db.close().await;
}

#[tokio::test]
async fn users_are_listed_and_the_last_administrator_stays() {
    let folder = TempDir::new().unwrap();
    let mut command = build(folder.path(), "a pomodoro timer");
    command.args(["--data", "data"]);
    assert_eq!(run(command).await.status.code(), Some(0));
    name_owner(folder.path()).await;
    let user = |arguments: &[&str]| {
        let mut command = quickvibe(folder.path());
        command.args(["admin", "user", "--data", "data"]).args(arguments);
        run(command)
    };
    let listed = lines(&user(&["list", "ada@", "--json"]).await).remove(0);
    assert_eq!((&listed["email"], &listed["is_admin"]), (&json!("ada@example.org"), &json!(true)));
    let text = stdout(&user(&["list"]).await);
    assert!(text.contains("ada@example.org  Owner  plan team, administrator"), "{text}");
    assert_eq!(stdout(&user(&["list", "nobody"]).await), "");
    let id = listed["id"].as_str().unwrap();
    for (arguments, words) in [
        (["suspend", "ada@example.org"], "Nobody else could administer"),
        (["remove-admin", id], "Nobody else could administer"),
        (["suspend", "bob@example.org"], "nobody signs in with bob@example.org"),
        (["suspend", "01900000-0000-7000-8000-000000000000"], "no such user"),
    ] {
        let refused = user(&arguments).await;
        assert_ne!(refused.status.code(), Some(0), "{arguments:?}");
        assert!(stderr(&refused).contains(words), "{arguments:?}: {}", stderr(&refused));
    }
    let text = stdout(&user(&["reinstate", "ada@example.org"]).await);
    assert!(text.contains("administrator"), "{text}");
}

// asvs: 33
#[tokio::test]
async fn links_are_printed_for_whoever_runs_the_server() {
    let folder = TempDir::new().unwrap();
    let mut command = build(folder.path(), "a pomodoro timer");
    command.args(["--data", "data"]);
    assert_eq!(run(command).await.status.code(), Some(0));
    let admin = |arguments: &[&str], host: &str| {
        let mut command = quickvibe(folder.path());
        command.arg("admin").args(arguments).args(["--data", "data"]).env("QUICKVIBE_HOST", host);
        run(command)
    };
    let nobody = admin(&["reset-link", "ada@example.org"], "127.0.0.1").await;
    assert!(stderr(&nobody).contains("nobody signs in with"), "{}", stderr(&nobody));
    name_owner(folder.path()).await;
    for (arguments, start) in [
        (&["reset-link", "Ada@example.org"][..], "http://localhost:4173/reset#token="),
        (&["invite", "--email", "bob@example.org"], "http://localhost:4173/join#token="),
    ] {
        let printed = admin(arguments, "127.0.0.1").await;
        let text = stdout(&printed);
        assert!(text.starts_with(start), "{text}{}", stderr(&printed));
        assert_eq!(text.trim().len(), start.len() + 43, "{text}");
    }
    let closed = admin(&["invite"], "0.0.0.0").await;
    assert!(stderr(&closed).contains("QUICKVIBE_SIGN_UP"), "{}", stderr(&closed));
    let taken = admin(&["invite", "--email", "ada@example.org"], "127.0.0.1").await;
    assert!(stderr(&taken).contains("already"), "{}", stderr(&taken));
}

#[tokio::test]
async fn a_users_budget_is_shown_and_set() {
    let folder = TempDir::new().unwrap();
    let mut command = build(folder.path(), "a pomodoro timer");
    command.args(["--data", "data"]);
    assert_eq!(run(command).await.status.code(), Some(0));
    name_owner(folder.path()).await;

    let budget = |arguments: &[&str]| {
        let mut command = quickvibe(folder.path());
        command.args(["admin", "budget", "--data", "data"]).args(arguments);
        command
    };
    let text = stdout(&run(budget(&["ada@example.org"])).await);
    assert!(text.contains("limit: none, by the plan"), "{text}");
    let text = stdout(&run(budget(&["Ada@Example.org", "--limit", "12.5"])).await);
    assert!(text.contains("limit: $12.50, set here"), "{text}");
    let json = lines(&run(budget(&["ada@example.org", "--json"])).await);
    assert_eq!(json[0]["budgets"]["user"]["limit_nanousd"], 12_500_000_000_u64);
    let text = stdout(&run(budget(&["ada@example.org", "--no-limit"])).await);
    assert!(text.contains("limit: none, set here"), "{text}");
    let text = stdout(&run(budget(&["ada@example.org", "--plan"])).await);
    assert!(text.contains("limit: none, by the plan"), "{text}");
    for (arguments, words) in [
        (vec!["bob@example.org"], "nobody signs in with bob@example.org"),
        (vec!["ada@example.org", "--limit", "-1"], "-1"),
        (vec!["ada@example.org", "--limit", "much"], "not a number"),
    ] {
        let refused = run(budget(&arguments)).await;
        assert_ne!(refused.status.code(), Some(0), "{arguments:?}");
        assert!(stderr(&refused).contains(words), "{arguments:?}: {}", stderr(&refused));
    }
}

#[tokio::test]
async fn what_was_done_is_read_beside_the_server() {
    let folder = TempDir::new().unwrap();
    let refuse = || Reply::error(401, "{}");
    let (models, mut command) = model(folder.path(), vec![refuse(), refuse()]).await;
    command.args(["--data", "data"]);
    assert_eq!(run(command).await.status.code(), Some(1));
    let mut command = build(folder.path(), "zzyzx quux");
    command
        .args(["--data", "data"])
        .env("QUICKVIBE_CUSTOM_BASE_URL", models.base_url())
        .env("QUICKVIBE_CUSTOM_API_KEY", KEY);
    assert_eq!(run(command).await.status.code(), Some(1));
    models.finish().await;
    let run_in = |arguments: &[&str]| {
        let mut command = quickvibe(folder.path());
        command.args(arguments).args(["--data", "data"]);
        run(command)
    };
    let set = ["admin", "price", "set", "custom/x", "--input", "1", "--output", "1"];
    assert_eq!(run_in(&set).await.status.code(), Some(0));
    let backup = run_in(&["backup", "copy.db"]).await;
    assert_eq!((backup.status.code(), stderr(&backup)), (Some(0), String::new()));

    let told = lines(&run_in(&["admin", "audit", "--json"]).await);
    let actions: Vec<&str> = told.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions[..2], ["backup_made", "price_set"]);
    assert_eq!((&told[1]["actor"], &told[1]["target_id"]), (&json!("command"), &json!("custom/x")));
    // Two turns of one day used one key.
    assert_eq!(actions.iter().filter(|action| **action == "key_used").count(), 1, "{actions:?}");
    assert!(actions.contains(&"owner_made") && actions.contains(&"project_created"));

    let text = stdout(&run_in(&["admin", "audit", "--limit", "2"]).await);
    assert!(
        text.lines().count() == 2 && text.contains("price_set  by command  on model custom/x"),
        "{text}"
    );
    let none = stdout(&run_in(&["admin", "audit", "--since", "2400-01-01"]).await);
    assert!(none.contains("Nothing of the kind"), "{none}");
    let csv = stdout(&run_in(&["admin", "audit", "--csv", "--action", "price_set"]).await);
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert!(!csv.contains(KEY) && !format!("{told:?}").contains(KEY));
    let refused = run_in(&["admin", "audit", "--action", "nonsense"]).await;
    assert!(stderr(&refused).contains("nonsense"), "{}", stderr(&refused));
}

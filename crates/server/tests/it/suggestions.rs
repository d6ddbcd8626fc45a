//! People change files while the agent works on them: nothing of theirs is overwritten unseen.

use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::{Client, Heard, kinds};
use qv_testkit::model_server::{ModelServer, Reply};
use serde_json::{Value, json};

use crate::{UNLIKE_ANY_STARTER, file, last, page, usual, with_model};

const LIST: &str =
    "export const list = [\n  'one',\n  'two',\n  'three',\n  'four',\n  'five',\n];\n";

/// A project with a list, and a turn that is about to change its first and its last line; what a person does meanwhile;
/// the turn's events.
async fn meeting(
    models: &ModelServer,
    owner: &Client,
    meanwhile: impl AsyncFnOnce(&str),
) -> (String, Vec<Heard>) {
    let uses = page("{list.length}")
        .replace("export function", "import { list } from './list';\n\nexport function");
    models.script([Reply::text(format!(
        "{}{}",
        file("src/App.tsx", &uses),
        file("src/list.ts", LIST)
    ))]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    last(&owner.events(&built.generation).await.to_end().await, "done");
    let block = |old: &str, new: &str| {
        format!("<<<<<<< SEARCH\n  '{old}',\n=======\n  '{new}',\n>>>>>>> REPLACE\n")
    };
    let answer = format!(
        "I change both ends of it.\n\n<edit path=\"src/list.ts\">\n{}{}</edit>\n",
        block("one", "first"),
        block("five", "last")
    );
    let held = models.requests().len();
    models.script([Reply::text(answer).hold_after(40)]);
    let turn = owner.say(&built.project, "name the ends").await;
    models.wait_for_requests(held + 1).await;
    models.wait_until_held(1).await;
    meanwhile(&built.project).await;
    models.release();
    let events = owner.events(&turn).await.to_end().await;
    (built.project, events)
}

async fn suggestions(owner: &Client, project: &str) -> Vec<Value> {
    let path = format!("/api/projects/{project}/suggestions");
    owner.get(&path).await.expect(200).json()["items"].as_array().unwrap().clone()
}

fn suggested(events: &[Heard]) -> Vec<&Heard> {
    events.iter().filter(|event| event.kind == "suggested").collect()
}

fn one(project: &str, suggestion: &Value) -> String {
    format!("/api/projects/{project}/suggestions/{}", suggestion["id"].as_str().unwrap())
}

on_both_databases! {
    async fn what_meets_a_persons_lines_waits_and_the_rest_is_made(db) {
        let models = crate::models().await;
        let app = TestApp::on(db, usual().model(&models)).await;
        let owner = app.owner().await;
        let mine = LIST.replace("'one'", "'mine'");
        let (project, events) = meeting(&models, &owner, async |project: &str| {
            owner.save(project, "src/list.ts", &mine).await.expect(200);
        })
        .await;
        assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
        let made = mine.replace("'five'", "'last'");
        assert_eq!(owner.text(&project, "src/list.ts").await, made);
        let told = suggested(&events);
        assert_eq!((told.len(), &told[0].data["path"]), (1, &json!("src/list.ts")));
        assert_eq!(models.requests().len(), 2, "nothing had to be asked again");

        let waiting = suggestions(&owner, &project).await;
        assert_eq!((waiting.len(), &waiting[0]["fits"]), (1, &json!(true)));
        let lines = waiting[0]["hunks"][0]["lines"].as_array().unwrap();
        let changed: Vec<(&str, &str)> = lines.iter()
            .map(|line| (line["kind"].as_str().unwrap(), line["text"].as_str().unwrap()))
            .filter(|(kind, _)| *kind != "same")
            .collect();
        assert_eq!(changed, [("removed", "  'mine',"), ("added", "  'first',")]);

        // Somebody goes on elsewhere in the file: it still fits.
        owner.save(&project, "src/list.ts", &made.replace("'three'", "'drei'")).await.expect(200);
        let applied = owner.post(&format!("{}/apply", one(&project, &waiting[0])), json!({})).await;
        let applied = applied.expect(200).json();
        assert_eq!(applied["version"]["origin"], "edit");
        assert_eq!(applied["version"]["verified"], json!(null));
        assert_eq!(applied["version"]["summary"], "1 file: list.ts");
        let all = made.replace("'three'", "'drei'").replace("'mine'", "'first'");
        assert_eq!(owner.text(&project, "src/list.ts").await, all);
        owner.post(&format!("{}/apply", one(&project, &waiting[0])), json!({})).await
            .expect_problem(404, "not_found");
        assert_eq!(suggestions(&owner, &project).await, Vec::<Value>::new());
    }

    async fn a_file_that_a_person_removed_stays_away_until_they_want_it(db) {
        let models = crate::models().await;
        let app = TestApp::on(db, usual().model(&models)).await;
        let owner = app.owner().await;
        let (project, events) = meeting(&models, &owner, async |project: &str| {
            owner.save(project, "src/App.tsx", &page("without it")).await.expect(200);
            let path = format!("/api/projects/{project}/files/src/list.ts");
            owner.delete(&path).await.expect(200);
        })
        .await;
        last(&events, "done");
        assert_eq!(suggested(&events).len(), 1, "{:?}", kinds(&events));
        let path = format!("/api/projects/{project}/files/src/list.ts");
        owner.get(&path).await.expect_problem(404, "not_found");
        let waiting = suggestions(&owner, &project).await;
        assert_eq!((waiting.len(), &waiting[0]["fits"]), (1, &json!(true)));
        owner.post(&format!("{}/apply", one(&project, &waiting[0])), json!({})).await.expect(200);
        let wanted = LIST.replace("'one'", "'first'").replace("'five'", "'last'");
        assert_eq!(owner.text(&project, "src/list.ts").await, wanted);
    }
}

#[tokio::test]
async fn a_suggestion_whose_place_was_changed_again_does_not_fit() {
    let (models, _app, owner) = with_model().await;
    let (project, events) = meeting(&models, &owner, async |project: &str| {
        owner.save(project, "src/list.ts", &LIST.replace("'one'", "'mine'")).await.expect(200);
    })
    .await;
    last(&events, "done");
    let made = owner.text(&project, "src/list.ts").await;
    owner.save(&project, "src/list.ts", &made.replace("'mine'", "'mine again'")).await.expect(200);
    let waiting = suggestions(&owner, &project).await;
    assert_eq!(waiting[0]["fits"], false);
    let apply = format!("{}/apply", one(&project, &waiting[0]));
    owner.post(&apply, json!({})).await.expect_problem(409, "conflict");
    assert!(owner.text(&project, "src/list.ts").await.contains("mine again"));
    owner.delete(&one(&project, &waiting[0])).await.expect(204);
    owner.delete(&one(&project, &waiting[0])).await.expect_problem(404, "not_found");
    assert_eq!(suggestions(&owner, &project).await, Vec::<Value>::new());
}

#[tokio::test]
async fn changes_apart_are_brought_together_without_a_word() {
    let (models, _app, owner) = with_model().await;
    let (project, events) = meeting(&models, &owner, async |project: &str| {
        owner.save(project, "src/list.ts", &LIST.replace("'three'", "'drei'")).await.expect(200);
    })
    .await;
    assert_eq!(last(&events, "done").data["verified"], true);
    assert_eq!(suggested(&events).len(), 0);
    let both =
        LIST.replace("'three'", "'drei'").replace("'one'", "'first'").replace("'five'", "'last'");
    assert_eq!(owner.text(&project, "src/list.ts").await, both);
    assert_eq!(suggestions(&owner, &project).await, Vec::<Value>::new());
    models.finish().await;
}

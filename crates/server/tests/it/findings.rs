//! What an app's makers are told before they publish it.

use qv_store::on_both_databases;
use qv_testkit::TestApp;
use serde_json::json;

on_both_databases! {
    async fn secrets_and_risky_code_are_told_and_the_secret_is_not(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let built = owner.build("a pomodoro timer").await;
        owner.events(&built.generation).await.until("done").await;
        let findings = format!("/api/projects/{}/findings", built.project);
        let clean = owner.get(&findings).await.expect(200).json();
        assert_eq!(clean, json!({ "items": [], "blocks_publishing": false }));

        // Put together here, so that no scanner takes this file for a leak.
        let key = format!("sk-ant-{}", "a8Kd03jfL2mQ9xZ7vB1nR5tY6wE4uH8sPcG2");
        let code = format!("export const key = \"{key}\";\nexport const run = (x: string) => eval(x);\n");
        let save = json!({ "text": { "encoding": "utf8", "content": code } });
        owner.put(&format!("/api/projects/{}/files/src/ai.ts", built.project), save).await.expect(200);
        let found = owner.get(&findings).await.expect(200).json();
        assert_eq!(found["blocks_publishing"], true);
        let items = found["items"].as_array().unwrap();
        let told: Vec<_> = items.iter().map(|one| (&one["rule"], &one["level"], &one["line"])).collect();
        assert_eq!(
            told,
            [
                (&json!("secret"), &json!("critical"), &json!(1)),
                (&json!("eval"), &json!("warning"), &json!(2)),
            ]
        );
        assert!(!found.to_string().contains(&key[8..]));
    }
}

//! How many, how large and by what name files may be.

use qv_store::on_both_databases;
use qv_testkit::TestApp;
use serde_json::json;

on_both_databases! {
    // asvs: 23
    async fn a_file_and_a_project_grow_so_far_and_no_further(db) {
        let mut setup = crate::usual();
        setup.engine.limits.file_bytes = 2_000;
        setup.engine.limits.project_bytes = 5_000;
        setup.engine.limits.project_files = 4;
        let app = TestApp::on(db, setup).await;
        let owner = app.owner().await;
        let created = owner.post("/api/projects", json!({ "name": "Full" })).await.expect(201).json();
        let project = created["project"]["id"].as_str().unwrap().to_owned();
        let bytes = |count: usize| "x".repeat(count);
        owner.save(&project, "a.txt", &bytes(2_001)).await.expect_problem(413, "too_large");
        owner.save(&project, "a.txt", &bytes(2_000)).await.expect(200);
        owner.save(&project, "b.txt", &bytes(2_000)).await.expect(200);
        owner.save(&project, "c.txt", &bytes(1_001)).await.expect_problem(413, "too_large");
        owner.save(&project, "c.txt", &bytes(1_000)).await.expect(200);
        owner.save(&project, "a.txt", &bytes(1_990)).await.expect(200);
        owner.save(&project, "d.txt", "x").await.expect(200);
        // The file after the last.
        owner.save(&project, "e.txt", "x").await.expect_problem(413, "too_large");
        let files = owner.get(&format!("/api/projects/{project}/files")).await.expect(200).json();
        assert_eq!(files["items"].as_array().unwrap().len(), 4, "{files}");
        owner.delete(&format!("/api/projects/{project}/files/d.txt")).await.expect(200);
        owner.save(&project, "e.txt", "x").await.expect(200);
    }

    // asvs: 25
    async fn hostile_names_are_refused_and_headers_stay_whole(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let name = "Names\u{202E} \"x\"; filename=../y";
        let created = owner.post("/api/projects", json!({ "name": name })).await.expect(201);
        let project = created.json()["project"]["id"].as_str().unwrap().to_owned();
        for name in [
            "..%2F..%2Fetc%2Fpasswd", "%2e%2e%2fx", "a%00b", "a%0d%0aSet-Cookie:%20x=1", "CON", "src%2Fnul.txt",
            "COM%C2%B9", "x.", "x%20", "%E2%80%AEgpj.exe", "..%E2%88%95x", "%EF%BC%8E%EF%BC%8E%2Fx", "C%3A%5Cx",
            ".git%2Fconfig", "a%22b", "%2Fetc%2Fpasswd",
        ] {
            let path = format!("/api/projects/{project}/files/{name}");
            let body = json!({ "text": { "encoding": "utf8", "content": "x" } });
            let problem = owner.put(&path, body).await.expect_problem(400, "invalid");
            assert_eq!(problem["fields"][0]["field"], "path", "{name}: {problem}");
        }
        owner.save(&project, "s%C3%BCn;d=1,.txt", "x").await.expect(200);
        let raw = owner.get(&format!("/api/projects/{project}/files/s%C3%BCn;d=1,.txt?raw=true")).await;
        let raw = raw.expect(200);
        assert_eq!(raw.header("content-disposition"), "attachment; filename=\"s_n_d_1_.txt\"");
        assert_eq!(raw.header("x-content-type-options"), "nosniff");
        let zip = owner.get(&format!("/api/projects/{project}/export.zip")).await.expect(200);
        let named = zip.header("content-disposition");
        let inside = named.strip_prefix("attachment; filename=\"").and_then(|rest| rest.strip_suffix("\"")).unwrap();
        assert!(inside.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c)), "{named}");
        assert!(zip.headers.get("set-cookie").is_none());
    }
}

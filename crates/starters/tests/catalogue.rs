//! Every starter keeps the convention that `starters/README.md` states.

use std::collections::BTreeSet;

use qv_domain::{MOST_SMOKE_CHECKS, ProjectType, SmokeCheck};
use qv_starters::{blank, catalogue, fill, list};
use serde_json::Value;

#[test]
fn every_starter_reads() {
    assert_eq!(catalogue().faults(), &[]);
    assert!(list().len() >= 4);
}

#[test]
fn every_starter_is_whole() {
    for starter in list() {
        let id = starter.id();
        let files = starter.files();
        let config: Value = serde_json::from_slice(&files["src/config.json"]).unwrap();
        assert_eq!(starter.manifest.config, "src/config.json");
        assert_eq!(config["starter"], id, "config.json names its starter");
        for key in ["title", "tagline", "palette", "theme"] {
            assert!(config[key].is_string(), "{id}: {key}");
        }
        assert_eq!(config["palette"], starter.manifest.palettes[0].name.as_str(), "{id}");
        assert!(["system", "light", "dark"].contains(&config["theme"].as_str().unwrap()), "{id}");
        let html = std::str::from_utf8(&files["index.html"]).unwrap();
        assert!(
            html.contains(&format!("<title>{}</title>", config["title"].as_str().unwrap())),
            "{id}"
        );
        assert!(html.contains("src=\"/src/main.ts"), "{id}");
        let css = std::str::from_utf8(&files["src/styles.css"]).unwrap();
        for palette in &starter.manifest.palettes[1..] {
            assert!(
                css.contains(&format!("[data-palette=\"{}\"]", palette.name)),
                "{id}: {}",
                palette.name
            );
        }
        let thumb = starter.thumb().unwrap_or_else(|| panic!("{id} has no thumb"));
        assert!(
            thumb.len() <= 40 * 1024 && thumb.starts_with(b"RIFF"),
            "{id}: {} bytes",
            thumb.len()
        );
    }
}

#[test]
fn manifests_and_configs_agree() {
    for starter in list() {
        let id = starter.id();
        let config: Value = serde_json::from_slice(&starter.files()["src/config.json"]).unwrap();
        let ids = |key: &str| -> BTreeSet<String> {
            let entries = config[key].as_array().cloned().unwrap_or_default();
            entries.iter().map(|e| e["id"].as_str().unwrap().to_owned()).collect()
        };
        let sections: BTreeSet<String> =
            starter.manifest.sections.iter().map(|s| s.id.clone()).collect();
        assert_eq!(ids("sections"), sections, "{id}");
        let on: BTreeSet<String> =
            starter.manifest.fields.iter().filter(|f| f.on).map(|f| f.id.clone()).collect();
        assert_eq!(ids("fields"), on, "{id}");
        for list in &starter.manifest.lists {
            assert!(!ids(&list.key).is_empty(), "{id}: {}", list.key);
        }
        let at = |path: &str| {
            path.split('.').try_fold(&config, |value, step| match value {
                Value::Array(entries) => entries.iter().find(|e| e["id"] == step),
                other => other.get(step),
            })
        };
        for slot in &starter.manifest.texts {
            assert!(at(&slot.path).is_some_and(Value::is_string), "{id}: {}", slot.path);
        }
        for slot in &starter.manifest.numbers {
            let value = at(&slot.path)
                .and_then(Value::as_i64)
                .unwrap_or_else(|| panic!("{id}: {}", slot.path));
            assert!((slot.min..=slot.max).contains(&value), "{id}: {}", slot.path);
        }
    }
}

/// An edit shows only what it changed: files are written as the starters' own are.
#[test]
fn config_files_are_formatted_as_they_are_written() {
    for starter in list() {
        let own = String::from_utf8(starter.files()["src/config.json"].clone()).unwrap();
        let written =
            String::from_utf8(fill(starter, "").files["src/config.json"].clone()).unwrap();
        assert!(own == written, "{}: run the example `starters -- format`", starter.id());
    }
}

#[test]
fn there_is_a_scaffold_of_every_type() {
    for kind in ProjectType::ALL {
        let files = blank(*kind);
        assert!(files.contains_key("index.html") && files.contains_key("package.json"), "{kind}");
    }
}

#[test]
fn smoke_checks_are_understood_and_few() {
    for starter in list() {
        let files = starter.files();
        let checks: Vec<_> = files.iter().filter(|(path, _)| SmokeCheck::is_at(path)).collect();
        assert!((1..=MOST_SMOKE_CHECKS).contains(&checks.len()), "{}", starter.id());
        for (path, content) in checks {
            let check = SmokeCheck::parse(std::str::from_utf8(content).unwrap());
            let check = check.unwrap_or_else(|error| panic!("{}: {path}: {error}", starter.id()));
            assert_eq!(SmokeCheck::path_for(&check.name).as_ref(), Some(path));
        }
    }
}

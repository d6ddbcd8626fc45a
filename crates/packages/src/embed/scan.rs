//! Which exports of which packages some sources import.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;
use oxc_syntax::module_record::{ExportImportName, ImportImportName, ModuleRecord};

use crate::bundle::UsedExports;
use crate::bundler::builtins;
use crate::spec::split_specifier;

/// The package imports of every app below the given folders. Tests and tools are left out: they do
/// not run in the browser.
pub(super) fn imports(folders: &[PathBuf]) -> BTreeMap<String, UsedExports> {
    let mut found = BTreeMap::new();
    let mut todo = folders.to_vec();
    while let Some(folder) = todo.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !is_tooling(&name) => todo.push(path),
                Ok(kind) if kind.is_file() && is_app_source(&name) => scan_file(&path, &mut found),
                _ => {}
            }
        }
    }
    found
}

fn is_tooling(folder: &str) -> bool {
    folder.starts_with('.')
        || matches!(folder, "node_modules" | "test" | "tests" | "scripts" | "setup" | "dist")
}

fn is_app_source(file: &str) -> bool {
    let source = [".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".svelte"];
    let tooling = [".test.", ".spec.", ".config.", ".d.ts"];
    source.iter().any(|s| file.ends_with(s)) && !tooling.iter().any(|t| file.contains(t))
}

fn scan_file(path: &Path, found: &mut BTreeMap<String, UsedExports>) {
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let component = path.extension().is_some_and(|e| e == "vue" || e == "svelte");
    if component {
        for script in scripts(&text) {
            scan(script, SourceType::ts(), found);
        }
    } else {
        scan(&text, SourceType::from_path(path).unwrap_or_default(), found);
    }
}

/// The bodies of a component's `<script>` elements.
fn scripts(component: &str) -> Vec<&str> {
    let bodies = component.split("<script").skip(1).filter_map(|rest| {
        let body = &rest[rest.find('>')? + 1..];
        Some(&body[..body.find("</script")?])
    });
    bodies.collect()
}

fn scan(text: &str, kind: SourceType, found: &mut BTreeMap<String, UsedExports>) {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, kind).parse();
    note(&parsed.module_record, text, found);
}

fn note(record: &ModuleRecord<'_>, text: &str, found: &mut BTreeMap<String, UsedExports>) {
    let mut add = |specifier: &str, used: UsedExports| {
        if split_specifier(specifier).is_some() && builtins::name(specifier).is_none() {
            found.entry(specifier.to_owned()).and_modify(|u| u.merge(&used)).or_insert(used);
        }
    };
    for import in record.import_entries.iter().filter(|import| !import.is_type) {
        let used = match &import.import_name {
            ImportImportName::Name(name) => UsedExports::names([name.name.as_str()]),
            ImportImportName::Default(_) => UsedExports::names(["default"]),
            ImportImportName::NamespaceObject => UsedExports::All,
        };
        add(import.module_request.name.as_str(), used);
    }
    for export in record.indirect_export_entries.iter().filter(|export| !export.is_type) {
        let Some(from) = &export.module_request else { continue };
        let used = match &export.import_name {
            ExportImportName::Name(name) => UsedExports::names([name.name.as_str()]),
            _ => UsedExports::All,
        };
        add(from.name.as_str(), used);
    }
    for export in &record.star_export_entries {
        if let Some(from) = &export.module_request {
            add(from.name.as_str(), UsedExports::All);
        }
    }
    for import in &record.dynamic_imports {
        let span = import.module_request;
        let literal = text.get(span.start as usize..span.end as usize).unwrap_or_default();
        if let Some(specifier) =
            literal.strip_prefix(['"', '\'']).and_then(|s| s.strip_suffix(['"', '\'']))
        {
            add(specifier, UsedExports::All);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_found_and_types_are_not() {
        let mut found = BTreeMap::new();
        let code = r#"
            import { useState, type FC } from "react";
            import type { X } from "types-only";
            import icons, { Home as House } from "icons";
            import * as all from "@scope/all/sub";
            export { format } from "dates";
            const lazy = import("lazy");
            import fs from "node:fs";
            import "./local";
        "#;
        scan(code, SourceType::ts(), &mut found);
        scan("import { useEffect } from 'react'", SourceType::ts(), &mut found);
        let expected = [
            ("react", UsedExports::names(["useEffect", "useState"])),
            ("icons", UsedExports::names(["Home", "default"])),
            ("@scope/all/sub", UsedExports::All),
            ("dates", UsedExports::names(["format"])),
            ("lazy", UsedExports::All),
        ];
        assert_eq!(found, expected.map(|(s, used)| (s.to_owned(), used)).into());
    }

    #[test]
    fn components_have_scripts() {
        let component = "<template/>\n<script setup lang=\"ts\">import { ref } from 'vue'</script>";
        assert_eq!(scripts(component), ["import { ref } from 'vue'"]);
        assert_eq!(scripts("<script"), Vec::<&str>::new());
    }

    #[test]
    fn tests_and_tools_are_left_out() {
        assert!(is_app_source("App.tsx") && is_app_source("x.vue"));
        assert!(!is_app_source("App.test.tsx") && !is_app_source("vite.config.ts"));
        assert!(is_tooling("node_modules") && !is_tooling("src"));
    }
}

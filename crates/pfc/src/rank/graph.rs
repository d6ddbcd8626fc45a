//! Which file imports which.

use std::collections::HashMap;

use crate::facts::Facts;

/// For each file those that it imports, by index.
pub(crate) fn imports(paths: &[&str], facts: &[&Facts]) -> Vec<Vec<usize>> {
    let places: HashMap<&str, usize> =
        paths.iter().enumerate().map(|(at, path)| (*path, at)).collect();
    let resolve = |from: usize| {
        let mut found: Vec<usize> = facts[from]
            .outline
            .imports
            .iter()
            .filter_map(|import| find(&places, paths[from], import))
            .filter(|to| *to != from)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    (0..paths.len()).map(resolve).collect()
}

/// The file that an import leads to: next to the importing file, at the root, or where the usual aliases lead.
fn find(places: &HashMap<&str, usize>, from: &str, import: &str) -> Option<usize> {
    let import = import.split(['?', '#']).next().unwrap_or_default();
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    if import.starts_with('.') {
        return complete(places, &join(folder, import)?);
    }
    let alias = ["@/", "~/", "$lib/", "#/", "/"];
    if let Some(rest) = alias.iter().find_map(|alias| import.strip_prefix(alias)) {
        let roots = ["src/", "", "app/", "src/lib/", "public/"];
        return roots.iter().find_map(|root| complete(places, &format!("{root}{rest}")));
    }
    // `src/lib/x` from the root, and what HTML and CSS name without a dot.
    complete(places, import).or_else(|| complete(places, &join(folder, import)?))
}

fn complete(places: &HashMap<&str, usize>, path: &str) -> Option<usize> {
    const ENDINGS: [&str; 17] = [
        "",
        ".ts",
        ".tsx",
        ".js",
        ".jsx",
        ".vue",
        ".svelte",
        ".mjs",
        ".css",
        ".scss",
        ".json",
        ".d.ts",
        "/index.ts",
        "/index.tsx",
        "/index.js",
        "/index.jsx",
        "/index.vue",
    ];
    let path = path.trim_end_matches('/');
    // TypeScript names the file that will be: `./x.js` is `./x.ts`.
    let source = path.strip_suffix(".js").map(|stem| format!("{stem}.ts"));
    let found = ENDINGS.iter().find_map(|ending| places.get(format!("{path}{ending}").as_str()));
    found.or_else(|| places.get(source?.as_str())).copied()
}

/// A path from a folder; `None` where it leaves the project.
fn join(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_lead_to_files() {
        let paths =
            ["index.html", "src/App.tsx", "src/lib/time.ts", "src/ui/index.ts", "css/a.css"];
        let places: HashMap<&str, usize> =
            paths.iter().enumerate().map(|(at, path)| (*path, at)).collect();
        let find = |from: &str, import: &str| find(&places, from, import).map(|at| paths[at]);
        assert_eq!(find("src/App.tsx", "./lib/time"), Some("src/lib/time.ts"));
        assert_eq!(find("src/App.tsx", "./lib/time.js"), Some("src/lib/time.ts"));
        assert_eq!(find("src/ui/index.ts", "../App"), Some("src/App.tsx"));
        assert_eq!(find("src/App.tsx", "@/ui"), Some("src/ui/index.ts"));
        assert_eq!(find("index.html", "css/a.css"), Some("css/a.css"));
        assert_eq!(find("index.html", "/src/App.tsx"), Some("src/App.tsx"));
        assert_eq!(find("src/App.tsx", "react"), None);
        assert_eq!(find("src/App.tsx", "../../x"), None);
    }
}

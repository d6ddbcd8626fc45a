//! `import.meta.glob`.

use qv_domain::FilePath;

use crate::files::{Files, folder, join};
use crate::limits::MAX_GLOB;

/// Files that match any of the patterns and none that begins with `!`, keyed as Vite keys them:
/// relative to the importer for relative patterns, from the root for absolute ones.
pub(crate) fn expand(
    files: &Files,
    importer: &FilePath,
    patterns: &[String],
) -> Vec<(String, FilePath)> {
    let at = folder(importer);
    let absolute = |pattern: &str| match pattern.strip_prefix('/') {
        Some(pattern) => Some(pattern.to_owned()),
        None => match pattern.strip_prefix("@/") {
            Some(pattern) => Some(format!("src/{pattern}")),
            None => join(at, pattern),
        },
    };
    let (without, with): (Vec<&str>, Vec<&str>) =
        patterns.iter().map(String::as_str).partition(|pattern| pattern.starts_with('!'));
    let without: Vec<_> = without.iter().filter_map(|pattern| absolute(&pattern[1..])).collect();
    let mut found = Vec::new();
    for pattern in with {
        let Some(full) = absolute(pattern) else { continue };
        let full: Vec<&str> = full.split('/').collect();
        let relative = pattern.starts_with('.');
        for path in files.paths() {
            let excluded =
                || without.iter().any(|not| matches(&not.split('/').collect::<Vec<_>>(), path));
            if path != importer && matches(&full, path) && !excluded() && found.len() < MAX_GLOB {
                let key = if relative { relative_to(at, path) } else { format!("/{path}") };
                found.push((key, path.clone()));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn relative_to(at: &str, path: &str) -> String {
    let from: Vec<_> = at.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<_> = path.split('/').collect();
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(from.len() - common);
    let up = if up.is_empty() { "./" } else { &up };
    format!("{up}{}", to[common..].join("/"))
}

fn matches(pattern: &[&str], path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    segments(pattern, &parts)
}

/// `**` is any number of folders. Work is bounded: a path has at most 20 parts.
fn segments(pattern: &[&str], parts: &[&str]) -> bool {
    // One row per pattern part, one cell per path part: no backtracking.
    let mut row: Vec<bool> = vec![false; parts.len() + 1];
    row[0] = true;
    for piece in pattern {
        let mut next = vec![false; parts.len() + 1];
        for at in 0..=parts.len() {
            next[at] = if *piece == "**" {
                row[at] || (at > 0 && next[at - 1])
            } else {
                at > 0 && row[at - 1] && one(piece, parts[at - 1])
            };
        }
        row = next;
    }
    row[parts.len()]
}

/// One part: `*`, `?` and `{a,b}`.
fn one(pattern: &str, name: &str) -> bool {
    if let (Some(open), Some(close)) = (pattern.find('{'), pattern.find('}'))
        && open < close
    {
        let (before, after) = (&pattern[..open], &pattern[close + 1..]);
        return pattern[open + 1..close].split(',').take(32).any(|choice| {
            wildcard(format!("{before}{choice}{after}").as_bytes(), name.as_bytes())
        });
    }
    wildcard(pattern.as_bytes(), name.as_bytes())
}

fn wildcard(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == name[from] => {
                at += 1;
                from += 1;
            }
            _ => match star {
                Some((star_at, star_from)) => {
                    star = Some((star_at, star_from + 1));
                    at = star_at + 1;
                    from = star_from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_matches_are_those_of_vite() {
        let files = Files::from_texts([
            ("src/main.ts", ""),
            ("src/pages/a.tsx", ""),
            ("src/pages/deep/b.ts", ""),
            ("src/pages/c.md", ""),
            ("lib/d.ts", ""),
        ]);
        let importer = FilePath::parse("src/main.ts").unwrap();
        let keys = |patterns: &[&str]| {
            let patterns: Vec<_> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
            let found = expand(&files, &importer, &patterns);
            found.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        assert_eq!(keys(&["./pages/*.tsx"]), ["./pages/a.tsx"]);
        assert_eq!(keys(&["./pages/**/*.{ts,tsx}"]), ["./pages/a.tsx", "./pages/deep/b.ts"]);
        assert_eq!(keys(&["./**/*.ts", "!./pages/**"]), [""; 0]);
        assert_eq!(keys(&["/src/pages/?.md", "../lib/*"]), ["../lib/d.ts", "/src/pages/c.md"]);
        assert_eq!(keys(&["../../x/*"]), [""; 0]);
    }
}

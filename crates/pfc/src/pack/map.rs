//! The project's map: one line a file.

use super::SourceFile;

/// Names on a line, and lines of a file that are read for them.
const NAMES: usize = 12;
const READ_LINES: usize = 5_000;

/// Draws the map within `budget` tokens: with outlines if they fit, else without, else cut short.
pub(super) fn draw(files: &[SourceFile<'_>], budget: u64, tokens: impl Fn(&str) -> u64) -> String {
    let lines: Vec<String> = files.iter().map(|file| line(file, true)).collect();
    let map = lines.concat();
    if tokens(&map) <= budget {
        return map;
    }
    let lines: Vec<String> = files.iter().map(|file| line(file, false)).collect();
    let mut map = String::new();
    let mut left = budget;
    for (at, line) in lines.iter().enumerate() {
        let cost = tokens(line);
        if cost > left {
            map.push_str(&format!("(and {} more files)\n", lines.len() - at));
            break;
        }
        left -= cost;
        map.push_str(line);
    }
    map
}

fn line(file: &SourceFile<'_>, outlined: bool) -> String {
    let path = file.path;
    let Some(text) = file.text else { return format!("{path} (binary, {} bytes)\n", file.bytes) };
    let count = text.lines().count();
    let names = if outlined { exports(text) } else { Vec::new() };
    if names.is_empty() {
        format!("{path} ({count} lines)\n")
    } else {
        format!("{path} ({count} lines): {}\n", names.join(", "))
    }
}

/// What a module exports, read line by line: enough to find one's way, not a parser.
fn exports(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for line in text.lines().take(READ_LINES) {
        let Some(rest) = line.strip_prefix("export ") else { continue };
        let mut words = rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
        let is_keyword = |word: &&str| {
            matches!(
                *word,
                "" | "default"
                    | "async"
                    | "function"
                    | "const"
                    | "let"
                    | "var"
                    | "class"
                    | "abstract"
                    | "interface"
                    | "type"
                    | "enum"
                    | "declare"
            )
        };
        let name = words.find(|word| !is_keyword(word)).filter(|name| name.len() <= 60);
        if let Some(name) = name.filter(|name| !names.contains(name) && *name != "from") {
            names.push(name);
        }
        if names.len() >= NAMES {
            break;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_are_read_by_line() {
        let text = "import a from 'a';\nexport default function App() {}\nexport const useX = 1;\n  export const inner = 1;\n\
                    export type Props = {};\nexport { Card } from './Card';\nexport async function load() {}\nexport * from './x';\n";
        assert_eq!(exports(text), ["App", "useX", "Props", "Card", "load"]);
    }
}

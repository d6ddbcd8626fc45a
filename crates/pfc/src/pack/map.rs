//! The project's map: files by folder, each with what it exports that its name does not say.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use qv_domain::FilePath;

use super::SourceFile;
use crate::facts::{Facts, counted};
use crate::outline::SymbolKind;
use crate::tokens::Scale;

/// Names of a file that are told.
const NAMES: usize = 6;

/// Draws the map within `budget` tokens: with names if they fit, else without, else cut short.
pub(super) fn draw(
    files: &[SourceFile<'_>],
    paths: &[&FilePath],
    facts: &[&Facts],
    budget: u64,
    scale: Scale,
) -> String {
    let facts_of: BTreeMap<&FilePath, &Facts> =
        paths.iter().copied().zip(facts.iter().copied()).collect();
    let cost = |text: &str| scale.up(counted(text));
    for names in [NAMES, 2, 0] {
        let map = folders(files, &facts_of, names);
        let text = map.concat();
        if cost(&text) <= budget || names == 0 {
            return if cost(&text) <= budget { text } else { cut(&map, budget, cost) };
        }
    }
    String::new()
}

/// The lines that fit, and how many folders do not.
fn cut(lines: &[String], budget: u64, cost: impl Fn(&str) -> u64) -> String {
    let mut map = String::new();
    let mut left = budget;
    for (at, line) in lines.iter().enumerate() {
        let more = format!("(and {} more folders)\n", lines.len() - at);
        let (price, reserve) = (cost(line), cost(&more));
        if price + reserve > left {
            // A budget without room for even this says nothing.
            if reserve <= left {
                map.push_str(&more);
            }
            break;
        }
        left -= price;
        map.push_str(line);
    }
    map
}

fn folders(
    files: &[SourceFile<'_>],
    facts: &BTreeMap<&FilePath, &Facts>,
    names: usize,
) -> Vec<String> {
    let mut folders: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in files {
        let (folder, _) = file.path.rsplit_once('/').unwrap_or(("", file.path));
        folders.entry(folder).or_default().push(entry(file, facts.get(file.path).copied(), names));
    }
    folders
        .into_iter()
        .map(|(folder, entries)| {
            let folder = if folder.is_empty() { "./".to_owned() } else { format!("{folder}/") };
            format!("{folder} {}\n", entries.join(" "))
        })
        .collect()
}

fn entry(file: &SourceFile<'_>, facts: Option<&Facts>, names: usize) -> String {
    let name = file.path.name();
    if file.text.is_none() {
        return format!("{name} (binary)");
    }
    let (Some(facts), true) = (facts, names > 0) else { return name.to_owned() };
    let stem = name.split('.').next().unwrap_or(name);
    let mut told: Vec<&str> = Vec::new();
    for symbol in &facts.outline.symbols {
        let shown = match symbol.kind {
            SymbolKind::Route => true,
            SymbolKind::Function
            | SymbolKind::Component
            | SymbolKind::Class
            | SymbolKind::Value
            | SymbolKind::Type => symbol.exported,
            _ => false,
        };
        let name = symbol.name.as_str();
        if shown && name != stem && name != "default" && !told.contains(&name) {
            told.push(name);
        }
    }
    if told.is_empty() {
        return name.to_owned();
    }
    let mut entry = format!("{name}({}", told[..told.len().min(names)].join(","));
    if told.len() > names {
        let _ = write!(entry, ",+{}", told.len() - names);
    }
    entry.push(')');
    entry
}

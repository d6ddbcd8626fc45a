//! `.env` files. Only `VITE_` names reach the app, as with Vite, so that nothing else leaks.

use std::collections::BTreeMap;

use crate::files::Files;

/// Later files win.
const FILES: [&str; 4] = [".env", ".env.local", ".env.development", ".env.development.local"];

pub(super) fn read(files: &Files) -> BTreeMap<String, String> {
    let texts = FILES.iter().filter_map(|name| files.text(name));
    texts
        .flat_map(|text| text.lines().filter_map(pair).collect::<Vec<_>>())
        .filter(|(name, _)| name.starts_with("VITE_"))
        .collect()
}

fn pair(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    if name.is_empty() || name.starts_with('#') {
        return None;
    }
    let value = value.trim();
    for quote in ['"', '\'', '`'] {
        if let Some(value) = value.strip_prefix(quote) {
            let end = value.find(quote).unwrap_or(value.len());
            return Some((name.to_owned(), value[..end].replace("\\n", "\n")));
        }
    }
    let value = value.split_once(" #").map_or(value, |(value, _)| value.trim_end());
    Some((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_vite_names_and_later_files_win() {
        let files = Files::from_texts([
            (".env", "# c\nVITE_A=1\nSECRET=x\nexport VITE_B = \"two words\" # c\nVITE_C=3 # c"),
            (".env.local", "VITE_A=local\r\n"),
        ]);
        let env = read(&files);
        let expected = [("VITE_A", "local"), ("VITE_B", "two words"), ("VITE_C", "3")];
        assert_eq!(env, expected.map(|(name, value)| (name.into(), value.into())).into());
    }
}

//! What models put around lines that is not in the file: blank edges and line numbers.

/// Without blank lines at either end.
pub(super) fn blank_edges<'a, 'b>(lines: &'b [&'a str]) -> &'b [&'a str] {
    let full = |line: &&str| !line.trim().is_empty();
    let Some(first) = lines.iter().position(full) else { return &[] };
    let last = lines.iter().rposition(full).unwrap_or(first);
    &lines[first..=last]
}

/// Without line numbers, when every line that is not blank has one.
pub(super) fn line_numbers<'a>(lines: &[&'a str]) -> Option<Vec<&'a str>> {
    if lines.iter().all(|line| line.trim().is_empty()) {
        return None;
    }
    lines
        .iter()
        .map(|line| if line.trim().is_empty() { Some(*line) } else { without_number(line) })
        .collect()
}

/// `12| code`, `12: code`, `12<tab>code`: the code, with one space after the sign dropped.
fn without_number(line: &str) -> Option<&str> {
    let text = line.trim_start();
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == text.len() {
        return None;
    }
    let code = rest
        .trim_start_matches(' ')
        .strip_prefix(['|', ':'])
        .or_else(|| rest.strip_prefix('\t'))?;
    Some(code.strip_prefix(' ').unwrap_or(code))
}

/// One sign for each kind of quote, dash and space, so that typographic ones equal plain ones.
pub(super) fn plain_punctuation(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    for c in line.trim().chars() {
        match c {
            '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{00B4}' => plain.push('\''),
            '\u{201C}'..='\u{201F}' | '\u{2033}' => plain.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            '\u{00A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => {
                plain.push(' ');
            }
            '\u{200B}' | '\u{FEFF}' => {}
            '\u{2026}' => plain.push_str("..."),
            c => plain.push(c),
        }
    }
    plain
}

/// Whether a line stands for lines that were left out.
pub(super) fn is_elision(line: &str) -> bool {
    let text = line
        .trim()
        .trim_start_matches(['/', '#', '*', '{', ' '])
        .trim_end_matches(['/', '*', '}', ' ']);
    text == "..." || text == "\u{2026}"
}

//! What TypeScript's compiler printed (`tsc --noEmit --pretty false`).

/// One error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeFault {
    /// The file, as the compiler names it: beneath the project's folder.
    pub path: String,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// Its number, such as `TS2322`.
    pub code: String,
    /// What is wrong, on one line.
    pub message: String,
}

/// The most errors that are read.
pub const MAX_FAULTS: usize = 50;
const MESSAGE_CHARS: usize = 600;

/// Reads `src/App.tsx(12,5): error TS2322: Type 'string' is not …`. Lines that are indented go on with the message
/// above; other lines are not the compiler's errors and say nothing.
#[must_use]
pub fn read(output: &str) -> Vec<TypeFault> {
    let mut faults: Vec<TypeFault> = Vec::new();
    for line in output.lines() {
        if let Some(fault) = read_line(line) {
            if faults.len() == MAX_FAULTS {
                break;
            }
            faults.push(fault);
        } else if line.starts_with("  ")
            && let Some(last) = faults.last_mut()
            && last.message.chars().count() + line.trim().chars().count() < MESSAGE_CHARS
        {
            last.message.push(' ');
            last.message.push_str(line.trim());
        }
    }
    faults
}

fn read_line(line: &str) -> Option<TypeFault> {
    let (place, rest) = line.split_once("): error TS")?;
    let (path, position) = place.rsplit_once('(')?;
    let (row, column) = position.split_once(',')?;
    let (code, message) = rest.split_once(": ")?;
    if path.is_empty()
        || path.starts_with(['/', ' '])
        || code.is_empty()
        || !code.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    Some(TypeFault {
        path: path.replace('\\', "/").trim_start_matches("./").to_owned(),
        line: row.parse().ok()?,
        column: column.parse().ok()?,
        code: format!("TS{code}"),
        message: message.chars().take(MESSAGE_CHARS).collect(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn errors_are_read_and_other_lines_are_not() {
        let faults = read(
            "src/App.tsx(12,5): error TS2322: Type 'string' is not assignable to type 'number'.\n\
             \x20 The expected type comes from property 'n'\nsrc/a b(1).ts(3,1): error TS1005: ';' expected.\n\
             error TS18003: No inputs were found.\nFound 2 errors.\n/etc/x.ts(1,1): error TS1: no\n",
        );
        assert_eq!(faults.len(), 2);
        assert_eq!(
            (faults[0].path.as_str(), faults[0].line, faults[0].column),
            ("src/App.tsx", 12, 5)
        );
        assert!(faults[0].message.ends_with("number'. The expected type comes from property 'n'"));
        assert_eq!((faults[1].path.as_str(), faults[1].code.as_str()), ("src/a b(1).ts", "TS1005"));
    }

    proptest! {
        #[test]
        fn any_output_is_read(output in "(?s)(.{0,60}|src/a.ts\\([0-9]{0,12},[0-9]{0,12}\\): error TS[0-9]{0,5}: .{0,20}\n){0,8}") {
            prop_assert!(read(&output).len() <= MAX_FAULTS);
        }
    }
}

//! Names inside an archive, which may say anything.

/// The longest path and name taken, in bytes (the limits of common file systems).
const PATH_BYTES: usize = 1024;
const NAME_BYTES: usize = 255;
const DEPTH: usize = 32;

/// The path of an entry below the package's own folder: the first part (`package/` mostly) is cut
/// off. `Ok(None)` for that folder itself.
pub(crate) fn inner_path(raw: &[u8]) -> Result<Option<String>, &'static str> {
    let path = std::str::from_utf8(raw).map_err(|_| "a file name is not UTF-8")?;
    if path.len() > PATH_BYTES {
        return Err("a file name is too long");
    }
    if path.starts_with('/') {
        return Err("a file name is absolute");
    }
    // Folders end in a slash.
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err("a file name leaves the package"),
            part => parts.push(check_part(part)?),
        }
    }
    if parts.len() > DEPTH {
        return Err("folders are nested too deep");
    }
    Ok(parts.get(1..).filter(|inner| !inner.is_empty()).map(|inner| inner.join("/")))
}

fn check_part(part: &str) -> Result<&str, &'static str> {
    if part.len() > NAME_BYTES {
        return Err("a file name is too long");
    }
    // Separators, drives and streams of other systems.
    if part
        .chars()
        .any(|c| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|'))
    {
        return Err("a file name has a character that is not allowed");
    }
    if part.ends_with(['.', ' ']) {
        return Err("a file name ends in a dot or a space");
    }
    if is_device(part) { Err("a file is named like a device") } else { Ok(part) }
}

/// Names that Windows keeps for devices, whatever follows a dot.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || (stem.len() == 4
            && (stem.starts_with("com") || stem.starts_with("lpt"))
            && stem.as_bytes()[3].is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_names_lose_their_first_folder() {
        let inner = |path: &str| inner_path(path.as_bytes()).unwrap();
        assert_eq!(inner("package/package.json").as_deref(), Some("package.json"));
        assert_eq!(inner("./package/dist/./index.js").as_deref(), Some("dist/index.js"));
        assert_eq!(inner("anything/a//b.js").as_deref(), Some("a/b.js"));
        assert_eq!(inner("package/"), None);
        assert_eq!(inner("package/lib/").as_deref(), Some("lib"));
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let long = format!("package/{}", "a".repeat(300));
        let deep = "a/".repeat(40);
        for path in [
            "/etc/passwd",
            "package/../../x",
            "../x",
            "package/..",
            "package/a\\..\\b",
            "package/C:/x",
            "package/a\0b",
            "package/x.",
            "package/nul",
            "package/AUX.js",
            "package/com1.txt",
            long.as_str(),
            deep.as_str(),
        ] {
            assert!(inner_path(path.as_bytes()).is_err(), "{path:?} was taken");
        }
        assert!(inner_path(b"package/\xff").is_err());
    }

    proptest! {
        #[test]
        fn what_is_taken_stays_below_the_package(
            parts in proptest::collection::vec("(\\.{1,3}|[a-z]{1,4}|\\PC{0,6}|con|/|\\\\|[a-z]:)", 0..8)
        ) {
            if let Ok(Some(inner)) = inner_path(parts.join("/").as_bytes()) {
                let joined = Path::new("/store/x").join(&inner);
                prop_assert!(joined.starts_with("/store/x"));
                prop_assert!(Path::new(&inner).components().all(|c| matches!(c, Component::Normal(_))));
                prop_assert!(!inner.contains('\\') && !inner.contains('\0'));
            }
        }

        #[test]
        fn any_bytes_are_answered(raw in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = inner_path(&raw);
        }
    }
}

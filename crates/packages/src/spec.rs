//! What a dependency asks for: `^1.2.0`, `latest`, `npm:other@1`, or something that is refused.

use nodejs_semver::Range;

use crate::PackagesError;

/// A dependency's range, understood.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    /// The package in the registry, which an alias may differ from.
    pub(crate) name: String,
    pub(crate) wanted: Wanted,
    /// The range as written, for messages.
    pub(crate) text: String,
}

#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    Range(Box<Range>),
    /// A dist-tag.
    Tag(String),
}

impl Spec {
    /// Understands `"alias": "text"` of a `package.json`.
    pub(crate) fn parse(alias: &str, text: &str) -> Result<Self, PackagesError> {
        check_name(alias)?;
        let text = text.trim();
        if let Some(target) = text.strip_prefix("npm:") {
            let (name, range) = split_alias(target);
            check_name(name)?;
            return Self::of(name, alias, range);
        }
        Self::of(alias, alias, text)
    }

    fn of(name: &str, alias: &str, text: &str) -> Result<Self, PackagesError> {
        let refuse = |reason| PackagesError::UnsupportedSpec {
            name: alias.to_owned(),
            spec: text.chars().take(120).collect(),
            reason,
        };
        if text.len() > 512 {
            return Err(refuse("is too long"));
        }
        let wanted = if text.is_empty() || text == "*" || text == "x" {
            Wanted::Tag("latest".to_owned())
        } else if let Ok(range) = Range::parse(text) {
            Wanted::Range(Box::new(range))
        } else {
            if let Some(reason) = unsupported(text) {
                return Err(refuse(reason));
            }
            if !text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
                return Err(refuse("is neither a version range nor a tag"));
            }
            Wanted::Tag(text.to_owned())
        };
        Ok(Self { name: name.to_owned(), wanted, text: text.to_owned() })
    }
}

fn split_alias(target: &str) -> (&str, &str) {
    match target.char_indices().skip(1).find(|(_, c)| *c == '@') {
        Some((at, _)) => (&target[..at], &target[at + 1..]),
        None => (target, ""),
    }
}

fn unsupported(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|p| lower.starts_with(p));
    if starts(&["git:", "git+", "git@", "github:", "gitlab:", "bitbucket:", "gist:", "ssh:"]) {
        Some("comes from git, which is not taken")
    } else if starts(&["http:", "https:"]) {
        Some("is an address, which is not taken")
    } else if starts(&["file:", "link:", "portal:", "./", "../", "/", "~/"]) {
        Some("is a folder of some machine, which is not taken")
    } else if starts(&["workspace:", "catalog:"]) {
        Some("belongs to a workspace, which an app here is not")
    } else if text.contains('/') {
        Some("looks like a git repository, which is not taken")
    } else {
        None
    }
}

/// Checks a package's name by npm's rules. Old packages with capitals are let through.
pub(crate) fn check_name(name: &str) -> Result<(), PackagesError> {
    let bad = || PackagesError::InvalidName { name: name.chars().take(80).collect() };
    if name.len() > 214 {
        return Err(bad());
    }
    let local = match name.strip_prefix('@') {
        Some(scoped) => {
            let (scope, local) = scoped.split_once('/').ok_or_else(bad)?;
            if !is_name_part(scope) {
                return Err(bad());
            }
            local
        }
        None => name,
    };
    let reserved = matches!(local, "node_modules" | "favicon.ico");
    if !is_name_part(local) || reserved { Err(bad()) } else { Ok(()) }
}

fn is_name_part(part: &str) -> bool {
    !part.is_empty()
        && !part.starts_with(['.', '_'])
        && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'))
}

/// Splits `react-dom/client` into `react-dom` and `client`; `None` when it names no package.
pub(crate) fn split_specifier(specifier: &str) -> Option<(&str, &str)> {
    let end = if specifier.starts_with('@') {
        let slash = specifier.find('/')?;
        specifier[slash + 1..].find('/').map(|at| slash + 1 + at)
    } else {
        specifier.find('/')
    };
    let (name, sub) = end.map_or((specifier, ""), |at| (&specifier[..at], &specifier[at + 1..]));
    check_name(name).ok().map(|()| (name, sub.trim_end_matches('/')))
}

/// Whether `version` is what `text`, a dependency's range, asks for. Tags fit any version.
pub(crate) fn fits(alias: &str, text: &str, version: &str) -> bool {
    let Ok(spec) = Spec::parse(alias, text) else { return false };
    spec.name == alias
        && match spec.wanted {
            Wanted::Tag(tag) => tag == "latest",
            Wanted::Range(range) => {
                nodejs_semver::Version::parse(version).is_ok_and(|v| range.satisfies(&v))
            }
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_tags_and_aliases_are_understood() {
        assert!(matches!(Spec::parse("a", "^1.2").unwrap().wanted, Wanted::Range(_)));
        assert!(matches!(Spec::parse("a", "1 || >=3 <4").unwrap().wanted, Wanted::Range(_)));
        assert!(matches!(Spec::parse("a", "").unwrap().wanted, Wanted::Tag(t) if t == "latest"));
        assert!(matches!(Spec::parse("a", "next").unwrap().wanted, Wanted::Tag(t) if t == "next"));
        let alias = Spec::parse("r", "npm:@s/react@^18").unwrap();
        assert_eq!((alias.name.as_str(), alias.text.as_str()), ("@s/react", "^18"));
        assert_eq!(Spec::parse("r", "npm:react").unwrap().name, "react");
    }

    #[test]
    fn what_is_not_in_the_registry_is_refused() {
        for text in [
            "git+ssh://git@host/x.git",
            "github:a/b",
            "a/b",
            "file:../x",
            "link:x",
            "https://host/x.tgz",
            "workspace:*",
            "../x",
            "a b!",
        ] {
            let error = Spec::parse("x", text).unwrap_err();
            assert!(matches!(error, PackagesError::UnsupportedSpec { .. }), "{text}: {error}");
        }
    }

    #[test]
    fn names_are_checked() {
        for name in ["", "..", ".x", "a/b", "@a", "@/b", "@a/../b", "a b", "a\0", "@a/b/c", "a%2fb"]
        {
            assert!(check_name(name).is_err(), "{name:?}");
        }
        for name in ["react", "@scope/a-b.c", "JSONStream", "lodash.merge"] {
            assert!(check_name(name).is_ok(), "{name:?}");
        }
    }

    #[test]
    fn specifiers_are_split() {
        assert_eq!(split_specifier("react-dom/client"), Some(("react-dom", "client")));
        assert_eq!(split_specifier("@a/b"), Some(("@a/b", "")));
        assert_eq!(split_specifier("@a/b/c/d"), Some(("@a/b", "c/d")));
        assert_eq!(split_specifier("buffer/"), Some(("buffer", "")));
        assert_eq!(split_specifier("./a"), None);
        assert_eq!(split_specifier("@/components"), None);
    }
}

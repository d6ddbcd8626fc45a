use std::time::Duration;

/// Why packages could not be had. Every message says what is wrong and what to do about it, and
/// none names a path or an address of the host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PackagesError {
    /// The registry has no package of that name.
    #[error("the registry has no package `{name}`: {}", did_you_mean(similar.as_deref()))]
    NotFound {
        /// The name that was asked for.
        name: String,
        /// A known package whose name is close.
        similar: Option<String>,
    },
    /// The package exists, but in no version that the range allows.
    #[error("`{name}` has no version that fits `{range}`: the newest are {}", list(newest))]
    NoMatchingVersion {
        /// The package.
        name: String,
        /// The range that was asked for.
        range: String,
        /// Its newest versions, newest first, at most five.
        newest: Vec<String>,
    },
    /// All versions that the range allows came out too recently.
    #[error(
        "`{name}` {version} came out less than {hours} hours ago, and no older version fits `{range}`: wait until others have looked at it, or write exactly {version} in package.json"
    )]
    TooYoung {
        /// The package.
        name: String,
        /// The version that would have been chosen.
        version: String,
        /// The range that was asked for.
        range: String,
        /// How long versions must have been out, in hours.
        hours: u64,
    },
    /// A dependency is written in a way that is not taken: git, file, URL, workspace.
    #[error(
        "`{name}: {spec}` {reason}: give a version range of a registry package, such as `^1.2.0`"
    )]
    UnsupportedSpec {
        /// The dependency's name.
        name: String,
        /// What its range says.
        spec: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The name breaks npm's rules for names.
    #[error(
        "`{name}` is not a package name: use lower-case letters, digits, `-`, `.`, `_`, and at most one `@scope/`"
    )]
    InvalidName {
        /// The name, cut to 80 characters.
        name: String,
    },
    /// What was downloaded is not what the registry promised.
    #[error(
        "`{package}` does not match the checksum that the registry states for it: try again, and if it stays so, do not use this version"
    )]
    IntegrityMismatch {
        /// `name@version`.
        package: String,
    },
    /// The registry states no checksum, so nothing can be verified.
    #[error("the registry states no checksum for `{package}`: use another version")]
    NoIntegrity {
        /// `name@version`.
        package: String,
    },
    /// A package's archive is broken or tries to write where it may not.
    #[error("the archive of `{package}` is refused: {reason}; use another version or package")]
    BadArchive {
        /// `name@version`.
        package: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something is larger than the limit.
    #[error("{what} is larger than {limit} bytes: use a smaller package, or raise the limit")]
    TooLarge {
        /// What is too large.
        what: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// There are more of something than the limit allows.
    #[error(
        "there are more than {limit} {what}: use fewer or smaller packages, or raise the limit"
    )]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// Work took longer than the limit.
    #[error("{what} took longer than {} s: try again, or use fewer packages", limit.as_secs())]
    TimedOut {
        /// What was being done.
        what: &'static str,
        /// The limit.
        limit: Duration,
    },
    /// The registry could not be reached or answered with an error.
    #[error(
        "the npm registry could not give {what}: {reason}; check the network and npm's registry setting, then try again"
    )]
    Network {
        /// What was asked for.
        what: String,
        /// What happened.
        reason: String,
    },
    /// Nothing may be downloaded, and the cache does not have it.
    #[error(
        "{what} is not on this machine and the server is offline: connect it once, or use a package that comes with QuickVibe"
    )]
    Offline {
        /// What is missing.
        what: String,
    },
    /// The registry refuses the credentials, or wants some.
    #[error("the npm registry refuses access to {what}: set a token for it in .npmrc")]
    Forbidden {
        /// What was asked for.
        what: String,
    },
    /// The packages are there but do not bundle.
    #[error("the packages do not bundle: {}; use another version or package", messages.join("; "))]
    BundleFailed {
        /// The first messages, at most five.
        messages: Vec<String>,
    },
    /// npm's configuration cannot be used.
    #[error("npm's setting `{key}` cannot be used: {reason}")]
    Config {
        /// The setting.
        key: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The cache folder cannot be read or written.
    #[error(
        "the package cache cannot be used ({action}): {reason}; check the data folder's space and permissions"
    )]
    Cache {
        /// What was being done.
        action: &'static str,
        /// What the system said.
        reason: String,
    },
}

impl PackagesError {
    /// Whether the same call may go through later with nothing changed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Network { .. }
                | Self::Offline { .. }
                | Self::TimedOut { .. }
                | Self::IntegrityMismatch { .. }
                | Self::Cache { .. }
        )
    }

    pub(crate) fn cache(action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        // The kind, not the error: the error's text may hold a path of this machine.
        move |error| Self::Cache { action, reason: error.kind().to_string() }
    }
}

fn did_you_mean(similar: Option<&str>) -> String {
    similar.map_or_else(
        || "check its spelling".to_owned(),
        |name| format!("did you mean `{name}`? Check its spelling"),
    )
}

fn list(versions: &[String]) -> String {
    if versions.is_empty() { "none".to_owned() } else { versions.join(", ") }
}

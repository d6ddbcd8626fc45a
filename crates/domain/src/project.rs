use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text_enum;

text_enum! {
    /// What kind of app a project is.
    ProjectType {
        /// A web app.
        WebApp = "web_app",
        /// An installable mobile web app.
        MobileApp = "mobile_app",
        /// A game.
        Game = "game",
        /// A landing page.
        LandingPage = "landing_page",
    }
}

text_enum! {
    /// Who may see a project.
    Visibility {
        /// Its members.
        Private = "private",
        /// Anyone with the address; never its chat, keys, usage or members.
        Public = "public",
    }
}

text_enum! {
    /// How the last build of a project went.
    BuildStatus {
        /// Nothing was built yet.
        None = "none",
        /// A generation is at work.
        Building = "building",
        /// The newest version was checked and holds.
        Verified = "verified",
        /// The newest version exists but a check failed.
        Unverified = "unverified",
        /// The last generation failed.
        Failed = "failed",
    }
}

text_enum! {
    /// What made a version.
    VersionOrigin {
        /// The project's beginning: a starter or a scaffold.
        Starter = "starter",
        /// A turn.
        Turn = "turn",
        /// A person's edit.
        Edit = "edit",
        /// An older version, made new.
        Restore = "restore",
        /// Files from outside.
        Import = "import",
    }
}

text_enum! {
    /// A user's role on a project, from least to most.
    Role {
        /// May look.
        Viewer = "viewer",
        /// May also change files and talk to the agent.
        Editor = "editor",
        /// May also rename, share and delete.
        Owner = "owner",
    }
}

impl Role {
    /// Whether this role includes `needed`.
    #[must_use]
    pub fn allows(self, needed: Self) -> bool {
        self >= needed
    }
}

/// A project's name: 1 to 80 characters, one line, trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[cfg_attr(feature = "schema", ts(type = "string"), schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct ProjectName(String);

/// Why a name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProjectNameError {
    /// Blank.
    #[error("a project name is empty: give it at least one character")]
    Empty,
    /// Longer than [`ProjectName::MAX_CHARS`].
    #[error("a project name is longer than {} characters: shorten it", ProjectName::MAX_CHARS)]
    TooLong,
    /// Has a line break or another control character.
    #[error("a project name has a line break or control character: keep it to one line")]
    Control,
}

impl ProjectName {
    /// The longest name, in characters.
    pub const MAX_CHARS: usize = 80;

    /// Checks and takes a name.
    ///
    /// # Errors
    /// [`ProjectNameError`] says which rule it breaks.
    pub fn parse(name: &str) -> Result<Self, ProjectNameError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(ProjectNameError::Empty);
        }
        if name.chars().count() > Self::MAX_CHARS {
            return Err(ProjectNameError::TooLong);
        }
        if name.chars().any(char::is_control) {
            return Err(ProjectNameError::Control);
        }
        Ok(Self(name.to_owned()))
    }

    /// The nearest valid name to any text: for names that the product proposes itself.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let cut: String = words.chars().take(Self::MAX_CHARS).collect();
        Self::parse(&cut).unwrap_or_else(|_| Self("Untitled".to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ProjectName {
    type Error = ProjectNameError;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name)
    }
}

impl From<ProjectName> for String {
    fn from(name: ProjectName) -> Self {
        name.0
    }
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_include_the_lesser_ones() {
        assert!(Role::Owner.allows(Role::Editor) && Role::Editor.allows(Role::Viewer));
        assert!(!Role::Viewer.allows(Role::Editor) && !Role::Editor.allows(Role::Owner));
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(ProjectName::parse("  Focus  ").unwrap().as_str(), "Focus");
        assert_eq!(ProjectName::parse(" "), Err(ProjectNameError::Empty));
        assert_eq!(ProjectName::parse("a\nb"), Err(ProjectNameError::Control));
        assert_eq!(ProjectName::parse(&"x".repeat(81)), Err(ProjectNameError::TooLong));
        assert_eq!(ProjectName::from_text("a\n b").as_str(), "a b");
        assert_eq!(ProjectName::from_text("\n").as_str(), "Untitled");
    }

    #[test]
    fn texts_return_their_values() {
        for kind in ProjectType::ALL {
            assert_eq!(kind.as_str().parse::<ProjectType>().unwrap(), *kind);
        }
        assert!("spaceship".parse::<ProjectType>().is_err());
    }
}

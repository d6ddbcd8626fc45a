use qv_domain::ProjectType;

use crate::{Files, catalogue};

/// A small clean scaffold of a type, from which a model begins when no starter fits.
#[must_use]
pub fn blank(kind: ProjectType) -> Files {
    let scaffold = match kind {
        ProjectType::WebApp => "web",
        ProjectType::MobileApp => "mobile",
        ProjectType::Game => "game",
        ProjectType::LandingPage => "landing",
    };
    catalogue().scaffold(scaffold).cloned().unwrap_or_default()
}

use qv_domain::ProjectType;
use serde::Serialize;
use ts_rs::TS;
use utoipa::ToSchema;

/// A starter, in the gallery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Starter {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What kind of app.
    pub project_type: ProjectType,
    /// One sentence.
    pub summary: String,
    /// Prompts that it answers well.
    pub examples: Vec<String>,
    /// The address of its picture.
    pub thumbnail: String,
}

/// `GET /api/starters`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct StarterList {
    /// In the gallery's order.
    pub items: Vec<Starter>,
}

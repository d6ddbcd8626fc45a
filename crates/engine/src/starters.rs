//! The gallery of starters.

use qv_wire::{Starter, StarterList};

use crate::{Engine, EngineError, Result};

impl Engine {
    /// Every starter, in the gallery's order.
    #[must_use]
    pub fn starters(&self) -> StarterList {
        let view = |starter: &qv_starters::Starter| Starter {
            id: starter.id().to_owned(),
            title: starter.manifest.title.clone(),
            project_type: starter.manifest.kind,
            summary: starter.manifest.summary.clone(),
            examples: starter.manifest.examples.prompts.clone(),
            thumbnail: format!("/api/starters/{}/thumbnail", starter.id()),
        };
        StarterList { items: qv_starters::list().iter().map(view).collect() }
    }

    /// A starter's picture, as WebP.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn starter_thumbnail(&self, id: &str) -> Result<&'static [u8]> {
        let starter = qv_starters::get(id).ok_or_else(|| EngineError::not_found("starter"))?;
        starter.thumb().ok_or_else(|| EngineError::not_found("picture"))
    }
}

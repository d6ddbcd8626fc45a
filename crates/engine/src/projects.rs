//! Projects: make, list, change, delete.

use std::sync::Arc;

use qv_domain::{AuditAction, PreviewId, ProjectId, ProjectName, ProjectType, Role, Visibility};
use qv_store as store;
use qv_wire::{CreateProject, Page, Project, ProjectCreated, StartTurn, UpdateProject};

use crate::audit::Act;
use crate::budgets::Place;
use crate::{Access, Actor, Engine, EngineError, Result, view};

const NAME_WORDS: usize = 6;

impl Engine {
    /// Makes a project; with a prompt its first turn starts in the same transaction.
    ///
    /// # Errors
    /// `Invalid` names the field.
    pub async fn create_project(
        &self,
        actor: &Actor,
        create: CreateProject,
    ) -> Result<ProjectCreated> {
        let prompt = create.prompt.as_deref().map(str::trim).filter(|prompt| !prompt.is_empty());
        let starter = match create.starter.as_deref() {
            Some(id) => Some(qv_starters::get(id).ok_or_else(|| {
                EngineError::invalid(
                    "starter",
                    "There is no such starter. Choose one from the gallery.",
                )
            })?),
            None => None,
        };
        let project_type = create
            .project_type
            .or_else(|| starter.map(|starter| starter.manifest.kind))
            .or_else(|| prompt.map(qv_starters::project_type))
            .unwrap_or(ProjectType::WebApp);
        let name = match create.name.as_deref() {
            Some(name) => {
                ProjectName::parse(name).map_err(|error| EngineError::invalid("name", error))?
            }
            None => proposed_name(prompt, starter.map(|starter| starter.manifest.title.as_str())),
        };
        let new = store::NewProject {
            id: ProjectId::generate(&*self.env),
            owner_id: actor.user_id(),
            name,
            project_type,
            visibility: Visibility::Private,
            preview_id: PreviewId::generate(&*self.env),
            starter: create.starter.clone(),
        };
        let prepared = match prompt {
            None => None,
            Some(prompt) => {
                let turn = StartTurn {
                    message: prompt.to_owned(),
                    mode: None,
                    model: create.model,
                    images: create.images,
                    plan: Vec::new(),
                    context: None,
                };
                let mut prepared = self.prepare_turn(actor.user_id(), turn).await?;
                let place = Place::New { starter: create.starter.as_deref(), project_type };
                self.price_turn(&mut prepared, place).await?;
                Some(prepared)
            }
        };
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let row = tx.insert_project(&new, now).await?;
        Act::by(actor, AuditAction::ProjectCreated)
            .on_project(row.id)
            .with("name", row.name.as_str())
            .tell(&mut tx, &*self.env, now)
            .await?;
        let turn = match prepared {
            Some(prepared) => Some(self.enqueue_turn(&mut tx, row.id, prepared, now).await?),
            None => None,
        };
        // Counters and status have moved with the turn.
        let row = tx.project(row.id).await?.unwrap_or(row);
        tx.commit().await?;
        if turn.is_some() {
            self.turn_enqueued();
        }
        let active = turn.as_ref().map(|turn| turn.generation.id);
        Ok(ProjectCreated { project: view::project(&row, Role::Owner, active), turn })
    }

    /// A page of the actor's projects, last changed first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that no list gave.
    pub async fn projects(
        &self,
        actor: &Actor,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Project>> {
        let filter = store::ProjectFilter {
            name_contains: query.map(str::trim).filter(|query| !query.is_empty()),
            after: cursor.map(str::parse).transpose()?,
            limit,
        };
        let page = self.db.read().await?.projects(actor.user_id(), &filter).await?;
        Ok(view::page(page, |mine| view::project(&mine.project, mine.role, None)))
    }

    /// One project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project(&self, access: &Access) -> Result<Project> {
        let open = self.db.read().await?.open_generations(access.project_id()).await?;
        Ok(view::project(
            &access.project,
            access.role,
            open.first().map(|generation| generation.id),
        ))
    }

    /// Renames a project or changes who may see it.
    ///
    /// # Errors
    /// `Invalid` names the field.
    pub async fn update_project(&self, access: &Access, update: UpdateProject) -> Result<Project> {
        access.require(Role::Editor)?;
        if update.visibility.is_some() {
            access.require(Role::Owner)?;
        }
        let name = update.name.as_deref().map(ProjectName::parse).transpose();
        let change = store::ProjectChange {
            name: name.map_err(|error| EngineError::invalid("name", error))?,
            visibility: update.visibility,
            ..store::ProjectChange::default()
        };
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let row = tx.update_project(access.project_id(), &change, now).await?;
        let row = row.ok_or_else(|| EngineError::not_found("project"))?;
        if row.visibility != access.project.visibility {
            Act::by(access.actor(), AuditAction::VisibilityChanged)
                .on_project(row.id)
                .with("visibility", row.visibility.as_str())
                .tell(&mut tx, &*self.env, now)
                .await?;
        }
        tx.commit().await?;
        Ok(view::project(&row, access.role, None))
    }

    /// Removes a project with everything in it; a running turn is stopped first.
    ///
    /// # Errors
    /// `Forbidden` unless the actor owns it.
    pub async fn delete_project(self: &Arc<Self>, access: &Access) -> Result<()> {
        access.require(Role::Owner)?;
        let project = access.project_id();
        let mut tx = self.db.begin().await?;
        for generation in tx.open_generations(project).await? {
            tx.request_cancel(generation.id).await?;
            self.stop_running(generation.id);
        }
        tx.delete_project(project).await?;
        Act::by(access.actor(), AuditAction::ProjectDeleted)
            .on_project(project)
            .with("name", access.project.name.as_str())
            .tell(&mut tx, &*self.env, self.env.now())
            .await?;
        tx.commit().await?;
        self.workspaces.close(project);
        self.project_deleted(project);
        Ok(())
    }
}

/// A first name: the starter's title, or the prompt's first words.
pub(crate) fn proposed_name(prompt: Option<&str>, starter: Option<&str>) -> ProjectName {
    let text = match (prompt, starter) {
        (_, Some(title)) => title.to_owned(),
        (Some(prompt), None) => {
            let words: Vec<&str> = prompt.split_whitespace().collect();
            let start =
                usize::from(words.first().is_some_and(|word| {
                    matches!(word.to_lowercase().as_str(), "a" | "an" | "the")
                }));
            let name =
                words.iter().skip(start).take(NAME_WORDS).copied().collect::<Vec<_>>().join(" ");
            let name = name.trim_end_matches([',', '.', ':', ';']).to_owned();
            let mut chars = name.chars();
            chars
                .next()
                .map(|first| first.to_uppercase().chain(chars).collect())
                .unwrap_or_default()
        }
        (None, None) => String::new(),
    };
    ProjectName::from_text(&text)
}

#[cfg(test)]
mod tests {
    use super::proposed_name;

    #[test]
    fn names_come_from_what_is_known() {
        let name = |prompt, starter| proposed_name(prompt, starter).as_str().to_owned();
        assert_eq!(
            name(Some("a pomodoro timer with statistics, dark"), None),
            "Pomodoro timer with statistics, dark"
        );
        assert_eq!(name(Some("x"), Some("Kanban board")), "Kanban board");
        assert_eq!(name(None, None), "Untitled");
    }
}

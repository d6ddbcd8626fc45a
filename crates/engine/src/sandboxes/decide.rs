//! Where a project's app runs: what its files need, put to the router.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use qv_domain::{EngineKind, FilePath, Plan, ProjectId};
use qv_sandbox::{
    Availability, Decision, Manifest, Needs, NeedsInput, NoEngine, Offer, Offers, Purpose, Route,
    Shape, needs, route,
};
use qv_store as store;
use tokio::time::Instant;

use super::engines::Slot;
use crate::{Engine, Result};

/// For so long it is believed what was told of a project: another server may change its files.
const BELIEVED: Duration = Duration::from_secs(5);
/// Projects of which it is remembered.
const MOST_KNOWN: usize = 10_000;
/// The longest `package.json` that is read.
const MANIFEST_BYTES: usize = 1_000_000;

/// What is known of projects.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<ProjectId, (Wants, Instant)>>);

/// What a project's app needs, and what a person has chosen.
#[derive(Debug, Clone)]
pub(crate) struct Wants {
    pub(crate) needs: Needs,
    pub(crate) manifest: Manifest,
    pub(crate) chosen: Option<EngineKind>,
}

impl Wants {
    /// Whether a browser can show it and nobody wants it elsewhere: then nothing else is asked.
    pub(super) fn is_for_the_browser(&self) -> bool {
        self.needs.shape != Shape::Server
            && self.chosen.is_none_or(|chosen| chosen == EngineKind::Browser)
    }
}

impl Known {
    pub(super) fn forget(&self, project: ProjectId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&project);
    }

    fn get(&self, project: ProjectId) -> Option<Wants> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (wants, at) = known.get(&project)?;
        (at.elapsed() < BELIEVED).then(|| wants.clone())
    }

    fn keep(&self, project: ProjectId, wants: &Wants) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.retain(|_, (_, at)| at.elapsed() < BELIEVED);
        }
        known.insert(project, (wants.clone(), Instant::now()));
    }
}

impl Engine {
    /// What a project's app needs.
    pub(crate) async fn wants(&self, project: ProjectId) -> Result<Wants> {
        if let Some(known) = self.sandboxes.known.get(project) {
            return Ok(known);
        }
        let mut conn = self.db.read().await?;
        let files = conn.files(project).await?;
        let chosen = conn.engine_choice(project).await?;
        let manifest = files.iter().find(|file| file.path.as_str() == "package.json");
        let manifest = match manifest {
            Some(file) => {
                let blobs = conn.blobs(&[file.hash]).await?;
                let text = blobs.get(&file.hash).filter(|blob| blob.len() <= MANIFEST_BYTES);
                text.and_then(|blob| std::str::from_utf8(blob).ok()).map(Manifest::read)
            }
            None => None,
        };
        drop(conn);
        let paths: Vec<FilePath> = files.into_iter().map(|file| file.path).collect();
        let needs = needs(NeedsInput { paths: &paths, manifest: manifest.as_ref() });
        let wants = Wants { needs, manifest: manifest.unwrap_or_default(), chosen };
        self.sandboxes.known.keep(project, &wants);
        Ok(wants)
    }

    /// Whether apps may be run by the vendor's WebContainer.
    #[must_use]
    pub fn offers_webcontainer(&self) -> bool {
        self.config.sandboxes.webcontainer
    }

    /// Where a project's app runs, or its commands do.
    pub(crate) async fn decide(
        &self,
        project: &store::Project,
        wants: &Wants,
        purpose: Purpose,
    ) -> Result<Result<Decision, NoEngine>> {
        if purpose == Purpose::Preview && wants.is_for_the_browser() {
            // The common case asks no engine and no plan.
            let offers = Offers { local: unasked(), daytona: unasked(), webcontainer: unasked() };
            let chosen = None;
            return Ok(route(Route { purpose, needs: &wants.needs, offers: &offers, chosen }));
        }
        let owner = self.db.read().await?.user(project.owner_id).await?;
        let offers = self.offers(owner.map_or(Plan::Free, |owner| owner.plan)).await;
        let chosen = wants.chosen;
        Ok(route(Route { purpose, needs: &wants.needs, offers: &offers, chosen }))
    }

    async fn offers(&self, plan: Plan) -> Offers {
        let engines = &self.sandboxes.engines;
        let webcontainer = if self.config.sandboxes.webcontainer {
            Availability::Ready
        } else {
            Availability::Off("WebContainer is not turned on here: it takes a licence.".to_owned())
        };
        Offers {
            local: self.engine_offer(&engines.local, plan).await,
            daytona: self.engine_offer(&engines.daytona, plan).await,
            webcontainer: Offer {
                availability: webcontainer,
                in_plan: self.in_plan(plan, EngineKind::Webcontainer),
                nanousd_per_second: 0,
            },
        }
    }

    async fn engine_offer(&self, slot: &Slot, plan: Plan) -> Offer {
        Offer {
            availability: slot.availability().await,
            in_plan: self.in_plan(plan, slot.kind()),
            nanousd_per_second: slot.nanousd_per_second(),
        }
    }

    fn in_plan(&self, plan: Plan, engine: EngineKind) -> bool {
        self.config.sandboxes.plans.includes(plan, engine)
    }
}

/// An engine that nobody needs to ask.
fn unasked() -> Offer {
    let availability = Availability::Off("It needs no machine.".to_owned());
    Offer { availability, in_plan: true, nanousd_per_second: 0 }
}

use std::collections::HashSet;
use std::sync::Arc;

use qv_domain::{SandboxId, SandboxState};

use super::super::link::transient;
use super::super::wire::Request;
use super::boxed::blocking;
use super::{Inner, LocalEngine};
use crate::{Result, SandboxEngine, SandboxError};

impl LocalEngine {
    /// Keeps the packages of a sandbox as a template under this key (64 hex digits): sandboxes that ask for them have them
    /// at once. A sandbox that is stopped is started for it. What is kept under the key already stays.
    ///
    /// Whoever calls it answers for what is in there: only an install has run in the sandbox, of the lock file that the
    /// key is of. What an app's own code may have changed is no template for others.
    ///
    /// # Errors
    /// `InvalidSpec` when that is no key; `Transient` when there are no packages, or more than can be kept.
    pub async fn keep_template(&self, id: SandboxId, key: &str) -> Result<()> {
        if key.len() != 64 || !key.bytes().all(|b| b.is_ascii_hexdigit()) {
            let message = "a set of packages is named by 64 hex digits".into();
            return Err(SandboxError::InvalidSpec { message });
        }
        let boxed = self.0.sandbox(id)?;
        let stopped = boxed.status().state != SandboxState::Running;
        if stopped {
            self.resume(id).await?;
        }
        let kept = async {
            let modules = boxed.running()?.link.ask(Request::OpenModules).await?;
            let modules = modules.ok_or_else(|| transient("the packages", "they did not come"))?;
            let (inner, key) = (Arc::clone(&self.0), key.to_owned());
            blocking(move || {
                inner.templates.keep(&key, &modules)?;
                inner.templates.touch(&key);
                inner.shrink_templates(Some(&key))
            })
            .await
        }
        .await;
        if stopped {
            self.stop(id).await?;
        }
        kept
    }

    /// Whether packages are kept under this key.
    #[must_use]
    pub fn has_template(&self, key: &str) -> bool {
        key.bytes().all(|b| b.is_ascii_hexdigit()) && self.0.templates.find(key).is_some()
    }
}

impl Inner {
    /// Removes templates that are too many, but none that a sandbox has or that was just made.
    fn shrink_templates(&self, just: Option<&str>) -> Result<()> {
        let used = || {
            let packages = self.all().into_iter().filter_map(|boxed| boxed.spec.packages.clone());
            let warm = self.warm.packages();
            packages.chain(warm).chain(just.map(str::to_owned)).collect::<HashSet<_>>()
        };
        self.templates.shrink(used).map_err(|error| transient("removing packages", error))
    }
}

//! Making a sandbox: all of it or nothing.

use std::sync::Arc;

use http::Method;
use qv_domain::SandboxId;

use super::Core;
use super::config::{Size, Source};
use super::http::{Call, Repeat, under};
use super::remote::{State, name_of};
use super::wire::{BuildInfo, CreateSandbox, Sandbox};
use crate::{Egress, Result, SandboxError, SandboxSpec};

impl Core {
    pub(super) async fn make(self: &Arc<Self>, spec: SandboxSpec) -> Result<()> {
        if self.known.get(spec.id).is_some() {
            return Err(taken());
        }
        let unfinished = Unfinished { core: Some(Arc::clone(self)), id: spec.id };
        let made = self.make_whole(&spec).await;
        let Err((error, left)) = made else {
            unfinished.finished();
            return Ok(());
        };
        unfinished.finished();
        if left == Left::Nothing {
            return Err(error);
        }
        match self.remove(spec.id).await {
            Ok(()) => Err(error),
            Err(second) => {
                tracing::error!(sandbox = %spec.id, %error, %second, "a sandbox that failed half-way is left at Daytona");
                Err(with_remains(error, &second))
            }
        }
    }

    async fn make_whole(&self, spec: &SandboxSpec) -> Result<(), (SandboxError, Left)> {
        let answer = match self.ask_for(spec).await {
            Ok(answer) => answer,
            Err(error) => {
                // It may have been made although no answer came.
                let unclear =
                    matches!(error, SandboxError::Transient { .. } | SandboxError::Timeout { .. });
                return Err((error, if unclear { Left::Perhaps } else { Left::Nothing }));
            }
        };
        self.finish(spec, answer).await.map_err(|error| (error, Left::Perhaps))
    }

    async fn ask_for(&self, spec: &SandboxSpec) -> Result<Sandbox> {
        let size = Size::holding(&spec.limits);
        let (snapshot, image) = match &self.config.source {
            Source::Default => (None, None),
            Source::Snapshot(name) => (Some(name.as_str()), None),
            Source::Image(name) => (None, Some(dockerfile(name)?)),
        };
        // Daytona refuses a size beside a snapshot: that has its own.
        let sized = image.is_some();
        let (blocked, domains) = match spec.egress {
            Egress::None => (Some(true), None),
            Egress::Registry => (None, Some(self.config.registry_domains.join(","))),
        };
        let labels = self.labels(spec.id);
        let body = CreateSandbox {
            name: &name_of(spec.id),
            snapshot,
            build_info: image.map(|dockerfile_content| BuildInfo { dockerfile_content }),
            env: spec.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
            labels: &labels,
            public: false,
            target: self.config.target.as_deref(),
            cpu: sized.then_some(size.cpu),
            memory: sized.then_some(size.memory_gb),
            disk: sized.then_some(size.disk_gb),
            auto_stop_interval: self.config.auto_stop_minutes,
            auto_delete_interval: self.config.auto_delete_minutes.map_or(-1, i64::from),
            network_block_all: blocked,
            domain_allow_list: domains,
        };
        let call = Call::new(Method::POST, self.api.url(&["sandbox"]), Repeat::Once).json(&body)?;
        match self.api.call(call).await {
            Ok(answer) => answer.json(),
            Err(SandboxError::Conflict { .. }) => Err(taken()),
            Err(SandboxError::NotFound { .. }) => Err(SandboxError::InvalidSpec {
                message: "Daytona does not know the snapshot or the region".to_owned(),
            }),
            Err(error) => Err(error),
        }
    }

    async fn finish(&self, spec: &SandboxSpec, first: Sandbox) -> Result<()> {
        self.meet(spec.id, &first)?;
        let sandbox = match first.state() {
            State::Running => first,
            _ => self.until(spec.id, State::Running).await?,
        };
        self.large_enough(&spec.limits, &sandbox)?;
        let remote = self.remote(spec.id).await?;
        let project = self.project(&remote).await?;
        let mut url = under(&remote.toolbox, &["files", "folder"]);
        url.query_pairs_mut().append_pair("path", project).append_pair("mode", "0755");
        self.api.call(Call::new(Method::POST, url, Repeat::Safe)).await?;
        Ok(())
    }

    /// A snapshot has a size of its own.
    fn large_enough(&self, limits: &crate::ResourceLimits, sandbox: &Sandbox) -> Result<()> {
        let size = Size::holding(limits);
        let parts = [
            ("processors", size.cpu, sandbox.cpu),
            ("GB of memory", size.memory_gb, sandbox.memory),
            ("GB of disk", size.disk_gb, sandbox.disk),
        ];
        for (what, asked, has) in parts {
            #[expect(clippy::cast_precision_loss, reason = "sizes are small numbers")]
            if let Some(has) = has.filter(|has| *has > 0.0 && *has < asked as f64) {
                let message = format!(
                    "sandboxes made from the snapshot at Daytona have {has} {what}, and {asked} are asked for"
                );
                return Err(SandboxError::InvalidSpec { message });
            }
        }
        Ok(())
    }
}

/// What may be left of a sandbox whose making failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Nothing,
    Perhaps,
}

/// Removes the sandbox when nobody waits for it any more.
struct Unfinished {
    core: Option<Arc<Core>>,
    id: SandboxId,
}

impl Unfinished {
    fn finished(mut self) {
        self.core = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let (Some(core), id) = (self.core.take(), self.id) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            if let Err(error) = core.remove(id).await {
                tracing::error!(sandbox = %id, %error, "a sandbox that nobody waited for is left at Daytona");
            }
        });
    }
}

fn taken() -> SandboxError {
    SandboxError::Conflict { message: "there is a sandbox with this id already".to_owned() }
}

fn dockerfile(image: &str) -> Result<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._/:@".contains(c);
    if image.is_empty() || !image.chars().all(plain) {
        let message = "the image for Daytona has a name that none can have".to_owned();
        return Err(SandboxError::InvalidSpec { message });
    }
    Ok(format!("FROM {image}\n"))
}

/// The first error, and that something is left.
fn with_remains(error: SandboxError, second: &SandboxError) -> SandboxError {
    let add = |first: &str| {
        format!(
            "{first}; what was made so far could not be deleted at Daytona and may still run ({second})"
        )
    };
    match error {
        SandboxError::Quota { scope, message } => {
            SandboxError::Quota { scope, message: add(&message) }
        }
        SandboxError::InvalidSpec { message } => {
            SandboxError::InvalidSpec { message: add(&message) }
        }
        SandboxError::Conflict { message } => SandboxError::Conflict { message: add(&message) },
        other => SandboxError::Transient { message: add(&other.to_string()) },
    }
}

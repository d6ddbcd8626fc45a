use std::collections::HashMap;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use qv_domain::SandboxId;
use rustix::fs::{FlockOperation, flock};
use rustix::process::geteuid;
use sha2::{Digest, Sha256};

use super::super::base;
use super::super::cgroup::Groups;
use super::super::config::LocalConfig;
use super::super::disk::Images;
use super::super::link::transient;
use super::super::spawner::Spawner;
use super::super::templates::Templates;
use super::super::wire::Mode;
use super::ahead::{self, Ahead};
use super::boxed::{Boxed, blocking};
use super::warm::Warm;
use super::{Inner, LocalEngine, orphans, room, saved};
use crate::{Command, Egress, ResourceLimits, Result, SandboxEngine, SandboxError, SandboxSpec};

impl LocalEngine {
    /// Opens the engine of a folder: makes the base tree if there is none of today, ends what an earlier server has left
    /// running, and tries whether this host isolates, by a sandbox.
    ///
    /// # Errors
    /// `NotIsolated` with what is missing and what can be done; `Conflict` when another engine has the folder.
    pub async fn open(config: LocalConfig) -> Result<Self> {
        let inner = blocking(move || prepare(config)).await?;
        let engine = Self(Arc::new(inner));
        engine.probe().await?;
        engine.0.make_ahead(&ResourceLimits::default());
        Ok(engine)
    }

    /// Runs `true` in a sandbox.
    async fn probe(&self) -> Result<()> {
        let spec = SandboxSpec {
            id: PROBE.parse().map_err(|error| transient("an id", error))?,
            limits: ResourceLimits {
                memory_bytes: 64 << 20,
                disk_bytes: 8 << 20,
                ..ResourceLimits::default()
            },
            egress: Egress::None,
            packages: None,
            env: Vec::new(),
        };
        let id = spec.id;
        self.delete(id).await?;
        let tried = async {
            self.create(spec).await?;
            let (_, said, exit) = self.exec(id, Command::new(["true"])).await?.collect().await;
            if exit.success() {
                return Ok(());
            }
            let said = String::from_utf8_lossy(&said).into_owned();
            Err(SandboxError::Transient { message: format!("`true` ended with {exit:?} {said}") })
        }
        .await;
        self.delete(id).await?;
        tried.map_err(|error| SandboxError::NotIsolated {
            reason: super::super::report::explain(&error.to_string()),
        })
    }
}

/// An id that no sandbox has: real ones have a later time in them. It has a disk like no other, so nothing is made ahead
/// for the next one like it.
pub(super) const PROBE: &str = "00000000-0000-7000-8000-000000000001";

fn prepare(config: LocalConfig) -> Result<Inner> {
    let failed = |error: std::io::Error| transient("the folder of sandboxes", error);
    let (mode, uid) = who(&config)?;
    let folder = &config.folder;
    for name in ["boxes", "run", "images", ahead::FOLDER] {
        fs::create_dir_all(folder.join(name)).map_err(failed)?;
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(failed)?;
    let lock = OwnedFd::from(fs::File::create(folder.join("lock")).map_err(failed)?);
    flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(|_| SandboxError::Conflict {
        message: "another server has the folder of sandboxes".into(),
    })?;
    let groups = Groups::find(&group_name(folder));
    let ended = orphans::sweep(&folder.join("run"), groups.tops());
    if ended > 0 {
        tracing::warn!(ended, "sandboxes of an earlier server were still running");
    }
    let bases = config.bases.clone().unwrap_or_else(|| folder.join("base"));
    let base = base::prepare(&bases, config.node.as_deref())?;
    let images = if mode == Mode::Root && config.images {
        Images::find(folder.join("images"))
            .inspect_err(|reason| tracing::warn!(reason, "disks of sandboxes are watched only"))
            .ok()
    } else {
        None
    };
    let owner = (mode == Mode::Root).then_some(uid);
    let templates =
        Templates::open(folder.join("templates"), config.most_templates, owner).map_err(failed)?;
    empty(&folder.join(ahead::FOLDER));
    let sandboxes = Mutex::new(kept(&folder.join("boxes")));
    Ok(Inner {
        mode,
        uid,
        base,
        groups,
        images,
        spawner: Spawner::start(config.launcher.clone()).map_err(failed)?,
        rooms: room::Rooms::new(config.most_running, config.most_memory),
        sandboxes,
        templates,
        warm: Warm::default(),
        ahead: Ahead::default(),
        config,
        _lock: lock,
    })
}

/// Who sandboxes are on the host.
fn who(config: &LocalConfig) -> Result<(Mode, u32)> {
    let me = geteuid();
    let refused = |reason: &str| Err(SandboxError::NotIsolated { reason: reason.into() });
    let mode = config.mode.unwrap_or(if me.is_root() { Mode::Root } else { Mode::Unprivileged });
    match mode {
        Mode::Root if !me.is_root() => {
            refused("only root can give sandboxes a user id of their own")
        }
        Mode::Root if config.uid == 0 => refused("sandboxes must not run as the host's root"),
        Mode::Root => Ok((mode, config.uid)),
        Mode::Unprivileged if me.is_root() => {
            refused("root would be mapped into sandboxes: run the server as an ordinary user")
        }
        Mode::Unprivileged => Ok((mode, me.as_raw())),
    }
}

/// Control groups of different servers are told apart by their folder.
fn group_name(folder: &Path) -> String {
    let path = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let hash: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("quickvibe-{hash}")
}

/// Sandboxes whose files are kept, all stopped; what was not finished is removed.
fn kept(boxes: &Path) -> HashMap<SandboxId, Arc<Boxed>> {
    let mut kept = HashMap::new();
    for entry in fs::read_dir(boxes).into_iter().flatten().flatten() {
        let folder = entry.path();
        let id = entry.file_name().to_str().and_then(|name| name.parse::<SandboxId>().ok());
        let spec = id.and_then(|id| saved::load(&folder, id).ok());
        match spec {
            Some((spec, layered)) => {
                let boxed = Boxed::new(spec, folder, false);
                boxed.layered.get_or_init(|| layered);
                kept.insert(boxed.spec.id, Arc::new(boxed));
            }
            None => removed(&folder),
        }
    }
    kept
}

/// Empties a folder of what an earlier server has left.
fn empty(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        removed(&entry.path());
    }
}

fn removed(folder: &Path) {
    if let Err(error) = super::super::remove::remove_tree(folder) {
        tracing::warn!(%error, "an unfinished sandbox cannot be removed");
    }
}

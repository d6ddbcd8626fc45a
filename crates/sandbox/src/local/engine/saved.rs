use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use qv_domain::SandboxId;
use serde::{Deserialize, Serialize};

use crate::{Egress, ResourceLimits, SandboxSpec};

/// What a sandbox was asked to be, as it is kept beside its disk: readable by the server's user alone.
#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    memory_bytes: u64,
    cpu_milli: u32,
    processes: u32,
    open_files: u32,
    disk_bytes: u64,
    registry: bool,
    packages: Option<String>,
    layered: bool,
    env: Vec<(String, String)>,
}

const NAME: &str = "box.json";

/// Keeps a spec in a sandbox's folder.
pub(super) fn save(folder: &Path, spec: &SandboxSpec, layered: bool) -> io::Result<()> {
    let saved = Saved {
        memory_bytes: spec.limits.memory_bytes,
        cpu_milli: spec.limits.cpu_milli,
        processes: spec.limits.processes,
        open_files: spec.limits.open_files,
        disk_bytes: spec.limits.disk_bytes,
        registry: spec.egress == Egress::Registry,
        packages: spec.packages.clone(),
        layered,
        env: spec.env.clone(),
    };
    let beside = folder.join("box.new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(&serde_json::to_vec(&saved)?)?;
    fs::rename(beside, folder.join(NAME))
}

/// The spec that is kept in a folder, and whether its packages are a layer.
pub(super) fn load(folder: &Path, id: SandboxId) -> io::Result<(SandboxSpec, bool)> {
    let saved: Saved = serde_json::from_slice(&fs::read(folder.join(NAME))?)?;
    let spec = SandboxSpec {
        id,
        limits: ResourceLimits {
            memory_bytes: saved.memory_bytes,
            cpu_milli: saved.cpu_milli,
            processes: saved.processes,
            open_files: saved.open_files,
            disk_bytes: saved.disk_bytes,
        },
        egress: if saved.registry { Egress::Registry } else { Egress::None },
        packages: saved.packages,
        env: saved.env,
    };
    Ok((spec, saved.layered))
}

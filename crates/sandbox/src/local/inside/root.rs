use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
use rustix::mount::{MountPropagationFlags, UnmountFlags, mount_change, unmount};
use rustix::process::{chdir, pivot_root};

use super::super::sys::{
    Attributes, Doing, Step, attach, attach_at, clone_tree, new_filesystem, set_attributes,
};
use super::super::wire::{Setup, Source};
use super::device;

const PLAIN: Attributes = Attributes::MOUNT_ATTR_NOSUID.union(Attributes::MOUNT_ATTR_NODEV);
const READ_ONLY: Attributes = PLAIN.union(Attributes::MOUNT_ATTR_RDONLY);

/// Builds the sandbox's root and makes it this process's. The host's own files are gone then.
///
/// Every folder that is given comes as a mount of its own, and names of paths that the kernel shows (options of
/// overlays) are relative: the sandbox sees as little of the host's paths as can be.
pub(super) fn build(setup: &Setup, given: Vec<OwnedFd>) -> Step<()> {
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)
        .doing("leaving the host's mounts alone")?;
    let mut given: Vec<_> = given.into_iter().map(Some).collect();
    let mut take = |source: &Source, attributes| take(source, &mut given, attributes);
    let base = take(&setup.base, READ_ONLY)?;
    let disk = take(&setup.disk, PLAIN)?;
    let template = setup.template.as_ref().map(|source| take(source, READ_ONLY)).transpose()?;
    let cache = setup.cache.as_ref().map(|source| take(source, READ_ONLY)).transpose()?;

    let stage = ["/tmp", "/mnt", "/var/tmp", "/run"]
        .into_iter()
        .find(|path| Path::new(path).is_dir())
        .ok_or("there is no folder to build the root in")?;
    attach(&tmpfs("256k", "755")?, stage)?;
    chdir(stage).doing("entering the stage")?;
    for name in ["base", "empty", "root", "disk", "template", "cache"] {
        fs::create_dir(name).doing("making folders of the stage")?;
    }
    attach(&base, "base")?;
    attach(&disk, "disk")?;
    // An overlay of the base over nothing: its mount tells no path of the host.
    let root = new_filesystem("overlay", &[("lowerdir", "base:empty")], READ_ONLY)
        .or_else(|_| clone_tree(CWD, "base", READ_ONLY))?;
    attach(&root, "root")?;
    device::devices("root/dev", setup.shm_bytes)?;
    device::process_table("root/proc")?;
    attach(&tmpfs(&setup.tmp_bytes.to_string(), "1777")?, "root/tmp")?;
    attach(&clone_tree(CWD, "disk/app", PLAIN)?, "root/app")?;
    attach(&clone_tree(CWD, "disk/home", PLAIN)?, "root/home/app")?;
    if let Some(template) = template {
        attach(&template, "template")?;
        layered("template", "disk/modules", "root/app/node_modules")?;
    }
    if let Some(cache) = cache {
        attach(&cache, "cache")?;
        layered("cache", "disk/cache", "root/home/app/.npm")?;
    }
    chdir("root").doing("entering the root")?;
    pivot_root(".", ".").doing("changing the root")?;
    unmount(".", UnmountFlags::DETACH).doing("leaving the host's root")?;
    chdir("/").doing("entering the root")
}

fn take(source: &Source, given: &mut [Option<OwnedFd>], attributes: Attributes) -> Step<OwnedFd> {
    match source {
        Source::Mount(place) => {
            let mount = given
                .get_mut(*place)
                .and_then(Option::take)
                .ok_or("a folder was promised and did not come")?;
            set_attributes(&mount, attributes).doing("restricting a folder")?;
            Ok(mount)
        }
        Source::Path(path) => clone_tree(CWD, path, attributes),
    }
}

pub(super) fn tmpfs(size: &str, mode: &str) -> Step<OwnedFd> {
    new_filesystem("tmpfs", &[("size", size), ("mode", mode)], PLAIN)
}

/// Mounts `lower` with a writable layer on top at a folder that the sandbox could have made anything of.
fn layered(lower: &str, layer: &str, at: &str) -> Step<()> {
    let (upper, work) = (format!("{layer}/upper"), format!("{layer}/work"));
    let options = [
        ("lowerdir", lower),
        ("upperdir", upper.as_str()),
        ("workdir", work.as_str()),
        ("userxattr", ""),
    ];
    let overlay = new_filesystem("overlay", &options, PLAIN)?;
    let folder = openat2(
        CWD,
        at,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
        ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS,
    )
    .doing("opening the folder of packages")?;
    attach_at(&overlay, folder.as_fd())
}

/// Makes a symbolic link.
pub(super) fn link(to: &str, at: &str) -> Step<()> {
    symlink(to, at).doing(at)
}

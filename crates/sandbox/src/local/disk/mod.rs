//! Where a sandbox keeps its files, in a limited size.

mod image;
mod unlinked;
mod watch;

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

pub(super) use image::Images;
pub(super) use watch::{Amount, measure};

use super::files::{Owner, make_folder, open_below, open_folder};
use super::sys::{Attributes, clone_tree};
use super::wire::{Mode, Source};
use crate::{Result, SandboxError};

/// A sandbox's disk, ready for the host's side. An image's loop device is let go of with the last of these and the
/// sandbox.
#[derive(Debug)]
pub(super) struct Disk {
    kind: Kind,
    root: OwnedFd,
    app: OwnedFd,
}

#[derive(Debug)]
enum Kind {
    Image(image::Mounted),
    Folder,
}

fn failed(error: impl std::fmt::Display) -> SandboxError {
    SandboxError::Transient { message: format!("the sandbox's disk: {error}") }
}

impl Disk {
    /// Opens the disk of a sandbox's folder; makes what is missing on it. `None`: not in an image.
    pub(super) fn open(
        folder: &Path,
        images: Option<&Images>,
        bytes: u64,
        owner: Owner,
    ) -> Result<Self> {
        let (kind, root) = match images {
            Some(images) => {
                let mounted = images.mount(&folder.join("disk.img"), bytes)?;
                let root = mounted.new_mount().map_err(failed)?;
                (Kind::Image(mounted), root)
            }
            None => {
                let path = folder.join("disk");
                fs::create_dir_all(&path).map_err(failed)?;
                let root = open_folder(&path).map_err(failed)?;
                (Kind::Folder, root)
            }
        };
        let app = lay_out(root.as_fd(), owner).map_err(failed)?;
        Ok(Self { kind, root, app })
    }

    /// The project folder.
    pub(super) fn app(&self) -> BorrowedFd<'_> {
        self.app.as_fd()
    }

    /// Makes `app/node_modules` a real folder, to mount at, whatever the sandbox has made of it.
    pub(super) fn ready_for_packages(&self, owner: Owner) -> Result<()> {
        make_real(self.app.as_fd(), "node_modules", owner).map_err(failed)
    }

    /// Makes `home/.npm` a real folder.
    pub(super) fn ready_for_cache(&self, owner: Owner) -> Result<()> {
        let home = make_folder(self.root.as_fd(), "home", owner).map_err(failed)?;
        make_real(home.as_fd(), ".npm", owner).map_err(failed)
    }

    /// What to give to the supervisor, and the mount that goes beside it. The folder is where it is now.
    pub(super) fn give(
        &self,
        folder: &Path,
        mode: Mode,
        place: usize,
    ) -> Result<(Source, Option<OwnedFd>)> {
        match &self.kind {
            Kind::Image(mounted) => {
                Ok((Source::Mount(place), Some(mounted.new_mount().map_err(failed)?)))
            }
            Kind::Folder => give_folder(&folder.join("disk"), mode, place),
        }
    }

    /// What is used now.
    pub(super) fn used(&self) -> Result<Amount> {
        match &self.kind {
            Kind::Image(_) => {
                let stat = rustix::fs::fstatvfs(&self.app).map_err(failed)?;
                Ok(Amount {
                    bytes: (stat.f_blocks - stat.f_bfree) * stat.f_frsize,
                    files: stat.f_files - stat.f_ffree,
                })
            }
            Kind::Folder => measure(self.root.as_fd(), u64::MAX).map_err(failed),
        }
    }

    /// Looks whether a folder of unlimited size has stayed within limits, together with what programs below the
    /// supervisor have open and no folder has; an image always has.
    pub(super) fn over(&self, bytes: u64, supervisor: u32) -> bool {
        match &self.kind {
            Kind::Image(_) => false,
            Kind::Folder => {
                let open = unlinked::unlinked(supervisor);
                measure(self.root.as_fd(), watch::most_files(bytes)).is_ok_and(|used| {
                    used.bytes.saturating_add(open) > bytes
                        || used.files >= watch::most_files(bytes)
                })
            }
        }
    }

    /// Whether its size has to be watched.
    pub(super) const fn watched(&self) -> bool {
        matches!(self.kind, Kind::Folder)
    }
}

fn make_real(at: BorrowedFd<'_>, name: &str, owner: Owner) -> rustix::io::Result<()> {
    let made = make_folder(at, name, owner).or_else(|_| {
        rustix::fs::unlinkat(at, name, rustix::fs::AtFlags::empty())?;
        make_folder(at, name, owner)
    });
    made.map(drop)
}

/// Gives a folder of the host's: root gives a mount of it, an ordinary user its path.
pub(super) fn give_folder(
    path: &Path,
    mode: Mode,
    place: usize,
) -> Result<(Source, Option<OwnedFd>)> {
    match mode {
        Mode::Root => {
            let folder = open_folder(path).map_err(failed)?;
            let mount = clone_tree(folder, "", Attributes::empty()).map_err(failed)?;
            Ok((Source::Mount(place), Some(mount)))
        }
        Mode::Unprivileged => {
            let path = path.to_str().ok_or_else(|| failed("its path is no text"))?;
            Ok((Source::Path(path.to_owned()), None))
        }
    }
}

/// Makes the folders of a disk; gives that of the project.
fn lay_out(root: BorrowedFd<'_>, owner: Owner) -> io::Result<OwnedFd> {
    let app = make_folder(root, "app", owner)?;
    make_folder(root, "home", owner)?;
    for layer in ["modules", "cache"] {
        let layer = make_folder(root, layer, owner)?;
        make_folder(layer.as_fd(), "upper", owner)?;
        make_folder(layer.as_fd(), "work", owner)?;
    }
    drop(app);
    Ok(open_below(root, "app", rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::DIRECTORY)?)
}

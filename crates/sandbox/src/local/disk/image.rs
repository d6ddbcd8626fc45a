use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use rustix::fs::{FlockOperation, SeekFrom, flock, seek};
use rustix::io::Errno;

use super::failed;
use crate::local::sys::{Attributes, Step, loop_device, new_filesystem};
use crate::{Result, SandboxError};

/// Images of file systems: one formatted for each size, of which sandboxes get sparse copies.
#[derive(Debug)]
pub(in crate::local) struct Images {
    folder: PathBuf,
    mkfs: PathBuf,
    making: Mutex<()>,
}

/// A file system on a loop device.
#[derive(Debug)]
pub(super) struct Mounted {
    device: String,
    /// Keeps the device until the first mount, and as long as this lives.
    _keep: OwnedFd,
}

/// Where a file system of this kind says whether it was unmounted, and how.
const STATE_AT: u64 = 1024 + 0x3a;
const CLEAN: u16 = 1;

/// How long to wait for an earlier mount of the same image to be gone.
const WAIT: (u32, Duration) = (500, Duration::from_millis(10));

impl Images {
    /// Tries whether images can be made and mounted here; else tells why not.
    pub(in crate::local) fn find(folder: PathBuf) -> std::result::Result<Self, String> {
        let mkfs = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]
            .iter()
            .map(|place| Path::new(place).join("mkfs.ext4"))
            .find(|path| path.is_file())
            .ok_or("mkfs.ext4 is not installed (package e2fsprogs)")?;
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let images = Self { folder, mkfs, making: Mutex::new(()) };
        let probe = images.folder.join("probe.img");
        let tried = images
            .mount(&probe, 8 << 20)
            .map_err(|error| error.to_string())
            .and_then(|mounted| mounted.new_mount());
        let _ = fs::remove_file(&probe);
        tried.map(|_| images)
    }

    /// Mounts an image, made first if there is none.
    ///
    /// Two loop devices on one image would tear it apart. So the file is locked; the device keeps the lock for as long
    /// as it has the file, also where nobody of us lives any more.
    pub(super) fn mount(&self, image: &Path, bytes: u64) -> Result<Mounted> {
        if !image.exists() {
            let blank = self.blank(bytes)?;
            let beside = image.with_extension("new");
            copy_sparse(&blank, &beside)
                .and_then(|()| fs::rename(&beside, image))
                .map_err(failed)?;
        }
        let file = OpenOptions::new().read(true).write(true).open(image).map_err(failed)?;
        lock(&file)?;
        self.mend(image, &file)?;
        let (device, keep) = loop_device(&file).map_err(failed)?;
        Ok(Mounted { device, _keep: keep })
    }

    fn blank(&self, bytes: u64) -> Result<PathBuf> {
        // Whole megabytes: what differs by less is the same size.
        let bytes = (bytes >> 20).max(8) << 20;
        let path = self.folder.join(format!("blank-{bytes}.img"));
        let _one = self.making.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !path.is_file() {
            let beside = path.with_extension("new");
            self.format(&beside, bytes)
                .and_then(|()| fs::rename(&beside, &path))
                .map_err(failed)?;
        }
        Ok(path)
    }

    fn format(&self, path: &Path, bytes: u64) -> io::Result<()> {
        File::create(path)?.set_len(bytes)?;
        // No room kept for root; nothing written that a hole can stand for.
        let done = Command::new(&self.mkfs)
            .args(["-q", "-F", "-b", "4096", "-i", "8192", "-m", "0", "-O", "^has_journal"])
            .args(["-E", "lazy_itable_init=1,nodiscard,root_owner=0:0"])
            .arg(path)
            .stdin(Stdio::null())
            .output()?;
        if done.status.success() {
            Ok(())
        } else {
            Err(io::Error::other(String::from_utf8_lossy(&done.stderr).into_owned()))
        }
    }

    /// Mends a file system that was not unmounted: only when the host itself went down.
    fn mend(&self, image: &Path, file: &File) -> Result<()> {
        let mut state = [0; 2];
        file.read_exact_at(&mut state, STATE_AT).map_err(failed)?;
        if u16::from_le_bytes(state) & CLEAN != 0 {
            return Ok(());
        }
        tracing::warn!(image = %image.display(), "a sandbox's disk was not closed: it is checked");
        let done = Command::new(self.mkfs.with_file_name("e2fsck"))
            .args(["-f", "-y"])
            .arg(image)
            .stdin(Stdio::null())
            .output()
            .map_err(failed)?;
        // 0 and 1: nothing was wrong, or it is mended.
        match done.status.code() {
            Some(0 | 1) => Ok(()),
            _ => Err(failed("it is damaged")),
        }
    }
}

impl Mounted {
    /// One more mount of it, nowhere mounted yet; all show the same files.
    pub(super) fn new_mount(&self) -> Step<OwnedFd> {
        // Without a journal and without waiting for the host's disk: what is kept here is a copy, and whoever pulls the
        // plug may lose it.
        let options = [
            ("source", self.device.as_str()),
            ("noinit_itable", ""),
            ("nobarrier", ""),
            ("discard", ""),
        ];
        let attributes = Attributes::MOUNT_ATTR_NOSUID | Attributes::MOUNT_ATTR_NODEV;
        new_filesystem("ext4", &options, attributes)
    }
}

fn lock(file: &File) -> Result<()> {
    let (tries, pause) = WAIT;
    for _ in 0..tries {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(Errno::WOULDBLOCK) => thread::sleep(pause),
            Err(error) => return Err(failed(error)),
        }
    }
    Err(SandboxError::Transient { message: "the sandbox's disk is still in use".into() })
}

/// Copies what is written in a file, and leaves its holes.
fn copy_sparse(from: &Path, to: &Path) -> io::Result<()> {
    let (from, to) = (File::open(from)?, File::create(to)?);
    let length = from.metadata()?.len();
    to.set_len(length)?;
    let mut buffer = vec![0; 128 * 1024];
    let mut at = 0;
    while at < length {
        at = match seek(&from, SeekFrom::Data(at)) {
            Ok(at) => at,
            Err(Errno::NXIO) => break,
            Err(error) => return Err(error.into()),
        };
        let end = seek(&from, SeekFrom::Hole(at))?;
        while at < end {
            let most = usize::try_from(end - at).unwrap_or(buffer.len()).min(buffer.len());
            let read = from.read_at(&mut buffer[..most], at)?;
            if read == 0 {
                return Ok(());
            }
            to.write_all_at(&buffer[..read], at)?;
            at += read as u64;
        }
    }
    Ok(())
}

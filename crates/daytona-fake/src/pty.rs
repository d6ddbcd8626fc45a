//! Terminals: an interactive shell on a pseudo-terminal.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use tokio::sync::{broadcast, watch};

use crate::process::end_group;

#[derive(Debug)]
pub(crate) struct Terminal {
    master: OwnedFd,
    pid: u32,
    pub(crate) size: Mutex<(u16, u16)>,
    output: broadcast::Sender<Vec<u8>>,
    ended: watch::Sender<Option<i32>>,
}

impl Terminal {
    pub(crate) fn open(
        home: &Path,
        env: &BTreeMap<String, String>,
        size: (u16, u16),
    ) -> std::io::Result<Arc<Self>> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let slave = File::options().read(true).write(true).open(name.to_string_lossy().as_ref())?;
        set_size(&master, size)?;
        // `setsid` makes the terminal the shell's own, which has no safe form here.
        let mut child = Command::new("setsid")
            .args(["--ctty", "--wait", "sh", "-i"])
            .current_dir(home)
            .env_clear()
            .envs(env)
            .stdin(Stdio::from(slave.try_clone()?))
            .stdout(Stdio::from(slave.try_clone()?))
            .stderr(Stdio::from(slave))
            .spawn()?;
        let terminal = Arc::new(Self {
            master,
            pid: child.id(),
            size: Mutex::new(size),
            output: broadcast::channel(1_024).0,
            ended: watch::channel(None).0,
        });
        let (reading, waiting) = (Arc::clone(&terminal), Arc::clone(&terminal));
        let mut source = File::from(terminal.master.try_clone()?);
        let reader = std::thread::spawn(move || {
            let mut buffer = vec![0; 32 << 10];
            while let Ok(read) = source.read(&mut buffer) {
                if read == 0 {
                    return;
                }
                let _ = reading.output.send(buffer.get(..read).unwrap_or_default().to_vec());
            }
        });
        std::thread::spawn(move || {
            let code = child.wait().ok().and_then(|status| status.code()).unwrap_or(-1);
            let _ = reader.join();
            waiting.ended.send_replace(Some(code));
        });
        Ok(terminal)
    }

    pub(crate) fn runs(&self) -> bool {
        self.ended.borrow().is_none()
    }

    pub(crate) fn end(&self) {
        // Programs on a terminal end when it hangs up; the shell's own group is that of `setsid`'s child.
        for pid in children(self.pid) {
            end_group(Some(pid));
        }
    }

    pub(crate) fn write(&self, bytes: &[u8]) -> std::io::Result<()> {
        File::from(self.master.try_clone()?).write_all(bytes)
    }

    pub(crate) fn resize(&self, size: (u16, u16)) -> std::io::Result<()> {
        *self.size.lock().unwrap_or_else(PoisonError::into_inner) = size;
        set_size(&self.master, size)
    }

    pub(crate) fn listen(&self) -> (broadcast::Receiver<Vec<u8>>, watch::Receiver<Option<i32>>) {
        (self.output.subscribe(), self.ended.subscribe())
    }
}

fn set_size(master: &OwnedFd, (columns, rows): (u16, u16)) -> std::io::Result<()> {
    let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    Ok(tcsetwinsize(master, size)?)
}

/// Every process below one, and itself.
fn children(pid: u32) -> Vec<u32> {
    let mut all = vec![pid];
    let mut at = 0;
    while let Some(parent) = all.get(at).copied() {
        let path = format!("/proc/{parent}/task/{parent}/children");
        let listed = std::fs::read_to_string(path).unwrap_or_default();
        all.extend(listed.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        at += 1;
    }
    all
}

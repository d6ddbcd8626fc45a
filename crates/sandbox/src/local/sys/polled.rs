use std::io;
use std::os::fd::OwnedFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A descriptor that tasks wait for; every call on it answers at once.
pub(in crate::local) fn polled(fd: OwnedFd, interest: Interest) -> io::Result<AsyncFd<OwnedFd>> {
    rustix::io::ioctl_fionbio(&fd, true)?;
    #[expect(unsafe_code, reason = "tokio cannot know that a value keeps its descriptor")]
    // SAFETY: an `OwnedFd` gives the same descriptor, open, for as long as it lives.
    let polled = unsafe { AsyncFd::register_with_interest(fd, interest) };
    polled.map_err(io::Error::from)
}

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::super::sys::polled;

const CHUNK: usize = 16 * 1024;

/// The server's end of a command's output: a pipe or a terminal.
#[derive(Debug)]
pub(super) struct Reader(AsyncFd<OwnedFd>);

impl Reader {
    pub(super) fn new(fd: OwnedFd) -> io::Result<Self> {
        polled(fd, Interest::READABLE).map(Self)
    }

    /// The next bytes; `None` at the end. A terminal that no program has any more fails to be read.
    pub(super) async fn read(&mut self) -> Option<Vec<u8>> {
        self.0.async_io(Interest::READABLE, read_now).await.ok().filter(|chunk| !chunk.is_empty())
    }

    /// What is there now, without waiting.
    pub(super) fn rest(&mut self) -> Option<Vec<u8>> {
        read_now(self.0.get_ref()).ok().filter(|chunk| !chunk.is_empty())
    }
}

fn read_now(fd: &OwnedFd) -> io::Result<Vec<u8>> {
    let mut chunk = vec![0; CHUNK];
    let read = rustix::io::retry_on_intr(|| rustix::io::read(fd, &mut chunk[..]))?;
    chunk.truncate(read);
    Ok(chunk)
}

/// The server's end of a command's input.
#[derive(Debug)]
pub(super) struct Writer {
    fd: AsyncFd<OwnedFd>,
    /// Whether it is a terminal's: then its end is a character.
    pub(super) terminal: bool,
}

impl Writer {
    pub(super) fn new(fd: OwnedFd, terminal: bool) -> io::Result<Self> {
        let fd = polled(fd, Interest::WRITABLE)?;
        Ok(Self { fd, terminal })
    }

    pub(super) async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = self
                .fd
                .async_io(Interest::WRITABLE, |fd| {
                    rustix::io::retry_on_intr(|| rustix::io::write(fd, bytes)).map_err(Into::into)
                })
                .await?;
            bytes = &bytes[written..];
        }
        Ok(())
    }

    pub(super) fn fd(&self) -> &OwnedFd {
        self.fd.get_ref()
    }
}

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use tokio::sync::oneshot;

use super::Launcher;

/// A thread that starts supervisors. They end with the thread that has started them, so it must live as long as the
/// engine; tokio's threads come and go.
#[derive(Debug)]
pub(super) struct Spawner {
    orders: mpsc::Sender<Order>,
}

type Order = (OwnedFd, oneshot::Sender<io::Result<Child>>);

impl Spawner {
    pub(super) fn start(launcher: Launcher) -> io::Result<Self> {
        let (orders, queue) = mpsc::channel::<Order>();
        thread::Builder::new().name("sandboxes".into()).spawn(move || {
            while let Ok((socket, answer)) = queue.recv() {
                let child = Command::new(&launcher.program)
                    // Sandboxes see the name of their first process.
                    .arg0("sandbox")
                    .args(&launcher.arguments)
                    .env_clear()
                    .current_dir("/")
                    .stdin(Stdio::from(socket))
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn();
                if let Err(Ok(mut child)) = answer.send(child) {
                    // Nobody waits any more, and the socket is closed: it ends by itself.
                    let _ = child.wait();
                }
            }
        })?;
        Ok(Self { orders })
    }

    /// Starts a supervisor with this socket.
    pub(super) async fn spawn(&self, socket: OwnedFd) -> io::Result<Child> {
        let gone = || io::Error::other("the thread that starts supervisors is gone");
        let (answer, child) = oneshot::channel();
        self.orders.send((socket, answer)).map_err(|_| gone())?;
        child.await.map_err(|_| gone())?
    }
}

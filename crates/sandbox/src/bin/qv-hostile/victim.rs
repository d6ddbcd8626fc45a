//! A bystander: has a port, an abstract socket, shared memory and a file, and lives until it is ended.

use std::io::Write as _;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::time::Duration;

use crate::sys::{at, call, text};

pub(crate) const ABSTRACT: &str = "qv-hostile-victim";
pub(crate) const SHARED: &str = "qv-hostile-victim";
pub(crate) const KEY: usize = 0x5156_4831;

/// Never comes back.
pub(crate) fn run() -> ! {
    let port =
        std::env::var("QV_OTHER_PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(7_777);
    let listener = TcpListener::bind(("127.0.0.1", port));
    let abstract_socket =
        SocketAddr::from_abstract_name(ABSTRACT).and_then(|a| UnixListener::bind_addr(&a));
    let shared = std::fs::write(format!("/dev/shm/{SHARED}"), "a secret of the victim");
    let made = 0o1_600;
    let memory = call(libc::SYS_shmget, &[KEY, 4096, made]);
    let semaphores = call(libc::SYS_semget, &[KEY, 1, made]);
    let queue = text(SHARED);
    let queue =
        call(libc::SYS_mq_open, &[at(&queue), (libc::O_CREAT | libc::O_RDWR) as usize, 0o600, 0]);
    println!(
        "victim {} port {} socket {} file {} memory {} semaphores {} queue {}",
        std::process::id(),
        listener.is_ok(),
        abstract_socket.is_ok(),
        shared.is_ok(),
        memory.is_ok(),
        semaphores.is_ok(),
        queue.is_ok()
    );
    let _ = std::io::stdout().flush();
    if let Ok(listener) = listener {
        for stream in listener.incoming() {
            let _ = stream.and_then(|mut stream| stream.write_all(b"a secret of the victim\n"));
        }
    }
    loop {
        std::thread::sleep(Duration::from_secs(60));
    }
}

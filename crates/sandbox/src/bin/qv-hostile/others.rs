//! What belongs to another sandbox.

use std::fs;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr as UnixAddress, UnixStream};

use crate::network::greeting;
use crate::outcome::{Entry, Kind, Outcome, either, told, told_number};
use crate::sys::{at, call, text};
use crate::victim;

const fn plain(name: &'static str, run: fn() -> Outcome) -> Entry {
    Entry { name, kind: Kind::Plain, run }
}

pub(crate) const ENTRIES: &[Entry] = &[
    plain("other-sandbox-files", files),
    plain("other-sandbox-port", port),
    plain("other-sandbox-abstract-socket", abstract_socket),
    plain("other-sandbox-shared-memory", shared_memory),
    plain("other-sandbox-shared-memory-by-name", shared_file),
    plain("other-sandbox-semaphores", semaphores),
];

fn files() -> Outcome {
    either(told("QV_OTHER_FILE").map(|path| {
        let name = path.rsplit('/').take(2).collect::<Vec<_>>();
        let beside = format!("../{}/{}", name.last().unwrap_or(&""), name.first().unwrap_or(&""));
        Outcome::worst([path.as_str(), &beside].map(|path| Outcome::of(path, fs::read(path))))
    }))
}

fn port() -> Outcome {
    either(told_number("QV_OTHER_PORT").map(|port: u16| {
        Outcome::worst([[127, 0, 0, 1], [127, 0, 0, 2]].map(|ip| {
            let said = greeting(SocketAddr::from((ip, port)));
            Outcome::of("its port", said)
        }))
    }))
}

fn abstract_socket() -> Outcome {
    let talked = UnixAddress::from_abstract_name(victim::ABSTRACT)
        .and_then(|address| UnixStream::connect_addr(&address))
        .and_then(|mut stream| stream.write_all(b"hostile"));
    Outcome::of("its socket", talked)
}

fn shared_memory() -> Outcome {
    Outcome::of("shmget", call(libc::SYS_shmget, &[victim::KEY, 0, 0]))
}

fn semaphores() -> Outcome {
    Outcome::worst([
        Outcome::of("semget", call(libc::SYS_semget, &[victim::KEY, 0, 0])),
        Outcome::of("msgget", call(libc::SYS_msgget, &[victim::KEY, 0])),
    ])
}

fn shared_file() -> Outcome {
    let read = fs::read(format!("/dev/shm/{}", victim::SHARED));
    let queue = text(victim::SHARED);
    let opened: io::Result<i64> = call(libc::SYS_mq_open, &[at(&queue), 0, 0, 0]);
    Outcome::worst([Outcome::of("/dev/shm", read), Outcome::of("mq_open", opened)])
}

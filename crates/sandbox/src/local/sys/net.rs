use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::net::{
    AddressFamily, SocketFlags, SocketType, connect, socket_with, sockopt::socket_error,
};

/// Raises the loopback interface of this network namespace.
pub(in crate::local) fn raise_loopback() -> io::Result<()> {
    let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
    #[expect(unsafe_code, reason = "there is no safe form of this ioctl")]
    // SAFETY: `request` is a whole `ifreq` that lives through the call; the name ends with a NUL.
    let done = unsafe {
        let mut request: libc::ifreq = std::mem::zeroed();
        for (to, from) in request.ifr_name.iter_mut().zip(*b"lo") {
            *to = from.cast_signed() as libc::c_char;
        }
        request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
        libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &raw const request)
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// A connection to what listens on this port of the loopback interface, by IPv4 or else IPv6: dev servers bind either.
///
/// It never waits: a listener whose backlog is full gives a connection that is not made yet.
pub(in crate::local) fn connect_loopback(port: u16) -> io::Result<OwnedFd> {
    connect_to(AddressFamily::INET, (Ipv4Addr::LOCALHOST, port).into())
        .or_else(|_| connect_to(AddressFamily::INET6, (Ipv6Addr::LOCALHOST, port).into()))
}

fn connect_to(family: AddressFamily, to: SocketAddr) -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    match connect(&socket, &to) {
        Ok(()) | Err(rustix::io::Errno::INPROGRESS) => {}
        Err(error) => return Err(error.into()),
    }
    // The loopback answers while `connect` runs: whoever refuses is known now.
    socket_error(&socket)??;
    Ok(socket)
}

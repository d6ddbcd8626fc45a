//! Ways to the network and to the host beside the proxy.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs as _, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr as UnixAddress, UnixStream};
use std::time::Duration;

use crate::outcome::{Entry, Kind, Outcome, either, told, told_number};
use crate::sys::{self, call};

const fn plain(name: &'static str, run: fn() -> Outcome) -> Entry {
    Entry { name, kind: Kind::Plain, run }
}

pub(crate) const ENTRIES: &[Entry] = &[
    plain("raw-socket", || Outcome::worst([socket(2, 3, 1), socket(10, 3, 58), socket(2, 3, 255)])),
    plain("packet-socket", || Outcome::worst([socket(17, 3, 0x0300), socket(17, 2, 0x0300)])),
    plain("ping-socket", || socket(2, 2, 1)),
    plain("vsock", || Outcome::worst([socket(40, 1, 0), socket(40, 2, 0), socket(40, 5, 0)])),
    plain("alg-socket", || socket(38, 5, 0)),
    plain("netlink-netfilter", || netlink(12)),
    plain("netlink-others", || Outcome::worst([4, 9, 15, 16, 20, 21].map(netlink))),
    plain("odd-sockets", || {
        // AX.25, X.25, Bluetooth, CAN, TIPC, KCM, QIPCRTR, SMC, XDP, RDS, PPPoX, IUCV, NFC, Phonet.
        Outcome::worst(
            [3, 9, 31, 29, 30, 41, 42, 43, 44, 21, 24, 32, 39, 35]
                .map(|family| Outcome::worst([1, 2, 3, 5].map(|kind| socket(family, kind, 0)))),
        )
    }),
    plain("host-abstract-socket", || {
        either(told("QV_HOST_ABSTRACT").map(|name| abstract_socket(&name)))
    }),
    plain("host-loopback", || own(&["127.0.0.1", "127.0.0.2", "0.0.0.0"])),
    plain("host-loopback-6", || own(&["::1", "::", "::ffff:127.0.0.1"])),
    plain("host-address", host_address),
    plain("metadata-address", || {
        Outcome::worst(
            ["169.254.169.254:80", "169.254.170.2:80", "[fd00:ec2::254]:80", "100.100.100.200:80"]
                .map(reach),
        )
    }),
    plain("registry-address-without-proxy", registry_address),
    plain("public-address", || {
        Outcome::worst(["1.1.1.1:443", "8.8.8.8:53", "[2606:4700::1111]:443"].map(reach))
    }),
    plain("private-addresses", || {
        Outcome::worst(
            ["10.0.0.1:80", "192.168.0.1:80", "172.17.0.1:80", "192.0.2.1:80"].map(reach),
        )
    }),
    plain("udp-dns", udp_dns),
    plain("name-lookup", || match ("registry.npmjs.org", 443).to_socket_addrs() {
        Ok(found) => Outcome::Escaped(format!("it is {:?}", found.collect::<Vec<_>>())),
        Err(error) => Outcome::Held(error.to_string()),
    }),
    plain("broadcast", || Outcome::worst(["255.255.255.255:9", "224.0.0.251:5353"].map(datagram))),
    plain("ipv6-link-local", ipv6_link_local),
    plain("interfaces", interfaces),
    plain("routes", routes),
    plain("change-interface", change_interface),
    plain("bind-low-port", || {
        let bound = std::net::TcpListener::bind("127.0.0.1:80");
        Outcome::of("port 80", bound.map(drop))
    }),
];

fn socket(family: usize, kind: usize, protocol: usize) -> Outcome {
    match call(libc::SYS_socket, &[family, kind, protocol]) {
        Ok(fd) => {
            let _ = call(libc::SYS_close, &[fd as usize]);
            Outcome::Escaped(format!("socket({family}, {kind}, {protocol}) opens"))
        }
        Err(error) => Outcome::Held(format!("{family}/{kind}: {error}")),
    }
}

fn netlink(protocol: usize) -> Outcome {
    socket(16, 3, protocol)
}

fn abstract_socket(name: &str) -> Outcome {
    let talked = UnixAddress::from_abstract_name(name)
        .and_then(|address| UnixStream::connect_addr(&address))
        .and_then(|mut stream| stream.write_all(b"hostile"));
    Outcome::of(name, talked)
}

const PATIENCE: Duration = Duration::from_millis(700);

/// Whether an address takes connections.
pub(crate) fn reach(address: &str) -> Outcome {
    let parsed: Result<SocketAddr, _> = address.parse();
    match parsed {
        Ok(parsed) => Outcome::of(address, TcpStream::connect_timeout(&parsed, PATIENCE).map(drop)),
        Err(error) => Outcome::Error(format!("{address}: {error}")),
    }
}

/// Asks the host's own server, which says a word that nobody else says.
fn own(addresses: &[&str]) -> Outcome {
    either(told_number("QV_HOST_PORT").map(|port: u16| {
        Outcome::worst(addresses.iter().map(|address| match address.parse::<IpAddr>() {
            Ok(ip) => Outcome::of(address, greeting(SocketAddr::new(ip, port))),
            Err(error) => Outcome::Error(error.to_string()),
        }))
    }))
}

pub(crate) fn greeting(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut word = [0; 64];
    let read = stream.read(&mut word)?;
    Ok(String::from_utf8_lossy(&word[..read]).into_owned())
}

fn host_address() -> Outcome {
    either(told("QV_HOST_ADDRESSES").map(|list| {
        let addresses: Vec<&str> = list.split(',').filter(|one| !one.is_empty()).collect();
        if addresses.is_empty() {
            Outcome::Held("the host has none".into())
        } else {
            own(&addresses)
        }
    }))
}

fn registry_address() -> Outcome {
    either(
        told("QV_REGISTRY_ADDRESSES")
            .map(|list| Outcome::worst(list.split(',').filter(|one| !one.is_empty()).map(reach))),
    )
}

fn datagram(address: &str) -> Outcome {
    let any = if address.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
    let sent = UdpSocket::bind(any).and_then(|socket| {
        socket.set_broadcast(true)?;
        socket.send_to(b"hostile", address)
    });
    Outcome::of(address, sent)
}

fn udp_dns() -> Outcome {
    let config = fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let servers = config.lines().filter_map(|line| line.strip_prefix("nameserver "));
    let known = ["8.8.8.8", "1.1.1.1", "127.0.0.53", "10.0.2.3"];
    Outcome::worst(servers.chain(known).filter_map(|server| {
        let ip: IpAddr = server.trim().parse().ok()?;
        // A question for the root's name servers.
        let question = b"\x51\x56\x01\0\0\x01\0\0\0\0\0\0\0\0\x02\0\x01";
        let answer = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
            socket.set_read_timeout(Some(PATIENCE))?;
            socket.connect((ip, 53))?;
            socket.send(question)?;
            socket.recv(&mut [0; 512])
        });
        // In a network of one's own a datagram to loopback goes to nobody; to anywhere else it must not even leave.
        Some(match answer {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && !ip.is_loopback() => {
                Outcome::Escaped(format!("a question to {ip} went out"))
            }
            other => Outcome::of(server, other),
        })
    }))
}

fn ipv6_link_local() -> Outcome {
    Outcome::worst((1..=8).flat_map(|interface| {
        ["ff02::1", "fe80::1"].map(|address| {
            let ip = address.parse().unwrap_or(std::net::Ipv6Addr::UNSPECIFIED);
            let to = std::net::SocketAddrV6::new(ip, 9, 0, interface);
            let sent = UdpSocket::bind("[::]:0").and_then(|socket| socket.send_to(b"hostile", to));
            // To oneself, on loopback, one may speak.
            let loopback = fs::read_to_string("/proc/net/if_inet6").is_ok_and(|all| {
                all.lines().any(|line| {
                    line.ends_with("lo")
                        && line.split(' ').nth(1) == Some(&format!("{interface:02x}"))
                })
            });
            if loopback { Outcome::Held("loopback".into()) } else { Outcome::of(address, sent) }
        })
    }))
}

fn interfaces() -> Outcome {
    let Ok(table) = fs::read_to_string("/proc/net/dev") else {
        return Outcome::Held("not to be read".into());
    };
    let others: Vec<&str> = table
        .lines()
        .skip(2)
        .filter_map(|line| line.split(':').next().map(str::trim))
        // Each new network begins with these, down, where the kernel has the modules.
        .filter(|name| {
            ![
                "lo", "tunl0", "gre0", "gretap0", "erspan0", "sit0", "ip6tnl0", "ip6gre0",
                "ip_vti0", "ip6_vti0",
            ]
            .contains(name)
        })
        .collect();
    if others.is_empty() {
        Outcome::Held("loopback alone".into())
    } else {
        Outcome::Escaped(others.join(" "))
    }
}

fn routes() -> Outcome {
    let table = fs::read_to_string("/proc/net/route").unwrap_or_default();
    let routes = table.lines().skip(1).count();
    if routes == 0 {
        Outcome::Held("none".into())
    } else {
        Outcome::Escaped(format!("{routes} routes"))
    }
}

/// Gives loopback another address, by the old way and by the new one.
fn change_interface() -> Outcome {
    let Ok(fd) = call(libc::SYS_socket, &[2, 2, 0]) else {
        return Outcome::Held("no socket".into());
    };
    let mut request = [0_u8; 40];
    request[..2].copy_from_slice(b"lo");
    // Flags: up and promiscuous.
    request[16..18].copy_from_slice(&0x101_u16.to_ne_bytes());
    let set = call(libc::SYS_ioctl, &[fd as usize, libc::SIOCSIFFLAGS as usize, sys::of(&request)]);
    Outcome::of("SIOCSIFFLAGS", set)
}

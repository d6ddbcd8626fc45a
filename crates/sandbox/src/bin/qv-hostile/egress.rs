//! Ways through the proxy to anybody but the registry.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::outcome::{Entry, Kind, Outcome, either, told};
use crate::sys::{self, call};

const fn plain(name: &'static str, run: fn() -> Outcome) -> Entry {
    Entry { name, kind: Kind::Plain, run }
}

pub(crate) const ENTRIES: &[Entry] = &[
    plain("egress-by-ip", || tunnel("127.0.0.1:{port}", "")),
    plain("egress-by-name", || tunnel("example.com:443", "")),
    plain("egress-by-local-name", || tunnel("localhost:{port}", "")),
    plain("egress-to-metadata", || tunnel("169.254.169.254:80", "")),
    plain("egress-by-ipv6", || tunnel("[::1]:{port}", "")),
    plain("egress-by-mapped-ip", || tunnel("[::ffff:127.0.0.1]:{port}", "")),
    plain("egress-by-number", || {
        Outcome::worst([tunnel("2130706433:{port}", ""), tunnel("0x7f.1:{port}", "")])
    }),
    plain("egress-by-userinfo", || tunnel("{registry}@127.0.0.1:{port}", "")),
    plain("egress-by-similar-name", || {
        Outcome::worst([
            tunnel("{host}.evil.example:443", ""),
            tunnel("evil-{host}:443", ""),
            tunnel("{host}%00.evil.example:443", ""),
        ])
    }),
    plain("egress-to-other-port", || tunnel("{host}:{port}", "")),
    plain("egress-host-field", || tunnel("127.0.0.1:{port}", "Host: {registry}\r\n")),
    plain("egress-two-hosts", || {
        plain_request("GET http://{registry}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n")
    }),
    plain("egress-absolute-form", || {
        plain_request("GET http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: {registry}\r\n\r\n")
    }),
    plain("egress-origin-form", || {
        plain_request("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n")
    }),
    plain("egress-second-request", || {
        plain_request(
            "GET http://{registry}/ HTTP/1.1\r\nHost: {registry}\r\n\r\nGET http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        )
    }),
    plain("egress-smuggled-request", || {
        plain_request(
            "POST http://{registry}/ HTTP/1.1\r\nHost: {registry}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET http://127.0.0.1:{port}/ HTTP/1.1\r\n\r\n",
        )
    }),
    plain("egress-line-ends", || {
        Outcome::worst([
            plain_request(
                "CONNECT {registry} HTTP/1.1\nHost: x\n\nCONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n",
            ),
            plain_request("CONNECT 127.0.0.1:{port}\tHTTP/1.1\r\n\r\n"),
            plain_request("CONNECT {registry} HTTP/1.1\r\nX: y\rHost: 127.0.0.1:{port}\r\n\r\n"),
        ])
    }),
    plain("egress-redirect", redirect),
    plain("egress-other-name-in-tunnel", other_name),
    plain("egress-hijack", hijack),
    Entry { name: "egress-many-connections", kind: Kind::Host, run: many },
];

struct Told {
    proxy: SocketAddr,
    registry: String,
    port: String,
    word: String,
}

fn what() -> Result<Told, Outcome> {
    let proxy = told("QV_PROXY")?;
    let proxy = proxy.parse().map_err(|_| Outcome::Error(format!("{proxy} is no address")))?;
    Ok(Told {
        proxy,
        registry: told("QV_REGISTRY")?,
        port: told("QV_HOST_PORT")?,
        word: told("QV_WORD")?,
    })
}

impl Told {
    fn fill(&self, text: &str) -> String {
        let host = self.registry.rsplit_once(':').map_or(self.registry.as_str(), |(host, _)| host);
        text.replace("{registry}", &self.registry)
            .replace("{host}", host)
            .replace("{port}", &self.port)
    }

    fn ask(&self, text: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&self.proxy, Duration::from_secs(2))?;
        stream.set_read_timeout(Some(Duration::from_millis(1500)))?;
        stream.write_all(self.fill(text).as_bytes())?;
        let mut answer = Vec::new();
        // What came before the time was over counts.
        let _ = stream.read_to_end(&mut answer);
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

fn first_line(answer: &str) -> String {
    answer.lines().next().unwrap_or("no answer").to_owned()
}

fn tunnel(to: &str, fields: &str) -> Outcome {
    either(what().map(|told| match told.ask(&format!("CONNECT {to} HTTP/1.1\r\n{fields}\r\n")) {
        Err(error) => Outcome::Held(error.to_string()),
        Ok(answer) if answer.starts_with("HTTP/1.1 200") => {
            Outcome::Escaped(format!("{to}: {}", first_line(&answer)))
        }
        Ok(answer) => Outcome::Held(format!("{to}: {}", first_line(&answer))),
    }))
}

/// Escaped when the host's own server was heard.
fn plain_request(text: &str) -> Outcome {
    either(what().map(|told| match told.ask(text) {
        Err(error) => Outcome::Held(error.to_string()),
        Ok(answer) if answer.contains(&told.word) => Outcome::Escaped(first_line(&answer)),
        Ok(answer) => Outcome::Held(first_line(&answer)),
    }))
}

/// The registry sends to the host; whoever follows asks the proxy again.
fn redirect() -> Outcome {
    either(what().map(|told| {
        let asked = "GET http://{registry}/redirect HTTP/1.1\r\nHost: {registry}\r\n\r\n";
        let answer = match told.ask(asked) {
            Ok(answer) => answer,
            Err(error) => return Outcome::Held(error.to_string()),
        };
        let location = answer.lines().find_map(|line| {
            line.to_ascii_lowercase().strip_prefix("location: ").map(str::to_owned)
        });
        let Some(location) = location else {
            return Outcome::Error(format!("no redirect: {}", first_line(&answer)));
        };
        let authority = location.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Outcome::worst([
            plain_request(&format!("GET {location} HTTP/1.1\r\nHost: {authority}\r\n\r\n")),
            tunnel(&authority, ""),
        ])
    }))
}

/// Whatever is said in a tunnel, it leads to the registry's own address.
fn other_name() -> Outcome {
    either(what().map(|told| {
        let asked = "CONNECT {registry} HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n";
        match told.ask(asked) {
            Err(error) => Outcome::Held(error.to_string()),
            Ok(answer) if answer.contains(&told.word) => Outcome::Escaped("the host answered".into()),
            Ok(answer) => Outcome::Held(format!("the registry answered: {}", answer.lines().last().unwrap_or_default())),
        }
    }))
}

/// Takes the proxy's place, to hear what other programs ask it.
fn hijack() -> Outcome {
    either(what().map(|told| {
        let port = told.proxy.port();
        Outcome::worst([("0.0.0.0", 2_usize), ("127.0.0.1", 2), ("127.0.0.1", 15)].map(
            |(address, option)| {
                let Ok(fd) = call(libc::SYS_socket, &[2, 1, 0]) else {
                    return Outcome::Held("no socket".into());
                };
                let yes = 1_i32;
                let _ = call(libc::SYS_setsockopt, &[fd as usize, 1, option, sys::of(&yes), 4]);
                let mut place = [0_u8; 16];
                place[..2].copy_from_slice(&2_u16.to_ne_bytes());
                place[2..4].copy_from_slice(&port.to_be_bytes());
                if address != "0.0.0.0" {
                    place[4..8].copy_from_slice(&[127, 0, 0, 1]);
                }
                let bound = call(libc::SYS_bind, &[fd as usize, sys::of(&place), 16])
                    .and_then(|_| call(libc::SYS_listen, &[fd as usize, 8]));
                Outcome::of(address, bound)
            },
        ))
    }))
    .and_also(|| Outcome::of("port 3128 of IPv6", TcpListener::bind("[::]:3128").map(drop)))
}

/// Holds as many connections as it gets; the host looks whether others are served.
fn many() -> Outcome {
    either(what().map(|told| {
        let mut open = Vec::new();
        for _ in 0..400 {
            match TcpStream::connect_timeout(&told.proxy, Duration::from_millis(200)) {
                Ok(mut stream) => {
                    let _ = stream.write_all(b"CONNECT ");
                    open.push(stream);
                }
                Err(_) => break,
            }
        }
        std::thread::sleep(Duration::from_secs(3));
        Outcome::Held(format!("{} were open; the host judges", open.len()))
    }))
}

impl Outcome {
    fn and_also(self, other: fn() -> Self) -> Self {
        match self {
            Self::Held(_) => Self::worst([self, other()]),
            seen => seen,
        }
    }
}

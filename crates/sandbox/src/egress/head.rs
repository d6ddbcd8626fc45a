//! Reads the head of a request. Pure, and strict: whatever two readers could read in two ways is refused.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Refusal;

const MOST_FIELDS: usize = 64;
const LONGEST_NAME: usize = 253;

/// Where a request wants to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Authority {
    pub(super) host: Host,
    pub(super) port: u16,
}

/// A host as a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Host {
    /// In lower case. What only looks like an address (`0x7f.1`) is a name here, and resolved by nobody.
    Name(String),
    Ip(IpAddr),
}

/// A request that can be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Head {
    /// `CONNECT host:port`.
    Tunnel(Authority),
    /// `GET http://host/path`.
    Plain(Plain),
}

/// A request in absolute form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plain {
    pub(super) method: String,
    pub(super) to: Authority,
    /// From the first `/` on, with the query.
    pub(super) path: String,
    /// What goes on to the other side: nothing of the connection, no length, no host.
    pub(super) fields: Vec<(String, String)>,
    /// How long the body is.
    pub(super) body: Option<u64>,
}

/// Reads a head and tells how long it is; `None` when it has not come to its end yet.
pub(super) fn read(bytes: &[u8]) -> Result<Option<(Head, usize)>, Refusal> {
    let Some(length) = end(bytes) else { return Ok(None) };
    // Without the empty line, so that every line ends in CR LF.
    let text = std::str::from_utf8(&bytes[..length - 2]).map_err(|_| malformed("not ASCII"))?;
    if !text.bytes().all(|b| matches!(b, b'\r' | b'\n' | b'\t' | b' '..=b'~')) {
        return Err(malformed("a control character"));
    }
    let mut lines = text.split_terminator("\r\n");
    let first = lines.next().unwrap_or_default();
    let fields = lines.map(field).collect::<Result<Vec<_>, _>>()?;
    if fields.len() > MOST_FIELDS {
        return Err(Refusal::TooLong);
    }
    if first.contains(['\r', '\n', '\t']) {
        return Err(malformed("a control character"));
    }
    let parts: Vec<&str> = first.split(' ').collect();
    let &[method, target, version] = parts.as_slice() else {
        return Err(malformed("its first line"));
    };
    if !matches!(version, "HTTP/1.1" | "HTTP/1.0") {
        return Err(malformed("its version"));
    }
    if method.is_empty() || !method.bytes().all(is_token) {
        return Err(malformed("its method"));
    }
    let head = if method == "CONNECT" {
        Head::Tunnel(tunnel(target, &fields)?)
    } else {
        Head::Plain(plain(method, target, &fields)?)
    };
    Ok(Some((head, length)))
}

/// Where the head of a request or an answer ends: after its first empty line.
pub(super) fn end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

fn tunnel(target: &str, fields: &[(&str, &str)]) -> Result<Authority, Refusal> {
    let to = Authority::read(target, None)?;
    if let Some(host) = only(fields, "host")?
        && Authority::read(host, Some(to.port))? != to
    {
        return Err(malformed("two hosts"));
    }
    if only(fields, "content-length")?.is_some() || only(fields, "transfer-encoding")?.is_some() {
        return Err(malformed("a tunnel with a body"));
    }
    Ok(to)
}

fn plain(method: &str, target: &str, fields: &[(&str, &str)]) -> Result<Plain, Refusal> {
    let rest = match target.split_at_checked(7) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http://") => rest,
        _ => return Err(malformed("neither CONNECT nor an http:// address")),
    };
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(at);
    if path.contains('#') {
        return Err(malformed("a fragment"));
    }
    let to = Authority::read(authority, Some(80))?;
    if let Some(host) = only(fields, "host")?
        && Authority::read(host, Some(80))? != to
    {
        return Err(malformed("two hosts"));
    }
    if only(fields, "transfer-encoding")?.is_some() {
        return Err(malformed("a body without a length"));
    }
    let body = only(fields, "content-length")?.map(digits).transpose()?;
    let of_the_connection: Vec<String> = fields
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("connection"))
        .flat_map(|(_, value)| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let goes_on = |name: &str| {
        !HOP_BY_HOP.contains(&name) && !of_the_connection.iter().any(|other| other == name)
    };
    let fields = fields
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), (*value).to_owned()))
        .filter(|(name, _)| goes_on(name))
        .collect();
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    Ok(Plain { method: method.to_owned(), to, path, fields, body })
}

/// What is said anew, or is of one connection only.
const HOP_BY_HOP: &[&str] = &[
    "host",
    "content-length",
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "proxy-authenticate",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
];

impl Plain {
    /// The head that the registry gets.
    pub(super) fn render(&self) -> String {
        use fmt::Write as _;
        let host = match self.to.port {
            80 => self.to.host.to_string(),
            port => format!("{}:{port}", self.to.host),
        };
        let mut text = format!("{} {} HTTP/1.1\r\nHost: {host}\r\n", self.method, self.path);
        for (name, value) in &self.fields {
            // Writing to a String cannot fail.
            let _ = write!(text, "{name}: {value}\r\n");
        }
        if let Some(body) = self.body {
            let _ = write!(text, "content-length: {body}\r\n");
        }
        text.push_str("connection: close\r\n\r\n");
        text
    }
}

/// The value of a field that there may be one of.
fn only<'a>(fields: &[(&'a str, &'a str)], name: &str) -> Result<Option<&'a str>, Refusal> {
    let mut found = fields.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some((_, value)), None) => Ok(Some(value)),
        _ => Err(malformed("a field said twice")),
    }
}

fn field(line: &str) -> Result<(&str, &str), Refusal> {
    if line.contains(['\r', '\n']) {
        return Err(malformed("a line that ends twice"));
    }
    // A folded line begins with white space, and so has no valid name.
    let (name, value) = line.split_once(':').ok_or_else(|| malformed("a field without a name"))?;
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(malformed("a field's name"));
    }
    Ok((name, value.trim_matches([' ', '\t'])))
}

fn digits(text: &str) -> Result<u64, Refusal> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed("a length"));
    }
    text.parse().map_err(|_| malformed("a length"))
}

const fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(
            b,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

const fn malformed(what: &'static str) -> Refusal {
    Refusal::Malformed(what)
}

impl Authority {
    /// Reads `host:port`; without `port`, the default when there is one. A name and password before it are refused.
    pub(super) fn read(text: &str, default: Option<u16>) -> Result<Self, Refusal> {
        let (host, port) = if let Some(inner) = text.strip_prefix('[') {
            let (inner, port) = inner.split_once(']').ok_or_else(|| malformed("its host"))?;
            // No zone: Rust's own reader refuses `%`.
            let ip: Ipv6Addr = inner.parse().map_err(|_| malformed("its host"))?;
            (Host::Ip(ip.into()), port)
        } else {
            let at = text.find(':').unwrap_or(text.len());
            let (name, port) = text.split_at(at);
            (Host::read_name(name)?, port)
        };
        let port = match port.strip_prefix(':') {
            Some(port) => read_port(port)?,
            None if port.is_empty() => default.ok_or_else(|| malformed("no port"))?,
            None => return Err(malformed("its port")),
        };
        Ok(Self { host, port })
    }
}

fn read_port(text: &str) -> Result<u16, Refusal> {
    let plain = (1..=5).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit())
        && !text.starts_with('0');
    plain.then(|| text.parse().ok()).flatten().ok_or_else(|| malformed("its port"))
}

impl Host {
    fn read_name(text: &str) -> Result<Self, Refusal> {
        if let Ok(ip) = text.parse::<Ipv4Addr>() {
            return Ok(Self::Ip(ip.into()));
        }
        let fits = (1..=LONGEST_NAME).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
        if !fits {
            return Err(malformed("its host"));
        }
        Ok(Self::Name(text.to_ascii_lowercase()))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Ip(IpAddr::V4(ip)) => write!(f, "{ip}"),
            Self::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
        }
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests;

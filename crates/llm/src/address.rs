//! Which addresses may be called: a person's base URL must not reach the host's own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::LlmError;

/// Where a provider may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressPolicy {
    /// On the public internet, over TLS: for base URLs that users give.
    PublicOnly,
    /// There, or on this machine: for the operator's own choice and for local model servers.
    AllowLoopback,
    /// There, on this machine, or in its private networks: where the operator says so.
    AllowPrivate,
}

impl AddressPolicy {
    /// Whether an address may be dialled.
    #[must_use]
    pub fn allows(self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        is_public(ip)
            || match self {
                Self::PublicOnly => false,
                Self::AllowLoopback => ip.is_loopback(),
                Self::AllowPrivate => ip.is_loopback() || is_private(ip),
            }
    }

    const fn says(self) -> &'static str {
        match self {
            Self::PublicOnly => "only public addresses are allowed here",
            Self::AllowLoopback => "only public addresses and this machine are allowed here",
            Self::AllowPrivate => "this address is reserved",
        }
    }

    pub(crate) fn refusal(self, host: &str) -> LlmError {
        LlmError::Address { message: format!("{host} may not be called: {}", self.says()) }
    }
}

/// Reads a base URL as people write it. A lone host gets `/v1`; a pasted `.../chat/completions` or `.../messages` is
/// cut back to its base. Host names are judged when they are dialled, numeric addresses here.
///
/// # Errors
/// [`LlmError::Address`], saying what is wrong.
pub fn parse_base_url(text: &str, policy: AddressPolicy) -> Result<Url, LlmError> {
    let wrong = |message: &str| LlmError::Address { message: message.to_owned() };
    let mut url = Url::parse(text.trim())
        .map_err(|_| wrong("it is no URL; write it like https://api.example.com/v1"))?;
    match url.scheme() {
        "https" => {}
        "http" if policy != AddressPolicy::PublicOnly => {}
        "http" => return Err(wrong("http would show the key to the network; use https")),
        _ => return Err(wrong("it must begin with https:// or http://")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it must not hold a name or password; add the key as a key"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it must not have a ? or # part"));
    }
    let ip = match url.host() {
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        Some(Host::Domain(_)) => None,
        None => return Err(wrong("it has no host")),
    };
    if let Some(ip) = ip
        && !policy.allows(ip)
    {
        return Err(policy.refusal(&ip.to_string()));
    }
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/chat/completions").unwrap_or(path);
    let path = path.strip_suffix("/messages").unwrap_or(path);
    let path = if path.is_empty() { "/v1".to_owned() } else { path.to_owned() };
    url.set_path(&path);
    Ok(url)
}

/// Whether a base URL names this machine, which no proxy should be asked for.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Globally routable, by the IANA special-purpose registries as of 2026.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(a == 0
        || a == 10
        || a == 127
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 192 && b == 168)
        || (a == 198 && (b == 18 || b == 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    // Unicast space alone, less the parts that lead elsewhere: 2001::/23 (Teredo and the like), documentation,
    // 6to4. NAT64 (64:ff9b::/96) lies outside, and so cannot carry a private IPv4 address past this.
    (0x2000..0x4000).contains(&a)
        && !(a == 0x2001 && b < 0x0200)
        && !(a == 0x2001 && b == 0x0db8)
        && a != 0x2002
        && !(a == 0x3fff && b < 0x1000)
}

/// RFC 1918, unique local and carrier-grade addresses. Link-local ones are left out: the clouds' metadata services
/// live there, and no model does.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.is_private() || (ip.octets()[0] == 100 && (64..128).contains(&ip.octets()[1]))
        }
        IpAddr::V6(ip) => ip.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AddressPolicy::{AllowLoopback, AllowPrivate, PublicOnly};

    // asvs: 5
    #[test]
    fn each_policy_allows_what_it_says() {
        let cases = [
            ("8.8.8.8", [true, true, true]),
            ("2606:4700::1111", [true, true, true]),
            ("127.0.0.1", [false, true, true]),
            ("127.8.9.1", [false, true, true]),
            ("::1", [false, true, true]),
            ("::ffff:127.0.0.1", [false, true, true]),
            ("::ffff:10.0.0.1", [false, false, true]),
            ("10.1.2.3", [false, false, true]),
            ("172.16.0.1", [false, false, true]),
            ("192.168.0.10", [false, false, true]),
            ("100.64.0.1", [false, false, true]),
            ("fd00::1", [false, false, true]),
            ("169.254.169.254", [false, false, false]),
            ("::ffff:169.254.169.254", [false, false, false]),
            ("0.0.0.0", [false, false, false]),
            ("::", [false, false, false]),
            ("fe80::1", [false, false, false]),
            ("64:ff9b::7f00:1", [false, false, false]),
            ("2002:7f00:1::", [false, false, false]),
            ("224.0.0.1", [false, false, false]),
            ("255.255.255.255", [false, false, false]),
        ];
        for (ip, expected) in cases {
            let parsed: IpAddr = ip.parse().unwrap();
            let got = [PublicOnly, AllowLoopback, AllowPrivate].map(|p| p.allows(parsed));
            assert_eq!(got, expected, "{ip}");
        }
    }

    // asvs: 5
    #[test]
    fn numeric_disguises_are_seen_through() {
        for text in [
            "https://127.0.0.1/v1",
            "https://0x7f.1/v1",
            "https://2130706433/v1",
            "https://017700000001/v1",
            "https://[::ffff:127.0.0.1]/v1",
            "https://169.254.169.254/latest",
        ] {
            let refused = parse_base_url(text, PublicOnly).unwrap_err();
            assert!(matches!(refused, LlmError::Address { .. }), "{text}: {refused:?}");
        }
        assert!(parse_base_url("http://0x7f.1:8080", AllowLoopback).is_ok());
    }

    #[test]
    fn base_urls_are_read_as_people_write_them() {
        for (text, expected) in [
            ("http://localhost:1234", "http://localhost:1234/v1"),
            (" https://host.example/v1/ ", "https://host.example/v1"),
            ("https://host.example/v1/chat/completions", "https://host.example/v1"),
            ("https://host.example/v1/messages", "https://host.example/v1"),
            ("https://host.example/v1beta/openai", "https://host.example/v1beta/openai"),
        ] {
            assert_eq!(parse_base_url(text, AllowLoopback).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn what_could_leak_a_key_is_refused() {
        for text in ["http://host.example", "ftp://host.example", "https://me:pw@host.example", "x"]
        {
            assert!(parse_base_url(text, PublicOnly).is_err(), "{text}");
        }
    }
}

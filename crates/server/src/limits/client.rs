//! From where a request comes.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of whoever asks: of the connection, or, where that is a trusted proxy's, the one that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl ClientAddress {
    /// Goes from the connection backwards as long as the last hop is trusted. What a client writes into the header
    /// itself stands left of what proxies add, so it is reached only through trusted ones, which do not lie.
    pub(crate) fn of(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
        let mut address = peer.ip().to_canonical();
        // Bytes that are no text are the client's own, and stand left of what proxies add.
        let named = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect::<Vec<_>>()
            .join(",");
        for hop in named.split(',').rev() {
            if !is_trusted(address) {
                break;
            }
            let Some(before) = parse(hop.trim()) else { break };
            address = before;
        }
        Self(address)
    }
}

/// An address, with or without port.
fn parse(hop: &str) -> Option<IpAddr> {
    let address = hop
        .parse::<IpAddr>()
        .or_else(|_| hop.parse::<SocketAddr>().map(|with_port| with_port.ip()))
        .or_else(|_| hop.trim_matches(['[', ']']).parse());
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        ClientAddress::of(format!("{peer}:5000").parse().unwrap(), &headers, &trusted).0.to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = ["10.0.0.0/8", "fd00::/8"];
        for (peer, forwarded, expected) in [
            ("198.51.100.7", vec!["1.2.3.4"], "198.51.100.7"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("10.0.0.1", vec!["198.51.100.7"], "198.51.100.7"),
            // What the client wrote itself stands on the left.
            ("10.0.0.1", vec!["1.2.3.4, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", vec!["1.2.3.4", "198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", vec!["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            ("10.0.0.1", vec!["nonsense, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", vec!["[2001:db8::1]:443"], "2001:db8::1"),
            ("[fd00::1]", vec!["198.51.100.7:80"], "198.51.100.7"),
            ("[::ffff:10.0.0.1]", vec!["198.51.100.7"], "198.51.100.7"),
        ] {
            assert_eq!(client(peer, &forwarded, &trusted), expected, "{peer} {forwarded:?}");
        }
        assert_eq!(client("10.0.0.1", &["1.2.3.4"], &[]), "10.0.0.1");
    }
}

//! Which addresses may be dialled, whatever a name resolves to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far a registry may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// On the internet.
    Public,
    /// There, on this machine, or in its private networks: for a registry that the operator named.
    Private,
}

impl Reach {
    /// Whether an address may be dialled. Link-local ones never may: the clouds' metadata services are there.
    pub(super) fn allows(self, ip: IpAddr) -> bool {
        let inward = match ip {
            IpAddr::V4(ip) => inward_v4(ip),
            IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
        };
        let outward = match ip {
            IpAddr::V4(ip) => outward_v4(ip),
            IpAddr::V6(ip) => outward_v6(ip),
        };
        outward || (inward && self == Self::Private)
    }
}

/// Loopback, RFC 1918 and carriers' shared space.
fn inward_v4(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    ip.is_loopback() || ip.is_private() || (a == 100 && (64..128).contains(&b))
}

/// What is left without special parts. The blocks kept for documentation are not among these: they lead nowhere on the
/// internet, and closed networks put their mirrors there.
fn outward_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(inward_v4(ip)
        || ip.is_link_local()
        // "This network", multicast, reserved and broadcast.
        || a == 0
        || a >= 224
        // Protocol assignments, 6to4 relays, benchmarks.
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

/// Global unicast alone, less the parts that carry IPv4 (Teredo, 6to4). NAT64, IPv4-mapped, unique local, link-local,
/// site-local and multicast addresses lie outside.
fn outward_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    (0x2000..0x4000).contains(&a) && !(a == 0x2001 && b < 0x0200) && a != 0x2002
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reach_allows_what_it_says() {
        let cases = [
            ("8.8.8.8", [true, true]),
            ("203.0.113.80", [true, true]),
            ("2606:4700::1111", [true, true]),
            ("127.0.0.1", [false, true]),
            ("127.9.9.9", [false, true]),
            ("10.1.2.3", [false, true]),
            ("172.16.0.1", [false, true]),
            ("172.32.0.1", [true, true]),
            ("192.168.0.10", [false, true]),
            ("100.64.0.1", [false, true]),
            ("100.128.0.1", [true, true]),
            ("::1", [false, true]),
            ("fd00::1", [false, true]),
            ("169.254.169.254", [false, false]),
            ("0.0.0.0", [false, false]),
            ("0.1.2.3", [false, false]),
            ("224.0.0.1", [false, false]),
            ("240.0.0.1", [false, false]),
            ("255.255.255.255", [false, false]),
            ("192.0.0.8", [false, false]),
            ("198.18.0.1", [false, false]),
            ("::", [false, false]),
            ("fe80::1", [false, false]),
            ("fec0::1", [false, false]),
            ("ff02::1", [false, false]),
            ("::ffff:127.0.0.1", [false, false]),
            ("::ffff:8.8.8.8", [false, false]),
            ("::7f00:1", [false, false]),
            ("64:ff9b::808:808", [false, false]),
            ("64:ff9b:1::7f00:1", [false, false]),
            ("2002:7f00:1::", [false, false]),
            ("2001::1", [false, false]),
        ];
        for (text, expected) in cases {
            let ip: IpAddr = text.parse().unwrap();
            assert_eq!([Reach::Public, Reach::Private].map(|r| r.allows(ip)), expected, "{text}");
        }
    }
}

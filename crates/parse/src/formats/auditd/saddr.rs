//! Socket addresses of SOCKADDR records: the bytes of a `struct sockaddr` in hexadecimal.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A socket address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SockAddr {
    /// An internet address and port.
    Inet(IpAddr, u16),
    /// A path, or an abstract name with its leading NUL written as `@`.
    Unix(String),
    /// Another family, by its number.
    Other(u16),
}

impl SockAddr {
    /// Decodes what follows `saddr=`. The family is in the machine's order (little-endian on
    /// every architecture read here), addresses and ports in network order.
    pub(super) fn decode(hex: &str) -> Option<SockAddr> {
        let bytes = super::value::unhex(hex)?;
        let family = u16::from_le_bytes(bytes.get(..2)?.try_into().ok()?);
        let port = || Some(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?));
        Some(match family {
            1 => SockAddr::Unix(unix(bytes.get(2..)?)),
            2 => {
                let ip: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
                SockAddr::Inet(Ipv4Addr::from(ip).into(), port()?)
            }
            10 => {
                let ip: [u8; 16] = bytes.get(8..24)?.try_into().ok()?;
                SockAddr::Inet(Ipv6Addr::from(ip).to_canonical(), port()?)
            }
            other => SockAddr::Other(other),
        })
    }

    /// The family's name.
    pub(super) fn family(&self) -> &'static str {
        match self {
            SockAddr::Inet(IpAddr::V4(_), _) => "ipv4",
            SockAddr::Inet(IpAddr::V6(_), _) => "ipv6",
            SockAddr::Unix(_) => "unix",
            SockAddr::Other(16) => "netlink",
            SockAddr::Other(17) => "packet",
            SockAddr::Other(_) => "other",
        }
    }
}

fn unix(bytes: &[u8]) -> String {
    let (mark, bytes) = match bytes.strip_prefix(b"\0") {
        Some(name) => ("@", name),
        None => ("", bytes),
    };
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    format!("{mark}{}", String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_each_family_are_decoded() {
        let decode = |hex| SockAddr::decode(hex).unwrap();
        let v4 = SockAddr::Inet("192.0.2.1".parse().unwrap(), 80);
        assert_eq!(decode("02000050C00002010000000000000000"), v4);
        let v6 = SockAddr::Inet("2001:db8::1".parse().unwrap(), 443);
        assert_eq!(decode("0A0001BB0000000020010DB800000000000000000000000100000000"), v6);
        assert_eq!(decode("01002F72756E2F6600"), SockAddr::Unix("/run/f".into()));
        assert_eq!(decode("0100006162"), SockAddr::Unix("@ab".into()));
        assert_eq!(decode("1000000000000000").family(), "netlink");
        for bad in ["", "02", "0200", "020000", "zz00", "0200005"] {
            assert_eq!(SockAddr::decode(bad), None, "{bad}");
        }
    }
}

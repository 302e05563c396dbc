//! Networks in CIDR notation, and sets of them.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Map;

/// A network, of IPv4 within IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: u128,
    prefix: u8,
}

impl Network {
    /// A network, or an address as a network of one.
    pub(crate) fn parse(text: &str) -> Option<Network> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().ok()?;
        let prefix = match prefix {
            None => 128,
            Some(prefix) => {
                let prefix: u8 = prefix.parse().ok()?;
                if address.is_ipv4() { prefix.checked_add(96)? } else { prefix }
            }
        };
        (prefix <= 128).then(|| Network { address: masked(bits(address), prefix), prefix })
    }

    pub(super) fn contains(&self, ip: IpAddr) -> bool {
        masked(bits(ip), self.prefix) == self.address
    }

    /// Whether it has every address, of IPv4 or of all.
    pub(crate) fn is_all(&self) -> bool {
        self.prefix == 0 || (self.prefix <= 96 && self.contains(Ipv4Addr::UNSPECIFIED.into()))
    }

    pub(crate) fn is_within(&self, outer: &Network) -> bool {
        self.prefix >= outer.prefix && masked(self.address, outer.prefix) == outer.address
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match IpAddr::from(Ipv6Addr::from(self.address)).to_canonical() {
            IpAddr::V4(ip) if self.prefix >= 96 => write!(f, "{ip}/{}", self.prefix - 96),
            ip => write!(f, "{ip}/{}", self.prefix),
        }
    }
}

/// An address as 128 bits, IPv4 mapped into IPv6.
pub(super) fn bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u128::from(ip.to_ipv6_mapped()),
        IpAddr::V6(ip) => u128::from(ip),
    }
}

fn masked(address: u128, prefix: u8) -> u128 {
    if prefix == 0 { 0 } else { address & (u128::MAX << (128 - u32::from(prefix))) }
}

/// Networks with something known of each: a look for each length of prefix, however many there are.
#[derive(Clone, Debug)]
pub(super) struct Networks<T>(BTreeMap<u8, Map<u128, T>>);

impl<T> Default for Networks<T> {
    fn default() -> Self {
        Networks(BTreeMap::new())
    }
}

impl<T> Networks<T> {
    pub(super) fn insert(&mut self, network: Network, known: T) {
        self.0.entry(network.prefix).or_default().insert(network.address, known);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is known of the narrowest network that an address is in.
    pub(super) fn get(&self, ip: IpAddr) -> Option<&T> {
        let address = bits(ip);
        let by_prefix = self.0.iter().rev();
        by_prefix.into_iter().find_map(|(prefix, known)| known.get(&masked(address, *prefix)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_network_is_told() {
        let mut networks = Networks::default();
        for (text, known) in
            [("10.0.0.0/8", 1), ("10.1.0.0/16", 2), ("2001:db8::/32", 3), ("0.0.0.0/0", 4)]
        {
            networks.insert(Network::parse(text).unwrap(), known);
        }
        let known = |ip: &str| networks.get(ip.parse().unwrap()).copied();
        assert_eq!(known("10.1.2.3"), Some(2));
        assert_eq!(known("10.2.2.3"), Some(1));
        assert_eq!(known("192.0.2.1"), Some(4));
        assert_eq!(known("2001:db8::1"), Some(3));
        assert_eq!(known("2001:db9::1"), None);
        assert_eq!(Network::parse("10.0.0.0/33"), None);
    }
}

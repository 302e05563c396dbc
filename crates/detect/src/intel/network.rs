//! Networks in CIDR notation, and sets of them.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use foldhash::fast::FixedState;
use hashbrown::hash_map::Entry;

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
    pub(super) fn entry(&mut self, network: Network) -> Entry<'_, u128, T, FixedState> {
        self.0.entry(network.prefix).or_default().entry(network.address)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The networks that an address is in, the narrowest first, and what is known of each.
    pub(super) fn around(&self, ip: IpAddr) -> impl Iterator<Item = (Network, &T)> {
        self.0.iter().rev().filter_map(move |(prefix, known)| {
            let address = masked(bits(ip), *prefix);
            Some((Network { address, prefix: *prefix }, known.get(&address)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_around_an_address_are_told_from_the_narrowest() {
        let mut networks = Networks::default();
        for (text, known) in
            [("10.0.0.0/8", 1), ("10.1.0.0/16", 2), ("2001:db8::/32", 3), ("0.0.0.0/0", 4)]
        {
            networks.entry(Network::parse(text).unwrap()).insert(known);
        }
        let known = |ip: &str| {
            networks.around(ip.parse().unwrap()).map(|(_, known)| *known).collect::<Vec<_>>()
        };
        assert_eq!(known("10.1.2.3"), [2, 1, 4]);
        assert_eq!(known("10.2.2.3"), [1, 4]);
        assert_eq!(known("192.0.2.1"), [4]);
        assert_eq!(known("2001:db8::1"), [3]);
        assert_eq!(known("2001:db9::1"), Vec::<i32>::new());
        assert_eq!(Network::parse("10.0.0.0/33"), None);
    }
}

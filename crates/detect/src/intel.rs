//! The intel detector: values known to be bad, from lists a person supplies.

use hashbrown::HashMap;
use std::net::IpAddr;
use tocsin_event::{
    Basis, Duration, EventRef, Field, Finding, FindingId, PeerName, Severity, Time, Window,
};

use crate::accused::Parties;
use crate::emission::{Emission, evidence};

/// A hit on one indicator by one accused is told once a day.
const SPAN: Duration = Duration::from_secs(86_400);

type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// Lists of known bad values.
#[derive(Clone, Debug, Default)]
pub struct Intel {
    lists: Vec<String>,
    addresses: Map<IpAddr, u32>,
    networks: Vec<Network>,
    names: Map<String, u32>,
}

#[derive(Clone, Debug)]
struct Network {
    address: u128,
    prefix: u8,
    list: u32,
    text: String,
}

impl Intel {
    /// Adds a list, one indicator a line: an address, a network in CIDR notation, a domain, a
    /// hash. Of a line with commas or blanks the first word that is one counts; `#` and `;` begin
    /// comments. Returns how many indicators were read and how many lines were not understood.
    pub fn add_list(&mut self, name: &str, text: &str) -> (usize, usize) {
        let list = self.lists.len() as u32;
        self.lists.push(name.to_owned());
        let (mut read, mut not_understood) = (0, 0);
        for line in text.lines() {
            let line = line.split(['#', ';']).next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let mut words = line.split([',', ' ', '\t', '"']).filter(|word| !word.is_empty());
            if words.any(|word| self.add(word, list)) { read += 1 } else { not_understood += 1 }
        }
        (read, not_understood)
    }

    fn add(&mut self, word: &str, list: u32) -> bool {
        if let Ok(ip) = word.parse::<IpAddr>() {
            self.addresses.insert(ip.to_canonical(), list);
            return true;
        }
        if let Some(network) = network(word, list) {
            self.networks.push(network);
            return true;
        }
        let is_name = word.len() >= 4
            && word.contains(|c: char| c.is_ascii_alphabetic())
            && (word.contains('.') || word.len() >= 32)
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        if is_name {
            self.names.insert(word.to_ascii_lowercase(), list);
        }
        is_name
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.networks.is_empty() && self.names.is_empty()
    }

    /// Looks at the observables of one event.
    pub(crate) fn step(&self, event: &EventRef<'_>, time: Time, out: &mut Vec<Emission>) {
        if self.is_empty() {
            return;
        }
        let peers = [event.source_name(), event.target_name()].into_iter().flatten();
        let hit = peers.filter_map(|peer| self.peer(peer)).next().or_else(|| {
            let names = [Field::HttpHost, Field::DnsQuery].map(|field| event.attribute(field));
            names.into_iter().find_map(|name| self.name(name))
        });
        if let Some((list, indicator)) = hit {
            out.push(Emission::Found(Box::new(finding(event, time, list, indicator))));
        }
    }

    fn peer(&self, peer: PeerName<'_>) -> Option<(&str, String)> {
        let ip = match peer {
            PeerName::Ip(ip) => ip,
            PeerName::Hostname(name) => return self.name(name),
        };
        if let Some(list) = self.addresses.get(&ip) {
            return Some((self.list(*list), ip.to_string()));
        }
        let network = self.networks.iter().find(|network| network.contains(ip))?;
        Some((self.list(network.list), network.text.clone()))
    }

    fn name(&self, name: &str) -> Option<(&str, String)> {
        if name.is_empty() || self.names.is_empty() {
            return None;
        }
        let name = name.to_ascii_lowercase();
        let list = self.names.get(&name)?;
        Some((self.list(*list), name))
    }

    fn list(&self, index: u32) -> &str {
        self.lists.get(index as usize).map_or("", String::as_str)
    }
}

fn network(word: &str, list: u32) -> Option<Network> {
    let (address, prefix) = word.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let prefix: u8 = prefix.parse().ok()?;
    let prefix = if address.is_ipv4() { prefix.checked_add(96)? } else { prefix };
    let valid = prefix <= 128;
    valid.then(|| Network { address: bits(address), prefix, list, text: word.to_owned() })
}

/// An address as 128 bits, IPv4 mapped into IPv6.
fn bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u128::from(ip.to_ipv6_mapped()),
        IpAddr::V6(ip) => u128::from(ip),
    }
}

impl Network {
    fn contains(&self, ip: IpAddr) -> bool {
        let differ = self.address ^ bits(ip);
        self.prefix == 0 || differ >> (128 - u32::from(self.prefix)) == 0
    }
}

fn finding(event: &EventRef<'_>, time: Time, list: &str, indicator: String) -> Finding {
    let Parties { accused, others, targets } = Parties::of(event);
    let detector = format!("intel/{list}");
    let start = time.window_start(SPAN);
    Finding {
        id: FindingId::new(&detector, &indicator, &accused, 0, start),
        time,
        entity: accused,
        entities: others,
        targets,
        title: format!("Contact with {indicator}, listed in {list}").into(),
        severity: Severity::Medium,
        basis: Basis::Intel { list: list.to_owned(), indicator },
        techniques: [].into(),
        window: Window { start: time, end: time },
        count: u64::from(event.count),
        by_voice: false,
        evidence: vec![evidence(event)],
        detector: detector.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hold_addresses_networks_and_names_and_count_what_they_do_not() {
        let mut intel = Intel::default();
        let text =
            "# head\n192.0.2.1\n198.51.100.0/24 ; net\n\"evil.example\",2024\n???\n2001:db8::/32\n";
        assert_eq!(intel.add_list("test", text), (4, 1));
        let hit = |ip: &str| intel.peer(PeerName::Ip(ip.parse().unwrap())).is_some();
        assert!(hit("192.0.2.1") && hit("198.51.100.77") && hit("2001:db8::9"));
        assert!(!hit("192.0.2.2"));
        assert!(intel.peer(PeerName::Hostname("Evil.example")).is_some());
    }
}

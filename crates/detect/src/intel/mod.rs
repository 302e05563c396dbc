//! The intel detector: values known to be bad, from files a person supplies: plain lists, CSV, STIX
//! bundles, MISP events; and MISP's warning lists, which say what is often listed without being bad.

mod listed;
mod network;
mod observables;
mod read;
pub mod stix;
mod warning;

use std::borrow::Cow;
use std::net::IpAddr;

use compact_str::{CompactString, ToCompactString};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use tocsin_event::{
    Basis, Class, Duration, Entity, EntityKind, EventRef, Finding, FindingId, IntelHit, Severity,
    Status, Time, Window,
};

use crate::accused::Parties;
use crate::emission::{Emission, evidence};
use listed::{Listed, Others};
pub(crate) use network::Network;
use network::Networks;
pub(crate) use read::time;
use stix::Patterns;
use warning::{Warning, domains};

/// A hit on one indicator by one accused is told once a day.
const SPAN: Duration = Duration::from_secs(86_400);

/// Sources that are surer than this are told as `medium`, others as `low`; who does not say is believed.
const SURE: u8 = 50;

type Map<K, V> = HashMap<K, V, FixedState>;

/// Values known to be bad.
#[derive(Clone, Debug, Default)]
pub struct Intel {
    lists: Vec<String>,
    /// What is known of indicators; most have it in common.
    facts: Vec<Facts>,
    addresses: Map<IpAddr, Listed>,
    networks: Networks<Listed>,
    /// Domains, URLs and hashes, in lower case.
    texts: Map<CompactString, Listed>,
    others: Others,
    has_urls: bool,
    has_hashes: bool,
    patterns: Patterns,
    warnings: Vec<Warning>,
    recent: Recent,
}

/// Who lists a value, and what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Indicator {
    list: u32,
    facts: u32,
}

/// An end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Source,
    Target,
}

/// What a source says of an indicator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Facts {
    /// How sure it is, from 0 to 100.
    confidence: Option<u8>,
    from: Option<Time>,
    /// From when on it no longer holds.
    until: Option<Time>,
    /// Which end of a connection an address must be, where it is said.
    end: Option<End>,
}

/// What was read of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Indicators, and entries of warning lists.
    pub indicators: usize,
    /// What looked like one, and was not understood.
    pub not_understood: usize,
    /// Why the first of those was not, or why there is nothing.
    pub why: Option<String>,
}

impl Read {
    fn took(&mut self) {
        self.indicators += 1;
    }

    fn missed(&mut self, why: impl FnOnce() -> String) {
        self.not_understood += 1;
        self.why.get_or_insert_with(why);
    }
}

impl Intel {
    /// Adds what a file holds, whose form is found by looking at it: a STIX bundle, a MISP event or
    /// warning list, CSV with a line that names its columns, or a list with an indicator a line. Of a
    /// line with commas or blanks the first word that is an address, a network in CIDR notation, a
    /// domain, a URL or a hash counts; `#` and `;` begin comments.
    pub fn add(&mut self, name: &str, text: &str) -> Read {
        self.recent = Recent::default();
        read::read(self, name, text)
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty()
            && self.networks.is_empty()
            && self.texts.is_empty()
            && self.patterns.is_empty()
    }

    /// An indicator of this list of which this is known.
    fn indicator(&mut self, list: &str, facts: Facts) -> Indicator {
        let place = |places: usize, found: Option<usize>| found.unwrap_or(places) as u32;
        let known = self.lists.iter().rposition(|known| known == list);
        let list_at = place(self.lists.len(), known);
        if known.is_none() {
            self.lists.push(list.to_owned());
        }
        // Indicators that came one after the other have most in common.
        let near = self.facts.len().saturating_sub(64);
        let known = self.facts.iter().skip(near).rposition(|known| *known == facts);
        let facts_at = place(self.facts.len(), known.map(|at| at + near));
        if known.is_none() {
            self.facts.push(facts);
        }
        Indicator { list: list_at, facts: facts_at }
    }

    /// Adds a value; false where it is none that can be looked for. Lists write it so that nobody follows it
    /// by mistake, or as those who block it want it: see [`plain`](read::plain).
    fn add_value(&mut self, value: &str, indicator: Indicator) -> bool {
        let value = &*read::plain(value);
        if let Ok(ip) = value.parse::<IpAddr>() {
            // Files of hosts send names there.
            if read::is_nobody(ip) {
                return false;
            }
            self.others.add(self.addresses.entry(ip.to_canonical()), indicator);
            return true;
        }
        if value.contains('/')
            && let Some(network) = Network::parse(value).filter(|network| !network.is_all())
        {
            self.others.add(self.networks.entry(network), indicator);
            return true;
        }
        let is_url = value.starts_with("http://") || value.starts_with("https://");
        let is_hash = observables::is_hash(value);
        let last = value.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
        let is_name = value.len() >= 4
            && last.contains(|c: char| c.is_ascii_alphabetic())
            && value.contains('.')
            && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        if is_url || is_hash || is_name {
            self.has_urls |= is_url;
            self.has_hashes |= is_hash;
            let value = value.trim_matches('.').to_ascii_lowercase();
            self.others.add(self.texts.entry(value.to_compact_string()), indicator);
        }
        is_url || is_hash || is_name
    }

    /// Looks at the observables of one event.
    pub(crate) fn step(&mut self, event: &EventRef<'_>, time: Time, out: &mut Vec<Emission>) {
        if self.is_empty() {
            return;
        }
        let address = self.address(event, time);
        if let Some((value, indicator)) = address.or_else(|| self.hit(event, time)) {
            out.push(Emission::Found(Box::new(self.finding(event, time, &value, indicator))));
        }
    }

    /// The first end of an event that is listed, or within a network that is.
    fn address<'e>(
        &mut self,
        event: &EventRef<'e>,
        time: Time,
    ) -> Option<(Cow<'e, str>, Indicator)> {
        for (ip, end) in [(event.dst.ip, End::Target), (event.src.ip, End::Source)] {
            let Some(ip) = ip else { continue };
            let is_listed =
                || self.addresses.contains_key(&ip) || self.networks.around(ip).next().is_some();
            if self.recent.get(ip, is_listed)
                && let Some(hit) = self.surest_of(ip, end, time)
            {
                return Some(hit);
            }
        }
        None
    }

    /// The surest of those that list an address or a network that it is in, of equal ones the most exact.
    fn surest_of<'e>(&self, ip: IpAddr, end: End, time: Time) -> Option<(Cow<'e, str>, Indicator)> {
        let exact = self.addresses.get(&ip).map(|listed| (ip.to_string(), *listed));
        let networks = self.networks.around(ip).map(|(net, listed)| (net.to_string(), *listed));
        let all = exact.into_iter().chain(networks);
        let holding = all.filter_map(|(value, listed)| {
            Some((Cow::Owned(value), self.surest(listed, Some(end), time)?))
        });
        holding.reduce(|best, other| {
            if self.facts(other.1).sureness() > self.facts(best.1).sureness() {
                other
            } else {
                best
            }
        })
    }

    /// The surest of those that list a value and still do at that time, of equal ones the first.
    fn surest(&self, listed: Listed, end: Option<End>, time: Time) -> Option<Indicator> {
        let holds = |indicator: &Indicator| {
            let of_end = self.facts(*indicator).end;
            of_end.is_none_or(|wanted| end.is_none_or(|end| end == wanted))
                && self.holds_at(*indicator, time)
        };
        let holding = self.others.of(listed).filter(holds);
        holding.max_by_key(|indicator| self.facts(*indicator).sureness())
    }

    /// The first name, URL, hash or pattern of an event that is listed, as it is listed.
    fn hit<'e>(&self, event: &EventRef<'e>, time: Time) -> Option<(Cow<'e, str>, Indicator)> {
        if !self.texts.is_empty() {
            let names = observables::names(event).find_map(|name| self.name(name, time));
            let found = names.or_else(|| self.text(event, time));
            if found.is_some() {
                return found;
            }
        }
        if self.patterns.is_empty() {
            return None;
        }
        let holds = |indicator| self.holds_at(indicator, time);
        let (pattern, indicator) = self.patterns.hit(event, holds)?;
        Some((pattern.to_owned().into(), indicator))
    }

    /// Whether a source still says so of something that happened then.
    fn holds_at(&self, indicator: Indicator, time: Time) -> bool {
        self.facts(indicator).until.is_none_or(|until| time < until)
    }

    /// A name, or a domain that it is within.
    fn name<'e>(&self, name: &'e str, time: Time) -> Option<(Cow<'e, str>, Indicator)> {
        let name = name.to_ascii_lowercase();
        let mut listed = std::iter::once(&*name).chain(domains(&name)).filter_map(|domain| {
            let indicator = self.surest(*self.texts.get(domain)?, None, time)?;
            Some((domain.to_owned().into(), indicator))
        });
        listed.next()
    }

    /// A URL or a hash.
    fn text<'e>(&self, event: &EventRef<'e>, time: Time) -> Option<(Cow<'e, str>, Indicator)> {
        let look = |text: &str| {
            let text = text.to_ascii_lowercase();
            let indicator = self.surest(*self.texts.get(&*text)?, None, time)?;
            Some((text.into(), indicator))
        };
        let url =
            if self.has_urls { observables::urls(event).find_map(|u| look(&u)) } else { None };
        let hash = || observables::hashes(event).find_map(look);
        url.or_else(|| if self.has_hashes { hash() } else { None })
    }

    fn facts(&self, indicator: Indicator) -> Facts {
        self.facts.get(indicator.facts as usize).copied().unwrap_or_default()
    }

    fn finding(
        &self,
        event: &EventRef<'_>,
        time: Time,
        value: &str,
        indicator: Indicator,
    ) -> Finding {
        let Parties { accused, others, mut targets } = Parties::of(event);
        let list = self.lists.get(indicator.list as usize).map_or("", String::as_str);
        let facts = self.facts(indicator);
        let warning = self.warnings.iter().find(|warning| warning.has(value));
        let listed = Network::parse(value);
        let called = event.dst.ip.filter(|ip| listed.is_some_and(|network| network.contains(*ip)));
        let is_called = called.is_some();
        // Whom a machine of ours called can be shut off.
        if let Some(called) = called.map(|ip| Entity::new(EntityKind::Ip, ip.to_compact_string()))
            && !targets.contains(&called)
        {
            targets.insert(0, called);
        }
        let severity = match facts.confidence {
            _ if warning.is_some() => Severity::Info,
            _ if is_knock(event, value, is_called) => Severity::Info,
            Some(confidence) if confidence < SURE => Severity::Low,
            _ => Severity::Medium,
        };
        let techniques = if is_called { ["T1071".to_owned()].into() } else { [].into() };
        let but =
            warning.map_or_else(String::new, |w| format!(", but on the warning list {}", w.name));
        let detector = format!("intel/{list}");
        Finding {
            id: FindingId::new(&detector, value, &accused, 0, time.window_start(SPAN)),
            time,
            entity: accused,
            entities: others,
            targets,
            title: format!("Contact with {value}, listed in {list}{but}").into(),
            severity,
            basis: Basis::Intel(IntelHit {
                list: list.to_owned(),
                indicator: value.to_owned(),
                confidence: facts.confidence,
                valid_from: facts.from,
                valid_until: facts.until,
            }),
            techniques,
            window: Window { start: time, end: time },
            count: u64::from(event.count),
            by_voice: false,
            evidence: vec![evidence(event)],
            detector: detector.into(),
        }
    }
}

impl Facts {
    /// From 0 to 100; who does not say is believed.
    fn sureness(&self) -> u8 {
        self.confidence.unwrap_or(100)
    }
}

/// Whether a listed address only knocked: listed addresses knock everywhere all day. That one was let in
/// is another matter.
fn is_knock(event: &EventRef<'_>, value: &str, is_called: bool) -> bool {
    let is_address = Network::parse(value).is_some();
    let was_let_in = event.class == Class::Authentication && event.status == Status::Success;
    is_address && !is_called && !was_let_in
}

/// Addresses looked for lately, and whether they are listed: most come again, and a million of others do not
/// fit into a processor's memory.
#[derive(Clone, Debug, Default)]
struct Recent(Vec<Option<(IpAddr, bool)>>);

impl Recent {
    const PLACES: usize = 1 << 13;

    /// Whether an address is listed, found out by `look` where it was not looked for lately.
    fn get(&mut self, ip: IpAddr, look: impl FnOnce() -> bool) -> bool {
        if self.0.is_empty() {
            self.0 = vec![None; Self::PLACES];
        }
        let bits = network::bits(ip);
        let mixed = (bits as u64 ^ (bits >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let place = &mut self.0[(mixed >> 51) as usize];
        match place {
            Some((known, listed)) if *known == ip => *listed,
            _ => {
                let listed = look();
                *place = Some((ip, listed));
                listed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(intel: &Intel, name: &str) -> bool {
        intel.name(name, Time(0)).is_some()
    }

    #[test]
    fn lists_hold_addresses_networks_and_names_and_count_what_they_do_not() {
        let mut intel = Intel::default();
        let text =
            "# head\n192.0.2.1\n198.51.100.0/24 ; net\n\"evil.example\",2024\n???\n2001:db8::/32\n";
        let read = intel.add("test", text);
        assert_eq!((read.indicators, read.not_understood), (4, 1));
        assert_eq!(read.why.as_deref(), Some("line 5: `???` is no indicator"));
        let network = |ip: &str| intel.networks.around(ip.parse().unwrap()).next().is_some();
        assert!(intel.addresses.contains_key(&"192.0.2.1".parse::<IpAddr>().unwrap()));
        assert!(network("198.51.100.77") && network("2001:db8::9") && !network("192.0.2.2"));
        assert!(listed(&intel, "Evil.example") && listed(&intel, "www.evil.example"));
        assert!(!listed(&intel, "notevil.example"));
    }

    #[test]
    fn what_a_source_says_of_an_indicator_is_kept() {
        let mut intel = Intel::default();
        let text = "indicator,confidence,source,valid_until\nold.example,90,feed,1970-01-01\n\
                    new.example,20,feed,2999-01-01T00:00:00Z\n";
        assert_eq!(intel.add("test", text).indicators, 2);
        let now = Time::from_secs(1_800_000_000);
        assert!(intel.name("old.example", now).is_none());
        let (_, indicator) = intel.name("new.example", now).unwrap();
        assert_eq!(intel.facts(indicator).confidence, Some(20));
        assert_eq!(intel.lists[indicator.list as usize], "test: feed");
    }

    #[test]
    fn the_surest_source_that_still_holds_is_told() {
        let mut intel = Intel::default();
        let now = Time::from_secs(1_800_000_000);
        let net = "indicator\n198.51.100.0/24\n";
        let unsure = "indicator,confidence\n198.51.100.7,5\n";
        let expired = "indicator,valid_until\n198.51.100.7,1970-01-01\n198.51.100.8,1970-01-01\n";
        let told = |intel: &Intel, ip: &str, end| {
            let (value, indicator) = intel.surest_of(ip.parse().unwrap(), end, now)?;
            Some((value.into_owned(), intel.lists[indicator.list as usize].clone()))
        };
        let of = |value: &str, list: &str| Some((value.to_owned(), list.to_owned()));
        for (name, text) in [("unsure", unsure), ("expired", expired), ("expired", expired)] {
            intel.add(name, text);
        }
        assert_eq!(told(&intel, "198.51.100.7", End::Source), of("198.51.100.7", "unsure"));
        assert_eq!(told(&intel, "198.51.100.8", End::Source), None);
        intel.add("net", net);
        assert_eq!(told(&intel, "198.51.100.7", End::Source), of("198.51.100.0/24", "net"));
        assert_eq!(told(&intel, "198.51.100.8", End::Target), of("198.51.100.0/24", "net"));
        let bundle = r#"{"type":"bundle","objects":[{"type":"indicator",
            "pattern":"[network-traffic:dst_ref.value = '192.0.2.9']"}]}"#;
        intel.add("stix", bundle);
        assert_eq!(told(&intel, "192.0.2.9", End::Source), None);
        assert_eq!(told(&intel, "192.0.2.9", End::Target), of("192.0.2.9", "stix"));
    }

    #[test]
    fn bundles_and_misp_events_are_known_by_their_looks() {
        let mut intel = Intel::default();
        let bundle = r#"{"type":"bundle","objects":[
            {"type":"indicator","pattern":"[domain-name:value = 'a.example']","confidence":85},
            {"type":"indicator","pattern":"[url:value = 'http://b.example/x' OR file:name = 'evil.exe']"},
            {"type":"indicator","pattern":"[url:value = 'http://d.example/'] OR ([ipv4-addr:value = '192.0.2.1'] OR [file:name = 'x.exe'])"},
            {"type":"indicator","pattern":"[domain-name:value IN ('e.example', 'f.example') OR url:value = 'http://g.example/']"},
            {"type":"indicator","pattern":"[x-foo:bar = 'x']"},
            {"type":"indicator","pattern":"[ipv4-addr:value != '192.0.2.1' OR file:name LIKE '%']"},
            {"type":"indicator","pattern":"[file:name = 'x.exe'] FOLLOWEDBY [file:name = 'y.exe']"},
            {"type":"indicator","pattern":"[file:name = 'x.exe'] OR [file:name = 'y.exe'] WITHIN 5 SECONDS"},
            {"type":"indicator","pattern":"[broken","revoked":false},
            {"type":"indicator","pattern":"[domain-name:value = 'gone.example']","revoked":true}]}"#;
        let Read { indicators, not_understood, why } = intel.add("stix", bundle);
        assert_eq!((indicators, not_understood), (4, 5));
        assert!(why.is_some_and(|why| why.contains("x-foo")));
        assert!(listed(&intel, "www.e.example") && listed(&intel, "f.example"));
        let event = r#"{"Event":{"info":"x","Attribute":[
            {"type":"domain","value":"c.example","to_ids":true},
            {"type":"domain","value":"context.example","to_ids":false},
            {"type":"ip-dst|port","value":"192.0.2.9|443","to_ids":true},
            {"type":"comment","value":"none","to_ids":true}]}}"#;
        assert_eq!(intel.add("misp", event).indicators, 2);
        assert!(listed(&intel, "a.example") && listed(&intel, "c.example"));
        assert!(!listed(&intel, "gone.example") && !listed(&intel, "context.example"));
        let warning = r#"{"name":"Known","type":"hostname","list":["example"]}"#;
        assert_eq!(intel.add("warning", warning).indicators, 1);
        assert!(!intel.patterns.is_empty());
    }
}

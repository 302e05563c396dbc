//! The detector of regular calls: a machine within calls one outside at even intervals, and says as much
//! each time. So do programs that ask a controller for orders, and honest ones that ask for news; people do
//! not. What it finds is `low`, for whoever knows the machine to judge.
//!
//! Intervals between calls that come at random, however often, are exponential: of those one in five is
//! within 30 % of their median. How likely it is that as many are by chance is the tail of a binomial
//! distribution, and the p-value.

use std::net::IpAddr;

use compact_str::ToCompactString;
use serde::{Deserialize, Serialize};
use tocsin_anomaly::{at_least, median};
use tocsin_event::{
    Attribution, Basis, Class, Duration, Entity, EntityKind, EventRef, Evidence, Field, Finding,
    FindingId, Models, Severity, Time, Window, is_inner,
};

use crate::config::Config;
use crate::emission::{Emission, Growth, evidence};
use crate::key::KeyHasher;
use crate::keyed::Keyed;

/// Intervals looked at: the latest ones.
const KEPT: usize = 48;
/// With fewer nothing is said.
const NEEDED: usize = 24;
/// Calls over a shorter time are a burst.
const SPAN: Duration = Duration::from_secs(3600);
/// What comes sooner after a call belongs to it.
const ONE_CALL: Duration = Duration::from_secs(1);

/// How near to their median intervals are alike, and the share of exponential ones that are:
/// `2^-0.7 - 2^-1.3`.
const ALIKE: f64 = 0.3;
const ALIKE_BY_CHANCE: f64 = 0.209_5;
/// How near to their median amounts are alike, and how many must be.
const SAME_AMOUNT: f64 = 0.25;
const SAME_SHARE: f64 = 0.8;
/// What is likelier than this is not told.
const P_MAX: f64 = 1e-9;

/// Machines calling the same one, from so many on: then it is a service that everybody uses.
const POPULAR: u8 = 3;

/// Ports of services that are asked regularly by their nature: names, time, leases, discovery.
const REGULAR_PORTS: [u16; 10] = [53, 67, 68, 123, 137, 138, 547, 1900, 5353, 5355];

/// Who calls whom, and how regularly.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Calls {
    pairs: Keyed<Pair>,
    /// How many callers each machine outside has.
    called: Keyed<u8>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Pair {
    first: Time,
    last: Time,
    calls: u64,
    /// Milliseconds since the call before, and bytes sent.
    kept: Vec<(u32, u32)>,
    /// Where the next one goes once there are enough.
    next: u8,
    told: Option<FindingId>,
}

/// How regular calls are.
struct Regularity {
    /// The median of the intervals, in seconds.
    interval: f64,
    alike: u32,
    of: u32,
    p_value: f64,
    same_amount: f64,
}

impl Calls {
    pub(crate) fn new(config: &Config) -> Self {
        Calls { pairs: Keyed::new(config.calls_max), called: Keyed::new(config.calls_max) }
    }

    /// Takes an event, where it is a call from within to the outside.
    pub(crate) fn step(&mut self, event: &EventRef<'_>, time: Time, out: &mut Vec<Emission>) {
        if event.class != Class::Network {
            return;
        }
        let (Some(source), Some(target)) = (event.src.ip, event.dst.ip) else { return };
        if !goes_out(source, target) || REGULAR_PORTS.contains(&event.dst.port) {
            return;
        }
        let mut key = KeyHasher::new();
        key.ip(target);
        let of_target = key.finish();
        key.ip(source);
        key.number(event.dst.port.into());
        let mut is_new = false;
        let begin = || {
            is_new = true;
            Pair::begin(time)
        };
        let pair = self.pairs.touch(key.finish(), begin, drop);
        let callers = self.called.touch(of_target, || 0, drop);
        *callers = callers.saturating_add(u8::from(is_new));
        if is_new || !pair.take(event, time) {
            return;
        }
        if let Some(id) = pair.told {
            let growth = Growth { id, more: event.count.into(), end: time, evidence: None };
            out.push(Emission::Grown(growth));
            return;
        }
        let is_due = pair.kept.len() >= NEEDED && pair.calls.is_multiple_of(8);
        if !is_due || time - pair.first < SPAN || *callers >= POPULAR {
            return;
        }
        if let Some(regular) = pair.regularity().filter(Regularity::is_told)
            && let Some(finding) = pair.finding(event, time, &regular, (source, target))
        {
            pair.told = Some(finding.id);
            out.push(Emission::Found(Box::new(finding)));
        }
    }

    /// Pairs that had to make room.
    pub(crate) fn evicted(&self) -> u64 {
        self.pairs.evicted()
    }

    /// Forgets all pairs.
    pub(crate) fn clear(&mut self) {
        self.pairs.clear();
        self.called.clear();
    }
}

/// Whether a call leaves the network.
fn goes_out(source: IpAddr, target: IpAddr) -> bool {
    let is_everybody = match target {
        IpAddr::V4(ip) => {
            ip.is_multicast() || ip.is_broadcast() || ip.is_unspecified() || ip.is_loopback()
        }
        IpAddr::V6(ip) => ip.is_multicast() || ip.is_unspecified() || ip.is_loopback(),
    };
    is_inner(source) && !is_inner(target) && !is_everybody
}

impl Pair {
    fn begin(time: Time) -> Pair {
        Pair { first: time, last: time, calls: 1, kept: Vec::new(), next: 0, told: None }
    }

    /// Counts a call; whether it is one of its own.
    fn take(&mut self, event: &EventRef<'_>, time: Time) -> bool {
        let since = time - self.last;
        if since < ONE_CALL {
            return false;
        }
        let milliseconds = (since.as_secs_f64() * 1000.0) as u32;
        let sent = event.attribute(Field::BytesOut).parse().unwrap_or_default();
        let call = (milliseconds, sent);
        if self.kept.len() < KEPT {
            self.kept.push(call);
        } else if let Some(oldest) = self.kept.get_mut(usize::from(self.next)) {
            *oldest = call;
        }
        self.next = ((usize::from(self.next) + 1) % KEPT) as u8;
        self.calls += 1;
        self.last = time;
        true
    }

    fn regularity(&self) -> Option<Regularity> {
        let mut intervals: Vec<f64> =
            self.kept.iter().map(|(ms, _)| f64::from(*ms) / 1000.0).collect();
        let mut amounts: Vec<f64> = self.kept.iter().map(|(_, sent)| f64::from(*sent)).collect();
        let (interval, amount) = (median(&mut intervals)?, median(&mut amounts)?);
        let of = intervals.len() as u32;
        let alike = near(&intervals, interval, ALIKE);
        let same = near(&amounts, amount, SAME_AMOUNT);
        Some(Regularity {
            interval,
            alike,
            of,
            p_value: at_least(alike, of, ALIKE_BY_CHANCE),
            same_amount: f64::from(same) / f64::from(of),
        })
    }

    fn finding(
        &self,
        event: &EventRef<'_>,
        time: Time,
        regular: &Regularity,
        (source, target): (IpAddr, IpAddr),
    ) -> Option<Finding> {
        let [source, target] =
            [source, target].map(|ip| Entity::new(EntityKind::Ip, ip.to_compact_string()));
        let port = event.dst.port;
        let detector = "calls/regular";
        let title = format!(
            "Regular calls to {} port {port}, every {:.0} s ({} of {} intervals alike)",
            target.id, regular.interval, regular.alike, regular.of
        );
        let basis = Models::new(
            -regular.p_value.max(f64::MIN_POSITIVE).log10(),
            regular.p_value,
            regular.attributions(),
            vec!["regular_calls".to_owned()],
        )?;
        let evidence: Evidence = evidence(event);
        Some(Finding {
            id: FindingId::new(detector, &target.id, &source, port.into(), self.first),
            time,
            entity: source,
            entities: Vec::new(),
            targets: vec![target],
            detector: detector.into(),
            title: title.into(),
            severity: Severity::Low,
            basis: Basis::Model(basis),
            techniques: ["T1071".to_owned()].into(),
            window: Window { start: self.first, end: time },
            count: self.calls,
            by_voice: false,
            evidence: vec![evidence],
        })
    }
}

impl Regularity {
    fn is_told(&self) -> bool {
        self.p_value < P_MAX && self.same_amount >= SAME_SHARE
    }

    fn attributions(&self) -> Vec<Attribution> {
        let share = f64::from(self.alike) / f64::from(self.of);
        vec![Attribution {
            feature: "intervals_alike".to_owned(),
            value: share,
            baseline: ALIKE_BY_CHANCE,
            contribution: -self.p_value.max(f64::MIN_POSITIVE).log10(),
        }]
    }
}

/// How many values are within a share of their median.
fn near(values: &[f64], median: f64, share: f64) -> u32 {
    values.iter().filter(|value| (**value - median).abs() <= share * median).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_alike_by_chance_is_that_of_exponential_intervals() {
        // Exponential intervals have the median 1 where shares are told by 2^-t.
        let within = 2_f64.powf(ALIKE - 1.0) - 2_f64.powf(-1.0 - ALIKE);
        assert!((within - ALIKE_BY_CHANCE).abs() < 1e-4);
    }

    #[test]
    fn only_calls_that_leave_the_network_count() {
        let out =
            |source: &str, target: &str| goes_out(source.parse().unwrap(), target.parse().unwrap());
        assert!(out("192.168.1.9", "198.51.100.7"));
        assert!(!out("192.168.1.9", "10.0.0.1"));
        assert!(!out("198.51.100.7", "192.168.1.9"));
        assert!(!out("192.168.1.9", "239.255.255.250"));
        assert!(!out("fe80::1", "ff02::fb"));
    }
}

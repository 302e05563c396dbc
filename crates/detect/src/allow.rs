//! The allowlist: what is found but known and approved, such as a scanner of one's own. Every entry says
//! about whom, by which detectors, until when and why. What it covers is no alert; it is counted, and told
//! beside the reason.

use tocsin_event::{Allowance, Entity, EntityKind, Finding, Time};

use crate::intel::{Network, time};

/// Why an entry cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllowError {
    /// An entity is not written as one.
    #[error("`{0}` is no entity: write ip:192.0.2.0/24, user:backup, user:svc-* or host:web1")]
    Entity(String),
    /// It would allow everything to everybody.
    #[error(
        "it allows everybody everything: name `entities`, `targets` or `detectors` more closely"
    )]
    Everything,
    /// There is no such time.
    #[error("`{0}` is no time: write 2027-01-31 or 2027-01-31T12:00:00Z")]
    Time(String),
    /// Nobody would know later why it is there.
    #[error("its `reason` is empty: say why, for whoever finds it later")]
    Reason,
    /// It names no detector.
    #[error("it names no `detectors`: name rules, or write [\"*\"] for all")]
    Detectors,
}

/// What may be, as a person writes it.
#[derive(Clone, Debug, Default)]
pub struct AllowEntry {
    /// The accused, as `kind:id`; all of whom a finding accuses must be named. None: anybody.
    pub entities: Vec<String>,
    /// The harmed; all of a finding's that are of a kind named here must be named. None: anybody.
    pub targets: Vec<String>,
    /// Detectors that may find it, `*` for all, `intel/*` for those whose names begin so.
    pub detectors: Vec<String>,
    /// The first moment of the events that is not allowed: a day or a time of RFC 3339.
    pub until: String,
    /// Why.
    pub reason: String,
    /// Where it is written: file and line.
    pub place: String,
}

/// What may be.
#[derive(Clone, Debug)]
pub struct Allowed {
    entities: Vec<Party>,
    targets: Vec<Party>,
    detectors: Vec<String>,
    until: Time,
    reason: String,
    place: String,
}

/// Entities that an entry names.
#[derive(Clone, Debug)]
enum Party {
    Network(Network),
    /// By their names, or by how these begin.
    Named(EntityKind, String),
    Beginning(EntityKind, String),
}

impl Allowed {
    /// Makes an entry ready.
    ///
    /// # Errors
    /// See [`AllowError`].
    pub fn new(entry: AllowEntry) -> Result<Allowed, AllowError> {
        let AllowEntry { entities, targets, detectors, until, reason, place } = entry;
        let parties = |texts: &[String]| -> Result<Vec<Party>, AllowError> {
            texts.iter().map(|text| Party::parse(text)).collect()
        };
        let (entities, targets) = (parties(&entities)?, parties(&targets)?);
        if detectors.is_empty() {
            return Err(AllowError::Detectors);
        }
        let anybody = |parties: &[Party]| parties.is_empty() || parties.iter().any(Party::is_any);
        if anybody(&entities) && anybody(&targets) && detectors.iter().any(|name| name == "*") {
            return Err(AllowError::Everything);
        }
        let reason = match reason.trim() {
            "" => return Err(AllowError::Reason),
            reason => reason.to_owned(),
        };
        let until = time(&until).ok_or(AllowError::Time(until))?;
        Ok(Allowed { entities, targets, detectors, until, reason, place })
    }

    /// Whether it names a finding's detector, all whom it accuses, and whom they harmed.
    fn covers(&self, finding: &Finding) -> bool {
        let by = |name: &String| match name.strip_suffix('*') {
            Some(beginning) => finding.detector.starts_with(beginning),
            None => **name == *finding.detector,
        };
        let mut accused = std::iter::once(&finding.entity).chain(&finding.entities);
        self.detectors.iter().any(by)
            && (self.entities.is_empty() || accused.all(|entity| named(&self.entities, entity)))
            && self.is_about(&finding.targets)
    }

    /// Whether all targets are named that are of a kind of which some are; and there is one.
    fn is_about(&self, targets: &[Entity]) -> bool {
        let is_of_kind = |entity: &&Entity| self.targets.iter().any(|p| p.kind() == entity.kind);
        let mut of_kind = targets.iter().filter(is_of_kind).peekable();
        self.targets.is_empty()
            || (of_kind.peek().is_some() && of_kind.all(|entity| named(&self.targets, entity)))
    }

    fn unused(&self) -> Allowance {
        let (entry, reason) = (self.place.clone(), self.reason.clone());
        Allowance { entry, reason, until: self.until, ..Allowance::default() }
    }
}

fn named(parties: &[Party], entity: &Entity) -> bool {
    parties.iter().any(|party| party.is(entity))
}

impl Party {
    fn parse(text: &str) -> Result<Party, AllowError> {
        let wrong = || AllowError::Entity(text.to_owned());
        let Entity { kind, id } = text.parse().map_err(|_| wrong())?;
        if let Some(beginning) = id.strip_suffix('*') {
            // How addresses begin says nothing: 1* would be 10.0.0.1 as well.
            if kind == EntityKind::Ip && !beginning.is_empty() {
                return Err(wrong());
            }
            return Ok(Party::Beginning(kind, beginning.to_owned()));
        }
        match kind {
            _ if id.is_empty() => Err(wrong()),
            EntityKind::Ip => Network::parse(&id).map(Party::Network).ok_or_else(wrong),
            _ => Ok(Party::Named(kind, id.into())),
        }
    }

    fn kind(&self) -> EntityKind {
        match self {
            Party::Network(_) => EntityKind::Ip,
            Party::Named(kind, _) | Party::Beginning(kind, _) => *kind,
        }
    }

    fn is(&self, entity: &Entity) -> bool {
        match self {
            Party::Network(network) => {
                let is_within = |inner: Network| inner.is_within(network);
                entity.kind == EntityKind::Ip && Network::parse(&entity.id).is_some_and(is_within)
            }
            Party::Named(kind, name) => entity.kind == *kind && entity.id == *name,
            Party::Beginning(kind, begin) => {
                entity.kind == *kind && entity.id.starts_with(begin.as_str())
            }
        }
    }

    /// Whether it is everybody of a kind.
    fn is_any(&self) -> bool {
        match self {
            Party::Network(network) => network.is_all(),
            Party::Named(..) => false,
            Party::Beginning(_, begin) => begin.is_empty(),
        }
    }
}

/// Parts what may be from findings; the first entry that covers one counts it.
pub(crate) fn part<F: AsRef<Finding>>(
    list: &[Allowed],
    findings: Vec<F>,
) -> (Vec<F>, Vec<Allowance>) {
    let mut allowances: Vec<Allowance> = list.iter().map(Allowed::unused).collect();
    if list.is_empty() {
        return (findings, allowances);
    }
    let told =
        findings.into_iter().filter(|finding| !take(list, finding.as_ref(), &mut allowances));
    (told.collect(), allowances)
}

/// Whether a finding may be; counts it.
fn take(list: &[Allowed], finding: &Finding, allowances: &mut [Allowance]) -> bool {
    for (entry, allowance) in list.iter().zip(allowances).filter(|(e, _)| e.covers(finding)) {
        if finding.window.end >= entry.until {
            allowance.after_end += 1;
            continue;
        }
        allowance.findings += 1;
        allowance.severity = allowance.severity.max(Some(finding.severity));
        return true;
    }
    false
}

#[cfg(test)]
mod tests {
    use tocsin_event::{Basis, Duration, FindingId, RuleRef, Severity, Window};

    use super::*;

    fn allowed(
        entities: &[&str],
        targets: &[&str],
        detectors: &[&str],
    ) -> Result<Allowed, AllowError> {
        let [entities, targets, detectors] = [entities, targets, detectors]
            .map(|texts| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        let (until, reason) = ("2027-01-31".to_owned(), "our scanner".to_owned());
        Allowed::new(AllowEntry {
            entities,
            targets,
            detectors,
            until,
            reason,
            ..AllowEntry::default()
        })
    }

    fn finding(accused: &[&str], targets: &[&str], end: &str) -> Finding {
        let parties = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let mut entities: Vec<Entity> = parties(accused);
        let (entity, end) = (entities.remove(0), time(end).unwrap());
        Finding {
            id: FindingId::new("r1", "1", &entity, 0, end),
            time: end,
            entity,
            entities,
            targets: parties(targets),
            detector: "r1".into(),
            title: "Port scan".into(),
            severity: Severity::Medium,
            basis: Basis::Rule(RuleRef {
                id: "r1".into(),
                title: "Port scan".into(),
                author: "".into(),
                values: Default::default(),
            }),
            techniques: [].into(),
            window: Window { start: end - Duration::from_secs(60), end },
            count: 7,
            by_voice: false,
            evidence: Vec::new(),
        }
    }

    fn is_covered(entry: Result<Allowed, AllowError>, accused: &[&str], targets: &[&str]) -> bool {
        entry.unwrap().covers(&finding(accused, targets, "2026-12-01"))
    }

    #[test]
    fn an_entry_covers_what_it_names_and_nothing_else() {
        let scanner = || allowed(&["ip:192.0.2.0/28", "ip:2001:db8::/48"], &[], &["r1"]);
        assert!(is_covered(scanner(), &["ip:192.0.2.7"], &["host:web1"]));
        assert!(is_covered(scanner(), &["ip:2001:db8:0:7::/64"], &[]));
        assert!(!is_covered(scanner(), &["ip:192.0.2.99"], &[]));
        assert!(!is_covered(scanner(), &["ip:192.0.2.7", "ip:198.51.100.7"], &[]));
        assert!(!is_covered(scanner(), &["user:192.0.2.7"], &[]));
        assert!(!is_covered(allowed(&["ip:192.0.2.7"], &[], &["r2"]), &["ip:192.0.2.7"], &[]));
        assert!(is_covered(allowed(&["user:svc-*"], &[], &["*"]), &["user:svc-backup"], &[]));
    }

    #[test]
    fn of_a_kind_of_targets_that_is_named_all_must_be() {
        let lab = || allowed(&[], &["host:lab1", "host:lab2"], &["*"]);
        assert!(is_covered(lab(), &["ip:192.0.2.7"], &["user:root", "host:lab1"]));
        assert!(!is_covered(lab(), &["ip:192.0.2.7"], &["host:lab1", "host:web1"]));
        assert!(!is_covered(lab(), &["ip:192.0.2.7"], &["user:root"]));
    }

    #[test]
    fn what_would_allow_everything_or_says_too_little_is_refused() {
        for everybody in [&[][..], &["ip:*"], &["ip:0.0.0.0/0"], &["ip:::/0"], &["user:*"]] {
            let refused = allowed(everybody, &[], &["*"]).unwrap_err();
            assert_eq!(refused, AllowError::Everything);
            assert!(allowed(everybody, &[], &["r1"]).is_ok());
        }
        assert_eq!(allowed(&["ip:192.0.2.7"], &[], &[]).unwrap_err(), AllowError::Detectors);
        for wrong in ["192.0.2.7", "ip:web1", "ip:192.*", "host:"] {
            let refused = allowed(&[wrong], &[], &["*"]).unwrap_err();
            assert_eq!(refused, AllowError::Entity(wrong.to_owned()));
        }
    }

    #[test]
    fn what_goes_on_after_the_end_is_told_again() {
        let entry = allowed(&["ip:192.0.2.7"], &[], &["*"]).unwrap();
        let at = |end| Box::new(finding(&["ip:192.0.2.7"], &[], end));
        let (told, covered) = part(&[entry], vec![at("2027-01-30"), at("2027-01-31")]);
        assert_eq!(told.len(), 1);
        let [covered] = covered.try_into().unwrap();
        assert_eq!((covered.findings, covered.after_end), (1, 1));
        assert_eq!(covered.severity, Some(Severity::Medium));
    }
}

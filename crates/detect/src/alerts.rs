//! Findings into alerts: what one detector says about one entity, however many windows it took.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use tocsin_event::{Alert, AlertStatus, Duration, Entity, Finding, Time};

/// Findings further apart than this are alerts of their own.
const QUIET: Duration = Duration::from_secs(86_400);

/// The alerts of these findings, oldest first.
pub(crate) fn from_findings(findings: &[Arc<Finding>]) -> Vec<Arc<Alert>> {
    let mut ordered: Vec<&Arc<Finding>> = findings.iter().collect();
    ordered.sort_by_key(|finding| (finding.window.start, finding.id));
    let mut latest: HashMap<(&Entity, &str), usize, FixedState> = HashMap::default();
    let mut alerts: Vec<Alert> = Vec::new();
    for finding in ordered {
        let behaviour = (&finding.entity, &*finding.detector);
        let open = latest.get(&behaviour).and_then(|at| alerts.get_mut(*at));
        match open.filter(|alert| finding.window.start - alert.end <= QUIET) {
            Some(alert) => join(alert, finding),
            None => {
                latest.insert(behaviour, alerts.len());
                alerts.push(first(finding));
            }
        }
    }
    for alert in &mut alerts {
        alert.count = events(&alert.findings);
    }
    alerts.into_iter().map(Arc::new).collect()
}

/// How many events findings count that come in the order of their windows. Of those that tell of the
/// same events, which overlap, it is what the busiest counts.
fn events(findings: &[Arc<Finding>]) -> u64 {
    let (mut before, mut busiest, mut end) = (0_u64, 0, Time(i64::MIN));
    for finding in findings {
        if !finding.by_voice || finding.window.start > end {
            before = before.saturating_add(busiest);
            busiest = 0;
        }
        busiest = finding.count.max(busiest);
        end = finding.window.end.max(end);
    }
    before.saturating_add(busiest)
}

fn first(finding: &Arc<Finding>) -> Alert {
    Alert {
        id: finding.id.to_string(),
        status: AlertStatus::New,
        title: finding.title.clone(),
        severity: finding.severity,
        entity: finding.entity.clone(),
        start: finding.window.start,
        end: finding.window.end,
        count: finding.count,
        techniques: finding.techniques.clone(),
        findings: vec![finding.clone()],
    }
}

fn join(alert: &mut Alert, finding: &Arc<Finding>) {
    alert.severity = alert.severity.max(finding.severity);
    alert.end = alert.end.max(finding.window.end);
    if alert.techniques != finding.techniques {
        let both = alert.techniques.iter().chain(finding.techniques.iter());
        alert.techniques = both.collect::<BTreeSet<_>>().into_iter().cloned().collect();
    }
    alert.findings.push(finding.clone());
}

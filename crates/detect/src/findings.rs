//! The findings made so far, each once: what is said again grows what was said before.

use std::sync::Arc;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use tocsin_event::{Finding, FindingId};

use crate::emission::{Emission, Growth};

/// Records kept as evidence of one finding.
const EVIDENCE_KEPT: usize = 2;

/// Findings in the order in which they were made.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Findings {
    kept: Vec<Arc<Finding>>,
    index: HashMap<FindingId, u32, foldhash::fast::FixedState>,
    most: usize,
    /// Findings beyond the cap, counted only.
    pub(crate) shed: u64,
}

impl Findings {
    pub(crate) fn new(most: usize) -> Self {
        Findings { kept: Vec::new(), index: HashMap::default(), most, shed: 0 }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Finding> {
        self.kept.iter().map(|finding| &**finding)
    }

    pub(crate) fn into_all(self) -> Vec<Arc<Finding>> {
        self.kept
    }

    pub(crate) fn take(&mut self, emissions: impl Iterator<Item = Emission>) {
        for emission in emissions {
            match emission {
                Emission::Found(finding) => self.found(*finding),
                Emission::Grown(growth) => self.grown(growth),
            }
        }
    }

    fn found(&mut self, finding: Finding) {
        if let Some(known) = self.find(finding.id) {
            known.count += finding.count;
            known.window.end = known.window.end.max(finding.window.end);
            finding.evidence.into_iter().for_each(|record| keep(known, record));
        } else if self.kept.len() < self.most {
            self.index.insert(finding.id, self.kept.len() as u32);
            self.kept.push(Arc::new(finding));
        } else {
            self.shed += 1;
        }
    }

    fn grown(&mut self, growth: Growth) {
        let Some(known) = self.find(growth.id) else { return };
        known.count += growth.more;
        known.window.end = known.window.end.max(growth.end);
        growth.evidence.into_iter().for_each(|record| keep(known, record));
    }

    fn find(&mut self, id: FindingId) -> Option<&mut Finding> {
        let at = *self.index.get(&id)?;
        // Nobody else has one before the events have ended.
        self.kept.get_mut(at as usize).and_then(Arc::get_mut)
    }
}

/// Keeps the first record and the last one.
fn keep(finding: &mut Finding, record: tocsin_event::Evidence) {
    finding.evidence.truncate(EVIDENCE_KEPT - 1);
    finding.evidence.reserve_exact(1);
    finding.evidence.push(record);
}

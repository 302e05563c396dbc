//! MITRE ATT&CK as the engine uses it: what techniques are called, where in the kill chain they
//! stand, what mitigates them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A technique or sub-technique.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Technique {
    /// Its name, such as `Password Guessing`.
    pub name: String,
    /// The tactics it serves, as short names such as `credential-access`.
    pub tactics: Vec<String>,
    /// Names of mitigations.
    pub mitigations: Vec<String>,
}

/// The techniques by id, and the tactics in matrix order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttackCatalog {
    /// Tactic short names, from reconnaissance to impact.
    pub tactics: Vec<String>,
    /// Techniques by id, such as `T1110.001`.
    pub techniques: BTreeMap<String, Technique>,
}

impl AttackCatalog {
    /// The technique of this id.
    #[must_use]
    pub fn technique(&self, id: &str) -> Option<&Technique> {
        self.techniques.get(id)
    }

    /// How far down the kill chain a technique stands: the place of its first tactic; techniques
    /// that are not known come last.
    #[must_use]
    pub fn stage(&self, id: &str) -> usize {
        let tactics = self.technique(id).map_or(&[][..], |technique| &technique.tactics);
        let places =
            tactics.iter().filter_map(|tactic| self.tactics.iter().position(|t| t == tactic));
        places.min().unwrap_or(self.tactics.len())
    }
}

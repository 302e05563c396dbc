//! What must hold of any input. A [`Target`] is a check and what it is fed from: the fuzzer drives
//! it with inputs of its own making, the tests with those that the fuzzer found worth keeping.

mod chunk;
pub mod corpus;
mod intel;
mod login;
pub mod longest;
mod network;
mod packed;
pub mod seed;
mod sigma;
mod text;

use std::path::PathBuf;

use seed::Seeds;

/// A kind of input.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and that of its corpus.
    pub name: &'static str,
    /// Panics when something does not hold of these bytes.
    pub check: fn(&[u8]),
    /// What fuzzing starts from.
    pub seeds: Seeds,
}

/// Every target. A new one is a line here and a file in `libfuzzer/targets`.
pub const TARGETS: &[Target] = &[
    Target { name: "syslog", check: text::check, seeds: Seeds::Formats(seed::SYSLOG) },
    Target { name: "audit", check: text::check, seeds: Seeds::Formats(seed::AUDIT) },
    Target { name: "json", check: text::check, seeds: Seeds::Formats(seed::JSON) },
    Target { name: "web", check: text::check, seeds: Seeds::Formats(seed::WEB) },
    Target { name: "mail", check: text::check, seeds: Seeds::Formats(seed::MAIL) },
    Target { name: "applications", check: text::check, seeds: Seeds::OtherFormats },
    Target { name: "logins", check: login::check, seeds: Seeds::Files(seed::LOGINS) },
    Target { name: "network", check: network::check, seeds: Seeds::Messages },
    Target { name: "evtx", check: chunk::check, seeds: Seeds::Chunks },
    Target { name: "packed", check: packed::check, seeds: Seeds::Packed },
    Target { name: "sigma", check: sigma::check, seeds: Seeds::Rules },
    Target { name: "intel", check: intel::check, seeds: Seeds::Written(intel::SEEDS) },
];

/// Runs the check of the target of this name.
///
/// # Panics
/// When something does not hold, or there is no such target.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| panic!("no target {name}"));
    (target.check)(input);
}

/// The folder of this package, which cargo names to all that it runs. It is not the one that the
/// program was built in: clones that share a target folder share programs.
fn folder() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default().into()
}

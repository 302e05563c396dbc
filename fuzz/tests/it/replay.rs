//! Every check over every seed and every input that the fuzzer found worth keeping.

use std::path::Path;

use tocsin_fuzz::{TARGETS, corpus};

/// Runs the check of a target over all that is there for it.
fn replay(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let inputs = [target.seeds.read().unwrap(), corpus::kept(name).unwrap()].concat();
    assert!(!inputs.is_empty());
    inputs.iter().for_each(|input| (target.check)(input));
}

/// A test for each target, so that they run beside each other.
macro_rules! replayed {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })+

        const REPLAYED: &[&str] = &[$(stringify!($name)),+];
    };
}

replayed!(syslog audit json web mail applications logins network evtx packed sigma intel);

#[test]
fn every_target_is_replayed_and_fuzzed() {
    let listed: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(listed, REPLAYED);
    let drivers = Path::new("libfuzzer/targets");
    for name in listed {
        assert!(drivers.join(name).with_extension("rs").exists(), "nothing fuzzes {name}");
    }
}

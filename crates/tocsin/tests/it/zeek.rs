//! Zeek's logs, in columns and as JSON, and the attacks that others recorded in them.

use std::fs;

use crate::scan::{accused, shared};
use crate::support::tocsin;

/// Records of a log: the lines that are no header.
fn rows(path: &std::path::Path) -> usize {
    let bytes = fs::read(path).unwrap();
    let text = match bytes.starts_with(b"\x1f\x8b") {
        true => std::io::read_to_string(flate2::read::GzDecoder::new(&*bytes)).unwrap(),
        false => String::from_utf8_lossy(&bytes).into_owned(),
    };
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count()
}

#[test]
fn every_row_of_every_log_becomes_an_event_of_zeek() {
    let Some(folder) = shared("zeek_log_samples") else { return };
    let mut logs = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.contains(".log") {
            let out = tocsin(&["parse", "-q", path.to_str().unwrap()]).out;
            let events = out.lines().filter(|line| line.contains("\"log_provider\":\"zeek\""));
            assert_eq!(events.count(), rows(&path), "{name}");
            logs += 1;
        }
    }
    assert_eq!(logs, 12);
}

#[test]
fn scanners_and_an_infected_machine_are_accused() {
    let Some(flows) = shared("zeek_flows") else { return };
    let cases = [
        ("slips_port-scans/vertical", "ip:192.168.1.9"),
        ("stratosphere_002-zeek-scenario-port-scanning", "ip:172.16.1.11"),
        ("iot23_34-1_part1", "ip:192.168.1.195"),
    ];
    for (capture, attacker) in cases {
        let accused = accused(&format!("{flows}/{capture}"));
        let grave: Vec<_> =
            accused.iter().filter(|(_, rank)| **rank >= 2).map(|(who, _)| who).collect();
        assert_eq!(grave, [attacker], "{capture}");
    }
}

#[test]
fn quiet_captures_accuse_nobody() {
    for capture in ["zeek_flows/stratosphere_004-zeek-scenario-ssh", "iot_device_pcaps"] {
        let Some(capture) = shared(capture) else { return };
        let accused = accused(&capture);
        assert!(accused.values().all(|rank| *rank < 2), "{accused:?}");
    }
}

//! Whatever is in a log, reading it neither fails nor loses a line.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use tocsin_event::{Batch, Time};
use tocsin_parse::{FORMATS, Formats, Options, Parser};

static READY: LazyLock<Formats> =
    LazyLock::new(|| Formats::new().unwrap_or_else(|e| panic!("{e}")));

/// A line under the tag of any program that a format reads, so that every reader meets it.
fn line() -> impl Strategy<Value = String> {
    let programs: Vec<_> = FORMATS.iter().flat_map(|format| format.programs).copied().collect();
    let telling = proptest::sample::select(
        &[
            "IN=",
            " SRC=",
            "192.0.2.1",
            "::1",
            " : ",
            " ; ",
            "COMMAND=",
            "pam_unix(x): ",
            "user ",
            "\"",
            "'",
            "[",
            "] ",
            "(",
            ") ",
            "Failed password for ",
            " from ",
            " port 22",
            "é",
            "\u{feff}",
            "=",
            "apparmor=\"",
            "HoneyPot,192.0.2.1",
            "login attempt [",
            "message repeated 3 times: [ ",
            "block(1): x: ",
            "-- ",
        ][..],
    );
    let body = prop_oneof![
        ".{0,120}".prop_map(String::from),
        proptest::collection::vec(telling, 0..20).prop_map(|words| words.concat()),
    ];
    let tagged = (proptest::sample::select(programs), body.clone())
        .prop_map(|(program, body)| format!("Dec  7 06:55:46 lab {program}[7]: {body}"));
    prop_oneof![body, tagged]
}

proptest! {
    #[test]
    fn every_line_becomes_an_event_that_points_into_it(lines in proptest::collection::vec(line(), 1..8)) {
        let lines: Vec<_> = lines.iter().map(|line| line.replace(['\n', '\r'], " ")).collect();
        let options = Options {
            zone: TimeZone::UTC,
            year: None,
            reference: Time::from_civil((2024, 12, 31), 0, 0),
            format: None,
        };
        let mut parser = Parser::new(&READY, "any.log", options);
        let mut batch = Batch::new("any.log".into(), lines.join("\n"));
        parser.read(&mut batch);
        let written: Vec<_> = lines.iter().filter(|line| !line.trim_ascii().is_empty()).collect();
        prop_assert_eq!(batch.len(), written.len());
        for (event, line) in batch.iter().zip(written) {
            prop_assert_eq!(event.raw(), line);
            for part in [event.user(), event.host(), event.message()] {
                prop_assert!(line.contains(part), "{part:?} is not in {line:?}");
            }
        }
    }
}

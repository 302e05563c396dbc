//! Each format's folder holds `fixture.log` and what it must be read as, `fixture.expect`, one
//! line a record. `UPDATE_EXPECT=1 cargo test -p tocsin-parse` rewrites the expectations.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use tocsin_event::{Batch, EventRef, Field, PATHS, Time};
use tocsin_parse::{FORMATS, Formats, Options, Parser};

/// Attributes every event has, or that the line shows otherwise.
const SHOWN_OTHERWISE: &[Field] =
    &[Field::Message, Field::RawData, Field::DeviceHostname, Field::AppName, Field::ProcessName];

fn told(event: &EventRef<'_>) -> String {
    let mut line = format!(
        "{} {} {} {:?}/{} {:?}",
        event.record, event.time, event.provider, event.class, event.activity.0, event.status
    );
    for (name, peer) in [("src", event.source_name()), ("dst", event.target_name())] {
        let port = if name == "src" { event.src.port } else { event.dst.port };
        if let Some(peer) = peer {
            let _ = write!(line, " {name}={peer}");
        }
        if port != 0 {
            let _ = write!(line, " {name}_port={port}");
        }
    }
    if event.count > 1 {
        let _ = write!(line, " count={}", event.count);
    }
    for (field, path) in PATHS {
        let value = event.attribute(*field);
        if !value.is_empty() && !SHOWN_OTHERWISE.contains(field) && *field != Field::LogProvider {
            let _ = write!(line, " {path}={value:?}");
        }
    }
    line
}

fn read(log: &str) -> String {
    let formats = Formats::new().unwrap_or_else(|e| panic!("{e}"));
    let options = Options {
        zone: TimeZone::UTC,
        year: Some(2024),
        reference: Time::from_civil((2024, 12, 31), 0, 0),
        format: None,
    };
    let mut parser = Parser::new(&formats, "fixture.log", options);
    let mut batch = Batch::new("fixture.log".into(), log.to_owned());
    parser.read(&mut batch);
    parser.finish(&mut batch);
    batch.iter().map(|event| told(&event) + "\n").collect()
}

#[test]
fn every_format_reads_its_fixture_as_expected() {
    let formats = std::path::absolute("src/formats").unwrap();
    for format in FORMATS {
        let folder = formats.join(format.name.replace('-', "_"));
        let log = std::fs::read_to_string(folder.join("fixture.log"));
        let log = log.unwrap_or_else(|e| panic!("{}: no fixture.log: {e}", folder.display()));
        expect_test::expect_file![folder.join("fixture.expect")].assert_eq(&read(&log));
    }
}

#[test]
fn every_folder_is_in_the_list() {
    let formats = std::path::absolute("src/formats").unwrap();
    for entry in std::fs::read_dir(formats).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().replace('_', "-");
        let listed = FORMATS.iter().any(|format| format.name.replace('_', "-") == name);
        assert!(listed || !entry.path().is_dir(), "{name} is not in FORMATS");
    }
}

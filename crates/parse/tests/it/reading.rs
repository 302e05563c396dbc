//! Reads text or files as the program would, and finds data kept beside the workspace.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use tocsin_event::{Batch, SourceSummary, Time};
use tocsin_parse::{Formats, Options, Parser};

/// What became of a source.
pub(crate) struct Parsed {
    pub(crate) batch: Batch,
    pub(crate) summary: SourceSummary,
}

impl Parsed {
    /// The events of this text.
    pub(crate) fn text(text: &str) -> Parsed {
        let formats = Formats::new().unwrap_or_else(|e| panic!("{e}"));
        let options = Options {
            zone: TimeZone::UTC,
            year: Some(2024),
            reference: Time::from_civil((2024, 12, 31), 0, 0),
            format: None,
        };
        let mut parser = Parser::new(&formats, "fixture.log", options);
        let mut batch = Batch::new("fixture.log".into(), text.to_owned());
        parser.read(&mut batch);
        parser.finish(&mut batch);
        Parsed { batch, summary: parser.summary() }
    }

    /// The events of this file, which need not be valid UTF-8.
    pub(crate) fn file(path: &Path) -> Parsed {
        let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Parsed::text(&String::from_utf8_lossy(&bytes))
    }
}

/// A path of the shared data, or nothing, loudly, where it is absent.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let full = Path::new("../../../shared/data").join(path);
    if !full.exists() {
        eprintln!("skipped: no {}", full.display());
        return None;
    }
    Some(full)
}

/// Milliseconds since the epoch of a time in RFC 3339.
pub(crate) fn millis(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap_or_else(|e| panic!("{text}: {e}")).as_millisecond()
}

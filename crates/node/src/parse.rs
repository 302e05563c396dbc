//! The `parse` role: sources in, OCSF events as JSON Lines out.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tocsin_event::{Batch, Time, ocsf};
use tocsin_parse::{Formats, Options, Parser};

/// Bytes read before they are parsed.
const CHUNK: usize = 256 * 1024;

/// Parses the file and writes its events.
///
/// # Errors
/// When the file cannot be read or the events cannot be written.
pub fn run(path: &Path, year: Option<i16>, out: &mut impl Write) -> io::Result<()> {
    let formats = Formats::new().map_err(io::Error::other)?;
    let name: Arc<str> = path.display().to_string().into();
    let options = Options { zone: TimeZone::UTC, year, reference: Time(0), format: None };
    let mut parser = Parser::new(&formats, &name, options);
    let mut input = io::BufReader::with_capacity(CHUNK, std::fs::File::open(path)?);
    let mut batch = Batch::new(name, String::new());
    let mut json = Vec::new();
    loop {
        let mut bytes = Vec::new();
        while bytes.len() < CHUNK && input.read_until(b'\n', &mut bytes)? > 0 {}
        batch.refill(|text| text.push_str(&String::from_utf8_lossy(&bytes)));
        if bytes.is_empty() {
            parser.finish(&mut batch);
        } else {
            parser.read(&mut batch);
        }
        json.clear();
        for event in batch.iter() {
            ocsf::write(&event, &mut json);
            json.push(b'\n');
        }
        out.write_all(&json)?;
        if bytes.is_empty() {
            return out.flush();
        }
    }
}

//! The `parse` role: sources in, OCSF events as JSON Lines out.

use std::io::{self, Write};

use tocsin_event::ocsf;

use crate::progress::Progress;
use crate::source::{self, Found, ReadOptions, ReadReport};

/// Bytes gathered before they are written.
const WRITTEN_AT_ONCE: usize = 256 * 1024;

/// Reads the sources and writes their events.
///
/// # Errors
/// When the events cannot be written.
pub fn run(
    found: Found,
    options: &ReadOptions,
    progress: &mut Progress,
    out: &mut impl Write,
) -> io::Result<ReadReport> {
    let mut json = Vec::with_capacity(WRITTEN_AT_ONCE + WRITTEN_AT_ONCE / 4);
    let report = source::read(found, options, progress, &mut |event| {
        ocsf::write(&event, &mut json);
        json.push(b'\n');
        if json.len() >= WRITTEN_AT_ONCE {
            out.write_all(&json)?;
            json.clear();
        }
        Ok(())
    })?;
    out.write_all(&json)?;
    out.flush()?;
    Ok(report)
}

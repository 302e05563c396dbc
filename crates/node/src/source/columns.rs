//! Logs of flows whose first line names their columns, which everyone may choose: AWS's as they lie in
//! S3, and those that Argus' `ra` writes. Given on as lines of JSON, each member under its name.

use super::convert::{Convert, converted};
use super::input::Bytes;

/// A log by what is between its columns, and names of which all stand in its first line.
struct Known {
    separators: &'static [u8],
    names: &'static [&'static str],
}

const KNOWN: &[Known] = &[
    Known { separators: b" ,", names: &["srcaddr", "dstaddr"] },
    Known { separators: b"\t,", names: &["StartTime", "SrcAddr", "DstAddr"] },
];

/// Whether a file that begins like this is such a log.
pub(super) fn is_columns(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    separator(&String::from_utf8_lossy(line)).is_some()
}

/// Its records as text.
pub(super) fn text(bytes: Bytes) -> Bytes {
    converted(bytes, Columns::default())
}

/// What is between the columns that this line names; `None` where it names none of those.
fn separator(line: &str) -> Option<char> {
    KNOWN.iter().find_map(|known| {
        let separators = known.separators.iter().copied().map(char::from);
        separators.into_iter().find(|separator| {
            let names: Vec<&str> = line.trim_ascii().split(*separator).collect();
            known.names.iter().all(|name| names.contains(name))
        })
    })
}

/// The columns, once their names are read.
#[derive(Default)]
struct Columns {
    separator: char,
    names: Vec<String>,
}

impl Convert for Columns {
    fn convert(&mut self, raw: &mut Vec<u8>, ended: bool, out: &mut String) {
        // A block without a line's end is all one line, and longer than any record.
        let whole = memchr::memrchr(b'\n', raw).map_or(raw.len(), |at| at + 1);
        let end = if ended { raw.len() } else { whole };
        for line in raw[..end].split(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(line);
            let line = line.trim_end_matches(['\r', '\n']);
            if line.trim_ascii().is_empty() {
                continue;
            }
            match separator(line) {
                Some(separator) => {
                    self.separator = separator;
                    self.names = line.trim_ascii().split(separator).map(str::to_owned).collect();
                }
                None => self.record(line, out),
            }
        }
        raw.drain(..end);
    }
}

impl Columns {
    /// Adds a flow; what does not fit the columns is passed on as it is, and nobody understands it.
    fn record(&self, line: &str, out: &mut String) {
        if line.split(self.separator).count() != self.names.len() {
            out.push_str(line);
            out.push('\n');
            return;
        }
        let values = line.split(self.separator).map(str::trim_ascii);
        let told = self.names.iter().zip(values).filter(|(_, value)| !matches!(*value, "-" | ""));
        let members: serde_json::Map<String, serde_json::Value> =
            told.map(|(name, value)| (name.clone(), value.into())).collect();
        out.push_str(&serde_json::Value::from(members).to_string());
        out.push('\n');
    }
}

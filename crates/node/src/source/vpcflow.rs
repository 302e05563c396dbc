//! Flow logs of AWS as they lie in S3: a line with the names of the columns, which everyone may choose,
//! and a line for each flow. Given on as lines of JSON, each member under its name.

use super::convert::{Convert, converted};
use super::input::Bytes;

/// Columns by which such a log is known, whichever others there are.
const KNOWN_BY: [&str; 2] = ["srcaddr", "dstaddr"];

/// Whether a file that begins like this is such a log.
pub(super) fn is_columns(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let names: Vec<&[u8]> = line.trim_ascii().split(|byte| *byte == b' ').collect();
    KNOWN_BY.iter().all(|known| names.contains(&known.as_bytes()))
}

/// Its records as text.
pub(super) fn text(bytes: Bytes) -> Bytes {
    converted(bytes, Columns::default())
}

/// The names of the columns, once they are read.
#[derive(Default)]
struct Columns(Vec<String>);

impl Convert for Columns {
    fn convert(&mut self, raw: &mut Vec<u8>, ended: bool, out: &mut String) {
        // A block without a line's end is all one line, and longer than any record.
        let whole = memchr::memrchr(b'\n', raw).map_or(raw.len(), |at| at + 1);
        let end = if ended { raw.len() } else { whole };
        for line in raw[..end].split(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(line);
            match line.trim_ascii() {
                "" => {}
                names if self.0.is_empty() => {
                    self.0 = names.split(' ').map(str::to_owned).collect();
                }
                record => self.record(record, out),
            }
        }
        raw.drain(..end);
    }
}

impl Columns {
    /// Adds a flow; what does not fit the columns is passed on as it is, and nobody understands it.
    fn record(&self, line: &str, out: &mut String) {
        if line.split(' ').count() != self.0.len() {
            out.push_str(line);
            out.push('\n');
            return;
        }
        let told = self.0.iter().zip(line.split(' ')).filter(|(_, value)| *value != "-");
        let members: serde_json::Map<String, serde_json::Value> =
            told.map(|(name, value)| (name.clone(), value.into())).collect();
        out.push_str(&serde_json::Value::from(members).to_string());
        out.push('\n');
    }
}

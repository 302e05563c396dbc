//! Log text of any kind: nothing panics, no line is lost, every event is told as OCSF and says
//! nothing that the text does not, and what is read does not depend on where the text was cut.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::tz::TimeZone;
use tocsin_event::{Batch, EventRef, SourceSummary, Time, ocsf};
use tocsin_parse::{Formats, LINE_MAX, Options, Parser};

static FORMATS: LazyLock<Formats> =
    LazyLock::new(|| Formats::new().unwrap_or_else(|problem| panic!("{problem}")));

/// Reads the bytes as a source's text.
pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (batch, summary) = read(&text);
    no_line_is_lost(&text, &batch, &summary);
    let told: Vec<_> = batch.iter().map(|event| ocsf_of(&event)).collect();
    told.iter().for_each(|json| is_ocsf(json));
    batch.iter().for_each(|event| says_only_what_was_written(&text, &event));
    is_the_same_in_pieces(&text, &told, &summary);
}

/// The events of this text, and the account of it.
pub(crate) fn read(text: &str) -> (Batch, SourceSummary) {
    let mut parser = parser();
    let mut batch = Batch::new("fuzz.log".into(), text.to_owned());
    parser.read(&mut batch);
    parser.finish(&mut batch);
    (batch, parser.summary())
}

fn parser() -> Parser<'static> {
    let options = Options {
        zone: TimeZone::UTC,
        year: None,
        reference: Time::from_civil((2024, 12, 31), 0, 0),
        format: None,
    };
    Parser::new(&FORMATS, "fuzz.log", options)
}

/// Every line is blank and counted, or in the record of one event. Only the audit trail has
/// records that are none: those that end an event, and those that come after its end.
fn no_line_is_lost(text: &str, batch: &Batch, summary: &SourceSummary) {
    let mut missing: BTreeMap<&str, i64> = BTreeMap::new();
    let (mut read, mut blank) = (0, 0);
    for line in text.split_terminator('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)) {
        read += 1;
        if cut(line).trim_ascii().is_empty() {
            blank += 1;
        } else {
            *missing.entry(cut(line)).or_default() += 1;
        }
    }
    assert_eq!((read, text.len() as u64), (summary.read, summary.bytes));
    assert_eq!(blank, summary.skipped.get("blank line").copied().unwrap_or_default());
    // An event that comes as OCSF brings the record with it that it was once read from.
    if text.contains("raw_data") {
        return assert!(batch.len() as u64 + blank <= read);
    }
    for line in batch.iter().flat_map(|event| event.raw().split('\n')) {
        *missing.entry(line).or_default() -= 1;
    }
    for (line, times) in missing {
        assert!(times >= 0, "{line:?} is in {times} events too many");
        assert!(times == 0 || line.contains("audit("), "{line:?} is in {times} events too few");
    }
}

/// As much of the line as is read.
fn cut(line: &str) -> &str {
    line.split_at(line.floor_char_boundary(LINE_MAX)).0
}

fn ocsf_of(event: &EventRef<'_>) -> Vec<u8> {
    let mut json = Vec::new();
    ocsf::write(event, &mut json);
    json
}

fn is_ocsf(json: &[u8]) {
    let told: serde_json::Value = serde_json::from_slice(json)
        .unwrap_or_else(|problem| panic!("{problem}: {}", String::from_utf8_lossy(json)));
    for required in ["time", "class_uid", "activity_id", "severity_id", "type_uid"] {
        assert!(told[required].is_i64(), "{required} of {told}");
    }
}

/// Sources come in batches, cut after any line.
fn is_the_same_in_pieces(text: &str, whole: &[Vec<u8>], summary: &SourceSummary) {
    // What is repeated is looked for in the batch of the repetition only.
    if text.contains("last message repeated") {
        return;
    }
    let middle = text.floor_char_boundary(text.len() / 2);
    let cut = text.split_at(middle).0.rfind('\n').map_or(0, |end| end + 1);
    let (first, second) = text.split_at(cut);
    let mut parser = parser();
    let mut told = Vec::new();
    for (piece, is_last) in [(first, false), (second, true)] {
        let mut batch = Batch::new("fuzz.log".into(), piece.to_owned());
        parser.read(&mut batch);
        if is_last {
            parser.finish(&mut batch);
        }
        told.extend(batch.iter().map(|event| ocsf_of(&event)));
    }
    for (piece, whole) in told.iter().zip(whole) {
        let [piece, whole] = [piece, whole].map(|json| String::from_utf8_lossy(json));
        assert_eq!(piece, whole, "cut at {cut}");
    }
    assert_eq!((told.len(), &parser.summary()), (whole.len(), summary), "cut at {cut}");
}

/// What wordings imply without saying it: `-- root[7]: ROOT LOGIN ON tty1`.
const IMPLIED: &[&str] = &["root", "login"];

/// Texts of an event are pieces of what was read, but where the format escapes them.
fn says_only_what_was_written(text: &str, event: &EventRef<'_>) {
    if text.contains(['\\', '%', '&']) || event.provider == "auditd" {
        return;
    }
    let texts = [event.host(), event.program(), event.message(), event.user()];
    let peers = [event.src.hostname, event.dst.hostname, event.actor];
    for part in texts.into_iter().chain(peers.map(|span| event.text(span))) {
        assert!(IMPLIED.contains(&part) || text.contains(part), "{part:?} is not in {text:?}");
    }
}

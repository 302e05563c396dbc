//! The files that indicators come in.

use serde_json::Value;
use tocsin_event::Time;

use super::stix;
use super::warning::Warning;
use super::{Facts, Intel, Read};

/// Reads a file, whatever its form.
pub(super) fn read(intel: &mut Intel, name: &str, text: &str) -> Read {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{')
        && let Ok(document) = serde_json::from_str::<Value>(text)
    {
        return document_read(intel, name, &document);
    }
    lines(intel, name, text)
}

fn document_read(intel: &mut Intel, name: &str, document: &Value) -> Read {
    if document["type"] == "bundle" {
        return stix::add_bundle(intel, name, document);
    }
    if let Some((warning, indicators)) = Warning::read(document) {
        intel.warnings.push(warning);
        return Read { indicators, not_understood: 0 };
    }
    let events =
        document["response"].as_array().map_or(std::slice::from_ref(document), Vec::as_slice);
    let mut read = Read::default();
    for event in events {
        misp(intel, name, &event["Event"], &mut read);
    }
    read
}

/// An event of MISP: of its attributes, those that are to be looked for (`to_ids`).
fn misp(intel: &mut Intel, name: &str, event: &Value, read: &mut Read) {
    let of_objects =
        event["Object"].as_array().into_iter().flatten().map(|object| &object["Attribute"]);
    let attributes = std::iter::once(&event["Attribute"]).chain(of_objects);
    let list = match event["Orgc"]["name"].as_str() {
        Some(source) => format!("{name}: {source}"),
        None => name.to_owned(),
    };
    let indicator = intel.indicator(&list, Facts::default());
    for attribute in attributes.filter_map(Value::as_array).flatten() {
        if attribute["to_ids"] != true || attribute["deleted"] == true {
            continue;
        }
        // `ip-dst|port` and `filename|md5` have two values; which one counts can be seen.
        let value = attribute["value"].as_str().unwrap_or_default();
        let added = value.split('|').any(|value| intel.add_value(value.trim(), indicator));
        *(if added { &mut read.indicators } else { &mut read.not_understood }) += 1;
    }
}

/// Where the columns of a CSV file stand.
#[derive(Clone, Copy, Debug)]
struct Columns {
    value: usize,
    confidence: Option<usize>,
    source: Option<usize>,
    from: Option<usize>,
    until: Option<usize>,
}

impl Columns {
    /// The columns that a line names; `None` where it is no such line.
    fn named(line: &str) -> Option<Columns> {
        const VALUE: [&str; 11] = [
            "indicator",
            "ioc",
            "ioc_value",
            "value",
            "ip",
            "dst_ip",
            "ip_address",
            "domain",
            "host",
            "url",
            "hash",
        ];
        let names: Vec<String> = cells(line).map(str::to_ascii_lowercase).collect();
        let at = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
        Some(Columns {
            value: at(&VALUE)?,
            confidence: at(&["confidence", "confidence_level", "score"]),
            source: at(&["source", "feed", "list", "reporter", "provider"]),
            from: at(&["valid_from", "first_seen", "first_seen_utc"]),
            until: at(&["valid_until", "expires", "expiration", "expiry"]),
        })
    }
}

/// What stands between commas, without blanks and quotes.
fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(|cell| cell.trim().trim_matches('"').trim())
}

/// An indicator a line.
fn lines(intel: &mut Intel, name: &str, text: &str) -> Read {
    let mut read = Read::default();
    let mut columns = None;
    let plain = intel.indicator(name, Facts::default());
    let mut is_first = true;
    for line in text.lines() {
        let Some(named) = said(line, is_first) else { continue };
        if std::mem::take(&mut is_first) && named.contains(',') {
            columns = Columns::named(named);
            if columns.is_some() {
                continue;
            }
        }
        let added = match columns {
            Some(columns) => cell_line(intel, name, columns, named),
            None => {
                let mut words = named.split([',', ' ', '\t', '"']).filter(|word| !word.is_empty());
                words.any(|word| intel.add_value(word, plain))
            }
        };
        *(if added { &mut read.indicators } else { &mut read.not_understood }) += 1;
    }
    read
}

/// What a line says beside its comments. Some feeds name their columns in one.
fn said(line: &str, is_first: bool) -> Option<&str> {
    let line = match line.trim_start().strip_prefix('#') {
        Some(comment) if is_first && Columns::named(comment).is_some() => comment,
        _ => line.split(['#', ';']).next().unwrap_or_default(),
    };
    Some(line.trim()).filter(|line| !line.is_empty())
}

fn cell_line(intel: &mut Intel, name: &str, columns: Columns, line: &str) -> bool {
    let cells: Vec<&str> = cells(line).collect();
    let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).copied().unwrap_or_default();
    let facts = Facts {
        confidence: cell(columns.confidence).parse().ok(),
        from: time(cell(columns.from)),
        until: time(cell(columns.until)),
    };
    let list = match cell(columns.source) {
        "" => name.to_owned(),
        source => format!("{name}: {source}"),
    };
    let indicator = intel.indicator(&list, facts);
    // `192.0.2.1:443`, as some write addresses.
    let value = cell(Some(columns.value));
    let address = value.rsplit_once(':').map_or(value, |(address, _port)| address);
    intel.add_value(value, indicator) || intel.add_value(address, indicator)
}

/// A time, or a day from its beginning.
fn time(text: &str) -> Option<Time> {
    let time = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let time: jiff::civil::DateTime = text.trim_end_matches(" UTC").parse().ok()?;
        time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })?;
    i64::try_from(time.as_nanosecond()).ok().map(Time)
}

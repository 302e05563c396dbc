//! The files that indicators come in.

use serde_json::Value;
use tocsin_event::Time;

use super::stix;
use super::warning::Warning;
use super::{Facts, Intel, Read};

/// Reads a file, whatever its form.
pub(super) fn read(intel: &mut Intel, name: &str, text: &str) -> Read {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') {
        return match serde_json::from_str::<Value>(text) {
            Ok(document) => document_read(intel, name, &document),
            Err(error) => Read { why: Some(format!("it is no JSON: {error}")), ..Read::default() },
        };
    }
    let mut read = lines(intel, name, text);
    if read == Read::default() {
        read.why = Some("it is empty".to_owned());
    }
    read
}

fn document_read(intel: &mut Intel, name: &str, document: &Value) -> Read {
    if document["type"] == "bundle" {
        return stix::add_bundle(intel, name, document);
    }
    if let Some((warning, indicators)) = Warning::read(document) {
        intel.warnings.push(warning);
        return Read { indicators, ..Read::default() };
    }
    let events =
        document["response"].as_array().map_or(std::slice::from_ref(document), Vec::as_slice);
    let mut read = Read::default();
    for event in events {
        misp(intel, name, &event["Event"], &mut read);
    }
    if read == Read::default() {
        read.why = Some("it is no STIX bundle, and no event or warning list of MISP".to_owned());
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
        match value.split('|').any(|value| intel.add_value(value.trim(), indicator)) {
            true => read.took(),
            false => read.missed(|| format!("an attribute of the type {}", attribute["type"])),
        }
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
    for (number, line) in (1..).zip(text.lines()) {
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
                let added = words.any(|word| intel.add_value(word, plain));
                if added { Ok(()) } else { Err(format!("`{named}` is no indicator")) }
            }
        };
        match added {
            Ok(()) => read.took(),
            Err(why) => read.missed(|| format!("line {number}: {why}")),
        }
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

fn cell_line(intel: &mut Intel, name: &str, columns: Columns, line: &str) -> Result<(), String> {
    let cells: Vec<&str> = cells(line).collect();
    let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).copied().unwrap_or_default();
    let at = |column| match cell(column) {
        "" => Ok(None),
        text => time(text).map(Some).ok_or_else(|| format!("`{text}` is no time")),
    };
    let confidence = match cell(columns.confidence) {
        "" => None,
        text => Some(confidence(text).ok_or_else(|| format!("`{text}` is no confidence"))?),
    };
    let facts = Facts { confidence, from: at(columns.from)?, until: at(columns.until)? };
    let list = match cell(columns.source) {
        "" => name.to_owned(),
        source => format!("{name}: {source}"),
    };
    let indicator = intel.indicator(&list, facts);
    // `192.0.2.1:443`, as some write addresses.
    let value = cell(Some(columns.value));
    let address = value.rsplit_once(':').map_or(value, |(address, _port)| address);
    let added = intel.add_value(value, indicator) || intel.add_value(address, indicator);
    if added { Ok(()) } else { Err(format!("`{value}` is no indicator")) }
}

/// From 0 to 100, or in the words of STIX' scale (STIX 2.1, appendix A).
fn confidence(text: &str) -> Option<u8> {
    match text.to_ascii_lowercase().as_str() {
        "none" => Some(0),
        "low" => Some(15),
        "medium" | "med" => Some(50),
        "high" => Some(85),
        number => number.parse().ok().filter(|number| *number <= 100),
    }
}

/// A time, or a day from its beginning.
fn time(text: &str) -> Option<Time> {
    let time = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let time: jiff::civil::DateTime = text.trim_end_matches(" UTC").parse().ok()?;
        time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })?;
    // What holds for centuries holds for as long as we count.
    Some(Time(i64::try_from(time.as_nanosecond()).unwrap_or(i64::MAX)))
}

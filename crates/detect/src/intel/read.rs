//! The files that indicators come in.

use std::borrow::Cow;
use std::net::IpAddr;

use csv::StringRecord;
use serde_json::Value;
use tocsin_event::Time;

use super::stix;
use super::warning::Warning;
use super::{Facts, Intel, Read};

/// Characters shown of what is no indicator.
const SHOWN: usize = 80;

/// Reads a file, whatever its form.
pub(super) fn read(intel: &mut Intel, name: &str, text: &str) -> Read {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') {
        return match serde_json::from_str::<Value>(text) {
            Ok(document) => document_read(intel, name, &document),
            Err(error) => Read { why: Some(format!("it is no JSON: {error}")), ..Read::default() },
        };
    }
    let mut read = match Columns::found(text) {
        Some(named) => rows(intel, name, text, named),
        None => lines(intel, name, text),
    };
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
    /// The columns that the first line names, which may be a comment, and the number of that line.
    fn found(text: &str) -> Option<(Columns, usize)> {
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            let comment = line.strip_prefix('#');
            let names = csv_reader(&as_csv(comment.unwrap_or(line).trim())).records().next();
            match names.and_then(|names| Columns::named(&names.ok()?)) {
                // A word alone in a comment may name anything.
                Some(columns) if comment.is_none() || line.contains(',') => {
                    return Some((columns, number));
                }
                _ if comment.is_none() && !line.is_empty() => return None,
                _ => {}
            }
        }
        None
    }

    /// The columns by their names; `None` where none has indicators.
    fn named(names: &StringRecord) -> Option<Columns> {
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
        // What has such signs is no name but an address, a domain or a URL.
        if names.iter().any(|name| name.contains(['.', ':', '/'])) {
            return None;
        }
        let is = |name: &str, known: &[&str]| known.iter().any(|k| name.eq_ignore_ascii_case(k));
        let at = |known: &[&str]| names.iter().position(|name| is(name, known));
        Some(Columns {
            value: at(&VALUE)?,
            confidence: at(&["confidence", "confidence_level", "score"]),
            source: at(&["source", "feed", "list", "reporter", "provider"]),
            from: at(&["valid_from", "first_seen", "first_seen_utc"]),
            until: at(&["valid_until", "expires", "expiration", "expiry"]),
        })
    }
}

fn csv_reader(text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
}

/// The text without blanks before quotes, which some write, and where CSV knows no quotes (RFC 4180, 2.5).
fn as_csv(text: &str) -> String {
    text.replace("\", \"", "\",\"")
}

/// A table, an indicator a row, whose columns the line of this number named.
fn rows(intel: &mut Intel, name: &str, text: &str, (columns, named_in): (Columns, usize)) -> Read {
    let text = as_csv(text.splitn(named_in + 1, '\n').nth(named_in).unwrap_or_default());
    let (mut read, mut row) = (Read::default(), StringRecord::new());
    let (mut rest, mut before) = (text.as_str(), named_in as u64);
    let mut reader = csv_reader(rest);
    loop {
        match reader.read_record(&mut row) {
            Ok(true) => {}
            Ok(false) => return read,
            Err(error) => {
                read.missed(|| error.to_string());
                return read;
            }
        }
        let (at, line) = row.position().map_or((0, 0), |at| (at.byte() as usize, at.line()));
        let line = before + line;
        // Such a list has no cell of several lines: what follows a quote that is never closed is read anew.
        if row.iter().any(|cell| cell.contains('\n')) {
            read.missed(|| format!("line {line}: a quote is not closed"));
            let from = rest.get(at..).unwrap_or_default().trim_start_matches(['\r', '\n']);
            (rest, before) = (from.split_once('\n').map_or("", |(_, next)| next), line);
            reader = csv_reader(rest);
            continue;
        }
        match row_added(intel, name, columns, &row) {
            Ok(()) => read.took(),
            Err(why) => read.missed(|| format!("line {line}: {why}")),
        }
    }
}

fn row_added(
    intel: &mut Intel,
    name: &str,
    columns: Columns,
    row: &StringRecord,
) -> Result<(), String> {
    let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default();
    let at = |column| match cell(column) {
        "" => Ok(None),
        text => time(text).map(Some).ok_or_else(|| format!("`{text}` is no time")),
    };
    let confidence = match cell(columns.confidence) {
        "" => None,
        text => Some(confidence(text).ok_or_else(|| format!("`{text}` is no confidence"))?),
    };
    let facts = Facts { confidence, from: at(columns.from)?, until: at(columns.until)?, end: None };
    let list = match cell(columns.source) {
        "" => name.to_owned(),
        source => format!("{name}: {source}"),
    };
    let indicator = intel.indicator(&list, facts);
    let value = cell(Some(columns.value));
    let added = intel.add_value(value, indicator);
    if added { Ok(()) } else { Err(format!("`{}` is no indicator", beginning(value))) }
}

/// A list, an indicator a line.
fn lines(intel: &mut Intel, name: &str, text: &str) -> Read {
    let mut read = Read::default();
    let indicator = intel.indicator(name, Facts::default());
    for (number, line) in (1..).zip(text.lines()) {
        let words = line.split([',', ' ', '\t', '"']).filter(|word| !word.is_empty());
        let mut words = words.take_while(|word| !word.starts_with(['#', ';'])).peekable();
        if words.peek().is_none() {
            continue;
        }
        // `192.0.2.1#scanner`: a comment without a blank before it. In URLs both may stand.
        fn before_comment(word: &str) -> &str {
            word.split(['#', ';']).next().unwrap_or_default()
        }
        let is_of_hosts = words.peek().and_then(|word| word.parse().ok()).is_some_and(is_nobody);
        let known = words.any(|word| {
            intel.add_value(word, indicator) || intel.add_value(before_comment(word), indicator)
        });
        match known {
            true => read.took(),
            // In files of hosts the machine itself has its names, too.
            false if is_of_hosts => {}
            false => read
                .missed(|| format!("line {number}: `{}` is no indicator", beginning(line.trim()))),
        }
    }
    read
}

/// Whether an address names the machine itself, or none.
pub(super) fn is_nobody(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified()
}

/// A value as it is: without the signs that keep it from being followed (`hxxps://evil[.]example`), those of
/// lists for who blocks names (`*.evil.example`, `||evil.example^`), which all that is below them is within,
/// and without a port (`192.0.2.1:443`).
pub(super) fn plain(value: &str) -> Cow<'_, str> {
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    let without_port = |value: &str| {
        let with = value.split_once(':').filter(|(host, port)| host.contains('.') && is_port(port));
        with.map_or(value.len(), |(host, _)| host.len())
    };
    match refanged(value) {
        Cow::Borrowed(value) => Cow::Borrowed(value.get(..without_port(value)).unwrap_or(value)),
        Cow::Owned(mut value) => {
            value.truncate(without_port(&value));
            Cow::Owned(value)
        }
    }
}

fn refanged(value: &str) -> Cow<'_, str> {
    const DEFANGED: [(&str, &str); 7] = [
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[dot]", "."),
        ("[:]", ":"),
        ("[://]", "://"),
        ("[/]", "/"),
    ];
    let value = value.strip_prefix("||").map_or(value, |name| name.trim_end_matches('^'));
    let value = value.strip_prefix("*.").unwrap_or(value);
    let begins = |text: &str| value.get(..text.len()).is_some_and(|v| v.eq_ignore_ascii_case(text));
    let is_defanged = value.contains(['[', '(', '{']) || begins("hxxp") || begins("meow");
    if !is_defanged {
        return Cow::Borrowed(value);
    }
    let mut plain = value.to_owned();
    if begins("hxxp") || begins("meow") {
        plain.replace_range(..4, "http");
    }
    for (written, meant) in DEFANGED {
        plain = plain.replace(written, meant);
    }
    Cow::Owned(plain)
}

/// As much of a text as a message needs.
fn beginning(text: &str) -> &str {
    text.char_indices().nth(SHOWN).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
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
pub(crate) fn time(text: &str) -> Option<Time> {
    let time = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let time: jiff::civil::DateTime = text.trim_end_matches(" UTC").parse().ok()?;
        time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })?;
    // What holds for centuries holds for as long as we count.
    Some(Time(i64::try_from(time.as_nanosecond()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text adds, and how much of it is not understood.
    fn counted(text: &str) -> (usize, usize, Option<String>) {
        let read = read(&mut Intel::default(), "list", text);
        (read.indicators, read.not_understood, read.why)
    }

    #[test]
    fn tables_are_read_by_the_names_of_their_columns() {
        // Quoted commas, blanks before quotes, and the names in a comment, as ThreatFox writes them.
        let table = "# exported\n# \"first_seen_utc\", \"tags\", \"ioc_value\"\n\
            \"2026-01-02 03:04:05\", \"a,b\", \"192.0.2.7:443\"\n\
            \"2026-01-02 03:04:05\", \"\", \"evil.example\"\n";
        assert_eq!(counted(table), (2, 0, None));
        assert_eq!(counted("ip\n192.0.2.7\n192.0.2.8\n"), (2, 0, None));
        assert_eq!(counted("192.0.2.7,ip,2023\n192.0.2.8,ip,2023\n"), (2, 0, None));
        let unclosed = counted("ip,kind\n\"192.0.2.7,a\n192.0.2.8,b\nx,c\n");
        let why = "line 2: a quote is not closed".to_owned();
        assert_eq!(unclosed, (1, 2, Some(why)));
        let wrong = counted("# of today\nip,score\n192.0.2.7,50\n192.0.2.8,very\n");
        assert_eq!(wrong, (1, 1, Some("line 4: `very` is no confidence".to_owned())));
    }

    #[test]
    fn values_are_understood_however_lists_write_them() {
        let written = [
            ("hxxps[:]//evil[.]example/a(b)", "https://evil.example/a(b)"),
            ("hXXp://evil{.}example", "http://evil.example"),
            ("192.0.2[.]7", "192.0.2.7"),
            ("evil[dot]example", "evil.example"),
            ("*.evil.example", "evil.example"),
            ("||evil.example^", "evil.example"),
            ("2001[:]db8[:][:]7", "2001:db8::7"),
            ("192.0.2[.]7:443", "192.0.2.7"),
            ("evil.example:8080", "evil.example"),
            ("http://[2001:db8::7]/x", "http://[2001:db8::7]/x"),
        ];
        for (written, meant) in written {
            assert_eq!(plain(written), meant);
        }
        let mut intel = Intel::default();
        let list = "0.0.0.0 evil.example\n127.0.0.1 localhost\n192[.]0[.]2[.]7\n";
        let Read { indicators, not_understood, .. } = read(&mut intel, "hosts", list);
        assert_eq!((indicators, not_understood), (2, 0));
        assert_eq!((intel.addresses.len(), intel.texts.len()), (1, 1));
        assert_eq!(counted("192.0.2.7:443\nevil.example:8080\n2001:db8::7\n"), (3, 0, None));
    }

    #[test]
    fn a_line_of_a_list_is_an_indicator_and_a_comment() {
        let list = "# host\n192.0.2.7#4#2#Scanner#\n192.0.2.0/24 ; SBL1\n; nothing\n\n\
            http://evil.example/;a#b\nnot one\n";
        assert_eq!(counted(list), (3, 1, Some("line 7: `not one` is no indicator".to_owned())));
    }
}

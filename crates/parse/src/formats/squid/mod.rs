//! Squid's native access log: `TIME ELAPSED CLIENT CODE/STATUS BYTES METHOD URL USER HIERARCHY TYPE`.
//! Its other log formats are those of web servers.

use tocsin_event::{Field, Status, Writer};

use crate::address;
use crate::format::Format;
use crate::header::Record;
use crate::http::{self, Request};
use crate::timestamp::{self, Stamp};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("squid", &[], &[]).with_reader(read);

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let own_file = (record.stamp, record.text);
    let (stamp, text) = match record.program.starts_with("squid") {
        true => {
            timestamp::bare(record.body).map_or(own_file, |(s, rest)| (Some(s), rest.trim_start()))
        }
        false => own_file,
    };
    if !matches!(stamp, Some(Stamp::Instant(_))) || !text.starts_with(|c: char| c.is_ascii_digit())
    {
        return false;
    }
    let mut words = text.split_ascii_whitespace().skip(1);
    let (Some(client), Some(result), Some(length), Some(method), Some(url)) =
        (words.next(), words.next(), words.next(), words.next(), words.next())
    else {
        return false;
    };
    let (Some(source), Some((result, code))) = (address::peer(client, out), result.split_once('/'))
    else {
        return false;
    };
    let Ok(status) = code.parse() else { return false };
    record.stamp = stamp;
    if !record.program.starts_with("squid") {
        record.without_tag();
    }
    Request { method, target: url, version: "" }.apply(out);
    out.event.src = source;
    let user = words.next().filter(|user| *user != "-").unwrap_or_default();
    out.event.user = out.span(user);
    out.set(Field::HttpStatus, code);
    out.set(Field::HttpLength, length);
    http::outcome(status, http::attacks(url), out);
    if result.contains("DENIED") {
        out.event.status = Status::Failure;
    }
    true
}

//! Squid's native access log: `TIME ELAPSED CLIENT CODE/STATUS BYTES METHOD URL USER HIERARCHY TYPE`.
//! Its other log formats are those of web servers.

use tocsin_event::{Field, Status, Writer};

use crate::address;
use crate::http::{self, Request};
use crate::timestamp::Stamp;

use crate::format::Format;
use crate::header::Record;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("squid", &[], &[]).with_reader(read);

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let text = record.text;
    if !matches!(record.stamp, Some(Stamp::Instant(_)))
        || !text.starts_with(|c: char| c.is_ascii_digit())
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
    record.without_tag();
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

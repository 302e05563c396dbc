//! Grafana's log of `key=value` pairs.

use tocsin_event::{Field, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::http::{self, Request};
use crate::timestamp;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("grafana", &[], &[]).with_reader(read);

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let text = record.text;
    if !text.starts_with("t=") && !text.starts_with("logger=") {
        return false;
    }
    let Some(client) = value(text, "remote_addr=") else {
        return text.contains(" msg=\"");
    };
    let request = Request {
        method: value(text, "method=").unwrap_or_default(),
        target: value(text, "path=").unwrap_or_default(),
        version: "",
    };
    request.apply(out);
    let code = value(text, "status=").unwrap_or_default();
    out.set(Field::HttpStatus, code);
    http::outcome(code.parse().unwrap_or_default(), http::attacks(request.target), out);
    if text.contains("nvalid username or password")
        || text.contains(" msg=\"Failed to authenticate request\"")
    {
        WRONG.apply(out);
    }
    out.event.src = address::peer(client, out).unwrap_or_default();
    let user = value(text, "uname=").unwrap_or_default();
    out.event.user = out.span(user);
    record.stamp =
        value(text, "t=").and_then(timestamp::bare).map(|(stamp, _)| stamp).or(record.stamp);
    true
}

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

/// The last value of this key; names and paths, which the client chooses, come before the address.
fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let mut at = find::from_last(text, key).take(8);
    let at = at.find(|at| *at == 0 || text.as_bytes().get(at - 1) == Some(&b' '))?;
    text.get(at + key.len()..)?.split(' ').next()
}

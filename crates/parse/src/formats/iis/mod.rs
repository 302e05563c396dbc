//! IIS in the fields that it writes unless told otherwise: `server method path query port user
//! client agent referer status substatus win32 ms`. Blanks within fields are written as `+`.

use tocsin_event::{Field, Writer};

use crate::address;
use crate::format::Format;
use crate::header::Record;
use crate::http::{self, Request};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("iis", &[], &[]).with_reader(read);

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let mut fields = record.text.splitn(14, ' ');
    let [server, method, path, query, port, user, client, agent] =
        std::array::from_fn(|_| fields.next().unwrap_or_default());
    let code = fields.by_ref().take(2).find_map(|field| field.parse::<u16>().ok());
    let (Some(server), Some(client), Ok(port)) =
        (address::ip(server), address::ip(client), port.parse())
    else {
        return false;
    };
    let verb = !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase());
    let Some(code) = code.filter(|code| verb && (100..600).contains(code)) else { return false };
    record.without_tag();
    Request { method, target: path, version: "" }.apply(out);
    let attacked = http::attacks(path) || http::attacks(query);
    http::outcome(code, attacked, out);
    out.set(Field::UrlQuery, query.trim_start_matches('-'));
    out.set(Field::UserAgent, agent.trim_start_matches('-'));
    (out.event.src.ip, out.event.dst.ip, out.event.dst.port) = (Some(client), Some(server), port);
    out.event.user = out.span(user.strip_prefix('-').unwrap_or(user));
    true
}

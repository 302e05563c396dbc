//! Drupal in syslog: `site|time|type|address|request|referrer|uid|link|message`. Requests may hold bars.

use tocsin_event::{Activity, Class, Status, Writer};

use crate::address;
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("drupal", &[], &[]).with_reader(read);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const WEB: Meaning = Meaning::new(Class::Http, Activity::UNKNOWN, Status::Failure);

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    if !record.body.starts_with("http") {
        return false;
    }
    let mut parts = record.body.splitn(5, '|');
    let (Some(_site), Some(time), Some(kind), Some(client), Some(rest)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (Some(source), true) =
        (address::peer(client, out), time.bytes().all(|b| b.is_ascii_digit()))
    else {
        return false;
    };
    let message = rest.rsplit('|').next().unwrap_or_default();
    match kind {
        "user" => account(message, out),
        "access denied" => WEB.because("forbidden").apply(out),
        "page not found" => WEB.because("not found").apply(out),
        _ => Meaning::NOTED.apply(out),
    }
    out.event.src = source;
    true
}

fn account(message: &str, out: &mut Writer<'_>) {
    let sayings = [
        ("Login attempt failed for ", WRONG),
        ("Login attempt failed from ", WRONG),
        ("Session opened for ", Meaning::LOGIN),
        ("Session closed for ", Meaning::LOGOUT),
    ];
    let said = sayings.iter().find_map(|(text, m)| Some((message.strip_prefix(text)?, m)));
    let (user, meaning) = said.unwrap_or(("", &Meaning::NOTED));
    meaning.apply(out);
    out.event.user = out.span(user.strip_suffix('.').unwrap_or(user));
}

//! 3proxy's log in its default layout:
//! `TIME SERVICE.PORT CODE USER CLIENT:PORT TARGET:PORT SENT RECEIVED HOPS TEXT`.

use tocsin_event::{Activity, Class, Status, Writer};

use crate::address;
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("three-proxy", &[], &[]).with_reader(read);

/// Words that may stand before the code, the time among them.
const BEFORE_CODE: usize = 5;

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let mut words = record.line.split_ascii_whitespace();
    let is_code = |word: &str| word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit());
    let Some(code) = words.by_ref().take(BEFORE_CODE).find(|word| is_code(word)) else {
        return false;
    };
    let (Some(user), Some(client), Some(target)) = (words.next(), words.next(), words.next())
    else {
        return false;
    };
    let counts = words.take(3).filter(|word| word.bytes().all(|b| b.is_ascii_digit())).count();
    let ends = [client, target].map(|end| address::peer(end, out).filter(|end| end.ip.is_some()));
    let ([Some(src), Some(dst)], Ok(code), 3) = (ends, code.parse(), counts) else { return false };
    meaning(code).apply(out);
    (out.event.src, out.event.dst) = (src, dst);
    out.event.user = out.span(if user == "-" { "" } else { user });
    record.without_tag();
    true
}

/// What the error codes of its manual mean: those below 10 are of access control, the others of
/// the connection to the target.
fn meaning(code: u32) -> Meaning {
    match code {
        0 => Meaning { status: Status::Success, ..Meaning::CONNECTED },
        1..=3 => Meaning::REFUSED.because("not allowed"),
        5 => Meaning::LOGIN_FAILED.because("invalid user"),
        4..=9 => Meaning::LOGIN_FAILED.because("wrong credentials"),
        10 => Meaning::REFUSED.because("rate limited"),
        _ => Meaning::new(Class::Network, Activity::FAIL, Status::Unknown),
    }
}

//! lighttpd's error log: `(http_auth.c.875) password doesn't match for /x username: bob, IP: ...`. Its
//! access log is read as any web server's.

use tocsin_event::Writer;

use super::suhosin;

use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("lighttpd", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");

const WORDINGS: &[Wording] = &[
    says("password doesn't match for {url} username: {user}, IP: {src}", WRONG),
    says("password doesn't match for {url} username: {user} IP: {src}", WRONG),
    says("get_password failed, IP: {src}", WRONG),
    says("digest: auth failed for {user}: wrong password, IP: {src}", WRONG),
    says("digest: auth failed for {user} : wrong password, IP: {src}", WRONG),
    says("digest: auth failed for {user}, IP: {src}", WRONG),
    says("SSL: {w} error:{_} ({src})", PROTOCOL),
];

/// Takes the place in the source off: `(mod_auth.c.551) `.
fn frame(record: &mut Record<'_>, out: &mut Writer<'_>) -> Framing {
    let Some((place, message)) = record.body.strip_prefix('(').and_then(|r| find::split(r, ") "))
    else {
        return Framing::Foreign;
    };
    if !place.contains(".c.") || place.contains(' ') {
        return Framing::Foreign;
    }
    record.body = message;
    if suhosin::alert(message, out) { Framing::Read } else { Framing::Message }
}

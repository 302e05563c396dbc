//! qmail and what is run with it: rblsmtpd, tcpserver, vpopmail's vchkpw. Under multilog's tag the
//! lines begin with a time and a program of their own.

use tocsin_event::Writer;

use crate::format::{Format, Framing};
use crate::header::Record;
use crate::timestamp::{self, Stamp};
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service(
    "qmail",
    &["qmail", "rblsmtpd", "qmail-smtpd", "tcpserver", "vpopmail", "vchkpw"],
    WORDINGS,
)
.with_frame(frame);

const LISTED: Meaning = Meaning::REFUSED.because("blocklisted");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const DENIED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("rblsmtpd: {src} pid {w} {_}: {w} http", LISTED),
    says("rblsmtpd: {src} pid", LISTED),
    says("qmail-smtpd: 421 badiprbl: ip {src}", LISTED),
    says("{src} pid {w} {_}: 451", LISTED),
    says("{src} pid {w} {_}: 553", LISTED),
    says("{w} blocked {src}", LISTED),
    says("vchkpw-{w} vpopmail user not found {user}:{src}", INVALID_USER),
    says("vchkpw-{w} password fail (pass: '{text}') {user}:{src}", WRONG),
    says("vchkpw-{w} password fail {_} {user}:{src}", WRONG),
    says("vchkpw-{w} password fail {user}:{src}", WRONG),
    says("vchkpw-{w} (PLAIN) login success {user}:{src}", Meaning::LOGIN),
    says("vchkpw-{w} (LOGIN) login success {user}:{src}", Meaning::LOGIN),
    says("vchkpw-{w} login success {user}:{src}", Meaning::LOGIN),
    says("deny {count} {_}:{dst}:{dport} {_}:{src}:", DENIED),
    says("tcpserver: deny {_} {_}:{dst}:{dport} {_}:{src}:", DENIED),
    says("tcpserver: ok {_} {_}:{dst}:{dport} {_}:{src}:", Meaning::CONNECTED),
    says("tcpserver: pid {w} from {src}", Meaning::CONNECTED),
];

/// Takes off multilog's time, seconds and microseconds.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    if let Some((Stamp::Instant(time), rest)) = timestamp::bare(record.body) {
        record.stamp = Some(Stamp::Instant(time));
        record.body = rest.trim_start();
    }
    Framing::Message
}

//! stunnel, in its own log (`LOG3[28228:140]: ...`) and behind syslog.

use tocsin_event::Writer;

use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("stunnel", &["stunnel", ""], WORDINGS).with_reader(read);

const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");

const WORDINGS: &[Wording] = &[
    says("SSL_accept from {src}:{sport} : {_}", PROTOCOL),
    says("SSL_accept: {_}: error:{_}", PROTOCOL),
    says("Service [{service}] accepted connection from {src}:{sport}", Meaning::CONNECTED),
    says("Service {service} accepted connection from {src}:{sport}", Meaning::CONNECTED),
    says("Service [{service}] accepted (FD={_}) from {src}:{sport}", Meaning::CONNECTED),
    says("Connection refused by libwrap: {src}", Meaning::REFUSED.because("denied")),
    says(
        "Service [{service}] from {src}:{sport}: Connection refused by libwrap",
        Meaning::REFUSED.because("denied"),
    ),
    says("Connection rejected: {_}", Meaning::REFUSED.because("denied")),
    says("CERT: {_} not accepted", PROTOCOL),
];

/// Takes off stunnel's own level and thread; the wordings do the rest.
fn read(record: &mut Record<'_>, _out: &mut Writer<'_>) -> bool {
    if record.body.starts_with("LOG")
        && let Some((_, rest)) = find::split(record.body, "]: ")
    {
        record.body = rest;
    }
    false
}

//! Samba: the audit line of each authentication, and the older server's complaints.

use tocsin_event::{Field, Peer, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::timestamp;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("samba", &[], &[]).with_reader(read);

/// What a status says other than that the password was wrong.
const STATUSES: &[(&str, Meaning)] = &[
    ("NT_STATUS_OK", Meaning::LOGIN),
    ("NT_STATUS_NO_SUCH_USER", Meaning::LOGIN_FAILED.because("invalid user")),
    ("NT_STATUS_ACCOUNT_LOCKED_OUT", Meaning::LOGIN_FAILED.because("too many attempts")),
    ("NT_STATUS_ACCOUNT_DISABLED", NOT_ALLOWED),
    ("NT_STATUS_ACCESS_DENIED", NOT_ALLOWED),
    ("NT_STATUS_LOGON_TYPE_NOT_GRANTED", NOT_ALLOWED),
];
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let ours = matches!(record.program, "smbd" | "smb" | "samba" | "nmbd");
    if let Some(fields) = record.body.trim_start().strip_prefix("Auth: [") {
        return audit(fields, record, out);
    }
    ours && denied(record.body, out)
}

/// `SMB2,(null)] user [DOMAIN]\[name] at [time] with [NTLMv2] status [NT_STATUS_...] workstation
/// [name] remote host [ipv4:192.0.2.4:62419] ...`
fn audit(fields: &str, record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some((service, rest)) = find::split(fields, "] user [") else { return false };
    let Some((account, rest)) = find::split_last(rest, "] at [") else { return false };
    let Some((time, rest)) = find::split(rest, "] with [") else { return false };
    let Some((method, rest)) = find::split(rest, "] status [") else { return false };
    let (status, rest) = rest.split_once(']').unwrap_or((rest, ""));
    let (domain, user) = find::split(account, "]\\[").unwrap_or(("", account));
    let known = STATUSES.iter().find(|(name, _)| *name == status);
    known.map_or(WRONG, |(_, meaning)| *meaning).apply(out);
    out.event.user = out.span(user);
    out.set(Field::UserDomain, domain);
    out.set(Field::AuthProtocol, method);
    out.set(Field::ServiceName, service.split(',').next().unwrap_or_default());
    out.event.src = end(rest, " remote host [", out);
    out.event.dst = end(rest, " local host [", out);
    record.stamp = timestamp::bare(time).map(|(stamp, _)| stamp).or(record.stamp);
    true
}

/// `ipv4:192.0.2.4:62419` behind a mark.
fn end(text: &str, mark: &str, out: &mut Writer<'_>) -> Peer {
    let inside = find::split(text, mark).and_then(|(_, rest)| rest.split_once(']'));
    let Some((_, address)) = inside.and_then(|(inside, _)| inside.split_once(':')) else {
        return Peer::default();
    };
    let (address, port) = address.rsplit_once(':').unwrap_or((address, ""));
    let peer = address::peer(address, out).unwrap_or_default();
    Peer { port: port.parse().unwrap_or_default(), ..peer }
}

fn denied(body: &str, out: &mut Writer<'_>) -> bool {
    let Some((_, client)) = find::split(body, "Denied connection from ") else { return false };
    Meaning::REFUSED.because("denied").apply(out);
    let client = client.split(' ').next().unwrap_or_default();
    out.event.src = address::peer(client, out).unwrap_or_default();
    true
}

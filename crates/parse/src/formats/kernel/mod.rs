//! What the Linux kernel says of itself; packets it logs are `netfilter`'s.

use tocsin_event::{Activity, Class, Field, Severity, Status, Writer};

use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("kernel", &["kernel"], WORDINGS).with_reader(read);

const CRASHED: Meaning = Meaning::new(Class::Process, Activity::TERMINATE, Status::Failure);
const WATCHED: Meaning = Meaning::NOTED.severe(Severity::Medium);
const DROPPED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("device {_} entered promiscuous mode", WATCHED),
    says("{w} entered promiscuous mode", WATCHED),
    says("Out of memory: {_}", CRASHED),
    says("traps: {_}", CRASHED),
    says("martian source {dst} from {src}, on dev {_}", DROPPED),
    says("IPv4: martian source {dst} from {src}, on dev {_}", DROPPED),
    says("TCP: {_}: Possible SYN flooding on port {_}", WATCHED.because("rate limited")),
    says("nf_conntrack: {_}: table full, dropping packet", WATCHED.because("rate limited")),
    says("usb {_}: New USB device found, {_}", Meaning::NOTED),
    says("{w} segfault at {_}", CRASHED),
    says("{_}", Meaning::NOTED),
];

/// Takes off the uptime, and reads AppArmor's verdicts.
fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    if let Some((uptime, rest)) = record.body.strip_prefix('[').and_then(|b| find::split(b, "] "))
        && uptime.bytes().all(|b| b.is_ascii_digit() || b" .".contains(&b))
    {
        record.body = rest;
    }
    apparmor(record.body, out)
}

/// `audit: type=1400 audit(1.2:3): apparmor="DENIED" operation="open" profile="x" name="/y" ...`.
fn apparmor(body: &str, out: &mut Writer<'_>) -> bool {
    let Some((_, fields)) = find::split(body, "apparmor=\"") else { return false };
    let denied = fields.starts_with("DENIED");
    let status = if denied { Status::Failure } else { Status::Unknown };
    let detail = if denied { "denied" } else { "" };
    Meaning::new(Class::File, Activity::UNKNOWN, status).because(detail).apply(out);
    let value = |name: &str| {
        let (_, rest) = fields.split_once(name)?;
        rest.split_once('"').map(|(value, _)| value)
    };
    out.set(Field::FilePath, value(" name=\"").unwrap_or_default());
    out.set(Field::ProcessName, value(" comm=\"").unwrap_or_default());
    out.set(Field::FirewallRule, value(" profile=\"").unwrap_or_default());
    true
}

//! Cowrie, a honeypot, in its text log: whoever speaks to it is up to no good.

use tocsin_event::{Field, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::timestamp;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("cowrie", &["cowrie", ""], WORDINGS).with_reader(read);

const TRAPPED: Meaning = Meaning::LOGIN_FAILED.because("exploit attempt");

const WORDINGS: &[Wording] = &[says(
    "[cowrie.{_}] New connection: {src}:{sport} ({dst}:{dport}) [session: {session}]",
    Meaning::CONNECTED,
)];

/// `[HoneyPotSSHTransport,12,192.0.2.1] login attempt [root/1234] failed`, maybe after a time.
fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let trap = find::split(record.body, "HoneyPot").is_some();
    if (trap || find::split(record.body, "[cowrie.").is_some())
        && let Some((stamp, rest)) = timestamp::bare(record.body)
    {
        record.stamp = Some(stamp);
        record.body = rest.trim_start();
    }
    if !trap {
        return false;
    }
    let Some((place, message)) = find::split(record.body, "] ") else { return false };
    let Some(ip) = place.rsplit(',').next().and_then(address::ip) else { return false };
    if let Some(tried) = message.strip_prefix("login attempt [") {
        TRAPPED.apply(out);
        let user = tried.split('/').next().unwrap_or_default();
        out.event.user = out.span(user.trim_start_matches("b'").trim_end_matches('\''));
    } else if let Some(command) = message.strip_prefix("CMD: ") {
        Meaning::RUN_REFUSED.because("exploit attempt").apply(out);
        out.set(Field::ProcessCmdLine, command);
    } else {
        Meaning::NOTED.apply(out);
    }
    out.event.src.ip = Some(ip);
    true
}

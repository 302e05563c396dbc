//! Redis and Valkey: `pid:role time level message`.

use tocsin_event::Writer;

use crate::format::{Format, Framing};
use crate::header::Record;
use crate::timestamp;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("redis", &[], WORDINGS).with_frame(frame);

const EXPLOIT: Meaning = Meaning::REFUSED.because("exploit attempt");
const DENIED: Meaning = Meaning::REFUSED.because("denied");
const LIMITED: Meaning = Meaning::REFUSED.because("rate limited");

const WORDINGS: &[Wording] = &[
    says("Possible SECURITY ATTACK detected.{_}Connection from {src}:{sport} aborted", EXPLOIT),
    says("Possible SECURITY ATTACK detected", EXPLOIT),
    says("Accepted {src}:{sport}", Meaning::CONNECTED),
    says("-DENIED Redis is running in protected mode", DENIED),
    says("Error accepting a client connection", LIMITED),
];

/// Takes process, role, time and level off.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    if !record.text.starts_with(|c: char| c.is_ascii_digit()) {
        return Framing::Foreign;
    }
    let Some((head, rest)) = record.text.split_once(' ') else { return Framing::Foreign };
    let (pid, role) = head.split_once(':').unwrap_or_default();
    if !matches!(role, "M" | "S" | "C" | "X") || pid.parse::<u32>().is_err() {
        return Framing::Foreign;
    }
    let Some((stamp, rest)) = timestamp::bare(rest) else { return Framing::Foreign };
    let rest = rest.trim_start();
    record.without_tag();
    record.stamp = Some(stamp);
    record.pid = pid.parse().unwrap_or_default();
    record.body = rest.get(1..).unwrap_or(rest).trim_start();
    Framing::Message
}

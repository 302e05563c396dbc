//! The Linux audit trail: records joined to events, fields as they were meant, and what they mean.
//! The only format with state: the parser owns an [`Assembler`] and offers every record to it.
//!
//! An event's own fields are those of its records one after another, each begun by `type`. Names
//! and values are auditd's, but for these: hexadecimal text is decoded, `arch`, `syscall` and
//! negative `exit` have names, unset ids are `unset`, and `result`, `subj_*`, `obj_*`, `socket_*`
//! and `SYSCALL` are added where the record implies them.

mod assemble;
mod errno;
mod line;
mod meaning;
mod processes;
mod saddr;
mod tables;
mod value;

use tocsin_event::{Field, Writer};

use crate::find;
use crate::format::Format;
use crate::header::Record;
pub(crate) use assemble::{Assembler, Pending};
pub(crate) use line::Line;
pub(crate) use processes::Processes;

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("auditd", &["auditd", "audit", "audispd", "kernel"], &[])
        .with_reader(read_notice);

/// Writes a whole event; gives the message to show for it.
pub(crate) fn write<'t>(
    pending: &'t Pending,
    processes: &mut Processes,
    out: &mut Writer<'_>,
) -> &'t str {
    let (_, message) = meaning::write(pending.records(), out);
    processes.see(pending.host(), out);
    if let Some(id) = &pending.id {
        let millis = id.time.as_millis();
        let uid = format!("{}.{:03}:{}", millis / 1000, millis % 1000, id.serial);
        out.set(Field::MetadataUid, &uid);
    }
    message
}

/// What kernel and daemon say outside any record: that records were lost.
fn read_notice(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    use crate::wording::Meaning;
    let body = record.body;
    let body =
        if body.starts_with('[') { find::split(body, "] ").map_or(body, |b| b.1) } else { body };
    let body = body.strip_prefix("audit: ").unwrap_or(body);
    let lost =
        ["audit_lost=", "backlog limit exceeded", "rate limit exceeded", "kauditd hold queue"];
    let told = lost.into_iter().any(|words| body.starts_with(words));
    if told {
        Meaning::FAILED.because("audit records lost").apply(out);
    }
    told
}

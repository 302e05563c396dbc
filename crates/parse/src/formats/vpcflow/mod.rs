//! Flow logs of AWS's virtual networks: lines in the columns that are the default
//! (`2 123456789010 eni-1 192.0.2.1 198.51.100.1 41000 22 6 20 4249 1418530010 1418530070 ACCEPT OK`),
//! or objects whose members have the columns' names.

use tocsin_event::{Activity, Class, Field, LogSource, Status, Writer};

use crate::call::Call;
use crate::format::Format;
use crate::header::Record;
use crate::traffic;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "aws", category: "", service: "vpcflow" },
    ..Format::service("vpcflow", &["*"], &[]).with_reader(read).that_begins_with(b"{0123456789")
};

/// The columns of version 2, which a log has unless others are asked for; and what two of them are called
/// in tables, whose columns' names have underscores.
const MEMBERS: [&str; 16] = [
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
    "interface_id",
    "log_status",
];
const COLUMNS: usize = 14;

const PLACES: &[(&str, Field)] = &[
    ("interface-id", Field::DeviceInterface),
    ("interface_id", Field::DeviceInterface),
    ("bytes", Field::BytesOut),
    ("packets", Field::PacketsOut),
];

/// Whether all flows were told: some, none at all, or none since there was no room.
const STATES: [&str; 3] = [" OK", " NODATA", " SKIPDATA"];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(flow) = in_columns(record, out).or_else(|| as_object(record, out)) else {
        return false;
    };
    flow.date(&["start", "end"], record);
    meaning(&flow).apply(out);
    out.event.src = flow.peer("srcaddr", "srcport");
    out.event.dst = flow.peer("dstaddr", "dstport");
    out.set(Field::Protocol, traffic::protocol(flow.get("protocol")));
    flow.place(PLACES, out);
    true
}

fn as_object<'t>(record: &Record<'t>, out: &mut Writer<'_>) -> Option<Call<'t>> {
    Call::read(record, &["srcaddr", "dstaddr"], out)
}

fn in_columns<'t>(record: &Record<'t>, out: &mut Writer<'_>) -> Option<Call<'t>> {
    let text = record.text.trim_ascii();
    let values = text.split(' ');
    let is_flow = values.clone().nth(2)?.starts_with("eni-")
        && STATES.iter().any(|state| text.ends_with(state))
        && values.clone().count() == COLUMNS;
    let flow = is_flow.then(|| Call::Columns(MEMBERS.into_iter().zip(values).collect()))?;
    MEMBERS.iter().take(COLUMNS).for_each(|name| out.native(name, flow.get(name)));
    Some(flow)
}

fn meaning(flow: &Call<'_>) -> Meaning {
    match flow.get("action") {
        "ACCEPT" => Meaning::new(Class::Network, Activity::TRAFFIC, Status::Success),
        "REJECT" => Meaning::REFUSED.because("denied"),
        _ if flow.any(&["log-status", "log_status"]) == "SKIPDATA" => {
            Meaning::FAILED.because("records lost")
        }
        _ => Meaning::NOTED,
    }
}

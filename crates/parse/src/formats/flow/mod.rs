//! Flows as Tocsin itself writes them down: one object a flow, seen from the device that is watched
//! (`{"ts":"…","device":"camera-14","src_ip":"…","dst_ip":"…","bytes_sent":1200,"bytes_recv":300,…}`).

use tocsin_event::{Field, LogSource, Writer};

use crate::call::Call;
use crate::format::Format;
use crate::header::Record;
use crate::traffic::{self, Answer};

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "tocsin", category: "network_connection", service: "flow" },
    ..Format::service("flow", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

const KNOWN_BY: [&str; 3] = ["src_ip", "dst_ip", "bytes_sent"];

const PLACES: &[(&str, Field)] = &[
    ("app", Field::AppProtocol),
    ("bytes_sent", Field::BytesOut),
    ("bytes_recv", Field::BytesIn),
    ("packets", Field::PacketsOut),
    ("duration_ms", Field::Duration),
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(flow) = Call::read(record, &KNOWN_BY, out) else { return false };
    flow.date(&["ts"], record);
    traffic::meaning(flow.get("protocol"), Answer::Given).apply(out);
    out.event.host = out.span(flow.get("device"));
    out.event.src = flow.peer("src_ip", "src_port");
    out.event.dst = flow.peer("dst_ip", "dst_port");
    out.set(Field::Protocol, &flow.get("protocol").to_ascii_lowercase());
    flow.place(PLACES, out);
    true
}

//! Argus' flows (`ra -s stime dur proto saddr …`, and the binetflow files made of them), whose columns
//! come here as the members of an object.

use tocsin_event::{Field, LogSource, Writer};

use crate::call::Call;
use crate::format::Format;
use crate::header::Record;
use crate::traffic::{self, Answer};

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "argus", category: "network_connection", service: "" },
    ..Format::service("argus", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

const KNOWN_BY: [&str; 3] = ["StartTime", "SrcAddr", "DstAddr"];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(flow) = Call::read(record, &KNOWN_BY, out) else { return false };
    flow.date(&["StartTime"], record);
    let protocol = flow.get("Proto");
    traffic::meaning(protocol, answer(flow.get("State"))).apply(out);
    out.event.src = flow.peer("SrcAddr", "Sport");
    out.event.dst = flow.peer("DstAddr", "Dport");
    out.set(Field::Protocol, protocol);
    traffic::lasted(flow.get("Dur"), out);
    ways(&flow, ("SrcBytes", "TotBytes"), (Field::BytesOut, Field::BytesIn), out);
    ways(&flow, ("SrcPkts", "TotPkts"), (Field::PacketsOut, Field::PacketsIn), out);
    true
}

/// Argus counts what was sent, and both ways together.
fn ways(
    flow: &Call<'_>,
    (sent, both): (&str, &str),
    (outward, inward): (Field, Field),
    out: &mut Writer<'_>,
) {
    out.set(outward, flow.get(sent));
    let counts = (flow.get(sent).parse::<u64>(), flow.get(both).parse::<u64>());
    if let (Ok(sent), Ok(both)) = counts {
        out.set(inward, &both.saturating_sub(sent).to_string());
    }
}

/// The state as flags seen from each side (`S_RA`), or as a word where Argus followed the connection.
fn answer(state: &str) -> Answer {
    match state.split_once('_') {
        Some(("S", "RA" | "R")) => Answer::Refused,
        Some((_, "")) => Answer::Missing,
        None if matches!(state, "REQ" | "INT" | "TIM") => Answer::Missing,
        None if matches!(state, "URP" | "URH" | "URN") => Answer::Refused,
        _ => Answer::Given,
    }
}

//! A connection: who called whom, how it went, and how much was carried each way.

use std::net::SocketAddr;

use tocsin_event::json::Object;

use super::application::Application;
use super::packet::{ACK, FIN, ICMP, ICMP6, Packet, RST, SYN, TCP, UDP};
use super::stream::{Heard, Stream};

/// After so many nanoseconds of silence a connection is over: closed, of TCP, and any other.
const CLOSED: i64 = 5_000_000_000;
const SILENT_TCP: i64 = 300_000_000_000;
const SILENT: i64 = 60_000_000_000;

/// What packets of one connection have in common, whichever way they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    ends: [SocketAddr; 2],
    protocol: u8,
}

impl Key {
    pub(super) fn of(packet: &Packet<'_>) -> Key {
        let mut ends = [packet.source, packet.target];
        if matches!(packet.protocol, ICMP | ICMP6) {
            // A question and its answer differ in their kind.
            ends.iter_mut().for_each(|end| end.set_port(0));
        }
        ends.sort_unstable();
        Key { ends, protocol: packet.protocol }
    }
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The one who called.
    Out,
    /// The one called.
    In,
}

/// What was carried one way.
#[derive(Debug, Default)]
struct Carried {
    packets: u64,
    bytes: u64,
    ip_bytes: u64,
    /// All flags that were seen.
    flags: u8,
    stream: Stream,
}

/// Who called whom, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    number: u64,
    pub(super) caller: SocketAddr,
    pub(super) called: SocketAddr,
    began: i64,
}

impl Call {
    /// Begins a line about something within this connection, or about itself.
    pub(super) fn write(&self, log: &'static str, time: i64, o: &mut Object<'_>) {
        let [seconds, fraction] = [time.div_euclid(1_000_000_000), time.rem_euclid(1_000_000_000)];
        o.text("_by", "capture");
        o.text("_path", log);
        o.text("ts", &format!("{seconds}.{fraction:09}"));
        o.text("uid", &format!("C{:x}{:x}", self.began, self.number));
        o.ip("id.orig_h", self.caller.ip());
        o.number("id.orig_p", self.caller.port());
        o.ip("id.resp_h", self.called.ip());
        o.number("id.resp_p", self.called.port());
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Connection {
    call: Call,
    protocol: u8,
    last: i64,
    out: Carried,
    back: Carried,
    application: Application,
}

impl Connection {
    pub(super) fn begin(number: u64, time: i64, packet: &Packet<'_>) -> Connection {
        // Whose first packet was not captured answers: so does whoever accepts, and a name server.
        let answers = packet.flags & (SYN | ACK) == SYN | ACK
            || (packet.protocol == UDP && packet.source.port() == 53);
        let (caller, called) =
            if answers { (packet.target, packet.source) } else { (packet.source, packet.target) };
        Connection {
            call: Call { number, caller, called, began: time },
            protocol: packet.protocol,
            last: time,
            out: Carried::default(),
            back: Carried::default(),
            application: Application::default(),
        }
    }

    pub(super) fn take(&mut self, time: i64, packet: &Packet<'_>, out: &mut Vec<u8>) {
        self.last = self.last.max(time);
        let is_icmp = matches!(self.protocol, ICMP | ICMP6);
        let same = packet.source.ip() == self.call.caller.ip()
            && (is_icmp || packet.source.port() == self.call.caller.port());
        let (way, carried) =
            if same { (Way::Out, &mut self.out) } else { (Way::In, &mut self.back) };
        carried.packets += 1;
        carried.bytes += u64::from(packet.carried);
        carried.ip_bytes += u64::from(packet.length);
        carried.flags |= packet.flags;
        match packet.protocol {
            TCP if carried.stream.take(packet) => {
                let heard = Heard { way, time, stream: &mut carried.stream };
                self.application.stream(&self.call, heard, out);
            }
            UDP => self.application.datagram(&self.call, time, packet.payload, out),
            _ => {}
        }
    }

    /// Bytes that are kept for what is spoken over it.
    pub(super) fn held(&self) -> usize {
        self.out.stream.held() + self.back.stream.held() + self.application.held()
    }

    pub(super) fn last(&self) -> i64 {
        self.last
    }

    pub(super) fn order(&self) -> (i64, u64) {
        (self.call.began, self.call.number)
    }

    pub(super) fn is_over(&self, now: i64) -> bool {
        let finished = self.out.flags & self.back.flags & FIN != 0;
        let aborted = (self.out.flags | self.back.flags) & RST != 0;
        let patience = match self.protocol {
            TCP if finished || aborted => CLOSED,
            TCP => SILENT_TCP,
            _ => SILENT,
        };
        now - self.last >= patience
    }

    /// Tells what is left to tell, and the connection itself.
    pub(super) fn tell(mut self, out: &mut Vec<u8>) {
        self.application.finish(&self.call, out);
        let lasted = (self.last - self.call.began).max(0);
        Object::write(out, |o| {
            self.call.write("conn", self.call.began, o);
            match self.protocol {
                TCP => o.text("proto", "tcp"),
                UDP => o.text("proto", "udp"),
                ICMP | ICMP6 => o.text("proto", "icmp"),
                other => o.text("proto", &format!("ip-{other}")),
            }
            o.text("service", self.application.name());
            o.text(
                "duration",
                &format!("{}.{:09}", lasted / 1_000_000_000, lasted % 1_000_000_000),
            );
            o.number("orig_bytes", self.out.bytes);
            o.number("resp_bytes", self.back.bytes);
            o.text("conn_state", self.state());
            o.number("orig_pkts", self.out.packets);
            o.number("orig_ip_bytes", self.out.ip_bytes);
            o.number("resp_pkts", self.back.packets);
            o.number("resp_ip_bytes", self.back.ip_bytes);
        });
        out.push(b'\n');
    }

    /// How it went, as Zeek's manual names it (`base/protocols/conn`).
    fn state(&self) -> &'static str {
        let (asked, answered) = (self.out.flags, self.back.flags);
        let has = |flags: u8, flag: u8| flags & flag != 0;
        if self.protocol != TCP {
            return match (self.out.packets, self.back.packets) {
                (1.., 0) => "S0",
                (0, _) => "SHR",
                _ => "SF",
            };
        }
        match (has(asked, SYN), has(answered, SYN)) {
            (true, false) if has(answered, RST) => "REJ",
            (true, false) if has(asked, RST) => "RSTOS0",
            (true, false) if has(asked, FIN) => "SH",
            (true, false) if self.back.packets == 0 => "S0",
            (true, true) if has(asked, RST) => "RSTO",
            (true, true) if has(answered, RST) => "RSTR",
            (true, true) => match (has(asked, FIN), has(answered, FIN)) {
                (true, true) => "SF",
                (true, false) => "S2",
                (false, true) => "S3",
                (false, false) => "S1",
            },
            (false, true) if has(answered, RST) => "RSTRH",
            (false, true) if has(answered, FIN) => "SHR",
            _ => "OTH",
        }
    }
}

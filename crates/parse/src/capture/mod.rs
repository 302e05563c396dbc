//! Packet captures: packets become connections, and what connections say of names, servers and requests
//! is told as well. Each is a line of JSON as Zeek would write it (`conn`, `dns`, `http`, `ssl`, `ssh`), so
//! that rules for Zeek's logs hold for captures too; the `capture` format reads those.
//!
//! Flow exports within a capture are read as [`exports`] are.

mod application;
mod connection;
mod dns;
mod file;
mod http;
pub(crate) mod packet;
mod stream;
mod tls;

use hashbrown::HashMap;

use crate::exports::{self, Exports, Message};
use connection::{Connection, Key};
use file::{File, Part, Stop};
use packet::{Packet, UDP};

/// Connections followed at once. When there are more, those that were silent longest are told early.
const CONNECTIONS_MAX: usize = 1 << 16;

/// Bytes kept for what is spoken over all of them; beyond that, too, some are told early.
const HELD_MAX: usize = 32 << 20;

/// How often connections are looked through for those that ended, in nanoseconds of the capture.
const SWEEP: i64 = 5_000_000_000;

/// Ports at which collectors of flow exports listen.
const COLLECTORS: [u16; 9] = [2055, 2056, 4432, 4739, 6343, 9555, 9995, 9996, 9997];

/// Whether a file that begins like this is a capture.
#[must_use]
pub fn is_capture(head: &[u8]) -> bool {
    file::is_capture(head)
}

/// Reads a capture as it comes.
#[derive(Debug, Default)]
pub struct Capture {
    file: File,
    connections: HashMap<Key, Connection, foldhash::fast::FixedState>,
    exports: Exports,
    /// The latest time of a packet, and when connections were last looked through.
    now: i64,
    swept: i64,
    /// Bytes kept for what is spoken over connections.
    held: usize,
    /// Connections so far.
    number: u64,
    /// Frames without a packet of IP, or of a kind of link that is not read.
    without_ip: u64,
    /// Packets that were not captured whole.
    cut: u64,
    is_damaged: bool,
}

impl Capture {
    /// Reads what `bytes` hold of the capture, appends lines to `out`, and gives how many bytes it took; the
    /// rest is to be given again, with more behind it.
    pub fn read(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        let mut taken = 0;
        while !self.is_damaged {
            let rest = bytes.get(taken..).unwrap_or_default();
            match self.file.part(rest) {
                Ok((Part::Frame { time, link, bytes }, length)) => {
                    self.frame(time, link, bytes, out);
                    taken += length;
                }
                Ok((Part::Other, length)) => taken += length,
                Err(Stop::Unfinished) => return taken,
                Err(Stop::Damaged) => self.is_damaged = true,
            }
        }
        bytes.len()
    }

    /// Tells what is still open. `rest` is what [`read`](Capture::read) did not take.
    pub fn finish(&mut self, rest: &[u8], out: &mut Vec<u8>) {
        self.tell_connections(|_| true, out);
        self.exports.finish(out);
        if self.is_damaged {
            out.extend_from_slice(b"the capture is damaged from here on\n");
        } else if !rest.is_empty() {
            out.extend_from_slice(b"the capture ends too early\n");
        }
        if self.cut > 0 {
            let cut = self.cut;
            let line = format!("packets cut short, of which only the beginning is there: {cut}\n");
            out.extend_from_slice(line.as_bytes());
        }
        if self.without_ip > 0 {
            out.extend_from_slice(format!("frames without IP: {}\n", self.without_ip).as_bytes());
        }
    }

    fn frame(&mut self, time: i64, link: i32, frame: &[u8], out: &mut Vec<u8>) {
        let Some(packet) = file::packet(link, frame) else {
            self.without_ip += 1;
            return;
        };
        self.cut += u64::from(packet.is_cut);
        self.now = self.now.max(time);
        if self.now - self.swept >= SWEEP || self.swept == 0 {
            let now = self.now;
            self.tell_connections(|connection| connection.is_over(now), out);
            self.swept = now;
        }
        self.follow(time, &packet, out);
        if packet.protocol == UDP
            && COLLECTORS.contains(&packet.target.port())
            && exports::is_export(packet.payload)
        {
            let exporter = Some(packet.source.ip());
            let message = Message { exporter, received: Some(time), payload: packet.payload };
            self.exports.read(message, out);
        }
    }

    fn follow(&mut self, time: i64, packet: &Packet<'_>, out: &mut Vec<u8>) {
        let key = Key::of(packet);
        if !self.connections.contains_key(&key) {
            if self.connections.len() >= CONNECTIONS_MAX {
                self.make_room(out);
            }
            self.number += 1;
        }
        let number = self.number;
        let connection =
            self.connections.entry(key).or_insert_with(|| Connection::begin(number, time, packet));
        let before = connection.held();
        connection.take(time, packet, out);
        self.held = self.held + connection.held() - before;
        if self.held > HELD_MAX {
            self.make_room(out);
        }
    }

    fn make_room(&mut self, out: &mut Vec<u8>) {
        let mut silent: Vec<i64> = self.connections.values().map(Connection::last).collect();
        let eighth = silent.len() / 8;
        let (_, long_ago, _) = silent.select_nth_unstable(eighth);
        let long_ago = *long_ago;
        self.tell_connections(|connection| connection.last() <= long_ago, out);
    }

    /// Tells those connections in the order in which they began, and forgets them.
    fn tell_connections(&mut self, which: impl Fn(&Connection) -> bool, out: &mut Vec<u8>) {
        let over = self.connections.extract_if(|_, connection| which(connection));
        let mut over: Vec<Connection> = over.map(|(_, connection)| connection).collect();
        over.sort_unstable_by_key(Connection::order);
        for connection in over {
            self.held -= connection.held();
            connection.tell(out);
        }
    }
}

//! One way of a TCP connection, put together as far as somebody wants to read it.

use super::connection::Way;
use super::packet::{Packet, SYN};

/// Bytes kept for whoever reads; who needs more at once is not understood.
const KEPT_MAX: usize = 16 * 1024;

/// What was just heard of a connection, and all that is still to be read of it.
#[derive(Debug)]
pub(super) struct Heard<'s> {
    pub(super) way: Way,
    pub(super) time: i64,
    pub(super) stream: &'s mut Stream,
}

/// Bytes in their order. What is missing ends what was kept so far, and counts as a new beginning.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The number of the next byte.
    next: Option<u32>,
    bytes: Vec<u8>,
    /// Whether anybody reads.
    is_closed: bool,
}

impl Stream {
    /// Adds what a packet brings; whether there is more to read than before.
    pub(super) fn take(&mut self, packet: &Packet<'_>) -> bool {
        if packet.flags & SYN != 0 {
            self.next = Some(packet.sequence.wrapping_add(1));
            return false;
        }
        if self.is_closed || packet.payload.is_empty() {
            return false;
        }
        let expected = self.next.unwrap_or(packet.sequence);
        // How many bytes of these came before; half the numbers lie ahead.
        let before = expected.wrapping_sub(packet.sequence);
        let is_gap = before > u32::MAX / 2;
        if is_gap {
            self.bytes.clear();
        }
        let before = if is_gap { 0 } else { before as usize };
        let Some(new) = packet.payload.get(before..).filter(|new| !new.is_empty()) else {
            return false;
        };
        self.next = Some(packet.sequence.wrapping_add(packet.carried));
        if self.bytes.len() + new.len() > KEPT_MAX {
            self.close();
            return false;
        }
        self.bytes.extend_from_slice(new);
        true
    }

    /// Bytes that are kept.
    pub(super) fn held(&self) -> usize {
        self.bytes.len()
    }

    /// What is to be read.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets what was read.
    pub(super) fn forget(&mut self, count: usize) {
        self.bytes.drain(..count.min(self.bytes.len()));
    }

    /// Nobody reads on.
    pub(super) fn close(&mut self) {
        (self.is_closed, self.bytes) = (true, Vec::new());
    }
}

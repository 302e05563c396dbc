//! Keys of kept state: 64-bit hashes of what the state is about, the same on every run and
//! machine, so that snapshots and shards agree.

use std::hash::Hasher;
use std::net::IpAddr;

use siphasher::sip::SipHasher13;
use tocsin_event::{EntityKind, PeerName};

/// A key. Two different things share one with a chance of about 3 in 10^8 among a million.
pub(crate) type Key = u64;

/// Builds a key from its parts, each closed so that parts cannot run into each other.
pub(crate) struct KeyHasher(SipHasher13);

impl KeyHasher {
    pub(crate) fn new() -> Self {
        KeyHasher(SipHasher13::new_with_keys(0x746f_6373_696e, 1))
    }

    pub(crate) fn text(&mut self, part: &str) {
        self.0.write(part.as_bytes());
        self.0.write_u8(0xff);
    }

    pub(crate) fn number(&mut self, part: i64) {
        self.0.write_i64(part);
    }

    pub(crate) fn ip(&mut self, ip: IpAddr) {
        match ip {
            IpAddr::V4(ip) => self.0.write_u32(u32::from(ip)),
            IpAddr::V6(ip) => self.0.write(&ip.octets()),
        }
    }

    /// A peer who asks to be let in. Of IPv6 the network counts, the first 64 bits: whoever has one
    /// has all its addresses, and takes another for each attempt. Neighbours on a link share theirs.
    pub(crate) fn asker(&mut self, peer: PeerName<'_>) {
        match peer {
            PeerName::Ip(IpAddr::V6(ip)) if !ip.is_unicast_link_local() => {
                self.0.write_u64((u128::from(ip) >> 64) as u64);
            }
            peer => self.peer(peer),
        }
    }

    pub(crate) fn peer(&mut self, peer: PeerName<'_>) {
        match peer {
            PeerName::Ip(ip) => self.ip(ip),
            PeerName::Hostname(name) => self.text(name),
        }
    }

    pub(crate) fn finish(&self) -> Key {
        self.0.finish()
    }
}

/// One key of two, in this order: their folded product, as in wyhash. Both are hashes already.
pub(crate) fn join(key: Key, next: Key) -> Key {
    const MIX: [u64; 2] = [0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db];
    let product = u128::from(key ^ MIX[0]) * u128::from(next ^ MIX[1]);
    (product as u64) ^ ((product >> 64) as u64)
}

/// The key of a peer.
pub(crate) fn peer(peer: PeerName<'_>) -> Key {
    let mut hasher = KeyHasher::new();
    hasher.peer(peer);
    hasher.finish()
}

/// The key of a peer who asks to be let in: see [`KeyHasher::asker`].
pub(crate) fn asker(peer: PeerName<'_>) -> Key {
    let mut hasher = KeyHasher::new();
    hasher.asker(peer);
    hasher.finish()
}

/// The key of an entity.
pub(crate) fn entity(kind: EntityKind, id: &str) -> Key {
    let mut hasher = KeyHasher::new();
    hasher.number(kind as i64);
    hasher.text(id);
    hasher.finish()
}

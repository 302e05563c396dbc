//! Which peer each process serves, for services that fork for every connection: sshd names the
//! address once and then says `fatal: Read from socket failed`.

use std::hash::BuildHasher;

use tocsin_event::{Duration, Peer, Span, Time};

use crate::header::Record;

/// Processes remembered; a newer one takes the place of an older one.
const PROCESSES: usize = 1024;
/// Process ids are used again: what was said longer ago is not about this process.
const VALID: Duration = Duration::from_secs(600);

#[derive(Clone, Copy, Debug)]
struct Session {
    process: u64,
    since: Time,
    peer: Peer,
}

/// Remembers the peers of processes.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    sessions: Vec<Option<Session>>,
    hasher: foldhash::fast::FixedState,
}

impl Sessions {
    /// Remembers the peer of the record's process or, where the record names none, recalls it.
    pub(crate) fn see(&mut self, record: &Record<'_>, now: Time, peer: &mut Peer) {
        if record.pid == 0 {
            return;
        }
        let process = self.hasher.hash_one((record.host, record.pid));
        if self.sessions.is_empty() {
            self.sessions.resize(PROCESSES, None);
        }
        let session = &mut self.sessions[process as usize % PROCESSES];
        if peer.ip.is_some() {
            *session = Some(Session { process, since: now, peer: *peer });
        } else if peer.hostname.is_empty()
            && let Some(known) = session
            && known.process == process
            && now.0.saturating_sub(known.since.0) <= VALID.0
        {
            *peer = Peer { hostname: Span::NONE, ..known.peer };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_remembered_with_its_peer_until_its_id_may_be_used_again() {
        let mut sessions = Sessions::default();
        let named = Peer { ip: "192.0.2.1".parse().ok(), ..Peer::default() };
        let mut see = |pid, secs, peer: Peer| {
            let mut peer = peer;
            let record = Record { host: "lab", pid, ..Record::default() };
            sessions.see(&record, Time::from_secs(secs), &mut peer);
            peer.ip
        };
        assert_eq!(see(7, 0, named), named.ip);
        assert_eq!(see(7, 600, Peer::default()), named.ip);
        assert_eq!(see(8, 1, Peer::default()), None, "another process");
        assert_eq!(see(7, 601, Peer::default()), None, "too long ago");
    }
}

//! The order of the lines: a few sessions at once, in a time that never runs back.

use crate::rng::Rng;
use crate::session::{Outlook, Session};
use crate::stamp::Stamp;
use std::io::{self, Write};

/// Sessions that speak in turn, as on a busy machine.
const SESSIONS_AT_ONCE: usize = 8;

/// What to generate. The same traffic gives the same bytes; more lines only add to the end.
#[derive(Clone, Copy)]
pub(crate) struct Traffic {
    pub(crate) lines: u64,
    /// How many client addresses there are, each in use once there are lines enough.
    pub(crate) entities: u64,
    pub(crate) seed: u64,
    pub(crate) per_second: u64,
}

pub(crate) struct Stream {
    traffic: Traffic,
    rng: Rng,
    sessions: Vec<Session>,
    /// Clients that came in their turn, first and later times.
    rounds: u64,
    /// How many clients, from number 0, have come.
    seen: u64,
    written: u64,
}

impl Stream {
    pub(crate) fn new(traffic: Traffic) -> Self {
        let rng = Rng::new(traffic.seed);
        let mut stream =
            Self { traffic, rng, sessions: Vec::new(), rounds: 0, seen: 0, written: 0 };
        for _ in 0..SESSIONS_AT_ONCE {
            let session = stream.open();
            stream.sessions.push(session);
        }
        stream
    }

    pub(crate) fn write_line(&mut self, out: &mut impl Write) -> io::Result<()> {
        let stamp = Stamp(self.written / self.traffic.per_second);
        self.written += 1;
        let turn = self.rng.below(self.sessions.len() as u64) as usize;
        let session = &mut self.sessions[turn];
        write!(out, "{stamp} {} ", session.host.name)?;
        if session.write_next(out)? == Outlook::Done {
            self.sessions[turn] = self.open();
        }
        Ok(())
    }

    /// How many client addresses have had a session.
    pub(crate) fn distinct_addresses(&self) -> u64 {
        self.seen
    }

    fn open(&mut self) -> Session {
        let number = self.rng.below(10_000_000);
        let mut session = Session::open(number, &mut self.rng);
        if session.has_client() {
            session.come_from(self.client());
        }
        session
    }

    /// Three sessions in four are of the next client in a round, so that all come; one in four is
    /// of a regular among those seen, few of which come often.
    fn client(&mut self) -> u64 {
        if self.seen > 0 && self.rng.below(4) == 0 {
            return self.rng.skewed_below(self.seen);
        }
        let next = self.rounds % self.traffic.entities;
        self.rounds += 1;
        self.seen = self.seen.max(next + 1);
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const TRAFFIC: Traffic = Traffic { lines: 20_000, entities: 500, seed: 7, per_second: 10 };

    fn text(traffic: Traffic) -> String {
        let mut bytes = Vec::new();
        let mut stream = Stream::new(traffic);
        for _ in 0..traffic.lines {
            stream.write_line(&mut bytes).expect("a Vec takes all");
        }
        String::from_utf8(bytes).expect("ASCII")
    }

    #[test]
    fn the_same_seed_gives_the_same_lines() {
        assert_eq!(text(TRAFFIC), text(TRAFFIC));
        assert_ne!(text(TRAFFIC), text(Traffic { seed: 8, ..TRAFFIC }));
    }

    #[test]
    fn more_lines_only_add_to_the_end() {
        assert!(text(TRAFFIC).starts_with(&text(Traffic { lines: 1_000, ..TRAFFIC })));
    }

    #[test]
    fn as_many_addresses_as_asked_for_fail_to_log_in() {
        let text = text(TRAFFIC);
        let failed = text.lines().filter(|line| line.contains("Failed password"));
        let addresses: HashSet<&str> =
            failed.filter_map(|line| line.split(" from ").nth(1)?.split(' ').next()).collect();
        assert_eq!(addresses.len(), 500);
    }

    #[test]
    fn time_never_runs_back() {
        let text = text(TRAFFIC);
        let stamps: Vec<&str> = text.lines().filter_map(|line| line.get(..15)).collect();
        assert!(stamps.is_sorted(), "all on the first day, so text order is time order");
    }
}

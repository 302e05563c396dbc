//! The order of the lines: a few sessions at once, in a time that never runs back.

use crate::rng::Rng;
use crate::session::{Client, Outlook, Session};
use crate::stamp::Stamp;
use std::io::{self, Write};

/// Sessions that speak in turn, as on a busy machine.
const SESSIONS_AT_ONCE: usize = 8;
/// On a machine that anyone can reach, nearly all addresses are of strangers.
const STRANGERS_A_PERSON: u64 = 20;

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
    strangers: Crowd,
    people: Crowd,
    written: u64,
}

impl Stream {
    pub(crate) fn new(traffic: Traffic) -> Self {
        let people = traffic.entities / STRANGERS_A_PERSON;
        let mut stream = Self {
            traffic,
            rng: Rng::new(traffic.seed),
            sessions: Vec::new(),
            strangers: Crowd::new(people, traffic.entities),
            people: Crowd::new(0, people.max(1)),
            written: 0,
        };
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
        self.strangers.seen + self.people.seen
    }

    fn open(&mut self) -> Session {
        let number = self.rng.below(10_000_000);
        let mut session = Session::open(number, &mut self.rng);
        match session.client() {
            Client::Stranger => session.come_from(self.strangers.next(&mut self.rng)),
            Client::Person => session.come_from(self.people.next(&mut self.rng)),
            Client::None => {}
        }
        session
    }
}

/// Clients of a kind, by number.
struct Crowd {
    first: u64,
    count: u64,
    /// Clients that came in their turn, first and later times.
    rounds: u64,
    /// How many of them have come.
    seen: u64,
}

impl Crowd {
    /// Those from number `first` to short of `end`.
    fn new(first: u64, end: u64) -> Self {
        Self { first, count: (end - first).max(1), rounds: 0, seen: 0 }
    }

    /// Three in four are the next one in a round, so that all come; one in four is a regular among
    /// those seen, few of whom come often.
    fn next(&mut self, rng: &mut Rng) -> u64 {
        if self.seen > 0 && rng.below(4) == 0 {
            return self.first + rng.skewed_below(self.seen);
        }
        let next = self.rounds % self.count;
        self.rounds += 1;
        self.seen = self.seen.max(next + 1);
        self.first + next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::net::Ipv4Addr;

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
    fn as_many_addresses_as_asked_for_come_and_few_get_in() {
        let text = text(TRAFFIC);
        let addresses = |said: &str| -> HashSet<Ipv4Addr> {
            let lines = text.lines().filter(|line| line.contains(said));
            let words = lines.flat_map(|line| line.split([' ', ':', '=']));
            words.filter_map(|word| word.parse().ok()).collect()
        };
        let (all, accepted) = (addresses("sshd"), addresses("Accepted"));
        assert!((25..40).contains(&accepted.len()), "{accepted:?}");
        assert_eq!(all.len(), 500);
    }

    #[test]
    fn time_never_runs_back() {
        let text = text(TRAFFIC);
        let stamps: Vec<&str> = text.lines().filter_map(|line| line.get(..15)).collect();
        assert!(stamps.is_sorted(), "all on the first day, so text order is time order");
    }
}

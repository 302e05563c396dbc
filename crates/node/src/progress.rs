//! How far a long reading has come: one line on the terminal, rewritten in place. Never more than
//! that, and nothing where standard error is not a terminal.

use std::io::{IsTerminal, Write};

use crate::clock::{self, Duration, Instant};

/// Anything shorter than this is not worth a line.
const QUIET_FOR: Duration = Duration::from_secs(1);
/// How often the line is rewritten.
const EVERY: Duration = Duration::from_millis(200);
const MIB: f64 = 1024.0 * 1024.0;

/// Tells people how far a reading has come.
#[derive(Debug)]
pub struct Progress {
    shown: bool,
    total: u64,
    began: Instant,
    told: Option<Instant>,
}

impl Progress {
    /// Shows nothing.
    #[must_use]
    pub fn hidden() -> Self {
        Progress { shown: false, total: 0, began: clock::now(), told: None }
    }

    /// Shows a line on standard error where that is a terminal.
    #[must_use]
    pub fn on_terminal() -> Self {
        Progress { shown: std::io::stderr().is_terminal(), ..Progress::hidden() }
    }

    /// Begins anew with this many bytes to read, 0 when that is not known.
    pub fn begin(&mut self, total: u64) {
        self.total = total;
        self.began = clock::now();
    }

    /// Says how many bytes have been read.
    pub fn at(&mut self, bytes: u64) {
        if !self.shown {
            return;
        }
        let now = clock::now();
        let elapsed = now.duration_since(self.began);
        let due = self.told.is_none_or(|told| now.duration_since(told) >= EVERY);
        if elapsed >= QUIET_FOR && due {
            self.told = Some(now);
            write(&format!("\r{}\x1b[K", line(bytes, self.total, elapsed)));
        }
    }

    /// Takes the line away.
    pub fn end(&mut self) {
        if self.told.take().is_some() {
            write("\r\x1b[K");
        }
    }
}

/// What cannot be shown does not matter: the reading goes on.
fn write(text: &str) {
    let mut screen = std::io::stderr().lock();
    let _ = screen.write_all(text.as_bytes()).and_then(|()| screen.flush());
}

fn line(bytes: u64, total: u64, elapsed: Duration) -> String {
    let done = bytes as f64 / MIB;
    let rate = done / elapsed.as_secs_f64().max(0.001);
    if total < bytes || bytes == 0 {
        return format!("read {done:.0} MiB, {rate:.0} MiB/s");
    }
    let all = total as f64 / MIB;
    let left = (all - done) / rate;
    let percent = 100.0 * done / all;
    format!("read {done:.0} of {all:.0} MiB ({percent:.0} %), {rate:.0} MiB/s, {}", time_left(left))
}

fn time_left(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    match seconds {
        0..60 => format!("{seconds} s left"),
        60..3600 => format!("{} min {} s left", seconds / 60, seconds % 60),
        _ => format!("{} h {} min left", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_much_how_fast_and_how_long_still() {
        let (half, all) = (50 << 20, 100 << 20);
        assert_eq!(
            line(half, all, Duration::from_secs(2)),
            "read 50 of 100 MiB (50 %), 25 MiB/s, 2 s left"
        );
        assert_eq!(line(half, 0, Duration::from_secs(2)), "read 50 MiB, 25 MiB/s");
        assert_eq!(time_left(3725.0), "1 h 2 min left");
        assert_eq!(time_left(61.2), "1 min 2 s left");
    }
}

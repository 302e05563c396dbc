//! The classic syslog time stamp, `Mar  2 01:15:00`, from seconds into a common year.

use std::fmt;

const MONTHS: [(&str, u64); 12] = [
    ("Jan", 31),
    ("Feb", 28),
    ("Mar", 31),
    ("Apr", 30),
    ("May", 31),
    ("Jun", 30),
    ("Jul", 31),
    ("Aug", 31),
    ("Sep", 30),
    ("Oct", 31),
    ("Nov", 30),
    ("Dec", 31),
];

/// Seconds since the year began; past its end, the last second of it.
#[derive(Clone, Copy)]
pub(crate) struct Stamp(pub(crate) u64);

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0.min(365 * 86_400 - 1);
        let mut day = second / 86_400;
        let mut month = "";
        for (name, days) in MONTHS {
            month = name;
            if day < days {
                break;
            }
            day -= days;
        }
        let (hour, minute) = (second / 3_600 % 24, second / 60 % 60);
        write!(f, "{month} {:>2} {hour:02}:{minute:02}:{:02}", day + 1, second % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_follow_the_calendar() {
        let texts = [0, 59 * 86_400 + 3_661, u64::MAX].map(|second| Stamp(second).to_string());
        assert_eq!(texts, ["Jan  1 00:00:00", "Mar  1 01:01:01", "Dec 31 23:59:59"]);
    }
}

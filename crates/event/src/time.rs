//! Event time: nanoseconds since 1970-01-01 UTC. Never the time of reading.

use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in event time, in nanoseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// A span of event time, in nanoseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Duration(pub i64);

impl Duration {
    /// A span of whole seconds.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Duration(secs.saturating_mul(1_000_000_000))
    }

    /// The span in seconds.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl Time {
    /// No time was given and none could be inferred.
    pub const UNKNOWN: Time = Time(i64::MIN);

    /// Whole seconds since the Unix epoch, or [`Time::UNKNOWN`] where they do not fit.
    #[must_use]
    pub fn from_secs(secs: i64) -> Self {
        Self::from_parts(secs, 0)
    }

    /// Seconds since the Unix epoch and the nanoseconds after them.
    #[must_use]
    pub fn from_parts(secs: i64, nanos: u32) -> Self {
        secs.checked_mul(1_000_000_000)
            .and_then(|ns| ns.checked_add(i64::from(nanos)))
            .map_or(Time::UNKNOWN, Time)
    }

    /// Whether a time is known at all.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Time::UNKNOWN
    }

    /// Milliseconds since the epoch, OCSF's `timestamp_t`; 0 when unknown.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        if self.is_known() { self.0.div_euclid(1_000_000) } else { 0 }
    }

    /// The start of the tumbling window of this `size` that the time falls in.
    #[must_use]
    pub fn window_start(self, size: Duration) -> Time {
        Time(self.0 - self.0.rem_euclid(size.0.max(1)))
    }

    /// Year, month (1-12) and day (1-31) in UTC.
    #[must_use]
    pub fn date(self) -> (i64, u8, u8) {
        civil_from_days(self.0.div_euclid(86_400_000_000_000))
    }

    /// Hour of the day in UTC, 0-23.
    #[must_use]
    pub fn hour(self) -> u8 {
        (self.0.div_euclid(3_600_000_000_000).rem_euclid(24)) as u8
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Hinnant, "chrono-compatible low-level date
/// algorithms"). The month is 1-12; a day beyond the month's end runs into the next month.
#[must_use]
pub(crate) fn days_from_civil(year: i64, month: u8, day: u8) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let shifted = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days - era * 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u8;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u8;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

impl Time {
    /// The time of a UTC date and clock reading. The month is 1-12.
    #[must_use]
    pub fn from_civil(date: (i64, u8, u8), secs_of_day: u32, nanos: u32) -> Self {
        let (year, month, day) = date;
        Self::from_parts(days_from_civil(year, month, day) * 86_400 + i64::from(secs_of_day), nanos)
    }
}

impl Add<Duration> for Time {
    type Output = Time;
    fn add(self, span: Duration) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl Sub<Duration> for Time {
    type Output = Time;
    fn sub(self, span: Duration) -> Time {
        Time(self.0.saturating_sub(span.0))
    }
}

impl Sub for Time {
    type Output = Duration;
    fn sub(self, earlier: Time) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

/// RFC 3339 in UTC, with as many fractional digits (0, 3, 6 or 9) as the time needs.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_known() {
            return f.write_str("unknown");
        }
        let (year, month, day) = self.date();
        let nanos_of_day = self.0.rem_euclid(86_400_000_000_000);
        let (secs, nanos) = (nanos_of_day / 1_000_000_000, nanos_of_day % 1_000_000_000);
        let (hour, minute, second) = (secs / 3600, secs / 60 % 60, secs % 60);
        // Not formatted, as reports hold them by the million. A time in nanoseconds never needs a
        // fifth digit for its year.
        let mut text = *b"0000-00-00T00:00:00.000000000";
        let date = [(0..4, year), (5..7, i64::from(month)), (8..10, i64::from(day))];
        let clock = [(11..13, hour), (14..16, minute), (17..19, second), (20..29, nanos)];
        for (place, number) in date.into_iter().chain(clock) {
            let digits = std::iter::successors(Some(number), |rest| Some(rest / 10));
            let each = text[place].iter_mut().rev().zip(digits);
            each.for_each(|(place, rest)| *place = b'0' + (rest % 10) as u8);
        }
        let length = match nanos {
            0 => 19,
            n if n % 1_000_000 == 0 => 23,
            n if n % 1_000 == 0 => 26,
            _ => 29,
        };
        f.write_str(std::str::from_utf8(&text[..length]).unwrap_or_default())?;
        f.write_str("Z")
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

/// Only the compact form is read back: times return through snapshots, never through reports.
impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_dates_round_trip_across_leap_years() {
        for days in (-800_000..800_000).step_by(37) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
        assert_eq!(Time::from_secs(1_078_012_800).date(), (2004, 2, 29));
    }

    #[test]
    fn times_print_as_rfc_3339() {
        assert_eq!(Time::from_parts(0, 0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(
            Time::from_parts(1_700_000_000, 5_000_000).to_string(),
            "2023-11-14T22:13:20.005Z"
        );
        assert_eq!(Time::from_parts(-1, 999_999_999).to_string(), "1969-12-31T23:59:59.999999999Z");
    }

    #[test]
    fn windows_tumble_before_the_epoch_too() {
        let five = Duration::from_secs(300);
        assert_eq!(Time::from_secs(-1).window_start(five), Time::from_secs(-300));
        assert_eq!(Time::from_secs(599).window_start(five), Time::from_secs(300));
    }
}

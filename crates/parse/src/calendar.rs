//! Resolves times written without zone, year or date. Classic syslog says `Dec  7 06:55:46` and
//! leaves the rest to whoever reads it; what is assumed here is reported, never silent.

use jiff::tz::TimeZone;
use tocsin_event::{Duration, Time};

use crate::timestamp::{Civil, Stamp};

/// Half a year: a time that far before its predecessor belongs to the next year.
const HALF_YEAR_NS: i64 = 183 * DAY_NS;
const DAY_NS: i64 = 86_400_000_000_000;

/// Turns times as written into instants, remembering where in time the source is.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    first_year: Option<i16>,
    reference: Time,
    last: Option<Time>,
    /// The year of the last record whose time names none, until one that does intervenes.
    last_year: Option<i16>,
    hour: HourCache,
    /// What the last record said and was taken to mean: the next one often says the same.
    same: Option<(Stamp, Time)>,
    assumed: Assumed,
}

/// What the calendar had to assume so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assumed {
    /// Some times had no zone.
    pub zone: bool,
    /// Some times had no year.
    pub year: bool,
    /// Some times had no date.
    pub date: bool,
}

/// The last hour resolved: log lines come thousands to the hour, and zones change on hours.
#[derive(Clone, Copy, Debug, Default)]
struct HourCache {
    key: (i16, u8, u8, u32),
    start: Option<Time>,
}

impl Calendar {
    /// A calendar for a source in `zone`. The year of its first record is `year` where given;
    /// otherwise the latest one that does not place the record after `reference`, the time the
    /// source was last written.
    #[must_use]
    pub fn new(zone: TimeZone, year: Option<i16>, reference: Time) -> Self {
        Calendar {
            zone,
            first_year: year,
            reference,
            last: None,
            last_year: None,
            hour: HourCache::default(),
            same: None,
            assumed: Assumed::default(),
        }
    }

    /// What had to be assumed so far.
    #[must_use]
    pub fn assumed(&self) -> Assumed {
        self.assumed
    }

    /// The zone assumed for times that name none.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The instant meant by a time as written.
    pub fn resolve(&mut self, stamp: Stamp) -> Time {
        match self.same {
            Some((same, time)) if same == stamp => time,
            _ => {
                let time = self.resolve_anew(stamp);
                self.same = Some((stamp, time));
                time
            }
        }
    }

    fn resolve_anew(&mut self, stamp: Stamp) -> Time {
        let time = match stamp {
            Stamp::Instant(time) => {
                self.last_year = None;
                time
            }
            Stamp::Civil(civil) if civil.month == 0 => self.time_of_day(civil),
            Stamp::Civil(civil) => {
                self.assumed.zone = true;
                match civil.year {
                    Some(year) => {
                        self.last_year = Some(year);
                        self.at(year, civil)
                    }
                    None => self.without_year(civil),
                }
            }
        };
        if time.is_known() {
            self.last = Some(time);
        }
        time
    }

    fn without_year(&mut self, civil: Civil) -> Time {
        self.assumed.year = true;
        let Some(last) = self.last else { return self.first(civil) };
        let mut year = self.last_year.unwrap_or_else(|| last.date().0 as i16);
        let mut time = self.at(year, civil);
        let gap = time.0.saturating_sub(last.0);
        if gap.unsigned_abs() > HALF_YEAR_NS as u64 {
            year += if gap < 0 { 1 } else { -1 };
            time = self.at(year, civil);
        }
        self.last_year = Some(year);
        time
    }

    fn first(&mut self, civil: Civil) -> Time {
        let tomorrow = self.reference.0.saturating_add(DAY_NS);
        let year = self.first_year.unwrap_or_else(|| {
            let year = Time(tomorrow).date().0 as i16;
            let year = if self.at(year, civil).0 > tomorrow { year - 1 } else { year };
            let has_day = |year: &i16| (civil.month, civil.day) != (2, 29) || is_leap(*year);
            (year - 8..=year).rev().find(has_day).unwrap_or(year)
        });
        self.last_year = Some(year);
        self.at(year, civil)
    }

    /// A clock reading without a date: on the day of the previous record, or of the reference.
    fn time_of_day(&mut self, civil: Civil) -> Time {
        self.assumed.date = true;
        let near = self.last.unwrap_or(self.reference);
        let near = if near.is_known() { near } else { Time(0) };
        let (year, month, day) = near.date();
        let dated = Civil { month, day, ..civil };
        let time = self.at(year as i16, dated);
        if self.last.is_some_and(|last| last.0.saturating_sub(time.0) > DAY_NS / 2) {
            time + Duration(DAY_NS)
        } else {
            time
        }
    }

    fn at(&mut self, year: i16, civil: Civil) -> Time {
        let key = (year, civil.month, civil.day, civil.secs / 3600);
        if self.hour.key != key {
            self.hour = HourCache { key, start: self.hour_start(year, civil) };
        }
        let within = i64::from(civil.secs % 3600) * 1_000_000_000 + i64::from(civil.nanos);
        self.hour.start.map_or(Time::UNKNOWN, |start| start + Duration(within))
    }

    /// None where the calendar goes beyond what a time can say.
    fn hour_start(&self, year: i16, civil: Civil) -> Option<Time> {
        let date = (i64::from(year), civil.month, civil.day);
        let local = Time::from_civil(date, civil.secs / 3600 * 3600, 0);
        let offset = jiff::Timestamp::from_nanosecond(i128::from(local.0))
            .ok()
            .and_then(|as_utc| {
                let civil = TimeZone::UTC.to_datetime(as_utc);
                let instant = self.zone.to_timestamp(civil).ok()?;
                Some(self.zone.to_offset(instant).seconds())
            })
            .unwrap_or_default();
        local.is_known().then(|| local - Duration::from_secs(i64::from(offset)))
    }
}

/// Whether a year has a 29 February, in the Gregorian calendar.
fn is_leap(year: i16) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp;

    fn resolve(calendar: &mut Calendar, text: &str) -> String {
        calendar.resolve(timestamp::leading(text).unwrap().0).to_string()
    }

    #[test]
    fn a_missing_year_follows_the_file_time_and_rolls_over_at_new_year() {
        let written = Time::from_civil((2024, 1, 2), 0, 0);
        let mut calendar = Calendar::new(TimeZone::UTC, None, written);
        assert_eq!(resolve(&mut calendar, "Dec 31 23:59:59 "), "2023-12-31T23:59:59Z");
        assert_eq!(resolve(&mut calendar, "Jan  1 00:00:01 "), "2024-01-01T00:00:01Z");
        assert_eq!(resolve(&mut calendar, "Dec 31 23:59:58 "), "2023-12-31T23:59:58Z");
        assert!(calendar.assumed().year);
    }

    #[test]
    fn a_leap_day_is_of_a_leap_year() {
        let written = Time::from_civil((2026, 11, 27), 0, 0);
        let mut calendar = Calendar::new(TimeZone::UTC, None, written);
        assert_eq!(resolve(&mut calendar, "Feb 29 10:00:00 "), "2024-02-29T10:00:00Z");
        assert_eq!(resolve(&mut calendar, "Mar  1 10:00:00 "), "2024-03-01T10:00:00Z");
    }

    #[test]
    fn a_missing_year_follows_times_that_have_one() {
        let mut calendar = Calendar::new(TimeZone::UTC, None, Time(0));
        for dated in ["2024-05-12T07:00:00Z", "2024-05-12 07:00:00 "] {
            resolve(&mut calendar, dated);
            assert_eq!(resolve(&mut calendar, "May 12 08:00:00 "), "2024-05-12T08:00:00Z");
        }
    }

    #[test]
    fn a_given_year_is_that_of_the_first_record() {
        let mut calendar = Calendar::new(TimeZone::UTC, Some(2005), Time(0));
        assert_eq!(resolve(&mut calendar, "Jun  9 06:06:20 "), "2005-06-09T06:06:20Z");
    }

    #[test]
    fn a_zone_moves_with_summer_time() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let mut calendar = Calendar::new(zone, Some(2024), Time(0));
        assert_eq!(resolve(&mut calendar, "Mar 31 01:30:00 "), "2024-03-31T00:30:00Z");
        assert_eq!(resolve(&mut calendar, "Mar 31 03:30:00 "), "2024-03-31T01:30:00Z");
    }

    #[test]
    fn a_clock_reading_alone_takes_the_day_before_it() {
        let mut calendar = Calendar::new(TimeZone::UTC, None, Time::from_civil((2024, 5, 5), 0, 0));
        assert_eq!(resolve(&mut calendar, "23:59:59.5 IP"), "2024-05-05T23:59:59.500Z");
        assert_eq!(resolve(&mut calendar, "00:00:01.5 IP"), "2024-05-06T00:00:01.500Z");
    }

    #[test]
    fn what_follows_a_time_at_the_end_of_times_has_one() {
        let mut calendar = Calendar::new(TimeZone::UTC, None, Time(0));
        for end in [Time(i64::MAX), Time(i64::MIN + 1), Time::UNKNOWN] {
            calendar.resolve(Stamp::Instant(end));
            for text in ["00:00:01.5 IP", "23:59:59.5 IP", "Dec 31 23:59:59 ", "Jan  1 00:00:00 "] {
                resolve(&mut calendar, text);
            }
        }
        assert_eq!(resolve(&mut calendar, "2024-05-12T07:00:00Z"), "2024-05-12T07:00:00Z");
    }

    #[test]
    fn a_missing_year_after_a_full_time_is_near_it() {
        let mut calendar = Calendar::new(TimeZone::UTC, None, Time::from_civil((2024, 6, 1), 0, 0));
        calendar.resolve(Stamp::Instant(Time::from_civil((2019, 12, 31), 0, 0)));
        let civil = Civil { year: None, month: 1, day: 1, secs: 0, nanos: 0 };
        assert_eq!(calendar.resolve(Stamp::Civil(civil)), Time::from_civil((2020, 1, 1), 0, 0));
    }
}

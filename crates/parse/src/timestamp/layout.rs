//! Reads one layout of the table from the start of a text.

use tocsin_event::Time;

use super::{Civil, Stamp, month};

/// What has been read so far.
#[derive(Default)]
struct Parts {
    civil: Civil,
    hour: u32,
    minute: u32,
    second: u32,
    offset_secs: Option<i32>,
    epoch: Option<Time>,
}

/// The time that `text` begins with if it is written in this `layout`, and what follows it.
pub(super) fn read<'t>(layout: &str, text: &'t str) -> Option<(Stamp, &'t str)> {
    let mut parts = Parts::default();
    let mut rest = text.as_bytes();
    for symbol in layout.bytes() {
        rest = parts.symbol(symbol, rest)?;
    }
    // A digit right after means that the layout cut a number in two.
    if rest.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let rest = text.get(text.len() - rest.len()..)?;
    parts.finish().map(|stamp| (stamp, rest))
}

impl Parts {
    fn symbol<'t>(&mut self, symbol: u8, text: &'t [u8]) -> Option<&'t [u8]> {
        match symbol {
            b'Y' => digits(text, 4..=4, 1970..=2200).map(|(n, rest)| {
                self.civil.year = Some(n as i16);
                rest
            }),
            b'y' => digits(text, 2..=2, 0..=99).map(|(n, rest)| {
                self.civil.year = Some(2000 + n as i16);
                rest
            }),
            b'm' => digits(text, 1..=2, 1..=12).map(|(n, rest)| {
                self.civil.month = n as u8;
                rest
            }),
            b'd' => digits(text, 1..=2, 1..=31).map(|(n, rest)| {
                self.civil.day = n as u8;
                rest
            }),
            b'H' => digits(text, 1..=2, 0..=24).map(|(n, rest)| {
                self.hour = n;
                rest
            }),
            b'I' => digits(text, 1..=2, 1..=12).map(|(n, rest)| {
                self.hour = n % 12;
                rest
            }),
            b'M' => digits(text, 2..=2, 0..=59).map(|(n, rest)| {
                self.minute = n;
                rest
            }),
            b'S' => self.seconds(text),
            b's' => self.epoch(text),
            b'b' => self.month_name(text),
            b'a' => weekday(text),
            b'p' => self.half_of_day(text),
            b'z' => Some(self.zone(text).unwrap_or(text)),
            b'Z' => self.zone(text),
            b'_' => Some(text).filter(|t| t.first() == Some(&b' ')).map(<[u8]>::trim_ascii_start),
            literal => text.strip_prefix(&[literal]),
        }
    }

    fn seconds<'t>(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        let (second, rest) = digits(text, 2..=2, 0..=60)?;
        self.second = second;
        let Some(fraction) = rest.strip_prefix(b".").or_else(|| rest.strip_prefix(b",")) else {
            return Some(rest);
        };
        let (nanos, rest_of_fraction) = fraction_of(fraction);
        if rest_of_fraction.len() == fraction.len() {
            return Some(rest);
        }
        self.civil.nanos = nanos;
        Some(rest_of_fraction)
    }

    /// Seconds since the epoch: ten digits (2001 to 2286), maybe milliseconds in three more.
    fn epoch<'t>(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        let len = text.iter().take_while(|b| b.is_ascii_digit()).count();
        let number: i64 = std::str::from_utf8(text.get(..len)?).ok()?.parse().ok()?;
        let rest = text.get(len..)?;
        let (secs, nanos, rest) = match (len, rest.first()) {
            (10, Some(b'.')) => {
                let (nanos, rest) = fraction_of(rest.get(1..)?);
                (number, nanos, rest)
            }
            (10, _) => (number, 0, rest),
            (13, _) => (number / 1000, (number % 1000) as u32 * 1_000_000, rest),
            _ => return None,
        };
        if rest.first().is_some_and(u8::is_ascii_alphanumeric) {
            return None;
        }
        // Ten digits go further than a time can.
        self.epoch = Some(Time::from_parts(secs, nanos)).filter(|time| time.is_known());
        self.epoch.map(|_| rest)
    }

    /// A month by name: `Sep`, `sept.`, `September`.
    fn month_name<'t>(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        self.civil.month = month(text)?;
        let len = text.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let rest = text.get(len..)?;
        Some(rest.strip_prefix(b".").unwrap_or(rest))
    }

    fn half_of_day<'t>(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        let (half, rest) = text.split_at_checked(2)?;
        match half.to_ascii_uppercase().as_slice() {
            b"AM" => {}
            b"PM" => self.hour += 12,
            _ => return None,
        }
        Some(rest)
    }

    /// `Z`, `GMT`, `UTC`, `+01:00`, `+0100`.
    fn zone<'t>(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        let named = [b"Z".as_slice(), b"GMT", b"UTC"].into_iter();
        let named = named.filter_map(|name| text.strip_prefix(name)).next();
        let (secs, rest) = named.map(|rest| (0, rest)).or_else(|| numeric_zone(text))?;
        self.offset_secs = Some(secs);
        Some(rest)
    }

    fn finish(mut self) -> Option<Stamp> {
        if let Some(time) = self.epoch {
            return Some(Stamp::Instant(time));
        }
        self.civil.secs = self.hour * 3600 + self.minute * 60 + self.second;
        if self.civil.secs > 86_400 {
            return None;
        }
        match (self.offset_secs, self.civil.year) {
            (Some(offset), Some(year)) => {
                let civil = self.civil;
                let date = (i64::from(year), civil.month, civil.day);
                let local = Time::from_civil(date, civil.secs, civil.nanos);
                Some(Stamp::Instant(Time(local.0 - i64::from(offset) * 1_000_000_000)))
            }
            _ => Some(Stamp::Civil(self.civil)),
        }
    }
}

fn numeric_zone(text: &[u8]) -> Option<(i32, &[u8])> {
    let sign = match text.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = digits(text.get(1..)?, 2..=2, 0..=15)?;
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let (minutes, rest) = digits(rest, 2..=2, 0..=59)?;
    Some((sign * (hours * 3600 + minutes * 60) as i32, rest))
}

/// The digits at the start, at most `width` of them, as a number within `range`.
fn digits(
    text: &[u8],
    width: std::ops::RangeInclusive<usize>,
    range: std::ops::RangeInclusive<u32>,
) -> Option<(u32, &[u8])> {
    let len = text.iter().take(*width.end()).take_while(|b| b.is_ascii_digit()).count();
    if len < *width.start() {
        return None;
    }
    let (number, rest) = text.split_at(len);
    let number = number.iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0'));
    range.contains(&number).then_some((number, rest))
}

/// Digits after the decimal point as nanoseconds; those beyond the ninth are read over.
fn fraction_of(text: &[u8]) -> (u32, &[u8]) {
    let len = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(len);
    let padded = digits.iter().chain(std::iter::repeat(&b'0')).take(9);
    (padded.fold(0, |n, digit| n * 10 + u32::from(digit - b'0')), rest)
}

fn weekday(text: &[u8]) -> Option<&[u8]> {
    const NAMES: [&[u8; 3]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
    let (name, rest) = text.split_at_checked(3)?;
    NAMES.iter().any(|n| *n == name).then_some(rest)
}

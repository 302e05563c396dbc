//! The two layouts that nearly every line of log begins with, read without the table: syslog's
//! `Dec  7 06:55:46` and RFC 3339's `2024-08-26T01:33:38.572449+02:00`. Whatever is not exactly
//! so is left to the table.

use tocsin_event::Time;

use super::{Civil, Stamp, month};

/// The length of syslog's time.
pub(super) const SYSLOG_LEN: usize = 15;

/// `Dec  7 06:55:46`, or the day with one digit and one blank.
pub(super) fn syslog(text: &str) -> Option<(Stamp, &str)> {
    let bytes = text.as_bytes().first_chunk::<SYSLOG_LEN>()?;
    let rest = text.get(SYSLOG_LEN..)?;
    let fixed = bytes[3] == b' ' && bytes[6] == b' ' && !starts_with_more(rest);
    let day = if bytes[4] == b' ' { digit(bytes[5])? } else { two(bytes[4], bytes[5])? };
    let secs = clock(bytes[7..].first_chunk()?)?;
    let civil = Civil { year: None, month: month(bytes)?, day: day as u8, secs, nanos: 0 };
    (fixed && (1..=31).contains(&day)).then_some((Stamp::Civil(civil), rest))
}

/// `2024-08-26T01:33:38.572449+02:00`, with or without fraction, `Z` or a numeric zone.
pub(super) fn rfc3339(text: &str) -> Option<(Stamp, &str)> {
    let bytes = text.as_bytes().first_chunk::<19>()?;
    if bytes[4] != b'-' || bytes[7] != b'-' || bytes[10] != b'T' {
        return None;
    }
    let year = two(bytes[0], bytes[1])? * 100 + two(bytes[2], bytes[3])?;
    let (month, day) = (two(bytes[5], bytes[6])?, two(bytes[8], bytes[9])?);
    let secs = clock(bytes[11..].first_chunk()?)?;
    let (nanos, rest) = fraction(text.get(19..)?)?;
    let (offset_secs, rest) = zone(rest)?;
    let plausible =
        (1970..=2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !plausible || starts_with_more(rest) {
        return None;
    }
    let local = Time::from_civil((i64::from(year), month as u8, day as u8), secs, nanos);
    Some((Stamp::Instant(Time(local.0 - offset_secs * 1_000_000_000)), rest))
}

/// `.572449`, up to nine digits, in nanoseconds; nothing is none.
fn fraction(text: &str) -> Option<(u32, &str)> {
    let Some(digits) = text.strip_prefix('.') else { return Some((0, text)) };
    let len = digits.bytes().take_while(u8::is_ascii_digit).count();
    if len == 0 || len > 9 {
        return None;
    }
    let (digits, rest) = digits.split_at_checked(len)?;
    let number: u32 = digits.bytes().fold(0, |n, digit| n * 10 + u32::from(digit - b'0'));
    Some((number * 10_u32.pow(9 - len as u32), rest))
}

/// `Z`, `+02:00` as seconds east of UTC.
fn zone(text: &str) -> Option<(i64, &str)> {
    if let Some(rest) = text.strip_prefix('Z') {
        return Some((0, rest));
    }
    let bytes = text.as_bytes().first_chunk::<6>()?;
    let sign = match bytes[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = (two(bytes[1], bytes[2])?, two(bytes[4], bytes[5])?);
    let plausible = bytes[3] == b':' && hours <= 15 && minutes <= 59;
    plausible.then_some((sign * i64::from(hours * 3600 + minutes * 60), text.get(6..)?))
}

/// `06:55:46` in seconds since midnight, its eight bytes looked at together.
fn clock(text: &[u8; 8]) -> Option<u32> {
    // What is left of a digit is its value, of a colon nothing.
    let left = u64::from_be_bytes(*text) ^ u64::from_be_bytes(*b"00:00:00");
    let beyond_nine = left.wrapping_add(0x0606_0006_0600_0606) | left;
    if beyond_nine & 0xf0f0_fff0_f0ff_f0f0 != 0 {
        return None;
    }
    let [h, hour, _, m, minute, _, s, second] = left.to_be_bytes().map(u32::from);
    let (hour, minute, second) = (h * 10 + hour, m * 10 + minute, s * 10 + second);
    (hour <= 23 && minute <= 59 && second <= 59).then_some(hour * 3600 + minute * 60 + second)
}

/// Whether the time goes on: a fraction after syslog's, a digit after the zone.
pub(super) fn starts_with_more(rest: &str) -> bool {
    matches!(rest.as_bytes().first(), Some(b'.' | b',' | b'0'..=b'9'))
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    Some(digit(tens)? * 10 + digit(ones)?)
}

fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

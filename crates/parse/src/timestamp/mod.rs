//! Times as logs write them: a table of layouts read from the start of a text. What a layout
//! leaves out (zone, year, date) is resolved by a [`Calendar`](crate::Calendar), never here.

mod frequent;
mod layout;

use tocsin_event::Time;

/// A time as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// An instant: zone and year were given.
    Instant(Time),
    /// A date and clock reading without zone; the year may be missing.
    Civil(Civil),
}

/// A date and clock reading as written, in some zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Civil {
    /// The year, where written.
    pub year: Option<i16>,
    /// 1-12, or 0 where only the time of day is written.
    pub month: u8,
    /// 1-31, or 0 where only the time of day is written.
    pub day: u8,
    /// Seconds since midnight, 0-86,400.
    pub secs: u32,
    /// Nanoseconds within the second.
    pub nanos: u32,
}

/// The layouts a log line may begin with, most frequent first. Letters: `Y` year, `y` two-digit
/// year, `m` month number, `b` month name, `d` day, `H` hour, `I` hour on a 12-hour clock, `M`
/// minute, `S` second with an optional fraction, `p` AM/PM, `a` weekday name, `z` zone where written, `Z` zone,
/// `s` seconds since the epoch with an optional fraction, `_` one or more blanks; anything else is
/// itself.
const LAYOUTS: &[&str] = &[
    "b_d_H:M:S",
    "Y-m-dTH:M:Sz",
    "Y-m-d_H:M:S Z",
    "Y-m-d_H:M:Sz",
    "Y/m/d_H:M:S",
    "d/b/Y:H:M:S Z",
    "d/b/Y_H:M:S",
    "a_b_d_H:M:S_Y",
    "a, d_b_Y_H:M:S Z",
    "b_d_Y_H:M:S",
    "Y_b_d_H:M:S",
    "b_d, Y_I:M:S p",
    "d-b-Y_H:M:S Z",
    "d-b-Y_H:M:S",
    "d-m-Y_H:M:S",
    "d/m/Y_H:M:S",
    "m/d/Y_H:M:S",
    "m/d/y_H:M:S",
    "Y.m.d_H:M:S",
    "Y:m:d-H:M:S",
    "Y-m-d_H:M",
    "m/d/Y_-_H:M:S",
    "m/d/Y-H:M:S",
    "m/d-H:M:S",
    "b-d-y_H:M:S",
    "d.m.Y_H:M:S",
    "d_b_Y_H:M:S",
    "ymd_H:M:S",
    "Ymd_H:M:S",
    "YmdTHMSz",
    "s",
    "H:M:S",
];

/// The time that a line began with last. Lines come many to the second, and syslog writes nothing
/// finer: what was read once is recognised.
#[derive(Clone, Debug, Default)]
pub struct Last {
    text: [u8; frequent::SYSLOG_LEN],
    stamp: Option<Stamp>,
}

impl Last {
    /// The same as [`leading`], which is asked where the text does not begin as the last one did.
    #[inline]
    pub fn leading<'t>(&mut self, text: &'t str) -> Option<(Stamp, &'t str)> {
        let begins = text.as_bytes().first_chunk();
        if let Some(stamp) = self.stamp
            && begins == Some(&self.text)
            && let Some(rest) = text.get(frequent::SYSLOG_LEN..)
            && !frequent::starts_with_more(rest)
        {
            return Some((stamp, rest));
        }
        self.leading_anew(text)
    }

    fn leading_anew<'t>(&mut self, text: &'t str) -> Option<(Stamp, &'t str)> {
        let (stamp, rest) = leading(text)?;
        let syslog =
            matches!(stamp, Stamp::Civil(civil) if civil.year.is_none() && civil.month > 0);
        if syslog
            && rest.len() + frequent::SYSLOG_LEN == text.len()
            && let Some(begins) = text.as_bytes().first_chunk()
        {
            *self = Last { text: *begins, stamp: Some(stamp) };
        }
        Some((stamp, rest))
    }
}

/// The time at the start of `text` and what follows it. Square brackets and quotes around the
/// time are taken with it.
#[must_use]
pub fn leading(text: &str) -> Option<(Stamp, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (stamp, rest) = bare(rest)?;
        return Some((stamp, rest.strip_prefix(']')?));
    }
    bare(text)
}

/// A count of units since the epoch: `whole` units of so many nanoseconds, and a decimal fraction of
/// one.
pub(crate) fn since_epoch(whole: &str, fraction: &str, unit_ns: i64) -> Option<Stamp> {
    let mut digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let billionths = digits.try_fold(0i64, |n, digit| {
        digit.is_ascii_digit().then(|| n * 10 + i64::from(digit - b'0'))
    })?;
    let within = billionths / (1_000_000_000 / unit_ns);
    let whole: i64 = whole.parse().ok()?;
    whole.checked_mul(unit_ns)?.checked_add(within).map(|ns| Stamp::Instant(Time(ns)))
}

/// The time at the start of `text`, without brackets, and what follows it.
#[must_use]
pub fn bare(text: &str) -> Option<(Stamp, &str)> {
    match text.as_bytes().first()? {
        b'@' => tai64n(text),
        first if first.is_ascii_alphanumeric() => {
            frequent::syslog(text).or_else(|| frequent::rfc3339(text)).or_else(|| tabled(text))
        }
        _ => None,
    }
}

/// Whether the text begins as an IPv4 address does. Many logs do, and no layout fits them.
fn is_address(text: &str) -> bool {
    let mut parts = text.as_bytes().splitn(4, |b| *b == b'.').take(3);
    let octet = |part: &[u8]| (1..=3).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
    parts.all(octet)
}

/// The time at the start of `text` in one of the layouts; an address is no time (`10.11.12.13`).
fn tabled(text: &str) -> Option<(Stamp, &str)> {
    if is_address(text) {
        return None;
    }
    LAYOUTS.iter().find_map(|layout| layout::read(layout, text))
}

/// The month of an English or widely seen abbreviated name, 1-12.
#[must_use]
pub fn month(name: &[u8]) -> Option<u8> {
    let [a, b, c] = *name.first_chunk::<3>()?;
    // One number for all three letters: compared in a few steps, not letter by letter.
    const fn word(letters: &[u8; 3]) -> u32 {
        u32::from_be_bytes([0, letters[0], letters[1], letters[2]])
    }
    let letters = word(&[a, b, c].map(|letter| letter | 0x20));
    const NAMES: [u32; 12] = [
        word(b"jan"),
        word(b"feb"),
        word(b"mar"),
        word(b"apr"),
        word(b"may"),
        word(b"jun"),
        word(b"jul"),
        word(b"aug"),
        word(b"sep"),
        word(b"oct"),
        word(b"nov"),
        word(b"dec"),
    ];
    let month = NAMES.iter().position(|name| *name == letters)?;
    [a, b, c].iter().all(u8::is_ascii_alphabetic).then_some(month as u8 + 1)
}

/// TAI64N, as multilog writes it: `@` and 24 hexadecimal digits (cr.yp.to/libtai/tai64.html).
fn tai64n(text: &str) -> Option<(Stamp, &str)> {
    let secs = u64::from_str_radix(text.get(1..17)?, 16).ok()?;
    let nanos = u32::from_str_radix(text.get(17..25)?, 16).ok()?;
    let secs = secs.checked_sub(1 << 62)?.checked_sub(10)?;
    let time = Time::from_parts(i64::try_from(secs).ok()?, nanos.min(999_999_999));
    Some((Stamp::Instant(time), text.get(25..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, &str) {
        let (stamp, rest) = leading(text).unwrap_or_else(|| panic!("no time in {text}"));
        let written = match stamp {
            Stamp::Instant(time) => time.to_string(),
            Stamp::Civil(c) => {
                let year = c.year.map_or("?".to_owned(), |y| y.to_string());
                let (h, m, s) = (c.secs / 3600, c.secs / 60 % 60, c.secs % 60);
                format!("{year}-{}-{} {h}:{m}:{s}.{}", c.month, c.day, c.nanos / 1_000_000)
            }
        };
        (written, rest)
    }

    #[test]
    fn years_beyond_reason_are_no_times() {
        for text in ["0000-00-00T00:00:00+15:00 x", "9999-12-31T23:59:59-15:00 x", "9999999999.5 x"]
        {
            assert_eq!(leading(text).map(|(stamp, _)| stamp), None, "{text}");
        }
    }

    #[test]
    fn times_are_read_as_services_write_them() {
        let cases = [
            ("Dec  7 06:55:46 host", "?-12-7 6:55:46.0", " host"),
            ("2024-08-26T01:33:38.572449+02:00 m", "2024-08-25T23:33:38.572449Z", " m"),
            ("2013-12-31 17:39:54.767815 [W", "2013-12-31 17:39:54.767", " [W"),
            ("[Tue Sep 30 11:30:13.262255 2014] [core", "2014-9-30 11:30:13.262", " [core"),
            ("[20/Jan/2015:19:53:28 +0100] \"", "2015-01-20T18:53:28Z", " \""),
            ("[18/Jan/2014 06:41:25] SMTP", "2014-1-18 6:41:25.0", " SMTP"),
            ("2015/10/29 20:01:02 [error]", "2015-10-29 20:1:2.0", " [error]"),
            ("19-Oct-2022 05:34:02.425 client", "2022-10-19 5:34:2.425", " client"),
            ("22-06-2014 09:56:12   smtp", "2014-6-22 9:56:12.0", "   smtp"),
            ("Apr-07-13 07:08:36 [SSL", "2013-4-7 7:8:36.0", " [SSL"),
            ("2014:07:02-00:17:45: '3", "2014-7-2 0:17:45.0", ": '3"),
            ("1386543323.250      4 91", "2013-12-08T22:55:23.250Z", "      4 91"),
            ("apr 15, 2013 8:34:08 PM org", "2013-4-15 20:34:8.0", " org"),
            ("01/25/22 16:08:02.393003 web", "2022-1-25 16:8:2.393", " web"),
            ("06/27/2014 17:51:19 Host", "2014-6-27 17:51:19.0", " Host"),
            ("2011.11.21 14:29:16 LOG3", "2011-11-21 14:29:16.0", " LOG3"),
            ("Mon Jun 8 12:08:53 2020 [pid", "2020-6-8 12:8:53.0", " [pid"),
            ("11:29:42.550475 IP", "?-0-0 11:29:42.550", " IP"),
            ("@400000004c91b044077a9e94 imap", "2010-09-16T05:50:50.125476500Z", " imap"),
        ];
        for (text, time, rest) in cases {
            assert_eq!(read(text), (time.to_owned(), rest), "{text}");
        }
    }

    #[test]
    fn a_time_said_again_is_read_as_before() {
        let mut last = Last::default();
        for text in [
            "Dec  7 06:55:46 a",
            "Dec  7 06:55:46 b",
            "Dec  7 06:55:46.5 c",
            "Dec  7 06:55:46,5 d",
            "Dec  7 06:55:467 e",
            "Dec  7 06:55:47 f",
            "[Dec 7 6:55:47] g",
        ] {
            assert_eq!(last.leading(text), leading(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_common_layouts_read_as_the_table_does(
            (year, month, day) in (1970..2100i32, 1..13u32, 1..29u32),
            (hour, minute, second) in (0..24u32, 0..60u32, 0..60u32),
            nanos in proptest::option::of(0..1_000_000u32),
            zone in "Z|[+-]0[0-9]:[0-5][0-9]",
        ) {
            let fraction = nanos.map_or(String::new(), |n| format!(".{n:06}"));
            let dated = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone} x");
            proptest::prop_assert_eq!(frequent::rfc3339(&dated), layout::read("Y-m-dTH:M:Sz", &dated));
            let short = format!("Feb {day:>2} {hour:02}:{minute:02}:{second:02} x");
            proptest::prop_assert_eq!(frequent::syslog(&short), layout::read("b_d_H:M:S", &short));
        }

        #[test]
        fn any_text_is_survived(text in ".{0,60}", digits in "[0-9:TZ.+ -]{0,40}") {
            for text in [text.as_str(), &digits] {
                if let Some((_, rest)) = leading(text) {
                    proptest::prop_assert!(text.ends_with(rest));
                }
            }
        }
    }

    #[test]
    fn what_is_no_time_is_not_read_as_one() {
        for text in [
            "",
            "Dec",
            "192.0.2.1 - -",
            "Failed password",
            "99/99/9999 99:99:99",
            "2024-13-01T00:00:00Z",
        ] {
            assert_eq!(leading(text), None, "{text}");
        }
    }
}

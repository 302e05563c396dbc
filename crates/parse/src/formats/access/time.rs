//! The time of an access log line, `20/Jan/2015:19:53:28 +0100`, read in place; any other layout
//! is looked up in the table of all layouts.

use tocsin_event::Time;

use crate::timestamp::{self, Civil, Stamp};

/// The time in the brackets of an access log line.
pub(super) fn read(text: &str) -> Option<Stamp> {
    fixed(text.as_bytes()).or_else(|| timestamp::bare(text).map(|(stamp, _)| stamp))
}

fn fixed(text: &[u8]) -> Option<Stamp> {
    let (clock, zone) = text.split_at_checked(20)?;
    let &[d1, d2, b'/', m1, m2, m3, b'/', y1, y2, y3, y4, b':', h1, h2, b':', n1, n2, b':', s1, s2] =
        clock
    else {
        return None;
    };
    let number = |digits: &[u8]| {
        let valid = digits.iter().all(u8::is_ascii_digit);
        valid.then(|| digits.iter().fold(0u32, |n, digit| n * 10 + u32::from(digit - b'0')))
    };
    let (day, year) = (number(&[d1, d2])? as u8, number(&[y1, y2, y3, y4])? as i16);
    let month = timestamp::month(&[m1, m2, m3])?;
    let secs = number(&[h1, h2])? * 3600 + number(&[n1, n2])? * 60 + number(&[s1, s2])?;
    if !(1..=31).contains(&day) || !(1970..=2200).contains(&year) || secs > 86_400 {
        return None;
    }
    let &[b' ', sign @ (b'+' | b'-'), z1, z2, z3, z4, ..] = zone else {
        let civil = Civil { year: Some(year), month, day, secs, nanos: 0 };
        return zone.trim_ascii().is_empty().then_some(Stamp::Civil(civil));
    };
    let ahead = i64::from(number(&[z1, z2])? * 3600 + number(&[z3, z4])? * 60);
    let ahead = if sign == b'-' { -ahead } else { ahead };
    let local = Time::from_civil((i64::from(year), month, day), secs, 0);
    Some(Stamp::Instant(Time(local.0 - ahead * 1_000_000_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_layout_reads_as_the_table_does() {
        for text in ["20/Jan/2015:19:53:28 +0100", "01/Dec/2024:00:00:60 -0730"] {
            assert!(fixed(text.as_bytes()).is_some(), "{text}");
            assert_eq!(read(text), timestamp::bare(text).map(|(stamp, _)| stamp), "{text}");
        }
        for text in
            ["99/Jan/2015:19:53:28 +0100", "20/Jan/2015", "warn", "1/Jan/2015:19:53:28 +0100"]
        {
            assert_eq!(fixed(text.as_bytes()), None, "{text}");
        }
    }
}

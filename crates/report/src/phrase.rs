//! Numbers, spans and times in words people read without effort. Times are UTC and say so.

use tocsin_event::{AlertStatus, Duration, Time};

/// A count with thousands separated by commas.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count and its noun: `1 alert`, `2,000 alerts`.
#[must_use]
pub fn counted(n: u64, noun: &str) -> String {
    let plural = match noun.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    };
    format!("{} {}", count(n), if n == 1 { noun } else { &plural })
}

/// A measured value: whole numbers as counts, others with three digits that mean something.
pub(crate) fn value(x: f64) -> String {
    let size = x.abs();
    if !x.is_finite() {
        return "unknown".to_owned();
    }
    if x.fract() == 0.0 && size < 1e15 {
        return format!("{}{}", if x < 0.0 { "-" } else { "" }, count(size as u64));
    }
    if !(1e-6..1e15).contains(&size) {
        return format!("{x:.2e}");
    }
    let decimals = (2.0 - size.log10().floor()).max(0.0) as usize;
    let digits = format!("{x:.decimals$}");
    match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => digits,
    }
}

/// A share of 1 as a percentage.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// How rare a p-value is, in windows, to two digits.
pub(crate) fn rarity(p: f64) -> String {
    match p {
        p if p > 0.0 && p < 1.0 => {
            let step = 10_f64.powf((1.0 / p).log10().floor() - 1.0).max(1.0);
            let windows = (1.0 / p / step).round() * step;
            format!("p = {}, 1 normal window in {}", value(p), value(windows))
        }
        p => format!("p = {}", value(p)),
    }
}

/// A span in its two largest units: `3 h 12 min`.
#[must_use]
pub fn span(length: Duration) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let secs = length.0.max(0) / 1_000_000_000;
    let Some(at) = UNITS.iter().position(|(size, _)| secs >= *size) else {
        return "under 1 s".to_owned();
    };
    let mut rest = secs;
    let mut words = Vec::new();
    for (size, unit) in UNITS.iter().skip(at).take(2) {
        if rest >= *size {
            words.push(format!("{} {unit}", rest / size));
        }
        rest %= size;
    }
    words.join(" ")
}

/// A time to the second, without its zone.
pub(crate) fn clock(time: Time) -> String {
    let text = time.to_string();
    let whole = text.split(['.', 'Z']).next().unwrap_or_default();
    whole.replacen('T', " ", 1)
}

/// A time to the second with its zone.
pub(crate) fn moment(time: Time) -> String {
    if time.is_known() { format!("{} UTC", clock(time)) } else { "at an unknown time".to_owned() }
}

/// From one time to another, and how long that is.
pub(crate) fn from_to(start: Time, end: Time) -> String {
    if !start.is_known() || !end.is_known() {
        return moment(if start.is_known() { start } else { end });
    }
    let last = clock(end);
    let last = match last.split_once(' ') {
        Some((_, hours)) if start.date() == end.date() => hours,
        _ => &last,
    };
    if clock(start) == clock(end) {
        return moment(start);
    }
    format!("{} to {last} UTC ({})", clock(start), span(end - start))
}

/// The first letter as a capital.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// A feature's or tactic's name as words: `credential-access` is `credential access`.
pub(crate) fn words(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

/// The word for where an alert stands.
pub(crate) fn status(status: AlertStatus) -> &'static str {
    match status {
        AlertStatus::New => "new",
        AlertStatus::Investigating => "investigating",
        AlertStatus::Resolved => "resolved",
        AlertStatus::Dismissed => "dismissed",
        AlertStatus::Escalated => "escalated",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1_204_331), "1,204,331");
        assert_eq!(counted(1, "alert"), "1 alert");
        assert_eq!(counted(3, "entity"), "3 entities");
        assert_eq!(value(812.0), "812");
        assert_eq!(value(0.5), "0.5");
        assert_eq!(value(0.012_345), "0.0123");
        assert_eq!(value(1234.567), "1235");
        assert_eq!(value(-2.25), "-2.25");
        assert_eq!(value(0.000_021), "0.000021");
        assert_eq!(value(0.000_000_02), "2.00e-8");
        assert_eq!(rarity(0.000_021), "p = 0.000021, 1 normal window in 48,000");
        assert_eq!(value(f64::NAN), "unknown");
    }

    #[test]
    fn spans_name_their_two_largest_units() {
        assert_eq!(span(Duration::from_secs(11_530)), "3 h 12 min");
        assert_eq!(span(Duration::from_secs(86_400)), "1 d");
        assert_eq!(span(Duration::from_secs(86_460)), "1 d");
        assert_eq!(span(Duration(5)), "under 1 s");
    }

    #[test]
    fn times_say_their_zone() {
        let at = Time::from_secs(1_700_000_000);
        let later = at + Duration::from_secs(90);
        assert_eq!(from_to(at, later), "2023-11-14 22:13:20 to 22:14:50 UTC (1 min 30 s)");
        assert_eq!(from_to(at, at), "2023-11-14 22:13:20 UTC");
        assert_eq!(moment(Time::UNKNOWN), "at an unknown time");
    }
}

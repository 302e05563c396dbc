//! From what was typed about the input to what is meant, for every command that reads logs.

use std::num::NonZero;
use std::thread;

use jiff::tz::{Offset, TimeZone};
use tocsin_node::event::Skipped;
use tocsin_node::formats::{FORMATS, Format, Formats};
use tocsin_node::progress::Progress;
use tocsin_node::source::{Order, ReadOptions};

use crate::cli::InputArgs;
use crate::exit::{Failure, say};

/// What was not read is told one by one, up to this many.
const UNREAD_SHOWN: usize = 20;
/// Most failures named where nothing could be read.
const NAMED: usize = 3;

/// How the input is to be read.
pub(crate) fn options(arguments: &InputArgs, order: Order) -> Result<ReadOptions, Failure> {
    let available = thread::available_parallelism().map_or(1, NonZero::get);
    Ok(ReadOptions {
        zone: arguments.tz.as_deref().map(zone).transpose()?.unwrap_or(TimeZone::UTC),
        year: arguments.year,
        format: arguments.format.as_deref().map(format).transpose()?,
        threads: arguments.threads.map_or(available, usize::from),
        order,
    })
}

/// The line that tells how far reading has come, unless it is unwanted.
pub(crate) fn progress(quiet: bool) -> Progress {
    if quiet { Progress::hidden() } else { Progress::on_terminal() }
}

/// The failure of a command that found nothing to read.
pub(crate) fn nothing_read(skipped: &[Skipped]) -> Failure {
    let named: Vec<String> =
        skipped.iter().take(NAMED).map(|s| format!("{}: {}", s.name, s.reason)).collect();
    let more = match skipped.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    match named.is_empty() {
        true => Failure::unreadable("nothing to read: the folder holds no files"),
        false => Failure::unreadable(format!("nothing could be read: {}{more}", named.join("; "))),
    }
}

/// Tells what was not read, `whose` it was before each.
pub(crate) fn say_unread(whose: &str, unread: &[Skipped]) {
    for skipped in unread.iter().take(UNREAD_SHOWN) {
        say(&format!("{whose}{}: not read: {}", skipped.name, skipped.reason));
    }
    let more = unread.len().saturating_sub(UNREAD_SHOWN);
    if more > 0 {
        say(&format!("{whose}{more} more files were not read; `tocsin scan -o json` names them"));
    }
}

fn zone(name: &str) -> Result<TimeZone, Failure> {
    let fixed = offset(name).map(TimeZone::fixed);
    fixed.or_else(|| TimeZone::get(name).ok()).ok_or_else(|| {
        Failure::usage(format!(
            "`{name}` is not a known time zone: use a name such as Europe/Berlin, or +02:00"
        ))
    })
}

/// An offset from UTC, such as `+02:00` or `-0530`.
fn offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes: i32 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    let seconds = (hours.parse::<i32>().ok()? * 60 + minutes) * 60;
    Offset::from_seconds(sign * seconds).ok().filter(|_| (0..60).contains(&minutes))
}

fn format(name: &str) -> Result<&'static Format, Failure> {
    Formats::named(name).ok_or_else(|| {
        let mut names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        names.sort_unstable();
        Failure::usage(format!("`{name}` is not a known format: use one of {}", names.join(", ")))
    })
}

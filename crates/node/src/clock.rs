//! The only place that asks what time it is. Event time never comes from here: only progress,
//! rates and durations shown to people do.

pub use std::time::{Duration, Instant};

use std::time::{SystemTime, UNIX_EPOCH};

use tocsin_event::Time;

/// Now, on a clock that never goes back.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the node's own clock")]
pub fn now() -> Instant {
    Instant::now()
}

/// The time of day, for what has no time of its own: a stream is as old as its reading.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the node's own clock")]
pub fn today() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_secs(i64::try_from(since.as_secs()).unwrap_or_default())
}

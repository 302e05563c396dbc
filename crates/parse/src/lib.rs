//! Bytes to records to events.
//!
//! A line is taken apart by [`header`]; the [`mod@format`] that knows its program, or its looks, reads
//! the message; what no format knows gets the [`generic`](self) reading. Reading never fails: what
//! is not understood is an event that says so. No file is opened here.

pub mod address;
mod calendar;
mod call;
pub mod capture;
pub mod exports;
mod find;
pub mod format;
mod formats;
mod generic;
pub mod header;
pub mod http;
mod json;
mod known;
mod named;
mod object;
mod parser;
mod ready;
mod sessions;
mod shape;
pub mod timestamp;
mod traffic;
pub mod utmp;
pub mod wording;
mod wrapped;
mod xml;

pub use calendar::{Assumed, Calendar};
pub use format::{Format, Framing};
pub use formats::FORMATS;
pub use parser::{LINE_MAX, Options, Parser};
pub use ready::Formats;

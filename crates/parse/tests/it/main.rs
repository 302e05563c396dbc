//! What the parsers make of real wordings.

mod any_text;
mod fixtures;

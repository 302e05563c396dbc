//! What the parsers make of real wordings.

mod fixtures;
mod hostile;

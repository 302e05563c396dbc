//! What each report says of one made-up scan, and what no report may ever let through.

mod golden;
mod hostile;
mod sample;
mod schema;

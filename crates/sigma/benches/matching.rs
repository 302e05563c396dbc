//! Matching speed.

fn main() {}

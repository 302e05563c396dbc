//! What holds of any line holds of the longest; `benches/longest.rs` says what they cost.

use tocsin_fuzz::{longest, run, seed};
use tocsin_parse::FORMATS;

/// One in so many is looked at: together they take minutes.
const SHARE: usize = 67;

#[test]
fn the_longest_lines_are_read_like_others() {
    let mut number = 0;
    for format in FORMATS {
        for line in seed::fixture(format.name).unwrap().lines() {
            longest::lengthen(line, &mut |long| {
                number += 1;
                if number % SHARE == 0 {
                    run("applications", long.as_bytes());
                }
            });
        }
    }
}

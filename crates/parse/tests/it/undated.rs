//! When records are that do not say so.

use tocsin_event::Time;

use crate::reading::Parsed;

fn told(text: &str) -> (Vec<String>, Vec<String>) {
    let parsed = Parsed::text(text);
    let times = parsed.batch.iter().map(|event| event.time.to_string());
    (times.collect(), parsed.summary.assumptions)
}

#[test]
fn records_before_the_first_time_are_put_at_it_and_later_ones_at_that_before_them() {
    let (times, assumed) = told("a banner\n2024-05-12T07:46:40Z web app: on\nand more\n");
    assert_eq!(times, vec!["2024-05-12T07:46:40Z"; 3]);
    assert_eq!(assumed, ["records before the first time are put at it"]);
}

#[test]
fn records_of_a_source_without_times_are_put_where_it_was_last_written() {
    let (times, assumed) = told("login failed for eve from 192.0.2.7\na line\n");
    assert_eq!(times, vec![Time::from_civil((2024, 12, 31), 0, 0).to_string(); 2]);
    let why =
        "records without time are put at 2024-12-31T00:00:00Z, when the source was last written";
    assert_eq!(assumed, [why]);
}

//! Log text is hostile: whatever a line holds, it is one event and nothing panics.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use tocsin_event::{Batch, Time};
use tocsin_parse::{FORMATS, Formats, Options, Parser};

fn fixture_lines() -> Vec<String> {
    let log = |name: &str| format!("src/formats/{}/fixture.log", name.replace('-', "_"));
    let texts = FORMATS.iter().filter_map(|format| std::fs::read_to_string(log(format.name)).ok());
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Events of the text; records of the audit trail may be joined to one.
fn events_of(formats: &Formats, text: String) -> usize {
    let options = Options {
        zone: TimeZone::UTC,
        year: None,
        reference: Time::from_civil((2024, 12, 31), 0, 0),
        format: None,
    };
    let mut batch = Batch::new("hostile.log".into(), text);
    let mut parser = Parser::new(formats, "hostile.log", options);
    parser.read(&mut batch);
    parser.finish(&mut batch);
    batch.len()
}

proptest! {
    #[test]
    fn spliced_lines_are_events(
        first in any::<prop::sample::Index>(),
        second in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        noise in "[\\[\\]()<>{}\"':;,=#@|/ %\u{e9}0-9a-f]{0,12}",
    ) {
        let formats = Formats::new().unwrap();
        let lines = fixture_lines();
        let (first, second) = (first.get(&lines), second.get(&lines));
        let at = |text: &str| (0..=cut.index(text.len() + 1)).rev().find(|n| text.is_char_boundary(*n));
        let head = first.split_at(at(first).unwrap()).0;
        let tail = second.split_at(at(second).unwrap()).1;
        let line = format!("x{head}{noise}{tail}");
        let events = events_of(&formats, format!("{}\n{head}{noise}{tail}x\n", line));
        prop_assert!((1..=2).contains(&events), "{events} events");
    }
}

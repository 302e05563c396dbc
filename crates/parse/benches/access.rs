//! Combined access logs, read and normalised in process. The goal is 1.5 M lines/s a core:
//! `cargo bench -p tocsin-parse --bench access`.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use jiff::tz::TimeZone;
use tocsin_event::{Batch, Time};
use tocsin_parse::{Formats, Options, Parser};

const LINES: usize = 10_000;

fn main() {
    divan::main();
}

fn combined() -> String {
    let line = |n: usize| {
        let (third, fourth) = (n / 250 % 250, n % 250);
        format!(
            "192.0.{third}.{fourth} - - [20/Jan/2015:19:{:02}:{:02} +0100] \"GET /shop/item.html?id={n} \
             HTTP/1.1\" 200 {} \"https://www.example.com/shop/\" \"Mozilla/5.0 (X11; Linux x86_64) \
             AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36\"\n",
            n / 60 % 60,
            n % 60,
            n * 7,
        )
    };
    (0..LINES).map(line).collect()
}

#[divan::bench]
fn combined_lines(bencher: Bencher<'_, '_>) {
    let formats = Formats::new().unwrap_or_else(|e| panic!("{e}"));
    let text = combined();
    let mut batch = Batch::new("access.log".into(), String::new());
    bencher.counter(ItemsCount::new(LINES)).counter(BytesCount::of_str(&text)).bench_local(|| {
        batch.refill(|buffer| buffer.push_str(&text));
        let options = Options {
            zone: TimeZone::UTC,
            year: None,
            reference: Time::from_civil((2015, 12, 31), 0, 0),
            format: None,
        };
        Parser::new(&formats, "access.log", options).read(&mut batch);
        batch.len()
    });
}

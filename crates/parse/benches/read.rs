//! How fast lines are read and normalised, in process, on one thread. Real logs are read from
//! the shared data folder where it is present, the sshd fixture otherwise.

use std::path::Path;
use std::process::Command;

use divan::counter::{BytesCount, ItemsCount};
use jiff::tz::TimeZone;
use tocsin_event::{Batch, Time};
use tocsin_parse::{Formats, Options, Parser};

/// Lines of one measured batch: what fits the caches of a core, as in use.
const LINES: usize = 1_000;

fn main() {
    divan::main();
}

/// A log of the shared data, unpacked, or `fallback` repeated; cut to [`LINES`] lines.
fn log(path: &str, fallback: &str) -> String {
    let shared = "../../../shared/data/auth_ssh";
    let read = Command::new("gzip").arg("-dc").arg(Path::new(shared).join(path)).output();
    let read = read.ok().filter(|done| done.status.success());
    let text = read
        .and_then(|done| String::from_utf8(done.stdout).ok())
        .unwrap_or_else(|| divan::black_box(fallback).to_owned());
    text.lines().cycle().take(LINES).fold(String::new(), |all, line| all + line + "\n")
}

fn bench(bencher: divan::Bencher<'_, '_>, text: &str) {
    let formats = Formats::new().unwrap_or_else(|e| panic!("{e}"));
    let options = Options {
        zone: TimeZone::UTC,
        year: Some(2024),
        reference: Time::from_civil((2024, 12, 31), 0, 0),
        format: None,
    };
    let mut parser = Parser::new(&formats, "auth.log", options);
    let mut batch = Batch::new("auth.log".into(), String::new());
    bencher.counter(ItemsCount::new(LINES)).counter(BytesCount::of_str(text)).bench_local(|| {
        batch.refill(|into| into.push_str(text));
        parser.read(&mut batch);
        batch.len()
    });
}

const SSHD: &str = include_str!("../src/formats/sshd/fixture.log");

#[divan::bench]
fn openssh_2k(bencher: divan::Bencher<'_, '_>) {
    bench(bencher, &log("OpenSSH_2k.log.gz", SSHD));
}

#[divan::bench]
fn web_vm_week1(bencher: divan::Bencher<'_, '_>) {
    bench(bencher, &log("web_vm_week1.auth.log.gz", SSHD));
}

#[divan::bench]
fn text_of_unknown_services(bencher: divan::Bencher<'_, '_>) {
    let line = "Dec 10 06:55:46 lab gatekeeper[77]: login of user 'eve' from 192.0.2.31 failed: wrong password";
    bench(bencher, &log("absent", line));
}

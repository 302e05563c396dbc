//! Events come in one order, whatever the names of files and the number of threads.

use std::fs::File;
use std::io;
use std::time::{Duration, UNIX_EPOCH};

use tocsin_node::progress::Progress;
use tocsin_node::source::{Order, ReadOptions, find, read};

use crate::support::{Logs, by_time, events, gzip, lines, skipped};

#[test]
fn rotated_files_are_read_in_the_order_of_time() {
    let logs = Logs::new();
    logs.add("auth.log", lines("h", 300..302));
    logs.add("auth.log.1", lines("h", 200..202));
    logs.add("auth.log.2.gz", gzip(lines("h", 100..102)));
    let (events, report) = events(&[logs.root().into()], &by_time(1));
    let files: Vec<_> = events.iter().map(|e| e.split(' ').next().unwrap()).collect();
    let expected =
        ["auth.log.2.gz", "auth.log.2.gz", "auth.log.1", "auth.log.1", "auth.log", "auth.log"];
    assert_eq!(files, expected);
    let named: Vec<_> = report.sources.iter().map(|s| s.read).collect();
    assert_eq!(named, [2, 2, 2]);
}

#[test]
fn a_source_that_steps_back_in_time_keeps_its_own_order() {
    let logs = Logs::new();
    logs.add("a", lines("h", [10, 30, 20, 40])).add("b", lines("h", [25, 35]));
    let (events, _) = events(&[logs.root().into()], &by_time(1));
    let places: Vec<_> = events.iter().map(|e| e.rsplit_once(' ').unwrap().0).collect();
    assert_eq!(places, ["a 1", "b 1", "a 2", "a 3", "b 2", "a 4"]);
}

#[test]
fn a_source_that_begins_with_its_newest_record_is_read_from_its_end() {
    let logs = Logs::new();
    let many = (0..9_000).rev();
    logs.add("a", lines("h", many.clone())).add("b.gz", gzip(lines("i", many.map(|s| s / 50))));
    logs.add("c", lines("j", [100]));
    let (events, report) = events(&[logs.root().into()], &by_time(2));
    let times: Vec<_> = events.iter().filter_map(|event| event.rsplit(' ').next()).collect();
    assert_eq!(times.len(), 18_001);
    assert!(times.is_sorted(), "{:?}", &times[..9]);
    assert_eq!(events[0], "a 9000 2024-05-01T00:00:00Z", "the line it is in its file");
    let assumed = report.sources.iter().map(|source| source.assumptions.len());
    assert_eq!(assumed.collect::<Vec<_>>(), [1, 1, 0]);
    let (first, last) = (report.sources[0].first.unwrap(), report.sources[0].last.unwrap());
    assert_eq!((last - first).0, 8_999_000_000_000);
}

#[test]
fn records_without_time_stay_with_those_around_them() {
    let logs = Logs::new();
    logs.add("a", format!("no time\n{}again none\n", lines("h", [20])));
    logs.add("b", lines("h", [10, 30]));
    let (events, _) = events(&[logs.root().into()], &by_time(1));
    let places: Vec<_> = events.iter().map(|e| e.rsplit_once(' ').unwrap().0).collect();
    assert_eq!(places, ["b 1", "a 1", "a 2", "a 3", "b 2"]);
    assert!(events.iter().all(|event| !event.ends_with("unknown")), "{events:?}");
}

#[test]
fn a_source_without_times_is_read_if_named_and_put_where_it_was_last_written() {
    let logs = Logs::new();
    logs.add("a", "no time\nnone here\n").add("b", lines("h", [10, 30]));
    let written = UNIX_EPOCH + Duration::from_secs(1_714_521_615);
    File::options().write(true).open(logs.path("a")).unwrap().set_modified(written).unwrap();
    let (of_folder, report) = events(&[logs.root().into()], &by_time(1));
    assert_eq!(of_folder, ["b 1 2024-05-01T00:00:10Z", "b 2 2024-05-01T00:00:30Z"]);
    let why = "a: no record at its beginning has a time; it is read if you name it";
    assert_eq!(skipped(&report), [why]);
    let (events, report) = events(&[logs.root().into(), logs.path("a")], &by_time(1));
    let expected = [
        "b 1 2024-05-01T00:00:10Z",
        "a 1 2024-05-01T00:00:15Z",
        "a 2 2024-05-01T00:00:15Z",
        "b 2 2024-05-01T00:00:30Z",
    ];
    assert_eq!(events, expected);
    let assumed =
        "records without time are put at 2024-05-01T00:00:15Z, when the source was last written";
    assert!(report.sources.iter().any(|source| source.assumptions == [assumed]));
}

#[test]
fn any_number_of_threads_gives_the_same_events() {
    let logs = Logs::new();
    for n in 0..40u32 {
        let text = lines("h", (n * 100..n * 100 + 3000).map(|s| s * 7 % 9000 + s / 2));
        let name = format!("{n:02}.log");
        match n % 3 {
            0 => logs.add(&name, gzip(text)),
            _ => logs.add(&name, text),
        };
    }
    for order in [Order::ByTime, Order::OneByOne] {
        let with = |threads| ReadOptions { threads, order, ..ReadOptions::default() };
        let (one, one_report) = events(&[logs.root().into()], &with(1));
        let (four, four_report) = events(&[logs.root().into()], &with(4));
        assert_eq!(one.len(), 40 * 3000);
        assert!(one == four, "{order:?}: the events differ");
        assert_eq!(one_report.sources, four_report.sources);
    }
}

#[test]
fn a_file_is_read_once_whatever_its_names_and_copies() {
    let logs = Logs::new();
    let text = lines("h", 0..5000);
    logs.add("auth.log.1", &text).add("auth.log.1.gz", gzip(&text));
    logs.add("auth.log.2", text.replacen("port 4999", "port 4998", 1));
    std::os::unix::fs::symlink(logs.path("auth.log.1"), logs.path("link")).unwrap();
    let (events, report) = events(&[logs.root().into(), logs.path("auth.log.2")], &by_time(2));
    assert_eq!(events.len(), 2 * 5000, "one that differs in its last line is no copy");
    let first = logs.path("auth.log.1").display().to_string();
    let second = logs.path("auth.log.2").display().to_string();
    assert_eq!(
        skipped(&report),
        [
            format!("link: the same as {first}"),
            format!("auth.log.2: the same as {second}"),
            format!("auth.log.1.gz: the same content as {first}"),
        ]
    );
}

#[test]
fn an_error_of_the_sink_ends_the_reading() {
    let logs = Logs::new();
    for n in 0..9 {
        logs.add(&format!("{n}"), lines("h", n..n + 20_000));
    }
    let mut left = 100;
    let found = find(&[logs.root().into()]);
    let result = read(found, &by_time(4), &mut Progress::hidden(), &mut |_| {
        left -= 1;
        if left == 0 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    });
    assert_eq!(result.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    assert_eq!(left, 0);
}

#[test]
fn an_event_in_the_journal_and_in_a_text_file_counts_once() {
    let logs = Logs::new();
    let message = |n: u32| format!("Failed password for root from 192.0.2.1 port {n} ssh2");
    let entry = |n: u32| {
        format!(
            r#"{{"__REALTIME_TIMESTAMP":"{}","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"sshd","_PID":"7","MESSAGE":"{}"}}"#,
            1_714_521_600_700_000 + u64::from(n) * 1_000_000,
            message(n)
        ) + "\n"
    };
    let journal: String = (10..40).map(entry).collect();
    logs.add("journal.json", format!("{journal}{}", entry(39)));
    logs.add("auth.log", lines("h", 0..30)).add("other.log", lines("i", 0..30));
    let (events, report) = events(&[logs.root().into()], &by_time(1));
    assert_eq!((events.len(), report.duplicates), (31 + 30 + 30 - 20, 20));
    let also: Vec<_> = report.sources.iter().map(|s| s.skipped.values().sum::<u64>()).collect();
    assert_eq!(also.iter().sum::<u64>(), 20, "{:?}", report.sources);
    assert_eq!(also[2], 0, "another host is another event");
}

//! Login records that real services wrote, against the log they wrote beside them.

use std::path::Path;

use tocsin_event::{Class, Status};
use tocsin_parse::utmp;

use crate::reading::Parsed;

fn recorded(name: &str) -> Vec<u8> {
    let folder = Path::new("../../testdata/takeover");
    std::fs::read(folder.join(name)).unwrap()
}

fn count(parsed: &Parsed, provider: &str, status: Status) -> usize {
    let is = |event: &tocsin_event::EventRef<'_>| {
        let login = event.class == Class::Authentication && event.activity.0 == 1;
        event.provider == provider && login && event.status == status
    };
    parsed.batch.iter().filter(is).count()
}

#[test]
fn the_bad_logins_of_btmp_are_those_of_the_log() {
    let bytes = recorded("btmp");
    assert!(utmp::looks_like(&bytes[..4096]));
    let parsed = Parsed::text(&utmp::to_text(&bytes));
    assert_eq!(parsed.summary.parsed as usize, parsed.batch.len());
    let log = Parsed::text(&String::from_utf8_lossy(&recorded("auth.log")));
    // sshd records an attempt when the account does not exist, and again when the password fails.
    let says = |message: &str| {
        message.starts_with("Failed password") || message.starts_with("Invalid user")
    };
    let failed = log.batch.iter().filter(|event| says(event.message()));
    assert_eq!(count(&parsed, "utmp", Status::Failure), failed.count());
    assert!(parsed.batch.iter().all(|event| event.source_name().is_some()));
}

#[test]
fn the_logins_of_wtmp_come_from_where_the_log_says() {
    let bytes = recorded("wtmp");
    assert!(utmp::looks_like(&bytes));
    let parsed = Parsed::text(&utmp::to_text(&bytes));
    let log = Parsed::text(&String::from_utf8_lossy(&recorded("auth.log")));
    let accepted: Vec<_> = log
        .batch
        .iter()
        .filter(|event| event.message().starts_with("Accepted"))
        .map(|event| (event.user().to_owned(), event.src.ip))
        .collect();
    let logins = parsed.batch.iter().filter(|event| event.native("ut_type") == Some("7"));
    let logins: Vec<_> = logins.map(|event| (event.user().to_owned(), event.src.ip)).collect();
    assert!(!logins.is_empty());
    assert!(logins.iter().all(|login| accepted.contains(login)), "{logins:?}\n{accepted:?}");
}

#[test]
fn a_name_cannot_pass_for_the_record_of_another_service() {
    let forged = [
        "IN=eth0 SRC=198.51.100.9 DST=192.0.2.1",
        "sshd[1]: Accepted password for root from 198.51.100.9 port 22",
        "pam_unix(sshd:auth): authentication failure; rhost=198.51.100.9 user=root",
        "type=USER_LOGIN msg=audit(1715500000.000:7): acct=root res=success",
        "last message repeated 5 times",
        "{\"class_uid\":3002}",
    ];
    for name in forged {
        let line = format!(
            "[6] [00700] [ts/0] [{name}] [ssh:notty] [{name}] [192.0.2.1] [2024-05-12T07:46:40Z]"
        );
        let parsed = Parsed::text(&line);
        let event = parsed.batch.get(0).unwrap();
        assert_eq!((event.provider, event.user()), ("utmp", name));
        assert_eq!(event.src.ip, Some([192, 0, 2, 1].into()));
    }
}

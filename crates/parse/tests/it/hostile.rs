//! Whatever a log may hold, reading it ends with one account of every line.

use proptest::prelude::*;
use tocsin_event::ocsf;

use crate::reading::Parsed;

/// Pieces that formats look for, so that random lines reach deep into them.
fn line() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("type=SYSCALL msg=audit(1715500000.000:7): ".to_owned()),
        Just("type=EXECVE msg=audit(1715500000.000:7): argc=2 a0=".to_owned()),
        Just("type=SOCKADDR msg=audit(1715500000.000:7): saddr=0200".to_owned()),
        Just("msg='op=login acct=".to_owned()),
        Just(
            "{\"MESSAGE\":[72,300,\"\u{e9}\"],\"__REALTIME_TIMESTAMP\":\"9223372036854775807\""
                .to_owned()
        ),
        Just("{\"log\":\"".to_owned()),
        Just("\\ud83d\\n\",\"stream\":\"x\",\"time\":1}".to_owned()),
        Just(
            "{\"class_uid\":3002,\"metadata\":{\"sequence\":-1},\"time\":9223372036854775807"
                .to_owned()
        ),
        Just("<Event><System>Linux-Sysmon<EventID>1</EventID><EventData><Data Name=\"".to_owned()),
        Just("[7] [00812] [".to_owned()),
        Just("] [2024-05-12T07:46:40Z]".to_owned()),
        Just("2024-05-12 07:46:40,123 fail2ban.actions [812]: NOTICE [sshd] Ban ".to_owned()),
        Just("2024-05-12T07:46:40Z stdout F ".to_owned()),
        "\\PC{0,12}".prop_map(String::from),
        "[\"{}\\[\\]:,='&;x0-9A-F ]{0,12}".prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_line_is_accounted_for(lines in prop::collection::vec(line(), 1..8)) {
        let parsed = Parsed::text(&lines.join("\n"));
        let mut json = Vec::new();
        for event in parsed.batch.iter() {
            prop_assert!(event.record >= 1 || event.provider == "ocsf");
            json.clear();
            ocsf::write(&event, &mut json);
            let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
            prop_assert!(value["time"].is_i64());
        }
        let summary = &parsed.summary;
        let skipped: u64 = summary.skipped.values().sum();
        prop_assert!(summary.read <= lines.iter().map(|line| line.lines().count().max(1) as u64).sum());
        prop_assert!(parsed.batch.len() as u64 + skipped <= summary.read);
        prop_assert!(summary.parsed + skipped <= summary.read);
    }
}

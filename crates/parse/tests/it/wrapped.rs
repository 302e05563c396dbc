//! Records inside others: the journal's export, container logs, collectors.

use tocsin_event::{EventRef, ocsf};

use crate::reading::{Parsed, shared};

fn told(event: &EventRef<'_>) -> String {
    format!(
        "{} {} {}[{}] {} {:?}: {}",
        event.time,
        event.host(),
        event.program(),
        event.pid,
        event.provider,
        event.status,
        event.message()
    )
}

fn only(text: &str) -> Parsed {
    let parsed = Parsed::text(text);
    assert_eq!(parsed.batch.len(), 1, "{text}");
    parsed
}

#[test]
fn journal_entries_are_read_as_the_lines_they_were() {
    let entry = r#"{"__REALTIME_TIMESTAMP":"1715500000123456","_HOSTNAME":"web1","SYSLOG_IDENTIFIER":"sshd","_PID":"812","PRIORITY":"6","_SYSTEMD_UNIT":"ssh.service","MESSAGE":"Failed password for root from 192.0.2.1 port 22 ssh2"}"#;
    let parsed = only(entry);
    let event = parsed.batch.get(0).unwrap();
    assert_eq!(
        told(&event),
        "2024-05-12T07:46:40.123456Z web1 sshd[812] sshd Failure: Failed password for root from 192.0.2.1 port 22 ssh2"
    );
    assert_eq!(event.native("_SYSTEMD_UNIT"), Some("ssh.service"));
    assert_eq!(event.source_name().map(|name| name.to_string()).as_deref(), Some("192.0.2.1"));
}

#[test]
fn a_journal_message_may_be_bytes_or_nothing_or_escaped() {
    let entry = |message: &str| {
        format!(
            r#"{{"__REALTIME_TIMESTAMP":"1715500000000000","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"sshd","MESSAGE":{message}}}"#
        )
    };
    let message = |text: &str| only(&entry(text)).batch.get(0).unwrap().message().to_owned();
    assert_eq!(message("[72,105,255,10]"), "Hi\u{fffd}");
    assert_eq!(message("null"), "");
    assert_eq!(
        message(r#""Invalid user \"x\" from 192.0.2.1""#),
        "Invalid user \"x\" from 192.0.2.1"
    );
}

#[test]
fn a_journal_entry_of_the_audit_trail_is_an_audit_record() {
    let entry = r#"{"__REALTIME_TIMESTAMP":"1715500000000000","_HOSTNAME":"h","_TRANSPORT":"audit","SYSLOG_IDENTIFIER":"audit","MESSAGE":"USER_AUTH pid=1 uid=0 msg='op=x acct=\"root\" addr=192.0.2.1 res=failed'"}"#;
    let parsed = only(entry);
    let event = parsed.batch.get(0).unwrap();
    assert_eq!(
        (event.provider, event.user(), event.native("type")),
        ("auditd", "root", Some("USER_AUTH"))
    );
    assert_eq!(event.native("_TRANSPORT"), None);
}

#[test]
fn container_logs_are_read_as_the_lines_inside() {
    let docker = r#"{"log":"Accepted password for bob from 192.0.2.3 port 9 ssh2\n","stream":"stderr","time":"2024-05-12T07:46:40.5Z"}"#;
    let parsed = only(docker);
    let event = parsed.batch.get(0).unwrap();
    assert_eq!(event.message(), "Accepted password for bob from 192.0.2.3 port 9 ssh2");
    assert_eq!(event.time.to_string(), "2024-05-12T07:46:40.500Z");
    let kubernetes = "2024-05-12T07:46:40.5Z stdout F sshd[7]: Accepted password for bob from 192.0.2.3 port 9 ssh2";
    let parsed = only(kubernetes);
    let event = parsed.batch.get(0).unwrap();
    assert_eq!((event.provider, event.user(), event.pid), ("sshd", "bob", 7));
}

#[test]
fn what_collectors_wrapped_is_read_as_the_message_it_was() {
    for entry in [
        r#"{"appname":"sshd","procid":9,"hostname":"h","timestamp":"2024-05-12T07:46:40Z","message":"Invalid user x from 192.0.2.1"}"#,
        r#"{"host":"h","ident":"sshd","pid":"9","time":"2024-05-12T07:46:40Z","message":"Invalid user x from 192.0.2.1"}"#,
        r#"{"timereported":"2024-05-12T07:46:40Z","hostname":"h","programname":"sshd","procid":"9","msg":"Invalid user x from 192.0.2.1"}"#,
    ] {
        let parsed = only(entry);
        let event = parsed.batch.get(0).unwrap();
        let told = told(&event);
        assert_eq!(
            told,
            "2024-05-12T07:46:40Z h sshd[9] sshd Failure: Invalid user x from 192.0.2.1"
        );
    }
}

/// Written, read and written again, an event is the same.
#[test]
fn what_was_written_is_read_back_as_the_same_events() {
    for entry in std::fs::read_dir("src/formats").unwrap() {
        let fixture = entry.unwrap().path().join("fixture.log");
        if !fixture.exists() {
            continue;
        }
        let written = write(&Parsed::file(&fixture));
        let again = write(&Parsed::text(&written));
        for (first, second) in written.lines().zip(again.lines()) {
            assert_eq!(first, second, "{}", fixture.display());
        }
        assert_eq!(written.lines().count(), again.lines().count());
    }
}

fn write(parsed: &Parsed) -> String {
    let mut out = Vec::new();
    for event in parsed.batch.iter() {
        ocsf::write(&event, &mut out);
        out.push(b'\n');
    }
    String::from_utf8(out).unwrap()
}

#[test]
fn an_export_of_syslog_is_read_as_syslog() {
    let Some(folder) = shared("linux_host_attacks") else { return };
    let path = folder
        .join("syslog_sysmon_log4shell_cve2021_44228_jndi_reference_2022-05-11181020.json.gz");
    let text =
        std::io::read_to_string(flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()));
    let parsed = Parsed::text(&text.unwrap());
    assert_eq!((parsed.batch.len(), parsed.summary.parsed), (93, 93));
    let count = |class| parsed.batch.iter().filter(|event| event.class == class).count();
    use tocsin_event::Class;
    assert_eq!([count(Class::Process), count(Class::Network), count(Class::File)], [81, 6, 6]);
}

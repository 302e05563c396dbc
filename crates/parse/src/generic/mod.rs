//! A reading of services never seen before: who, from where, and how it went, from the words any
//! service would use. It knows no format; what it cannot tell it leaves unsaid.

mod account;
mod label;
mod lexicon;
mod peers;
mod request;

use tocsin_event::{Activity, Class, LogSource, Status, Writer};

use crate::header::Record;
use crate::wording::Meaning;
use lexicon::{Says, Topic, Words};

/// The provider of events read this way.
pub(crate) const NAME: &str = "text";
/// Where Sigma rules look for them.
pub(crate) const LOGSOURCE: &LogSource =
    &LogSource { product: "linux", category: "", service: "syslog" };

const WRONG: &str = "wrong credentials";

/// How much of a message is looked at: who and how stand near its start, and what an attacker
/// pads it with must not cost time.
const LOOKED_AT: usize = 2048;

/// Reads what it can. True where it found who it was about and how it went; otherwise the event
/// has at most its peers.
pub(crate) fn read(record: &Record<'_>, out: &mut Writer<'_>) -> bool {
    out.event.provider = NAME;
    out.event.logsource = LOGSOURCE;
    let text = beginning(with_data(record));
    let words = Words::of(text);
    let certainty = peers::read(text, out);
    let answer = request::read(text, &words, out);
    let outcome = answer.or_else(|| outcome(&words, certainty));
    let user = account::find(text, &words);
    out.event.user = out.span(user.unwrap_or_default());
    let known = !out.event.src.is_empty() || (words.about(Topic::Login) && user.is_some());
    let Some((status, detail)) = outcome.filter(|_| known) else { return false };
    let meaning = meaning(&words, status);
    meaning.because(reason(meaning, detail, &words)).apply(out);
    true
}

/// The message, from its id on where RFC 5424 gives data with it: services that do say there who
/// and from where.
fn with_data<'t>(record: &Record<'t>) -> &'t str {
    let mut parts = record.line.splitn(6, ' ');
    let frame = parts.next().unwrap_or_default();
    let named = parts.nth(4).filter(|_| frame.starts_with('<') && frame.ends_with(">1"));
    named.filter(|rest| rest.contains(" [") && rest.ends_with(record.body)).unwrap_or(record.body)
}

fn beginning(text: &str) -> &str {
    let end = (0..=LOOKED_AT.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.split_at(end.unwrap_or_default()).0
}

/// How it went, by the words; those that only hint at trouble count where there is no doubt that
/// they are about the peer.
fn outcome(words: &Words, certainty: peers::Certainty) -> Option<(Status, &'static str)> {
    let about_someone = words.about(Topic::Login) || words.about(Topic::Account);
    match words.outcome()? {
        Says::Failed(_) => Some((Status::Failure, words.detail())),
        Says::Trouble if about_someone || certainty >= peers::Certainty::Leading => {
            Some((Status::Failure, words.detail()))
        }
        Says::Succeeded | Says::Opened => Some((Status::Success, "")),
        Says::Trouble | Says::Nothing => None,
    }
}

/// A sign-in that plainly failed did so for its credentials, where nothing else is said: attempts
/// are counted by their reason.
fn reason(meaning: Meaning, detail: &'static str, words: &Words) -> &'static str {
    let signing_in = meaning.class == Class::Authentication && meaning.activity == Activity::LOGON;
    let failed = matches!(words.outcome(), Some(Says::Failed(_)));
    if detail.is_empty() && signing_in && failed { WRONG } else { detail }
}

fn meaning(words: &Words, status: Status) -> Meaning {
    let (class, activity) = if words.about(Topic::Request) && words.detail() != WRONG {
        (Class::Http, Activity::UNKNOWN)
    } else if words.about(Topic::Login) {
        (Class::Authentication, Activity::LOGON)
    } else if words.about(Topic::Logout) {
        (Class::Authentication, Activity::LOGOFF)
    } else if !words.about(Topic::Connection) {
        (Class::Base, Activity::UNKNOWN)
    } else if status == Status::Failure {
        (Class::Network, Activity::REFUSE)
    } else {
        (Class::Network, Activity::OPEN)
    };
    Meaning::new(class, activity, status)
}

#[cfg(test)]
mod tests {
    use tocsin_event::{Batch, Field};

    use super::*;

    fn read_body(body: &str) -> String {
        let mut batch = Batch::new("test".into(), body.to_owned());
        let (text, mut out) = batch.writer();
        let record = Record { line: text, body: text, ..Record::default() };
        let understood = read(&record, &mut out);
        out.commit();
        let event = batch.get(0).unwrap();
        assert!(body.contains(event.user()), "{:?} is not in {body:?}", event.user());
        let peer = |p: Option<tocsin_event::PeerName<'_>>| p.map(|p| p.to_string());
        format!(
            "{understood} {:?} {:?} {}>{} user={} {}",
            event.class,
            event.status,
            peer(event.source_name()).unwrap_or_default(),
            peer(event.target_name()).unwrap_or_default(),
            event.user(),
            event.attribute(Field::StatusDetail),
        )
    }

    #[test]
    fn a_service_never_seen_is_read_by_its_words() {
        let cases = [
            (
                "login of user 'eve' from 192.0.2.31 failed: wrong password",
                "true Authentication Failure 192.0.2.31> user=eve wrong credentials",
            ),
            (
                "authentication failure; logname= uid=0 tty=ssh ruser= rhost=192.0.2.9  user=eve",
                "true Authentication Failure 192.0.2.9> user=eve wrong credentials",
            ),
            (
                "authentication failure; logname= uid=0 tty=ssh ruser= rhost=192.0.2.9",
                "true Authentication Failure 192.0.2.9> user= wrong credentials",
            ),
            (
                "user=bob remote=[2001:db8::7]:4711 local=198.51.100.1 result=denied",
                "true Base Failure 2001:db8::7>198.51.100.1 user=bob denied",
            ),
            (
                r#"{"event":"logon","username":"ann","remote_ip":"192.0.2.7","ok":"logged in"}"#,
                "true Authentication Success 192.0.2.7> user=ann ",
            ),
            (
                "connection from gate.example.com (192.0.2.9:5121) to 198.51.100.2:22 refused",
                "true Network Failure 192.0.2.9>198.51.100.2 user= denied",
            ),
            (
                r#"192.0.2.8 - - "POST /wp-login.php HTTP/1.1" 403 12"#,
                "true Http Failure 192.0.2.8> user= forbidden",
            ),
            (
                "admin login for root from 192.0.2.5 failed",
                "true Authentication Failure 192.0.2.5> user=root wrong credentials",
            ),
            (
                "Invalid login as root from 192.0.2.5",
                "true Authentication Failure 192.0.2.5> user=root wrong credentials",
            ),
            (
                "too many failed login attempts, banning 192.0.2.6",
                "true Authentication Failure 192.0.2.6> user= too many attempts",
            ),
            ("cache warmed in 3 ms, 0 failures, no errors", "false Base Unknown > user= "),
        ];
        for (body, expected) in cases {
            assert_eq!(read_body(body), expected, "{body}");
        }
    }

    #[test]
    fn a_name_cannot_pass_for_the_address() {
        for body in [
            "login failed for user 'x from 198.51.100.9' from 192.0.2.1",
            "login failed for user x rhost=198.51.100.9 rhost=192.0.2.1",
            "[client 192.0.2.1] user x from 198.51.100.9 not found",
            "Failed login for \"a\" ip=198.51.100.9\" ip=192.0.2.1",
        ] {
            assert!(read_body(body).contains(" 192.0.2.1>"), "{body}: {}", read_body(body));
        }
    }

    #[test]
    fn words_are_found_within_others_but_not_in_names() {
        assert!(read_body("192.0.2.1: PREAUTH_FAILED").contains("Failure"));
        assert!(read_body("query failed.example.com from 192.0.2.1").contains("Unknown"));
    }

    #[test]
    fn addresses_stand_behind_marks_and_before_ports() {
        for body in [
            "worker[eve]:192.0.2.1:50212 failed",
            "block REGISTER (IP:192.0.2.1:5060)",
            "rejected connection: 192.0.2.1::51000",
            "fw=198.51.100.1 msg=denied src=192.0.2.1:51000:X1 dst=198.51.100.2:22:X0",
            "login failed, client address IPv4:192.0.2.1",
            "transfer of example.org denied to 192.0.2.1",
        ] {
            assert!(read_body(body).contains("Failure 192.0.2.1>"), "{body}: {}", read_body(body));
        }
    }

    #[test]
    fn a_negated_word_says_the_opposite() {
        assert!(read_body("peer 192.0.2.1 not accepted").contains("Failure"));
        assert!(read_body("peer 192.0.2.1: no error").contains("Unknown"));
        assert!(read_body("peer 192.0.2.1: failures=0").contains("Unknown"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived_and_stays_within(body in ".{0,300}") {
            read_body(&body);
        }

        #[test]
        fn text_made_of_telling_words_is_survived(
            words in proptest::collection::vec(
                proptest::sample::select(&[
                    "from", "user", "user=", "'", "\"", "[", "]", "192.0.2.1", "::1", "é", ":", "=",
                    "failed", "HTTP/1.1", "\"GET ", "for", "rhost=", "-", "\u{feff}", " ", "%", "not",
                ][..]),
                0..40,
            )
        ) {
            read_body(&words.concat());
            read_body(&words.join(" "));
        }
    }
}

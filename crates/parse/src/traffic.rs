//! What the records of flows have in common: how it went, over what, how long.

use tocsin_event::{Activity, Class, Field, Status, Writer};

use crate::wording::Meaning;

/// What became of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Somebody answered, or nothing tells that nobody did.
    Given,
    /// The one called refused, or something between.
    Refused,
    /// Nothing came back.
    Missing,
}

/// What a flow means: of the protocols only TCP must be answered.
pub(crate) fn meaning(protocol: &str, answer: Answer) -> Meaning {
    match answer {
        Answer::Refused => Meaning::REFUSED,
        Answer::Missing if protocol.eq_ignore_ascii_case("tcp") => {
            Meaning::new(Class::Network, Activity::FAIL, Status::Failure)
        }
        _ => Meaning::new(Class::Network, Activity::TRAFFIC, Status::Success),
    }
}

/// What a query means by its outcome (`NOERROR`), empty where nobody answered: OCSF tells the question
/// apart from both.
pub(crate) fn dns_meaning(outcome: &str) -> Meaning {
    let (activity, status) = match outcome {
        "" => (Activity::QUERY, Status::Unknown),
        "NOERROR" => (Activity::TRAFFIC, Status::Success),
        _ => (Activity::TRAFFIC, Status::Failure),
    };
    Meaning::new(Class::Dns, activity, status)
}

/// Whether somebody answered a flow of which this much came back.
pub(crate) fn answered(came_back: &str) -> Answer {
    if came_back == "0" { Answer::Missing } else { Answer::Given }
}

/// Sets how long it lasted, told in seconds with a fraction; OCSF counts milliseconds.
pub(crate) fn lasted(seconds: &str, out: &mut Writer<'_>) {
    if let Ok(seconds) = seconds.parse::<f64>()
        && (0.0..1e12).contains(&seconds)
    {
        out.set(Field::Duration, &((seconds * 1000.0).round() as u64).to_string());
    }
}

/// The names of IANA's numbers that rules ask for; others stay numbers.
pub(crate) fn protocol(number: &str) -> &str {
    match number {
        "1" => "icmp",
        "2" => "igmp",
        "6" => "tcp",
        "17" => "udp",
        "47" => "gre",
        "50" => "esp",
        "58" => "icmp6",
        "132" => "sctp",
        "-" => "",
        other => other,
    }
}

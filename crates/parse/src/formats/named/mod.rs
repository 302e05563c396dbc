//! BIND's named, in syslog or in a file of its own, where categories and levels come first:
//! `security: info: client @0x7f 192.0.2.1#53 (example.com): query (cache) 'example.com/A/IN' denied`.

use tocsin_event::{Activity, Class, Status, Writer};

use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("named", &[], WORDINGS).with_frame(frame);

const ASKED: Meaning = Meaning::new(Class::Dns, Activity::QUERY, Status::Unknown);
const REFUSED: Meaning = Meaning::new(Class::Dns, Activity::QUERY, Status::Failure);
const ANSWER_DENIED: Meaning = REFUSED.because("denied");
const LIMITED: Meaning = REFUSED.because("rate limited");
const MALFORMED: Meaning = REFUSED.because("protocol error");

const WORDINGS: &[Wording] = &[
    says("{src}#{sport}{_}: query: {query} IN {qtype} +", ASKED),
    says("{src}#{sport}{_}: query: {query} IN {qtype} -", ASKED),
    says("{src}#{sport}{_}: query (cache) '{query}/{qtype}/{_}' denied", ANSWER_DENIED),
    says("{src}#{sport}{_}: query '{query}/{qtype}/{_}' denied", ANSWER_DENIED),
    says("{src}#{sport}{_}: zone transfer '{query}/{qtype}/{_}' denied", ANSWER_DENIED),
    says("{src}#{sport}{_}: bad zone transfer request: '{query}/", ANSWER_DENIED),
    says("{src}#{sport}{_}: update '{query}/{_}' denied", ANSWER_DENIED),
    says("{src}#{sport}{_}: update forwarding '{query}/{_}' denied", ANSWER_DENIED),
    says("{src}#{sport}{_}: notify question section", ANSWER_DENIED),
    says("{src}#{sport}{_}: rate limit {w} {_} response to", LIMITED),
    says("{src}#{sport}{_}: request has invalid signature", MALFORMED),
    says("{src}#{sport}{_}: message parsing failed", MALFORMED),
    says("{src}#{sport}", Meaning::NOTED),
];

/// Words that may come before `client`: categories and levels, each with a colon.
const WORDS_BEFORE: usize = 3;

/// Narrows the record to what follows `client @0x7f65100ee4d8 `.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    let named = record.program == "named";
    let mut text = if named { record.body } else { record.text };
    for _ in 0..WORDS_BEFORE {
        match text.split_once(' ') {
            Some((word, rest)) if word.ends_with(':') => text = rest,
            _ => break,
        }
    }
    let Some(mut client) = text.strip_prefix("client ") else { return Framing::Foreign };
    if client.starts_with('@') {
        client = client.split_once(' ').map_or("", |(_, rest)| rest);
    }
    if !client.contains('#') {
        return Framing::Foreign;
    }
    if !named {
        record.without_tag();
    }
    record.body = client;
    Framing::Message
}

//! Roundcube webmail, in syslog or in its own `errors` and `userlogins` files. The user's name comes
//! twice, the second time within the IMAP server's answer, and may hold anything.

use tocsin_event::Writer;

use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("roundcube", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("IMAP Error: Login failed for {user} against {_} from {src}", WRONG),
    says("IMAP Error: Login failed for {user} from {src}", WRONG),
    says("FAILED login for {user} from {src}", WRONG),
    says("Failed login for {user} from {src}", WRONG),
    says("Successful login for {user} (ID: {_}) from {src}", Meaning::LOGIN),
    says("Successful login for {user} from {src}", Meaning::LOGIN),
];

const OPENINGS: &[&str] = &["IMAP Error: ", "FAILED login", "Failed login", "Successful login"];

/// Narrows the record to the message, without the session's id before it and the IMAP server's
/// answer behind it.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    let opens = |text: &str| {
        text.starts_with(['I', 'F', 'S']) && OPENINGS.iter().any(|o| text.starts_with(o))
    };
    let session =
        |text: &str| text.starts_with('<') && find::split(text, "> ").is_some_and(|t| opens(t.1));
    let Some(text) = [record.body, record.text].into_iter().find(|t| opens(t) || session(t)) else {
        return Framing::Foreign;
    };
    if !record.program.starts_with("roundcube") {
        record.without_tag();
    }
    let text =
        if text.starts_with('<') { find::split(text, "> ").map_or(text, |t| t.1) } else { text };
    record.body = find::split_last(text, ". AUTHENTICATE ").map_or(text, |(before, _)| before);
    Framing::Message
}

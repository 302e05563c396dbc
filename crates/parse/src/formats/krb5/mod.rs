//! MIT Kerberos: what the KDC answered to whom, and who asked kadmind for what is not theirs.

use tocsin_event::Writer;

use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("krb5", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const TOO_MANY: Meaning = Meaning::LOGIN_FAILED.because("too many attempts");

const WORDINGS: &[Wording] = &[
    // Every client asks once without proof and is told to bring it.
    says("AS_REQ ({_}) {src}: NEEDED_PREAUTH: {user} for {_}", Meaning::NOTED),
    says("AS_REQ ({_}) {src}: ISSUE: {_} ses={_}, {user} for {_}", Meaning::LOGIN),
    says("AS_REQ ({_}) {src}: PREAUTH_FAILED: {user} for {_}", WRONG),
    says("AS_REQ ({_}) {src}: BAD_ENCRYPTION_TYPE: {user} for {_}", NOT_ALLOWED),
    says("AS_REQ ({_}) {src}: CLIENT_NOT_FOUND: {user} for {_}", INVALID_USER),
    says("AS_REQ ({_}) {src}: LOCKED_OUT: {user} for {_}", TOO_MANY),
    says("AS_REQ ({_}) {src}: CLIENT EXPIRED: {user} for {_}", NOT_ALLOWED),
    says("AS_REQ ({_}) {src}: CLIENT LOCKED OUT: {user} for {_}", TOO_MANY),
    says("AS_REQ ({_}) {src}: REQUIRED PWCHANGE: {user} for {_}", Meaning::NOTED),
    says("TGS_REQ ({_}) {src}: ISSUE: {_} ses={_}, {user} for {_}", Meaning::NOTED),
    says("TGS_REQ ({_}) {src}: {_}", Meaning::NOTED),
    says("preauth ({_}) verify failure: {_}", Meaning::NOTED),
    says(
        "Unauthorized request: {_}, client={user}, service={_}, addr={src}",
        Meaning::FAILED.because("not allowed"),
    ),
];

/// Takes the tag of the service's own file off, `krb5kdc[12](info): `.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    const PROGRAMS: [&str; 2] = ["krb5kdc", "kadmind"];
    if PROGRAMS.contains(&record.program) {
        return Framing::Message;
    }
    let tagged = PROGRAMS.iter().find_map(|name| record.body.strip_prefix(name));
    let Some((_, message)) =
        tagged.filter(|t| t.starts_with('[')).and_then(|t| find::split(t, "): "))
    else {
        return Framing::Foreign;
    };
    record.body = message;
    Framing::Message
}

//! The University of Washington's IMAP and POP servers. Both names after `user=` and `auth=` are the
//! client's to choose.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("uwimap", &["imapd", "ipop3d", "ipop2d"], WORDINGS);

const TOO_MANY: Meaning = Meaning::REFUSED.because("too many attempts");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");

const WORDINGS: &[Wording] = &[
    says("Login excessive login failures user={user} auth={actor} host={_}[{src}]", TOO_MANY),
    says("Login failed user={user} auth={actor} host={_}[{src}]", WRONG),
    says("Login disabled user={user} auth={actor} host={_}[{src}]", NOT_ALLOWED),
    says("Failed {w} override of user={user} host={_}[{src}]", NOT_ALLOWED),
    says("Failed login user={user} auth={actor} host={_}[{src}]", WRONG),
    says("Authenticated user={user} host={_}[{src}]", Meaning::LOGIN),
    says("Login user={user} host={_}[{src}]", Meaning::LOGIN),
    says("Logout user={user} host={_}[{src}]", Meaning::LOGOUT),
    says("Autologout user={user} host={_}[{src}]", Meaning::LOGOUT),
    says(
        "Command stream end of file, while reading line user={user} host={_}[{src}]",
        Meaning::CLOSED,
    ),
    says("imap service init from {src}", Meaning::CONNECTED),
    says("imaps SSL service init from {src}", Meaning::CONNECTED),
    says("pop3 service init from {src}", Meaning::CONNECTED),
    says("pop3s SSL service init from {src}", Meaning::CONNECTED),
];

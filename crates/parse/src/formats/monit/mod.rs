//! Monit's web server, in syslog or in its own file.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("monit", &["monit"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const DENIED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("HttpRequest: access denied -- client {src}: wrong password for user '{user}'", WRONG),
    says("HttpRequest: access denied -- client {src}: unknown user '{user}'", INVALID_USER),
    says("HttpRequest: access denied -- client {src}", DENIED),
    says("Denied connection from non-authorized client [{src}]", DENIED),
    says("Denied connection from non-authorized client {src}", DENIED),
    says(
        "Warning: Client '{src}' supplied wrong password for user '{user}' accessing monit httpd",
        WRONG,
    ),
    says(
        "Warning: Client '{src}' supplied unknown user '{user}' accessing monit httpd",
        INVALID_USER,
    ),
];

//! Pure-FTPd: `(user@host) [LEVEL] message`, the user `?` before sign-in.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service(
    "pure-ftpd",
    &["pure-ftpd", "pure-ftpd-mysql", "pure-ftpd-ldap", "pure-ftpd-postgresql"],
    WORDINGS,
);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const TOO_MANY: Meaning = Meaning::REFUSED.because("too many attempts");
const DENIED: Meaning = Meaning::REFUSED.because("denied");
const LIMITED: Meaning = Meaning::REFUSED.because("rate limited");

const WORDINGS: &[Wording] = &[
    says("(?@{src}) [WARNING] Authentication failed for user [{user}]", WRONG),
    says("({_}@{src}) [WARNING] Authentication failed for user [{user}]", WRONG),
    says("(?@{src}) [INFO] New connection from", Meaning::CONNECTED),
    says("(?@{src}) [INFO] {user} is now logged in", Meaning::LOGIN),
    says("({_}@{src}) [INFO] {user} is now logged in", Meaning::LOGIN),
    says("(?@{src}) [ERROR] Too many authentication failures", TOO_MANY),
    says("({user}@{src}) [INFO] Logout.", Meaning::LOGOUT),
    says("({_}@{src}) [ERROR]", DENIED),
    says("(?@{src}) [WARNING] Too many connections", LIMITED),
    says("({_}@{src}) [", Meaning::NOTED),
];

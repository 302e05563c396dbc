//! The FTP servers that speak as `ftpd`: WU-FTPD, the BSDs', and Kerberos' gssftpd.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("ftpd", &["ftpd", "wu-ftpd", "in.ftpd", "gssftpd"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const TOO_MANY: Meaning = Meaning::REFUSED.because("too many attempts");

const WORDINGS: &[Wording] = &[
    says("failed login from {_} [{src}]", WRONG),
    says("failed login from {_}[{src}]", WRONG),
    says("FTP LOGIN FAILED FROM {src}, {user}", WRONG),
    says("FTP LOGIN FAILED FROM {src}", WRONG),
    says("FTP LOGIN REFUSED ({_}) FROM {_}[{src}], {user}", NOT_ALLOWED),
    says("FTP LOGIN REFUSED {_} FROM {src}, {user}", NOT_ALLOWED),
    says("login refused {_} from {_} [{src}]", NOT_ALLOWED),
    says("ACCESS DENIED ({_}) TO {_}[{src}]", NOT_ALLOWED),
    says("repeated login failures from {src} (", TOO_MANY),
    says("repeated login failures from {_} [{src}]", TOO_MANY),
    says("repeated login failures from {src}", TOO_MANY),
    says("ANONYMOUS FTP LOGIN FROM {_}[{src}], {user}", Meaning::LOGIN),
    says("FTP LOGIN FROM {_}[{src}], {user}", Meaning::LOGIN),
    says("FTP LOGIN FROM {src} as {user}", Meaning::LOGIN),
    says("connection from {_} [{src}]", Meaning::CONNECTED),
    says("connection from {src}", Meaning::CONNECTED),
    says("ANONYMOUS FTP LOGIN FROM {src}, {_}", Meaning::LOGIN),
    says("ANONYMOUS FTP LOGIN REFUSED FROM {src}", NOT_ALLOWED),
    says("FTP LOGIN FROM {src}, {user}", Meaning::LOGIN),
];

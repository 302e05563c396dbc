//! The services of old behind inetd, xinetd and TCP wrappers: telnet, rlogin, rsh, finger, the
//! BSD ftpd, and their Kerberos kin.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("inetd", PROGRAMS, WORDINGS).with_one_peer_per_process();

const PROGRAMS: &[&str] = &[
    "inetd",
    "xinetd",
    "tcpd",
    "telnetd",
    "in.telnetd",
    "utelnetd",
    "rlogind",
    "in.rlogind",
    "rshd",
    "in.rshd",
    "rexecd",
    "in.rexecd",
    "klogind",
    "eklogind",
    "kshd",
    "fingerd",
    "in.fingerd",
    "tftpd",
    "in.tftpd",
    "talkd",
    "in.talkd",
    "in.identd",
];

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const REFUSED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("refused connect from {src} ({src})", REFUSED),
    says("refused connect from {src}", REFUSED),
    says("FAIL: {service} {_} from={src}", REFUSED),
    says("START: {service} {_} from={src}", Meaning::CONNECTED),
    says("START: {service} from={src}", Meaning::CONNECTED),
    says("EXIT: {service} {_}", Meaning::CLOSED),
    says("connect from {src} ({src})", Meaning::CONNECTED),
    says("connect from {src}", Meaning::CONNECTED),
    says("connection from {src} () at {_}", Meaning::CONNECTED),
    says("connection from {src} ({src}) at {_}", Meaning::CONNECTED),
    says("connection from {src}", Meaning::CONNECTED),
    says("Connection from {src} on illegal port", REFUSED.because("protocol error")),
    says("Authentication failed from {src} ({src}): {_}", WRONG),
    says("Authentication failed from {src}", WRONG),
    says("Kerberos authentication failed", WRONG),
    says("repeated login failures from {src}", WRONG.because("too many attempts")),
    says("failed login from {src}", WRONG),
    says("login failed from {src}, {user}", WRONG),
    says("login failed from {src} as {user}", WRONG),
    says("User {user} timed out after {_}", Meaning::CLOSED),
    says("PERMISSION DENIED {_} from {src}", NOT_ALLOWED),
    says("Permission denied {_} from {src}", NOT_ALLOWED),
    says("warning: {_}", Meaning::NOTED),
    says("getpeername ({_}", Meaning::NOTED),
    says("lost connection", Meaning::CLOSED),
];

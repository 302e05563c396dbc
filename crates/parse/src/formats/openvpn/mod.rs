//! OpenVPN's server: lines begin with the peer, and with the account's name once it is known.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("openvpn", &["openvpn", "ovpn", "openvpn-server"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");

const WORDINGS: &[Wording] = &[
    says(
        "{src}:{sport} TLS: Username/Password authentication succeeded for username '{user}'",
        Meaning::LOGIN,
    ),
    says("{src}:{sport} TLS Auth Error: TLS object CN attempted to change {_}", PROTOCOL),
    says("{src}:{sport} TLS Auth Error: {_}", WRONG),
    says("{src}:{sport} TLS Error: {_}", PROTOCOL),
    says("{src}:{sport} TLS_ERROR: {_}", PROTOCOL),
    says("{src}:{sport} OpenSSL: error:{_}", PROTOCOL),
    says("{src}:{sport} VERIFY ERROR: {_}", Meaning::LOGIN_FAILED.because("not allowed")),
    says("{src} VERIFY ERROR: {_}", Meaning::LOGIN_FAILED.because("not allowed")),
    says("{src} TLS Error: {_}", PROTOCOL),
    says("{src} TLS Auth Error: {_}", WRONG),
    says("{src}:{sport} PLUGIN_CALL: {_} failed {_}", WRONG),
    says("{src}:{sport} [{user}] Peer Connection Initiated {_}", Meaning::LOGIN),
    says("{src}:{sport} WARNING: Bad encapsulated packet length {_}", PROTOCOL),
    says("{src}:{sport} Fatal TLS error {_}", PROTOCOL),
    says("{src}:{sport} Connection reset, restarting", Meaning::CLOSED),
    says("{src}:{sport} {_}", Meaning::NOTED),
    says("TLS Error: {_} from [AF_INET]{src}:{sport}", PROTOCOL),
    says("TLS Error: {_} from [AF_INET6]{src}:{sport}", PROTOCOL),
    says("TLS Error: {_} from {src}:{sport}", PROTOCOL),
    says("tls-crypt unwrap error: {_}: [AF_INET]{src}:{sport}", PROTOCOL),
    says("tls-crypt unwrap error: {_}: [AF_INET6]{src}:{sport}", PROTOCOL),
    says("Authenticate/Decrypt packet error: {_}: [AF_INET]{src}:{sport}", PROTOCOL),
    says("TCP connection established with [AF_INET]{src}:{sport}", Meaning::CONNECTED),
    says("TCP connection established with [AF_INET6]{src}:{sport}", Meaning::CONNECTED),
    says("[{user}] Peer Connection Initiated with [AF_INET]{dst}:{dport}", Meaning::NOTED),
    says("{user}/{src}:{sport} SIGTERM[{_}", Meaning::LOGOUT),
    says("{user}/{src}:{sport} [{_}] Inactivity timeout {_}", Meaning::LOGOUT),
    says("{user}/{src}:{sport} TLS Auth Error: {_}", WRONG),
    says("{user}/{src}:{sport} TLS Error: {_}", PROTOCOL),
    says("{user}/{src}:{sport} {_}", Meaning::NOTED),
    says("{_}", Meaning::NOTED),
];

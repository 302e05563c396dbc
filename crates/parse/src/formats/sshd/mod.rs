//! OpenSSH's server, in the wordings of versions 5 to 10 (`sshd-session` and `sshd-auth` since
//! 9.8). Lines of PAM modules under sshd's tag belong to the `pam` format.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("sshd", &["sshd", "sshd-session", "sshd-auth"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const TOO_MANY: Meaning = Meaning::LOGIN_FAILED.because("too many attempts");
const PREAUTH: Meaning = Meaning::REFUSED.because("closed before authentication");
const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");
const REVERSE: Meaning = Meaning::REFUSED.because("reverse mapping failed");

const WORDINGS: &[Wording] = &[
    says(
        "Failed {method} for invalid user {user} from {src} port {sport}",
        INVALID_USER.because("wrong credentials"),
    ),
    says(
        "Failed {method} for illegal user {user} from {src} port {sport}",
        INVALID_USER.because("wrong credentials"),
    ),
    says("Failed {method} for {user} from {src} port {sport}", WRONG),
    says("Invalid user {user} from {src} port {sport}", INVALID_USER),
    says("Invalid user {user} from {src}", INVALID_USER),
    says("Illegal user {user} from {src}", INVALID_USER),
    says("Accepted {method} for {user} from {src} port {sport}", Meaning::LOGIN),
    says("Received disconnect from {src} port {sport}:{_} [preauth]", PREAUTH),
    says("Received disconnect from {src}: {_} [preauth]", PREAUTH),
    says("Received disconnect from {src} port {sport}:{_}", Meaning::CLOSED),
    says("Received disconnect from {src}: {_}", Meaning::CLOSED),
    says("Connection closed by authenticating user {user} {src} port {sport} [preauth]", PREAUTH),
    says("Connection closed by invalid user {user} {src} port {sport} [preauth]", PREAUTH),
    says("Connection closed by {src} port {sport} [preauth]", PREAUTH),
    says("Connection closed by {src} [preauth]", PREAUTH),
    says("Connection closed by {src}", Meaning::CLOSED),
    says("Connection reset by authenticating user {user} {src} port {sport} [preauth]", PREAUTH),
    says("Connection reset by invalid user {user} {src} port {sport} [preauth]", PREAUTH),
    says("Connection reset by {src} port {sport} [preauth]", PREAUTH),
    says("Connection reset by {src}", Meaning::CLOSED),
    says("Connection from {src} port {sport} on {dst} port {dport}", Meaning::CONNECTED),
    says("Connection from {src} port {sport}", Meaning::CONNECTED),
    says("Disconnected from authenticating user {user} {src} port {sport} [preauth]", PREAUTH),
    says("Disconnected from invalid user {user} {src} port {sport} [preauth]", PREAUTH),
    says("Disconnected from user {user} {src} port {sport}", Meaning::LOGOUT),
    says("Disconnected from {src} port {sport} [preauth]", PREAUTH),
    says("Disconnected from {src}", Meaning::CLOSED),
    says(
        "Disconnecting authenticating user {user} {src} port {sport}: Too many authentication failures",
        TOO_MANY,
    ),
    says(
        "Disconnecting invalid user {user} {src} port {sport}: Too many authentication failures",
        TOO_MANY,
    ),
    says("Disconnecting authenticating user {user} {src} port {sport}:", PREAUTH),
    says("Disconnecting invalid user {user} {src} port {sport}:", PREAUTH),
    says(
        "Disconnecting: Too many authentication failures for invalid user {user} from {src} port {sport}",
        TOO_MANY,
    ),
    says(
        "Disconnecting: Too many authentication failures for {user} from {src} port {sport}",
        TOO_MANY,
    ),
    says("Disconnecting: Too many authentication failures for {user} [preauth]", TOO_MANY),
    says("Disconnecting: Too many authentication failures", TOO_MANY),
    says(
        "error: maximum authentication attempts exceeded for invalid user {user} from {src} port {sport}",
        TOO_MANY,
    ),
    says(
        "error: maximum authentication attempts exceeded for {user} from {src} port {sport}",
        TOO_MANY,
    ),
    says("error: PAM: Authentication failure for illegal user {user} from {src}", INVALID_USER),
    says(
        "error: PAM: User not known to the underlying authentication module for illegal user {user} from {src}",
        INVALID_USER,
    ),
    says("error: PAM: {_} for {user} from {src}", WRONG),
    says("error: Received disconnect from {src} port {sport}:{_} [preauth]", PREAUTH),
    says("error: Received disconnect from {src}: {_} [preauth]", PREAUTH),
    says("input_userauth_request: invalid user {user}", INVALID_USER),
    says("User {user} from {src} not allowed because", NOT_ALLOWED),
    says("ROOT LOGIN REFUSED FROM {src} port {sport}", NOT_ALLOWED),
    says("ROOT LOGIN REFUSED FROM {src}", NOT_ALLOWED),
    says("refused connect from {src} ({_})", Meaning::REFUSED),
    says("refused connect from {src}", Meaning::REFUSED),
    says("Did not receive identification string from {src}", PROTOCOL),
    says("Bad protocol version identification {_} from {src} port {sport}", PROTOCOL),
    says("Bad protocol version identification {_} from {src}", PROTOCOL),
    says("Protocol major versions differ for {src}", PROTOCOL),
    says("Unable to negotiate with {src} port {sport}:", PROTOCOL),
    says("Unable to negotiate with {src}:", PROTOCOL),
    says("fatal: Unable to negotiate with {src} port {sport}:", PROTOCOL),
    says("banner exchange: Connection from {src} port {sport}:", PROTOCOL),
    says("error: kex_exchange_identification:", Meaning::NOTED),
    says(
        "ssh_dispatch_run_fatal: Connection from authenticating user {user} {src} port {sport}:",
        PREAUTH,
    ),
    says("ssh_dispatch_run_fatal: Connection from {src} port {sport}:", PROTOCOL),
    says("reverse mapping checking getaddrinfo for {w} [{src}] failed", REVERSE),
    says("Address {src} maps to {w}, but this does not map back", REVERSE),
    says("Timeout before authentication for {src}", PREAUTH),
    says("fatal: Timeout before authentication for {src}", PREAUTH),
    says("Postponed {method} for {user} from {src} port {sport}", Meaning::NOTED),
    says("Starting session: {_} for {user} from {src} port {sport}", Meaning::NOTED),
    says("Close session: user {user} from {src} port {sport}", Meaning::NOTED),
    says("Server listening on", Meaning::NOTED),
    says("PAM service(sshd) ignoring max retries", Meaning::NOTED),
    says("Received signal", Meaning::NOTED),
    says("Exiting on signal", Meaning::NOTED),
    says("subsystem request for", Meaning::NOTED),
    says("error: Could not load host key:", Meaning::NOTED),
    says("fatal: Read from socket failed:", Meaning::NOTED),
    says("fatal: Write failed:", Meaning::NOTED),
];

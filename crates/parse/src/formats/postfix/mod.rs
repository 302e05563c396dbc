//! Postfix: the SMTP server's refusals and complaints, postscreen's, and who signed in. Deliveries are
//! understood and noted.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("postfix", &["postfix"], WORDINGS);

const RELAY: Meaning = Meaning::REFUSED.because("relay denied");
const LISTED: Meaning = Meaning::REFUSED.because("blocklisted");
const REVERSE: Meaning = Meaning::REFUSED.because("reverse mapping failed");
const UNKNOWN_RCPT: Meaning = Meaning::REFUSED.because("invalid user");
const LIMITED: Meaning = Meaning::REFUSED.because("rate limited");
const DENIED: Meaning = Meaning::REFUSED.because("denied");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");
const TOO_MANY: Meaning = Meaning::REFUSED.because("too many attempts");
const PREAUTH: Meaning = Meaning::REFUSED.because("closed before authentication");

const WORDINGS: &[Wording] = &[
    says(
        "{w} reject: {w} from {_}[{src}]{_} Relay access denied; from=<{from}> to=<{to}> proto=",
        RELAY,
    ),
    says("{w} reject: {w} from {_}[{src}]{_} Relay access denied", RELAY),
    says("{w} reject: {w} from {_}[{src}]{_} blocked using", LISTED),
    says("{w} reject: {w} from {_}[{src}]{_} Service unavailable", LISTED),
    says("{w} reject: {w} from {_}[{src}]{_} cannot find your", REVERSE),
    says("{w} reject: {w} from {_}[{src}]{_} User unknown", UNKNOWN_RCPT),
    says("{w} reject: {w} from {_}[{src}]{_} Undeliverable address", UNKNOWN_RCPT),
    says("{w} reject: {w} from {_}[{src}]{_} too many connections", LIMITED),
    says("{w} reject: {w} from {_}[{src}]{_} too much mail", LIMITED),
    says("{w} reject: {w} from {_}[{src}]", DENIED),
    says("{w} milter-reject: {w} from {_}[{src}]", DENIED),
    says("{w} discard: {w} from {_}[{src}]", DENIED),
    says("{w} reject_warning: {w} from {_}[{src}]", Meaning::NOTED),
    says(
        "warning: {_}[{src}]: SASL {method} authentication failed:{_}, sasl_username={user}",
        WRONG,
    ),
    says("warning: {_}[{src}]: SASL {method} authentication failed", WRONG),
    says("warning: SASL authentication failure:", WRONG),
    says("warning: hostname {_} does not resolve to address {src}", REVERSE),
    says("warning: {src}: hostname {_} verification failed", REVERSE),
    says("warning: {src}: address not listed for hostname", REVERSE),
    says("warning: non-SMTP command from {_}[{src}]", PROTOCOL),
    says("warning: Illegal address syntax from {_}[{src}]", PROTOCOL),
    says("warning: Connection rate limit exceeded: {_} from {_}[{src}]", LIMITED),
    says("warning: Connection concurrency limit exceeded: {_} from {_}[{src}]", LIMITED),
    says("warning: {_} limit exceeded: {_} from {_}[{src}]", LIMITED),
    says("improper command pipelining after {w} from {_}[{src}]", PROTOCOL),
    says("too many errors after {w} from {_}[{src}]", TOO_MANY),
    says("SSL_accept error from {_}[{src}]", PROTOCOL),
    says("lost connection after AUTH from {_}[{src}]", PREAUTH),
    says("lost connection after UNKNOWN from {_}[{src}]", PROTOCOL),
    says("lost connection after {w} from {_}[{src}]", Meaning::CLOSED),
    says("timeout after {w} from {_}[{src}]", Meaning::CLOSED),
    says("disconnect from {_}[{src}]{_} auth=0/", WRONG),
    says("disconnect from {_}[{src}]", Meaning::CLOSED),
    says("connect from {_}[{src}]", Meaning::CONNECTED),
    says("{w} client={_}[{src}], sasl_method={method}, sasl_username={user}", Meaning::LOGIN),
    says("{w} client={_}[{src}]", Meaning::CONNECTED),
    says("CONNECT from [{src}]:{sport} to [{dst}]:{dport}", Meaning::CONNECTED),
    says("PREGREET {_} from [{src}]:{sport}", PROTOCOL),
    says("COMMAND PIPELINING from [{src}]:{sport}", PROTOCOL),
    says("BARE NEWLINE from [{src}]:{sport}", PROTOCOL),
    says("NON-SMTP COMMAND from [{src}]:{sport}", PROTOCOL),
    says("DNSBL rank {w} for [{src}]:{sport}", LISTED),
    says("HANGUP after {_} from [{src}]:{sport}", Meaning::CLOSED),
    says("DISCONNECT [{src}]:{sport}", Meaning::CLOSED),
    says("PASS {w} [{src}]:{sport}", Meaning::NOTED),
    says("{w} from=<{from}>, size=", Meaning::NOTED),
    says("{w} to=<{to}>,", Meaning::NOTED),
    says("{w} message-id=", Meaning::NOTED),
    says("{w} removed", Meaning::NOTED),
    says("statistics:", Meaning::NOTED),
];

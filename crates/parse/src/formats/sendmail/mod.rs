//! Sendmail's daemon, by the names distributions give it. Lines begin with a queue id.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service(
    "sendmail",
    &["sendmail", "sm-mta", "sm-acceptingconnections", "sm-msp-queue", "mimedefang"],
    WORDINGS,
);

const TOO_MANY: Meaning = Meaning::REFUSED.because("too many attempts");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const RELAY: Meaning = Meaning::REFUSED.because("relay denied");
const UNKNOWN_RCPT: Meaning = Meaning::REFUSED.because("invalid user");
const LISTED: Meaning = Meaning::REFUSED.because("blocklisted");
const LIMITED: Meaning = Meaning::REFUSED.because("rate limited");
const DENIED: Meaning = Meaning::REFUSED.because("denied");
const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");
const PREAUTH: Meaning = Meaning::REFUSED.because("closed before authentication");

const WORDINGS: &[Wording] = &[
    says("{w} {_}[{src}]{_}: possible SMTP attack:", TOO_MANY),
    says(
        "{w} AUTH failure ({method}): user not found {_}, user={user}, relay={_}[{src}]",
        INVALID_USER,
    ),
    says("{w} AUTH failure ({method}): {_}, user={user}, relay={_}[{src}]", WRONG),
    says("{w} AUTH failure ({method}): {_}, relay={_}[{src}]", WRONG),
    says("{w} ruleset=check_{w} arg1={to}, relay={_}[{src}]{_} reject={_}elaying denied", RELAY),
    says(
        "{w} ruleset=check_{w} arg1={to}, relay={_}[{src}]{_} reject={_}User unknown",
        UNKNOWN_RCPT,
    ),
    says("{w} ruleset=check_{w} arg1={to}, relay={_}[{src}]{_} reject={_}listed", LISTED),
    says("{w} ruleset=check_{w} arg1={to}, relay={_}[{src}]{_} reject={_}locked", LISTED),
    says("{w} ruleset=check_{w} arg1={to}, relay={_}[{src}]{_} reject={_}Too many", LIMITED),
    says("{w} ruleset=check_{w} arg1={to}, relay={_}[{src}]{_} reject={_}rate limit", LIMITED),
    says("{w} ruleset=check_{w} arg1={to}, relay={_}[{src}]{_} reject=", DENIED),
    says("ruleset=check_relay, arg1={to}, relay={_}[{src}]{_} reject=", DENIED),
    says("{w} rejecting commands from {_}[{src}]", PROTOCOL),
    says("{w} {_}[{src}]{_} did not issue MAIL/EXPN/VRFY/ETRN during connection", PREAUTH),
    says("{w} lost input channel from {_}[{src}]", Meaning::CLOSED),
    says("{w} timeout waiting for input from {_}[{src}]", Meaning::CLOSED),
    says("STARTTLS=server, error: accept failed={_}[{src}]", PROTOCOL),
    says("{w} AUTH=server, relay={_}[{src}]{_}, authid={user}, mech={method}", Meaning::LOGIN),
    says("AUTH=server, relay={_}[{src}]{_}, authid={user}, mech={method}", Meaning::LOGIN),
    says("STARTTLS=", Meaning::NOTED),
    says("{w} from={from}, size={_}, relay={_}[{src}]", Meaning::NOTED),
    says("{w} to={to}, delay=", Meaning::NOTED),
    says("{w} <{to}>... User unknown", UNKNOWN_RCPT),
];

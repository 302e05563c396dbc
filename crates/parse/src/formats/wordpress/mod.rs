//! WordPress, as the WP fail2ban plug-in has it speak in syslog. Without it, only the access log tells.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("wordpress", &["wordpress", "wp"], WORDINGS);

const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const TOO_MANY: Meaning = Meaning::REFUSED.because("too many attempts");
const DENIED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("Authentication attempt for unknown user {user} from {src}", INVALID_USER),
    says("XML-RPC authentication attempt for unknown user {user} from {src}", INVALID_USER),
    says("REST authentication attempt for unknown user {user} from {src}", INVALID_USER),
    says("Authentication failure for {user} from {src}", WRONG),
    says("XML-RPC authentication failure for {user} from {src}", WRONG),
    says("XML-RPC authentication failure from {src}", WRONG),
    says("REST authentication failure for {user} from {src}", WRONG),
    says("XML-RPC multicall authentication failure from {src}", TOO_MANY),
    says("XML-RPC multicall authentication failure for {user} from {src}", TOO_MANY),
    says("Blocked authentication attempt for {user} from {src}", DENIED),
    says("Blocked user enumeration attempt from {src}", DENIED),
    says("Blocked access from country '{_}' from {src}", DENIED),
    says("Pingback error {_} generated from {src}", DENIED),
    says("Spam comment {_} from {src}", DENIED),
    says("Spammed comment from {src}", DENIED),
    says("Accepted password for {user} from {src}", Meaning::LOGIN),
    says("REST authentication success for {user} from {src}", Meaning::LOGIN),
];

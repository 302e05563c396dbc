//! OpenSMTPD: `session smtp what key=value ...`.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("opensmtpd", &["smtpd", "opensmtpd"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const DENIED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("{w} smtp authentication user={user} address={src} host={_} result=permfail", WRONG),
    says("{w} smtp authentication user={user} address={src} host={_} result=ok", Meaning::LOGIN),
    says("{w} smtp authentication user={user} result=permfail", WRONG),
    says("{w} smtp authentication user={user} result=ok", Meaning::LOGIN),
    says("{w} smtp connected address={src} host=", Meaning::CONNECTED),
    says("{w} smtp disconnected address={src}", Meaning::CLOSED),
    says("{w} smtp failed-command address={src} host={_} command=", DENIED),
    says("{w} smtp failed-command", DENIED),
];

//! OpenLDAP's slapd: results are told by connection number, addresses once for each connection.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("slapd", &["slapd"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("conn={session} fd={_} ACCEPT from IP={src}:{sport}", Meaning::CONNECTED),
    says("conn={session} fd={_} ACCEPT from IP=[{src}]:{sport}", Meaning::CONNECTED),
    says("conn={session} op={_} RESULT tag=97 err=49", WRONG),
    says("conn={session} op={_} BIND dn=\"{user}\" mech={method} ssf=", Meaning::LOGIN),
    says("conn={session} op={_} BIND dn=\"{user}\" method=", Meaning::NOTED),
    says("conn={session} op={_} RESULT tag={_} err=49{_} text={_}", WRONG),
    says("conn={session} fd={_} closed", Meaning::CLOSED),
    says("conn={session}", Meaning::NOTED),
];

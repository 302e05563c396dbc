//! phpMyAdmin in syslog.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("phpmyadmin", &["phpMyAdmin"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");

const WORDINGS: &[Wording] = &[
    says("user denied: {user} (mysql-denied) from {src}", WRONG),
    says("user denied: {user} (allow-denied) from {src}", NOT_ALLOWED),
    says("user denied: {user} (root-denied) from {src}", NOT_ALLOWED),
    says("user denied: {user} (empty-denied) from {src}", NOT_ALLOWED),
    says("user denied: {user} from {src}", WRONG),
    says("user authenticated: {user} from {src}", Meaning::LOGIN),
];

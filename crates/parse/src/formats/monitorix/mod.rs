//! Monitorix' built-in web server.

use tocsin_event::{Activity, Class, Status};

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("monitorix", &[], WORDINGS);

/// A web request the server refused or could not serve.
const WEB: Meaning = Meaning::new(Class::Http, Activity::UNKNOWN, Status::Failure);

const WRONG: Meaning = WEB.because("wrong credentials");
const SERVED: Meaning = Meaning::new(Class::Http, Activity::UNKNOWN, Status::Success);
const NOT_FOUND: Meaning = WEB.because("not found");
const FORBIDDEN: Meaning = WEB.because("forbidden");

const WORDINGS: &[Wording] = &[
    says("- NOTEXIST - [{src}] File does not exist: {url}", NOT_FOUND),
    says("- NOTALLOWED - [{src}] Access not allowed: {url}", FORBIDDEN),
    says("- AUTHERR - [{src}] Authentication error: {url}", WRONG),
    says("- OK - [{src}] \"{verb} {url} - {agent}\"", SERVED),
];

//! A web request quoted in a message: `"GET /index.html HTTP/1.1" 404`.

use tocsin_event::{Field, Status, Writer};

use super::lexicon::Words;

/// The outcome by the status code, and why; the request's parts go into the event. `None` where there is no request
/// line or no code after it.
pub(super) fn read(
    text: &str,
    words: &Words,
    out: &mut Writer<'_>,
) -> Option<(Status, &'static str)> {
    let (before, after) = text.split_at_checked(words.request_at?)?;
    let line = before.rsplit(['"', '\'']).next()?.trim_start();
    let (verb, url) = line.trim_end().split_once(' ')?;
    if verb.is_empty() || !verb.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    out.set(Field::HttpMethod, verb);
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    out.set(Field::UrlPath, path);
    out.set(Field::UrlQuery, query);
    let code = after.split(['"', ' ']).skip(1).find(|part| !part.is_empty())?;
    let number: u16 = code.parse().ok().filter(|n| (100..600).contains(n))?;
    out.set(Field::HttpStatus, code);
    Some(match number {
        ..=399 => (Status::Success, ""),
        401 => (Status::Failure, "wrong credentials"),
        403 => (Status::Failure, "forbidden"),
        404 => (Status::Failure, "not found"),
        429 => (Status::Failure, "rate limited"),
        _ => (Status::Failure, ""),
    })
}

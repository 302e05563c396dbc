//! What every page has: head, policy, style, script, footer, and the parts sections share.

use sha2::{Digest, Sha256};
use tocsin_event::Severity;

use super::Markup;
use crate::Scan;
use crate::phrase::{capital, counted};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// A tocsin: the bell that is rung for alarm.
const BELL: &str = "<svg class=\"bell\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"\
    M12 2c1 0 1.7.7 1.7 1.7v.5c2.6.8 4.2 3.1 4.2 6 0 4.4 1.3 5.7 2.3 6.8.5.6.1 1.5-.7 1.5\
    H4.5c-.8 0-1.2-.9-.7-1.5 1-1.1 2.3-2.4 2.3-6.8 0-2.9 1.6-5.2 4.2-6v-.5\
    C10.3 2.7 11 2 12 2zM9.6 20h4.8a2.4 2.4 0 0 1-4.8 0z\"></path></svg>";

/// A page with this title, its content written by `fill`.
pub(super) fn page(title: &str, scan: &Scan, fill: impl FnOnce(&mut Markup)) -> String {
    let mut h = Markup::default();
    h.fixed("<!DOCTYPE html>\n");
    h.with("html", &[("lang", "en")], |h| {
        h.el("head", "", |h| head(title, h));
        h.newline();
        h.el("body", "", |h| {
            h.el("main", "", fill);
            h.el("footer", "", |h| {
                h.text("Made by Tocsin ");
                h.text(&scan.version);
                h.text(". All times are UTC. ATT&CK is a registered trademark of The MITRE Corporation.");
            });
            h.el("script", "", |h| h.fixed(SCRIPT));
        });
    });
    h.newline();
    h.into_text()
}

fn head(title: &str, h: &mut Markup) {
    h.void("meta", &[("charset", "utf-8")]);
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        source_hash(STYLE),
        source_hash(SCRIPT)
    );
    h.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
    h.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    h.void("meta", &[("name", "color-scheme"), ("content", "light dark")]);
    h.void("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    h.leaf("title", "", title);
    h.newline();
    h.el("style", "", |h| h.fixed(STYLE));
}

/// The hash by which a Content Security Policy (level 2) allows one inline style or script.
fn source_hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = Sha256::digest(text);
    let mut out = String::from("sha256-");
    for three in digest.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
            out.push(if place > three.len() { '=' } else { char::from(digit) });
        }
    }
    out
}

/// The name of the house and the time the page is about.
pub(super) fn brand(h: &mut Markup, when: &str) {
    h.el("div", "brand", |h| {
        h.fixed(BELL);
        h.leaf("span", "name", "Tocsin");
        h.leaf("span", "when", when);
    });
}

/// A section with a heading and a line under it.
pub(super) fn section(title: &str, note: &str, h: &mut Markup, fill: impl FnOnce(&mut Markup)) {
    h.newline();
    h.el("section", "", |h| {
        h.el("div", "title", |h| {
            h.leaf("h2", "", title);
            h.leaf("p", "note", note);
        });
        fill(h);
    });
}

/// Buttons that show and hide severities and open all cards; the script reveals them.
pub(super) fn filters(h: &mut Markup) {
    h.with("div", &[("class", "filters"), ("hidden", "")], |h| {
        for severity in Severity::ALL.into_iter().rev() {
            let class = format!("chip {severity}");
            let attributes = [
                ("type", "button"),
                ("class", class.as_str()),
                ("data-show", severity.name()),
                ("aria-pressed", "true"),
            ];
            h.with("button", &attributes, |h| h.text(&capital(severity.name())));
        }
        h.with("button", &[("type", "button"), ("class", "chip"), ("data-open", "")], |h| {
            h.text("Open all");
        });
    });
}

/// A severity as a small badge.
pub(super) fn badge(severity: Severity, h: &mut Markup) {
    h.leaf("span", &format!("badge {severity}"), severity.name());
}

/// Says how many of `all` were left out, when more than `shown`.
pub(super) fn more(all: usize, shown: usize, noun: &str, h: &mut Markup) {
    if all > shown {
        let hidden = counted((all - shown) as u64, &format!("more {noun}"));
        h.leaf("p", "note", &format!("And {hidden}: the report as JSON names all."));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_browsers_compute() {
        // `printf '' | openssl dgst -sha256 -binary | base64`
        assert_eq!(source_hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}

//! fail2ban's own log: whom it saw, whom it shut out and for how long,
//! `2024-05-12 07:46:40,123 fail2ban.actions [812]: NOTICE  [sshd] Ban 192.0.2.1`.

use tocsin_event::{Field, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("fail2ban", &[], &[]).with_reader(read);

const LEVELS: &[&str] =
    &["DEBUG", "INFO", "NOTICE", "WARNING", "WARN", "ERROR", "CRITICAL", "MSG", "HEAVYDEBUG"];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some((component, message)) = own(record) else { return false };
    let (jail, message) = jailed(message);
    let Some((meaning, address)) = said(message) else {
        Meaning::NOTED.apply(out);
        name(record, component);
        return true;
    };
    meaning.apply(out);
    name(record, component);
    out.set(Field::ServiceName, jail);
    out.set(Field::FirewallRule, jail);
    if let Some(peer) = address::peer(address, out) {
        out.event.src = peer;
    }
    true
}

/// In its own file the component stands where syslog has the host.
fn name<'t>(record: &mut Record<'t>, component: &'t str) {
    if record.host == component {
        record.host = "";
    }
    record.program = component;
}

/// The component that speaks and what it says after the level, if this is fail2ban.
fn own<'t>(record: &Record<'t>) -> Option<(&'t str, &'t str)> {
    let is_own = |text: &str| text.starts_with("fail2ban");
    let (component, text) = if is_own(record.host) {
        (record.host, record.body)
    } else if is_own(record.body) {
        record.body.split_once([' ', '['])?
    } else if is_own(record.program) {
        (record.program, record.body)
    } else {
        return None;
    };
    let text = text.trim_start_matches([' ', '[']);
    let (number, rest) = find::split(text, "]: ").unwrap_or(("", text));
    let text = if number.bytes().all(|b| b.is_ascii_digit()) { rest } else { text };
    let (level, message) = text.trim_start().split_once(' ')?;
    LEVELS.contains(&level.trim_end_matches(':')).then_some((component, message.trim_start()))
}

/// `[sshd] Ban ...`: the jail, and what was done.
fn jailed(message: &str) -> (&str, &str) {
    let split = message.strip_prefix('[').and_then(|rest| find::split(rest, "] "));
    split.unwrap_or(("", message))
}

/// What was done, and the address it was done to.
fn said(message: &str) -> Option<(Meaning, &str)> {
    let first =
        |text: &'static str| message.strip_prefix(text).and_then(|rest| rest.split(' ').next());
    let banned = Meaning::REFUSED.because("too many attempts");
    let wordings = [
        ("Found ", Meaning::FAILED),
        ("Ban ", banned),
        ("Restore Ban ", Meaning::REFUSED.because("blocklisted")),
        ("Increase Ban ", banned),
        ("Unban ", Meaning::NOTED),
        ("Ignore ", Meaning::NOTED),
    ];
    let found = wordings.into_iter().find_map(|(text, meaning)| Some((meaning, first(text)?)));
    let already = || message.strip_suffix(" already banned").map(|address| (banned, address));
    found.or_else(already).filter(|(_, address)| crate::address::ip(address).is_some())
}

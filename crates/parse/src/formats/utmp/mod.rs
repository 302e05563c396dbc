//! Lines of login records, as [`utmp`](crate::utmp) and utmpdump(1) write them:
//! `[7] [00812] [ts/0] [alice] [pts/0] [192.0.2.1] [192.0.2.1] [2024-05-12T07:46:40.250Z]`.

use tocsin_event::{Field, Peer, Writer};

use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;
use crate::{address, timestamp};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("utmp", &["*"], &[]).with_reader(read).that_begins_with(b"[");

/// The fields of a line, as utmp(5) names them.
const NAMES: [&str; 7] = ["ut_type", "ut_pid", "ut_id", "ut_user", "ut_line", "ut_host", "ut_addr"];

/// Types by number, from utmp(5).
const TYPES: [&str; 10] = [
    "EMPTY",
    "RUN_LVL",
    "BOOT_TIME",
    "NEW_TIME",
    "OLD_TIME",
    "INIT_PROCESS",
    "LOGIN_PROCESS",
    "USER_PROCESS",
    "DEAD_PROCESS",
    "ACCOUNTING",
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(fields) = fields(record.body) else { return false };
    let [kind, pid, _id, user, line, host, addr, time] = fields;
    let Some(kind) = type_name(kind) else { return false };
    let Some((stamp, _)) = timestamp::bare(time) else { return false };
    record.stamp = Some(stamp);
    meaning(kind, user).apply(out);
    out.set(Field::EventCode, kind);
    NAMES.iter().zip(fields).for_each(|(name, value)| out.native(name, value));
    match kind {
        "LASTLOG" => out.set(Field::UserUid, plain_number(pid)),
        _ => out.event.pid = pid.parse().unwrap_or_default(),
    }
    if matches!(kind, "LOGIN_PROCESS" | "USER_PROCESS" | "DEAD_PROCESS" | "LASTLOG") {
        out.event.user = out.span(user);
        out.set(Field::SessionTerminal, line);
        out.event.src = source(host, addr, out);
    }
    true
}

/// The name of a type; in a damaged file it can be any number.
fn type_name(kind: &str) -> Option<&'static str> {
    if kind == "lastlog" {
        return Some("LASTLOG");
    }
    let number: u16 = kind.parse().ok()?;
    Some(TYPES.get(usize::from(number)).copied().unwrap_or("UNKNOWN"))
}

fn source(host: &str, addr: &str, out: &mut Writer<'_>) -> Peer {
    let known = [addr, host].into_iter().filter(|text| *text != "0.0.0.0");
    known.filter_map(|text| address::peer(text, out)).next().unwrap_or_default()
}

/// `[a] [b] ...`, trimmed: utmpdump pads with blanks.
fn fields(body: &str) -> Option<[&str; 8]> {
    let inner = body.strip_prefix('[')?.strip_suffix(']')?;
    let mut parts = inner.split("] [");
    let mut fields = [""; 8];
    for field in &mut fields {
        *field = parts.next()?.trim();
    }
    parts.next().is_none().then_some(fields)
}

/// A number without the zeros in front of it.
fn plain_number(text: &str) -> &str {
    let plain = text.trim_start_matches('0');
    if plain.is_empty() { "0" } else { plain }
}

/// Failed logins stand in `btmp` as login processes; those of `wtmp` are gettys, named `LOGIN`.
fn meaning(kind: &str, user: &str) -> Meaning {
    match kind {
        "USER_PROCESS" | "LASTLOG" => Meaning::LOGIN,
        "DEAD_PROCESS" => Meaning::LOGOUT,
        "LOGIN_PROCESS" if user != "LOGIN" => Meaning::LOGIN_FAILED.because("wrong credentials"),
        _ => Meaning::NOTED,
    }
}

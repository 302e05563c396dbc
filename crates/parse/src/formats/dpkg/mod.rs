//! dpkg's own logs of what was installed and removed: `dpkg.log`,
//! `2025-06-24 14:36:25 status installed libc6:amd64 2.36-9`, and `alternatives.log`,
//! `update-alternatives 2025-06-24 14:36:53: link group pager updated to point to /usr/bin/less`.

use tocsin_event::Writer;

use crate::format::Format;
use crate::header::Record;
use crate::timestamp;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("dpkg", &[""], &[]).with_reader(read);

/// What dpkg does with a package, the versions before and after behind it.
const ACTIONS: &[&str] =
    &["configure", "disappear", "install", "purge", "remove", "trigproc", "upgrade"];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    if package(record.text, out) {
        record.without_tag();
    } else if !alternative(record) {
        return false;
    }
    Meaning::NOTED.apply(out);
    true
}

fn package(text: &str, out: &mut Writer<'_>) -> bool {
    let mut words = text.split(' ');
    let (Some(action), Some(second)) = (words.next(), words.next()) else { return false };
    let package = match action {
        "startup" => return matches!(second, "archives" | "packages"),
        "conffile" => return second.starts_with('/'),
        "status" => words.next().unwrap_or_default(),
        action if ACTIONS.contains(&action) => second,
        _ => return false,
    };
    let named = package.split_once(':').filter(|(name, machine)| {
        !name.is_empty() && machine.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    let Some(version) = named.and(words.next_back()) else { return false };
    out.native("action", action);
    out.native("package", package);
    out.native("version", version);
    true
}

/// A record of `alternatives.log`, whose time stands behind the program.
fn alternative(record: &mut Record<'_>) -> bool {
    const PROGRAM: &str = "update-alternatives";
    let Some(rest) = record.text.strip_prefix(PROGRAM).and_then(|rest| rest.strip_prefix(' '))
    else {
        return false;
    };
    let Some((stamp, rest)) = timestamp::leading(rest) else { return false };
    let Some(body) = rest.strip_prefix(": ") else { return false };
    (record.stamp, record.program, record.body) = (Some(stamp), PROGRAM, body);
    true
}

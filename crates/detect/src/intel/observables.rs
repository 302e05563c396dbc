//! What of an event may be listed somewhere as bad.

use tocsin_event::{EventRef, Field};

/// Names of machines, as the record writes them.
pub(super) fn names<'e>(event: &EventRef<'e>) -> impl Iterator<Item = &'e str> {
    const NAMES: [Field; 5] =
        [Field::HttpHost, Field::DnsQuery, Field::TlsSni, Field::SrcHostname, Field::DstHostname];
    let event = *event;
    let names = NAMES.into_iter().map(move |field| event.attribute(field));
    names.filter(|name| !name.is_empty()).map(|name| name.trim_end_matches('.'))
}

/// The address of what was asked for, by either scheme where the record does not say.
pub(super) fn urls(event: &EventRef<'_>) -> impl Iterator<Item = String> {
    let [host, path, query] = [Field::HttpHost, Field::UrlPath, Field::UrlQuery]
        .map(|field| event.attribute(field).to_owned());
    let query = if query.is_empty() { query } else { format!("?{query}") };
    let schemes = match () {
        () if path.contains("://") => &[""][..],
        () if host.is_empty() => &[],
        () => &["http://", "https://"],
    };
    let host = if path.contains("://") { String::new() } else { host };
    schemes.iter().map(move |scheme| format!("{scheme}{host}{path}{query}"))
}

/// Hashes of files, which records have under names of their own (`Hashes` of Sysmon, `md5` of Zeek).
pub(super) fn hashes<'e>(event: &EventRef<'e>) -> impl Iterator<Item = &'e str> {
    const MARKS: [&str; 4] = ["hash", "md5", "sha1", "sha256"];
    let event = *event;
    let fields = event.native_fields().filter(|(name, _)| {
        let name = name.to_ascii_lowercase();
        MARKS.iter().any(|mark| name.contains(mark))
    });
    let words = fields.flat_map(|(_, value)| value.split([',', '=', ';', ' ']));
    words.filter(|word| is_hash(word))
}

/// Whether this may be a hash: of the lengths of MD5, SHA-1, SHA-256 and SHA-512.
pub(super) fn is_hash(word: &str) -> bool {
    matches!(word.len(), 32 | 40 | 64 | 128) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

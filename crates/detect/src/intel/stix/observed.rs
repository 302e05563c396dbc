//! An event as the objects that STIX would describe it with (STIX 2.1, 6).

use serde_json::{Map, Value, json};
use tocsin_event::{EventRef, Field, Peer};

use crate::intel::observables;

/// The types of the objects below.
pub(super) const OBSERVED: [&str; 11] = [
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "network-traffic",
    "process",
    "url",
    "user-account",
];

/// The objects; what they refer to stands within them.
pub(super) fn objects(event: &EventRef<'_>) -> Vec<Value> {
    let mut objects = Vec::new();
    let ends = [&event.src, &event.dst].map(|peer| end(event, peer));
    objects.extend(ends.iter().flatten().cloned());
    let names = observables::names(event).map(|name| json!({"type": "domain-name", "value": name}));
    objects.extend(names);
    objects.extend(observables::urls(event).map(|url| json!({"type": "url", "value": url})));
    objects.extend(traffic(event, ends));
    objects.extend(user(event));
    objects.extend(process(event));
    objects.extend(file(event));
    objects.extend(email(event));
    let addresses = [Field::EmailFrom, Field::EmailTo].map(|field| event.attribute(field));
    let addresses = addresses.into_iter().filter(|address| !address.is_empty());
    objects.extend(addresses.map(|value| json!({"type": "email-addr", "value": value})));
    objects
}

fn end(event: &EventRef<'_>, peer: &Peer) -> Option<Value> {
    match peer.ip {
        Some(ip) => {
            let kind = if ip.is_ipv4() { "ipv4-addr" } else { "ipv6-addr" };
            Some(json!({"type": kind, "value": ip.to_string()}))
        }
        None => {
            let name = event.text(peer.hostname);
            (!name.is_empty()).then(|| json!({"type": "domain-name", "value": name}))
        }
    }
}

/// An object of a type with the members that are known; `None` where none is.
fn object(kind: &str, members: &[(&str, &str)]) -> Option<Value> {
    let known = members.iter().filter(|(_, value)| !value.is_empty());
    let mut object: Map<String, Value> =
        known.map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
    if object.is_empty() {
        return None;
    }
    object.insert("type".to_owned(), kind.into());
    Some(object.into())
}

fn traffic(event: &EventRef<'_>, [source, target]: [Option<Value>; 2]) -> Option<Value> {
    if source.is_none() && target.is_none() {
        return None;
    }
    let mut traffic = json!({"type": "network-traffic"});
    for (name, end) in [("src_ref", source), ("dst_ref", target)] {
        if let Some(end) = end {
            traffic[name] = end;
        }
    }
    for (name, port) in [("src_port", event.src.port), ("dst_port", event.dst.port)] {
        if port != 0 {
            traffic[name] = port.into();
        }
    }
    for (name, field) in [
        ("src_byte_count", Field::BytesOut),
        ("dst_byte_count", Field::BytesIn),
        ("src_packets", Field::PacketsOut),
        ("dst_packets", Field::PacketsIn),
    ] {
        if let Ok(count) = event.attribute(field).parse::<i64>() {
            traffic[name] = count.into();
        }
    }
    let protocols = [Field::Protocol, Field::AppProtocol].map(|field| event.attribute(field));
    let protocols: Vec<_> = protocols.into_iter().filter(|name| !name.is_empty()).collect();
    if !protocols.is_empty() {
        traffic["protocols"] = protocols.into();
    }
    if let Some(request) = request(event) {
        traffic["extensions"] = json!({"http-request-ext": request});
    }
    Some(traffic)
}

fn request(event: &EventRef<'_>) -> Option<Value> {
    let method = event.attribute(Field::HttpMethod);
    if method.is_empty() {
        return None;
    }
    let headers = [("User-Agent", Field::UserAgent), ("Host", Field::HttpHost)]
        .map(|(name, field)| (name, event.attribute(field)));
    let headers: Map<String, Value> = headers
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let path = event.attribute(Field::UrlPath);
    Some(json!({
        "request_method": method.to_ascii_lowercase(),
        "request_value": path,
        "request_header": headers,
    }))
}

fn user(event: &EventRef<'_>) -> Option<Value> {
    let uid = event.attribute(Field::UserUid);
    object("user-account", &[("account_login", event.user()), ("user_id", uid)])
}

fn process(event: &EventRef<'_>) -> Option<Value> {
    let path = event.attribute(Field::ProcessPath);
    let mut process = object(
        "process",
        &[
            ("command_line", event.attribute(Field::ProcessCmdLine)),
            ("cwd", event.attribute(Field::ProcessCwd)),
            ("name", file_name(path)),
        ],
    )?;
    if event.pid != 0 {
        process["pid"] = event.pid.into();
    }
    if let Some(image) = file_at(path, event) {
        process["image_ref"] = image;
    }
    Some(process)
}

fn file(event: &EventRef<'_>) -> Option<Value> {
    let [file, process] = [Field::FilePath, Field::ProcessPath].map(|field| event.attribute(field));
    file_at(if file.is_empty() { process } else { file }, event)
}

fn file_at(path: &str, event: &EventRef<'_>) -> Option<Value> {
    let folder =
        path.strip_suffix(file_name(path)).unwrap_or_default().trim_end_matches(['/', '\\']);
    let hashes: Map<String, Value> = observables::hashes(event)
        .filter_map(|hash| Some((hash_name(hash)?.to_owned(), hash.into())))
        .collect();
    if path.is_empty() && hashes.is_empty() {
        return None;
    }
    let mut file = json!({"type": "file", "name": file_name(path)});
    if !folder.is_empty() {
        file["parent_directory_ref"] = json!({"type": "directory", "path": folder});
    }
    if !hashes.is_empty() {
        file["hashes"] = hashes.into();
    }
    Some(file)
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// A hash by its length in digits.
fn hash_name(hash: &str) -> Option<&'static str> {
    match hash.len() {
        32 => Some("MD5"),
        40 => Some("SHA-1"),
        64 => Some("SHA-256"),
        128 => Some("SHA-512"),
        _ => None,
    }
}

fn email(event: &EventRef<'_>) -> Option<Value> {
    let (from, to) = (event.attribute(Field::EmailFrom), event.attribute(Field::EmailTo));
    if from.is_empty() && to.is_empty() {
        return None;
    }
    let address = |value: &str| json!({"type": "email-addr", "value": value});
    Some(json!({"type": "email-message", "from_ref": address(from), "to_refs": [address(to)]}))
}

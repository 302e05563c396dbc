//! What the schema has a place for in an event of each class, and what it has none for.

use super::Shown;
use crate::json::Object;
use crate::{Class, EventRef, Field, Fields};

pub(super) fn is_network(class: Class) -> bool {
    matches!(class, Class::Network | Class::Http | Class::Dns)
}

pub(super) fn has_user(class: Class) -> bool {
    matches!(class, Class::Authentication | Class::AccountChange)
}

pub(super) fn has_source(class: Class) -> bool {
    is_network(class) || has_user(class) || class == Class::Api
}

pub(super) fn has_target(class: Class) -> bool {
    has_source(class) && class != Class::AccountChange
}

pub(super) fn has_request(class: Class) -> bool {
    has_user(class) || matches!(class, Class::Http | Class::Api)
}

pub(super) fn has_file(class: Class) -> bool {
    matches!(class, Class::File | Class::Http)
}

/// Whether the schema has a place for this attribute in an event of this class.
fn has_place(class: Class, field: Field) -> bool {
    match field {
        Field::Group | Field::EmailFrom | Field::EmailTo | Field::MalwareName => false,
        Field::SrcIp | Field::SrcPort | Field::SrcHostname => has_source(class),
        Field::DstIp | Field::DstPort | Field::DstHostname => has_target(class),
        Field::Direction
        | Field::Protocol
        | Field::TcpFlags
        | Field::AppProtocol
        | Field::BytesOut
        | Field::BytesIn
        | Field::PacketsOut
        | Field::PacketsIn
        | Field::TlsSni
        | Field::TlsVersion => is_network(class),
        Field::ServiceName | Field::AuthProtocol => class == Class::Authentication,
        Field::DnsQuery | Field::DnsType => class == Class::Dns,
        Field::FilePath => has_file(class),
        Field::HttpMethod
        | Field::HttpHost
        | Field::UrlPath
        | Field::UrlQuery
        | Field::HttpVersion
        | Field::UserAgent
        | Field::Referrer
        | Field::HttpStatus
        | Field::HttpLength => has_request(class),
        _ => true,
    }
}

/// The methods of `http_request.http_method`. Others are what an attacker makes of them.
const METHODS: &[&str] = &[
    "CONNECT",
    "DELETE",
    "GET",
    "HEAD",
    "OPTIONS",
    "PATCH",
    "POST",
    "PUT",
    "TRACE",
    "ACL",
    "BASELINE-CONTROL",
    "BIND",
    "CHECKIN",
    "CHECKOUT",
    "COPY",
    "LABEL",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MKREDIRECTREF",
    "MKWORKSPACE",
    "MOVE",
    "ORDERPATCH",
    "PRI",
    "PROPFIND",
    "PROPPATCH",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "UNBIND",
    "UNCHECKOUT",
    "UNLINK",
    "UNLOCK",
    "UPDATE",
    "UPDATEREDIRECTREF",
    "VERSION-CONTROL",
];

/// Whether the attribute of this event stands where the schema wants it.
pub(super) fn is_placed(event: &Shown<'_>, field: Field) -> bool {
    has_place(event.class, field)
        && (field != Field::HttpMethod || METHODS.contains(&event.attribute(field)))
}

/// The attributes that some class has no place for.
const MAYBE_WITHOUT_PLACE: [Field; 30] = [
    Field::Group,
    Field::EmailFrom,
    Field::EmailTo,
    Field::MalwareName,
    Field::SrcHostname,
    Field::DstHostname,
    Field::Direction,
    Field::Protocol,
    Field::TcpFlags,
    Field::AppProtocol,
    Field::BytesOut,
    Field::BytesIn,
    Field::PacketsOut,
    Field::PacketsIn,
    Field::TlsSni,
    Field::TlsVersion,
    Field::ServiceName,
    Field::AuthProtocol,
    Field::DnsQuery,
    Field::DnsType,
    Field::FilePath,
    Field::HttpMethod,
    Field::HttpHost,
    Field::UrlPath,
    Field::UrlQuery,
    Field::HttpVersion,
    Field::UserAgent,
    Field::Referrer,
    Field::HttpStatus,
    Field::HttpLength,
];

/// What stands before the path of a field without place.
const PREFIX: &str = "ocsf.";

/// What has no place: the record's own fields, and attributes of other classes.
pub(super) fn unmapped(event: &Shown<'_>, o: &mut Object<'_>) {
    o.object("unmapped", |o| {
        native_fields(event, o);
        if event.has_any(const { Fields::of(&MAYBE_WITHOUT_PLACE) }) {
            attributes(event, o);
        }
        peers(event, o);
    });
}

fn attributes(event: &Shown<'_>, o: &mut Object<'_>) {
    let given = MAYBE_WITHOUT_PLACE.into_iter().filter(|field| event.given.has(*field));
    for field in given.filter(|field| !is_placed(event, *field)) {
        o.named(&[PREFIX, field.path()].concat(), event.attribute(field));
    }
}

fn peers(event: &Shown<'_>, o: &mut Object<'_>) {
    let ends =
        [(Field::SrcIp, Field::SrcPort, &event.src), (Field::DstIp, Field::DstPort, &event.dst)];
    for (ip, port, peer) in ends.into_iter().filter(|(ip, ..)| !has_place(event.class, *ip)) {
        if let Some(address) = peer.ip {
            o.named(&[PREFIX, ip.path()].concat(), &address.to_string());
        }
        if peer.port != 0 {
            o.named(&[PREFIX, port.path()].concat(), &peer.port.to_string());
        }
    }
}

/// The record's own fields, in their order. A name that occurs more than once has all its values.
fn native_fields(event: &EventRef<'_>, o: &mut Object<'_>) {
    let mut fields: Vec<_> = event.native_fields().enumerate().collect();
    fields.sort_by_key(|(_, (name, _))| *name);
    let mut groups: Vec<_> = fields.chunk_by(|a, b| a.1.0 == b.1.0).collect();
    groups.sort_by_key(|group| group[0].0);
    for group in groups {
        match group {
            [(_, (name, value))] => o.named(name, value),
            [(_, (name, _)), ..] => o.list(name, group.iter().map(|(_, (_, value))| *value)),
            [] => {}
        }
    }
}

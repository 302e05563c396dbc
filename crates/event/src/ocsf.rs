//! An event as an OCSF object, one line of JSON. The schema's minimum is always met: an endpoint
//! has a name, an authentication its user and service, whatever the record left out. Attributes
//! that the schema has no place for in the event's class stand in `unmapped`, under `ocsf.`.

use crate::json::Object;
use crate::{Activity, Class, EventRef, Field, Peer};

/// The schema version events and findings are written in.
pub const VERSION: &str = "1.9.0-dev";

/// Appends the event as one JSON object, without a newline.
pub fn write(event: &EventRef<'_>, out: &mut Vec<u8>) {
    let class = shown_as(event);
    Object::write(out, |o| {
        classification(event, class, o);
        o.text("message", event.message());
        if has_source(class) {
            endpoint(event, "src_endpoint", class, o);
        }
        if has_target(class) {
            endpoint(event, "dst_endpoint", class, o);
        }
        if is_network(class) {
            connection(event, o);
        }
        people(event, class, o);
        machine(event, class, o);
        if has_request(class) {
            web(event, class, o);
        }
        details(event, class, o);
        metadata(event, o);
        o.text("raw_data", event.raw());
        unmapped(event, class, o);
    });
}

/// The base class has no endpoints: what a service says about a peer is network activity.
fn shown_as(event: &EventRef<'_>) -> Class {
    let about_peer = !(event.src.is_empty() && event.dst.is_empty());
    if event.class == Class::Base && about_peer { Class::Network } else { event.class }
}

fn is_network(class: Class) -> bool {
    matches!(class, Class::Network | Class::Http | Class::Dns)
}

fn has_user(class: Class) -> bool {
    matches!(class, Class::Authentication | Class::AccountChange)
}

fn has_source(class: Class) -> bool {
    is_network(class) || has_user(class) || class == Class::Api
}

fn has_target(class: Class) -> bool {
    has_source(class) && class != Class::AccountChange
}

fn has_request(class: Class) -> bool {
    has_user(class) || matches!(class, Class::Http | Class::Api)
}

fn has_file(class: Class) -> bool {
    matches!(class, Class::File | Class::Http)
}

/// Whether the schema has a place for this attribute in an event of this class.
fn has_place(class: Class, field: Field) -> bool {
    match field {
        Field::Group | Field::EmailFrom | Field::EmailTo | Field::MalwareName => false,
        Field::SrcIp | Field::SrcPort | Field::SrcHostname => has_source(class),
        Field::DstIp | Field::DstPort | Field::DstHostname => has_target(class),
        Field::Protocol | Field::TcpFlags => is_network(class),
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
fn is_placed(event: &EventRef<'_>, class: Class, field: Field) -> bool {
    has_place(class, field)
        && (field != Field::HttpMethod || METHODS.contains(&event.attribute(field)))
}

/// The attributes that some class has no place for.
const MAYBE_WITHOUT_PLACE: &[Field] = &[
    Field::Group,
    Field::EmailFrom,
    Field::EmailTo,
    Field::MalwareName,
    Field::SrcHostname,
    Field::DstHostname,
    Field::Protocol,
    Field::TcpFlags,
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

/// `ocsf.` and the path of a field, for [`unmapped`].
const PREFIX: &str = "ocsf.";

fn unmapped(event: &EventRef<'_>, class: Class, o: &mut Object<'_>) {
    o.object("unmapped", |o| {
        native_fields(event, o);
        for field in MAYBE_WITHOUT_PLACE.iter().filter(|field| !is_placed(event, class, **field)) {
            o.text(&[PREFIX, field.path()].concat(), event.attribute(*field));
        }
        let peers = [
            (Field::SrcIp, Field::SrcPort, &event.src),
            (Field::DstIp, Field::DstPort, &event.dst),
        ];
        for (ip, port, peer) in peers.into_iter().filter(|(ip, ..)| !has_place(class, *ip)) {
            if let Some(address) = peer.ip {
                o.display(&[PREFIX, ip.path()].concat(), address);
            }
            if peer.port != 0 {
                o.display(&[PREFIX, port.path()].concat(), peer.port);
            }
        }
    });
}

/// The record's own fields, in their order. A name that occurs more than once has all its values.
fn native_fields(event: &EventRef<'_>, o: &mut Object<'_>) {
    let mut fields: Vec<_> = event.native_fields().enumerate().collect();
    fields.sort_by_key(|(_, (name, _))| *name);
    let mut groups: Vec<_> = fields.chunk_by(|a, b| a.1.0 == b.1.0).collect();
    groups.sort_by_key(|group| group[0].0);
    for group in groups {
        match group {
            [(_, (name, value))] => o.text(name, value),
            [(_, (name, _)), ..] => o.texts(name, group.iter().map(|(_, (_, value))| *value)),
            [] => {}
        }
    }
}

fn classification(event: &EventRef<'_>, class: Class, o: &mut Object<'_>) {
    let unspecific = class == Class::Base && event.activity != Activity::OTHER;
    let activity = if unspecific { 0 } else { u32::from(event.activity.0) };
    o.number("time", event.time.as_millis());
    o.number("class_uid", class.uid());
    o.number("category_uid", class.category_uid());
    o.number("activity_id", activity);
    o.number("type_uid", class.uid() * 100 + activity);
    o.number("severity_id", event.severity.id());
    o.number("status_id", event.status.id());
    o.text("status_detail", event.attribute(Field::StatusDetail));
    if event.count > 1 {
        o.number("count", event.count);
    }
}

/// An endpoint. Classes that need one have one, whatever the record left out.
fn endpoint(event: &EventRef<'_>, key: &str, class: Class, o: &mut Object<'_>) {
    let is_source = key == "src_endpoint";
    let peer = if is_source { &event.src } else { &event.dst };
    let hostname = event.text(peer.hostname);
    let needed = is_source && (class == Class::Api || (is_network(class) && event.dst.is_empty()))
        || peer.port != 0;
    o.object(key, |o| {
        name_of(peer, if needed && hostname.is_empty() { "unknown" } else { hostname }, o);
        o.text("hostname", hostname);
        if peer.port != 0 {
            o.number("port", peer.port);
        }
    });
}

fn name_of(peer: &Peer, otherwise: &str, o: &mut Object<'_>) {
    match peer.ip {
        Some(ip) => {
            o.display("name", ip);
            o.display("ip", ip);
        }
        None => o.text("name", otherwise),
    }
}

fn connection(event: &EventRef<'_>, o: &mut Object<'_>) {
    let (protocol, flags) = (event.attribute(Field::Protocol), event.attribute(Field::TcpFlags));
    if !(protocol.is_empty() && flags.is_empty()) {
        o.object("connection_info", |o| {
            o.number("direction_id", 0);
            o.text("protocol_name", protocol);
            o.text("flag_history", flags);
        });
    }
}

/// The account it is about: `user` where the class has one, otherwise the actor's or, where
/// another one acted, that of the process.
fn people(event: &EventRef<'_>, class: Class, o: &mut Object<'_>) {
    let own = has_user(class);
    if own {
        let unknown = event.user().is_empty() && event.attribute(Field::UserUid).is_empty();
        o.object("user", |o| user(event, if unknown { "unknown" } else { event.user() }, o));
    }
    o.object("actor", |o| {
        let program = event.program();
        o.text("app_name", if program.is_empty() { event.provider } else { program });
        o.object("user", |o| {
            if own || has_actor(event) {
                o.text("name", event.attribute(Field::ActorUser));
                o.text("uid", event.attribute(Field::ActorUid));
            } else {
                user(event, event.user(), o);
            }
        });
        if class != Class::Process && has_process(event, class) {
            o.object("process", |o| process(event, class, o));
        }
        if class != Class::Authentication {
            o.object("session", |o| session(event, o));
        }
    });
    if class == Class::Authentication {
        o.object("session", |o| session(event, o));
    }
}

fn has_actor(event: &EventRef<'_>) -> bool {
    !(event.attribute(Field::ActorUser).is_empty() && event.attribute(Field::ActorUid).is_empty())
}

fn has_account(event: &EventRef<'_>) -> bool {
    !(event.user().is_empty() && event.attribute(Field::UserUid).is_empty())
}

fn user(event: &EventRef<'_>, name: &str, o: &mut Object<'_>) {
    let uid = event.attribute(Field::UserUid);
    let domain = event.attribute(Field::UserDomain);
    let unknown = name.is_empty() && uid.is_empty() && !domain.is_empty();
    o.text("name", if unknown { "unknown" } else { name });
    o.text("uid", uid);
    o.text("domain", domain);
}

fn session(event: &EventRef<'_>, o: &mut Object<'_>) {
    o.text("uid", event.attribute(Field::SessionUid));
    o.text("terminal", event.attribute(Field::SessionTerminal));
}

fn machine(event: &EventRef<'_>, class: Class, o: &mut Object<'_>) {
    let (host, interface) = (event.host(), event.attribute(Field::DeviceInterface));
    let needed = matches!(class, Class::Process | Class::File);
    if needed || !host.is_empty() || !interface.is_empty() {
        o.object("device", |o| {
            o.text("name", if host.is_empty() { "unknown" } else { host });
            o.text("hostname", host);
            o.number("type_id", 0);
            o.text("interface_name", interface);
        });
    }
    if class == Class::Process {
        o.object("process", |o| process(event, class, o));
    }
    if class == Class::Authentication {
        let service = event.attribute(Field::ServiceName);
        let program = if event.program().is_empty() { event.provider } else { event.program() };
        let name = if service.is_empty() { program } else { service };
        o.object("service", |o| o.text("name", name));
    }
}

/// What is known of the process beyond the name of the program that wrote the record.
fn has_process(event: &EventRef<'_>, class: Class) -> bool {
    const OF_PROCESS: [Field; 4] =
        [Field::ProcessPath, Field::ProcessCmdLine, Field::ProcessCwd, Field::ParentPid];
    event.pid != 0
        || OF_PROCESS.iter().any(|field| !event.attribute(*field).is_empty())
        || (!has_user(class) && has_actor(event) && has_account(event))
}

fn process(event: &EventRef<'_>, class: Class, o: &mut Object<'_>) {
    let path = event.attribute(Field::ProcessPath);
    let name = event.attribute(Field::ProcessName);
    o.text("name", if name.is_empty() { event.provider } else { name });
    match event.pid {
        0 => o.text("uid", "unknown"),
        pid => o.number("pid", pid),
    }
    o.text("cmd_line", event.attribute(Field::ProcessCmdLine));
    o.text("working_directory", event.attribute(Field::ProcessCwd));
    if !path.is_empty() {
        o.object("file", |o| file(path, o));
    }
    if let Ok(parent) = event.attribute(Field::ParentPid).parse::<u32>() {
        o.object("parent_process", |o| o.number("pid", parent));
    }
    if !has_user(class) && has_actor(event) {
        o.object("user", |o| user(event, event.user(), o));
    }
}

fn file(path: &str, o: &mut Object<'_>) {
    let name = path.rsplit('/').next().filter(|name| !name.is_empty());
    o.text("name", name.unwrap_or(path));
    o.text("path", path);
    o.number("type_id", 0);
}

fn web(event: &EventRef<'_>, class: Class, o: &mut Object<'_>) {
    o.object("http_request", |o| {
        if is_placed(event, class, Field::HttpMethod) {
            o.text("http_method", event.attribute(Field::HttpMethod));
        }
        o.object("url", |o| url(event, o));
        o.text("version", event.attribute(Field::HttpVersion));
        o.text("user_agent", event.attribute(Field::UserAgent));
        o.text("referrer", event.attribute(Field::Referrer));
    });
    let length = event.attribute(Field::HttpLength).parse::<u64>();
    if let Ok(code) = event.attribute(Field::HttpStatus).parse::<u16>() {
        o.object("http_response", |o| {
            o.number("code", code);
            if let Ok(length) = length {
                o.number("length", length);
            }
        });
    }
}

/// A URL must have a path, or be given whole.
fn url(event: &EventRef<'_>, o: &mut Object<'_>) {
    let [host, path, query] =
        [Field::HttpHost, Field::UrlPath, Field::UrlQuery].map(|field| event.attribute(field));
    if path.is_empty() {
        o.text("url_string", if host.is_empty() { query } else { host });
    }
    o.text("hostname", host);
    o.text("path", path);
    o.text("query_string", query);
}

fn details(event: &EventRef<'_>, class: Class, o: &mut Object<'_>) {
    if class == Class::Authentication {
        o.text("auth_protocol", event.attribute(Field::AuthProtocol));
    }
    let path = event.attribute(Field::FilePath);
    if has_file(class) && (!path.is_empty() || class == Class::File) {
        o.object("file", |o| file(if path.is_empty() { "unknown" } else { path }, o));
    }
    let (query, kind) = (event.attribute(Field::DnsQuery), event.attribute(Field::DnsType));
    if class == Class::Dns && !(query.is_empty() && kind.is_empty()) {
        o.object("query", |o| {
            o.text("hostname", if query.is_empty() { "unknown" } else { query });
            o.text("type", kind);
        });
    }
    o.object("firewall_rule", |o| o.text("name", event.attribute(Field::FirewallRule)));
    let operation = event.attribute(Field::ApiOperation);
    if !operation.is_empty() || class == Class::Api {
        let operation = if operation.is_empty() { "unknown" } else { operation };
        o.object("api", |o| o.text("operation", operation));
    }
}

fn metadata(event: &EventRef<'_>, o: &mut Object<'_>) {
    o.object("metadata", |o| {
        o.text("version", VERSION);
        o.object("product", |o| {
            o.text("name", "Tocsin");
            o.text("vendor_name", "Tocsin");
        });
        o.number("sequence", event.record);
        o.text("log_name", event.source());
        o.text("log_provider", event.provider);
        o.text("event_code", event.attribute(Field::EventCode));
        o.text("uid", event.attribute(Field::MetadataUid));
    });
}

//! An event as an OCSF object, one line of JSON. The schema's minimum is always met: an endpoint
//! has a name, an authentication its user and service, whatever the record left out. Attributes
//! that the schema has no place for in the event's class stand in `unmapped`, under `ocsf.`.

mod place;

use std::ops::Deref;

use crate::json::Object;
use crate::{Activity, Class, EventRef, Field, Fields, Peer};
use place::{has_file, has_request, has_source, has_target, has_user, is_network, is_placed};

/// The schema version events and findings are written in.
pub const VERSION: &str = "1.9.0-dev";

/// Appends the event as one JSON object, without a newline.
pub fn write(event: &EventRef<'_>, out: &mut Vec<u8>) {
    let event = &Shown::new(*event);
    let class = event.class;
    Object::write(out, |o| {
        classification(event, o);
        if !is_document(event) {
            o.text("message", event.message());
        }
        if has_source(class) {
            source(event, o);
        }
        if has_target(class) {
            o.object("dst_endpoint", |o| endpoint(event, &event.dst, false, o));
        }
        if is_network(class) {
            connection(event, o);
        }
        people(event, o);
        machine(event, o);
        if has_request(class) {
            web(event, o);
        }
        details(event, o);
        metadata(event, o);
        o.text("raw_data", event.raw());
        place::unmapped(event, o);
    });
}

/// Whether its message is a document, which `raw_data` has and `unmapped` takes apart.
fn is_document(event: &EventRef<'_>) -> bool {
    let (message, raw) = (event.message(), event.raw());
    message.starts_with('{') && message.len() == raw.len()
}

/// An event as it is shown, and what it has: most attributes are absent from most events, and that
/// is told without looking for them.
struct Shown<'e> {
    event: EventRef<'e>,
    class: Class,
    given: Fields,
}

impl<'e> Shown<'e> {
    fn new(event: EventRef<'e>) -> Self {
        // The base class has no endpoints: what a service says about a peer is network activity.
        let about_peer = !(event.src.is_empty() && event.dst.is_empty());
        let class =
            if event.class == Class::Base && about_peer { Class::Network } else { event.class };
        Shown { event, class, given: event.given() }
    }

    fn attribute(&self, field: Field) -> &'e str {
        if self.given.has(field) { self.event.attribute(field) } else { "" }
    }

    fn has_any(&self, fields: Fields) -> bool {
        self.given.has_any(fields)
    }

    fn has_actor(&self) -> bool {
        self.has_any(const { Fields::of(&[Field::ActorUser, Field::ActorUid]) })
    }

    fn has_account(&self) -> bool {
        self.has_any(const { Fields::of(&[Field::User, Field::UserUid]) })
    }

    fn program_or_provider(&self) -> &'e str {
        let program = self.program();
        if program.is_empty() { self.provider } else { program }
    }
}

impl<'e> Deref for Shown<'e> {
    type Target = EventRef<'e>;

    fn deref(&self) -> &EventRef<'e> {
        &self.event
    }
}

fn classification(event: &Shown<'_>, o: &mut Object<'_>) {
    let class = event.class;
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
    if let Some(milliseconds) = number(event, Field::Duration) {
        o.number("duration", milliseconds);
    }
}

/// Where it came from. Classes that need a source have one, whatever the record left out.
fn source(event: &Shown<'_>, o: &mut Object<'_>) {
    let class = event.class;
    let needed = class == Class::Api || (is_network(class) && event.dst.is_empty());
    o.object("src_endpoint", |o| endpoint(event, &event.src, needed, o));
}

fn endpoint(event: &Shown<'_>, peer: &Peer, needed: bool, o: &mut Object<'_>) {
    let hostname = event.text(peer.hostname);
    match peer.ip {
        // An address of IPv4 within one of IPv6, as the record writes it.
        Some(ip) if hostname.contains(':') => {
            o.text("name", hostname);
            o.ip("ip", ip);
        }
        Some(ip) => {
            o.ip("name", ip);
            o.ip("ip", ip);
        }
        None if hostname.is_empty() && (needed || peer.port != 0) => o.word("name", "unknown"),
        None => o.text("name", hostname),
    }
    if !hostname.contains(':') {
        o.text("hostname", hostname);
    }
    if peer.port != 0 {
        o.number("port", peer.port);
    }
}

fn connection(event: &Shown<'_>, o: &mut Object<'_>) {
    let direction: i64 = event.attribute(Field::Direction).parse().unwrap_or_default();
    let (protocol, flags) = (event.attribute(Field::Protocol), event.attribute(Field::TcpFlags));
    if direction != 0 || !(protocol.is_empty() && flags.is_empty()) {
        o.object("connection_info", |o| {
            o.number("direction_id", direction);
            o.text("protocol_name", protocol);
            o.text("flag_history", flags);
        });
    }
    o.text("app_name", event.attribute(Field::AppProtocol));
    traffic(event, o);
    if event.has_any(const { Fields::of(&[Field::TlsSni, Field::TlsVersion]) }) {
        let version = event.attribute(Field::TlsVersion);
        o.object("tls", |o| {
            o.text("version", if version.is_empty() { "unknown" } else { version });
            o.text("sni", event.attribute(Field::TlsSni));
        });
    }
}

/// What was sent and what came back, seen from the source.
fn traffic(event: &Shown<'_>, o: &mut Object<'_>) {
    const OF_TRAFFIC: Fields =
        Fields::of(&[Field::BytesIn, Field::BytesOut, Field::PacketsIn, Field::PacketsOut]);
    if !event.has_any(OF_TRAFFIC) {
        return;
    }
    o.object("traffic", |o| {
        let bytes = [Field::BytesIn, Field::BytesOut].map(|field| number(event, field));
        counts(["bytes", "bytes_in", "bytes_out"], bytes, o);
        let packets = [Field::PacketsIn, Field::PacketsOut].map(|field| number(event, field));
        counts(["packets", "packets_in", "packets_out"], packets, o);
    });
}

/// Both ways together, and each.
fn counts(
    [both, inward, outward]: [&'static str; 3],
    counted: [Option<i64>; 2],
    o: &mut Object<'_>,
) {
    if counted != [None, None] {
        let sum = counted.iter().flatten().fold(0, |sum: i64, count| sum.saturating_add(*count));
        o.number(both, sum);
    }
    for (name, count) in [inward, outward].into_iter().zip(counted) {
        if let Some(count) = count {
            o.number(name, count);
        }
    }
}

/// An attribute that the schema has as a number; `None` where it is none.
fn number(event: &Shown<'_>, field: Field) -> Option<i64> {
    event.attribute(field).parse().ok().filter(|number| *number >= 0)
}

/// The account it is about: `user` where the class has one, otherwise the actor's or, where
/// another one acted, that of the process.
fn people(event: &Shown<'_>, o: &mut Object<'_>) {
    let own = has_user(event.class);
    if own {
        let name = if event.has_account() { event.user() } else { "unknown" };
        o.object("user", |o| user(event, name, o));
    }
    let signs_in = event.class == Class::Authentication;
    o.object("actor", |o| {
        o.text("app_name", event.program_or_provider());
        if event.has_actor() {
            o.object("user", |o| {
                o.text("name", event.attribute(Field::ActorUser));
                o.text("uid", event.attribute(Field::ActorUid));
            });
        } else if !own {
            o.object("user", |o| user(event, event.user(), o));
        }
        if event.class != Class::Process && has_process(event) {
            o.object("process", |o| process(event, o));
        }
        if !signs_in {
            session(event, o);
        }
    });
    if signs_in {
        session(event, o);
    }
}

fn user(event: &Shown<'_>, name: &str, o: &mut Object<'_>) {
    let uid = event.attribute(Field::UserUid);
    let domain = event.attribute(Field::UserDomain);
    let unknown = name.is_empty() && uid.is_empty() && !domain.is_empty();
    o.text("name", if unknown { "unknown" } else { name });
    o.text("uid", uid);
    o.text("domain", domain);
}

fn session(event: &Shown<'_>, o: &mut Object<'_>) {
    if event.has_any(const { Fields::of(&[Field::SessionUid, Field::SessionTerminal]) }) {
        o.object("session", |o| {
            o.text("uid", event.attribute(Field::SessionUid));
            o.text("terminal", event.attribute(Field::SessionTerminal));
        });
    }
}

fn machine(event: &Shown<'_>, o: &mut Object<'_>) {
    let (host, interface) = (event.host(), event.attribute(Field::DeviceInterface));
    let needed = matches!(event.class, Class::Process | Class::File);
    if needed || !host.is_empty() || !interface.is_empty() {
        o.object("device", |o| {
            o.text("name", if host.is_empty() { "unknown" } else { host });
            o.text("hostname", host);
            o.number("type_id", 0);
            o.text("interface_name", interface);
        });
    }
    if event.class == Class::Process {
        o.object("process", |o| process(event, o));
    }
    if event.class == Class::Authentication {
        let service = event.attribute(Field::ServiceName);
        let name = if service.is_empty() { event.program_or_provider() } else { service };
        o.object("service", |o| o.text("name", name));
    }
}

const OF_PARENT: Fields = Fields::of(&[Field::ParentPid, Field::ParentPath, Field::ParentCmdLine]);

/// What is known of the process beyond the name of the program that wrote the record.
fn has_process(event: &Shown<'_>) -> bool {
    const OF_PROCESS: Fields = Fields::of(&[
        Field::ProcessPath,
        Field::ProcessCmdLine,
        Field::ProcessCwd,
        Field::ParentPid,
        Field::ParentPath,
        Field::ParentCmdLine,
    ]);
    event.pid != 0
        || event.has_any(OF_PROCESS)
        || (!has_user(event.class) && event.has_actor() && event.has_account())
}

fn process(event: &Shown<'_>, o: &mut Object<'_>) {
    let path = event.attribute(Field::ProcessPath);
    let name = event.attribute(Field::ProcessName);
    o.text("name", if name.is_empty() { event.provider } else { name });
    match event.pid {
        0 => o.word("uid", "unknown"),
        pid => o.number("pid", pid),
    }
    o.text("cmd_line", event.attribute(Field::ProcessCmdLine));
    o.text("working_directory", event.attribute(Field::ProcessCwd));
    if !path.is_empty() {
        o.object("file", |o| file(path, o));
    }
    if event.has_any(OF_PARENT) {
        o.object("parent_process", |o| parent_process(event, o));
    }
    if !has_user(event.class) && event.has_actor() {
        o.object("user", |o| user(event, event.user(), o));
    }
}

fn parent_process(event: &Shown<'_>, o: &mut Object<'_>) {
    match event.attribute(Field::ParentPid).parse::<u32>() {
        Ok(pid) => o.number("pid", pid),
        Err(_) => o.word("uid", "unknown"),
    }
    o.text("cmd_line", event.attribute(Field::ParentCmdLine));
    let path = event.attribute(Field::ParentPath);
    if !path.is_empty() {
        o.object("file", |o| file(path, o));
    }
}

fn file(path: &str, o: &mut Object<'_>) {
    let name = path.rsplit('/').next().filter(|name| !name.is_empty());
    o.text("name", name.unwrap_or(path));
    o.text("path", path);
    o.number("type_id", 0);
}

fn web(event: &Shown<'_>, o: &mut Object<'_>) {
    const OF_REQUEST: Fields = Fields::of(&[
        Field::HttpMethod,
        Field::HttpHost,
        Field::UrlPath,
        Field::UrlQuery,
        Field::HttpVersion,
        Field::UserAgent,
        Field::Referrer,
        Field::HttpStatus,
    ]);
    if !event.has_any(OF_REQUEST) {
        return;
    }
    o.object("http_request", |o| {
        if is_placed(event, Field::HttpMethod) {
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
fn url(event: &Shown<'_>, o: &mut Object<'_>) {
    let [host, path, query] =
        [Field::HttpHost, Field::UrlPath, Field::UrlQuery].map(|field| event.attribute(field));
    if path.is_empty() {
        o.text("url_string", if host.is_empty() { query } else { host });
    }
    o.text("hostname", host);
    o.text("path", path);
    o.text("query_string", query);
}

fn details(event: &Shown<'_>, o: &mut Object<'_>) {
    let class = event.class;
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
    let rule = event.attribute(Field::FirewallRule);
    if !rule.is_empty() {
        o.object("firewall_rule", |o| o.text("name", rule));
    }
    let operation = event.attribute(Field::ApiOperation);
    if !operation.is_empty() || class == Class::Api {
        let operation = if operation.is_empty() { "unknown" } else { operation };
        o.object("api", |o| o.text("operation", operation));
    }
}

fn metadata(event: &Shown<'_>, o: &mut Object<'_>) {
    o.object("metadata", |o| {
        o.word("version", VERSION);
        o.object("product", |o| {
            o.word("name", "Tocsin");
            o.word("vendor_name", "Tocsin");
        });
        o.number("sequence", event.record);
        o.text("log_name", event.source());
        o.text("log_provider", event.provider);
        o.text("event_code", event.attribute(Field::EventCode));
        o.text("uid", event.attribute(Field::MetadataUid));
    });
}

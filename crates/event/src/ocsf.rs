//! An event as an OCSF object, one line of JSON. The schema's minimum is always met: an endpoint
//! has a name, an authentication its user and service, whatever the record left out.

use crate::json::Object;
use crate::{Class, EventRef, Field, Peer};

/// The schema version events and findings are written in.
pub const VERSION: &str = "1.9.0-dev";

/// Appends the event as one JSON object, without a newline.
pub fn write(event: &EventRef<'_>, out: &mut Vec<u8>) {
    Object::write(out, |o| {
        classification(event, o);
        o.text("message", event.message());
        endpoint(event, "src_endpoint", &event.src, o);
        endpoint(event, "dst_endpoint", &event.dst, o);
        connection(event, o);
        people(event, o);
        machine(event, o);
        web(event, o);
        details(event, o);
        metadata(event, o);
        o.text("raw_data", event.raw());
        unmapped(event, o);
    });
}

/// The record's own fields. A name that occurs more than once has all of its values.
fn unmapped(event: &EventRef<'_>, o: &mut Object<'_>) {
    o.object("unmapped", |o| {
        for (index, (name, value)) in event.native_fields().enumerate() {
            let others = || event.native_fields().enumerate().filter(|(_, (n, _))| *n == name);
            match others().take(2).count() {
                1 => o.text(name, value),
                _ if others().next().is_some_and(|(first, _)| first < index) => {}
                _ => o.texts(name, others().map(|(_, (_, value))| value)),
            }
        }
    });
}

fn classification(event: &EventRef<'_>, o: &mut Object<'_>) {
    let class = event.class.uid();
    let activity = u32::from(event.activity.0);
    o.number("time", event.time.as_millis());
    o.number("class_uid", class);
    o.number("category_uid", event.class.category_uid());
    o.number("activity_id", activity);
    o.number("type_uid", class * 100 + activity);
    o.number("severity_id", event.severity.id());
    o.number("status_id", event.status.id());
    o.text("status_detail", event.attribute(Field::StatusDetail));
    if event.count > 1 {
        o.number("count", event.count);
    }
}

fn endpoint(event: &EventRef<'_>, key: &str, peer: &Peer, o: &mut Object<'_>) {
    let hostname = event.text(peer.hostname);
    let needed = key == "src_endpoint"
        && matches!(event.class, Class::Network | Class::Http | Class::Dns | Class::Api)
        && peer.is_empty()
        && (event.dst.is_empty() || event.class == Class::Api);
    o.object(key, |o| {
        match peer.ip {
            Some(ip) => {
                o.display("name", ip);
                o.display("ip", ip);
            }
            None if needed => o.text("name", "unknown"),
            None => o.text("name", hostname),
        }
        o.text("hostname", hostname);
        if peer.port != 0 {
            o.number("port", peer.port);
        }
    });
}

fn connection(event: &EventRef<'_>, o: &mut Object<'_>) {
    let (protocol, flags) = (event.attribute(Field::Protocol), event.attribute(Field::TcpFlags));
    if event.class == Class::Network && !(protocol.is_empty() && flags.is_empty()) {
        o.object("connection_info", |o| {
            o.number("direction_id", 0);
            o.text("protocol_name", protocol);
            o.text("flag_history", flags);
        });
    }
}

fn people(event: &EventRef<'_>, o: &mut Object<'_>) {
    let needed = matches!(event.class, Class::Authentication | Class::AccountChange);
    o.object("user", |o| {
        let (name, uid) = (event.user(), event.attribute(Field::UserUid));
        o.text("name", if needed && name.is_empty() && uid.is_empty() { "unknown" } else { name });
        o.text("uid", uid);
        o.text("domain", event.attribute(Field::UserDomain));
    });
    let group = event.attribute(Field::Group);
    o.object("group", |o| o.text("name", group));
    o.object("actor", |o| {
        let program = event.program();
        o.text("app_name", if program.is_empty() { event.provider } else { program });
        o.object("user", |o| {
            o.text("name", event.attribute(Field::ActorUser));
            o.text("uid", event.attribute(Field::ActorUid));
        });
    });
    o.object("session", |o| {
        o.text("uid", event.attribute(Field::SessionUid));
        o.text("terminal", event.attribute(Field::SessionTerminal));
    });
}

fn machine(event: &EventRef<'_>, o: &mut Object<'_>) {
    let needed = matches!(event.class, Class::Process | Class::File);
    let host = event.host();
    if needed || !host.is_empty() {
        o.object("device", |o| {
            o.text("name", if host.is_empty() { "unknown" } else { host });
            o.text("hostname", host);
            o.number("type_id", 0);
            o.text("interface_name", event.attribute(Field::DeviceInterface));
        });
    }
    if event.pid != 0 || event.class == Class::Process {
        o.object("process", |o| process(event, o));
    }
    let service = event.attribute(Field::ServiceName);
    if !service.is_empty() || event.class == Class::Authentication {
        let program = if event.program().is_empty() { event.provider } else { event.program() };
        let name = if service.is_empty() { program } else { service };
        o.object("service", |o| o.text("name", name));
    }
}

fn process(event: &EventRef<'_>, o: &mut Object<'_>) {
    let path = event.attribute(Field::ProcessPath);
    let name = event.attribute(Field::ProcessName);
    o.text("name", if name.is_empty() { event.provider } else { name });
    o.number("pid", event.pid);
    o.text("cmd_line", event.attribute(Field::ProcessCmdLine));
    o.text("working_directory", event.attribute(Field::ProcessCwd));
    if !path.is_empty() {
        o.object("file", |o| file(path, o));
    }
    if let Ok(parent) = event.attribute(Field::ParentPid).parse::<u32>() {
        o.object("parent_process", |o| o.number("pid", parent));
    }
}

fn file(path: &str, o: &mut Object<'_>) {
    let name = path.rsplit('/').next().filter(|name| !name.is_empty());
    o.text("name", name.unwrap_or(path));
    o.text("path", path);
    o.number("type_id", 0);
}

fn web(event: &EventRef<'_>, o: &mut Object<'_>) {
    o.object("http_request", |o| {
        o.text("http_method", event.attribute(Field::HttpMethod));
        o.object("url", |o| {
            o.text("hostname", event.attribute(Field::HttpHost));
            o.text("path", event.attribute(Field::UrlPath));
            o.text("query_string", event.attribute(Field::UrlQuery));
        });
        o.text("version", event.attribute(Field::HttpVersion));
        o.text("user_agent", event.attribute(Field::UserAgent));
        o.text("referrer", event.attribute(Field::Referrer));
    });
    if let Ok(code) = event.attribute(Field::HttpStatus).parse::<u16>() {
        o.object("http_response", |o| {
            o.number("code", code);
            if let Ok(length) = event.attribute(Field::HttpLength).parse::<u64>() {
                o.number("length", length);
            }
        });
    }
}

fn details(event: &EventRef<'_>, o: &mut Object<'_>) {
    o.text("auth_protocol", event.attribute(Field::AuthProtocol));
    let path = event.attribute(Field::FilePath);
    if !path.is_empty() || event.class == Class::File {
        o.object("file", |o| file(if path.is_empty() { "unknown" } else { path }, o));
    }
    let hostname = event.attribute(Field::DnsQuery);
    if !hostname.is_empty() {
        o.object("query", |o| {
            o.text("hostname", hostname);
            o.text("type", event.attribute(Field::DnsType));
        });
    }
    o.object("email", |o| {
        o.text("from", event.attribute(Field::EmailFrom));
        o.text("to", event.attribute(Field::EmailTo));
    });
    o.object("firewall_rule", |o| o.text("name", event.attribute(Field::FirewallRule)));
    let operation = event.attribute(Field::ApiOperation);
    if !operation.is_empty() || event.class == Class::Api {
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

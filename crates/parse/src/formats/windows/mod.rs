//! Windows events, as XML (`<Event xmlns=...><System>...`) or as JSON in the forms of event log
//! dumpers, Winlogbeat and NXLog. Whatever the form, their members have the names that Sigma rules
//! know: `EventID`, `Provider_Name`, `Image`.

mod events;
mod name;

use std::borrow::Cow;

use tocsin_event::{Field, Writer};

use crate::format::Format;
use crate::header::Record;
use crate::object::Object;
use crate::wording::Meaning;
use crate::{address, find, timestamp, xml};
use name::{Member, member};

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: events::ANY,
    ..Format::service("windows", &["*"], &[]).with_reader(read).that_begins_with(b"<{")
};

/// A longer head of an event in XML is none: those of Windows have one KiB, and this one is searched
/// for every name.
const SYSTEM_MAX: usize = 4096;

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let body = record.body.trim_ascii_start();
    let read = match record.object {
        Some(object) => read_json(object, out),
        None => read_xml(body, out),
    };
    let Some(head) = read else { return false };
    let number = head.number.parse().unwrap_or_default();
    let channel = events::channel(&head.channel);
    let kind = events::kind(channel.service, number);
    let refused = events::refused(channel.service, number, &head.status);
    refused.or(kind.map(|kind| kind.meaning)).unwrap_or(Meaning::NOTED).apply(out);
    out.event.provider = FORMAT.name;
    out.event.logsource = match kind {
        Some(_) if head.deletes_key => &events::REGISTRY_DELETED,
        Some(kind) => &kind.logsource,
        None => channel,
    };
    out.set(Field::EventCode, &head.number);
    out.event.host = out.span(&head.computer);
    let stamp = timestamp::bare(&head.time).map(|(stamp, _)| stamp);
    record.stamp = stamp.or(record.stamp);
    true
}

/// What tells which event it is.
#[derive(Default)]
struct Head<'t> {
    number: Cow<'t, str>,
    channel: Cow<'t, str>,
    computer: Cow<'t, str>,
    time: Cow<'t, str>,
    /// Why it failed, of a sign-in: the last of its codes that says something, as later ones are
    /// more exact.
    status: String,
    /// Whether Sysmon says that a key of the registry was deleted.
    deletes_key: bool,
}

impl<'t> Head<'t> {
    /// Takes a member of the event's head.
    fn take(&mut self, name: &str, value: Cow<'t, str>, out: &mut Writer<'_>) {
        let known = match name {
            "EventID" => &mut self.number,
            "Channel" => &mut self.channel,
            "Computer" => &mut self.computer,
            "TimeCreated" => &mut self.time,
            _ => return out.native(name, &value),
        };
        out.native(name, &value);
        *known = value;
    }

    /// Takes a member of what the event says.
    fn say(&mut self, name: &str, value: &str, out: &mut Writer<'_>) {
        out.native(name, value);
        self.deletes_key |= name == "EventType" && value.starts_with("Delete");
        if matches!(name, "Status" | "SubStatus") && !matches!(value, "" | "0x0" | "0x00000000") {
            value.clone_into(&mut self.status);
        }
        attribute(name, value, out);
    }
}

fn read_json<'t>(object: Object<'t>, out: &mut Writer<'_>) -> Option<Head<'t>> {
    if !is_event(&object) {
        return None;
    }
    let (mut head, mut plain, mut next) = (Head::default(), String::new(), "");
    for (dotted, value) in object.members() {
        match member(dotted, &mut plain) {
            Member::System(name) => head.take(name, Cow::Borrowed(value), out),
            Member::Data(name) => head.say(name, value, out),
            Member::NextName => next = value,
            Member::Next => head.say(if next.is_empty() { "Data" } else { next }, value, out),
            Member::Other(name @ ("EventID" | "Channel" | "Computer" | "TimeCreated")) => {
                head.take(name, Cow::Borrowed(value), out);
            }
            Member::Other(name) => head.say(name, value, out),
        }
    }
    Some(head)
}

/// Whether an object is an event of Windows in any of the forms.
fn is_event(object: &Object<'_>) -> bool {
    let has = |key| object.has(key);
    (has("EventID") && has("Channel"))
        || (has("winlog") && has("event_id"))
        || (has("event_data") && has("log_name"))
}

fn read_xml<'t>(body: &'t str, out: &mut Writer<'_>) -> Option<Head<'t>> {
    if !body.starts_with("<Event") {
        return None;
    }
    let (system, said) = find::split(body, "</System>").filter(|(s, _)| s.len() <= SYSTEM_MAX)?;
    let mut head = Head::default();
    let provider = xml::attribute(xml::tag(system, "Provider")?, "Name")?;
    out.native("Provider_Name", &xml::unescaped(provider));
    for name in ["EventID", "Version", "Level", "Task", "Opcode", "Keywords", "EventRecordID"] {
        if let Some(value) = xml::element(system, name) {
            head.take(name, xml::unescaped(value), out);
        }
    }
    for name in ["Channel", "Computer"] {
        head.take(name, xml::unescaped(xml::element(system, name)?), out);
    }
    if let Some(time) =
        xml::tag(system, "TimeCreated").and_then(|t| xml::attribute(t, "SystemTime"))
    {
        head.take("TimeCreated", Cow::Borrowed(time), out);
    }
    for (name, value) in xml::data(said) {
        head.say(name, &xml::unescaped(value), out);
    }
    Some(head)
}

/// Sets what OCSF has a place for. Names that differ between providers are brought to Sysmon's,
/// which rules for any provider use. Sysmon for Linux has the same.
pub(super) fn attribute(name: &str, value: &str, out: &mut Writer<'_>) {
    if matches!(value, "" | "-") {
        return;
    }
    match name {
        "NewProcessName" => out.native("Image", value),
        "ParentProcessName" => out.native("ParentImage", value),
        "MandatoryLabel" => out.native("IntegrityLevel", value),
        _ => {}
    }
    match name {
        "User" | "TargetUserName" | "Detection User" => out.event.user = out.span(value),
        "SubjectUserName" => out.event.actor = out.span(value),
        "TargetDomainName" => out.set(Field::UserDomain, value),
        "TargetUserSid" | "TargetSid" => out.set(Field::UserUid, value),
        "SubjectUserSid" => out.set(Field::ActorUid, value),
        "Image" | "NewProcessName" => process(value, out),
        "ProcessId" => out.event.pid = value.parse().unwrap_or_default(),
        "ParentProcessId" => out.set(Field::ParentPid, value),
        "ParentImage" | "ParentProcessName" => out.set(Field::ParentPath, value),
        "ParentCommandLine" => out.set(Field::ParentCmdLine, value),
        "CommandLine" => out.set(Field::ProcessCmdLine, value),
        "CurrentDirectory" => out.set(Field::ProcessCwd, value),
        "TargetFilename" | "Device" => out.set(Field::FilePath, value),
        // Of several, Defender names the first thing as the one it saw.
        "Path" => out.set(Field::FilePath, value.split(';').next().map_or("", seen_by_defender)),
        "LogonId" | "TargetLogonId" => out.set(Field::SessionUid, value),
        "ServiceName" => out.set(Field::ServiceName, value),
        "Protocol" if value.parse::<u8>().is_err() => out.set(Field::Protocol, value),
        "QueryName" => out.set(Field::DnsQuery, value),
        "Threat Name" | "ThreatName" => out.set(Field::MalwareName, value),
        "IpAddress" | "SourceIp" | "SourceAddress" => out.event.src.ip = address::ip(value),
        "IpPort" | "SourcePort" => out.event.src.port = value.parse().unwrap_or_default(),
        "WorkstationName" | "Workstation" | "SourceHostname" => {
            out.event.src.hostname = out.span(value)
        }
        "DestinationIp" | "DestAddress" => out.event.dst.ip = address::ip(value),
        "DestinationPort" | "DestPort" => out.event.dst.port = value.parse().unwrap_or_default(),
        "DestinationHostname" => out.event.dst.hostname = out.span(value),
        _ => {}
    }
}

/// `file:_C:\Temp\x.exe` without its kind.
fn seen_by_defender(path: &str) -> &str {
    path.strip_prefix("file:_").unwrap_or(path)
}

fn process(path: &str, out: &mut Writer<'_>) {
    out.set(Field::ProcessPath, path);
    out.set(Field::ProcessName, path.rsplit(['\\', '/']).next().unwrap_or(path));
}

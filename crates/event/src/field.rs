//! The OCSF attributes an event can carry, and their paths: the one table from which output and
//! rules take their names.

/// An attribute of an event. Those an [`Event`](crate::Event) has a member for are read from it;
/// the others are kept in the batch's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "each is documented by its OCSF path in the table below")]
pub enum Field {
    Time,
    ClassUid,
    ActivityId,
    StatusId,
    StatusDetail,
    SeverityId,
    Message,
    Count,
    SrcEndpoint,
    SrcIp,
    SrcPort,
    SrcHostname,
    DstEndpoint,
    DstIp,
    DstPort,
    DstHostname,
    Direction,
    Protocol,
    TcpFlags,
    AppProtocol,
    BytesOut,
    BytesIn,
    PacketsOut,
    PacketsIn,
    TlsSni,
    TlsVersion,
    Duration,
    User,
    UserUid,
    UserDomain,
    Group,
    ActorUser,
    ActorUid,
    AppName,
    ProcessPid,
    ProcessName,
    ProcessPath,
    ProcessCmdLine,
    ProcessCwd,
    ParentPid,
    ParentPath,
    ParentCmdLine,
    FilePath,
    DeviceHostname,
    DeviceInterface,
    ServiceName,
    SessionUid,
    SessionTerminal,
    AuthProtocol,
    HttpMethod,
    HttpHost,
    UrlPath,
    UrlQuery,
    HttpVersion,
    UserAgent,
    Referrer,
    HttpStatus,
    HttpLength,
    DnsQuery,
    DnsType,
    EmailFrom,
    EmailTo,
    FirewallRule,
    MalwareName,
    ApiOperation,
    MetadataUid,
    EventCode,
    LogProvider,
    RawData,
}

/// Every field with its OCSF path. `src_endpoint` and `dst_endpoint` alone read as the address
/// or, where the record has only a name, the name.
pub const PATHS: &[(Field, &str)] = &[
    (Field::Time, "time"),
    (Field::ClassUid, "class_uid"),
    (Field::ActivityId, "activity_id"),
    (Field::StatusId, "status_id"),
    (Field::StatusDetail, "status_detail"),
    (Field::SeverityId, "severity_id"),
    (Field::Message, "message"),
    (Field::Count, "count"),
    (Field::SrcEndpoint, "src_endpoint"),
    (Field::SrcIp, "src_endpoint.ip"),
    (Field::SrcPort, "src_endpoint.port"),
    (Field::SrcHostname, "src_endpoint.hostname"),
    (Field::DstEndpoint, "dst_endpoint"),
    (Field::DstIp, "dst_endpoint.ip"),
    (Field::DstPort, "dst_endpoint.port"),
    (Field::DstHostname, "dst_endpoint.hostname"),
    (Field::Direction, "connection_info.direction_id"),
    (Field::Protocol, "connection_info.protocol_name"),
    (Field::TcpFlags, "connection_info.flag_history"),
    (Field::AppProtocol, "app_name"),
    (Field::BytesOut, "traffic.bytes_out"),
    (Field::BytesIn, "traffic.bytes_in"),
    (Field::PacketsOut, "traffic.packets_out"),
    (Field::PacketsIn, "traffic.packets_in"),
    (Field::TlsSni, "tls.sni"),
    (Field::TlsVersion, "tls.version"),
    (Field::Duration, "duration"),
    (Field::User, "user.name"),
    (Field::UserUid, "user.uid"),
    (Field::UserDomain, "user.domain"),
    (Field::Group, "group.name"),
    (Field::ActorUser, "actor.user.name"),
    (Field::ActorUid, "actor.user.uid"),
    (Field::AppName, "actor.app_name"),
    (Field::ProcessPid, "process.pid"),
    (Field::ProcessName, "process.name"),
    (Field::ProcessPath, "process.file.path"),
    (Field::ProcessCmdLine, "process.cmd_line"),
    (Field::ProcessCwd, "process.working_directory"),
    (Field::ParentPid, "process.parent_process.pid"),
    (Field::ParentPath, "process.parent_process.file.path"),
    (Field::ParentCmdLine, "process.parent_process.cmd_line"),
    (Field::FilePath, "file.path"),
    (Field::DeviceHostname, "device.hostname"),
    (Field::DeviceInterface, "device.interface_name"),
    (Field::ServiceName, "service.name"),
    (Field::SessionUid, "session.uid"),
    (Field::SessionTerminal, "session.terminal"),
    (Field::AuthProtocol, "auth_protocol"),
    (Field::HttpMethod, "http_request.http_method"),
    (Field::HttpHost, "http_request.url.hostname"),
    (Field::UrlPath, "http_request.url.path"),
    (Field::UrlQuery, "http_request.url.query_string"),
    (Field::HttpVersion, "http_request.version"),
    (Field::UserAgent, "http_request.user_agent"),
    (Field::Referrer, "http_request.referrer"),
    (Field::HttpStatus, "http_response.code"),
    (Field::HttpLength, "http_response.length"),
    (Field::DnsQuery, "query.hostname"),
    (Field::DnsType, "query.type"),
    (Field::EmailFrom, "email.from"),
    (Field::EmailTo, "email.to"),
    (Field::FirewallRule, "firewall_rule.name"),
    (Field::MalwareName, "malware.name"),
    (Field::ApiOperation, "api.operation"),
    (Field::MetadataUid, "metadata.uid"),
    (Field::EventCode, "metadata.event_code"),
    (Field::LogProvider, "metadata.log_provider"),
    (Field::RawData, "raw_data"),
];

impl Field {
    /// Its OCSF path, such as `src_endpoint.ip`.
    #[must_use]
    pub fn path(self) -> &'static str {
        PATHS.get(self as usize).map_or("", |(_, path)| path)
    }

    /// The field with this OCSF path.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Field> {
        PATHS.iter().find(|(_, p)| *p == path).map(|(field, _)| *field)
    }
}

/// Some of the fields: which ones an event has, or which ones a part of the schema is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields(u128);

/// Every field has a bit.
const _: () = assert!(PATHS.len() <= u128::BITS as usize);

impl Fields {
    /// These fields.
    #[must_use]
    pub const fn of(fields: &[Field]) -> Fields {
        let (mut bits, mut at) = (0, 0);
        while at < fields.len() {
            bits |= 1 << fields[at] as u8;
            at += 1;
        }
        Fields(bits)
    }

    /// Adds a field where `there` holds.
    pub fn add_if(&mut self, there: bool, field: Field) {
        self.0 |= u128::from(there) << field as u8;
    }

    /// These but for the others.
    #[must_use]
    pub fn without(self, others: Fields) -> Fields {
        Fields(self.0 & !others.0)
    }

    /// Whether the field is among them.
    #[must_use]
    pub fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u8) != 0
    }

    /// Whether any of the others is among them.
    #[must_use]
    pub fn has_any(self, others: Fields) -> bool {
        self.0 & others.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lists_every_field_in_its_place() {
        for (index, (field, path)) in PATHS.iter().enumerate() {
            assert_eq!(*field as usize, index, "{path} is out of place");
            assert_eq!(Field::from_path(path), Some(*field));
        }
        assert_eq!(PATHS.len(), Field::RawData as usize + 1);
    }

    #[test]
    fn a_set_has_what_was_put_in_it() {
        let mut fields = Fields::of(&[Field::Time, Field::RawData]);
        fields.add_if(true, Field::User);
        fields.add_if(false, Field::Group);
        let has = [Field::Time, Field::RawData, Field::User, Field::Group].map(|f| fields.has(f));
        assert_eq!(has, [true, true, true, false]);
        assert!(fields.has_any(Fields::of(&[Field::Group, Field::User])));
        assert!(!fields.has_any(Fields::of(&[Field::Group])));
    }
}

//! Which of Zeek's logs a record is of.

use tocsin_event::LogSource;

/// Members of logs that name no connection.
pub(super) const MARKS: &[&str] = &[
    "fuid",
    "certificate.version",
    "msg_types",
    "suppress_for",
    "software_type",
    "src_mac",
    "section_names",
];

/// The log that a member of this name belongs to, empty where it may be any.
pub(super) fn of_member(name: &str) -> &'static str {
    match name {
        "conn_state" => "conn",
        "qtype_name" | "qclass_name" | "rcode_name" => "dns",
        "uri" | "status_code" | "request_body_len" => "http",
        "auth_attempts" | "host_key_alg" => "ssh",
        "server_name" | "cert_chain_fps" | "cert_chain_fuids" => "ssl",
        "fuid" => "files",
        "certificate.serial" => "x509",
        "msg_types" => "dhcp",
        "note" => "notice",
        "software_type" => "software",
        "mailfrom" | "helo" => "smtp",
        "section_names" => "pe",
        "request_type" => "kerberos",
        "domainname" => "ntlm",
        "security_protocol" => "rdp",
        "named_pipe" => "dce_rpc",
        "share_type" => "smb_mapping",
        "connect_status" => "mqtt_connect",
        "num_exts" | "stratum" => "ntp",
        _ => "",
    }
}

/// Where rules look for the records of a log.
pub(super) fn logsource(path: &str) -> Option<&'static LogSource> {
    LOGSOURCES.iter().find(|known| known.service == path)
}

const fn of(service: &'static str) -> LogSource {
    LogSource { product: "zeek", category: "", service }
}

static LOGSOURCES: &[LogSource] = &[
    of("conn"),
    LogSource { category: "dns", ..of("dns") },
    of("http"),
    of("ssl"),
    of("ssh"),
    of("files"),
    of("x509"),
    of("dhcp"),
    of("notice"),
    of("weird"),
    of("software"),
    of("smtp"),
    of("ftp"),
    of("pe"),
    of("kerberos"),
    of("ntlm"),
    of("rdp"),
    of("dce_rpc"),
    of("smb_files"),
    of("smb_mapping"),
    of("mqtt_connect"),
    of("mqtt_publish"),
    of("mqtt_subscribe"),
    of("modbus"),
    of("ntp"),
    of("snmp"),
    of("sip"),
    of("socks"),
    of("radius"),
    of("mysql"),
    of("irc"),
    of("rfb"),
    of("syslog"),
    of("tunnel"),
    of("dnp3"),
    of("dpd"),
];

//! What fuzzing starts from: the samples that the repository has of each kind of input.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use tocsin_parse::FORMATS;

use crate::chunk;

/// Services read by the tags of their programs, under every dialect of header.
pub(crate) const SYSLOG: &[&str] = &[
    "pam",
    "sshd",
    "accounts",
    "cowrie",
    "dante",
    "doas",
    "dropbear",
    "inetd",
    "ipsec",
    "login",
    "openvpn",
    "polkit",
    "portsentry",
    "stunnel",
    "su",
    "sudo",
    "cron",
    "netfilter",
    "kernel",
    "systemd",
    "fail2ban",
    "named",
    "nsd",
    "ftpd",
    "proftpd",
    "pure-ftpd",
    "vsftpd",
];
/// Records that are joined.
pub(crate) const AUDIT: &[&str] = &["auditd"];
/// Records of named members, and what is wrapped in such.
pub(crate) const JSON: &[&str] = &[
    "json",
    "ocsf",
    "sysmon",
    "windows",
    "azure",
    "cloudtrail",
    "gcp",
    "github",
    "kubernetes",
    "okta",
    "vpcflow",
    "route53",
    "zeek",
    "suricata",
    "argus",
    "flow",
    "netflow",
    "capture",
    "mongodb",
    "vaultwarden",
    "gitlab",
];
/// Web servers and proxies.
pub(crate) const WEB: &[&str] =
    &["access", "apache-error", "haproxy", "lighttpd", "nginx-error", "squid", "suhosin"];
/// Mail services.
pub(crate) const MAIL: &[&str] = &[
    "assp",
    "courier",
    "cyrus",
    "domino",
    "dovecot",
    "exim",
    "horde",
    "kerio",
    "opensmtpd",
    "openwebmail",
    "oracleims",
    "perdition",
    "postfix",
    "qmail",
    "roundcube",
    "sendmail",
    "sogo",
    "solid-pop3d",
    "squirrelmail",
    "uwimap",
];
/// Binary login records, of the test data.
pub(crate) const LOGINS: &[&str] = &["takeover/btmp", "takeover/wtmp"];

/// Captures, and those of flow exports, of the test data.
const CAPTURES: &[&str] =
    &["network/network.pcap", "network/network.pcapng", "network/netflow9.pcap"];
const EXPORTS: &[&str] =
    &["network/netflow5.pcap", "network/netflow9.pcap", "network/netflow10.pcap"];

const EVENT_LOGS: &[&str] =
    &["windows/new-user-security.evtx.zst", "windows/security_short_selected.evtx.zst"];

/// Bytes of one seed at most: what is longer teaches the fuzzer nothing but patience.
const LONGEST: usize = 4096;

/// Where a target's seeds come from.
#[derive(Clone, Copy, Debug)]
pub enum Seeds {
    /// The fixtures of these formats, whole and by line.
    Formats(&'static [&'static str]),
    /// The fixtures of the formats that no other target names.
    OtherFormats,
    /// Pieces of these files of the test data.
    Files(&'static [&'static str]),
    /// Captures of the test data, and the flow exports in them.
    Messages,
    /// The first chunks of Windows' event logs.
    Chunks,
    /// A fixture in every packing.
    Packed,
    /// Our own rules.
    Rules,
    /// These.
    Written(&'static [&'static str]),
}

impl Seeds {
    /// The seeds.
    ///
    /// # Errors
    /// When a sample cannot be read.
    pub fn read(self) -> std::io::Result<Vec<Vec<u8>>> {
        match self {
            Seeds::Formats(names) => of_formats(|name| names.contains(&name)),
            Seeds::OtherFormats => {
                let named = [SYSLOG, AUDIT, JSON, WEB, MAIL].concat();
                of_formats(|name| !named.contains(&name))
            }
            Seeds::Files(names) => of_files(names),
            Seeds::Messages => messages(),
            Seeds::Chunks => chunks(),
            Seeds::Packed => packed(),
            Seeds::Rules => Ok(tocsin_node::content::rules()
                .into_iter()
                .map(|rule| rule.text.into_bytes())
                .collect()),
            Seeds::Written(texts) => {
                Ok(texts.iter().map(|text| text.as_bytes().to_vec()).collect())
            }
        }
    }
}

fn repository() -> PathBuf {
    crate::folder().join("..")
}

/// The fixture of the format of this name.
///
/// # Errors
/// When it cannot be read.
pub fn fixture(name: &str) -> std::io::Result<String> {
    let folder = repository().join("crates/parse/src/formats").join(name.replace('-', "_"));
    fs::read_to_string(folder.join("fixture.log"))
}

fn of_formats(wanted: impl Fn(&str) -> bool) -> std::io::Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    for format in FORMATS.iter().filter(|format| wanted(format.name)) {
        let text = fixture(format.name)?;
        seeds.extend(text.lines().map(|line| line.as_bytes().to_vec()));
        seeds.push(text.into_bytes());
    }
    Ok(seeds)
}

fn of_files(names: &[&str]) -> std::io::Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    for name in names {
        let bytes = fs::read(repository().join("testdata").join(name))?;
        seeds.push(bytes.into_iter().take(LONGEST).collect());
    }
    Ok(seeds)
}

fn messages() -> std::io::Result<Vec<Vec<u8>>> {
    let mut seeds = of_files(CAPTURES)?;
    for capture in EXPORTS {
        let bytes = fs::read(repository().join("testdata").join(capture))?;
        // The payload of each packet: behind the heads of Ethernet, IP and UDP.
        let mut rest = bytes.get(24..).unwrap_or_default();
        while let Some(length) = rest.get(8..12).and_then(|length| length.try_into().ok()) {
            let end = 16 + u32::from_le_bytes(length) as usize;
            seeds.extend(rest.get(16 + 42..end).map(<[u8]>::to_vec));
            rest = rest.get(end..).unwrap_or_default();
        }
    }
    Ok(seeds)
}

fn chunks() -> std::io::Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    for name in EVENT_LOGS {
        let log = zstd::decode_all(fs::File::open(repository().join("testdata").join(name))?)?;
        seeds.push(chunk::used(log.get(chunk::HEAD..).unwrap_or_default()).to_vec());
    }
    Ok(seeds)
}

fn packed() -> std::io::Result<Vec<Vec<u8>>> {
    let text = fixture("sudo")?;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes())?;
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(text.as_bytes())?;
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(text.as_bytes())?;
    let little = text.encode_utf16().flat_map(u16::to_le_bytes);
    let big = text.encode_utf16().flat_map(u16::to_be_bytes);
    let hole = [text.as_bytes(), &[0; 512], text.as_bytes()].concat();
    let mut seeds = of_files(LOGINS)?;
    seeds.extend([gzip.finish()?, bzip2.finish()?, xz.finish()?, little.collect(), big.collect()]);
    seeds.extend([zstd::encode_all(text.as_bytes(), 1)?, hole]);
    Ok(seeds)
}

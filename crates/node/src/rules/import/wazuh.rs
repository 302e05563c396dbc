//! What a rule of Wazuh or OSSEC asks for.

use std::collections::BTreeSet;

use super::decoders::Decoders;
use super::elements::Element;
use super::expression::{Language, texts, translated};
use super::lists::Lists;

/// A rule.
#[derive(Clone, Debug, Default)]
pub(super) struct Rule {
    pub(super) id: u32,
    pub(super) level: u8,
    /// Whether it is to be in the place of another of its number.
    pub(super) overwrites: bool,
    /// Whether it only groups others: where none of those matches, rules beside it may.
    pub(super) is_group: bool,
    pub(super) description: String,
    pub(super) techniques: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) path: String,
    pub(super) line: u32,
    /// The rules of which one must match too, by their ids.
    pub(super) parents: Vec<u32>,
    pub(super) parent_group: Option<String>,
    /// What else must hold, in Sigma's words.
    pub(super) tests: Vec<Test>,
    pub(super) frequency: Option<Frequency>,
    /// Whether it only holds of what was not seen before.
    pub(super) is_of_new: bool,
    /// The fields that tell what is new, where its decoder names them.
    pub(super) new_by: BTreeSet<&'static str>,
    /// What it asks for and Sigma cannot say, or not of our events.
    pub(super) unsupported: Vec<String>,
}

/// How often others must have matched.
#[derive(Clone, Debug, Default)]
pub(super) struct Frequency {
    pub(super) times: u32,
    pub(super) seconds: u32,
    pub(super) of: Vec<u32>,
    pub(super) of_group: Option<String>,
    pub(super) same: Vec<String>,
    pub(super) different: Option<String>,
}

/// A test of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Test {
    pub(super) field: String,
    pub(super) values: Vec<String>,
    pub(super) negated: bool,
}

/// The fields of decoders, and ours.
const FIELDS: &[(&str, &str)] = &[
    ("action", "status_detail"),
    ("dstip", "dst_endpoint.ip"),
    ("dstport", "dst_endpoint.port"),
    ("dstuser", "user.name"),
    ("hostname", "device.hostname"),
    ("location", "device.hostname"),
    ("program_name", "actor.app_name"),
    ("protocol", "connection_info.protocol_name"),
    ("srcip", "src_endpoint.ip"),
    ("srcport", "src_endpoint.port"),
    ("srcuser", "actor.user.name"),
    ("url", "http_request.url.path"),
    ("user", "user.name"),
];

/// Decoders, and which of our formats read the same.
const DECODERS: &[(&str, &str)] = &[
    ("apache-errorlog", "apache-error"),
    ("auditd", "auditd"),
    ("courier", "courier"),
    ("dovecot", "dovecot"),
    ("dropbear", "dropbear"),
    ("exim", "exim"),
    ("iptables", "netfilter"),
    ("mysql_log", "mysql"),
    ("named", "named"),
    ("nginx-errorlog", "nginx-error"),
    ("openldap", "slapd"),
    ("pam", "pam"),
    ("postfix", "postfix"),
    ("postgresql_log", "postgresql"),
    ("proftpd", "proftpd"),
    ("pure-ftpd", "pure-ftpd"),
    ("sendmail-reject", "sendmail"),
    ("squid-accesslog", "squid"),
    ("sshd", "sshd"),
    ("su", "su"),
    ("sudo", "sudo"),
    ("sudo-fields", "sudo"),
    ("vsftpd", "vsftpd"),
    ("web-accesslog", "access"),
    ("windows", "windows"),
    ("windows_eventchannel", "windows"),
];

/// What rules refer to.
pub(super) struct Beside<'d> {
    pub(super) lists: Lists<'d>,
    pub(super) decoders: Decoders,
}

/// The attributes of rules that are understood, or say only how often an alert is told.
const ATTRIBUTES: &[&str] =
    &["id", "level", "overwrite", "noalert", "frequency", "timeframe", "ignore"];

/// What may be written in several elements.
const CONTINUED: &[&str] = &[
    "action",
    "extra_data",
    "hostname",
    "id",
    "match",
    "pcre2",
    "program_name",
    "protocol",
    "regex",
    "status",
    "url",
    "user",
];

/// What says nothing of when a rule matches.
const SILENT: &[&str] = &["info", "options", "group", "description", "mitre", "fts", "cve"];

impl Rule {
    /// Reads a rule; `None` where it has no number.
    pub(super) fn read(
        element: &Element,
        groups: &[String],
        beside: &Beside<'_>,
        path: &str,
    ) -> Option<Rule> {
        let number = |name: &str| element.attribute(name).and_then(|value| value.parse().ok());
        let level = number("level").filter(|level: &u32| *level <= 16);
        let mut rule = Rule {
            id: number("id")?,
            level: level.unwrap_or(1).min(15) as u8,
            overwrites: element.attribute("overwrite") == Some("yes"),
            is_group: element.attribute("noalert") == Some("1"),
            groups: groups.to_vec(),
            path: path.to_owned(),
            line: element.line,
            ..Rule::default()
        };
        if let Some(times) = number("frequency") {
            let seconds = number("timeframe").unwrap_or(360);
            rule.frequency = Some(Frequency { times, seconds, ..Frequency::default() });
        }
        if level.is_none() {
            rule.unsupported.push("a level that is no number from 0 to 16".to_owned());
        }
        for (name, _) in &element.attributes {
            if !ATTRIBUTES.contains(&name.as_str()) {
                rule.unsupported.push(format!("the attribute {name}"));
            }
        }
        joined(&element.elements).iter().for_each(|condition| rule.take(condition, beside));
        Some(rule)
    }

    fn take(&mut self, element: &Element, beside: &Beside<'_>) {
        let (name, text) = (element.name.as_str(), element.text.trim());
        let ids = || text.split([',', ' ']).filter_map(|id| id.trim().parse().ok()).collect();
        match name {
            "description" => {
                // `$(srcip)` stands for a value, which a title has none of.
                let text = text.split_once(" $(").map_or(text, |(before, _)| before);
                let between = if self.description.is_empty() { "" } else { " " };
                self.description = [&*self.description, between, text].concat();
            }
            "group" => self.groups.extend(names(text)),
            "mitre" => self.techniques.extend(element.elements.iter().map(|id| id.text.clone())),
            "if_sid" => self.parents = ids(),
            "if_group" => self.parent_group = Some(text.trim_matches(',').to_owned()),
            "if_matched_sid" => self.repeated().of = ids(),
            "if_matched_group" => {
                self.repeated().of_group = Some(text.trim_matches(',').to_owned());
            }
            "if_fts" => self.is_of_new = true,
            "decoded_as" => match decoded_as(text, &beside.decoders) {
                Some(tests) => {
                    self.tests.extend(tests);
                    self.new_by.extend(beside.decoders.new_by(text).filter_map(ours));
                }
                None => self.unsupported.push(format!("the decoder {text}, which is not there")),
            },
            "category" => self.category(text),
            _ if SILENT.contains(&name) => {}
            _ if name.starts_with("same_") || name.starts_with("different_") => {
                self.alike(name, text)
            }
            "match" | "regex" | "pcre2" => self.test("raw_data", element, name),
            "list" => match beside.lists.test(element, native) {
                Ok(test) => self.tests.push(test),
                Err(why) => self.unsupported.push(why),
            },
            "status" | "status_pcre2" if self.is_of_windows() => self.severity(text),
            "extra_data" | "extra_data_pcre2" if self.is_of_windows() => {
                let kind = if name.ends_with("pcre2") { "pcre2" } else { "match" };
                self.test("Provider_Name", element, kind);
            }
            "field" if element.attribute("name") == Some("win.system.severityValue") => {
                self.severity(text);
            }
            "field" if beside.decoders.takes_out(element.attribute("name").unwrap_or_default()) => {
                let name = element.attribute("name").unwrap_or_default();
                self.unsupported.push(format!("the field {name}, which a decoder takes out"));
            }
            "field" => {
                let field = element.attribute("name").unwrap_or_default().to_owned();
                self.test(&native(&field), element, "regex");
            }
            "id" | "id_pcre2" if element.elements.is_empty() => {
                self.test(of_id(text), element, name)
            }
            _ => {
                let (field, kind) = match name.strip_suffix("_pcre2") {
                    Some(field) => (field, "pcre2"),
                    None => (name, "match"),
                };
                match ours(field) {
                    Some(ours) => self.test(ours, element, kind),
                    None => self.unsupported.push(format!("<{name}>")),
                }
            }
        }
    }

    /// Whether it depends on what came before an event.
    pub(super) fn remembers(&self) -> bool {
        self.frequency.is_some() || self.is_of_new
    }

    fn is_of_windows(&self) -> bool {
        self.groups.iter().any(|group| group == "windows")
    }

    /// How grave an event of Windows is, by the words of its agents: events have numbers for them.
    fn severity(&mut self, text: &str) {
        let words = text.split('|').map(|word| word.trim_matches(['^', '$', ' ']));
        let meant: Option<Vec<_>> = words.map(severity).collect();
        let fields = meant.iter().flatten().map(|(field, _)| *field);
        let same = fields.clone().zip(fields.skip(1)).all(|(one, next)| one == next);
        match meant.filter(|meant| same && !meant.is_empty()) {
            Some(meant) => {
                let field = meant[0].0.to_owned();
                let values = meant.iter().flat_map(|(_, values)| *values);
                let mut values: Vec<String> = values.map(|value| (*value).to_owned()).collect();
                values.dedup();
                self.tests.push(Test { field, values, negated: false });
            }
            None => self.unsupported.push(format!("the severity {text}")),
        }
    }

    /// What it counts; older rules say how often beside what of.
    fn repeated(&mut self) -> &mut Frequency {
        self.frequency.get_or_insert_default()
    }

    fn category(&mut self, text: &str) {
        let test = |field: &str, value: &str| Test {
            field: field.to_owned(),
            values: vec![value.to_owned()],
            negated: false,
        };
        match text {
            "syslog" | "ossec" => {}
            "web-log" => self.tests.push(test("metadata.log_provider", "access")),
            "firewall" => self.tests.push(test("class_uid", "4001")),
            "squid" | "windows" => self.tests.push(test("metadata.log_provider", text)),
            other => self.unsupported.push(format!("<category>{other}")),
        }
    }

    fn alike(&mut self, name: &str, text: &str) {
        let field = match (name.trim_start_matches("same_").trim_start_matches("different_"), text)
        {
            ("source_ip" | "srcip", _) | ("field", "srcip") => Some("src_endpoint".to_owned()),
            ("field", name) if !name.is_empty() => Some(native(name)),
            ("user" | "dstuser", _) => Some("user.name".to_owned()),
            ("location" | "hostname", _) => Some("device.hostname".to_owned()),
            ("url", _) => Some("http_request.url.path".to_owned()),
            ("dst_port" | "dstport", _) => Some("dst_endpoint.port".to_owned()),
            ("dstip", _) => Some("dst_endpoint".to_owned()),
            _ => None,
        };
        match field {
            None => self.unsupported.push(format!("<{name}>{text}")),
            Some(field) if name.starts_with("same_") => self.repeated().same.push(field),
            Some(field) => self.repeated().different = Some(field),
        }
    }

    fn test(&mut self, field: &str, element: &Element, kind: &str) {
        self.tests.push(Test::read(field, element, kind));
    }
}

impl Test {
    /// The test that an element is: of this field, in the language of its kind unless it names another.
    pub(super) fn read(field: &str, element: &Element, kind: &str) -> Test {
        let kind = element.attribute("type").unwrap_or(kind);
        let language = match kind {
            "pcre2" | "id_pcre2" if element.name.ends_with("pcre2") => Language::CaselessPcre2,
            "pcre2" => Language::Pcre2,
            "regex" | "osregex" => Language::Regex,
            _ => Language::Match,
        };
        let text = without_nothing(language, &element.text);
        let negated = element.attribute("negate") == Some("yes") || text.starts_with('!');
        let text = text.strip_prefix('!').unwrap_or(&text);
        let test = |modifier: &str, values: Vec<String>| Test {
            field: format!("{field}|{modifier}"),
            values,
            negated,
        };
        let is_address = field.ends_with(".ip");
        match texts(language, text) {
            _ if is_address => test("cidr", text.split('|').map(network).collect()),
            Some(texts) => test("contains", texts.into_iter().map(wild).collect()),
            None => test("re", vec![translated(language, text, field == "raw_data")]),
        }
    }
}

/// The elements, those of one name as one: an expression may be written in several, of which the last says
/// how it is meant.
fn joined(elements: &[Element]) -> Vec<Element> {
    let mut joined: Vec<Element> = Vec::new();
    for element in elements {
        let name = element.name.strip_suffix("_pcre2").unwrap_or(&element.name);
        let before = joined.iter_mut().find(|before| before.name == element.name);
        match before.filter(|_| CONTINUED.contains(&name)) {
            Some(before) => {
                before.text.push_str(&element.text);
                before.attributes.clone_from(&element.attributes);
            }
            None => joined.push(element.clone()),
        }
    }
    joined
}

/// An expression without the alternatives that are nothing and would hold of everything: what is left where
/// one is broken into lines or elements.
fn without_nothing(language: Language, text: &str) -> String {
    let lines: String = match text.contains('\n') {
        true => text.lines().map(str::trim).collect(),
        false => text.to_owned(),
    };
    let mut escaped = false;
    let alternatives = lines.split(|c: char| {
        let ends = c == '|' && !escaped;
        // What is matched has no escapes.
        escaped = c == '\\' && !escaped && language != Language::Match;
        ends
    });
    alternatives.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("|")
}

/// What an agent of Wazuh or OSSEC calls the severity of an event of Windows, and how the event says it.
fn severity(word: &str) -> Option<(&'static str, &'static [&'static str])> {
    Some(match word.to_ascii_uppercase().as_str() {
        "AUDIT_SUCCESS" | "SUCCESS" => ("Keywords|contains", &["0x802", "Audit Success"]),
        "AUDIT_FAILURE" | "FAILURE" => ("Keywords|contains", &["0x801", "Audit Failure"]),
        "CRITICAL" => ("Level", &["1", "critical"]),
        "ERROR" => ("Level", &["2", "error"]),
        "WARNING" => ("Level", &["3", "warning"]),
        "INFORMATION" => ("Level", &["0", "4", "information"]),
        _ => return None,
    })
}

/// What a decoder calls an id is the status of a request, the number of an event of Windows, or a code
/// within the message (`AH01630`).
fn of_id(text: &str) -> &'static str {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match text.split('|').map(|code| code.trim_matches(['^', '$']).len()).max() {
        _ if text.contains(|c: char| c.is_ascii_alphabetic()) => "raw_data",
        Some(..=3) if digits > 0 => "http_response.code",
        _ => "metadata.event_code",
    }
}

/// Names with commas between them.
pub(super) fn names(text: &str) -> impl Iterator<Item = String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// What holds of a record that this decoder reads: one of our formats does, it is what the decoder's own
/// description asks for, or, where no decoders were given, it is of the program of that name.
fn decoded_as(decoder: &str, decoders: &Decoders) -> Option<Vec<Test>> {
    let format = DECODERS.iter().find(|(theirs, _)| *theirs == decoder);
    let test = |field: &str, value: &str| Test {
        field: field.to_owned(),
        values: vec![value.to_owned()],
        negated: false,
    };
    match (format, decoders.tests(decoder)) {
        (Some((_, ours)), _) => Some(vec![test("metadata.log_provider", ours)]),
        (None, Some(tests)) if !tests.is_empty() => Some(tests),
        (None, None) if !decoders.is_empty() => None,
        (None, _) => Some(vec![test("actor.app_name", decoder)]),
    }
}

/// What we call a field of decoders.
fn ours(field: &str) -> Option<&'static str> {
    FIELDS.iter().find(|(theirs, _)| *theirs == field).map(|(_, ours)| *ours)
}

/// `win.eventdata.image`, as the events have it: `Image`.
fn native(field: &str) -> String {
    if let Some(name) = ours(field) {
        return name.to_owned();
    }
    let of_windows =
        ["win.eventdata.", "win.system."].iter().find_map(|part| field.strip_prefix(part));
    match of_windows {
        Some("providerName") => "Provider_Name".to_owned(),
        Some(name) => {
            let (first, rest) = name.split_at_checked(1).unwrap_or(("", name));
            [&first.to_ascii_uppercase(), rest].concat()
        }
        None if field == "audit.command" => "comm".to_owned(),
        None => {
            let parts = ["data.", "audit."];
            let name = parts.iter().find_map(|part| field.strip_prefix(part)).unwrap_or(field);
            name.to_owned()
        }
    }
}

/// A network, which may be written as the beginning of its addresses: `192.168.`.
pub(super) fn network(address: &str) -> String {
    let address = address.trim();
    if address.contains('/') {
        return address.to_owned();
    }
    if let Some(beginning) = address.strip_suffix('.') {
        let given = beginning.split('.').count();
        let rest = ".0".repeat(4usize.saturating_sub(given));
        return format!("{beginning}{rest}/{}", 8 * given);
    }
    format!("{address}/{}", if address.contains(':') { 128 } else { 32 })
}

/// A text in which Sigma sees no wildcards.
pub(super) fn wild(text: &str) -> String {
    text.replace('*', "\\*").replace('?', "\\?")
}

//! What an audit event means in OCSF terms.

use tocsin_event::{Activity, Class, Field as Attribute, Peer, Status, Writer};

use super::line::{self, Field};
use crate::address;
use crate::wording::Meaning;

/// A record, read.
struct Reading<'t> {
    kind: &'t str,
    fields: Vec<Field<'t>>,
}

impl<'t> Reading<'t> {
    fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|field| field.name == name).map_or("", |field| &field.value)
    }
}

/// The records of one event, read, in the order in which the kernel writes them.
struct Joined<'t> {
    readings: Vec<Reading<'t>>,
}

impl<'t> Joined<'t> {
    /// A field of the event itself: neither of its files nor an argument.
    fn get(&self, name: &str) -> &str {
        let own = self.readings.iter().filter(|r| !matches!(r.kind, "PATH" | "EXECVE"));
        own.map(|reading| reading.get(name)).find(|value| !value.is_empty()).unwrap_or("")
    }

    fn of(&self, kind: &str) -> Option<&Reading<'t>> {
        self.readings.iter().find(|reading| reading.kind == kind)
    }

    /// The first of these names that has a value.
    fn any(&self, names: &[&str]) -> &str {
        names.iter().map(|name| self.get(name)).find(|value| !value.is_empty()).unwrap_or("")
    }

    /// The record that says what it is about.
    fn kind(&self) -> &'t str {
        self.readings.first().map_or("", |reading| reading.kind)
    }

    /// The file it is about: the one made, removed or opened rather than its folder.
    fn path(&self) -> &str {
        let of = |wanted: fn(&str) -> bool| {
            let mut paths = self.readings.iter().filter(|r| r.kind == "PATH");
            paths.find(|r| wanted(r.get("nametype"))).map(|r| r.get("name"))
        };
        of(|t| matches!(t, "CREATE" | "DELETE")).or_else(|| of(|t| t != "PARENT")).unwrap_or("")
    }
}

/// Records that only add to another one, in the kernel's order.
const ADDED: &[&str] =
    &["SYSCALL", "BPRM_FCAPS", "EXECVE", "SOCKADDR", "FD_PAIR", "CWD", "PATH", "PROCTITLE"];

/// Writes the event's fields and what they mean; gives the type of the record it is about and
/// what that record says.
pub(super) fn write<'t>(
    records: impl Iterator<Item = (&'t str, &'t str)>,
    out: &mut Writer<'_>,
) -> (&'t str, &'t str) {
    let mut records: Vec<_> = records.collect();
    records
        .sort_by_key(|(kind, _)| ADDED.iter().position(|added| added == kind).map_or(0, |n| n + 1));
    let readings = records.iter().map(|(kind, rest)| {
        let fields = line::fields(kind, rest);
        Reading { kind, fields }
    });
    let event = Joined { readings: readings.collect() };
    for reading in &event.readings {
        out.native("type", reading.kind);
        reading.fields.iter().for_each(|field| out.native(&field.name, &field.value));
    }
    meaning(&event).apply(out);
    attributes(&event, out);
    // What was run says more than how the kernel was asked to.
    let command = records.iter().find(|(kind, _)| *kind == "EXECVE");
    command.or(records.first()).copied().unwrap_or_default()
}

fn meaning(event: &Joined<'_>) -> Meaning {
    let meaning = match event.kind() {
        kind @ ("USER_AVC" | "AVC" | "USER_SELINUX_ERR" | "SELINUX_ERR") => denial(kind, event),
        "SECCOMP" | "LANDLOCK_ACCESS" => Meaning::FAILED.because("denied"),
        "CONFIG_CHANGE" => configuration(event),
        kind if kind.starts_with("DAEMON_") => daemon(kind),
        kind if kind.starts_with("ANOM_") => Meaning::FAILED.because(anomaly(kind)),
        kind if ADDED.contains(&kind) => call(event),
        "USER_MGMT" if joins_group(event.get("op")) => Meaning::GROUP_JOINED,
        kind => by_kind(kind),
    };
    outcome(event, meaning)
}

/// How it went, unless the type has said so already.
fn outcome(event: &Joined<'_>, meaning: Meaning) -> Meaning {
    if meaning.status == Status::Failure {
        return meaning;
    }
    let status = match event.get("result") {
        "success" => Status::Success,
        // A connection that does not wait is still being made.
        "fail" if event.get("exit") != "EINPROGRESS" => Status::Failure,
        _ => meaning.status,
    };
    let detail = match (meaning.class, status) {
        (Class::Authentication, Status::Failure) => refusal(event),
        _ => meaning.detail,
    };
    Meaning { status, detail, ..meaning }
}

/// sshd and login name accounts that do not exist in such words. What they say of an attempt comes
/// after what PAM has said of it, and is told apart so that it can be counted once.
fn refusal(event: &Joined<'_>) -> &'static str {
    match event.get("acct") {
        "(invalid user)" | "(unknown user)" | "(unknown)" => "invalid user",
        _ if event.kind() == "USER_LOGIN" => "sign-in refused",
        _ => "wrong credentials",
    }
}

fn denial(kind: &str, event: &Joined<'_>) -> Meaning {
    let denied = event.get("seresult") == "denied"
        || event.get("apparmor") == "DENIED"
        || kind.ends_with("SELINUX_ERR");
    if denied { Meaning::FAILED.because("denied") } else { Meaning::NOTED }
}

/// `add-user-to-group`, or `adding user to shadow group` in older words.
fn joins_group(operation: &str) -> bool {
    matches!(
        operation,
        "add-user-to-group"
            | "add-to-shadow-group"
            | "adding user to group"
            | "adding user to shadow group"
    )
}

/// Changes to auditing itself, which an intruder makes before anything else.
fn configuration(event: &Joined<'_>) -> Meaning {
    let detail = match (event.get("audit_enabled"), event.get("op")) {
        ("0", _) => "audit disabled",
        (_, "remove_rule" | "remove rule") => "audit rule removed",
        _ => "audit configuration changed",
    };
    Meaning::NOTED.because(detail)
}

fn daemon(kind: &str) -> Meaning {
    match kind {
        "DAEMON_START" | "DAEMON_RESUME" => Meaning::NOTED.because("audit started"),
        "DAEMON_END" => Meaning::NOTED.because("audit stopped"),
        "DAEMON_ABORT" | "DAEMON_ERR" => Meaning::FAILED.because("audit stopped"),
        "DAEMON_CONFIG" | "DAEMON_RECONFIG" => {
            Meaning::NOTED.because("audit configuration changed")
        }
        _ => Meaning::NOTED,
    }
}

fn anomaly(kind: &str) -> &'static str {
    match kind {
        "ANOM_LOGIN_FAILURES" | "ANOM_LOGIN_SESSIONS" | "ANOM_ORIGIN_FAILURES" => {
            "too many attempts"
        }
        "ANOM_LOGIN_TIME" | "ANOM_LOGIN_ACCT" | "ANOM_LOGIN_LOCATION" => "not allowed",
        "ANOM_PROMISCUOUS" => "promiscuous mode",
        "ANOM_ABEND" => "crashed",
        _ => "anomaly",
    }
}

const fn about(class: Class, activity: u8) -> Meaning {
    Meaning::new(class, Activity(activity), Status::Unknown)
}

/// OCSF's number for what has no name of its own.
const OTHER: u8 = 99;

fn by_kind(kind: &str) -> Meaning {
    match kind {
        "USER_LOGIN" | "USER_AUTH" | "USER_START" | "USER_ERR" => about(Class::Authentication, 1),
        "USER_LOGOUT" | "USER_END" | "CRED_DISP" => about(Class::Authentication, 2),
        "CRED_ACQ" | "CRED_REFR" | "USER_ACCT" | "LOGIN" | "GRP_AUTH" => {
            about(Class::Authentication, OTHER)
        }
        "ADD_USER" | "ADD_GROUP" => about(Class::AccountChange, 1),
        "DEL_USER" | "DEL_GROUP" => about(Class::AccountChange, 6),
        "USER_CHAUTHTOK" | "GRP_CHAUTHTOK" => about(Class::AccountChange, 3),
        "ACCT_LOCK" => about(Class::AccountChange, 9),
        "ACCT_UNLOCK" => about(Class::AccountChange, 12),
        "ROLE_ASSIGN" => about(Class::AccountChange, 7),
        "ROLE_REMOVE" => about(Class::AccountChange, 8),
        "USER_MGMT" | "GRP_MGMT" | "USER_ROLE_CHANGE" | "CHUSER_ID" | "CHGRP_ID" => {
            about(Class::AccountChange, OTHER)
        }
        "USER_CMD" => about(Class::Process, 1),
        _ => Meaning::NOTED,
    }
}

/// What a system call did.
fn call(event: &Joined<'_>) -> Meaning {
    let inet = !event.get("socket_addr").is_empty();
    let file = event.of("PATH").is_some();
    match event.any(&["syscall", "SYSCALL"]) {
        "execve" | "execveat" => about(Class::Process, 1),
        "ptrace" | "process_vm_writev" => about(Class::Process, 4),
        "setuid" | "setuid32" | "setreuid" | "setresuid" => about(Class::Process, 5),
        "kill" | "tkill" | "tgkill" => about(Class::Process, OTHER),
        "connect" | "accept" | "accept4" if inet => about(Class::Network, 1),
        "bind" | "listen" if inet => about(Class::Network, 7),
        "sendto" | "sendmsg" | "recvfrom" | "recvmsg" if inet => about(Class::Network, 6),
        call if file => about(Class::File, file_activity(call, event)),
        "" if event.of("EXECVE").is_some() => about(Class::Process, 1),
        _ => Meaning::NOTED,
    }
}

fn file_activity(call: &str, event: &Joined<'_>) -> u8 {
    let made = event.readings.iter().any(|reading| reading.get("nametype") == "CREATE");
    match call {
        _ if call.starts_with("rename") => 5,
        _ if call.starts_with("unlink") || call == "rmdir" => 4,
        _ if call.starts_with("chmod") || call.starts_with("fchmod") => 6,
        _ if call.contains("chown") => 6,
        _ if call.contains("xattr") => 6,
        _ if call.starts_with("utime") || call == "futimesat" => 6,
        _ if call.starts_with("truncate") || call.starts_with("ftruncate") => 3,
        _ if call.starts_with("mount") => 12,
        _ if call.starts_with("umount") => 13,
        _ if made => 1,
        _ if call.starts_with("open") => 14,
        _ => OTHER,
    }
}

fn attributes(event: &Joined<'_>, out: &mut Writer<'_>) {
    out.event.pid = event.get("pid").parse().unwrap_or_default();
    out.set(Attribute::EventCode, event.kind());
    for (attribute, names) in [
        (Attribute::ParentPid, &["ppid"][..]),
        (Attribute::ProcessName, &["comm"]),
        (Attribute::ProcessPath, &["exe"]),
        (Attribute::ProcessCwd, &["cwd"]),
        (Attribute::UserUid, if event.get("acct").is_empty() { &["id", "uid"] } else { &["id"] }),
        (Attribute::ActorUid, &["auid"]),
        (Attribute::SessionUid, &["ses"]),
        (Attribute::SessionTerminal, &["terminal", "tty"]),
        (Attribute::Group, &["grp", "new_group"]),
    ] {
        let value = event.any(names);
        if !matches!(value, "unset" | "(none)") {
            out.set(attribute, value);
        }
    }
    out.set(Attribute::FilePath, if out.event.class == Class::File { event.path() } else { "" });
    command_line(event, out);
    people(event, out);
    peers(event, out);
}

fn command_line(event: &Joined<'_>, out: &mut Writer<'_>) {
    if let Some(execve) = event.of("EXECVE") {
        let arguments = execve.fields.iter().filter(|f| super::value::is_argument(&f.name));
        let arguments: Vec<&str> = arguments.map(|field| &*field.value).collect();
        out.set(Attribute::ProcessCmdLine, &arguments.join(" "));
    } else {
        out.set(Attribute::ProcessCmdLine, event.any(&["cmd", "proctitle"]));
    }
}

/// Names of accounts: those that the daemon has looked up, and the one a service speaks of.
fn people(event: &Joined<'_>, out: &mut Writer<'_>) {
    let (account, own) = (event.get("acct"), event.any(&["ID", "UID"]));
    out.event.user = out.span(if account.is_empty() { own } else { account });
    let login = event.get("AUID");
    if login != "unset" {
        out.event.actor = out.span(login);
    }
}

fn peers(event: &Joined<'_>, out: &mut Writer<'_>) {
    let socket = event.get("socket_addr").parse().ok();
    if socket.is_some() {
        let port = event.get("socket_port").parse().unwrap_or_default();
        let peer = Peer { ip: socket, port, ..Peer::default() };
        match event.any(&["syscall", "SYSCALL"]) {
            "accept" | "accept4" | "recvfrom" | "recvmsg" => out.event.src = peer,
            _ => out.event.dst = peer,
        }
        return;
    }
    // A name without an address is that of the machine itself.
    let known = [event.get("addr"), event.get("hostname")].into_iter();
    out.event.src.ip = known.filter_map(address::ip).next();
}

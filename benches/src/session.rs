//! What one client or daemon writes, line by line: scripts of log texts, a table. Which session
//! speaks when is the stream's business.

use crate::address;
use crate::rng::Rng;
use std::io::{self, Write};
use std::net::Ipv4Addr;

/// A machine, and the OpenSSH it runs.
#[derive(Clone, Copy)]
pub(crate) struct Host {
    pub(crate) name: &'static str,
    era: Era,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Era {
    /// OpenSSH 5: no ports in most texts.
    V5,
    /// OpenSSH 7 to 9.
    V7,
    /// OpenSSH 9.8 and later: `sshd-session` writes.
    V10,
}

pub(crate) const HOSTS: [Host; 4] = [
    Host { name: "legacy", era: Era::V5 },
    Host { name: "web01", era: Era::V7 },
    Host { name: "db01", era: Era::V7 },
    Host { name: "edge01", era: Era::V10 },
];

/// Whose session it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// Someone who guesses or probes, and nearly always in vain.
    Stranger,
    /// Someone with an account, who at times mistypes a password.
    Person,
    /// The machine itself.
    None,
}

/// Lines that belong together, and how often they occur among those of the same era.
struct Script {
    weight: u64,
    client: Client,
    eras: &'static [Era],
    /// `{sshd}` is the daemon's tag; the other names are the session's own values.
    lines: &'static [&'static str],
}

const MODERN: &[Era] = &[Era::V7, Era::V10];
const ALL: &[Era] = &[Era::V5, Era::V7, Era::V10];

const SCRIPTS: &[Script] = &[
    Script {
        weight: 700,
        client: Client::Stranger,
        eras: MODERN,
        lines: &[
            "{sshd}: Invalid user {guess} from {ip} port {port}",
            "{sshd}: pam_unix(sshd:auth): check pass; user unknown",
            "{sshd}: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={ip} ",
            "{sshd}: Failed password for invalid user {guess} from {ip} port {port} ssh2",
            "{sshd}: Received disconnect from {ip} port {port}:11: Bye Bye [preauth]",
            "{sshd}: Disconnected from invalid user {guess} {ip} port {port} [preauth]",
        ],
    },
    Script {
        weight: 700,
        client: Client::Stranger,
        eras: &[Era::V5],
        lines: &[
            "{sshd}: reverse mapping checking getaddrinfo for host{port}.example.net [{ip}] failed - POSSIBLE BREAK-IN ATTEMPT!",
            "{sshd}: Invalid user {guess} from {ip}",
            "{sshd}: input_userauth_request: invalid user {guess} [preauth]",
            "{sshd}: pam_unix(sshd:auth): check pass; user unknown",
            "{sshd}: Failed password for invalid user {guess} from {ip} port {port} ssh2",
            "{sshd}: Received disconnect from {ip}: 11: Bye Bye [preauth]",
        ],
    },
    Script {
        weight: 500,
        client: Client::Stranger,
        eras: MODERN,
        lines: &[
            "{sshd}: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={ip}  user=root",
            "{sshd}: Failed password for root from {ip} port {port} ssh2",
            "{sshd}: message repeated 2 times: [ Failed password for root from {ip} port {port} ssh2]",
            "{sshd}: error: maximum authentication attempts exceeded for root from {ip} port {port} ssh2 [preauth]",
            "{sshd}: Disconnecting authenticating user root {ip} port {port}: Too many authentication failures [preauth]",
            "{sshd}: PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost={ip}  user=root",
        ],
    },
    Script {
        weight: 500,
        client: Client::Stranger,
        eras: &[Era::V5],
        lines: &[
            "{sshd}: Failed password for root from {ip} port {port} ssh2",
            "{sshd}: Failed password for root from {ip} port {port} ssh2",
            "{sshd}: Connection closed by {ip} [preauth]",
        ],
    },
    Script {
        weight: 100,
        client: Client::Stranger,
        eras: MODERN,
        lines: &["{sshd}: Connection closed by {ip} port {port} [preauth]"],
    },
    Script {
        weight: 60,
        client: Client::Stranger,
        eras: MODERN,
        lines: &[
            "{sshd}: error: kex_exchange_identification: Connection closed by remote host",
            "{sshd}: Connection closed by {ip} port {port}",
        ],
    },
    Script {
        weight: 60,
        client: Client::Stranger,
        eras: MODERN,
        lines: &[
            "{sshd}: Unable to negotiate with {ip} port {port}: no matching key exchange method found. Their offer: diffie-hellman-group14-sha1,diffie-hellman-group1-sha1 [preauth]",
        ],
    },
    Script {
        weight: 60,
        client: Client::Stranger,
        eras: &[Era::V5],
        lines: &["{sshd}: Did not receive identification string from {ip}"],
    },
    // One session in some thousand gets in, and goes on.
    Script {
        weight: 1,
        client: Client::Stranger,
        eras: MODERN,
        lines: &[
            "{sshd}: Failed password for {account} from {ip} port {port} ssh2",
            "{sshd}: message repeated 4 times: [ Failed password for {account} from {ip} port {port} ssh2]",
            "{sshd}: Accepted password for {account} from {ip} port {port} ssh2",
            "{sshd}: pam_unix(sshd:session): session opened for user {account}(uid=1001) by (uid=0)",
            "sudo: {account} : TTY=pts/1 ; PWD=/home/{account} ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow",
            "{sshd}: pam_unix(sshd:session): session closed for user {account}",
        ],
    },
    Script {
        weight: 80,
        client: Client::Person,
        eras: ALL,
        lines: &[
            "{sshd}: Failed password for {account} from {ip} port {port} ssh2",
            "{sshd}: Accepted password for {account} from {ip} port {port} ssh2",
            "{sshd}: pam_unix(sshd:session): session opened for user {account} by (uid=0)",
            "{sshd}: pam_unix(sshd:session): session closed for user {account}",
        ],
    },
    Script {
        weight: 240,
        client: Client::Person,
        eras: MODERN,
        lines: &[
            "{sshd}: Accepted publickey for {account} from {ip} port {port} ssh2: ED25519 SHA256:2zQ9ZqXb0GmVn6pS0rYt1uWkHc4dEeJf8gLaMiNoPqR",
            "{sshd}: pam_unix(sshd:session): session opened for user {account}(uid=1001) by (uid=0)",
            "systemd-logind[612]: New session {number} of user {account}.",
            "{sshd}: Received disconnect from {ip} port {port}:11: disconnected by user",
            "{sshd}: Disconnected from user {account} {ip} port {port}",
            "{sshd}: pam_unix(sshd:session): session closed for user {account}",
            "systemd-logind[612]: Session {number} logged out. Waiting for processes to exit.",
            "systemd-logind[612]: Removed session {number}.",
        ],
    },
    Script {
        weight: 160,
        client: Client::None,
        eras: ALL,
        lines: &[
            "sudo: {account} : TTY=pts/0 ; PWD=/srv/app ; USER=root ; COMMAND=/usr/bin/systemctl restart app",
            "sudo: pam_unix(sudo:session): session opened for user root(uid=0) by {account}(uid=1001)",
            "sudo: pam_unix(sudo:session): session closed for user root",
        ],
    },
    Script {
        weight: 240,
        client: Client::None,
        eras: ALL,
        lines: &[
            "CRON[{pid}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
            "CRON[{pid}]: pam_unix(cron:session): session closed for user root",
        ],
    },
];

const GUESSES: [&str; 24] = [
    "admin",
    "test",
    "ubuntu",
    "oracle",
    "postgres",
    "git",
    "user",
    "guest",
    "ftpuser",
    "hadoop",
    "pi",
    "deploy",
    "jenkins",
    "minecraft",
    "nagios",
    "mysql",
    "support",
    "www",
    "tomcat",
    "dev",
    "steam",
    "zabbix",
    "es",
    "backup",
];
const ACCOUNTS: [&str; 12] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory",
    "nina",
];

pub(crate) struct Session {
    pub(crate) host: Host,
    script: &'static Script,
    step: usize,
    ip: Ipv4Addr,
    port: u64,
    pid: u64,
    number: u64,
    guess: (&'static str, Option<u64>),
    account: &'static str,
}

impl Session {
    /// A session of some host, of no client yet.
    pub(crate) fn open(number: u64, rng: &mut Rng) -> Self {
        let host = rng.pick(&HOSTS);
        Self {
            host,
            script: choose(host.era, rng),
            step: 0,
            ip: Ipv4Addr::UNSPECIFIED,
            port: 1_024 + rng.below(64_000),
            pid: 700 + number % 4_000_000,
            number,
            guess: (rng.pick(&GUESSES), Some(rng.below(200)).filter(|suffix| *suffix < 100)),
            account: rng.pick(&ACCOUNTS),
        }
    }

    /// Whose it is; cron and sudo name no client.
    pub(crate) fn client(&self) -> Client {
        self.script.client
    }

    /// Makes it come from the address of number `client`; a person has one account.
    pub(crate) fn come_from(&mut self, client: u64) {
        self.ip = address::of(client);
        if self.script.client == Client::Person {
            self.account = ACCOUNTS[client as usize % ACCOUNTS.len()];
        }
    }

    /// Writes the next text, without stamp and host; whether there are more.
    pub(crate) fn write_next(&mut self, out: &mut impl Write) -> io::Result<Outlook> {
        let text = self.script.lines[self.step];
        self.step += 1;
        // Odd pieces stand between braces.
        for (index, piece) in text.split(['{', '}']).enumerate() {
            if index % 2 == 0 { out.write_all(piece.as_bytes())? } else { self.fill(piece, out)? }
        }
        out.write_all(b"\n")?;
        Ok(if self.step < self.script.lines.len() { Outlook::More } else { Outlook::Done })
    }

    fn fill(&self, name: &str, out: &mut impl Write) -> io::Result<()> {
        match name {
            "sshd" if self.host.era == Era::V10 => write!(out, "sshd-session[{}]", self.pid),
            "sshd" => write!(out, "sshd[{}]", self.pid),
            "ip" => write!(out, "{}", self.ip),
            "port" => write!(out, "{}", self.port),
            "pid" => write!(out, "{}", self.pid),
            "number" => write!(out, "{}", self.number),
            "account" => out.write_all(self.account.as_bytes()),
            _guess => match self.guess {
                (name, Some(suffix)) => write!(out, "{name}{suffix}"),
                (name, None) => out.write_all(name.as_bytes()),
            },
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outlook {
    More,
    Done,
}

fn choose(era: Era, rng: &mut Rng) -> &'static Script {
    let ours = || SCRIPTS.iter().filter(|script| script.eras.contains(&era));
    let mut left = rng.below(ours().map(|script| script.weight).sum());
    for script in ours() {
        if left < script.weight {
            return script;
        }
        left -= script.weight;
    }
    &SCRIPTS[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_a_script_is_known() {
        let known = ["sshd", "ip", "port", "pid", "number", "account", "guess"];
        for line in SCRIPTS.iter().flat_map(|script| script.lines) {
            let mut names = line.split(['{', '}']).skip(1).step_by(2);
            assert!(names.all(|name| known.contains(&name)), "{line}");
        }
    }
}

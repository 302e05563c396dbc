"""The peers Tocsin is compared with: how each reads one auth.log, offline, and nothing else."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FAIL2BAN_FILTER = Path("/etc/fail2ban/filter.d/sshd.conf")
CROWDSEC_HUB = Path("/usr/share/crowdsec/hub")
CROWDSEC_PATTERNS = Path("/etc/crowdsec/patterns")

# What CrowdSec needs for sshd: no more, so that it pays for no other service's rules.
CROWDSEC_ITEMS = {
    "parsers/s00-raw": "syslog-logs",
    "parsers/s01-parse": "sshd-logs",
    "parsers/s02-enrich": "dateparse-enrich",
    "scenarios": "ssh-bf",
}

CROWDSEC_CONFIG = """\
common: {{daemonize: false, log_media: stdout, log_level: info, working_dir: .}}
config_paths:
  config_dir: {home}/etc/
  data_dir: {home}/data/
  simulation_path: {home}/etc/simulation.yaml
  hub_dir: {hub}/
  index_path: {hub}/.index.json
crowdsec_service: {{parser_routines: 1}}
cscli: {{output: human}}
db_config: {{type: sqlite, db_path: {home}/data/crowdsec.db, use_wal: true}}
api:
  client: {{credentials_path: {home}/credentials.yaml}}
  server: {{listen_uri: "127.0.0.1:18080", profiles_path: {home}/etc/profiles.yaml}}
prometheus: {{enabled: false}}
"""


@dataclass(frozen=True)
class Peer:
    name: str
    command: Callable[[Path], list]  # for the log at this path
    hit: str  # a regular expression for what it says when it sees an attack


def installed(home):
    """The peers that are here; says aloud which is not."""
    peers = [
        (fail2ban_ready(), Peer("fail2ban-regex", fail2ban, r"[1-9]\d* matched,")),
        (crowdsec_ready(), Peer("crowdsec", crowdsec(Path(home) / "crowdsec"), "Ip .* performed")),
    ]
    for ready, peer in peers:
        if not ready:
            print(f"SKIPPED: {peer.name} is not installed (make bench-peers)")
    return [peer for ready, peer in peers if ready]


def hits(peer, log):
    """How often the peer reports an attack in `log`: a peer that sees none is not set up right."""
    done = subprocess.run(peer.command(log), capture_output=True, text=True, errors="replace")
    return re.findall(peer.hit, done.stdout + done.stderr)


def fail2ban_ready():
    return shutil.which("fail2ban-regex") and FAIL2BAN_FILTER.exists()


def fail2ban(log):
    """The first match decides, no name is looked up, no line is echoed: its fastest honest way."""
    quiet = ["--no-check-all", "--usedns", "no", "--print-no-missed", "--print-no-ignored"]
    return ["fail2ban-regex", *quiet, str(log), str(FAIL2BAN_FILTER)]


def crowdsec_ready():
    return shutil.which("crowdsec") and shutil.which("cscli") and CROWDSEC_HUB.exists()


def crowdsec(home):
    """Its parser, scenarios and local API in one process, on loopback; no central service."""

    def command(log):
        if not home.exists():
            prepare_crowdsec(home)
        return ["crowdsec", "-c", f"{home}/config.yaml", "-dsn", f"file://{log}", "-type", "syslog"]

    return command


def prepare_crowdsec(home):
    etc = home / "etc"
    (home / "data").mkdir(parents=True)
    for folder, item in CROWDSEC_ITEMS.items():
        (etc / folder).mkdir(parents=True)
        (etc / folder / f"{item}.yaml").symlink_to(CROWDSEC_HUB / folder / "crowdsecurity" / f"{item}.yaml")
    (etc / "patterns").symlink_to(CROWDSEC_PATTERNS)
    (etc / "simulation.yaml").write_text("simulation: false\n")
    (etc / "profiles.yaml").write_text("name: none\nfilters: ['false']\non_success: break\n")
    (home / "config.yaml").write_text(CROWDSEC_CONFIG.format(home=home, hub=CROWDSEC_HUB))
    (home / "credentials.yaml").write_text("url: http://127.0.0.1:18080\n")
    machine = ["machines", "add", "bench", "--password", "bench", "--force"]
    add = ["cscli", "-c", f"{home}/config.yaml", *machine, "-f", f"{home}/credentials.yaml"]
    subprocess.run(add, check=True, capture_output=True)

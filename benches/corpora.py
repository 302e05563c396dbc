"""Logs long enough to be measured, each made of a short real one, many times over."""

import gzip
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
CAPTURES = REPOSITORY / "testdata/network"
SHARED = REPOSITORY / "../shared/data"

TEXT_BYTES = 100_000_000
PACKETS = 100_000
QUIET_S = 3600
EVENT_LOG_TIMES = 20
EVENT_LOG_HEADER_BYTES = 4096
EVENT_LOG_CHUNK_BYTES = 65536
PCAP_HEADER_BYTES = 24
PACKET_HEADER = struct.Struct("<IIII")


@dataclass(frozen=True)
class Corpus:
    """A log by its name, the files it lies in, and how many packets they hold where those count."""

    name: str
    paths: list
    packets: int | None = None

    def remove(self):
        for path in self.paths:
            path.unlink()


def sigmahq(home):
    """The folder of all of SigmaHQ's rules, unpacked; says aloud where they are not here."""
    for archive in (SHARED / "sigma").glob("sigmahq_full_*.tar.zst"):
        if shutil.which("zstd"):
            subprocess.run(["tar", "--zstd", "-xf", str(archive), "-C", str(home)], check=True)
            return next(home.glob("**/rules"))
    print("SKIPPED: hunt: SigmaHQ's archive is not here, or zstd is not")
    return None


def made(home, only=None):
    """Those whose originals are here, or only the one of this name; says aloud which are not."""
    cloudtrail = SHARED / "cloudtrail_attacks/otrf/ec2_proxy_s3_exfiltration_2020-09-14011940.json"
    makers = {
        "CloudTrail JSON": (cloudtrail, repeated_lines),
        "Zeek conn JSON": (SHARED / "zeek_log_samples/conn.log.gz", repeated_lines),
        "NetFlow 5": (CAPTURES / "netflow5.pcap", repeated_exports),
        "NetFlow 9": (CAPTURES / "netflow9.pcap", repeated_exports),
        "IPFIX": (CAPTURES / "netflow10.pcap", repeated_exports),
        "captured packets": (CAPTURES / "network.pcap", repeated_packets),
        "EVTX": (SHARED / "evtx_attacks", repeated_event_logs),
    }
    for name, (original, make) in makers.items():
        if only and name != only:
            continue
        if original.exists():
            yield make(name, original, home)
        else:
            print(f"SKIPPED: {name}: {original.name} is not here")


def repeated_lines(name, original, home):
    opened = gzip.open if original.suffix == ".gz" else open
    with opened(original, "rb") as file:
        lines = file.read().rstrip(b"\n") + b"\n"
    path = home / f"{original.name}.long"
    with open(path, "wb") as file:
        for _ in range(TEXT_BYTES // len(lines)):
            file.write(lines)
    return Corpus(name, [path])


def repeated_exports(name, original, home):
    return Corpus(name, repeated_packets(name, original, home).paths)


def repeated_packets(name, original, home):
    """The recording over and over, so long after the time before that its connections are others."""
    recording = original.read_bytes()
    packets = list(packets_of(recording))
    later = packets[-1][0] - packets[0][0] + QUIET_S
    path = home / f"{original.name}.long"
    with open(path, "wb") as file:
        file.write(recording[:PCAP_HEADER_BYTES])
        for time in range(PACKETS // len(packets)):
            for seconds, fraction, length, packet in packets:
                file.write(PACKET_HEADER.pack(seconds + time * later, fraction, len(packet), length))
                file.write(packet)
    return Corpus(name, [path], PACKETS // len(packets) * len(packets))


def packets_of(recording):
    at = PCAP_HEADER_BYTES
    while at < len(recording):
        seconds, fraction, kept, length = PACKET_HEADER.unpack_from(recording, at)
        at += PACKET_HEADER.size
        yield seconds, fraction, length, recording[at : at + kept]
        at += kept


def repeated_event_logs(name, original, home):
    """Every log under the folder, unpacked, its chunks over and over: each stands for itself."""
    paths = []
    for number, packed in enumerate(sorted(original.rglob("*.evtx.gz"))):
        log = gzip.decompress(packed.read_bytes())
        path = home / f"{number}.evtx"
        path.write_bytes(log[:EVENT_LOG_HEADER_BYTES] + log[EVENT_LOG_HEADER_BYTES:] * EVENT_LOG_TIMES)
        paths.append(path)
    return Corpus(name, paths)

"""One run of a whole process: its CPU time, wall time and peak memory, as the kernel counted them."""

import os
import subprocess
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    user_s: float
    system_s: float
    wall_s: float
    peak_bytes: int
    output_lines: int

    @property
    def cpu_s(self):
        return self.user_s + self.system_s


class Failed(Exception):
    """The subject did not do its work, so its time says nothing."""


def run(command, log):
    """Runs `command` with its stdout counted by `wc`, whose time is not the subject's.

    Its stderr goes to the file `log`, quoted when the run fails.
    """
    with open(log, "wb") as stderr:
        started = time.monotonic()
        subject = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr)
        counter = subprocess.Popen(["wc", "-l"], stdin=subject.stdout, stdout=subprocess.PIPE)
        subject.stdout.close()
        _, status, usage = os.wait4(subject.pid, 0)
        wall_s = time.monotonic() - started
    subject.returncode = os.waitstatus_to_exitcode(status)
    counted, _ = counter.communicate()
    if subject.returncode != 0:
        with open(log, errors="replace") as stderr:
            last = "".join(stderr.readlines()[-3:])
        raise Failed(f"{command[0]} ended with {subject.returncode}: {last.strip()}")
    # Linux counts ru_maxrss in KiB, and from before exec: this Python's own, some 16 MiB, is the floor.
    kib = 1024
    return Run(usage.ru_utime, usage.ru_stime, wall_s, usage.ru_maxrss * kib, int(counted))

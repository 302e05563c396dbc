#!/usr/bin/env python3
"""Measures Tocsin and its peers as whole processes on the same generated auth.log.

Subjects take turns (A B A B ...), so that a change of the machine's mood hits all alike. Speed is
lines per core-second: lines over user + system time. Figures are medians of the rounds.
"""

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import corpora
import measure
import peers

MIB = 1 << 20
SWEEP_ENTITIES = [1_000, 10_000, 100_000, 1_000_000]
GROWTH_SHARES = [8, 4, 2, 1]
GROWTH_ENTITIES = 10_000
INDICATORS = 1_000_000


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-", dir=options.tmp) as home:
        bench = Bench(options, Path(home))
        bench.compare()
        bench.normalise()
        if bench.tocsin:
            bench.sweep_entities()
            bench.grow_input()
            bench.know_bad_values()
            bench.hunt()
    sys.exit(1 if bench.failures else 0)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--authlog", required=True, help="the generator's binary")
    parser.add_argument("--tocsin", help="the binary to measure; without it, peers only")
    parser.add_argument("--normalise", help="the binary that reads a log in process")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lines", type=int, default=2_000_000, help="of Tocsin's log")
    parser.add_argument("--peer-lines", type=int, default=50_000, help="of the peers' log, its beginning")
    parser.add_argument("--sweep-lines", type=int, default=8_000_000, help="of the logs of the sweeps")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tmp", help="where the logs go: about 4 GB for the sweeps")
    return parser.parse_args()


class Bench:
    def __init__(self, options, home):
        self.options = options
        self.home = home
        self.failures = 0
        self.tocsin = options.tocsin and shutil.which(options.tocsin)
        if not self.tocsin:
            print("SKIPPED: tocsin: no binary given, or none there")

    def compare(self):
        """Tocsin against its peers: speed, time and memory."""
        log = self.generate(self.options.lines, 10_000)
        short = self.generate(self.options.peer_lines, 10_000)
        subjects = []
        if self.tocsin:
            lines = self.options.lines
            subjects.append(("tocsin scan", self.verb("scan", log), lines))
            subjects.append(("tocsin parse", self.verb("parse", log), lines))
        for peer in peers.installed(self.home):
            if hits := peers.hits(peer, short):
                subjects.append((peer.name, peer.command(short), self.options.peer_lines))
                print(f"{peer.name} reports {len(hits)} times, first: {hits[0]}")
            else:
                print(f"FAILED: {peer.name} sees no attack in the log")
                self.failures += 1
        results = self.take_turns(subjects)
        header("subject", "lines", "user s", "sys s", "wall s", "peak MiB", "out lines", "lines/core-s", "ratio")
        speeds = {}
        for name, _, lines in subjects:
            if runs := results[name]:
                speeds[name] = statistics.median(lines / run.cpu_s for run in runs)
                first = next(iter(speeds.values()))
                row(name, lines, *typical(runs), f"{speeds[name]:,.0f}", f"{first / speeds[name]:.1f}")
        if speeds:
            print(f"ratio: how many times slower than {next(iter(speeds))}; peers read its log's beginning\n")

    def normalise(self):
        """Files to events in process, without output, and what no reader can be faster than."""
        if not self.options.normalise:
            print("SKIPPED: normalise: no binary given\n")
            return
        log = corpora.Corpus("auth.log", [self.generate(self.options.lines, 10_000)])
        header("normalise", "events", "MB", "core-s", "records/core-s", "MB/core-s", "of limit")
        for corpus in [log, *corpora.made(self.home)]:
            command = [self.options.normalise, str(self.options.rounds), *map(str, corpus.paths)]
            told = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
            seen = json.loads(told)
            megabytes, events, seconds = seen["bytes"] / 1e6, seen["events"], seen["core_s"]
            records = corpus.packets or events
            speeds = f"{records / seconds:,.0f}", f"{megabytes / seconds:,.0f}"
            limit = f"{seen['limit_core_s'] / seconds:.1%}"
            row(corpus.name, events, f"{megabytes:,.1f}", f"{seconds:.3f}", *speeds, limit)
            corpus.remove()
        print("fastest of the rounds; records are packets where those were captured, and otherwise events;")
        print("the limit reads the files and counts their newlines\n")

    def sweep_entities(self):
        """What more entities cost, on logs of one length."""
        lines = self.options.sweep_lines
        logs = {count: self.generate(lines, count) for count in SWEEP_ENTITIES}
        subjects = [(entities(count), self.verb("scan", log), lines) for count, log in logs.items()]
        results = self.take_turns(subjects)
        for log in logs.values():
            log.unlink()
        base = results[entities(SWEEP_ENTITIES[0])]
        header("scan", "lines", "user s", "sys s", "wall s", "peak MiB", "out lines", "cost ratio", "B/entity")
        for count in SWEEP_ENTITIES:
            if (runs := results[entities(count)]) and base:
                ratio = median(runs, "cpu_s") / median(base, "cpu_s")
                grown = median(runs, "peak_bytes") - median(base, "peak_bytes")
                more = count - SWEEP_ENTITIES[0]
                row(entities(count), lines, *typical(runs), f"{ratio:.2f}", f"{grown / more:,.0f}" if more else "-")
        print()

    def grow_input(self):
        """Whether memory stays flat while the input grows."""
        sizes = [self.options.sweep_lines // share for share in GROWTH_SHARES]
        logs = {size: self.generate(size, GROWTH_ENTITIES) for size in sizes}
        subjects = [(growing(size), self.verb("scan", log), size) for size, log in logs.items()]
        results = self.take_turns(subjects)
        print(f"growing input at {GROWTH_ENTITIES:,} entities")
        header("scan", "lines", "user s", "sys s", "wall s", "peak MiB", "out lines", "lines/core-s")
        for size in sizes:
            if runs := results[growing(size)]:
                row(growing(size), size, *typical(runs), f"{size / median(runs, 'cpu_s'):,.0f}")

    def know_bad_values(self):
        """What a million indicators cost: to load, which an empty log shows, and for every line."""
        log = self.generate(self.options.lines, 10_000)
        nothing = self.home / "nothing.log"
        nothing.write_text(log.open().readline())
        listed = self.home / "listed.txt"
        with open(listed, "w") as file:
            file.writelines(indicators(self.options.seed, INDICATORS))
        more = ["--intel", str(listed)]
        lines = self.options.lines
        subjects = [
            ("a line", self.verb("scan", nothing), 1),
            ("a line, listed", self.verb("scan", nothing) + more, 1),
            ("a log", self.verb("scan", log), lines),
            ("a log, listed", self.verb("scan", log) + more, lines),
        ]
        results = self.take_turns(subjects)
        header("scan", "lines", "user s", "sys s", "wall s", "peak MiB", "out lines")
        for name, _, lines in subjects:
            if runs := results[name]:
                row(name, lines, *typical(runs))
        none, load, plain, all_listed = (runs and median(runs, "cpu_s") for runs in results.values())
        if none and load and plain and all_listed:
            slower = (all_listed - load) / (plain - none)
            print(f"{INDICATORS:,} indicators take {load - none:.2f} s to load; then a line costs {slower:.2f} times as much")

    def hunt(self):
        """Event logs of Windows through all of SigmaHQ, whole processes: loading, and then each event."""
        logs = next(corpora.made(self.home, only="EVTX"), None)
        rules = logs and corpora.sigmahq(self.home)
        if not rules:
            return
        few = [path.with_suffix(".few") for path in logs.paths]
        for path, first in zip(logs.paths, few):
            first.write_bytes(path.read_bytes()[: corpora.EVENT_LOG_HEADER_BYTES + corpora.EVENT_LOG_CHUNK_BYTES])
        hunt = [self.tocsin, "scan", "-o", "jsonl", "-q", "--threads", "1", "--rules", str(rules)]
        subjects = [(name, [*hunt, *map(str, paths)], self.events(paths)) for name, paths in
                    [("hunt, few", few), ("hunt, many", logs.paths)]]
        results = self.take_turns(subjects)
        header("SigmaHQ, EVTX", "events", "user s", "sys s", "wall s", "peak MiB", "out lines", "events/core-s")
        for name, _, events in subjects:
            if runs := results[name]:
                row(name, events, *typical(runs), f"{events / median(runs, 'cpu_s'):,.0f}")

    def events(self, paths):
        """How many events the files hold."""
        command = [self.tocsin, "parse", "-o", "jsonl", "-q", *map(str, paths)]
        return measure.run(command, self.home / "stderr").output_lines

    def take_turns(self, subjects):
        """Runs of each subject by name, interleaved; a subject that fails is reported and left out."""
        results = {name: [] for name, _, _ in subjects}
        failed = set()
        for _ in range(self.options.rounds):
            for name, command, lines in subjects:
                if name in failed:
                    continue
                try:
                    results[name].append(self.run_checked(command, lines))
                except measure.Failed as error:
                    print(f"FAILED: {name}: {error}")
                    failed.add(name)
                    results[name].clear()
                    self.failures += 1
        return results

    def run_checked(self, command, lines):
        """A run that did its work: an event a line for parse, findings for scan."""
        run = measure.run(command, self.home / "stderr")
        if command[1] == "parse" and run.output_lines != lines:
            raise measure.Failed(f"{run.output_lines} events from {lines} lines")
        if command[1] == "scan" and run.output_lines == 0 and lines > 1:
            raise measure.Failed("no findings in a log full of failed logins")
        return run

    def verb(self, verb, log):
        return [self.tocsin, verb, str(log), "-o", "jsonl", "-q", "--year", "2026", "--threads", "1"]

    def generate(self, lines, entities):
        path = self.home / f"auth-{lines}-{entities}.log"
        if not path.exists():
            sizes = ["--lines", str(lines), "--entities", str(entities), "--seed", str(self.options.seed)]
            made = subprocess.run([self.options.authlog, *sizes, str(path)], stderr=subprocess.PIPE, check=True)
            seen = json.loads(made.stderr)["addresses"]
            if seen < entities:
                print(f"note: {lines:,} lines hold {seen:,} of {entities:,} addresses")
        return path


def indicators(seed, count):
    """Addresses, domains, hashes and networks, half of them addresses."""
    numbers = random.Random(seed)
    for index in range(count):
        address = ".".join(str(numbers.randrange(1, 224)) for _ in range(4))
        match index % 20:
            case 0:
                yield f"{address.rsplit('.', 1)[0]}.0/{numbers.choice([20, 22, 24, 26, 28])}\n"
            case 1 | 2 | 3:
                yield f"{numbers.getrandbits(256):064x}\n"
            case 4 | 5 | 6 | 7 | 8 | 9:
                yield f"{numbers.getrandbits(50):x}.bad{index % 977}.example\n"
            case _:
                yield f"{address}\n"


def entities(count):
    return f"{count:,} entities"


def growing(lines):
    return f"{lines:,} lines"


def typical(runs):
    """The medians that every table shows."""
    seconds = [f"{median(runs, field):.2f}" for field in ("user_s", "system_s", "wall_s")]
    return [*seconds, f"{median(runs, 'peak_bytes') / MIB:.0f}", f"{median(runs, 'output_lines'):,.0f}"]


def median(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


def header(*names):
    print(f"{names[0]:<18}" + "".join(f"{name:>14}" for name in names[1:]))


def row(name, lines, *values):
    print(f"{name:<18}{lines:>14,}" + "".join(f"{value:>14}" for value in values))


if __name__ == "__main__":
    main()

"""Writes which events each rule matches after each pipeline, as pySigma's SQLite backend has it.

Usage: pysigma.py > pysigma.json, in the folder `crates/sigma`; wants pySigma and pySigma-backend-sqlite.
tests/golden/pysigma.json is what it wrote. A rule that a pipeline refuses has null for its events.
"""

import json
import re
import sqlite3
import sys
from pathlib import Path

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.exceptions import SigmaError
from sigma.processing.pipeline import ProcessingPipeline

CASES = Path("tests/pipelines")


def table(events):
    """The events as rows, in columns that have no type, as SQLite would guess one."""
    columns = sorted({name for event in events for name in event})
    connection = sqlite3.connect(":memory:")
    quoted = ", ".join(f'"{name}"' for name in columns)
    connection.execute(f"CREATE TABLE logs (number, {quoted})")
    connection.create_function("REGEXP", 2, lambda pattern, text: matches(pattern, text))
    places = ", ".join("?" for _ in range(len(columns) + 1))
    rows = [[at, *(event.get(name) for name in columns)] for at, event in enumerate(events)]
    connection.executemany(f"INSERT INTO logs VALUES ({places})", rows)
    return connection


def matches(pattern, text):
    return text is not None and re.search(pattern, str(text)) is not None


def found(connection, pipeline, rule):
    try:
        [query] = sqliteBackend(processing_pipeline=pipeline).convert(SigmaCollection([rule]))
    except SigmaError:
        return None
    query = query.replace("<TABLE_NAME>", "logs").replace("SELECT *", "SELECT number", 1)
    while True:
        try:
            return [number for (number,) in connection.execute(query)]
        except sqlite3.OperationalError as error:
            said = str(error)
            if "no such column: " not in said:
                raise
        # No event has such a field.
        name = said.split(": ", 1)[1].strip('"')
        connection.execute(f'ALTER TABLE logs ADD COLUMN "{name}"')


def main():
    connection = table(json.loads((CASES / "events.json").read_text()))
    told = {}
    for path in sorted(CASES.glob("*.yml")):
        if path.name == "rules.yml":
            continue
        rules = (CASES / "rules.yml").read_text()
        told[path.stem] = {}
        for text in rules.split("\n---\n"):
            # pySigma wants ids to be UUIDs; ours are names here.
            lines = [line for line in text.splitlines() if not line.startswith("id: ")]
            name = next(line[4:] for line in text.splitlines() if line.startswith("id: "))
            [rule] = SigmaCollection.from_yaml("\n".join(lines)).rules
            pipeline = ProcessingPipeline.from_yaml(path.read_text())
            told[path.stem][name] = found(connection, pipeline, rule)
    json.dump(told, sys.stdout, indent=1)
    print()


main()

"""Whether pySigma's SQLite backend finds what we find, rule by rule, on the sample that `tocsin-rsigma sample`
has written.

usage: sqlite.py RULES_FOLDER SAMPLE
"""

import json
import re
import sqlite3
import sys
from pathlib import Path

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

SHOWN = 25


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip().splitlines()[-1])
    folder, sample = map(Path, sys.argv[1:])
    with sample.open(encoding="utf-8") as lines:
        wanted = set(json.loads(next(lines))["rules"])
        records = [record for line in lines if is_plain((record := json.loads(line))["event"])]
    queries, refused = converted(folder, wanted)
    logs = loaded([record["event"] for record in records])
    differ, fired = [], 0
    for rule, query in queries.items():
        ours = {at for at, record in enumerate(records) if rule in record["ours"]}
        try:
            theirs = {at for (at,) in logs.execute(query)}
        except sqlite3.OperationalError as error:
            refused[rule] = str(error)
            continue
        fired += bool(ours)
        if ours != theirs:
            differ.append((rule, query, ours - theirs, theirs - ours))
    asked = len(queries.keys() - refused.keys())
    print(f"{len(records):,} events, {asked} rules asked, of which {fired} match; {len(refused)} refused by SQLite's backend")
    print(f"{len(differ)} rules on which they differ")
    for rule, query, ours_only, theirs_only in differ[:SHOWN]:
        print(f"{rule}: {len(ours_only)} ours only, {len(theirs_only)} theirs only\n    {query[:300]}")
        print(f"    {json.dumps(records[min(ours_only | theirs_only)]['event'])[:300]}")
    return bool(differ)


def is_plain(event):
    """Whether a row can hold it: SQL has no lists, and takes `+3` for another text than `3`."""
    values = event.values()
    return event and not any(isinstance(value, (list, dict)) or re.fullmatch(r"\+\d+", str(value)) for value in values)


def converted(folder, wanted):
    """The rules as queries for the numbers of records, and why others are none."""
    queries, refused, backend = {}, {}, sqliteBackend()
    for path in sorted(folder.rglob("*.yml")):
        text = path.read_text(encoding="utf-8")
        found = re.search(r"^id: *['\"]?([0-9a-f-]+)", text, re.MULTILINE)
        if not found or found[1] not in wanted:
            continue
        try:
            (query,) = backend.convert(SigmaCollection.from_yaml(text))
            queries[found[1]] = query.replace("SELECT *", "SELECT at", 1)
        except Exception as error:  # The backend raises whatever its parts raise.
            refused[found[1]] = f"{type(error).__name__}: {error}"
    return queries, refused


def loaded(events):
    """A table with a column for each field, whose texts are compared without case, as rules want it."""
    logs = sqlite3.connect(":memory:")
    logs.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, 32_767)
    logs.create_function("regexp", 2, lambda pattern, text: text is not None and bool(re.search(pattern, str(text))))
    # SQLite takes names without case, fields are told apart by it: those of one name are one column here.
    fields = {field.lower(): field for event in events for field in event}
    columns = ", ".join(f'"{field}" TEXT COLLATE NOCASE' for field in fields.values())
    logs.execute(f"CREATE TABLE logs (at INTEGER, {columns})")
    for at, event in enumerate(events):
        names = ", ".join(f'"{field}"' for field in event)
        marks = ", ".join("?" * len(event))
        logs.execute(f"INSERT INTO logs (at, {names}) VALUES (?, {marks})", [at, *event.values()])
    return logs


if __name__ == "__main__":
    sys.exit(main())

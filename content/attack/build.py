#!/usr/bin/env python3
"""Makes attack.json from a folder with ATT&CK as techniques.json.gz and tactics.json.

usage: build.py FOLDER > attack.json

Kept are ids, names, tactics in matrix order, and the names of mitigations: what the engine tells.
Revoked and deprecated techniques are left out.
"""
import gzip
import json
import pathlib
import sys

NOTICE = (
    "© 2025 The MITRE Corporation. This work is reproduced and distributed with the permission "
    "of The MITRE Corporation. See LICENSE.txt."
)


def technique(entry):
    return {
        "name": entry["name"],
        "tactics": entry["tactics"],
        "mitigations": [
            mitigation["name"]
            for mitigation in entry["mitigations"]
            if mitigation["name"] != "Do Not Mitigate"
        ],
    }


def catalog(folder):
    with gzip.open(folder / "techniques.json.gz", "rt") as lines:
        techniques = json.load(lines)
    tactics = json.loads((folder / "tactics.json").read_text())["order"]
    return {
        "notice": NOTICE,
        "tactics": tactics,
        "techniques": {entry["id"]: technique(entry) for entry in sorted(techniques, key=lambda t: t["id"])},
    }


def write(attack, out):
    """One technique a line, so that a new version can be read as a difference."""
    lines = [f'    {json.dumps(key)}: {json.dumps(value, separators=(",", ":"))}'
             for key, value in attack["techniques"].items()]
    out.write("{\n")
    out.write(f'  "notice": {json.dumps(attack["notice"], ensure_ascii=False)},\n')
    out.write(f'  "tactics": {json.dumps(attack["tactics"])},\n')
    out.write('  "techniques": {\n' + ",\n".join(lines) + "\n  }\n}\n")


if __name__ == "__main__":
    write(catalog(pathlib.Path(sys.argv[1])), sys.stdout)

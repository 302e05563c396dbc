"""Makes distances.txt: how far apart countries are where they come closest, from the 1:50m map of Natural
Earth (public domain) as the npm package world-atlas 2.0.2 has it.

usage: distances.py countries-50m.json > distances.txt   (needs numpy and pycountry)
"""

import itertools
import json
import sys

import numpy as np
import pycountry

EARTH_RADIUS_KM = 6371.0
UNIT_KM = 100
# Not in ISO 3166-1; the code that databases of addresses use.
UNOFFICIAL = {"Kosovo": "XK"}


def points(topology):
    """The corners of each arc, as unit vectors."""
    (scale_x, scale_y), (x0, y0) = (topology["transform"][key] for key in ("scale", "translate"))
    for arc in topology["arcs"]:
        quantised = np.cumsum(np.array(arc), axis=0)
        longitude = np.radians(quantised[:, 0] * scale_x + x0)
        latitude = np.radians(quantised[:, 1] * scale_y + y0)
        flat = np.cos(latitude)
        yield np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], axis=1)


def arcs(nested):
    """The arcs of a geometry, whichever way round they run."""
    if isinstance(nested, int):
        return {nested if nested >= 0 else ~nested}
    return set().union(*map(arcs, nested))


def countries(topology):
    """The arcs of each country by its code."""
    found = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        known = pycountry.countries.get(numeric=geometry.get("id", "").zfill(3))
        code = known.alpha_2 if known else UNOFFICIAL.get(geometry["properties"]["name"])
        if code:
            found.setdefault(code, set()).update(arcs(geometry["arcs"]))
    return dict(sorted(found.items()))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        topology = json.load(file)
    corners = list(points(topology))
    borders = countries(topology)
    outlines = {code: np.concatenate([corners[arc] for arc in own]) for code, own in borders.items()}
    print("# Countries by their codes of ISO 3166-1, and how far each is from those before it, in whole")
    print(f"# {UNIT_KM} km, where they come closest. Made by distances.py of Natural Earth, which is in the public domain.")
    for at, code in enumerate(borders):
        row = []
        for other in itertools.islice(borders, at):
            cosine = (outlines[code] @ outlines[other].T).max().clip(-1, 1)
            touch = borders[code] & borders[other]
            row.append(0 if touch else int(EARTH_RADIUS_KM * np.arccos(cosine) / UNIT_KM))
        print(code, *row)


main()

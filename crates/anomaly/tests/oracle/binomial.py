"""Writes upper tails of binomial distributions, as a JSON array of [hits, trials, chance, tail].

Usage: binomial.py > binomial.json
Summed in exact fractions and rounded once; Python alone is enough. tests/golden/binomial.json is what it
wrote.
"""

import json
import sys
from fractions import Fraction
from math import comb


def at_least(hits, trials, chance):
    p = Fraction(chance)
    return sum(comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(hits, trials + 1))


CASES = [
    (hits, trials, chance)
    for trials in (1, 5, 24, 48, 200)
    for chance in (0.001, 0.2095, 0.5, 0.97)
    for hits in sorted({0, 1, trials // 3, trials // 2, trials - 1, trials, trials + 1})
]
json.dump([[*case, float(at_least(*case))] for case in CASES], sys.stdout)

"""Members of a domain, chosen to be awkward: its ends, their neighbours and simple numbers."""

from __future__ import annotations

import random
from fractions import Fraction
from math import ceil

from fuzz.values import Value, over, plus, times

from numeric.domain import Domain


def points_of(domain: Domain, rng: random.Random) -> list[Fraction]:
    """Members of a domain: its ends, their neighbours, simple numbers, and a few at random."""
    low, high = domain.lower, domain.upper
    out = [Fraction(v) for v in (-3, -2, -1, 0, 1, 2, 3, 4, 5, 7)]
    out += [Fraction(p, q) for p in (-5, -1, 1, 3) for q in (2, 3)]
    out += [Fraction(rng.randint(-40, 40), rng.randint(1, 9)) for _ in range(4)]
    for end in (low, high):
        if end is not None:
            out += [end + Fraction(d, 1000) for d in (-1, 0, 1)]
            out += [end + d for d in (-2, -1, 1, 2, Fraction(1, 3), Fraction(-1, 3))]
    if low is not None and high is not None:
        out += [low + (high - low) * Fraction(k, 7) for k in range(8)]
    if domain.integer:
        out += [Fraction(ceil(v)) for v in out]
    return [v for v in dict.fromkeys(out) if domain.contains(v)]


def into(domain: Domain, value: Value) -> Value:
    """A member of a domain that depends on ``value`` alone, smoothly unless only integers will do."""
    if domain == Domain():
        return value
    if domain.integer:
        return next(iter(points_of(domain, random.Random(0))))
    share = over(Fraction(1), plus(times(value, value), Fraction(2)))
    low, high = domain.lower, domain.upper
    if domain.nonzero and (low is None or low < 0) and (high is None or high > 0):
        low = Fraction(0)
    if low is not None and high is not None:
        return plus(low, times(high - low, share))
    if low is not None:
        return plus(low, share)
    return plus(high, -share)

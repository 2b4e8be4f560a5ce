"""Random values for the inputs of a sheet: fast ones from a seed, and Hypothesis's.

Half of the instances have small fractions only; in the others each value may be an end of its domain,
close to one, a thousandth or a thousand, and two values may be one. A few have 0, 1 and -1 only. Where
integrals are computed by quadrature, which may overlook what is very narrow, all values are of moderate
size.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from derive.crosscheck.slots import Slot
from numeric.domain import Domain

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

MODERATE: Final = Fraction(5)
TINY: Final = Fraction(1, 12)
MANY: Final = 80
ODD: Final = 0.4
PLAIN: Final = 0.1
PLAINEST: Final = (Fraction(0), Fraction(1), Fraction(-1))

COEFFICIENTS: Final = Domain(Fraction(-2), Fraction(2))


def drawn(slots: Sequence[Slot], rng: random.Random, calm: bool) -> dict[str, Fraction]:
    """A value for every input; ``calm`` ones are of moderate size."""
    if rng.random() < PLAIN:
        return {slot.name: _plain(slot, rng) for slot in slots}
    calm = calm or rng.random() < 0.5
    out = {slot.name: _value(slot, rng, calm) for slot in slots}
    if slots and not calm and rng.random() < ODD:
        one, other = rng.choice(slots), rng.choice(slots)
        if one.domain.contains(out[other.name]):
            out[one.name] = out[other.name]
    return out


def _value(slot: Slot, rng: random.Random, calm: bool) -> Fraction:
    if slot.style == "coefficient":
        return Fraction(rng.randint(-16, 16), 8)
    if slot.style == "weight":
        return Fraction(rng.randint(1, 12), rng.randint(4, 8))
    if not calm and rng.random() < ODD and slot.style == "value":
        return rng.choice(members(slot.domain))
    return _moderate(slot.domain, rng)


def _plain(slot: Slot, rng: random.Random) -> Fraction:
    inside = [v for v in PLAINEST if slot.domain.contains(v)]
    return rng.choice(inside) if inside else _moderate(slot.domain, rng)


def _moderate(domain: Domain, rng: random.Random) -> Fraction:
    for _ in range(8):
        value = Fraction(rng.randint(-18, 18), rng.randint(2, 8))
        value = Fraction(round(value)) if domain.integer else value
        if domain.contains(value):
            return value
    return rng.choice(ordinary(domain))


@lru_cache(maxsize=512)
def members(domain: Domain) -> tuple[Fraction, ...]:
    """Members of a domain: simple ones, its ends, ones close to the ends, and large ones."""
    return tuple(domain.points(MANY))


@lru_cache(maxsize=512)
def ordinary(domain: Domain) -> tuple[Fraction, ...]:
    """Members that are neither large nor very close to an end, or to zero."""
    found = [v for v in members(domain) if _is_ordinary(v, domain)]
    return tuple(found or members(domain))


def _is_ordinary(value: Fraction, domain: Domain) -> bool:
    ends = [end for end in (domain.lower, domain.upper) if end is not None]
    apart = all(end == value or abs(end - value) >= TINY for end in ends)
    return apart and abs(value) <= MODERATE and (value == 0 or abs(value) >= TINY)


def values(slots: Sequence[Slot], calm: bool) -> SearchStrategy[dict[str, Fraction]]:
    """A Hypothesis strategy for the values of all inputs; failures shrink to simple ones.

    Values are ``calm`` when they are of moderate size.
    """
    from hypothesis import strategies as st

    from numeric.strategies import rationals

    def one(slot: Slot) -> SearchStrategy[Fraction]:
        if slot.style == "coefficient":
            return rationals(COEFFICIENTS)
        if slot.style == "weight":
            return rationals(Domain(Fraction(0), Fraction(10)))
        if calm:
            return st.sampled_from(ordinary(slot.domain))
        return rationals(slot.domain)

    return st.fixed_dictionaries({slot.name: one(slot) for slot in slots})

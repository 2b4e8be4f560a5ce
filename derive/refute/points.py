"""Assignments to try, simplest first: grids of small rationals, coincidences, ends, then anything.

A false claim is mostly false nearly everywhere, but not always: some fail only off a diagonal, some
only on one, some only far out. So several kinds of points take turns.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import chain, count, islice, permutations, product
from typing import Final

from numeric.domain import Domain

PER_SYMBOL: Final = 40
GRID: Final = 64
APART: Final = 12
SEED: Final = 20_240_229

Point = tuple[Fraction, ...]

NEAR: Final = Fraction(1, 1000)
FAR: Final = (Fraction(1000), Fraction(-1000), Fraction(10**6), Fraction(1, 10**6))

TIES: Final[tuple[Callable[[Fraction], Fraction], ...]] = (
    lambda v: v,
    lambda v: -v,
    lambda v: 1 - v,
    lambda v: v + NEAR * v,
    lambda v: v * v,
    lambda v: 1 / v if v else v,
    lambda v: v + 1,
    lambda v: 2 * v,
)
"""Values that one symbol may owe to another, for claims that fail or hold only there."""


def assignments(
    names: Sequence[str], domains: Sequence[Domain], limit: int, notable: tuple[Fraction, ...] = ()
) -> Iterator[dict[str, Fraction]]:
    """Up to ``limit`` different assignments of members of the domains to the names.

    They are the same on every call. ``notable`` are numbers worth trying for every name, such as
    those that a claim mentions.
    """
    if not names:
        yield {}
        return
    columns = [column(domain, i, notable) for i, domain in enumerate(domains)]
    seen: set[Point] = set()
    for point in islice(_mixed(columns, domains, notable, limit), 4 * limit):
        if point not in seen:
            seen.add(point)
            yield dict(zip(names, point, strict=True))
        if len(seen) == limit:
            return


@lru_cache(maxsize=256)
def column(domain: Domain, seed: int, notable: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """Members of a domain, simplest first, the notable ones among the first few."""
    plain = domain.points(PER_SYMBOL, seed=seed)
    told = [v for v in notable if domain.contains(v)]
    return tuple(dict.fromkeys([*plain[:3], *told, *plain[3:]]))


def _mixed(
    columns: list[tuple[Fraction, ...]],
    domains: Sequence[Domain],
    notable: tuple[Fraction, ...],
    limit: int,
) -> Iterator[Point]:
    """A few of the simplest points, then one of each kind in turn, without end."""
    grid = _grid(columns)
    yield from islice(grid, min(8, max(2, limit // 4)))
    kinds = [grid, _apart(columns), _tied(columns, domains), _edges(columns, domains, notable)]
    drawn = _drawn(columns)
    while True:
        for kind in kinds:
            point = next(kind, None)
            if point is not None:
                yield point
        yield next(drawn)


def _grid(columns: list[tuple[Fraction, ...]]) -> Iterator[Point]:
    """The simplest values in every combination, simple combinations first."""
    side = max(2, int(GRID ** (1 / len(columns)))) if len(columns) > 1 else PER_SYMBOL
    if len(columns) > 6:
        yield tuple(c[0] for c in columns)
        return
    heads = [range(min(side, len(c))) for c in columns]
    for places in sorted(product(*heads), key=lambda p: (sum(p), p)):
        yield tuple(c[i] for c, i in zip(columns, places, strict=True))


def _apart(columns: list[tuple[Fraction, ...]]) -> Iterator[Point]:
    """Simple values, different from name to name, without a pattern that ties them."""
    for k in range(2 * APART):
        sizes = [min(APART, len(c)) for c in columns]
        places = [(k * (2 * i + 1) + 3 * i) % size for i, size in enumerate(sizes)]
        yield tuple(c[p] for c, p in zip(columns, places, strict=True))


def _tied(columns: list[tuple[Fraction, ...]], domains: Sequence[Domain]) -> Iterator[Point]:
    """Points at which one symbol's value is a simple function of another's."""
    pairs = list(permutations(range(len(columns)), 2))
    if not pairs:
        return
    bases = list(_apart(columns))
    for k in range(len(pairs) * len(TIES)):
        tie = TIES[(k + k // len(pairs)) % len(TIES)]
        to, by = pairs[k % len(pairs)]
        point = list(bases[k % len(bases)])
        point[to] = tie(point[by])
        if domains[to].contains(point[to]):
            yield tuple(point)


def _edges(
    columns: list[tuple[Fraction, ...]], domains: Sequence[Domain], notable: tuple[Fraction, ...]
) -> Iterator[Point]:
    """Points with one symbol, or all of them, at an end of its domain or far out."""
    ends = [extremes(domain, notable) for domain in domains]
    bases = list(_apart(columns))
    for k in range(max(map(len, ends))):
        if len(columns) > 1:
            yield tuple(e[k % len(e)] for e in ends)
        for i, end in enumerate(ends):
            if k < len(end):
                point = list(bases[(k + i) % len(bases)])
                point[i] = end[k]
                yield tuple(point)


@lru_cache(maxsize=256)
def extremes(domain: Domain, notable: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """The notable members of a domain, its ends, members close to them, and members far out."""
    out = [*notable]
    for end, inward in ((domain.lower, NEAR), (domain.upper, -NEAR)):
        if end is not None:
            out += [end, end + inward, end + inward * NEAR]
    out += [Fraction(0), *FAR, NEAR, -NEAR]
    return tuple(v for v in dict.fromkeys(out) if domain.contains(v)) or column(domain, 0, ())[:1]


def _drawn(columns: list[tuple[Fraction, ...]]) -> Iterator[Point]:
    rng = random.Random(SEED)
    for _ in count():
        yield tuple(rng.choice(c) for c in columns)


def generic(
    names: Sequence[str], domains: Sequence[Domain], limit: int
) -> Iterator[dict[str, Fraction]]:
    """Assignments without coincidences, from which points with one are built."""
    columns = [column(domain, i, ()) for i, domain in enumerate(domains)]
    for point in islice(chain(_apart(columns), _drawn(columns)), limit):
        yield dict(zip(names, point, strict=True))

"""Assignments to try, simplest first: small rationals, ends of domains, then anything."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Final

from numeric.domain import Domain

PER_SYMBOL: Final = 40
GRID: Final = 64


def assignments(
    names: Sequence[str], domains: Sequence[Domain], count: int
) -> Iterator[dict[str, Fraction]]:
    """Up to ``count`` assignments of members of the domains to the names.

    A grid of the simplest values comes first, ordered by how simple it is as a whole; then values
    drawn at random, the same ones on every call.
    """
    columns = [domain.points(PER_SYMBOL, seed=i) for i, domain in enumerate(domains)]
    if not columns:
        yield {}
        return
    side = max(2, int(GRID ** (1 / len(columns)))) if len(columns) > 1 else PER_SYMBOL
    heads = [range(min(side, len(column))) for column in columns]
    made = 0
    if len(columns) <= 6:
        for places in sorted(product(*heads), key=lambda p: (sum(p), p)):
            yield {n: c[i] for n, c, i in zip(names, columns, places, strict=True)}
            made += 1
            if made >= count // 2 and len(columns) > 1:
                break
    rng = random.Random(20_240_229)
    while made < count:
        yield {n: rng.choice(c) for n, c in zip(names, columns, strict=True)}
        made += 1

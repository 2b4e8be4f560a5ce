"""Witnesses made small: few different values, and those integers and simple fractions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Final

from numeric.domain import Domain

Values = dict[str, Fraction]
Test = Callable[[Values], tuple[Values, int] | None]
"""Whether values are a witness: the values, moved onto the hypotheses, and what is awkward about
them besides their size; None when they are none."""

BUDGET: Final = 60
SIMPLE: Final = tuple(
    Fraction(p, q)
    for p, q in (
        *((1, 1), (0, 1), (2, 1), (-1, 1), (1, 2), (3, 1), (-2, 1), (1, 3), (-1, 2), (4, 1)),
        *((3, 2), (2, 3), (5, 1), (1, 4), (3, 4), (-3, 1), (10, 1), (1, 10), (9, 10)),
    )
)


def size(value: Fraction) -> int:
    """How hard a value is to work with by hand; 1 for the simplest."""
    return max(1, abs(value.numerator)) + 2 * (value.denominator - 1) + (value < 0)


def total(values: Mapping[str, Fraction]) -> int:
    """How hard an assignment is to work with: its values, and how many different ones there are."""
    return 2 * sum(map(size, values.values())) + len(set(values.values()))


def shrunk(values: Values, domains: Mapping[str, Domain], test: Test) -> Values:
    """A witness no harder than ``values``, found in at most `BUDGET` tests.

    Only the names of ``domains`` are moved. The result is the same on every call.
    """
    return _Shrinking(domains, test).of(values)


class _Shrinking:
    def __init__(self, domains: Mapping[str, Domain], test: Test) -> None:
        self.domains = domains
        self.test = test
        self.left = BUDGET

    def of(self, values: Values) -> Values:
        first = self.test(values)
        if first is None:
            return values
        best, extra = first
        cost = total(best) + extra
        moved = True
        while moved and self.left > 0:
            moved = False
            for candidate in self._candidates(best):
                found = self._better(candidate, cost)
                if found is not None:
                    best, cost = found
                    moved = True
                    break
        return best

    def _better(self, values: Values, cost: int) -> tuple[Values, int] | None:
        if total(values) >= cost or self.left <= 0:
            return None
        self.left -= 1
        found = self.test(values)
        if found is None or total(found[0]) + found[1] >= cost:
            return None
        return found[0], total(found[0]) + found[1]

    def _candidates(self, values: Values) -> Iterator[Values]:
        """All names at one value, then one name at a time, the most awkward first."""
        for value in SIMPLE[:6]:
            yield {
                n: value if n in self.domains and self.domains[n].contains(value) else v
                for n, v in values.items()
            }
        for name in sorted(self.domains, key=lambda n: (-size(values[n]), n)):
            here = values[name]
            near = [Fraction(floor(here) + 1), Fraction(ceil(here) - 1)]
            near += [here.limit_denominator(d) for d in (1, 2, 10)]
            near += [Fraction(round(here / d)) for d in (100, 10, 2)] if abs(here) > 10 else []
            for value in dict.fromkeys([*SIMPLE, *near, *values.values()]):
                if size(value) <= size(here) and self.domains[name].contains(value):
                    yield {**values, name: value}

"""Sets of rationals that a symbol may range over, and good points to try in them.

>>> str(Domain(lower=Fraction(1, 100), upper=Fraction(3, 2), lower_open=False, upper_open=False))
'in [1/100, 3/2]'
>>> UNIT.contains(Fraction(1, 2)), UNIT.contains(Fraction(1))
(True, False)
>>> [str(point) for point in UNIT.points(5)]
['1/2', '1/3', '1/1000', '999/1000', '2/3']
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count as count_from

_F = Fraction

_FIRST = (_F(1), _F(2), _F(1, 2), _F(3), _F(1, 3), _F(-1), _F(0), _F(-2), _F(-1, 2))
_LATER = tuple(
    _F(sign * top, bottom)
    for bottom in range(1, 6)
    for top in range(1, 8)
    for sign in (1, -1)
    if math.gcd(top, bottom) == 1
)
_NEAR = _F(1, 1000)
_FAR = 1000


def _number(name: str, value: Fraction | int | None) -> Fraction | None:
    if value is None or isinstance(value, Fraction):
        return value
    if isinstance(value, int):
        return Fraction(value)
    raise TypeError(f"{name} must be an int, a Fraction or None, not {value!r}")


@dataclass(frozen=True, slots=True)
class Domain:
    """An interval of rationals, perhaps of integers only, perhaps without zero.

    A bound of None means unbounded on that side. Raises ValueError when nothing is left.
    """

    lower: Fraction | None = None
    upper: Fraction | None = None
    lower_open: bool = True
    upper_open: bool = True
    integer: bool = False
    nonzero: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "lower", _number("lower", self.lower))
        object.__setattr__(self, "upper", _number("upper", self.upper))
        if self._is_empty():
            raise ValueError(f"the domain {self} is empty")

    def _is_empty(self) -> bool:
        low, high = self.integer_range() if self.integer else (self.lower, self.upper)
        if low is None or high is None:
            return False
        if low > high or (low == high and self.nonzero and low == 0):
            return True
        return not self.integer and low == high and (self.lower_open or self.upper_open)

    def integer_range(self) -> tuple[int | None, int | None]:
        """The least and greatest integers within the bounds, or None where there is no bound."""
        low = high = None
        if self.lower is not None:
            low = math.floor(self.lower) + 1 if self.lower_open else math.ceil(self.lower)
        if self.upper is not None:
            high = math.ceil(self.upper) - 1 if self.upper_open else math.floor(self.upper)
        return low, high

    def contains(self, value: Fraction) -> bool:
        """Whether `value` is a member."""
        if (self.integer and value.denominator != 1) or (self.nonzero and value == 0):
            return False
        return self._within_bounds(value)

    def _within_bounds(self, value: Fraction | int) -> bool:
        if self.lower is not None and (
            value < self.lower or (self.lower_open and value == self.lower)
        ):
            return False
        return self.upper is None or not (
            value > self.upper or (self.upper_open and value == self.upper)
        )

    def points(self, count: int, seed: int = 0) -> list[Fraction]:
        """Up to `count` distinct members, simplest first; the same list for the same arguments.

        Small integers and fractions come first (with 0 and 1, where thin exceptions hide), then
        the ends and points close to them, then rationals of varied size drawn from `seed`. Fewer
        are returned only when the domain has fewer members.
        """
        members = self._all_members(count) if self._has_at_most(count) else self._candidates(seed)
        seen: dict[Fraction, None] = {}
        for value in members:
            if len(seen) >= count:
                break
            if self.contains(value):
                seen.setdefault(value)
        return list(seen)

    def _has_at_most(self, count: int) -> bool:
        if self.integer:
            low, high = self.integer_range()
            return low is not None and high is not None and high - low < count
        return self.lower is not None and self.lower == self.upper

    def _all_members(self, count: int) -> Iterator[Fraction]:
        if not self.integer:
            assert self.lower is not None
            return iter([self.lower])
        low, _ = self.integer_range()
        assert low is not None
        every = map(Fraction, range(low, low + count))
        return iter(sorted(every, key=lambda value: (abs(value), value < 0)))

    def _candidates(self, seed: int) -> Iterator[Fraction]:
        """An endless stream that holds every requested kind of point; it may leave the domain."""
        yield from _FIRST
        yield from self._edges()
        yield from _LATER
        yield from self._inside()
        yield from self._random(random.Random(seed))

    def _edges(self) -> Iterator[Fraction]:
        step = Fraction(1) if self.integer else self._width() * _NEAR
        low, high = self.integer_range() if self.integer else (self.lower, self.upper)
        if low is not None:
            yield from (Fraction(low), low + step)
        if high is not None:
            yield from (Fraction(high), high - step)
        if low is None and high is None:
            yield from (step, -step)

    def _width(self) -> Fraction:
        """The length of a bounded domain, at most 1; and 1 for an unbounded one."""
        if self.lower is None or self.upper is None:
            return Fraction(1)
        return min(self.upper - self.lower, Fraction(1))

    def _inside(self) -> Iterator[Fraction]:
        """Members by their distance from an end, for a domain that lies far from zero."""
        for bottom in range(2, 6):
            for top in range(1, bottom):
                yield self._place(Fraction(top, bottom))
        for distance in (*_FIRST[:5], Fraction(_FAR)):
            if self.lower is not None:
                yield self.lower + distance
            if self.upper is not None:
                yield self.upper - distance

    def _place(self, share: Fraction) -> Fraction:
        """The point that lies `share` of the way along a bounded domain; else `share` beyond."""
        if self.lower is not None and self.upper is not None:
            value = self.lower + (self.upper - self.lower) * share
        elif self.upper is not None:
            value = self.upper - share
        else:
            value = (self.lower or Fraction(0)) + share
        return Fraction(round(value)) if self.integer else value

    def _random(self, rng: random.Random) -> Iterator[Fraction]:
        """Draws of size 1/1000 to 1000, signed, and draws spread over the domain itself."""
        for attempt in count_from():
            reach = _FAR + attempt
            large, small = rng.randint(1, reach), rng.randint(1, 100 + attempt)
            if self.integer:
                yield from self._random_integers(rng, reach)
                continue
            for value in (Fraction(large, small), Fraction(small, reach)):
                yield value if rng.random() < 0.5 else -value
            share = Fraction(rng.randint(1, reach - 1), reach)
            yield self._place(share)
            yield self._place(share * large)

    def _random_integers(self, rng: random.Random, reach: int) -> Iterator[Fraction]:
        low, high = self.integer_range()
        if low is None:
            low = -reach if high is None else min(high, 0) - reach
        if high is None:
            high = max(low, 0) + reach
        yield Fraction(rng.randint(low, high))
        small_low, small_high = max(low, -20), min(high, 20)
        if small_low <= small_high:
            yield Fraction(rng.randint(small_low, small_high))

    def __str__(self) -> str:
        """The domain in the words of the text format, such as `positive` or `in (0, 1)`."""
        if self.integer:
            return self._integer_words()
        if self.lower is None and self.upper is None:
            return "nonzero" if self.nonzero else "real"
        if self.lower == 0 and self.upper is None:
            return "positive" if self.lower_open or self.nonzero else "nonnegative"
        if self.lower is None and self.upper == 0 and (self.upper_open or self.nonzero):
            return "negative"
        gap = self.nonzero and self._within_bounds(0)
        return f"nonzero {self._interval_words()}" if gap else self._interval_words()

    def _interval_words(self) -> str:
        left = "(-oo" if self.lower is None else f"{'(' if self.lower_open else '['}{self.lower}"
        right = "oo)" if self.upper is None else f"{self.upper}{')' if self.upper_open else ']'}"
        return f"in {left}, {right}"

    def _integer_words(self) -> str:
        low, high = self.integer_range()
        if self.nonzero:
            low, high = (1 if low == 0 else low), (-1 if high == 0 else high)
        across = (low is None or low < 0) and (high is None or high > 0)
        name = "nonzero integer" if self.nonzero and across else "integer"
        if low is None:
            return name if high is None else f"{name} <= {high}"
        return f"{name} >= {low}" if high is None else f"{name} in [{low}, {high}]"


REAL = Domain()
POSITIVE = Domain(lower=Fraction(0))
NONNEGATIVE = Domain(lower=Fraction(0), lower_open=False)
NEGATIVE = Domain(upper=Fraction(0))
NONZERO = Domain(nonzero=True)
INTEGER = Domain(integer=True)
UNIT = Domain(lower=Fraction(0), upper=Fraction(1))

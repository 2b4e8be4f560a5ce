"""Intervals with exact rational ends, each open or closed, and arithmetic that always encloses.

Contradictory assumptions can make an interval empty; any enclosure of its members is then right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

End = tuple[Fraction | None, bool]
"""An end and whether it is open; None is unbounded. Unbounded ends are open."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Every real between two ends. ``nonzero`` says that 0 is left out besides."""

    lower: Fraction | None = None
    upper: Fraction | None = None
    lower_open: bool = True
    upper_open: bool = True
    nonzero: bool = False

    @property
    def excludes_zero(self) -> bool:
        """Whether 0 is not a member."""
        return self.nonzero or self.positive or self.negative

    @property
    def positive(self) -> bool:
        """Whether every member is > 0."""
        return self.lower is not None and (
            self.lower > 0 or (self.lower == 0 and (self.lower_open or self.nonzero))
        )

    @property
    def negative(self) -> bool:
        """Whether every member is < 0."""
        return (-self).positive

    @property
    def nonnegative(self) -> bool:
        """Whether every member is >= 0."""
        return self.lower is not None and self.lower >= 0

    def __neg__(self) -> Interval:
        up, low = (None if e is None else -e for e in (self.lower, self.upper))
        return Interval(low, up, self.upper_open, self.lower_open, self.nonzero)

    def __add__(self, other: Interval) -> Interval:
        low = None if self.lower is None or other.lower is None else self.lower + other.lower
        up = None if self.upper is None or other.upper is None else self.upper + other.upper
        return Interval(
            low, up, self.lower_open or other.lower_open, self.upper_open or other.upper_open
        )

    def __mul__(self, other: Interval) -> Interval:
        lows: list[End] = []
        ups: list[End] = []
        for a, a_open, a_sign in self._ends():
            for b, b_open, b_sign in other._ends():
                closed_zero = (a == 0 and not a_open) or (b == 0 and not b_open)
                if a == 0 or b == 0:
                    end: End = (Fraction(0), not closed_zero)
                elif a is None or b is None:
                    sign = (a_sign if a is None else _sign(a)) * (b_sign if b is None else _sign(b))
                    (ups if sign > 0 else lows).append((None, True))
                    continue
                else:
                    end = (a * b, a_open or b_open)
                lows.append(end)
                ups.append(end)
        low = _extreme(lows, min)
        up = _extreme(ups, max)
        nonzero = self.excludes_zero and other.excludes_zero
        return Interval(low[0], up[0], low[1], up[1], nonzero)

    def _ends(self) -> tuple[tuple[Fraction | None, bool, int], ...]:
        return (self.lower, self.lower_open, -1), (self.upper, self.upper_open, 1)

    def inverse(self) -> Interval:
        """The reciprocals of the members; every real when 0 may be among them."""
        if self.positive:
            if self.upper is not None and self.upper <= 0:
                return Interval(nonzero=True)
            low = (Fraction(0), True) if self.upper is None else (1 / self.upper, self.upper_open)
            up: End = (1 / self.lower, self.lower_open) if self.lower else (None, True)
            return Interval(low[0], up[0], low[1], up[1])
        if self.negative:
            return -((-self).inverse())
        return Interval(nonzero=True)

    def power(self, exponent: int) -> Interval:
        """The members to a literal integer power."""
        if exponent < 0:
            return self.inverse().power(-exponent)
        if exponent == 0:
            return Interval(Fraction(1), Fraction(1), False, False)
        if self.nonnegative:
            return replace_nonzero(self.map(lambda v: v**exponent), self.nonzero)
        if (-self).nonnegative:
            up = (-self).power(exponent)
            return up if exponent % 2 == 0 else -up
        if exponent % 2:
            return replace_nonzero(self.map(lambda v: v**exponent), self.nonzero)
        largest = None
        if self.lower is not None and self.upper is not None:
            largest = max(-self.lower, self.upper) ** exponent
        return Interval(Fraction(0), largest, self.nonzero, largest is None, self.nonzero)

    def map(self, function: Callable[[Fraction], Fraction]) -> Interval:
        """The image under an increasing function of rationals that is onto between its values."""
        low = None if self.lower is None else function(self.lower)
        up = None if self.upper is None else function(self.upper)
        return Interval(low, up, self.lower_open, self.upper_open)

    def meet(self, other: Interval) -> Interval:
        """The members of both."""
        low = _tighter((self.lower, self.lower_open), (other.lower, other.lower_open), 1)
        up = _tighter((self.upper, self.upper_open), (other.upper, other.upper_open), -1)
        return Interval(low[0], up[0], low[1], up[1], self.nonzero or other.nonzero)

    def join(self, other: Interval) -> Interval:
        """The smallest interval that holds both."""
        low = _looser((self.lower, self.lower_open), (other.lower, other.lower_open), 1)
        up = _looser((self.upper, self.upper_open), (other.upper, other.upper_open), -1)
        return Interval(low[0], up[0], low[1], up[1], self.excludes_zero and other.excludes_zero)


def replace_nonzero(interval: Interval, nonzero: bool) -> Interval:
    """The same interval with the mark that 0 is left out."""
    return Interval(
        interval.lower, interval.upper, interval.lower_open, interval.upper_open, nonzero
    )


def point(value: Fraction) -> Interval:
    """The interval of one number."""
    return Interval(value, value, False, False)


def between(lower: int | None, upper: int | None, *, closed: bool = False) -> Interval:
    """The interval between two integers, both ends open unless ``closed``."""
    low = None if lower is None else Fraction(lower)
    up = None if upper is None else Fraction(upper)
    return Interval(low, up, low is None or not closed, up is None or not closed)


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _extreme(ends: list[End], pick: Callable[[list[Fraction]], Fraction]) -> End:
    if any(value is None for value, _ in ends):
        return None, True
    best = pick([value for value, _ in ends if value is not None])
    return best, all(is_open for value, is_open in ends if value == best)


def _tighter(a: End, b: End, direction: int) -> End:
    if a[0] is None or b[0] is None:
        return b if a[0] is None else a
    if a[0] == b[0]:
        return a[0], a[1] or b[1]
    return a if (a[0] - b[0]) * direction > 0 else b


def _looser(a: End, b: End, direction: int) -> End:
    if a[0] is None or b[0] is None:
        return None, True
    if a[0] == b[0]:
        return a[0], a[1] and b[1]
    return a if (a[0] - b[0]) * direction < 0 else b

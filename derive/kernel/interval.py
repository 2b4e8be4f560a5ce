"""Intervals with exact rational ends, each open or closed, and arithmetic that always encloses.

Contradictory assumptions can make an interval empty; any enclosure of its members is then right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf

Number = Fraction | float
"""A rational, or one of the two infinite floats; no other float occurs."""

End = tuple[Number, bool]
"""A lower end and whether it is open, or an upper end and whether it is closed: the larger the pair, the
fewer members above it or the more below it."""


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
        sign = -1 if self.lower is None else self.lower.numerator
        return sign > 0 or (sign == 0 and (self.lower_open or self.nonzero))

    @property
    def negative(self) -> bool:
        """Whether every member is < 0."""
        sign = 1 if self.upper is None else self.upper.numerator
        return sign < 0 or (sign == 0 and (self.upper_open or self.nonzero))

    @property
    def nonnegative(self) -> bool:
        """Whether every member is >= 0."""
        return self.lower is not None and self.lower.numerator >= 0

    def _ends(self) -> tuple[End, End]:
        low = -inf if self.lower is None else self.lower
        up = inf if self.upper is None else self.upper
        return (low, self.lower_open), (up, not self.upper_open)

    def __neg__(self) -> Interval:
        (low, is_open), (up, closed) = self._ends()
        return _between((-up, not closed), (-low, not is_open), self.nonzero)

    def __add__(self, other: Interval) -> Interval:
        (a_low, a_open), (a_up, a_closed) = self._ends()
        (b_low, b_open), (b_up, b_closed) = other._ends()
        low, up = _plus(a_low, b_low), _plus(a_up, b_up)
        return _between((low, a_open or b_open), (up, a_closed and b_closed))

    def __mul__(self, other: Interval) -> Interval:
        (a_low, a_open), (b_low, b_open) = self._ends()[0], other._ends()[0]
        pairs = [
            (_times(a, b), (a_in and b_in) or (a_in and not a) or (b_in and not b))
            for a, a_in in ((a_low, not a_open), self._ends()[1])
            for b, b_in in ((b_low, not b_open), other._ends()[1])
        ]
        nonzero = self.excludes_zero and other.excludes_zero
        return _between(min((v, not closed) for v, closed in pairs), max(pairs), nonzero)

    def inverse(self) -> Interval:
        """The reciprocals of the members; every real when 0 may be among them."""
        if self.negative:
            return -((-self).inverse())
        (low, is_open), (up, closed) = self._ends()
        if not self.positive or up <= 0:
            return Interval(nonzero=True)
        return _between(
            (1 / up if up < inf else Fraction(0), not closed),
            (1 / low if low else inf, not is_open),
        )

    def power(self, exponent: int) -> Interval:
        """The members to a literal integer power."""
        if exponent < 0:
            return self.inverse().power(-exponent)
        if exponent == 0:
            return Interval(Fraction(1), Fraction(1), False, False)
        if self.nonnegative:
            return replace(self.map(lambda v: v**exponent), nonzero=self.nonzero)
        if (-self).nonnegative:
            up = (-self).power(exponent)
            return up if exponent % 2 == 0 else -up
        if exponent % 2:
            return replace(self.map(lambda v: v**exponent), nonzero=self.nonzero)
        largest = None
        if self.lower is not None and self.upper is not None:
            largest = max(-self.lower, self.upper) ** exponent
        return Interval(Fraction(0), largest, self.nonzero, largest is None, self.nonzero)

    def map(self, function: Callable[[Number], Number]) -> Interval:
        """The image under an increasing function of rationals that is onto between its values."""
        (low, is_open), (up, closed) = self._ends()
        return _between((function(low), is_open), (function(up), closed))

    def meet(self, other: Interval) -> Interval:
        """The members of both."""
        (a_low, a_up), (b_low, b_up) = self._ends(), other._ends()
        return _between(max(a_low, b_low), min(a_up, b_up), self.nonzero or other.nonzero)

    def join(self, other: Interval) -> Interval:
        """The smallest interval that holds both."""
        (a_low, a_up), (b_low, b_up) = self._ends(), other._ends()
        nonzero = self.excludes_zero and other.excludes_zero
        return _between(min(a_low, b_low), max(a_up, b_up), nonzero)


def _plus(a: Number, b: Number) -> Number:
    """The sum of two lower or two upper ends; a rational never meets a float, which would round it."""
    return a if isinstance(a, float) else b if isinstance(b, float) else a + b


def _times(a: Number, b: Number) -> Number:
    """The product of two ends, 0 when one of them is."""
    if a and b and (isinstance(a, float) or isinstance(b, float)):
        return inf if (a > 0) == (b > 0) else -inf
    return a * b if a and b else Fraction(0)


def _between(low: End, up: End, nonzero: bool = False) -> Interval:
    lower, upper = (e[0] if isinstance(e[0], Fraction) else None for e in (low, up))
    return Interval(lower, upper, low[1] or lower is None, not up[1] or upper is None, nonzero)


def point(value: Fraction) -> Interval:
    """The interval of one number."""
    return Interval(value, value, False, False)


def between(lower: int | None, upper: int | None, *, closed: bool = False) -> Interval:
    """The interval between two integers, both ends open unless ``closed``."""
    low = None if lower is None else Fraction(lower)
    up = None if upper is None else Fraction(upper)
    return Interval(low, up, low is None or not closed, up is None or not closed)

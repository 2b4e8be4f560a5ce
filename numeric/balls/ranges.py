"""Closed intervals of the extended reals, rounded outwards.

They say where a function lies on a whole half-line, which a ball cannot: an end may be infinite.

>>> Range(arb(1), INFINITY) * Range(arb(-2), arb(3))
Range(-inf, inf)
>>> Range(arb(2), INFINITY).reciprocal()
Range(0, 0.5)
"""

from __future__ import annotations

from collections.abc import Callable

from flint import arb

INFINITY = arb.pos_inf()


def _times(a: arb, b: arb) -> arb:
    """A product of ends. An infinite end is never attained, so 0 times it is 0."""
    return arb(0) if a.is_zero() or b.is_zero() else a * b


def _end(x: arb) -> str:
    return ("inf" if x > 0 else "-inf") if not x.is_finite() else x.str(6, radius=False)


class Range:
    """All reals from `lower` to `upper`, two exact numbers or infinities."""

    __slots__ = ("lower", "upper")

    def __init__(self, lower: arb, upper: arb) -> None:
        self.lower = -INFINITY if lower.is_nan() else lower if _whole(lower) else lower.lower()
        self.upper = INFINITY if upper.is_nan() else upper if _whole(upper) else upper.upper()

    def __repr__(self) -> str:
        ends = (_end(end).removesuffix(".00000").removesuffix("00000") for end in self.ends)
        return f"Range({', '.join(ends)})"

    @property
    def ends(self) -> tuple[arb, arb]:
        """Both ends."""
        return self.lower, self.upper

    @property
    def nonnegative(self) -> bool:
        """Whether no member is below 0."""
        return bool(self.lower >= 0)

    @property
    def nonpositive(self) -> bool:
        """Whether no member is above 0."""
        return bool(self.upper <= 0)

    @property
    def bounded(self) -> bool:
        """Whether both ends are finite."""
        return bool(self.lower.is_finite() and self.upper.is_finite())

    @property
    def magnitude(self) -> arb:
        """The greatest absolute value, perhaps infinite."""
        return max(abs(self.lower), abs(self.upper)) if self.bounded else INFINITY

    def __neg__(self) -> Range:
        return Range(-self.upper, -self.lower)

    def __add__(self, other: Range) -> Range:
        return Range(self.lower + other.lower, self.upper + other.upper)

    def __sub__(self, other: Range) -> Range:
        return self + -other

    def __mul__(self, other: Range) -> Range:
        products = [_times(a, b) for a in self.ends for b in other.ends]
        if any(product.is_nan() for product in products):
            return EVERYTHING
        return Range(min(_low(p) for p in products), max(_high(p) for p in products))

    def reciprocal(self) -> Range:
        """1/x for the members x, none of which may be 0 although an end may be."""
        if (self.nonnegative and self.upper > 0) or (self.nonpositive and self.lower < 0):
            low, high = (_inverse(end, self.nonnegative) for end in self.ends)
            return Range(high, low)
        return EVERYTHING

    def join(self, other: Range) -> Range:
        """The hull of both."""
        return Range(min(self.lower, other.lower), max(self.upper, other.upper))

    def meet(self, other: Range) -> Range:
        """What both contain; for two ranges of the same function this is never empty."""
        return Range(max(self.lower, other.lower), min(self.upper, other.upper))

    def increasing(self, function: Callable[[arb], arb], left: arb, right: arb) -> Range:
        """The image under an increasing function with these limits at -inf and inf."""
        low = function(self.lower) if self.lower.is_finite() else left
        high = function(self.upper) if self.upper.is_finite() else right
        return Range(low, high)

    def decreasing(self, function: Callable[[arb], arb], left: arb, right: arb) -> Range:
        """The image under a decreasing function with these limits at -inf and inf."""
        low = function(self.upper) if self.upper.is_finite() else right
        high = function(self.lower) if self.lower.is_finite() else left
        return Range(low, high)


def _whole(end: arb) -> bool:
    return bool(end.is_exact()) or _is_infinity(end)


def _is_infinity(end: arb) -> bool:
    return not end.is_finite() and not end.is_nan() and bool(end > 0 or end < 0)


def _low(x: arb) -> arb:
    return x if _whole(x) else x.lower()


def _high(x: arb) -> arb:
    return x if _whole(x) else x.upper()


def _inverse(end: arb, positive: bool) -> arb:
    if end.is_zero():
        return INFINITY if positive else -INFINITY
    return 1 / end if end.is_finite() else arb(0)


def ball(value: arb) -> Range:
    """The range of a finite ball."""
    return Range(value.lower(), value.upper())


EVERYTHING = Range(-INFINITY, INFINITY)
ZERO_RANGE = Range(arb(0), arb(0))
ONE_RANGE = Range(arb(1), arb(1))

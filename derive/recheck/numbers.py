"""Intervals of reals that always enclose, and the elementary functions at a rational number.

An end of an interval is a pair: a number, and 0 when it belongs to the interval, else the side on which
the interval lies: ``(0, 1)`` is just above 0. So the tighter of two lower ends is the larger pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_CEILING,
    ROUND_FLOOR,
    Context,
    Decimal,
    Inexact,
    localcontext,
)
from fractions import Fraction
from functools import lru_cache, reduce
from math import inf
from typing import Final, NamedTuple

from .terms import Work

MAX_BITS: Final = 3_000
FAR: Final = 30
MANY_DIGITS: Final = Context(prec=80, Emax=MAX_EMAX, Emin=MIN_EMIN)
ERROR: Final = Decimal("1e-50")
End = tuple[Fraction | float, int]
"""A number, or an infinite one, and the side on which the interval lies."""


class Interval(NamedTuple):
    """The reals between two ends; ``gap`` says that 0 is left out besides."""

    low: End = (-inf, 1)
    high: End = (inf, -1)
    gap: bool = False

    @property
    def positive(self) -> bool:
        """Whether every member is > 0."""
        return self.low > (0, 0) or (self.low == (0, 0) and self.gap)

    @property
    def nonnegative(self) -> bool:
        """Whether every member is >= 0."""
        return self.low >= (0, 0)

    @property
    def nonzero(self) -> bool:
        """Whether 0 is not a member."""
        return self.gap or self.positive or (-self).positive

    def __neg__(self) -> Interval:
        (low, a), (high, b) = self.low, self.high
        return Interval((-high, -b), (-low, -a), self.gap)

    def plus(self, other: Interval) -> Interval:
        """Every sum of two members."""
        return Interval(_sum(self.low, other.low), _sum(self.high, other.high)).short()

    def times(self, other: Interval) -> Interval:
        """Every product of two members."""
        ends = [_product(a, b) for a in self[:2] for b in other[:2]]
        high = max((value, -left_out) for value, left_out in ends)
        return Interval(min(ends), high, self.nonzero and other.nonzero).short()

    def inverse(self) -> Interval:
        """The reciprocals of the members; every real when 0 may be among them."""
        if (-self).positive:
            return -(-self).inverse()
        if not self.positive or self.high[0] <= 0:
            return Interval(gap=True)
        (low, a), (high, b) = self.low, self.high
        bottom = Fraction(0) if isinstance(high, float) else 1 / high
        return Interval((bottom, -b), (1 / low, -a) if low else (inf, -1))

    def power(self, n: int) -> Interval:
        """The members to a literal integer power."""
        if n < 1:
            return self.inverse().power(-n) if n else point(1)
        if n % 2 == 0 and (-self).nonnegative and not self.nonnegative:
            return (-self).power(n)
        straddles = n % 2 == 0 and not self.nonnegative
        low, high = self.low, max(self.high, (-self).high) if straddles else self.high
        low, high = ((v if isinstance(v, float) else v**n, side) for v, side in (low, high))
        low = (Fraction(0), int(self.gap)) if straddles else low
        return Interval(low, high, self.gap).short()

    def meet(self, other: Interval) -> Interval:
        """The members of both."""
        return Interval(max(self.low, other.low), min(self.high, other.high), self.gap or other.gap)

    def short(self) -> Interval:
        """The same interval, or a wider one of the same signs when an end has grown long."""
        Work.spend(5)
        ends = [v for v, _ in self[:2] if not isinstance(v, float)]
        if all(v.numerator.bit_length() + v.denominator.bit_length() < MAX_BITS for v in ends):
            return self
        low = (Fraction(0), int(self.positive)) if self.nonnegative else (-inf, 1)
        high = (Fraction(0), -int((-self).positive)) if (-self).nonnegative else (inf, -1)
        return Interval(low, high, self.nonzero)


REALS: Final = Interval()


def point(value: Fraction | int) -> Interval:
    """The interval of one number."""
    return Interval((Fraction(value), 0), (Fraction(value), 0))


def between(low: Fraction | float, high: Fraction | float, closed: bool = False) -> Interval:
    """The interval between two numbers."""
    return Interval((low, int(not closed or low == -inf)), (high, -int(not closed or high == inf)))


def sum_of(parts: Iterable[Interval]) -> Interval:
    """Every sum of one member of each."""
    return reduce(Interval.plus, parts, point(0))


def product_of(parts: Iterable[Interval]) -> Interval:
    """Every product of one member of each."""
    return reduce(Interval.times, parts, point(1))


def _sum(a: End, b: End) -> End:
    infinite = [e for e in (a, b) if isinstance(e[0], float)]
    return infinite[0] if infinite else (a[0] + b[0], a[1] or b[1])


def _product(a: End, b: End) -> End:
    """The product of two ends, and 1 when it is left out."""
    if 0 in (a[0], b[0]):
        return Fraction(0), int((0, 0) not in (a, b))
    if isinstance(a[0], float) or isinstance(b[0], float):
        return (inf if (a[0] > 0) == (b[0] > 0) else -inf), 1
    return a[0] * b[0], int(a[1] != 0 or b[1] != 0)


def rising(function: Callable[[Fraction], Interval], x: Interval) -> Interval:
    """A strictly increasing function of every member, by its values at the ends."""
    (low, a), (high, b) = x.low, x.high
    bottom = (-inf, 1) if isinstance(low, float) else function(low).low
    top = (inf, -1) if isinstance(high, float) else function(high).high
    return Interval((bottom[0], bottom[1] or a), (top[0], top[1] or b))


@lru_cache(4096)
def value_at(name: str, x: Fraction) -> Interval:
    """An enclosure of an elementary function at a rational number; every real when there is none.

    Decimal arithmetic with 80 digits rounds exp, ln and sqrt correctly and says when a result is exact.
    The series have fewer than 2000 terms, none above 10**20, and end below 10**-60; so all are right to
    50 digits: those of the value, or decimals, whichever is less.
    """
    Work.spend(500)
    inside = {"log": x > 0, "sqrt": x >= 0, "exp": abs(x) < 2_000, "pi": True}
    if not inside.get(name, abs(x) < FAR if name == "cos" else abs(x) < 6 or name == "atan"):
        return REALS
    with localcontext(MANY_DIGITS) as here:
        ends = []
        for rounding in (ROUND_FLOOR, ROUND_CEILING):
            here.rounding = rounding
            ends.append(FUNCTIONS[name](Decimal(x.numerator) / Decimal(x.denominator)))
        error = (1 + max(map(abs, ends))) * ERROR
        if name in ("exp", "log", "sqrt"):
            error = max(map(abs, ends)) * ERROR
        if not here.flags[Inexact]:
            error = Decimal(0)
        here.prec = 200
        return Interval((Fraction(min(ends) - error), 0), (Fraction(max(ends) + error), 0))


def _series(first: Decimal, ratio: Callable[[int], Decimal]) -> Decimal:
    """``t_0 + t_1 + …`` with ``t_(n+1) = t_n*ratio(n)``, up to where the terms are below 10**-70."""
    total, term, n = first, first, 0
    while abs(term) > Decimal("1e-70") and n < 2_000:
        term, n = term * ratio(n), n + 1
        total += term
    return total


def _atan(x: Decimal) -> Decimal:
    """By the series, after two steps of ``atan(x) = 2*atan(x/(1 + sqrt(1 + x**2)))``."""
    for _ in range(2):
        x = x / (1 + (1 + x * x).sqrt())
    return 4 * _series_atan(x)


def _series_atan(x: Decimal) -> Decimal:
    return _series(x, lambda n: -x * x * (2 * n + 1) / (2 * n + 3))


def _pi() -> Decimal:
    """By Machin's formula."""
    return 16 * _series_atan(1 / Decimal(5)) - 4 * _series_atan(1 / Decimal(239))


def _erf(x: Decimal) -> Decimal:
    series = _series(x, lambda n: 2 * x * x / (2 * n + 3))
    return 2 * series / ((x * x).exp() * _pi().sqrt())


FUNCTIONS: Final[dict[str, Callable[[Decimal], Decimal]]] = {
    "exp": Decimal.exp,
    "log": Decimal.ln,
    "sqrt": Decimal.sqrt,
    "pi": lambda _: _pi(),
    "cos": lambda x: _series(Decimal(1), lambda n: -x * x / ((2 * n + 1) * (2 * n + 2))),
    "atan": lambda x: _atan(x) if x else x,
    "erf": lambda x: _erf(x) if x else x,
}

"""Rigorous bounds of integrals over [R, inf), for functions that decay fast enough.

Write u for the variable and f° for u·f'(u), the derivative by log u. Of every register f of a
program this keeps, for all u >= R: where f lies, where f° lies, where f°/f lies if f is never 0
there, and a cover (m, e): |f(u)| <= m·exp(int_R^u e(s)/s ds). All but the first follow from the
rules of differentiation, such as (exp g)° = g°·exp g and (f·g)°/(f·g) = f°/f + g°/g.

Theorem. If |f| has the cover (m, e) with e <= -c on [R, inf) and c > 1, then f is integrable there
and the integral of |f| is at most m·R/(c - 1).

Proof. |f(u)| <= m·(u/R)^(-c), whose integral over [R, inf) is m·R/(c - 1).

For exponential decay c grows with R, so the bound is of the size of |f(R)|·R/c. A divergent
integral never has such a cover, for its functions are no smaller than 1/u.

The rules also check that every register is defined for each u >= R. Unresolved is raised where
they do not apply or do not say enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from numeric.balls.growth import NOTHING, Growth, Scale, flat, number
from numeric.balls.ranges import INFINITY, ONE_RANGE, Range, ball
from numeric.balls.values import Unresolved

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Tail:
    """What is known of a function f of u >= R.

    `at` encloses f(R), `value` f, `slope` f°, `rate` f°/f when f is never 0, and `cover` is the
    pair (m, e) of the module text. All functions are continuous, so one that is never 0 keeps
    the sign it has at R.
    """

    at: arb
    value: Growth
    slope: Growth
    rate: Growth | None
    cover: tuple[arb, Growth] | None

    @property
    def sign(self) -> int:
        """1 or -1 where f is certainly positive or negative throughout, else 0."""
        if self.value.sign:
            return self.value.sign
        if self.rate is None:
            return 0
        return 1 if self.at > 0 or self.nonnegative else -1 if self.at < 0 else 0

    @property
    def nonnegative(self) -> bool:
        """Whether f is never negative."""
        return self.value.range.nonnegative


def refuse(reason: str) -> Unresolved:
    """The refusal of a function about whose decay nothing is said here."""
    return Unresolved(f"integral: no bound of the decay of the integrand ({reason})")


class Tails:
    """The rules for sums, products and quotients, on one scale."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale

    def constant(self, value: arb) -> Tail:
        """A number that does not depend on u."""
        rate = NOTHING if value > 0 or value < 0 else None
        return self.finish(value, number(value), NOTHING, rate)

    def variable(self, power: int) -> Tail:
        """u to an integer power other than 0."""
        at = self.scale.at_start(Fraction(power), _ZERO)
        value = Growth(Fraction(power), _ZERO, ONE_RANGE)
        return self.finish(at, value, value * number(power), number(power))

    def finish(self, at: arb, value: Growth, slope: Growth, rate: Growth | None) -> Tail:
        """Draw the conclusions that hold of every function."""
        if not at.is_finite():
            raise refuse("a value at the start is not finite")
        if rate is None and value.sign:
            rate = slope * value.reciprocal()
        value = self._sharper(at, value, slope, rate)
        if rate is None and value.sign:
            rate = slope * value.reciprocal()
        return Tail(at, value, slope, rate, self._cover(at, value, rate))

    def _sharper(self, at: arb, value: Growth, slope: Growth, rate: Growth | None) -> Growth:
        if not (value.range.bounded and value.sign):
            other = self.scale.integrated(at, slope)
            if other.range.bounded and (other.sign or not value.range.bounded):
                value = other
        span = value.range
        if value.power == 0 and value.logs == 0:
            reach = self.scale.reach(slope)
            span = span.meet(Range(at, INFINITY)) if reach.nonnegative else span
            span = span.meet(Range(-INFINITY, at)) if reach.nonpositive else span
        if rate is not None and at > 0:
            span = span.meet(Range(arb(0), INFINITY))
        elif rate is not None and at < 0:
            span = span.meet(Range(-INFINITY, arb(0)))
        return Growth(value.power, value.logs, span)

    def _cover(self, at: arb, value: Growth, rate: Growth | None) -> tuple[arb, Growth] | None:
        found = []
        if rate is not None:
            found.append((abs(at).upper(), rate))
        if value.range.bounded:
            size = self.scale.at_start(value.power, value.logs) * value.range.magnitude
            slow = number(value.power)
            if value.logs > 0:
                slow = self.scale.add(slow, number(number_of(value.logs) / self.scale.log))
            found.append((size.upper(), slow))
        return self._best(found)

    def _best(self, covers: list[tuple[arb, Growth]]) -> tuple[arb, Growth] | None:
        rated = [(self.scale.reach(e).upper, m, e) for m, e in covers if m.is_finite()]
        rated = [cover for cover in rated if cover[0] < INFINITY]
        if not rated:
            return None
        _, size, growth = min(rated, key=lambda cover: cover[0])
        return size, growth

    def with_cover(self, tail: Tail, cover: tuple[arb, Growth] | None) -> Tail:
        """The same function, with the better of two covers."""
        found = self._best([c for c in (tail.cover, cover) if c is not None])
        return Tail(tail.at, tail.value, tail.slope, tail.rate, found)

    def scaled_slope(self, at: arb, value: Growth, rate: Growth) -> Growth:
        """f·(f°/f), where f may be known to fall fast enough to outweigh the other factor.

        When f°/f <= -a, u^a·|f| does not increase, so |f| <= u^(-a)·R^a·|f(R)|.
        """
        power = rate.power + (1 if rate.logs > 0 else 0)
        if power > 0 and self.scale.reach(rate).upper <= -number_of(power):
            most = ball(at * self.scale.at_start(power, _ZERO))
            value = Growth(-power, _ZERO, most.join(Range(arb(0), arb(0))))
        return value * rate

    def neg(self, f: Tail) -> Tail:
        """-f."""
        return Tail(-f.at, -f.value, -f.slope, f.rate, f.cover)

    def mul(self, f: Tail, g: Tail) -> Tail:
        """f·g."""
        at, value = f.at * g.at, f.value * g.value
        rate = None
        if f.rate is not None and g.rate is not None:
            rate = self.scale.add(f.rate, g.rate)
        slope = self.scale.add(f.value * g.slope, g.value * f.slope)
        if rate is not None and not slope.range.bounded:
            slope = self.scaled_slope(at, value, rate)
        cover = None
        if f.cover is not None and g.cover is not None:
            cover = f.cover[0] * g.cover[0], self.scale.add(f.cover[1], g.cover[1])
        return self.with_cover(self.finish(at, value, slope, rate), cover)

    def reciprocal(self, f: Tail) -> Tail:
        """1/f, where f is never 0."""
        if f.rate is None or not (f.at > 0 or f.at < 0):
            raise refuse("a divisor may vanish")
        value, rate = f.value.reciprocal(), -f.rate
        return self.finish(1 / f.at, value, self.scaled_slope(1 / f.at, value, rate), rate)

    def add(self, f: Tail, g: Tail) -> Tail:
        """f + g."""
        if f.value.zero or g.value.zero:
            return g if f.value.zero else f
        at = f.at + g.at
        value = self.scale.add(f.value, g.value)
        slope = self.scale.add(f.slope, g.slope)
        rate, grown = self._rate_of_sum(f, g)
        if grown is not None and not value.sign:
            value = grown
        cover = None
        if f.cover is not None and g.cover is not None:
            cover = f.cover[0] + g.cover[0], self.scale.join(f.cover[1], g.cover[1])
        return self.with_cover(self.finish(at, value, slope, rate), cover)

    def _rate_of_sum(self, f: Tail, g: Tail) -> tuple[Growth | None, Growth | None]:
        """The rate of f + g and its value, as f·(1 + r) with r = g/f falling, if that is so."""
        if f.rate is None or g.rate is None or not f.sign or not g.sign:
            return None, None
        for major, minor in ((f, g), (g, f)):
            found = self._dominated(major, minor)
            if found is not None:
                return found
        if f.sign == g.sign:
            return self.scale.join(f.rate, g.rate), None
        return None, None

    def _dominated(self, f: Tail, g: Tail) -> tuple[Growth, Growth] | None:
        """(f + g)°/(f + g) = f°/f + r·(g°/g - f°/f)/(1 + r), where |r| falls from g(R)/f(R)."""
        assert f.rate is not None and g.rate is not None
        gap = self.scale.add(g.rate, -f.rate)
        first = g.at / f.at
        if not (self.scale.reach(gap).upper <= 0 and first > -1):
            return None
        share = flat(ball(first).join(Range(arb(0), arb(0))))
        whole = flat(ball(1 + first).join(ONE_RANGE))
        moved = self.scaled_slope(first, share, gap)
        rate = self.scale.add(f.rate, moved * whole.reciprocal())
        return rate, f.value * whole


def number_of(value: Fraction) -> arb:
    """A Fraction as a ball."""
    return arb(value.numerator) / value.denominator


def tail_bound(tails: Tails, f: Tail) -> arb:
    """At least the integral of |f| over [R, inf), by the theorem of this module."""
    if f.cover is None:
        raise refuse("no cover")
    size, growth = f.cover
    decay = -tails.scale.reach(growth).upper
    if not decay > 1:
        raise refuse("it is not certainly faster than 1/x")
    return (size * tails.scale.start / (decay - 1)).upper()

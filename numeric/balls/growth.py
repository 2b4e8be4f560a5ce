"""How fast a function grows: f(u) lies in u^q·(log u)^p times a range, for every u >= R.

Such statements can be added and multiplied without losing that, say, u - 3 is at least u/2 and
u·(1/u) is 1, which plain ranges on [R, inf) cannot see.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb, fmpq

from numeric.balls.ranges import EVERYTHING, INFINITY, ONE_RANGE, Range, ball


@dataclass(frozen=True, slots=True)
class Growth:
    """The functions f with f(u) in u^power·(log u)^logs·range for every u from R on."""

    power: Fraction
    logs: Fraction
    range: Range

    @property
    def zero(self) -> bool:
        """Whether only the function 0 is meant."""
        return bool(self.range.lower.is_zero() and self.range.upper.is_zero())

    @property
    def sign(self) -> int:
        """1 or -1 when the range is certainly to one side of 0, else 0."""
        return 1 if self.range.lower > 0 else -1 if self.range.upper < 0 else 0

    def __neg__(self) -> Growth:
        return Growth(self.power, self.logs, -self.range)

    def __mul__(self, other: Growth) -> Growth:
        return Growth(self.power + other.power, self.logs + other.logs, self.range * other.range)

    def reciprocal(self) -> Growth:
        """Of 1/f, for functions that are never 0."""
        return Growth(-self.power, -self.logs, self.range.reciprocal())


def flat(values: Range) -> Growth:
    """The functions with values in a range."""
    return Growth(Fraction(0), Fraction(0), values)


def number(value: arb | int | Fraction) -> Growth:
    """A constant."""
    exact = fmpq(value.numerator, value.denominator) if isinstance(value, Fraction) else value
    return flat(ball(arb(exact)))


NOTHING = flat(Range(arb(0), arb(0)))


class Scale:
    """The variable u >= R, for a ball R whose every member is at least 3."""

    def __init__(self, start: arb) -> None:
        if not start >= 3:
            raise ValueError(f"a scale starts at 3 at least, not at {start}")
        self.start = start
        self.log = start.log()
        self._least = start.lower()
        self._least_log = self._least.log()

    def at_start(self, power: Fraction, logs: Fraction) -> arb:
        """R^power·(log R)^logs."""
        return _power(self.start, power) * _power(self.log, logs)

    def span(self, power: Fraction, logs: Fraction) -> Range:
        """The values of u^power·(log u)^logs for u >= R.

        In s = log u it is exp(power·s)·s^logs, whose derivative changes sign at s = -logs/power.
        """
        if power == 0 and logs == 0:
            return ONE_RANGE
        first = _power(self._least, power) * _power(self._least_log, logs)
        turn = arb(0) if power == 0 else -_arb(logs) / _arb(power)
        rising = power > 0 or (power == 0 and logs > 0)
        if turn <= self._least_log:
            return Range(first, INFINITY) if rising else Range(arb(0), first)
        if rising:
            return Range(arb(0), INFINITY)
        return Range(arb(0), _power(turn, logs) * (-_arb(logs)).exp())

    def reach(self, growth: Growth) -> Range:
        """The values of the functions for u >= R."""
        return growth.range * self.span(growth.power, growth.logs)

    def _aligned(self, a: Growth, b: Growth) -> tuple[Fraction, Fraction, Range, Range]:
        power, logs = max((a.power, a.logs), (b.power, b.logs))
        first = a.range * self.span(a.power - power, a.logs - logs)
        second = b.range * self.span(b.power - power, b.logs - logs)
        return power, logs, first, second

    def add(self, a: Growth, b: Growth) -> Growth:
        """Of sums."""
        if a.zero or b.zero:
            return b if a.zero else a
        power, logs, first, second = self._aligned(a, b)
        return Growth(power, logs, first + second)

    def join(self, a: Growth, b: Growth) -> Growth:
        """What holds of functions of either kind."""
        power, logs, first, second = self._aligned(a, b)
        return Growth(power, logs, first.join(second))

    def integrated(self, at: arb, slope: Growth) -> Growth:
        """Of f, when f(R) is `at` and u·f'(u) is `slope`.

        For q > 0 and slope in u^q·[a, b], f(u) is at + [a, b]·(u^q - R^q)/q, which is u^q times a
        mean of [a, b]/q and at/R^q. For q = 0 the same holds with powers of log u, and for q < 0
        the second term is at most [a, b]·R^q/(-q).
        """
        q, p, values = slope.power, slope.logs, slope.range
        if q > 0 and p == 0:
            start = ball(at / self.at_start(q, p))
            return Growth(q, p, (values * ball(1 / _arb(q))).join(start))
        if q == 0 and p >= 0:
            start = ball(at / self.at_start(q, p + 1))
            return Growth(q, p + 1, (values * ball(1 / _arb(p + 1))).join(start))
        if q < 0 and p == 0:
            change = values * ball(-self.at_start(q, p) / _arb(q))
            return flat(ball(at) + change.join(Range(arb(0), arb(0))))
        return flat(EVERYTHING)


def _arb(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _power(base: arb, exponent: Fraction) -> arb:
    return arb(1) if exponent == 0 else base ** _arb(exponent)

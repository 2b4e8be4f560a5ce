"""Bounds of sine and cosine at numbers, by halving the angle until it is small, and near numbers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from derive.certifying.closed import rounded
from derive.certifying.equal import same
from derive.certifying.linear import linear
from derive.certifying.signs import End, Signs
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Term, make, num, rational

SMALL: Final = Fraction(1, 2**20)
FAR: Final = 16
NARROW: Final = Fraction(1, 100)
BITS: Final = 90


def by_angle(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """A bound from values at half the angle, or at a number close by."""
    x = t.args[0]
    parts, constant = linear(x)
    q = rational(x) if parts else constant
    if not s.fine:
        return
    if q is None:
        yield from _beside(s, t, low)
    elif rational(x) is None or q < 0:
        yield from _moved(s, t, q, low)
    elif SMALL < q <= FAR:
        half = num(q / 2)
        yield from _expanded(s, t, half, half, low)


def _moved(s: Signs, t: Term, q: Fraction, low: bool) -> Iterator[End]:
    """With the argument as a literal that is not negative."""
    at = make("call", t.payload, num(abs(q)))
    other = -at if q < 0 and t.payload == "sin" else at

    def equation() -> Step:
        if q >= 0:
            return s.combine(Claim(t, "=", other), [], [])
        turned = s.fact("sin_odd" if t.payload == "sin" else "cos_even", a=num(-q))
        return s.combine(Claim(t, "=", other), [turned], [1])

    yield from same(s, t, other, equation, low)


def _beside(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """At a number plus what is left, where that is little."""
    x = t.args[0]
    least, most = s.low(x), s.high(x)
    if least is None or most is None or not 0 < most.value - least.value < NARROW:
        return
    if max(abs(least.value), abs(most.value)) < NARROW:
        return
    at = rounded(least.value, up=False, bits=60)
    yield from _expanded(s, t, num(at), x - num(at), low)


def _expanded(s: Signs, t: Term, a: Term, b: Term, low: bool) -> Iterator[End]:
    """The bound of ``sin(a + b)`` or ``cos(a + b)`` written out, made a short number."""
    sines, cosines = ([make("call", f, u) for u in (a, b)] for f in ("sin", "cos"))
    if t.payload == "sin":
        other = sines[0] * cosines[1] + cosines[0] * sines[1]
    else:
        other = cosines[0] * cosines[1] - sines[0] * sines[1]
    end = s.end(other, low)
    if end is None:
        return
    value = rounded(end.value, up=not low, bits=BITS) if end.value else end.value

    def proof() -> Step:
        total = s.fact(f"{t.payload}_sum", a=a, b=b)
        shown = [end.proof(), total]
        if total.claim.lhs is not t:
            shown.append(s.combine(Claim(t, "=", total.claim.lhs), [], []))
        turn = -1 if low else 1
        by = [1, *(turn for _ in shown[1:])]
        return s.combine(s.claim(t, value, False, low), shown, by, abs(end.value - value))

    yield End(value, False, proof)

"""Bounds of products and quotients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from derive.certifying.equal import same
from derive.certifying.linear import over
from derive.certifying.signs import ONE, ZERO, End, Signs
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Term, joined, make, num, rational


def factors(t: Term) -> Iterator[tuple[Term, int]]:
    """The factors of a product, with the exponents 1 and -1."""
    if t.head == "mul":
        for a in t.args:
            yield from factors(a)
    elif t.head == "div":
        yield from factors(t.args[0])
        yield from ((f, -n) for f, n in factors(t.args[1]))
    else:
        yield t, 1


def product(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """Bounds of a product or quotient, equal factors taken together."""
    if t.head == "div" and rational(t.args[0]) == 1:
        yield from _reciprocal(s, t, low)
        return
    powers = Counter[Term]()
    literal = Fraction(1)
    for f, n in factors(t):
        value = rational(f)
        if value is not None and value:
            literal *= value**n
        else:
            powers[f] += n
    parts = []
    for f, n in powers.items():
        below = f if n in (1, -1) else make("pow", None, f, num(abs(n)))
        if n:
            parts.append(below if n > 0 else over(ONE, below))
    if any(rational(f) == 0 for f, _ in factors(t)):
        yield from same(s, t, ZERO, lambda: s.combine(Claim(t, "=", ZERO), [], []), low)
    product = joined("mul", parts)
    other = num(literal) * product if literal != 1 else product
    if other is not t:

        def equation() -> Step:
            return s.writer.combine(s.context, Claim(t, "=", other), s.assumed, [], [])

        yield from same(s, t, other, equation, low)
    if t.head == "mul":
        yield from of_two(s, t, *t.args, low=low)
    elif t.args[0] is not ONE and other is not (split := t.args[0] * (over(ONE, t.args[1]))):

        def apart() -> Step:
            return s.writer.combine(s.context, Claim(t, "=", split), s.assumed, [], [])

        yield from same(s, t, split, apart, low)


def of_two(s: Signs, t: Term, x: Term, y: Term, *, low: bool) -> Iterator[End]:
    """``(x - a)*(y - c) >= 0``, and the like, solved for x*y."""
    for first in (True, False):
        second = first if low else not first
        a, c = s.end(x, first), s.end(y, second)
        if a is None or c is None:
            continue
        # x*y = (x - a)*(y - c) + c*x + a*y - a*c
        both = [(c.value, x), (a.value, y)] if x is not y else [(a.value + c.value, x)]
        rest = [(k, s.end(u, (k > 0) == low)) for k, u in both]
        if any(e is None for k, e in rest if k):
            continue
        used = [(k, e) for k, e in rest if k and e is not None]
        value = sum((k * e.value for k, e in used), -a.value * c.value)
        strict = (a.strict and c.strict) or any(e.strict for _, e in used)
        yield _crossed(s, t, (x, a, first), (y, c, second), used, value, strict, low)


def _crossed(
    s: Signs, t: Term, first: Any, second: Any, used: Any, value: Fraction, strict: bool, low: bool
) -> End:
    (x, a, up), (y, c, right) = first, second

    def proof() -> Step:
        gaps = []
        for u, e, above in ((x, a, up), (y, c, right)):
            gap = (
                (u if above else -u)
                if e.value == 0
                else (u - num(e.value) if above else num(e.value) - u)
            )
            gaps.append(gap)
        kind = a.strict and c.strict
        shown = [s.step("<" if kind else "<=", g) for g in gaps]
        name = "product_positive" if kind else "product_nonnegative"
        main = s.writer.fact(name, s.context, s.assumed, {"a": gaps[0], "b": gaps[1]}, shown=shown)
        wanted = s.claim(t, value, strict, low)
        if main.claim == wanted:
            return main
        steps = [main, *(e.proof() for _, e in used)]
        return s.combine(wanted, steps, [1, *(abs(k) for k, _ in used)])

    return End(value, strict, proof)


def _reciprocal(s: Signs, t: Term, low: bool) -> Iterator[End]:
    x = t.args[1]
    if s.positive(x):
        if low:
            yield End(Fraction(0), True, lambda: s.fact("quotient_positive", a=ONE, b=x))
        end = s.end(x, not low)
        if end is not None and end.value > 0:
            yield _turned(s, t, x, end, low)
    elif s.positive(-x):
        other = -(over(ONE, -x))
        equation = lambda: s.combine(Claim(t, "=", other), [], [])  # noqa: E731
        yield from same(s, t, other, equation, low)


def _turned(s: Signs, t: Term, x: Term, end: End, low: bool) -> End:
    value = 1 / end.value

    def proof() -> Step:
        end.proof()
        name = "reciprocal_decreasing" + "_strict" * end.strict
        a, b = (x, num(end.value)) if low else (num(end.value), x)
        main = s.fact(name, a=a, b=b)
        return s.combine(s.claim(t, value, end.strict, low), [main], [1])

    return End(value, end.strict, proof)

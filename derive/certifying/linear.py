"""Terms as linear forms in their parts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from derive.recheck.terms import Term, make, rational

Form = tuple[dict[Term, Fraction], Fraction]


@lru_cache(32_768)
def linear(t: Term) -> Form:
    """The coefficients of the parts that are not sums or literal multiples, and the constant.

    They are remembered, and not to be changed.
    """
    out: dict[Term, Fraction] = {}
    constant = _collect(t, Fraction(1), out)
    return {u: c for u, c in out.items() if c}, constant


def _collect(t: Term, factor: Fraction, out: dict[Term, Fraction]) -> Fraction:
    value = rational(t)
    if value is not None:
        return factor * value
    if t.head == "neg":
        return _collect(t.args[0], -factor, out)
    if t.head == "add":
        return _collect(t.args[0], factor, out) + _collect(t.args[1], factor, out)
    if t.head in ("mul", "div"):
        below = rational(t.args[1])
        if below is not None and (t.head == "mul" or below):
            return _collect(t.args[0], factor * below if t.head == "mul" else factor / below, out)
        above = rational(t.args[0]) if t.head == "mul" else None
        if above is not None:
            return _collect(t.args[1], factor * above, out)
    out[t] = out.get(t, Fraction(0)) + factor
    return Fraction(0)


def over(a: Term, b: Term) -> Term:
    """A quotient."""
    return make("div", None, a, b)


def ratio(a: Mapping[Term, Fraction], b: Mapping[Term, Fraction]) -> Fraction | None:
    """The number k with ``a = k*b``, if there is one."""
    if a.keys() != b.keys() or not a:
        return None
    u = next(iter(a))
    k = a[u] / b[u]
    return k if all(a[v] == k * b[v] for v in a) else None

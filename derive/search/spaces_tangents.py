"""The tangent of the logarithm, with weights: ``w*(1 - 1/G) <= w*log(G)`` for w >= 0 and G > 0."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from math import gcd
from typing import Final

from derive.kernel import rules
from derive.kernel.theorem import KernelError, Theorem
from derive.search.distribution import factors
from derive.search.limits import equation
from derive.search.polynomials import scaled
from derive.search.tower import Tower
from derive.terms.context import Claim, Context
from derive.terms.term import (
    Term,
    call,
    div,
    mul,
    neg,
    num,
    power,
    product,
    rational,
    sub,
    sym,
    total,
)
from numeric.domain import NONNEGATIVE, POSITIVE

ONE: Final = num(1)

Logs = list[tuple[Fraction, Term]]
Part = tuple[Fraction, Term, Term]
"""A number s, a weight w and an argument G: the summand ``s*w*log(G)``."""


def tangents(tower: Tower, body: Term) -> tuple[Term, list[Part]]:
    """The body with the tangent at 1 in place of each of its logarithms, and the parts so replaced."""
    groups, plain = grouped(tower, body)
    parts = []
    for weight, logs in groups.items():
        scale, inner = ratio(logs)
        parts.append((scale, weight, inner))
    bounds = [mul(num(s), w, sub(ONE, div(ONE, g))) for s, w, g in parts]
    return total([*plain, *bounds]), parts


def by_tangents(context: Context, body: Term, below: Term, parts: list[Part]) -> Theorem | None:
    """``below <= body`` at every point, from one instance of the tangent for each part, or None."""
    from derive.search.conditions import discharge_all

    logs = [mul(num(s), w, sub(call("log", g), sub(ONE, div(ONE, g)))) for s, w, g in parts]
    try:
        same, tower = equation(context, sub(body, below), total(logs))
        known = [
            rules.instantiate(context, _tangent(), dict(zip(("w_of", "g_of"), (w, g), strict=True)))
            for _, w, g in parts
        ]
        numbers = [*(s for s, _, _ in parts), Fraction(-1)]
        theorem = rules.combine(context, Claim(below, "<=", body), [*known, same], numbers)
        return discharge_all(theorem, tower)
    except KernelError:
        return None


@lru_cache(maxsize=1)
def _tangent() -> Theorem:
    """``w*(1 - 1/g) <= w*log(g)``, with names of its own."""
    from derive.search.order import prove_order

    context = Context().declare("w_of", NONNEGATIVE).declare("g_of", POSITIVE)
    w, g = sym("w_of"), sym("g_of")
    claim = Claim(mul(w, sub(ONE, div(ONE, g))), "<=", mul(w, call("log", g)))
    return prove_order(context, claim)[0]


def grouped(tower: Tower, body: Term) -> tuple[dict[Term, Logs], list[Term]]:
    """The logarithms of a body by their weights, and the summands without one."""
    found: dict[Term, list[Term]] = {}
    plain: list[Term] = []
    for c, unit in tower.form(body).summands():
        parts = list(factors(unit))
        logs = [b for b, e in parts if b.head == "call" and b.payload == "log" and rational(e) == 1]
        if len(logs) != 1:
            plain.append(scaled(c, unit))
            continue
        kept = [b if rational(e) == 1 else power(b, e) for b, e in parts if b != logs[0]]
        found.setdefault(logs[0].args[0], []).append(scaled(c, product(kept)))
    groups: dict[Term, Logs] = {}
    for argument, weights in found.items():
        weight, scale = _known_weight(tower, groups, total(weights))
        groups.setdefault(weight, []).append((scale, argument))
    return groups, plain


def _known_weight(tower: Tower, groups: Iterable[Term], weight: Term) -> tuple[Term, Fraction]:
    """A weight as a number times one that is known, else as its factors with their sign."""
    for known in groups:
        ratio = tower.form(div(weight, known)).constant
        if ratio is not None:
            return known, ratio
    scale, kept = Fraction(1), list[Term]()
    for base, exponent in tower.factors(weight):
        number = rational(base)
        if number is not None:
            scale *= number**exponent
            continue
        interval = tower.bounds.of(base)
        if (-interval).nonnegative and exponent % 2:
            base, scale = neg(base), -scale
        kept.append(power(base, num(exponent)) if exponent != 1 else base)
    return product(kept), scale


def ratio(logs: Logs) -> tuple[Fraction, Term]:
    """``s`` and ``G`` with ``Σ c*log(g) = s*log(G)`` and s positive."""
    bottom = 1
    for c, _ in logs:
        bottom = bottom * c.denominator // gcd(bottom, c.denominator)
    scale = Fraction(gcd(*(int(c * bottom) for c, _ in logs)), bottom)
    parts: dict[bool, list[Term]] = {True: [], False: []}
    for c, g in logs:
        exponent = abs(c / scale)
        parts[c > 0].append(g if exponent == 1 else power(g, num(exponent)))
    top, under = product(parts[True]), product(parts[False])
    return scale, div(top, under) if parts[False] else top

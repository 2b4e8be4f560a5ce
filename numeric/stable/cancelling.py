"""What to write in the place of terms that cancel.

`COMPLEMENTS` and `DIFFERENCES` are the tables to extend. Each line must be an identity wherever
its left side is defined: a rule may define more, never less, and never another value.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from numeric.stable.facts import NN
from numeric.stable.graph import Factors, Graph
from numeric.stable.steps import HALF, Number

if TYPE_CHECKING:
    from numeric.stable.sums import Sum

Product: TypeAlias = tuple[Number, Factors]

_NEAR = Fraction(3, 2)
"""From here on, and below 1/2, a power loses nothing when 1 is taken from it."""


def _half(g: Graph, u: int) -> int:
    return g.scale(HALF, u)


def _one(g: Graph, op: str, u: int, exponent: int = 1) -> Factors:
    return ((g.apply(op, u), exponent),)


def _square_of_cosh(g: Graph, u: int) -> Product | None:
    """1 - tanh² = cosh⁻², which overflows only where the result is 0 in any float."""
    tanh = g.raw("tanh", u)
    return None if g.shared(tanh) else (1, _one(g, "cosh", u, -2))


def _power(g: Graph, p: int, a: int) -> Product | None:
    """1 - pᵃ = -expm1(a·log p), for an exponent that is no constant.

    When p may be negative the power has a value too for integers a; then, and for a constant p
    whose powers may be exact, only powers near 1 are written with log|p|.
    """
    if g.number(a) is not None:
        return None
    fast = g.positive(p) and g.number(p) is None
    small = g.apply("expm1", g.mul(a, g.apply("log", g.apply("abs", p))))
    if not fast:
        power = g.apply("pow", p, a)
        near = g.raw("and", g.raw("lt", g.const(HALF), power), g.raw("lt", power, g.const(_NEAR)))
        small = g.apply("select", near, small, g.raw("sub", power, g.const(1)))
    return -1, ((small, 1),)


COMPLEMENTS: dict[tuple[str, Number, Number], Callable[..., Product | None]] = {
    ("exp", 1, -1): lambda g, u: (-1, _one(g, "expm1", u)),
    ("expm1", 1, 1): lambda g, u: (1, _one(g, "exp", u)),
    ("cos", 1, -1): lambda g, u: (2, _one(g, "sin", _half(g, u), 2)),
    ("cos", 1, 1): lambda g, u: (2, _one(g, "cos", _half(g, u), 2)),
    ("cosh", 1, -1): lambda g, u: (-2, _one(g, "sinh", _half(g, u), 2)),
    ("sin", 2, -1): lambda g, u: (1, _one(g, "cos", u, 2)),
    ("cos", 2, -1): lambda g, u: (1, _one(g, "sin", u, 2)),
    ("cosh", 2, -1): lambda g, u: (-1, _one(g, "sinh", u, 2)),
    ("tanh", 1, -1): lambda g, u: (2, _one(g, "sigmoid", g.scale(-2, u))),
    ("tanh", 1, 1): lambda g, u: (2, _one(g, "sigmoid", g.scale(2, u))),
    ("tanh", 2, -1): _square_of_cosh,
    ("sigmoid", 1, -1): lambda g, u: (1, _one(g, "sigmoid", g.neg(u))),
    ("sigmoid", 1, -2): lambda g, u: (-1, _one(g, "tanh", _half(g, u))),
    ("erf", 1, -1): lambda g, u: (1, _one(g, "erfc", u)),
    ("erf", 1, 1): lambda g, u: (1, _one(g, "erfc", g.neg(u))),
    ("erfc", 1, -1): lambda g, u: (1, _one(g, "erf", u)),
    ("erfc", 1, -HALF): lambda g, u: (HALF, _one(g, "erfc", g.neg(u))),
    ("pow", 1, -1): _power,
}
"""1 + r·f(u)ⁿ, by f, n and r: a rational and the factors that it equals, or None."""


def _sqrt(g: Graph, p: int, q: int, h: Sum) -> int | None:
    """√p - √q = (p - q)/(√p + √q), where the sum below is not 0."""
    if not (g.positive(p) or g.positive(q)) or not h.cancelled:
        return None
    below = g.add(g.apply("sqrt", p), g.apply("sqrt", q))
    return g.product(1, ((h.build(), 1), (below, -1)))


def _log(g: Graph, p: int, q: int, h: Sum) -> int | None:
    """log p - log q = log1p((p - q)/q), where nothing in the quotient can come close to -1."""
    if not h.cancelled or not g.has(h.build(), NN):
        return None
    return g.apply("log1p", g.div(h.build(), q))


def _steps(g: Graph, q: int, h: Sum) -> list[int] | None:
    """q, q + 1, ..., q + h - 1 when h is a small natural number."""
    gap = g.number(h.build()) if len(h.items) <= 1 else None
    if gap is None or gap.denominator != 1 or not 0 < gap <= 4:
        return None
    return [g.total(((1, q), (1, g.const(i)))) for i in range(int(gap))]


def _loggamma(g: Graph, p: int, q: int, h: Sum) -> int | None:
    """log Γ(q + n) - log Γ(q) = log(q(q + 1)...)."""
    steps = _steps(g, q, h)
    return g.apply("log", g.product(1, [(step, 1) for step in steps])) if steps else None


def _digamma(g: Graph, p: int, q: int, h: Sum) -> int | None:
    """ψ(q + n) - ψ(q) = 1/q + 1/(q + 1) + ..."""
    steps = _steps(g, q, h)
    return g.total([(1, g.div(g.const(1), step)) for step in steps]) if steps else None


def _atan(g: Graph, p: int, q: int, h: Sum) -> int | None:
    """atan p - atan q = atan((p - q)/(1 + pq)) while pq is not negative."""
    if not h.cancelled or not (g.has(p, NN) and g.has(q, NN)):
        return None
    below = g.add(g.const(1), g.mul(p, q))
    return g.apply("atan", g.div(h.build(), below))


def _sin(g: Graph, p: int, q: int, h: Sum) -> int | None:
    """sin p - sin q = 2 sin((p - q)/2) cos((p + q)/2)."""
    if not h.cancelled:
        return None
    middle = g.total(((HALF, p), (HALF, q)))
    return g.product(2, (*_one(g, "sin", _half(g, h.build())), *_one(g, "cos", middle)))


def _cos(g: Graph, p: int, q: int, h: Sum) -> int | None:
    """cos p - cos q = -2 sin((p - q)/2) sin((p + q)/2)."""
    if not h.cancelled:
        return None
    middle = g.total(((HALF, p), (HALF, q)))
    return g.product(-2, (*_one(g, "sin", _half(g, h.build())), *_one(g, "sin", middle)))


DIFFERENCES: dict[str, Callable[[Graph, int, int, Sum], int | None]] = {
    "log": _log, "sqrt": _sqrt, "loggamma": _loggamma, "digamma": _digamma, "atan": _atan,
    "sin": _sin, "cos": _cos,
}  # fmt: skip
"""f(p) - f(q), given p, q and the sum p - q, or None where that is no better."""

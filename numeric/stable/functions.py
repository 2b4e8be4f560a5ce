"""Functions of what other functions give: what to try before log(u), exp(u), u**r, ... is added.

`RULES` is the table to extend. A rule returns the step that stands for the
operation, or None to leave it as it is. It must be an identity wherever the operation is defined.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor, isqrt

from numeric.stable.facts import NN, NP, TOTAL
from numeric.stable.graph import Graph
from numeric.stable.logarithms import log, log_one_minus_exp
from numeric.stable.steps import HALF, Number, exact_power, quotient, size

_HIGHEST = 1024
_HIGHEST_OF_LOG = 64
_OUTSIDE = frozenset(("exp", "erfc", "sigmoid", "cosh"))
"""Positive factors that leave the absolute value of a product, for the sake of its logarithm."""


def _exp(g: Graph, u: int) -> int | None:
    if g.number(u) == 0:
        return g.const(1)
    op = g.ops[u]
    if op == "log":
        return g.args[u][0]
    if op == "log1p":
        return g.total(((1, g.const(1)), (1, g.args[u][0])))
    if op == "softplus":
        return g.add(g.const(1), g.apply("exp", g.args[u][0]))
    if op == "neg" and g.ops[g.args[u][0]] == "softplus":
        return g.apply("sigmoid", g.neg(g.args[g.args[u][0]][0]))
    c, factors = g.view(u)
    (base, e) = factors[0] if len(factors) == 1 else (u, 0)
    if g.ops[base] != "log" or e != 1 or size(c) > _HIGHEST_OF_LOG or c.denominator > 2:
        return None
    return g.power(g.args[base][0], c)


def _pow(g: Graph, a: int, b: int) -> int | None:
    r = g.number(b)
    if r is None:
        if g.ops[a] == "exp":
            return g.apply("exp", g.mul(g.args[a][0], b))
        return g.const(1) if g.number(a) == 1 and g.has(b, TOTAL) else None
    if r == 1:
        return a
    if r == 0:
        return g.const(1) if g.has(a, TOTAL) else None
    if r == HALF:
        return g.apply("sqrt", a)
    if g.ops[a] == "exp":
        return g.apply("exp", g.scale(r, g.args[a][0]))
    return _integer_power(g, a, int(r)) if r.denominator == 1 else _root_power(g, a, r)


def _integer_power(g: Graph, a: int, n: int) -> int | None:
    op = g.ops[a]
    value = g.number(a)
    if value is not None:
        power = exact_power(value, n)
        return None if power is None else g.const(power)
    if op == "sqrt":
        return g.power(g.args[a][0], quotient(n, 2))
    if op == "neg":
        whole = g.power(g.args[a][0], n)
        return whole if n % 2 == 0 else g.neg(whole)
    if op == "abs" and n % 2 == 0:
        return g.power(g.args[a][0], n)
    if op == "pow":
        s = g.number(g.args[a][1])
        return g.power(g.args[a][0], s * n) if s and size(s * n) <= _HIGHEST else None
    return None


def _root_power(g: Graph, a: int, r: Number) -> int | None:
    if g.ops[a] == "sqrt":
        return g.power(g.args[a][0], quotient(r, 2))
    if g.ops[a] == "pow":
        s = g.number(g.args[a][1])
        if s and size(s * r) <= _HIGHEST:
            even = s.denominator == 1 and s.numerator % 2 == 0
            base = g.args[a][0]
            return g.power(g.apply("abs", base) if even else base, s * r)
    return None


def _sqrt(g: Graph, a: int) -> int | None:
    value = g.number(a)
    if value is not None and value >= 0:
        p, q = isqrt(value.numerator), isqrt(value.denominator)
        if p * p == value.numerator and q * q == value.denominator:
            return g.const(Fraction(p, q))
        return None
    if g.ops[a] == "exp":
        return g.apply("exp", g.scale(HALF, g.args[a][0]))
    if g.ops[a] == "pow":
        s = g.number(g.args[a][1])
        if s and s.denominator == 1 and s.numerator % 2 == 0:
            half = quotient(s, 2)
            base = g.args[a][0]
            return g.power(base if half.numerator % 2 == 0 else g.apply("abs", base), half)
    return None


def _abs(g: Graph, a: int) -> int | None:
    value = g.number(a)
    if value is not None:
        return g.const(size(value))
    if g.has(a, NN):
        return a
    if g.has(a, NP):
        return g.neg(a)
    if g.ops[a] == "neg":
        return g.apply("abs", g.args[a][0])
    c, factors = g.view(a)
    outside = [f for f in factors if g.ops[f[0]] in _OUTSIDE]
    if not outside:
        return None
    inside = [f for f in factors if f not in outside]
    return g.product(size(c), [*outside, (g.apply("abs", g.product(1, inside)), 1)])


def _log1p(g: Graph, u: int) -> int | None:
    if g.number(u) == 0:
        return g.const(0)
    op = g.ops[u]
    if op == "expm1":
        return g.args[u][0]
    if op == "exp":
        inner = g.args[u][0]
        return None if g.has(inner, NP) else g.apply("softplus", inner)
    if op == "neg":
        inner = g.args[u][0]
        if g.ops[inner] == "exp":
            return log_one_minus_exp(g, g.args[inner][0])
        if g.ops[inner] == "sigmoid":
            return g.neg(g.apply("softplus", g.args[inner][0]))
    return None


def _expm1(g: Graph, u: int) -> int | None:
    if g.number(u) == 0:
        return g.const(0)
    if g.ops[u] == "log":
        return g.total(((1, g.args[u][0]), (-1, g.const(1))))
    if g.ops[u] == "log1p":
        return g.args[u][0]
    return g.apply("exp", g.args[u][0]) if g.ops[u] == "softplus" else None


def _softplus(g: Graph, u: int) -> int | None:
    if g.ops[u] == "log":
        return g.apply("log1p", g.args[u][0])
    return g.raw("log1p", g.raw("exp", u)) if g.has(u, NP) else None


def _logaddexp(g: Graph, a: int, b: int) -> int | None:
    if g.number(a) == 0:
        return g.apply("softplus", b)
    return g.apply("softplus", a) if g.number(b) == 0 else None


def _polygamma(g: Graph, n: int, x: int) -> int | None:
    return g.apply("digamma", x) if g.number(n) == 0 else None


def _exact(value_at_zero: int) -> Callable[[Graph, int], int | None]:
    def rule(g: Graph, u: int) -> int | None:
        return g.const(value_at_zero) if g.number(u) == 0 else None

    return rule


def _larger(sign: int) -> Callable[[Graph, int, int], int | None]:
    def rule(g: Graph, a: int, b: int) -> int | None:
        if a == b:
            return a
        x, y = g.number(a), g.number(b)
        return None if x is None or y is None else a if (x - y) * sign > 0 else b

    return rule


def _rounded(op: str) -> Callable[[Graph, int], int | None]:
    meaning: dict[str, Callable[[Number], int]] = {
        "floor": floor,
        "ceil": ceil,
        "sign": lambda value: (value > 0) - (value < 0),
    }

    def rule(g: Graph, u: int) -> int | None:
        value = g.number(u)
        return None if value is None else g.const(meaning[op](value))

    return rule


def _decided(g: Graph, test: int) -> bool | None:
    """Whether a comparison of two constants holds; None when it is anything else."""
    if g.ops[test] not in _COMPARED:
        return None
    x, y = (g.number(arg) for arg in g.args[test])
    return None if x is None or y is None else _COMPARED[g.ops[test]](x, y)


_COMPARED: dict[str, Callable[[Number, Number], bool]] = {
    "lt": operator.lt, "le": operator.le, "eq": operator.eq, "ne": operator.ne,
}  # fmt: skip


def _select(g: Graph, test: int, a: int, b: int) -> int | None:
    """x·log y at x ≠ 0 and 0 at x = 0 is xlogy, when y is x or a positive multiple of it."""
    known = _decided(g, test)
    if known is not None:
        return a if known else b
    for branch, place in ((a, 1), (b, 2)):
        if g.ops[branch] == "select" and g.args[branch][0] == test:
            inner = g.args[branch][place]
            return g.apply("select", test, *((inner, b) if place == 1 else (a, inner)))
    if g.ops[test] not in ("eq", "ne"):
        return None
    zero, other = (a, b) if g.ops[test] == "eq" else (b, a)
    left, right = g.args[test]
    x = left if g.number(right) == 0 else right if g.number(left) == 0 else None
    if x is None or g.number(zero) != 0:
        return None
    c, factors = g.view(other)
    size, wanted = g.view(x)
    kept = sorted(f for f in factors if g.ops[f[0]] != "log")
    logs = [base for base, e in factors if g.ops[base] == "log" and e == 1]
    if len(logs) != 1 or kept != sorted(wanted) or not size:
        return None
    inside = g.args[logs[0]][0]
    multiple = g.has(inside, NN | TOTAL) and set(wanted) <= set(g.view(inside)[1])
    if inside != x and not multiple:
        return None
    return g.scale(quotient(c, size), g.raw("xlogy", x, inside))


RULES: dict[str, Callable[..., int | None]] = {
    "log": log, "exp": _exp, "pow": _pow, "sqrt": _sqrt, "abs": _abs, "log1p": _log1p,
    "expm1": _expm1, "softplus": _softplus, "logaddexp": _logaddexp, "polygamma": _polygamma,
    "select": _select, "max": _larger(1), "min": _larger(-1), "sin": _exact(0), "cos": _exact(1),
    "tan": _exact(0), "atan": _exact(0), "asin": _exact(0), "sinh": _exact(0), "cosh": _exact(1),
    "tanh": _exact(0), "erf": _exact(0), "erfc": _exact(1), "erfcx": _exact(1),
    "floor": _rounded("floor"), "ceil": _rounded("ceil"), "sign": _rounded("sign"),
}  # fmt: skip
"""What to try for each operation before it is added as it is."""

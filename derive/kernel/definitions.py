"""What the language defines by other parts of it: functions, densities, finite ranges."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from derive.kernel.theorem import KernelError
from derive.terms.substitution import substitute
from derive.terms.term import Term, add, call, div, mul, neg, num, power, rational, sub

ZERO, ONE, TWO = num(0), num(1), num(2)
HALF = num(Fraction(1, 2))
MAX_RANGE: Final = 400
MAX_WRITTEN: Final = 2_000


def _exp(term: Term) -> Term:
    return call("exp", term)


DEFINITIONS: Final[dict[str, Callable[..., Term]]] = {
    "sigmoid": lambda x: div(ONE, add(ONE, _exp(neg(x)))),
    "softplus": lambda x: call("log", add(ONE, _exp(x))),
    "sinh": lambda x: div(sub(_exp(x), _exp(neg(x))), TWO),
    "cosh": lambda x: div(add(_exp(x), _exp(neg(x))), TWO),
    "tanh": lambda x: div(sub(_exp(mul(TWO, x)), ONE), add(_exp(mul(TWO, x)), ONE)),
    "tan": lambda x: div(call("sin", x), call("cos", x)),
    "log2": lambda x: div(call("log", x), call("log", TWO)),
    "log10": lambda x: div(call("log", x), call("log", num(10))),
    "sqrt": lambda x: power(x, HALF),
    "max": lambda a, b: div(add(a, b, call("abs", sub(a, b))), TWO),
    "min": lambda a, b: div(sub(add(a, b), call("abs", sub(a, b))), TWO),
    "erfc": lambda x: sub(ONE, call("erf", x)),
    "loggamma": lambda x: call("log", call("Gamma", x)),
    "Beta": lambda a, b: div(mul(call("Gamma", a), call("Gamma", b)), call("Gamma", add(a, b))),
}
"""Functions of the language that are defined by others."""


def _normal(x: Term, mean: Term, variance: Term) -> Term:
    gap = power(sub(x, mean), TWO)
    scale = call("sqrt", mul(TWO, call("pi"), variance))
    return div(_exp(neg(div(gap, mul(TWO, variance)))), scale)


DENSITIES: Final[dict[str, Callable[..., Term]]] = {
    "Normal": _normal,
    "LogNormal": lambda x, m, v: div(_normal(call("log", x), m, v), x),
    "Laplace": lambda x, m, b: div(_exp(neg(div(call("abs", sub(x, m)), b))), mul(TWO, b)),
}
"""Densities by their formulas, each on the support: all reals, but ``x > 0`` for LogNormal."""


def is_short_range(term: Term) -> bool:
    """Whether a sum or product has literal integer ends and few enough terms to be written out."""
    low, high = rational(term.args[1]), rational(term.args[2])
    if low is None or high is None or low.denominator != 1 or high.denominator != 1:
        return False
    return high - low < MAX_RANGE and (high - low) * _weight(term.args[0]) < MAX_WRITTEN


def _weight(term: Term) -> int:
    """How many terms the sums and products inside a term write out to, one inside another."""
    inside = max((_weight(a) for a in term.args), default=1)
    if term.head not in ("sum", "prod"):
        return inside
    low, high = rational(term.args[1]), rational(term.args[2])
    count = int(high - low) + 1 if low is not None and high is not None else MAX_RANGE
    return min(MAX_WRITTEN, max(1, count) * inside)


def written_out(term: Term) -> Term:
    """A sum or product over a literal range as its terms. Raises KernelError for another range."""
    if not is_short_range(term):
        raise KernelError(
            f"unfold: the range of {term} is not a literal one of at most {MAX_RANGE}"
        )
    body, low, high = term.args
    first, last = rational(low), rational(high)
    assert first is not None and last is not None
    parts = [substitute(body, {term.payload: num(i)}) for i in range(int(first), int(last) + 1)]
    if len(parts) < 2:
        return parts[0] if parts else ZERO if term.head == "sum" else ONE
    return add(*parts) if term.head == "sum" else mul(*parts)

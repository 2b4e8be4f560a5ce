"""What the language defines by other parts of it: functions, densities, finite ranges."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Final

from derive.kernel.theorem import KernelError
from derive.terms.substitution import substitute
from derive.terms.term import Term, add, mul, num, rational

ZERO, ONE = num(0), num(1)
MAX_RANGE: Final = 400
MAX_WRITTEN: Final = 2_000


FUNCTION_TABLE: Final = """
sigmoid(x) = 1/(1 + exp(-x))
softplus(x) = log(1 + exp(x))
sinh(x) = (exp(x) - exp(-x))/2
cosh(x) = (exp(x) + exp(-x))/2
tanh(x) = (exp(2*x) - 1)/(exp(2*x) + 1)
tan(x) = sin(x)/cos(x)
log2(x) = log(x)/log(2)
log10(x) = log(x)/log(10)
sqrt(x) = x**(1/2)
max(a, b) = (a + b + abs(a - b))/2
min(a, b) = (a + b - abs(a - b))/2
erfc(x) = 1 - erf(x)
loggamma(x) = log(Gamma(x))
Beta(a, b) = Gamma(a)*Gamma(b)/Gamma(a + b)
"""
"""Functions of the language that are defined by others."""

DENSITY_TABLE: Final = """
Normal(x; m, v) = exp(-(x - m)**2/(2*v))/sqrt(2*pi*v)
LogNormal(x; m, v) = exp(-(log(x) - m)**2/(2*v))/sqrt(2*pi*v)/x
Laplace(x; m, b) = exp(-abs(x - m)/b)/(2*b)
"""
"""Densities by their formulas, each on the support: all reals, but ``x > 0`` for LogNormal."""


@cache
def _formula(line: str) -> tuple[tuple[str, ...], Term]:
    from derive.terms.reader import read_claim

    claim = read_claim(line)
    return tuple(letter.payload for letter in claim.lhs.args), claim.rhs


def _defined(line: str, *args: Term) -> Term:
    letters, formula = _formula(line)
    return substitute(formula, dict(zip(letters, args, strict=True)))


def _table(text: str) -> dict[str, Callable[..., Term]]:
    return {line.partition("(")[0]: partial(_defined, line) for line in text.split("\n")[1:-1]}


DEFINITIONS: Final = _table(FUNCTION_TABLE)
DENSITIES: Final = _table(DENSITY_TABLE)


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

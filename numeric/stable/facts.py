"""What is certain of the sign of a step, wherever it is defined, and whether it always is.

To teach the rewriter a fact about an operation, add a line to `_RULES` (or to one of the sets).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from numeric.domain import Domain
    from numeric.stable.steps import Steps

NN, NP, NZ, TOTAL = 1, 2, 4, 8
"""Not negative; not positive; not zero; defined wherever the inputs lie in their domains."""
POS, NEG = NN | NZ, NP | NZ
SIGN = NN | NP | NZ

Interval: TypeAlias = tuple[int | Fraction | None, int | Fraction | None, bool, bool]
"""The lower and the upper bound, None where there is none, and whether each is left out."""

_ENTIRE = frozenset(
    "neg add sub mul exp abs sign floor ceil sin cos atan sinh cosh tanh erf erfc sigmoid softplus "
    "expm1 erfcx log_erfc max min logaddexp lt le eq ne and or not select".split()
)
_KEEP_SIGN = frozenset("sinh tanh atan asin erf expm1 log1p sign".split())
_POSITIVE = frozenset("exp cosh erfc erfcx sigmoid softplus pi euler_gamma".split())


def facts_of_number(value: Fraction) -> int:
    """The facts about an exact rational."""
    return TOTAL | (NN | NP if value == 0 else POS if value > 0 else NEG)


def facts_of_domain(domain: Domain | None) -> tuple[int, Interval | None]:
    """The facts about an input, and its bounds."""
    if domain is None:
        return TOTAL, None
    low: int | Fraction | None = domain.lower
    high: int | Fraction | None = domain.upper
    low_open, high_open = domain.lower_open, domain.upper_open
    if domain.integer:
        low, high = domain.integer_range()
        low_open = high_open = False
    known = TOTAL | (NZ if domain.nonzero or not domain.contains(Fraction(0)) else 0)
    known |= NN if low is not None and low >= 0 else 0
    known |= NP if high is not None and high <= 0 else 0
    return known, (low, high, low_open, high_open)


def _total(steps: Steps, args: tuple[int, ...]) -> int:
    known = TOTAL
    for arg in args:
        known &= steps.facts[arg]
    return known


def _flip(known: int) -> int:
    return (known & NZ) | (NP if known & NN else 0) | (NN if known & NP else 0)


def _join(a: int, b: int) -> int:
    """The sign facts of a sum."""
    same = a & b & (NN | NP)
    return same | (NZ if same and (a | b) & NZ else 0)


def _times(a: int, b: int) -> int:
    known = a & b & NZ
    if (a & NN and b & NN) or (a & NP and b & NP):
        known |= NN
    if (a & NN and b & NP) or (a & NP and b & NN):
        known |= NP
    return known


def _of_sum(steps: Steps, a: int, b: int, sign: int) -> int:
    facts = steps.facts
    known = _join(facts[a], facts[b] if sign > 0 else _flip(facts[b]))
    if known or a not in steps.bounds or b not in steps.bounds:
        return known
    low, high, low_open, high_open = steps.bounds[a]
    first, last, first_open, last_open = steps.bounds[b]
    if sign < 0:
        first, last = (None if last is None else -last), (None if first is None else -first)
        first_open, last_open = last_open, first_open
    bottom = None if low is None or first is None else low + first
    top = None if high is None or last is None else high + last
    if bottom is not None and bottom >= 0:
        known |= POS if bottom > 0 or low_open or first_open else NN
    if top is not None and top <= 0:
        known |= NEG if top < 0 or high_open or last_open else NP
    return known


def _pow(steps: Steps, a: int, b: int) -> int:
    base, r = steps.facts[a], steps.number(b)
    if r is None:
        return POS | _total(steps, (a, b)) if base & POS == POS else 0
    defined = _total(steps, (a,))
    if r.denominator != 1:
        known = NN | (base & NZ if r > 0 else NZ)
        fine = base & POS == POS or (r > 0 and base & NN)
        return known | (defined if fine else 0)
    if r == 0:
        return POS | (defined if base & NZ else 0)
    known = (base & NZ) if r > 0 else NZ
    known |= NN if r.numerator % 2 == 0 else base & (NN | NP)
    return known | (defined if r > 0 or base & NZ else 0)


def _sqrt(steps: Steps, a: int) -> int:
    known = steps.facts[a]
    return NN | (known & NZ) | (known & TOTAL if known & NN else 0)


def _abs(steps: Steps, a: int) -> int:
    return NN | (steps.facts[a] & (NZ | TOTAL))


def _div(steps: Steps, a: int, b: int) -> int:
    bottom = steps.facts[b]
    return _times(steps.facts[a], bottom | NZ) | (_total(steps, (a, b)) if bottom & NZ else 0)


def _max(steps: Steps, a: int, b: int) -> int:
    x, y = steps.facts[a], steps.facts[b]
    known = NN if (x | y) & NN else 0
    known |= x & y & NP
    if x & POS == POS or y & POS == POS or x & y & NZ:
        known |= NZ
    return known | (x & y & TOTAL)


def _min(steps: Steps, a: int, b: int) -> int:
    x, y = steps.facts[a], steps.facts[b]
    known = NP if (x | y) & NP else 0
    known |= x & y & NN
    if x & NEG == NEG or y & NEG == NEG or x & y & NZ:
        known |= NZ
    return known | (x & y & TOTAL)


def _gamma(steps: Steps, a: int) -> int:
    known = steps.facts[a]
    return NZ | (NN | (known & TOTAL) if known & POS == POS else 0)


def _besseli(steps: Steps, n: int, x: int) -> int:
    if steps.has(n, NN) and steps.has(x, POS):
        return POS | _total(steps, (n, x))
    order = steps.number(n)
    if order is None or order < 0 or order % 2:
        return 0
    return NN | (NZ if order == 0 else steps.facts[x] & NZ) | _total(steps, (x,))


_RULES: dict[str, Callable[..., int]] = {
    "neg": lambda g, a: _flip(g.facts[a]),
    "add": lambda g, a, b: _of_sum(g, a, b, 1),
    "sub": lambda g, a, b: _of_sum(g, a, b, -1),
    "mul": lambda g, a, b: _times(g.facts[a], g.facts[b]),
    "div": _div,
    "pow": _pow,
    "sqrt": _sqrt,
    "abs": _abs,
    "log": lambda g, a: g.facts[a] & TOTAL if g.has(a, POS) else 0,
    "log1p": lambda g, a: g.facts[a] & TOTAL if g.has(a, NN) else 0,
    "max": _max,
    "min": _min,
    "gamma": _gamma,
    "loggamma": lambda g, a: g.facts[a] & TOTAL if g.has(a, POS) else 0,
    "digamma": lambda g, a: g.facts[a] & TOTAL if g.has(a, POS) else 0,
    "besseli": _besseli,
    "select": lambda g, t, a, b: g.facts[a] & g.facts[b] & SIGN,
}


def facts_of_step(steps: Steps, op: str, args: tuple[int, ...]) -> int:
    """What is certain of a new step, from what is certain of its arguments."""
    known = _total(steps, args) if op in _ENTIRE else 0
    if op in _POSITIVE:
        return known | POS | (TOTAL if not args else 0)
    if op in _KEEP_SIGN:
        return known | (steps.facts[args[0]] & SIGN)
    rule = _RULES.get(op)
    return known if rule is None else known | rule(steps, *args)

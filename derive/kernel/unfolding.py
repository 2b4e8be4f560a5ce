"""Definitions: those of the language, those of the context, and finite ranges written out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from derive.kernel.calculus import derivative
from derive.kernel.definedness import conditions
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context
from derive.terms.term import (
    Term,
    add,
    call,
    div,
    mul,
    neg,
    num,
    power,
    rational,
    sub,
    substitute,
)

ZERO, ONE, TWO = num(0), num(1), num(2)
HALF = num(Fraction(1, 2))
MAX_RANGE: Final = 400


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


def unfold(context: Context, term: Term) -> Theorem:
    """``⊢ t = t'`` where the outermost operation of ``t`` is replaced by its definition.

    For the functions of `DEFINITIONS`, densities, derivatives, sums and products over a literal range
    of at most 400 indices, and what the context defines.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x").declare("v")
    >>> unfold(ctx, read("Sum(x**i, i, 1, 3)"))
    ⊢ Sum(x**i, i, 1, 3) = x**1 + x**2 + x**3
    >>> print(unfold(ctx, read("Normal(x; 0, 1)")).claim.rhs)
    exp(-(x - 0)**2/(2*1))/sqrt(2*pi*1)
    >>> unfold(ctx, read("exp(x)"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: unfold: exp(x) has no definition
    """
    out = unfolded(context, term)
    needed = conditions(term, context) | conditions(out, context)
    return conclude("unfold", context, Claim(term, "=", out), (), needed)


def unfolded(context: Context, term: Term) -> Term:
    """The right-hand side of `unfold`. Raises KernelError when there is no definition."""
    if term.head == "call" and term.payload in DEFINITIONS:
        return DEFINITIONS[term.payload](*term.args)
    if term.head in ("call", "sym") and (found := context.definition(term.payload)) is not None:
        return found.apply(term.args)
    if term.head == "dens":
        return DENSITIES[term.payload](*term.args)
    if term.head == "diff":
        return derivative(term, context)[0]
    if term.head in ("sum", "prod"):
        return _written_out(term)
    raise KernelError(f"unfold: {term} has no definition")


def _written_out(term: Term) -> Term:
    body, low, high = term.args
    ends = rational(low), rational(high)
    if ends[0] is None or ends[1] is None or ends[1] - ends[0] >= MAX_RANGE:
        raise KernelError(f"unfold: the range of {term} is not a literal one of at most {MAX_RANGE}")
    parts = [
        substitute(body, {term.payload: num(i)}) for i in range(int(ends[0]), int(ends[1]) + 1)
    ]
    empty = ZERO if term.head == "sum" else ONE
    if len(parts) < 2:
        return parts[0] if parts else empty
    return add(*parts) if term.head == "sum" else mul(*parts)


def gaussian_kl(context: Context, term: Term) -> Theorem:
    """``KL(Normal(m, v), Normal(n, w)) = (log(w/v) + (v + (m - n)**2)/w - 1)/2``, variances > 0.

    Taken as the axiom ``gauss.kl_1d`` until expectations are part of the kernel (PRML, exercise 2.13).

    >>> from derive.terms import Context, read
    >>> th = gaussian_kl(Context(), read("KL(Normal(1, 2), Normal(0, 1))"))
    >>> print(th.claim.rhs, *th.axioms)
    (log(1/2) + (2 + (1 - 0)**2)/1 - 1)/2 gauss.kl_1d
    >>> gaussian_kl(Context(), read("JSD(Normal(1, 2), Normal(0, 1))"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: gaussian_kl: JSD(Normal(1, 2), Normal(0, 1)) is not one
    """
    laws = term.args
    if term.head != "call" or term.payload != "KL" or any(
        law.head != "dist" or law.payload != "Normal" for law in laws
    ):
        raise KernelError(f"gaussian_kl: {term} is not one")
    (m, v), (n, w) = laws[0].args, laws[1].args
    spread = div(add(v, power(sub(m, n), TWO)), w)
    out = div(add(call("log", div(w, v)), spread, neg(ONE)), TWO)
    needed = conditions(term, context) | conditions(out, context)
    claim = Claim(term, "=", out)
    return conclude("gaussian_kl", context, claim, (), needed, axioms=["gauss.kl_1d"])

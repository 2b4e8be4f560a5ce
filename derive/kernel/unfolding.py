"""Unfolding: an operation replaced by its definition, in the language or in the context."""

from __future__ import annotations

from typing import Final

from derive.kernel.calculus import derivative
from derive.kernel.definedness import conditions
from derive.kernel.definitions import DEFINITIONS, DENSITIES, written_out
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context
from derive.terms.term import Term, add, call, div, neg, num, power, sub

ONE: Final = num(1)
TWO: Final = num(2)


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
    if (found := context.definition_of(term)) is not None:
        return found.apply(term.args)
    if term.head == "dens":
        return DENSITIES[term.payload](*term.args)
    if term.head == "diff":
        return derivative(term, context)[0]
    if term.head in ("sum", "prod"):
        return written_out(term)
    raise KernelError(f"unfold: {term} has no definition")


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
    if (
        term.head != "call"
        or term.payload != "KL"
        or any(law.head != "dist" or law.payload != "Normal" for law in laws)
    ):
        raise KernelError(f"gaussian_kl: {term} is not one")
    (m, v), (n, w) = laws[0].args, laws[1].args
    spread = div(add(v, power(sub(m, n), TWO)), w)
    out = div(add(call("log", div(w, v)), spread, neg(ONE)), TWO)
    needed = conditions(term, context) | conditions(out, context)
    claim = Claim(term, "=", out)
    return conclude("gaussian_kl", context, claim, (), needed, axioms=["gauss.kl_1d"])

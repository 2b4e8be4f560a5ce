"""Unfolding: an operation replaced by its definition, in the language or in the context."""

from __future__ import annotations

from collections.abc import Sequence

from derive.kernel.calculus import derivative
from derive.kernel.definedness import conditions
from derive.kernel.definitions import DEFINITIONS, DENSITIES, written_out
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context
from derive.terms.entries import Entries
from derive.terms.lower import LoweringError
from derive.terms.shapes import is_matrix
from derive.terms.term import Term, matrix


def unfold(context: Context, term: Term, given: Sequence[Theorem] = ()) -> Theorem:
    """``⊢ t = t'`` where the outermost operation of ``t`` is replaced by its definition.

    For the functions of `DEFINITIONS`, densities, derivatives, sums and products over a literal range
    of at most 400 indices, and what the context defines. An operation on matrices that are written out
    is carried out; the transpose of a matrix declared symmetric is the matrix. The ``given`` theorems
    show, by speaking of them, that integrals in the body of a definition exist.

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
    out, given = unfolded(context, term), tuple(given) if context.definition_of(term) else ()
    needed = conditions(term, context, given) | conditions(out, context, given)
    return conclude("unfold", context, Claim(term, "=", out), given, needed)


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
    if is_matrix(context, term) or (term.head == "call" and term.payload in ("det", "trace")):
        return _written_matrix(context, term)
    raise KernelError(f"unfold: {term} has no definition")


def _written_matrix(context: Context, term: Term) -> Term:
    if (
        term.payload == "transpose"
        and (m := term.args[0]).head == "sym"
        and context[m.payload].form
    ):
        return m
    try:
        rows = Entries(context).grid(term)
        out = Entries(context).number(term) if rows is None else matrix(rows)
    except LoweringError as error:
        raise KernelError(f"unfold: {error}") from None
    if out == term:
        raise KernelError(f"unfold: {term} is written out already")
    return out

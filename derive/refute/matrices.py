"""Matrices at a sample point: claims about their entries, once the dimensions have values."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from derive.terms.context import Claim, Context
from derive.terms.entries import Entries, dimensions_in, has_matrices
from numeric.domain import Domain

MAX_DIMENSION: Final = 3


def dimensions(claims: Sequence[Claim], context: Context) -> frozenset[str]:
    """The symbols that are numbers of rows or columns of matrices in the claims."""
    return dimensions_in(context, (side for c in claims for side in (c.lhs, c.rhs)))


def small_dimension(domain: Domain) -> Domain:
    """The part of a dimension's domain in which matrices are small enough to be written out."""
    low = max(1, domain.integer_range()[0] or 1)
    high = low + MAX_DIMENSION - 1
    top = domain.integer_range()[1]
    return Domain(
        Fraction(low), Fraction(min(high, top or high)), False, False, True, domain.nonzero
    )


def in_entries(
    claims: Sequence[Claim], context: Context, fixed: dict[str, Fraction]
) -> tuple[list[list[Claim]], list[Claim]]:
    """Each claim as claims about numbers, and what declared matrices ask of their entries.

    Raises LoweringError or TermError when the matrices are too large to be written out.
    """
    sides = [side for c in claims for side in (c.lhs, c.rhs)]
    if not any(has_matrices(context, side) for side in sides):
        return [[c] for c in claims], []
    work = Entries(context, fixed)
    names = {d.name for d in context if d.form == "spd" and any(d.name in s.free for s in sides)}
    return [work.claims(c) for c in claims], work.needs(sorted(names))


def with_definite(values: dict[str, Fraction], context: Context) -> dict[str, Fraction]:
    """The values with the entries of each spd matrix made to be those of such a matrix.

    What was drawn for its upper triangle is taken as that of U in ``transpose(U) @ U + eye``.
    """
    out = dict(values)
    for declared in context:
        if declared.form == "spd":
            keys = _places(declared.name, values)
            size = max((j for _, j in keys), default=0)
            upper = {place: values[key] for place, key in keys.items()}
            for (i, j), key in keys.items():
                product = sum(
                    (upper.get((k, i), Fraction(0)) * upper.get((k, j), Fraction(0)))
                    for k in range(1, size + 1)
                )
                out[key] = Fraction(product + (i == j))
    return out


def _places(name: str, values: dict[str, Fraction]) -> dict[tuple[int, int], str]:
    """The places of the entries of a matrix among some values, with their names there."""
    out = {}
    for key in values:
        head, bracket, rest = key.partition("[")
        if head == name and bracket:
            places = [int(p) for p in rest.rstrip("]").split(", ")]
            out[places[0], places[-1]] = key
    return out

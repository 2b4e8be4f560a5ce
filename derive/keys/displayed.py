"""Which decimals of displayed lines are exact, and which have been rounded."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from derive.keys.contexts import chain_of
from derive.keys.grids import grid_of
from derive.keys.model import Text
from derive.keys.rounding import NoValue, Value
from derive.terms import Context, Term, TermError, rational, sub, subterms
from derive.terms.shapes import is_matrix

PRECISION = 256


def exact_decimals(
    lines: Iterable[Text], given: frozenset[Fraction], context: Context
) -> frozenset[Fraction]:
    """The decimals that are not rounded: those given, and those that an equation arrives at exactly.

    A decimal is new where it stands on the right side of a link and not on its left. There it is exact if
    both sides are equal, unless a rounded decimal was used up on the way. What is rounded in one place is
    so everywhere. Raises QuestionError when a line cannot be read.
    """
    found: set[Fraction] = set()
    rounded: set[Fraction] = set()
    for text in lines:
        for lhs, _, rhs in chain_of(text, context).links():
            left, right = decimals_in(lhs), decimals_in(rhs)
            new = right - left - given
            used = (left - right) & rounded
            if new and (used or not _equal(lhs, rhs, context)):
                rounded |= new
            found |= new
    return given | {sign * v for v in found - rounded for sign in (1, -1)}


def decimals_in(term: Term) -> frozenset[Fraction]:
    """The numbers in a term that are written with decimals, without their signs."""
    literals = (part for part in subterms(term) if part.head == "num" and part.payload[1])
    return frozenset(abs(rational(part) or Fraction(0)) for part in literals)


def _equal(lhs: Term, rhs: Term, context: Context) -> bool:
    """Whether two numbers or matrices agree as far as they are computed."""
    try:
        if is_matrix(context, lhs) != is_matrix(context, rhs):
            return False
        one, other = (grid_of(side, context) or ((side,),) for side in (lhs, rhs))
        gaps = [
            Value(sub(a, b), context).ends(PRECISION)
            for row, beside in zip(one, other, strict=True)
            for a, b in zip(row, beside, strict=True)
        ]
    except (NoValue, TermError, ValueError):
        return False
    return all(low <= 0 <= high for low, high in gaps)

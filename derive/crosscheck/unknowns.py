"""What may be adjusted so that a hypothesis holds: proposals, the likeliest first.

A symbol or an entry of a table that stands alone on a side; a symbol that enters linearly or as a square;
the scale of a table (normalisation) or of the weights of a space; a shift of a function (its mean), a
linear map of it (its covariance), or what is left of it without another one (their mixed moment); a
matrix made orthogonal or singular, or moved onto linear equations. A proposal need not fit: whether the
hypothesis holds is found out by computing it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from derive.crosscheck.survey import names, peeled
from derive.terms.context import Claim, Context
from derive.terms.term import Term, subterms

How = Literal[
    "is", "matrix", "entry", "solve", "square", "scale", "shift", "without", "linear", "spread",
    "weights", "left", "right", "onto", "corner",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something to adjust: the symbol, the entry ``term``, or all values of a function or space."""

    how: How
    name: str
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """An unknown to be adjusted for a hypothesis."""

    hypothesis: str
    claim: Claim
    unknown: Unknown


FUNCTION_MOVES: Final[tuple[How, ...]] = ("scale", "shift", "linear", "spread", "without")
MATRIX_MOVES: Final[tuple[How, ...]] = ("left", "right", "onto", "corner")


def unknowns(context: Context, claim: Claim) -> Iterator[Unknown]:
    """What might be adjusted for a claim, the likeliest first."""
    bound, claim = peeled(claim)
    if bound:
        applied = _functions(context, claim)
        yield from (Unknown("scale", n) for n in applied)
        return
    for side, other in ((claim.lhs, claim.rhs), (claim.rhs, claim.lhs)):
        yield from _alone(context, side, other)
    free = names(context, claim)
    applied = [n for n in _functions(context, claim) if n in free]
    for how in FUNCTION_MOVES:
        for name in applied:
            if how == "scale" or _unbounded(context, name):
                yield Unknown(how, name)
    for term in _spaces(claim):
        yield Unknown("weights", term.payload)
    scalars = [n for n in sorted(free) if _is_scalar(context, n)]
    yield from (Unknown("solve", n) for n in scalars)
    yield from (Unknown("square", n) for n in scalars)
    for name in sorted(free):
        if name in context and _is_matrix(context, name):
            yield from (Unknown(how, name) for how in MATRIX_MOVES)


def _alone(context: Context, side: Term, other: Term) -> Iterator[Unknown]:
    if side.head == "sym" and side.payload in context and side.payload not in other.free:
        if _is_scalar(context, side.payload):
            yield Unknown("is", side.payload)
        declared = context[side.payload]
        if declared.kind == "matrix" and context.definition(side.payload) is None:
            yield Unknown("matrix", side.payload)
    applied = side.head in ("index", "call") and side.payload in context
    if applied and context.definition(side.payload) is None:
        yield Unknown("entry", side.payload, side)


def _is_matrix(context: Context, name: str) -> bool:
    declared = context[name]
    return declared.kind == "matrix" and context.definition(name) is None and not declared.form


def _is_scalar(context: Context, name: str) -> bool:
    if name not in context or context.definition(name) is not None:
        return False
    return context[name].kind == "scalar" and not context[name].domain.integer


def _unbounded(context: Context, name: str) -> bool:
    domain = context[name].domain
    return domain.lower is None and domain.upper is None and not domain.nonzero


def _functions(context: Context, claim: Claim) -> list[str]:
    """The functions without a definition that a claim may depend on, in order."""
    found = [
        d.name
        for d in context
        if d.kind in ("function", "family") and context.definition(d.name) is None
    ]
    free = names(context, claim)
    return [n for n in found if n in free and not context[n].domain.integer]


def _spaces(claim: Claim) -> list[Term]:
    sides = (claim.lhs, claim.rhs)
    found = {t.args[1]: None for side in sides for t in subterms(side) if t.head == "over"}
    return list(found)

"""Claims about spaces that are neither proved nor refuted: are they false on some finite space?

The refuter samples numbers, and no spaces. The cross-check makes up finite spaces with functions on them
that satisfy the hypotheses, and confirms a disagreement with enclosures.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from derive.crosscheck import cross_check
from derive.decision import decide
from derive.derivation.advice import disagreement
from derive.keys.results import Check
from derive.terms import Context
from derive.terms.context import Claim, Relation
from derive.terms.shapes import is_matrix
from derive.verdict import Proved

OPPOSITE: Final[dict[Relation, Relation]] = {
    "=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<",
}  # fmt: skip
"""The relation that holds where another one does not."""

SECONDS: Final = 2.0
"""How long an instance is looked for that satisfies the hypotheses."""


def has_spaces(context: Context) -> bool:
    """Whether a space is declared."""
    return any(declared.kind == "space" for declared in context)


def unsatisfied(context: Context) -> Claim | None:
    """A hypothesis for which no instance with finite spaces was found that satisfies it with the others.

    None where each has one, and where there are no spaces.
    """
    if not has_spaces(context):
        return None
    for _, claim in context.hypotheses:
        if not cross_check(context, claim, instances=1, seconds=SECONDS).instances:
            return claim
    return None


def impossible(context: Context) -> Claim | None:
    """A hypothesis about numbers alone whose opposite is proved from the others; None when none is."""
    for place, (_, claim) in enumerate(context.hypotheses):
        if claim.lhs.head == "fun" or is_matrix(context, claim.lhs) or _is_open(context, claim):
            continue
        others = (*context.hypotheses[:place], *context.hypotheses[place + 1 :])
        opposite = Claim(claim.lhs, OPPOSITE[claim.relation], claim.rhs)
        if isinstance(decide(opposite, replace(context, hypotheses=others)), Proved):
            return claim
    return None


def _is_open(context: Context, claim: Claim) -> bool:
    """Whether a claim speaks of a function or a space of which only hypotheses say anything."""
    names = claim.free.union(*(context.depends(name) for name in claim.free))
    kinds = {context[n].kind for n in names if n in context and context.definition(n) is None}
    return not kinds.isdisjoint({"function", "family", "space"})


def looked_at(check: Check, claim: Claim, context: Context) -> Check:
    """The check, refuted where it was undecided and an instance with finite spaces disagrees."""
    if check.status != "undecided" or not has_spaces(context):
        return check
    instance = disagreement(context, claim)
    return check if instance is None else replace(check, status="refuted", reason=instance)

"""Claims about spaces that are neither proved nor refuted: are they false on some finite space?

The refuter samples numbers, and no spaces. The cross-check makes up finite spaces with functions on them
that satisfy the hypotheses, and confirms a disagreement with enclosures.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from derive.crosscheck import cross_check
from derive.derivation.advice import disagreement
from derive.keys.results import Check
from derive.terms import Context
from derive.terms.context import Claim

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


def looked_at(check: Check, claim: Claim, context: Context) -> Check:
    """The check, refuted where it was undecided and an instance with finite spaces disagrees."""
    if check.status != "undecided" or not has_spaces(context):
        return check
    instance = disagreement(context, claim)
    return check if instance is None else replace(check, status="refuted", reason=instance)

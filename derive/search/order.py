"""Search for order claims and ``≠``: from the sign of the difference of the two sides."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import Final

from derive.kernel import rules
from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Choices, Refine
from derive.search.conditions import show
from derive.search.tower import MAX_RESTARTS, Tower
from derive.terms.context import Claim, Context
from derive.terms.term import num, sub

MAX_HYPOTHESES: Final = 3


def prove_order(context: Context, claim: Claim) -> tuple[Theorem, Tower]:
    """A theorem for ``a < b``, ``a <= b`` or ``a != b``. Raises KernelError when none is found."""
    choices, claim = Choices(), claim.oriented()
    for _ in range(MAX_RESTARTS):
        before = choices.state()
        try:
            tower = Tower(context, choices, split=False)
        except Refine:
            continue
        theorem = show(claim, tower)
        if theorem is None and claim.relation in ("<", "<="):
            theorem = _from_hypotheses(claim, tower)
        if theorem is not None:
            return theorem, tower
        if choices.state() == before:
            break
    raise KernelError(f"order: the sign of the difference in {claim} is not known")


def _from_hypotheses(claim: Claim, tower: Tower) -> Theorem | None:
    """``a ⋈ b`` as a sum of hypotheses and a difference whose sign is known."""
    for chosen in _choices(tower.lemmas):
        rest = sub(claim.rhs, claim.lhs)
        for known in chosen:
            rest = sub(rest, known.claim.rhs)
        for relation in ("<", "<="):
            left = show(Claim(num(0), relation, rest), tower)
            if left is None:
                continue
            premises = [*chosen, left]
            try:
                return rules.combine(tower.context, claim, premises, [Fraction(1)] * len(premises))
            except KernelError:
                continue
    return None


def _choices(lemmas: list[Theorem]) -> Iterator[tuple[Theorem, ...]]:
    for size in range(1, min(MAX_HYPOTHESES, len(lemmas)) + 1):
        yield from combinations(lemmas, size)

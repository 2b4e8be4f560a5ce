"""Tactics for sums and products over ranges of integers."""

from __future__ import annotations

from typing import Final

from derive.kernel.theorem import KernelError, Theorem
from derive.search.equality import prove_equality
from derive.search.induction import candidates, inductively
from derive.search.order import prove_order
from derive.search.tower import Tower
from derive.tactics.registry import Goal, Refused, finished, tactic
from derive.tactics.within import WRITTEN, first_of, has
from derive.terms.context import Claim, Context

RANGES: Final = WRITTEN | {"range"}
INSIDE: Final = RANGES | {"exp", "log", "power", "abs"}
"""A product of positive terms is taken as the exponential of a sum, which needs the laws of both."""


@tactic(
    "sum_ring",
    "primitive",
    "sums and products split, shifted, exchanged, taken apart; then algebra",
)
def sum_ring(goal: Goal) -> Theorem:
    """Linearity, shifts of the index, splitting of terms, exchange of finite sums.

    >>> from derive.tactics import goal
    >>> f = {"n": "integer >= 1", "x[i]": "real"}
    >>> sum_ring(goal("Sum(x[i], i, 1, n + 1) = x[n + 1] + Sum(x[k], k, 1, n)", **f))
    ⊢ Sum(x[i], i, 1, n + 1) = x[n + 1] + Sum(x[k], k, 1, n)
    >>> sum_ring(goal("Sum(x[i], i, 1, n + 1) = x[1] + Sum(x[k], k, 1, n)", **f))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: Sum(x[i], i, 1, n + 1) and x[1] + Sum(x[k], k, 1, n) \
have different normal forms
    """
    _needs_range("sum_ring", goal)
    return first_of(goal, (RANGES, INSIDE))


@tactic("telescope", "derived", "a sum of differences, or a product of ratios, by its ends")
def telescope(goal: Goal) -> Theorem:
    """Neighbouring terms cancel: by shifting the index, else by induction.

    >>> from derive.tactics import goal
    >>> f = {"n": "integer >= 1", "x[i]": "real"}
    >>> telescope(goal("Sum(x[i] - x[i - 1], i, 1, n) = x[n] - x[0]", **f))
    ⊢ Sum(x[i] - x[i - 1], i, 1, n) = x[n] - x[0]
    >>> telescope(goal("0 < 1"))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: telescope: there is no sum or product in 0 < 1
    """
    _needs_range("telescope", goal)
    try:
        return first_of(goal, (RANGES, INSIDE))
    except KernelError:
        return induction(goal)


@tactic("induction", "primitive", "true at the least value, and at n + 1 when true at n")
def induction(goal: Goal) -> Theorem:
    """Induction on an integer symbol that is unbounded above and that nothing else speaks of.

    The base and the step are given to the search.

    >>> from derive.tactics import goal
    >>> f = {"m": "integer >= 1", "b[i]": "in (0, 1)"}
    >>> induction(goal("Prod(b[i], i, 1, m) < 1", **f))
    ⊢ Prod(b[i], i, 1, m) < 1
    >>> induction(goal("0 <= x**2", x="real"))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: induction: no symbol of the claim stands at the end of a range, \
runs over all integers from some one on, and is free of hypotheses
    """
    claim = goal.claim.oriented()
    if not candidates(goal.context, claim):
        raise Refused(
            "induction: no symbol of the claim stands at the end of a range, runs over all integers "
            "from some one on, and is free of hypotheses"
        )
    return finished(inductively(goal.context, claim, _searched)[0])


def _searched(context: Context, claim: Claim) -> tuple[Theorem, Tower]:
    if claim.relation == "=":
        return prove_equality(context, claim.lhs, claim.rhs)
    return prove_order(context, claim)


def _needs_range(name: str, goal: Goal) -> None:
    if not has(goal, "sum", "prod"):
        raise Refused(f"{name}: there is no sum or product in {goal.claim}")

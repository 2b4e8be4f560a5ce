"""Search for order claims and ``≠``: the sign of the difference of the two sides.

`derive.search.order_core` says what a strategy is, `derive.search.order_strategies` lists them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Choices, Refine
from derive.search.conditions import show
from derive.search.spaces_order import has_space, prove_space_order
from derive.search.sums_order import prove_sum_order
from derive.search.tower import MAX_RESTARTS, Tower
from derive.terms.context import Claim, Context

if TYPE_CHECKING:
    from derive.search.order_core import Prover

DEPTH: Final = 5
FUEL: Final = 150
CONDITIONS_DEPTH: Final = 2


def prove_order(context: Context, claim: Claim) -> tuple[Theorem, Tower]:
    """A theorem for ``a < b``, ``a <= b`` or ``a != b``. Raises KernelError when none is found."""
    claim = claim.oriented()
    failure: KernelError | None = None
    if claim.relation == "!=" and (quick := _from_factors(context, claim)) is not None:
        return quick
    if any(has_space(context, side) for side in (claim.lhs, claim.rhs)):
        try:
            return prove_space_order(context, claim, prove_order)
        except KernelError as error:
            failure = error
    search = prover()
    theorem = search.prove(context, claim, DEPTH)
    if theorem is None and failure is not None:
        raise failure
    if theorem is None:
        return prove_sum_order(context, claim, prove_order)
    theorem = search.without_conditions(theorem, CONDITIONS_DEPTH)
    return theorem, search.tower(context)


def prover() -> Prover:
    """A new search over all strategies. Imports numpy, which takes longer than most proofs."""
    from derive.search.order_core import Prover
    from derive.search.order_strategies import STRATEGIES

    return Prover(STRATEGIES, FUEL)


def _from_factors(context: Context, claim: Claim) -> tuple[Theorem, Tower] | None:
    """``a != b`` when no factor of the difference can be 0."""
    choices = Choices()
    for _ in range(MAX_RESTARTS):
        before = choices.state()
        try:
            tower = Tower(context, choices, split=False)
            theorem = show(claim, tower)
        except Refine:
            continue
        if theorem is not None:
            return theorem, tower
        if choices.state() == before:
            break
    return None

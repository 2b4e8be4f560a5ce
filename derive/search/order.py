"""Search for order claims and ``≠``: the sign of the difference of the two sides.

`derive.search.order_core` says what a strategy is, `derive.search.order_strategies` lists them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Choices, Refine
from derive.search.conditions import show
from derive.search.fewer import persistent, with_a_total
from derive.search.integrals_order import compares_integrals, prove_integral_order
from derive.search.spaces_order import has_space, prove_space_order
from derive.search.stated import by_hypothesis
from derive.search.sums_order import prove_sum_order
from derive.search.tower import MAX_RESTARTS, Tower
from derive.terms.context import Claim, Context

if TYPE_CHECKING:
    from derive.search.order_core import Prover

DEPTH: Final = 5
FUEL: Final = 150
FUEL_AGAIN: Final = 100
CONDITIONS_DEPTH: Final = 2

Found = tuple[Theorem, Tower]


def prove_order(context: Context, claim: Claim) -> Found:
    """A theorem for ``a < b``, ``a <= b`` or ``a != b``. Raises KernelError when none is found."""
    claim = claim.oriented()
    return persistent(context, claim, _prove, _prove_again, lambda: _refuted(context, claim))


def _prove(context: Context, claim: Claim, fuel: int = FUEL) -> Found:
    claim = claim.oriented()
    failure: KernelError | None = None
    if claim.relation == "!=" and (quick := _from_factors(context, claim)) is not None:
        return quick
    if any(has_space(context, side) for side in (claim.lhs, claim.rhs)):
        try:
            return by_hypothesis(context, claim), Tower(context, Choices(), split=False)
        except KernelError:
            pass
        try:
            return prove_space_order(context, claim, prove_order)
        except KernelError as error:
            failure = error
    if compares_integrals(claim):
        try:
            return prove_integral_order(context, claim, prove_order)
        except KernelError as error:
            failure = error
    search = prover(fuel)
    theorem = search.prove(context, claim, DEPTH)
    if theorem is None and failure is not None:
        raise failure
    if theorem is None:
        return prove_sum_order(context, claim, prove_order)
    theorem = search.without_conditions(theorem, CONDITIONS_DEPTH)
    return theorem, search.tower(context)


def _prove_again(context: Context, claim: Claim) -> Found:
    """The same with less fuel, and with a hypothesis about a sum used for the numbers of the claim."""
    try:
        return _prove(context, claim, FUEL_AGAIN)
    except KernelError:
        return with_a_total(context, claim, _prove)


def _refuted(context: Context, claim: Claim) -> bool:
    from derive.search.order_samples import sampled

    return sampled(context).refutes(claim)


def prover(fuel: int = FUEL) -> Prover:
    """A new search over all strategies. Imports numpy, which takes longer than most proofs."""
    from derive.search.order_core import Prover
    from derive.search.order_strategies import STRATEGIES

    return Prover(STRATEGIES, fuel)


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

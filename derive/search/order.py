"""Search for order claims and ``≠``: first from the sign of the difference, then by the strategies.

The registry `STRATEGIES` says what is tried on a difference whose sign bounds do not show, cheapest
first. See `derive.search.order_core` for what a strategy is.
"""

from __future__ import annotations

from typing import Final

from derive.kernel.theorem import Theorem
from derive.search.choices import Choices, Refine
from derive.search.conditions import show
from derive.search.order_cases import by_cases, by_stated_cases
from derive.search.order_core import Entry, Prover
from derive.search.order_derivative import by_derivative
from derive.search.order_functions import by_carried_order, by_known_bounds, by_logarithms, by_roots
from derive.search.order_polynomials import by_products, by_products_with_logarithms, by_square
from derive.search.order_tangents import by_tangents, by_tight_tangents
from derive.search.sums_order import prove_sum_order
from derive.search.tower import MAX_RESTARTS, Tower
from derive.terms.context import Claim, Context

DEPTH: Final = 5
FUEL: Final = 400
CONDITIONS_DEPTH: Final = 2

STRATEGIES: Final = (
    Entry("stated cases", by_stated_cases, cost=0, stages=("split",)),
    Entry("cases", by_cases, cost=0),
    Entry("square", by_square),
    Entry("roots", by_roots),
    Entry("known bounds", by_known_bounds, depth=1),
    Entry("products", by_products, cost=2),
    Entry("carried order", by_carried_order, cost=2, depth=1),
    Entry("logarithms", by_logarithms, cost=2, depth=1),
    Entry("tangents", by_tangents, cost=4),
    Entry("products with logarithms", by_products_with_logarithms, cost=2),
    Entry("derivative", by_derivative, cost=6, depth=1, stages=("form", "stated")),
    Entry("tight tangents", by_tight_tangents, cost=6),
)
"""What is tried on ``0 ⋈ N``, in this order."""


def prove_order(context: Context, claim: Claim) -> tuple[Theorem, Tower]:
    """A theorem for ``a < b``, ``a <= b`` or ``a != b``. Raises KernelError when none is found."""
    claim = claim.oriented()
    if claim.relation == "!=" and (quick := _from_factors(context, claim)) is not None:
        return quick
    prover = Prover(STRATEGIES, FUEL)
    theorem = prover.prove(context, claim, DEPTH)
    if theorem is None:
        return prove_sum_order(context, claim, prove_order)
    theorem = prover.without_conditions(theorem, CONDITIONS_DEPTH)
    return theorem, prover.tower(context)


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

"""Search for order claims and ``≠``: from the sign of the difference of the two sides."""

from __future__ import annotations

from derive.kernel.theorem import KernelError, Theorem
from derive.search.conditions import show
from derive.search.tower import Tower
from derive.terms.context import Claim, Context


def prove_order(context: Context, claim: Claim) -> tuple[Theorem, Tower]:
    """A theorem for ``a < b``, ``a <= b`` or ``a != b``. Raises KernelError when none is found."""
    tower = Tower(context, {}, split=False)
    theorem = show(claim.oriented(), tower)
    if theorem is None:
        raise KernelError(f"order: the sign of the difference in {claim} is not known")
    return theorem, tower

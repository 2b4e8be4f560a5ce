"""Conditions that bounds alone do not show, given to the order prover."""

from __future__ import annotations

from derive.kernel.theorem import Theorem
from derive.search.conditions import discharge_all
from derive.search.order import DEPTH, prover
from derive.search.tower import Tower


def fulfilled(theorem: Theorem, tower: Tower) -> Theorem:
    """The theorem with every condition discharged that bounds or the order prover show."""
    theorem = discharge_all(theorem, tower)
    if not theorem.conditions:
        return theorem
    tried = prover().without_conditions(theorem, DEPTH)
    return theorem if tried is theorem else discharge_all(tried, tower)

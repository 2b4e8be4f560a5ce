"""Conditions that bounds alone do not show, given to the order prover."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from derive.kernel import rules
from derive.kernel.theorem import KernelError, Theorem
from derive.search.conditions import discharge_all
from derive.search.order import DEPTH, prove_order, prover
from derive.search.sums_order import has_range
from derive.search.tower import Tower
from derive.terms.context import Claim, Context
from derive.terms.term import TermError

MAX_SUMS: Final = 4
"""Conditions about sums and products that are tried in one theorem."""


def fulfilled(theorem: Theorem, tower: Tower) -> Theorem:
    """The theorem with every condition discharged that bounds or the order prover show."""
    theorem = discharge_all(theorem, tower)
    if not theorem.conditions:
        return theorem
    tried = _without_sums(prover().without_conditions(theorem, DEPTH))
    return theorem if tried is theorem else discharge_all(tried, tower)


def _without_sums(theorem: Theorem) -> Theorem:
    """The theorem without the conditions about sums and products that are shown like any such claim."""
    from derive.search.order_samples import Samples

    context = theorem.context
    about = [c for c in theorem.conditions if c.relation != "=" and has_range(context, c)]
    samples = Samples(context) if 0 < len(about) <= MAX_SUMS else None
    for condition in sorted(about, key=str) if samples is not None else ():
        if samples is None or samples.refutes(condition):
            break
        proof = _about_sums(context, condition)
        if proof is None or condition in proof.conditions:
            break
        theorem = rules.discharge(theorem, proof)
    return theorem


def _about_sums(context: Context, claim: Claim) -> Theorem | None:
    claim = claim.oriented()
    if claim.relation != "!=":
        ways = [(claim, 0)]
    else:
        ways = [(Claim(claim.lhs, "<", claim.rhs), 1), (Claim(claim.rhs, "<", claim.lhs), -1)]
    for way, m in ways:
        try:
            proof, _ = prove_order(context, way)
            return rules.combine(context, claim, [proof], [Fraction(m)]) if m else proof
        except (KernelError, TermError):
            continue
    return None

"""Order claims that one hypothesis states, in other words or with room to spare."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from flint import fmpq_mpoly

from derive.kernel import rules
from derive.kernel.normal import Ring
from derive.kernel.theorem import KernelError, Theorem
from derive.search.polynomials import to_fraction
from derive.terms.context import Claim, Context
from derive.terms.term import num, sub

MAX_SIZE: Final = 200


def by_hypothesis(context: Context, claim: Claim) -> Theorem:
    """The claim as a multiple of one hypothesis and a number. Raises KernelError when none gives it.

    >>> from derive.terms import read_claim
    >>> ctx = Context().declare("x").declare("y").assume("h", read_claim("exp(x) - y < 0"))
    >>> by_hypothesis(ctx, read_claim("2*exp(x) < 2*y + 1"))
    ⊢ 2*exp(x) < 2*y + 1
    >>> by_hypothesis(ctx, read_claim("y != exp(x)"))
    ⊢ y != exp(x)
    """
    claim = claim.oriented()
    if claim.relation != "=" and claim.lhs.size + claim.rhs.size <= MAX_SIZE:
        for name, stated in context.hypotheses:
            if stated.relation != "=" and stated.free == claim.free:
                theorem = _multiple(context, claim, rules.hypothesis(context, name))
                if theorem is not None:
                    return theorem
    raise KernelError(f"hypotheses: none says that {claim}")


def _multiple(context: Context, claim: Claim, known: Theorem) -> Theorem | None:
    """``a ⋈ b`` where ``b - a = m*(q - p) + c`` for the hypothesis ``p ⋈ q`` and numbers m and c."""
    ring = Ring()
    gaps = [sub(c.rhs, c.lhs) for c in (claim, known.claim)]
    try:
        numbers = sorted(ring.generators(gaps[0]) | ring.generators(gaps[1]))
        (top, bottom), (other, under) = (ring.form(gap, numbers) for gap in gaps)
    except KernelError:
        return None
    found = _ratio(top * under, other * bottom, bottom * under)
    if found is None:
        return None
    m, c = found
    premises, multipliers = [known], [m]
    if c:
        sign = 1 if c > 0 else -1
        positive = Claim(num(0), "<", num(abs(c)))
        premises.append(rules.bound(context, positive))
        multipliers.append(Fraction(sign))
    try:
        return rules.combine(context, claim, premises, multipliers)
    except KernelError:
        return None


def _ratio(
    top: fmpq_mpoly, other: fmpq_mpoly, below: fmpq_mpoly
) -> tuple[Fraction, Fraction] | None:
    """Numbers m and c with ``top = m*other + c*below``."""
    one = next((m for m in other.monoms() if any(m)), None)
    if one is None:
        return None
    places = top.to_dict()
    if below.is_constant():
        scale = places.get(one)
        if scale is None:
            return None
        m = scale / other.to_dict()[one]
        rest = (top - other * m) * (1 / below.leading_coefficient())
        if not rest.is_constant():
            return None
        c = rest.leading_coefficient() if not rest.is_zero() else None
        return to_fraction(m), to_fraction(c) if c is not None else Fraction(0)
    if top.is_zero():
        return None
    m = top.leading_coefficient() / other.leading_coefficient()
    return (to_fraction(m), Fraction(0)) if top == other * m else None

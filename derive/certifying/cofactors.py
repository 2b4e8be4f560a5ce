"""The multipliers of the relations in a step of `ring`, out of the division that checks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flint import fmpq_mpoly

from derive.kernel.definedness import parts
from derive.kernel.normal import Ring
from derive.kernel.theorem import KernelError, Theorem
from derive.search.polynomials import polynomial_term
from derive.terms.term import Term, div, rational, sub

MAX_EXPONENT: Final = 4


def multipliers(theorem: Theorem) -> list[Term]:
    """Terms m with ``lhs - rhs = Σ m_i*(a_i - b_i)``, the relations ``a_i = b_i`` of a step of `ring`.

    They come out of the division by which the kernel checks the step. Raises KernelError when the
    division does not come out.
    """
    count, atoms = theorem.data
    relations = [t.claim for t in theorem.premises[count:]]
    if not relations:
        return []
    state = Ring([(t.claim.lhs, t.claim.rhs) for t in theorem.premises[:count]])
    for atom in atoms:
        state.atom_number(atom, count)
    gaps = [sub(c.lhs, c.rhs) for c in (theorem.claim, *relations)]
    factors = _denominators(theorem)
    numbers = sorted(frozenset[int]().union(*map(state.generators, [*gaps, *factors])))
    (left, bottom), *known = (state.form(gap, numbers) for gap in gaps)
    cofactors = _divided(left, [top for top, _ in known])
    names = [state.atoms[n] for n in reversed(numbers)]
    below, scale = _written_below(state, bottom, factors, numbers)
    return [
        _over(polynomial_term(c * under * scale, names), below)
        for c, (_, under) in zip(cofactors, known, strict=True)
    ]


def _divided(left: fmpq_mpoly, relations: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    cofactors = [left * 0 for _ in relations]
    for _ in range(8):
        for i, relation in enumerate(relations):
            if not relation.is_zero() and not relation.is_constant():
                quotient, left = divmod(left, relation)
                cofactors[i] = cofactors[i] + quotient
        if left.is_zero():
            return cofactors
    raise KernelError("certificate: a step of ring cannot be divided out again")


def _denominators(theorem: Theorem) -> list[Term]:
    """The denominators in a step and its premises, which are not 0 since both are defined."""
    out: dict[Term, None] = {}
    for claim in (theorem.claim, *(p.claim for p in theorem.premises)):
        for part in (*parts(claim.lhs), *parts(claim.rhs)):
            exponent = rational(part.args[1]) if part.head == "pow" else None
            if part.head == "div" and rational(part.args[1]) is None:
                out[part.args[1]] = None
            elif exponent is not None and exponent < 0 and rational(part.args[0]) is None:
                out[part.args[0]] = None
    return sorted(out, key=lambda t: (-t.size, str(t)))


def _written_below(
    state: Ring, bottom: fmpq_mpoly, factors: Sequence[Term], numbers: Sequence[int]
) -> tuple[list[Term], fmpq_mpoly]:
    """Known non-zero terms whose product is a multiple of a denominator, and the multiple."""
    if bottom.is_constant():
        return [], 1 / bottom.leading_coefficient() + bottom * 0
    for largest in range(1, MAX_EXPONENT + 1):
        top, under = bottom * 0 + 1, bottom
        chosen: list[Term] = []
        for factor in factors:
            over, below = state.form(factor, numbers)
            for _ in range(largest):
                if under.is_constant() or under.gcd(over).is_constant():
                    break
                top, under = top * over, under * below
                common = top.gcd(under)
                top, under = divmod(top, common)[0], divmod(under, common)[0]
                chosen.append(factor)
        if under.is_constant():
            return chosen, top * (1 / under.leading_coefficient())
    raise KernelError("certificate: a denominator is not made of the step's own")


def _over(term: Term, factors: Sequence[Term]) -> Term:
    for factor in factors:
        term = div(term, factor)
    return term

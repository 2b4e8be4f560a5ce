"""What the hypotheses of a context give the tower: rewrites, relations, and facts about signs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derive.kernel import rules
from derive.kernel.theorem import Theorem
from derive.search.polynomials import polynomial_term, solve_linear
from derive.terms.context import Claim
from derive.terms.term import BINDERS, Term, neg, num, rational, sub

if TYPE_CHECKING:
    from derive.search.tower import Tower


def use_hypotheses(tower: Tower) -> None:
    """Equations of the context: rewrites where one side is an atom, relations otherwise."""
    for name, claim in tower.context.hypotheses:
        if tower.nested and (_has_binder(claim.lhs) or _has_binder(claim.rhs)):
            continue
        theorem = rules.hypothesis(tower.context, name)
        if claim.relation != "=":
            _use_order(tower, theorem)
            continue
        for side in (theorem, rules.symmetry(theorem)):
            atom, other = side.claim.lhs, side.claim.rhs
            if atom.head in ("sym", "index", "call") and not _occurs(atom, other):
                tower.add(other)
                tower.done.add(atom)
                tower.rewrites.append(side)
                break
        else:
            _use_equation(tower, theorem)


def _use_order(tower: Tower, theorem: Theorem) -> None:
    """Keep ``0 ⋈ b - a`` for an order hypothesis, with the difference in normal form."""
    if theorem.claim.relation == "!=":
        return
    claim = theorem.claim
    difference = Claim(num(0), claim.relation, sub(claim.rhs, claim.lhs))
    gap = rules.combine(tower.context, difference, [theorem], [Fraction(1)])
    tower.add(gap.claim.rhs)
    form = tower.form(gap.claim.rhs)
    factors = form.factors()
    plain = polynomial_term(form.top, form.atoms)
    if len(form.bottom) == 1 and form.bottom.is_constant() and factors:
        if rational(factors[0][0]) == -1:
            plain = neg(polynomial_term(-form.top, form.atoms))
        tower.lemmas.append(rules.trans(gap, tower.equation(gap.claim.rhs, plain)))


def _use_equation(tower: Tower, theorem: Theorem) -> None:
    """Solve an equation for an atom in which it is linear; else keep it as a relation."""
    claim = theorem.claim
    tower.add(claim.lhs)
    tower.add(claim.rhs)
    solved = solve_linear(tower.form(sub(claim.lhs, claim.rhs)))
    if solved is None:
        tower.relations.append(theorem)
        return
    atom, other = solved
    tower.rewrites.append(
        rules.ring(tower.context, atom, other, tower.rewrites, [*tower.relations, theorem])
    )


def _occurs(part: Term, whole: Term) -> bool:
    return part == whole or any(_occurs(part, a) for a in whole.args)


def _has_binder(term: Term) -> bool:
    return term.head in BINDERS or any(map(_has_binder, term.args))

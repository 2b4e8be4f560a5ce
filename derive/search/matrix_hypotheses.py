"""What hypotheses about matrices give the tower: rules for words, and determinants that are not 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.kernel import rules
from derive.kernel.facts import fact
from derive.kernel.theorem import Theorem
from derive.search.words import Part, is_square, letters, parts, scaled_word, size_of
from derive.terms.context import Context
from derive.terms.printer import to_text
from derive.terms.term import Term, call, div, neg, rational, sub, total

if TYPE_CHECKING:
    from derive.search.tower import Tower


def use_matrix_equation(tower: Tower, theorem: Theorem) -> None:
    """An equation of matrices, its transpose and its determinant, each solved for its longest word."""
    context, lhs = tower.context, theorem.claim.lhs
    if is_square(context, lhs):
        same = rules.congruence(context, call("det", lhs), [theorem])
        tower.add(same.claim.lhs)
        tower.add(same.claim.rhs)
        tower.relations.append(same)
    pairs = [_inverse_pair(tower, t) for t in (theorem, rules.symmetry(theorem))]
    for known in (theorem, *(t for t in pairs if t is not None)):
        turned = rules.congruence(context, call("transpose", known.claim.lhs), [known])
        tower.add(turned.claim.lhs)
        tower.add(turned.claim.rhs)
        _use_word(tower, known)
        _use_word(tower, turned)


def _use_word(tower: Tower, theorem: Theorem) -> None:
    lhs, rhs = theorem.claim.lhs, theorem.claim.rhs
    tower.add(lhs)
    tower.add(rhs)
    summands = parts(tower, sub(lhs, rhs))
    leads = [p for p in summands if rational(p[0]) and letters(p[1])]
    if not leads:
        if summands:
            tower.relations.append(theorem)
        return
    lead = max(leads, key=lambda p: (len(letters(p[1])), to_text(p[1])))
    out = _rest(summands, lead, size_of(tower.context, lhs))
    solved = rules.ring(tower.context, lead[1], out, tower.rewrites, [theorem])
    if not _occurs(lead[1], out):
        tower.given.append((letters(lead[1]), out, solved))
        tower.add(out)
        tower.adopt(solved)


def _rest(summands: list[Part], lead: Part, shape: tuple[Term, Term]) -> Term:
    """What the leading word equals when the sum is zero."""
    others = [scaled_word(p) for p in summands if p is not lead]
    if not others:
        return call("zeros", *shape)
    return div(total(others), neg(lead[0])) if rational(lead[0]) != -1 else total(others)


def _occurs(part: Term, whole: Term) -> bool:
    return part == whole or any(_occurs(part, a) for a in whole.args)


def _inverse_pair(tower: Tower, theorem: Theorem) -> Theorem | None:
    """``B @ A = eye(n)`` from ``A @ B = eye(n)`` for square A; neither determinant is 0."""
    context, product, one = tower.context, theorem.claim.lhs, theorem.claim.rhs
    if product.head != "matmul" or one.head != "call" or one.payload != "eye":
        return None
    a, b = product.args
    if not is_square(context, a):
        return None
    known = rules.discharge(_given(context, "invertible", a, b), theorem)
    unique = rules.discharge(_given(context, "inverse_unique", a, b), theorem)
    cancels = fact(context, "inverse_left", {"A": a, "n": one.args[0]})
    sides = [rules.discharge(unique, known), rules.refl(context, a)]
    swapped = rules.congruence(context, cancels.claim.lhs, sides)
    other = rules.trans(rules.symmetry(swapped), cancels)
    other = rules.discharge(other, known) if known.claim in other.conditions else other
    tower.nonzero += [known, rules.discharge(_given(context, "invertible", b, a), other)]
    return other


def _given(context: Context, name: str, a: Term, b: Term) -> Theorem:
    return fact(context, name, {"A": a, "B": b, "n": size_of(context, a)[0]})

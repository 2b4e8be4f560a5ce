"""What the hypotheses of a context give the tower: rewrites, relations, and facts about signs.

A hypothesis of which nothing can be made is passed over: what holds without it is proved without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from derive.kernel import rules
from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Refine
from derive.search.matrix_hypotheses import use_matrix_equation
from derive.search.polynomials import Fractional, polynomial_term, solve_linear
from derive.search.scopes import left_aside
from derive.terms.context import Claim, Context, Relation
from derive.terms.heads import BINDERS, FUNCTIONS
from derive.terms.shapes import is_matrix
from derive.terms.term import Term, TermError, add, div, mul, neg, num, rational, sub, subterms

if TYPE_CHECKING:
    from derive.search.tower import Tower


UNSTEADY: Final = frozenset({"int", "over", "mean", "fun"})
"""What is worked out about these depends on what else is being worked on."""

INTEGRALS: Final = frozenset({"int", "over", "mean"})


def plain_hypotheses(context: Context) -> bool:
    """Whether no hypothesis speaks of an integral, its definitions written out."""
    known: bool | None = context._memo.get(plain_hypotheses)
    if known is None:
        sides = [side for _, claim in context.hypotheses for side in (claim.lhs, claim.rhs)]
        bodies = [d.body for d in context.definitions]
        parts = (part.head for term in (*sides, *bodies) for part in subterms(term))
        known = context._memo[plain_hypotheses] = UNSTEADY.isdisjoint(parts)
    return known


def use_hypotheses(tower: Tower) -> None:
    """Equations of the context: rewrites where one side is an atom, relations otherwise."""
    aside = left_aside()
    for name, claim in _in_order(tower.context.hypotheses):
        if name in aside or claim.lhs.head == "fun":
            continue
        if tower.nested and any(
            _has_binder(tower.context, side) for side in (claim.lhs, claim.rhs)
        ):
            continue
        before = tower.kept()
        try:
            _use(tower, rules.hypothesis(tower.context, name))
        except Refine:
            raise
        except (KernelError, TermError):
            tower.restore(before)


def _use(tower: Tower, theorem: Theorem) -> None:
    claim = theorem.claim
    if claim.relation != "=":
        _use_order(tower, theorem)
        return
    if claim.lhs.head == "over" and _occurs(claim.lhs, claim.rhs):
        return
    for side in (theorem, rules.symmetry(theorem)):
        atom, other = side.claim.lhs, side.claim.rhs
        fresh = atom not in tower.done
        if fresh and _is_opaque(atom) and not _occurs(atom, other) and not _is_backward(side.claim):
            tower.add(other)
            tower.done.add(atom)
            tower.rewrites.append(side)
            return
    _use_equation(tower, theorem)


def _is_backward(claim: Claim) -> bool:
    """Whether the claim says what a name is by an integral: then the name says what the integral is."""
    return claim.lhs.head not in INTEGRALS and any(
        part.head in INTEGRALS for part in subterms(claim.rhs)
    )


def _use_order(tower: Tower, theorem: Theorem) -> None:
    """Keep ``0 ⋈ b - a`` for an order hypothesis, with the difference in normal form."""
    if theorem.claim.relation == "!=":
        return
    claim = theorem.claim
    difference = Claim(num(0), claim.relation, sub(claim.rhs, claim.lhs))
    gap = rules.combine(tower.context, difference, [theorem], [Fraction(1)])
    tower.add(gap.claim.rhs)
    for plain in _plain(tower.form(gap.claim.rhs)):
        tower.learn(rules.trans(gap, tower.equation(gap.claim.rhs, plain)))


def _plain(form: Fractional) -> list[Term]:
    """A polynomial as a term, and as the negative of one when its leading coefficient is negative."""
    factors = form.factors()
    if not form.bottom.is_constant() or not factors:
        return []
    plain = polynomial_term(form.top, form.atoms)
    if rational(factors[0][0]) == -1:
        return [neg(polynomial_term(-form.top, form.atoms)), plain]
    return [plain]


def _use_equation(tower: Tower, theorem: Theorem) -> None:
    """Solve an equation for an atom in which it is linear; else keep it as a relation."""
    claim = theorem.claim
    if is_matrix(tower.context, claim.lhs):
        use_matrix_equation(tower, theorem)
        return
    tower.add(claim.lhs)
    tower.add(claim.rhs)
    written = frozenset(part for t in tower.rewrites for part in subterms(t.claim.rhs))
    solved = solve_linear(
        tower.form(sub(claim.lhs, claim.rhs)),
        lambda a: tower.sign(a) != 0,
        lambda a: a.head != "call" or a not in written,
    )
    if solved is None:
        tower.relations.append(theorem)
        return
    atom, other, slope = solved
    try:
        same = _solved(tower, theorem, atom, other, slope)
    except KernelError:
        tower.relations.append(theorem)
        return
    tower.adopt(same)
    _keep_bounds(tower, same)


def _solved(tower: Tower, theorem: Theorem, atom: Term, other: Term, slope: Term) -> Theorem:
    """``atom = other`` from an equation that says ``slope*(atom - other) = 0``. Raises KernelError.

    Where slope and other had a factor in common, ``atom = other + slope*(atom - other)/slope`` is used.
    """
    context, rewrites = tower.context, tower.rewrites
    relations = [*tower.relations, theorem]
    try:
        return rules.ring(context, atom, other, rewrites, relations)
    except KernelError:
        if rational(slope) is not None:
            raise
    zero = num(0)
    gap = mul(slope, sub(atom, other))
    none = rules.ring(context, gap, zero, rewrites, relations)
    whole = rules.ring(context, atom, add(other, div(gap, slope)))
    over = rules.congruence(context, div(gap, slope), [none, rules.refl(context, slope)])
    less = rules.congruence(context, whole.claim.rhs, [rules.refl(context, other), over])
    plain = rules.ring(context, less.claim.rhs, other)
    return rules.trans(rules.trans(whole, less), plain)


def _keep_bounds(tower: Tower, same: Theorem) -> None:
    """What the domain of an atom says of the term that takes its place."""
    interval = tower.bounds.of(same.claim.lhs)
    ends = [(interval.lower, interval.lower_open, 1), (interval.upper, interval.upper_open, -1)]
    for end, is_open, sign in ends:
        if end is None or same.conditions:
            continue
        try:
            _keep_bound(tower, same, num(end), "<" if is_open else "<=", sign)
        except KernelError:
            continue


def _keep_bound(tower: Tower, same: Theorem, end: Term, relation: Relation, sign: int) -> None:
    at, gap = (sub(t, end) if sign > 0 else sub(end, t) for t in (same.claim.lhs, same.claim.rhs))
    shown = rules.bound(tower.context, Claim(num(0), relation, at))
    for plain in _plain(tower.form(gap)):
        lemma = Claim(num(0), relation, plain)
        multipliers = [Fraction(1), Fraction(sign)]
        tower.learn(rules.combine(tower.context, lemma, [shown, same], multipliers))


def _is_opaque(term: Term) -> bool:
    """Whether a term has no parts that the tower would express by others."""
    return term.head in ("sym", "index", "over") or (
        term.head == "call" and term.payload not in FUNCTIONS
    )


def _occurs(part: Term, whole: Term) -> bool:
    return part == whole or any(_occurs(part, a) for a in whole.args)


def _has_binder(context: Context, term: Term) -> bool:
    """Whether a term binds a variable, its definitions written out."""
    if term.head in BINDERS or any(_has_binder(context, a) for a in term.args):
        return True
    definition = context.definition_of(term)
    return definition is not None and _has_binder(context, definition.body)


def _in_order(hypotheses: Sequence[tuple[str, Claim]]) -> list[tuple[str, Claim]]:
    """The hypotheses so that one that says what an atom is comes before those that use the atom.

    A rewrite sees only the rewrites before it, so ``a(t - 1) = …`` must precede ``a(t) = a(t - 1)*b(t)``.
    """
    left, out = list(hypotheses), []
    while left:
        lhs = [c.lhs for _, c in left if c.relation == "="]
        free = [h for h in left if not any(_occurs(a, h[1].rhs) for a in lhs if a != h[1].lhs)]
        out += free or left
        left = [h for h in left if h not in out]
    return out

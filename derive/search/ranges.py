"""What the search knows of a range: plain ends, where the index stands, a last term taken off."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derive.kernel import rules
from derive.kernel.normal import Ring
from derive.kernel.theorem import KernelError, Theorem
from derive.kernel.unfolding import unfold
from derive.search import indices
from derive.search.conditions import show
from derive.search.polynomials import normal_form
from derive.terms.context import Claim, Context
from derive.terms.heads import BINDERS, FUNCTIONS
from derive.terms.term import Term, num, rational, rebuild, sub, sym

if TYPE_CHECKING:
    from derive.search.tower import Tower

ZERO, ONE = num(0), num(1)


def plain_end(tower: Tower, end: Term) -> Term:
    """An end in normal form, or as it is when that is no longer written as an integer."""
    for form in (tower.form(end), normal_form(Ring(), end)):
        plain = form.term()
        if tower.context.is_integer(plain):
            return plain
    return end


def closed(tower: Tower, theorem: Theorem) -> Theorem:
    """The theorem without the conditions on its ends that algebra and bounds show."""
    for claim in sorted(theorem.conditions, key=str):
        try:
            if claim.relation == "=":
                proof: Theorem | None = _same(tower, claim)
            else:
                proof = holds(tower, claim)
        except KernelError:
            continue
        if proof is not None and claim not in proof.conditions:
            theorem = rules.discharge(theorem, proof)
    return theorem


def holds(tower: Tower, claim: Claim) -> Theorem | None:
    """An order claim by bounds, or as a hypothesis and something that is not negative."""
    proof = show(claim, tower)
    if proof is not None or claim.relation not in ("<", "<="):
        return proof
    for lemma in tower.lemmas:
        gap = sub(sub(claim.rhs, claim.lhs), lemma.claim.rhs)
        try:
            rest = rules.bound(tower.context, Claim(ZERO, "<=", normal_form(Ring(), gap).term()))
            return rules.combine(tower.context, claim, [lemma, rest], [Fraction(1)] * 2)
        except KernelError:
            continue
    return None


def _same(tower: Tower, claim: Claim) -> Theorem:
    try:
        return rules.ring(tower.context, claim.lhs, claim.rhs)
    except KernelError:
        return tower.equation(claim.lhs, claim.rhs)


def peeled(context: Context, node: Term, last: Term) -> list[Theorem]:
    """``Σ_a^(last + 1) f = Σ_a^last f + f(last + 1)`` as rewrites, each using those before it."""
    high = node.args[2]
    split = indices.range_split(context, node, last, high)
    single = split.claim.rhs.args[1]
    moved = indices.range_move(context, single, high, ZERO, ZERO)
    out = [unfold(context, moved.claim.rhs), moved, split]
    for place, theorem in enumerate(out):
        for claim in theorem.conditions:
            theorem = rules.discharge(theorem, _obvious(context, claim))
        out[place] = theorem
    return out


def _obvious(context: Context, claim: Claim) -> Theorem:
    """A condition by algebra, by bounds, or since the two sides differ by a positive number."""
    if claim.relation == "=":
        return rules.ring(context, claim.lhs, claim.rhs)
    try:
        return rules.bound(context, claim)
    except KernelError:
        one = rules.bound(context, Claim(ZERO, "<", ONE))
        return rules.combine(context, claim, [one], [Fraction(1)])


def tidy(term: Term) -> Term:
    """The same term with indices, arguments of declared functions and exponents in normal form."""
    if term.head in BINDERS:
        return term
    args = tuple(tidy(a) for a in term.args)
    named = term.head == "index" or (term.head == "call" and term.payload not in FUNCTIONS)
    if named or (term.head == "pow" and rational(args[1]) is None):
        kept = 0 if named else 1
        args = args[:kept] + tuple(normal_form(Ring(), a).term() for a in args[kept:])
    return rebuild(term, args)


def anchors(body: Term, name: str) -> list[tuple[int, Term]]:
    """Where ``name`` stands as ``rest + name`` or ``rest - name`` in an argument: the sign, the rest.

    Arguments of functions and families and ends of ranges count, and linear denominators; a rest that
    speaks of a variable bound inside the body does not.
    """
    found: dict[tuple[int, Term], None] = {}
    _collect(body, name, frozenset(), found)
    return list(found)


def _collect(
    term: Term, name: str, bound: frozenset[str], found: dict[tuple[int, Term], None]
) -> None:
    if name not in term.free:
        return
    places: tuple[Term, ...] = ()
    if term.head in ("index", "call"):
        places = term.args
    elif term.head in ("sum", "prod"):
        places = term.args[1:]
    elif term.head == "div":
        places = tuple(_factors(term.args[1]))
    for place in places:
        anchor = _linear(place, name)
        if anchor is not None and not anchor[1].free & bound:
            found[anchor] = None
    inside = bound | {term.payload} if term.head in BINDERS else bound
    for arg in term.args:
        _collect(arg, name, inside, found)


def _factors(term: Term) -> list[Term]:
    if term.head == "mul":
        return [f for arg in term.args for f in _factors(arg)]
    return _factors(term.args[0]) if term.head == "pow" else [term]


def _linear(term: Term, name: str) -> tuple[int, Term] | None:
    for sign, index in ((1, sym(name)), (-1, sub(ZERO, sym(name)))):
        try:
            rest = normal_form(Ring(), sub(term, index)).term()
        except KernelError:
            return None
        if name not in rest.free:
            return sign, rest
    return None

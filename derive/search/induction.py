"""Induction on an integer symbol at the end of a range."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from derive.kernel import rules, sums
from derive.kernel.normal import Ring
from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Choices, Refine
from derive.search.conditions import discharge_all
from derive.search.polynomials import normal_form
from derive.search.ranges import peeled
from derive.search.tower import MAX_RESTARTS, Tower, prove_equal
from derive.terms.context import Claim, Context
from derive.terms.heads import BINDERS
from derive.terms.term import Term, add, mul, num, rebuild, sub, subterms, sym

MAX_NESTED: Final = 2
STEP: Final = "induction on"

Prove = Callable[[Context, Claim], tuple[Theorem, Tower]]


def by_induction(context: Context, lhs: Term, rhs: Term) -> tuple[Theorem, Tower]:
    """An equation of sums and products, by induction. Raises KernelError when that does not prove it."""
    return inductively(context, Claim(lhs, "=", rhs), equality)


def equality(context: Context, claim: Claim) -> tuple[Theorem, Tower]:
    """An equation by the tower alone."""
    return prove_equal(context, claim.lhs, claim.rhs)


def inductively(
    context: Context, claim: Claim, prove: Prove, nested: int = MAX_NESTED
) -> tuple[Theorem, Tower]:
    """A claim by induction on one of the symbols in its ranges, its base and step by ``prove``.

    What ``prove`` leaves open is tried by induction on another symbol. Raises KernelError.
    """
    failure = KernelError("induction: no range ends in a symbol over all integers from some one on")
    for name in candidates(context, claim):
        try:
            theorem = _on(context, claim, name, prove, nested)
        except KernelError as error:
            failure = error
            continue
        return theorem, Tower(context, Choices(), split=False)
    raise failure


def candidates(context: Context, claim: Claim) -> list[str]:
    """The symbols of a claim that stand in the ends of ranges and are free for induction."""
    fixed = [c.free for _, c in context.hypotheses]
    fixed += [d.body.free - set(d.parameters) for d in context.definitions]
    tied = frozenset[str]().union(*fixed, context.dimensions())
    found = {n for side in (claim.lhs, claim.rhs) for n in _in_ends(context, side) - tied}
    return sorted(n for n in found & claim.free if _from_some_one_on(context, n))


def _in_ends(context: Context, term: Term) -> set[str]:
    """The names free in the ends of ranges of a term, definitions being looked into."""
    found: set[str] = set()
    for part in subterms(term):
        if part.head in ("sum", "prod"):
            found |= part.args[1].free | part.args[2].free
        definition = context.definition_of(part)
        if definition is not None:
            found |= _in_ends(context, definition.apply(part.args))
    return found


def _from_some_one_on(context: Context, name: str) -> bool:
    if name not in context or context[name].kind != "scalar":
        return False
    domain = context[name].domain
    least, most = domain.integer_range()
    return domain.integer and not domain.nonzero and least is not None and most is None


def _on(context: Context, claim: Claim, name: str, prove: Prove, nested: int) -> Theorem:
    least, _ = context[name].domain.integer_range()
    assert least is not None
    base = _proved(context, claim.substitute({name: num(least)}), prove, nested)
    wanted = claim.substitute({name: add(sym(name), num(1))})
    if claim.relation in ("<", "<="):
        try:
            return sums.induction(name, claim, _added(context, claim, wanted, prove), base)
        except KernelError:
            pass
    known = context.assume(f"{STEP} {name}", claim)
    try:
        step = _proved(known, wanted, prove, nested)
    except KernelError as error:
        try:
            step = _after_peeling(known, wanted, name, prove)
        except KernelError:
            raise error from None
    return sums.induction(name, claim, rules.instantiate(context, step, {}), base)


def _after_peeling(context: Context, wanted: Claim, name: str, prove: Prove) -> Theorem:
    """An equation of sums up to n + 1, each written as the sum up to n and its last term, which n + 1
    may stand in besides. Raises KernelError."""
    sides, used = [], False
    for side in (wanted.lhs, wanted.rhs):
        rewrites: list[Theorem] = []
        plain = _peeled(context, side, sym(name), rewrites)
        used = used or bool(rewrites)
        sides.append(rules.ring(context, side, plain, rewrites))
    if wanted.relation != "=" or not used:
        raise KernelError("induction: no range is longer by one")
    left, right = sides
    middle, tower = prove(context, Claim(left.claim.rhs, "=", right.claim.rhs))
    whole = rules.trans(rules.trans(left, middle), rules.symmetry(right))
    return discharge_all(whole, tower)


def _peeled(context: Context, term: Term, last: Term, rewrites: list[Theorem]) -> Term:
    """The term with the last terms of its sums and products up to ``last + 1`` taken off."""
    if term.head in ("sum", "prod"):
        gap = normal_form(Ring(), sub(term.args[2], last)).constant
        if gap != 1:
            return term
        single, moved, split = peeled(context, term, last)
        rewrites += [single, moved, split]
        join = add if term.head == "sum" else mul
        return join(split.claim.rhs.args[0], single.claim.rhs)
    if term.head in BINDERS:
        return term
    return rebuild(term, tuple(_peeled(context, a, last, rewrites) for a in term.args))


def _added(context: Context, claim: Claim, wanted: Claim, prove: Prove) -> Theorem:
    """``[P(n)] ⊢ P(n + 1)`` for an inequality whose gap does not shrink. Raises KernelError."""
    growth = sub(sub(wanted.rhs, wanted.lhs), sub(claim.rhs, claim.lhs))
    tower = _with(context, growth)
    plain = tower.form(growth).term()
    shown, _ = prove(context, Claim(num(0), "<=", plain))
    grown = rules.trans(shown, tower.equation(plain, growth))
    assumed = rules.bound(context, claim, [claim])
    step = rules.combine(context, wanted, [assumed, grown], [Fraction(1), Fraction(1)])
    return discharge_all(step, tower)


def _with(context: Context, term: Term) -> Tower:
    """A tower that holds a term. Raises KernelError."""
    choices = Choices()
    for _ in range(MAX_RESTARTS):
        try:
            tower = Tower(context, choices, split=False)
            tower.add(term)
            return tower
        except Refine:
            continue
    raise KernelError("induction: the generators keep being refined")


def _proved(context: Context, claim: Claim, prove: Prove, nested: int) -> Theorem:
    try:
        theorem, tower = prove(context, claim)
    except KernelError:
        if nested == 0:
            raise
        theorem, tower = inductively(context, claim, prove, nested - 1)
    return discharge_all(theorem, tower)

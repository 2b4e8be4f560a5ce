"""Case splits: absolute values by the sign of what is inside, and hypotheses added and taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from derive.kernel import rules
from derive.kernel.facts import fact
from derive.kernel.theorem import KernelError, Theorem
from derive.kernel.unfolding import unfold
from derive.search.conditions import sweep
from derive.search.order_core import Core, Prover
from derive.search.order_space import ZERO
from derive.terms.context import Claim, Context
from derive.terms.heads import BINDERS
from derive.terms.term import Term, call, neg, rebuild, sub, subterms

MAX_SPLITS: Final = 5


def by_cases(core: Core) -> Theorem | None:
    """Split on the sign of the argument of an absolute value or a sign."""
    if sum(name.startswith("case ") for name, _ in core.context.hypotheses) >= MAX_SPLITS:
        return None
    for inner in _split_points(core):
        found = core.samples.signs(inner)
        if found is None:
            continue
        below, above = found
        low, high = Claim(inner, "<", ZERO), Claim(ZERO, "<=", inner)
        if not below or not above:
            return _one_case(core, high if not below else Claim(inner, "<=", ZERO))
        first = under(core.prover, core.context, low, core_claim(core), core.depth)
        if first is None:
            return None
        second = under(core.prover, core.context, high, core_claim(core), core.depth)
        if second is None:
            return None
        if first.claim != second.claim:
            return None
        return rules.cases(low, first, second)
    return None


def core_claim(core: Core) -> Claim:
    """The goal as a claim."""
    return Claim(ZERO, core.relation, core.term)


def _split_points(core: Core) -> Iterator[Term]:
    """The arguments of absolute values and signs, the plainest first."""
    inside = [
        part.args[0]
        for part in subterms(core.term)
        if part.head == "call" and part.payload in ("abs", "sign")
    ]
    yield from sorted(inside, key=lambda argument: argument.size)


def _one_case(core: Core, sign: Claim) -> Theorem | None:
    """Only one case occurs at the samples: show that it is the only one, and use it."""
    lemma = core.prove(sign.lhs, sign.relation, sign.rhs)
    if lemma is None:
        return None
    theorem = under(core.prover, core.context, lemma.claim, core_claim(core), core.depth)
    return None if theorem is None else granted(theorem, lemma)


def under(
    prover: Prover, context: Context, assumed: Claim, claim: Claim, depth: int
) -> Theorem | None:
    """``claim`` with the condition ``assumed``, proved with that as a hypothesis."""
    inner = context.assume(fresh(context), assumed)
    theorem = prover.prove(inner, claim, depth)
    if theorem is None:
        return None
    return rules.instantiate(context, theorem, {})


def granted(theorem: Theorem, lemma: Theorem) -> Theorem:
    """The theorem without the condition that the lemma shows."""
    return rules.discharge(theorem, lemma) if lemma.claim in theorem.conditions else theorem


def fresh(context: Context) -> str:
    """A name for one more hypothesis."""
    taken = {name for name, _ in context.hypotheses}
    number = len(taken) + 1
    while f"case {number}" in taken:
        number += 1
    return f"case {number}"


def split_on(core: Core, low: Claim, high: Claim) -> Theorem | None:
    """The goal in both of two opposite cases."""
    proofs = []
    for case in (low, high):
        theorem = under(core.prover, core.context, case, core_claim(core), core.depth - 1)
        if theorem is None:
            return None
        proofs.append(theorem)
    try:
        return rules.cases(low, *proofs)
    except KernelError:
        return None


def by_stated_cases(core: Core) -> Theorem | None:
    """Split on an absolute value, a larger or a smaller value where it stands in the claim.

    In each case the value is replaced by what it is there, so that the rest keeps its form.
    """
    if sum(name.startswith("case ") for name, _ in core.context.hypotheses) >= MAX_SPLITS:
        return None
    part = _innermost(core.term)
    if part is None:
        return None
    inner = part.args[0] if part.payload == "abs" else sub(*part.args)
    found = core.samples.signs(inner)
    if found is None:
        return None
    low, high = Claim(inner, "<", ZERO), Claim(ZERO, "<=", inner)
    if not all(found):
        case = high if not found[0] else Claim(inner, "<=", ZERO)
        lemma = core.prove(case.lhs, case.relation, case.rhs)
        if lemma is None or lemma.claim != case:
            return None
        theorem = _replaced(core, part, case)
        return None if theorem is None else granted(theorem, lemma)
    proofs = []
    for case in (low, high):
        theorem = _replaced(core, part, case)
        if theorem is None:
            return None
        proofs.append(theorem)
    return rules.cases(low, *proofs)


def _innermost(term: Term) -> Term | None:
    """The first absolute value, maximum or minimum outside binders that has no other inside."""
    if term.head in BINDERS:
        return None
    for arg in term.args:
        found = _innermost(arg)
        if found is not None:
            return found
    return term if term.head == "call" and term.payload in ("abs", "max", "min") else None


def _replaced(core: Core, part: Term, case: Claim) -> Theorem | None:
    """The goal with ``case`` as a condition, the part having its value in that case."""
    inner = core.context.assume(fresh(core.context), case)
    same = _value(inner, part, positive=case.rhs != ZERO)
    plain = _with_value(core.term, part, same.claim.rhs)
    theorem = core.prover.prove(inner, Claim(ZERO, core.relation, plain), core.depth)
    if theorem is None:
        return None
    equation = rules.ring(inner, plain, core.term, [same])
    whole = sweep(rules.trans(theorem, equation), core.prover.tower(inner))
    return rules.instantiate(core.context, whole, {})


def _value(context: Context, part: Term, *, positive: bool) -> Theorem:
    """``abs(u) = u`` or ``-u``, and likewise for the larger and the smaller of two values."""
    inner = part.args[0] if part.payload == "abs" else sub(*part.args)
    size = call("abs", inner)
    side = inner if positive else neg(inner)
    same = fact(context, "abs_nonnegative", {"a": side})
    same = rules.discharge(same, rules.bound(context, Claim(ZERO, "<=", side)))
    if not positive:
        same = rules.trans(rules.symmetry(fact(context, "abs_even", {"a": inner})), same)
    if part == size:
        return same
    value = part.args[positive != (part.payload == "max")]
    return rules.ring(context, part, value, [same, unfold(context, part)])


def _with_value(term: Term, part: Term, value: Term) -> Term:
    if term == part:
        return value
    if term.head in BINDERS:
        return term
    return rebuild(term, tuple(_with_value(a, part, value) for a in term.args))

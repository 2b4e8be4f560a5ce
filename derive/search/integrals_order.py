"""Inequalities between two integrals over one interval, from that of the integrands at every point."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from derive.kernel import rules
from derive.kernel.definedness import parts
from derive.kernel.schemas import schema
from derive.kernel.theorem import KernelError, Theorem
from derive.search.limits import between, tower_of
from derive.search.linearity import ranges
from derive.search.tower import Tower
from derive.terms.context import Claim, Context
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, sym

Prove = Callable[[Context, Claim], tuple[Theorem, Tower]]


def compares_integrals(claim: Claim) -> bool:
    """Whether both sides are integrals over one interval."""
    sides = (claim.lhs, claim.rhs)
    return all(t.head == "int" for t in sides) and sides[0].args[1:] == sides[1].args[1:]


def prove_integral_order(context: Context, claim: Claim, prove: Prove) -> tuple[Theorem, Tower]:
    """``Int f <= Int g`` from ``f <= g`` between the ends. Raises KernelError.

    That an integral exists is shown by its value, or by a hypothesis that speaks of it.
    """
    from derive.search.conditions import discharge_all

    claim = claim.oriented()
    if claim.relation != "<=" or not compares_integrals(claim):
        raise KernelError(f"order: {claim} is not about two integrals over one interval")
    given = [next(_speaking(context, side), None) for side in (claim.lhs, claim.rhs)]
    for side, theorem in zip((claim.lhs, claim.rhs), given, strict=True):
        if theorem is None:
            raise KernelError(f"order: nothing shows that {side} exists: state it as h_integrable")
    name = fresh_name("x", {d.name for d in context} | claim.free)
    bodies = [substitute(t.args[0], {t.payload: sym(name)}) for t in (claim.lhs, claim.rhs)]
    inner = between(context, name, claim.lhs.args[1:])
    shown, tower = prove(inner, Claim(bodies[0], "<=", bodies[1]))
    shown = discharge_all(shown, tower)
    if open_ := [c for c in shown.conditions if name in c.free]:
        raise KernelError(f"{shown.claim} needs {open_[0]} at every point")
    letters = {**ranges(claim.lhs), "f": ((name,), bodies[0]), "g": ((name,), bodies[1])}
    theorem = schema(
        context, "integral_at_most", letters, [shown], [g for g in given if g is not None]
    )
    return theorem, tower_of(context)


def _speaking(context: Context, node: Term) -> Iterator[Theorem]:
    """Theorems that speak of an integral, and so show that it exists."""
    from derive.search.integrals import evaluated

    for name, claim in context.hypotheses:
        if claim.lhs.head != "fun" and node in (*parts(claim.lhs), *parts(claim.rhs)):
            yield rules.hypothesis(context, name)
    known = evaluated(context, node)
    if known is not None:
        yield known

"""Monotonicity: from the sign of a derivative on an interval to the order of two values."""

from __future__ import annotations

from derive.kernel.definedness import conditions
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context, membership
from derive.terms.substitution import substitute
from derive.terms.term import Term, rational, sym


def monotone(context: Context, theorem: Theorem, low: Term, high: Term) -> Theorem:
    """From ``0 ⋈ diff(f, x)`` for every x of an interval infer ``f(low) ⋈ f(high)``, ⋈ being ≤ or <.

    The premise lives in ``context`` with one more real scalar x, whose domain and whose further
    hypotheses, each ``x ⋈ t`` or ``t ⋈ x`` with t free of x, make an interval; no condition may speak of
    x. That f is differentiable there is part of the premise, which says that the derivative exists. Both
    points must lie in the interval, and ``low ⋈ high`` must hold (Rudin, theorem 5.11).

    >>> from derive.kernel.rules import bound
    >>> from derive.terms import Context, read, read_claim
    >>> ctx = Context().declare("a").declare("b")
    >>> growing = bound(ctx.declare("x"), read_claim("0 <= exp(x)"))
    >>> monotone(ctx, growing, read("a"), read("b"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: monotone: 0 <= exp(x) does not give the sign of a derivative in x
    """
    added = theorem.context.beyond(context)
    claim = theorem.claim
    if added is None or len(added[0]) != 1:
        raise KernelError(f"monotone: {theorem} does not speak of one more name")
    (name,), hypotheses = added
    x, node, declared = sym(name), claim.rhs, theorem.context[name]
    if (
        claim.relation not in ("<", "<=")
        or rational(claim.lhs) != 0
        or node.head != "diff"
        or node.args[1] != x
        or (node.payload != name and name in node.args[0].free)
    ):
        raise KernelError(f"monotone: {claim} does not give the sign of a derivative in {name}")
    if declared.kind != "scalar" or declared.domain.integer or declared.domain.nonzero:
        raise KernelError(f"monotone: {name} does not range over an interval")
    for h in hypotheses:
        sides = [side for side in (h.lhs, h.rhs) if name in side.free]
        if sides != [x] or h.relation not in ("<", "<="):
            raise KernelError(f"monotone: {h} does not keep {name} in an interval")
    body = substitute(node.args[0], {node.payload: x})
    needed = [Claim(low, claim.relation, high)]
    for point in (low, high):
        needed += [*conditions(point, context), *membership(point, declared.domain)]
        needed += [h.substitute({name: point}) for h in hypotheses]
    if any(name in c.free for c in theorem.conditions):
        raise KernelError(f"monotone: a condition speaks of {name}")
    ends = (substitute(body, {name: point}) for point in (low, high))
    out = Claim(next(ends), claim.relation, next(ends))
    needed += theorem.conditions
    return conclude("monotone", context, out, [theorem], needed, data=(low, high), restated=True)

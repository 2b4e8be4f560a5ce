"""Functions as a whole: equal functions have equal derivatives, a derivative's sign gives an order."""

from __future__ import annotations

from derive.kernel.calculus import refuse_tied
from derive.kernel.definedness import conditions
from derive.kernel.integrals import continuous
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context, membership
from derive.terms.substitution import substitute
from derive.terms.term import Term, binder, rational, sym


def monotone(context: Context, theorem: Theorem, low: Term, high: Term) -> Theorem:
    """From ``0 ⋈ diff(f, x)`` for every x of an interval infer ``f(low) ⋈ f(high)``, ⋈ being ≤ or <.

    The premise lives in ``context`` with one more real scalar x, whose domain and whose further
    hypotheses, each ``x ⋈ t`` or ``t ⋈ x`` with t free of x, make an interval; no condition may speak of
    x. The body must be continuous by its form, which excludes ``sg``: its derivative is 0 by convention.
    That f is differentiable there is part of the premise, which says that the derivative exists. Both
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
    if not continuous(body, name, theorem.context):
        raise KernelError(f"monotone: {body} may not be continuous in {name}")
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


def congruence_diff(context: Context, node: Term, theorem: Theorem) -> Theorem:
    """From ``f(x) = g(x)`` for every x of an open set infer ``diff(f, x; p) = diff(g, x; p)``, p in it.

    The premise lives in ``context`` with one more real scalar, whose domain is that set; no condition may
    speak of it. That g has a derivative at p is a condition, that f has one too then follows.

    >>> from derive.kernel.rules import ring
    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("p")
    >>> node, inner = read("diff(x + x, x; p)"), ctx.declare("y")
    >>> congruence_diff(ctx, node, ring(inner, read("y + y"), read("2*y")))
    ⊢ diff(x + x, x; p) = diff(2*y, y; p)
    >>> congruence_diff(ctx, node, ring(inner, read("2*y"), read("y + y")))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: congruence_diff: 2*y = y + y is not about diff(x + x, x; p)
    """
    names, hypotheses = theorem.context.beyond(context) or ([], [])
    if len(names) != 1 or hypotheses or theorem.context[names[0]].kind != "scalar":
        raise KernelError(f"congruence_diff: {theorem} does not speak of one more number")
    (name,), claim, domain = names, theorem.claim, theorem.context[names[0]].domain
    ends = ((domain.lower, domain.lower_open), (domain.upper, domain.upper_open))
    if domain.integer or any(end is not None and not is_open for end, is_open in ends):
        raise KernelError(f"congruence_diff: {name} does not range over an open set")
    same = node.head == "diff" and claim.lhs == substitute(node.args[0], {node.payload: sym(name)})
    if not same or claim.relation != "=" or any(name in c.free for c in theorem.conditions):
        raise KernelError(f"congruence_diff: {claim} is not about {node}")
    refuse_tied(node, context)
    point = node.args[1]
    out = binder("diff", name, claim.rhs, point)
    needed = conditions(out, context).union(theorem.conditions, membership(point, domain))
    claim = Claim(node, "=", out)
    return conclude("congruence_diff", context, claim, [theorem], needed, restated=True)

"""The structural rules: equality and order, congruence, substitution, conditions, and algebra.

Every rule lists its contract and its side conditions; what it cannot discharge it leaves in Δ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from flint import fmpq_mpoly

from derive.kernel.bounds import narrowed, proves
from derive.kernel.definedness import conditions, head_conditions
from derive.kernel.normal import Ring, remainder
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context, ContextError, Relation, membership
from derive.terms.term import Term, add, binder, neg, num, rational, rebuild

# fmt: off
COMPOSED: Final[dict[tuple[str, str], Relation]] = {
    ("=", "="): "=", ("=", "<="): "<=", ("<=", "="): "<=", ("<=", "<="): "<=", ("=", "<"): "<",
    ("<", "="): "<", ("<", "<="): "<", ("<=", "<"): "<", ("<", "<"): "<", ("=", "!="): "!=",
    ("!=", "="): "!=",
}
# fmt: on


def refl(context: Context, term: Term) -> Theorem:
    """``⊢ a = a``, under the conditions that make ``a`` defined.

    >>> from derive.terms import Context, read
    >>> refl(Context().declare("x"), read("1/x"))
    [x != 0] ⊢ 1/x = 1/x
    >>> refl(Context(), read("1/x"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: refl: x is not declared
    """
    return conclude("refl", context, Claim(term, "=", term), conditions=conditions(term, context))


def symmetry(theorem: Theorem) -> Theorem:
    """From ``a = b`` infer ``b = a``; likewise for ``≠``. Order claims are refused.

    >>> from derive.terms import Context, read, read_claim
    >>> symmetry(bound(Context(), read_claim("0 < 1")))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: symmetry: 0 < 1 is neither = nor !=
    """
    claim = theorem.claim
    if claim.relation not in ("=", "!="):
        raise KernelError(f"symmetry: {claim} is neither = nor !=")
    return conclude("symmetry", theorem.context, claim.flipped(), [theorem])


def trans(first: Theorem, second: Theorem) -> Theorem:
    """From ``a ⋈ b`` and ``b ⋈ c`` infer ``a ⋈ c``, across ``= ≤ <`` and ``= ≠``.

    >>> from derive.terms import Context, read_claim
    >>> a, b = (bound(Context(), read_claim(c)) for c in ("0 < 1", "2 < 3"))
    >>> trans(a, b)
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: trans: 0 < 1 does not lead to 2 < 3
    """
    a, b = first.claim, second.claim
    relation = COMPOSED.get((a.relation, b.relation))
    if a.rhs != b.lhs or relation is None:
        raise KernelError(f"trans: {a} does not lead to {b}")
    return conclude("trans", first.context, Claim(a.lhs, relation, b.rhs), [first, second])


def congruence(context: Context, term: Term, theorems: Sequence[Theorem]) -> Theorem:
    """From ``a_i = b_i`` for each argument infer ``f(a…) = f(b…)``, where ``term`` is ``f(a…)``.

    Not under a binder. The outermost operation must be defined at ``a…``.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x").declare("y")
    >>> swap = ring(ctx, read("x + y"), read("y + x"))
    >>> congruence(ctx, read("log(x + y)"), [swap])
    [0 < x + y, 0 < y + x] ⊢ log(x + y) = log(y + x)
    """
    claims = [t.claim for t in theorems]
    if term.head in ("sum", "prod", "int", "diff", "mean"):
        raise KernelError(f"congruence: {term} binds a variable")
    if [c.lhs for c in claims] != list(term.args) or any(c.relation != "=" for c in claims):
        raise KernelError(f"congruence: the equations do not match the arguments of {term}")
    out = rebuild(term, tuple(c.rhs for c in claims))
    needed = [*head_conditions(term, context), *head_conditions(out, context)]
    return conclude("congruence", context, Claim(term, "=", out), theorems, needed)


def congruence_inside(context: Context, node: Term, theorem: Theorem) -> Theorem:
    """From ``f(i) = g(i)`` for every integer i of the range infer ``Σ f = Σ g``; likewise ``Π``.

    The equation lives in the context that `derive.kernel.bounds.narrowed` gives for ``node``, and
    may not rest on a condition about the bound variable.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x").declare("n", Domain(Fraction(1), integer=True))
    >>> node = read("Sum(i*x, i, 1, n)")
    >>> inner, body, name = narrowed(ctx, node)
    >>> congruence_inside(ctx, node, ring(ctx, read("x"), read("x")))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: congruence_inside: x = x is not about the body of Sum(i*x, i, 1, n)
    >>> congruence_inside(ctx, node, ring(inner, body, read("x*i_1")))
    ⊢ Sum(i*x, i, 1, n) = Sum(x*i_1, i_1, 1, n)
    """
    if node.head not in ("sum", "prod"):
        raise KernelError(f"congruence_inside: {node} is not a sum or product")
    inner, body, name = narrowed(context, node)
    claim = theorem.claim
    if theorem.context != inner or claim.relation != "=" or claim.lhs != body:
        raise KernelError(f"congruence_inside: {theorem.claim} is not about the body of {node}")
    if any(name in c.free for c in theorem.conditions):
        raise KernelError(f"congruence_inside: a condition speaks of the bound variable {name}")
    out = binder(node.head, name, claim.rhs, *node.args[1:])
    needed = conditions(node, context) | conditions(out, context) | theorem.conditions
    claim = Claim(node, "=", out)
    return conclude("congruence_inside", context, claim, [theorem], needed, restated=True)


def instantiate(theorem: Theorem, mapping: Mapping[str, Term]) -> Theorem:
    """Put terms in place of free scalar symbols, each shown to lie in the symbol's domain.

    Refused for a symbol that a hypothesis or a definition mentions, and for an integer symbol
    unless the term is integer-valued. Membership and definedness become conditions.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("s", Domain(Fraction(0))).declare("x")
    >>> instantiate(refl(ctx, read("log(s)")), {"s": read("x + 1")})
    [0 < x + 1] ⊢ log(x + 1) = log(x + 1)
    """
    context = theorem.context
    needed: list[Claim] = []
    for name, term in mapping.items():
        declared = context[name]
        fixed = [c.free for _, c in context.hypotheses] + [d.body.free for d in context.definitions]
        if (
            declared.kind != "scalar"
            or context.definition(name) is not None
            or any(name in f for f in fixed)
        ):
            raise KernelError(f"instantiate: {name} is not free to be replaced")
        if declared.domain.integer and not context.is_integer(term):
            raise KernelError(f"instantiate: {term} is not an integer, as {name} is")
        needed += [*membership(term, declared.domain), *conditions(term, context)]
    table = dict(mapping)
    claim = theorem.claim.substitute(table)
    needed += [c.substitute(table) for c in theorem.conditions]
    return conclude(
        "instantiate", context, claim, [theorem], needed, data=tuple(table.items()), restated=True
    )


def hypothesis(context: Context, name: str) -> Theorem:
    """``Γ ⊢ h`` for a hypothesis ``h`` of the context.

    >>> from derive.terms import Context, read_claim
    >>> ctx = Context().declare("a").assume("h", read_claim("a = 2"))
    >>> hypothesis(ctx, "h")
    ⊢ a = 2
    >>> hypothesis(ctx, "g")
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: hypothesis: there is no hypothesis called g
    """
    try:
        claim = context.hypothesis(name)
    except ContextError as error:
        raise KernelError(f"hypothesis: {error}") from None
    return conclude("hypothesis", context, claim.oriented(), data=(name,))


def discharge(theorem: Theorem, proof: Theorem) -> Theorem:
    """From ``Δ, c ⊢ a`` and ``Δ' ⊢ c`` infer ``Δ, Δ' ⊢ a``.

    >>> from derive.terms import Context, read, read_claim
    >>> ctx = Context().declare("s", Domain(Fraction(0)))
    >>> discharge(refl(ctx, read("1/s")), bound(ctx, read_claim("s != 0")))
    ⊢ 1/s = 1/s
    >>> discharge(refl(ctx, read("1/s")), bound(ctx, read_claim("0 < 1")))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: discharge: 0 < 1 is not a condition of [s != 0] ⊢ 1/s = 1/s
    """
    if proof.claim not in theorem.conditions:
        raise KernelError(f"discharge: {proof.claim} is not a condition of {theorem!r}")
    return conclude(
        "discharge", theorem.context, theorem.claim, [theorem, proof], discharged=proof.claim
    )


def bound(context: Context, claim: Claim, assumed: Iterable[Claim] = ()) -> Theorem:
    """An order claim or ``≠`` that interval bounds over the declared domains show.

    ``assumed`` claims may be used; they become conditions.

    >>> from derive.terms import Context, read_claim
    >>> ctx = Context().declare("x")
    >>> bound(ctx, read_claim("0 < x**2"), [read_claim("x != 0")])
    [x != 0] ⊢ 0 < x**2
    >>> bound(ctx, read_claim("0 < x**2"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: bound: cannot show 0 < x**2
    """
    claim, extra = claim.oriented(), list(assumed)
    if not proves(context, claim, extra):
        raise KernelError(f"bound: cannot show {claim}")
    needed = conditions(claim.lhs, context) | conditions(claim.rhs, context)
    return conclude("bound", context, claim, (), [*needed, *extra])


def ring(
    context: Context,
    lhs: Term,
    rhs: Term,
    rewrites: Sequence[Theorem] = (),
    relations: Sequence[Theorem] = (),
) -> Theorem:
    """``lhs = rhs`` when both have one normal form as rational functions of their atoms.

    Each rewrite ``atom = term`` is applied to that atom, using the rewrites before it; each relation
    ``a = b`` is divided out of what is left. Both sides must be defined.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x")
    >>> ring(ctx, read("(x**2 - 1)/(x - 1)"), read("x + 1"))
    [x - 1 != 0] ⊢ (x**2 - 1)/(x - 1) = x + 1
    >>> ring(ctx, read("(x + 1)**2"), read("x**2 + 1"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: (x + 1)**2 and x**2 + 1 have different normal forms
    """
    facts = [*rewrites, *relations]
    if any(t.claim.relation != "=" for t in facts):
        raise KernelError("ring: rewrites and relations must be equations")
    state = Ring([(t.claim.lhs, t.claim.rhs) for t in rewrites])
    polynomials = _differences(state, [Claim(lhs, "=", rhs), *(t.claim for t in relations)])
    left = polynomials[0]
    needed = [t for t, p in zip(relations, polynomials[1:], strict=True) if not p.is_zero()]
    if not left.is_zero() and not remainder(left, polynomials[1:]).is_zero():
        raise KernelError(f"ring: {lhs} and {rhs} have different normal forms")
    used = [rewrites[i] for i in sorted(state.used)] + ([] if left.is_zero() else needed)
    return conclude(
        "ring",
        context,
        Claim(lhs, "=", rhs),
        used,
        conditions(lhs, context) | conditions(rhs, context),
        data=(tuple(rewrites), tuple(relations)),
    )


def _differences(state: Ring, claims: Sequence[Claim]) -> list[fmpq_mpoly]:
    """The numerators of ``lhs - rhs``, all in one polynomial ring."""
    sides = [side for c in claims for side in (c.lhs, c.rhs)]
    numbers = sorted(frozenset[int]().union(*(state.generators(side) for side in sides)))
    return [state.form(add(c.lhs, neg(c.rhs)), numbers)[0] for c in claims]


def from_difference(theorem: Theorem) -> Theorem:
    """From ``0 ⋈ b - a`` infer ``a ⋈ b``, and from ``a - b ≠ 0`` infer ``a ≠ b``.

    >>> from derive.terms import Context, read_claim
    >>> from_difference(bound(Context().declare("x"), read_claim("0 < x**2 + 1 - x*0")))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: from_difference: 0 < x**2 + 1 - x*0 is not about a difference
    """
    claim = theorem.claim
    zero, gap = (claim.rhs, claim.lhs) if claim.relation == "!=" else (claim.lhs, claim.rhs)
    if rational(zero) != 0 or gap.head != "add" or len(gap.args) != 2 or gap.args[1].head != "neg":
        raise KernelError(f"from_difference: {claim} is not about a difference")
    first, second = gap.args[0], gap.args[1].args[0]
    out = (
        Claim(first, "!=", second)
        if claim.relation == "!="
        else Claim(second, claim.relation, first)
    )
    return conclude("from_difference", theorem.context, out, [theorem])


def to_difference(theorem: Theorem) -> Theorem:
    """From ``a ⋈ b`` infer ``0 ⋈ b - a``, for an order claim.

    >>> from derive.terms import Context, read_claim
    >>> to_difference(bound(Context().declare("x"), read_claim("0 <= x**2")))
    ⊢ 0 <= x**2 - 0
    >>> to_difference(ring(Context(), num(1), num(1)))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: to_difference: 1 = 1 is not an order claim
    """
    claim = theorem.claim
    if claim.relation not in ("<", "<="):
        raise KernelError(f"to_difference: {claim} is not an order claim")
    gap = Claim(num(0), claim.relation, add(claim.rhs, neg(claim.lhs)))
    return conclude("to_difference", theorem.context, gap, [theorem])


def add_order(first: Theorem, second: Theorem) -> Theorem:
    """From ``0 ⋈ a`` and ``0 ⋈ b`` infer ``0 ⋈ a + b``, strict when one of them is.

    >>> from derive.terms import Context, read_claim
    >>> ctx = Context().declare("x")
    >>> a, b = (bound(ctx, read_claim(c)) for c in ("0 <= x**2", "0 < 1"))
    >>> add_order(a, b)
    ⊢ 0 < x**2 + 1
    >>> add_order(a, ring(ctx, num(1), num(1)))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: add_order: 1 = 1 does not have the form 0 < b
    """
    for claim in (first.claim, second.claim):
        if claim.relation not in ("<", "<=") or rational(claim.lhs) != 0:
            raise KernelError(f"add_order: {claim} does not have the form 0 < b")
    strict: Relation = "<" if "<" in (first.claim.relation, second.claim.relation) else "<="
    total = Claim(num(0), strict, add(first.claim.rhs, second.claim.rhs))
    return conclude("add_order", first.context, total, [first, second])


def weaken(theorem: Theorem) -> Theorem:
    """From ``a < b`` or ``a = b`` infer ``a ≤ b``.

    >>> from derive.terms import Context, read_claim
    >>> weaken(bound(Context(), read_claim("0 < 1")))
    ⊢ 0 <= 1
    >>> weaken(weaken(bound(Context(), read_claim("0 < 1"))))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: weaken: 0 <= 1 is neither < nor =
    """
    claim = theorem.claim
    if claim.relation not in ("<", "="):
        raise KernelError(f"weaken: {claim} is neither < nor =")
    return conclude("weaken", theorem.context, Claim(claim.lhs, "<=", claim.rhs), [theorem])


def apart(theorem: Theorem) -> Theorem:
    """From ``a < b`` infer ``a ≠ b``.

    >>> from derive.terms import Context, read_claim
    >>> apart(bound(Context(), read_claim("0 < 1")))
    ⊢ 0 != 1
    >>> apart(weaken(bound(Context(), read_claim("0 < 1"))))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: apart: 0 <= 1 is not a strict inequality
    """
    claim = theorem.claim
    if claim.relation != "<":
        raise KernelError(f"apart: {claim} is not a strict inequality")
    return conclude("apart", theorem.context, Claim(claim.lhs, "!=", claim.rhs), [theorem])

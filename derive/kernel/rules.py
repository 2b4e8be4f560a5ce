"""The structural rules: equality and order, congruence, substitution, conditions, and algebra.

Every rule lists its contract and its side conditions; what it cannot discharge it leaves in Δ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from flint import fmpq_mpoly

from derive.kernel.bounds import narrowed, proves
from derive.kernel.definedness import conditions, head_conditions
from derive.kernel.normal import Reading, Ring, remainder
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context, ContextError, Relation, membership
from derive.terms.heads import BINDERS
from derive.terms.term import Term, add, binder, mul, neg, num, rebuild

# fmt: off
IMPLIED: Final[dict[Relation, tuple[Relation, ...]]] = {
    "=": ("=", "<="), "<": ("<", "<=", "!="), "<=": ("<=",), "!=": ("!=",),
}
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
    if term.head in BINDERS:
        raise KernelError(f"congruence: {term} binds a variable")
    if [c.lhs for c in claims] != list(term.args) or any(c.relation != "=" for c in claims):
        raise KernelError(f"congruence: the equations do not match the arguments of {term}")
    out = rebuild(term, tuple(c.rhs for c in claims))
    needed = [*head_conditions(term, context), *head_conditions(out, context)]
    return conclude("congruence", context, Claim(term, "=", out), theorems, needed)


def congruence_inside(context: Context, node: Term, theorem: Theorem) -> Theorem:
    """From ``f(i) = g(i)`` for every integer i of the range infer ``Σ f = Σ g``; likewise ``Π``.

    For sums also from ``f(i) <= g(i)``, and from ``f(i) < g(i)`` where the range is not empty. The
    premise lives in the context that `derive.kernel.bounds.narrowed` gives for ``node``, and may not
    rest on a condition about the bound variable.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x").declare("n", Domain(Fraction(1), integer=True))
    >>> node = read("Sum(i*x, i, 1, n)")
    >>> inner, body, name = narrowed(ctx, node)
    >>> congruence_inside(ctx, node, ring(ctx, read("x"), read("x")))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: congruence_inside: x = x is not about the body of Sum(i*x, i, 1, n)
    >>> congruence_inside(ctx, node, ring(inner, body, read("x*i_1")))
    ⊢ Sum(i*x, i, 1, n) = Sum(x*i_1, i_1, 1, n)
    >>> node = read("Sum(1, i, 1, n)")
    >>> inner, body, _ = narrowed(ctx, node)
    >>> congruence_inside(ctx, node, bound(inner, Claim(body, "<", read("i_1 + 1"))))
    [1 <= n] ⊢ Sum(1, i, 1, n) < Sum(i_1 + 1, i_1, 1, n)
    """
    if node.head not in ("sum", "prod"):
        raise KernelError(f"congruence_inside: {node} is not a sum or product")
    inner, body, name = narrowed(context, node)
    claim, allowed = theorem.claim, ("=",) if node.head == "prod" else ("=", "<=", "<")
    if theorem.context != inner or claim.relation not in allowed or claim.lhs != body:
        raise KernelError(f"congruence_inside: {theorem.claim} is not about the body of {node}")
    if any(name in c.free for c in theorem.conditions):
        raise KernelError(f"congruence_inside: a condition speaks of the bound variable {name}")
    out = binder(node.head, name, claim.rhs, *node.args[1:])
    needed = theorem.conditions.union(*(conditions(end, context) for end in node.args[1:]))
    if claim.relation == "<":
        needed |= {Claim(node.args[1], "<=", node.args[2])}
    claim = Claim(node, claim.relation, out)
    return conclude("congruence_inside", context, claim, [theorem], needed, restated=True)


def instantiate(context: Context, theorem: Theorem, mapping: Mapping[str, Term]) -> Theorem:
    """Put terms in place of free scalar symbols, each shown to lie in the symbol's domain.

    The theorem may live in a larger context: one with more scalars, each of which must be replaced, and
    with more hypotheses, which become conditions; or in a context of its own, without definitions, all of
    whose names are replaced. Refused for a symbol that the shape of a matrix, or a
    hypothesis or definition of ``context``, mentions, and for an integer symbol unless the term is one.
    Membership and definedness become conditions.

    >>> from derive.terms import Context, read, read_claim
    >>> ctx = Context().declare("x")
    >>> inner = ctx.declare("s", Domain(Fraction(0)))
    >>> instantiate(ctx, refl(inner, read("log(s)")), {"s": read("x + 1")})
    [0 < x + 1] ⊢ log(x + 1) = log(x + 1)
    >>> instantiate(ctx, hypothesis(ctx.assume("h", read_claim("x <= 2")), "h"), {})
    [x <= 2] ⊢ x <= 2
    >>> instantiate(ctx, refl(inner, read("log(s)")), {})
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: instantiate: s would be left over
    """
    inner, table = theorem.context, dict(mapping)
    added = inner.beyond(context) or inner.beyond(Context())
    if added is None:
        raise KernelError(f"instantiate: {theorem} lives in a context of its own")
    names, hypotheses = added
    if left := [n for n in names if n not in table]:
        raise KernelError(f"instantiate: {left[0]} would be left over")
    fixed = [c.free for _, c in context.hypotheses] + [d.body.free for d in context.definitions]
    fixed.append(inner.dimensions())
    needed: list[Claim] = []
    for name, term in table.items():
        declared = inner[name]
        if (
            declared.kind != "scalar"
            or inner.definition(name) is not None
            or any(name in f for f in fixed)
        ):
            raise KernelError(f"instantiate: {name} is not free to be replaced")
        if declared.domain.integer and not context.is_integer(term):
            raise KernelError(f"instantiate: {term} is not an integer, as {name} is")
        needed += [*membership(term, declared.domain), *conditions(term, context)]
    needed += [c.substitute(table) for c in (*theorem.conditions, *hypotheses)]
    claim = theorem.claim.substitute(table)
    data = tuple(table.items())
    return conclude("instantiate", context, claim, [theorem], needed, data=data, restated=True)


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
    claim = Claim(lhs, "=", rhs)
    left, needed = _differences(state, [claim])[0], list[Theorem]()
    if not left.is_zero():
        left, *others = _differences(state, [claim, *(t.claim for t in relations)])
        needed = [t for t, p in zip(relations, others, strict=True) if not p.is_zero()]
        if not remainder(left, others).is_zero():
            raise KernelError(f"ring: {lhs} and {rhs} have different normal forms")
    first = [rewrites[i] for i in sorted(state.used)]
    used = first + needed
    return conclude(
        "ring",
        context,
        claim,
        used,
        conditions(lhs, context, used) | conditions(rhs, context, used),
        data=(len(first), tuple(state.atoms) if len(used) > len(first) else ()),
    )


def _differences(state: Ring, claims: Sequence[Claim]) -> list[fmpq_mpoly]:
    """The numerators of ``lhs - rhs``, all in one polynomial ring."""
    sides = [side for c in claims for side in (c.lhs, c.rhs)]
    numbers = sorted(frozenset[int]().union(*(state.generators(side) for side in sides)))
    reading, limit = Reading(state, numbers), len(state.rewrites)
    return [reading.of(add(c.lhs, neg(c.rhs)), limit)[0] for c in claims]


def combine(
    context: Context, claim: Claim, premises: Sequence[Theorem], multipliers: Sequence[Fraction]
) -> Theorem:
    """``a ⋈ b`` from premises ``p_i ⋈ q_i`` and numbers ``m_i`` with ``b - a = Σ m_i*(q_i - p_i)``.

    An equation may have any multiplier, ``≤`` and ``<`` a positive one, and a single ``≠`` any but 0.
    The sum is as strong as its premises: strict when one of them is, an equation when all are. A strict
    inequality gives ``≠`` too, in either direction. Both sides must be defined.

    >>> from derive.terms import Context, read_claim
    >>> ctx = Context().declare("x")
    >>> square = bound(ctx, read_claim("0 <= x**2"))
    >>> combine(ctx, read_claim("2 - x**2 < 3"), [square, bound(ctx, read_claim("0 < 1"))], [1, 1])
    ⊢ 2 - x**2 < 3
    >>> combine(ctx, read_claim("x**2 <= 0"), [square], [-1])
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: combine: -1 is no multiplier for 0 <= x**2
    >>> combine(ctx, read_claim("0 < x**2"), [square], [1])
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: combine: the premises give 0 <= x**2, not 0 < x**2
    """
    claim = claim.oriented()
    strongest = _combined(claim, premises, multipliers)
    if claim.relation not in IMPLIED[strongest]:
        shown = Claim(claim.lhs, strongest, claim.rhs)
        raise KernelError(f"combine: the premises give {shown}, not {claim}")
    gap = add(claim.rhs, neg(claim.lhs))
    for m, theorem in zip(multipliers, premises, strict=True):
        gap = add(gap, mul(num(-m), add(theorem.claim.rhs, neg(theorem.claim.lhs))))
    empty = Ring()
    if not empty.form(gap, sorted(empty.generators(gap)))[0].is_zero():
        raise KernelError(f"combine: the premises do not add up to {claim}")
    needed = conditions(claim.lhs, context, premises) | conditions(claim.rhs, context, premises)
    return conclude("combine", context, claim, premises, needed, data=(tuple(multipliers),))


def _combined(
    claim: Claim, premises: Sequence[Theorem], multipliers: Sequence[Fraction]
) -> Relation:
    """The relation that a combination of the premises has. Raises KernelError for a bad multiplier."""
    relations = [t.claim.relation for t in premises]
    alone = len(relations) - relations.count("=") == 1
    turned = claim.relation == "!=" and all(
        m < 0 for m, r in zip(multipliers, relations, strict=True) if r != "="
    )
    for theorem, m in zip(premises, multipliers, strict=True):
        fits = {"=": True, "!=": alone and m != 0}.get(theorem.claim.relation, (m > 0) != turned)
        if not fits:
            raise KernelError(f"combine: {m} is no multiplier for {theorem.claim}")
    order: tuple[Relation, ...] = ("!=", "<", "<=")
    return next((r for r in order if r in relations), "=")


def cases(split: Claim, first: Theorem, second: Theorem) -> Theorem:
    """From ``Δ, c ⊢ a`` and ``Δ', c' ⊢ a`` infer ``Δ, Δ' ⊢ a``, c' being the opposite of ``split`` c.

    The opposite of ``p < q`` is ``q <= p``, that of ``p = q`` is ``p != q``; p and q must be defined.

    >>> from derive.terms import Context, read_claim
    >>> ctx = Context().declare("x").declare("y")
    >>> split, goal = read_claim("x < 0"), read_claim("0 <= abs(x)")
    >>> cases(split, bound(ctx, goal, [split]), bound(ctx, goal, [read_claim("0 <= x")]))
    ⊢ 0 <= abs(x)
    >>> cases(split, bound(ctx, goal, [split]), bound(ctx, read_claim("0 <= y**2")))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: cases: 0 <= abs(x) is not 0 <= y**2
    """
    if first.claim != second.claim:
        raise KernelError(f"cases: {first.claim} is not {second.claim}")
    if first.context is not second.context and first.context != second.context:
        raise KernelError("cases: the premises live in different contexts")
    context, split = first.context, split.oriented()
    lhs, rhs = split.lhs, split.rhs
    opposite = {
        "<": Claim(rhs, "<=", lhs),
        "<=": Claim(rhs, "<", lhs),
        "=": Claim(lhs, "!=", rhs),
        "!=": Claim(lhs, "=", rhs),
    }[split.relation]
    kept = (first.conditions - {split}) | (second.conditions - {opposite})
    needed = kept | conditions(lhs, context) | conditions(rhs, context)
    return conclude(
        "cases", context, first.claim, [first, second], needed, data=(split,), restated=True
    )

"""Inequalities between integrals over a space: a bound at every point, integrated.

``b - a`` is read as ``Int h + r`` with a rest r free of integrals. Where h has logarithms with a weight
w, it is at least what the tangent of the logarithm makes of it: ``w*log(G) >= w*(1 - 1/G)``. This is
Gibbs' inequality when G is a ratio of densities, and Jensen's when a constant of the rest is drawn into
G. What is left is linear in integrals that hypotheses give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Final

from derive.kernel import rules
from derive.kernel.definedness import parts
from derive.kernel.normal import Ring
from derive.kernel.schemas import schema
from derive.kernel.theorem import KernelError, Theorem
from derive.search.distribution import factors
from derive.search.limits import tower_of
from derive.search.linearity import ranges
from derive.search.polynomials import normal_form, scaled
from derive.search.spaces import existence, integrals_known, value
from derive.search.spaces_tangents import by_tangents, grouped, ratio, tangents
from derive.search.tower import Tower
from derive.terms.context import Claim, Context
from derive.terms.heads import BINDERS
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import (
    Term,
    add,
    binder,
    div,
    mul,
    num,
    power,
    product,
    rational,
    rebuild,
    sub,
    subterms,
    sym,
    total,
)

ZERO, ONE = num(0), num(1)
ORDERS: Final = frozenset({"<=", "<", ">=", ">"})

Prove = Callable[[Context, Claim], tuple[Theorem, Tower]]
Logs = list[tuple[Fraction, Term]]


def has_space(context: Context, term: Term) -> bool:
    """Whether a term, its definitions written out, has an integral over a space."""
    for part in subterms(term):
        definition = context.definition_of(part)
        if part.head == "over" or (definition and has_space(context, definition.body)):
            return True
    return False


def prove_space_order(context: Context, claim: Claim, prove: Prove) -> tuple[Theorem, Tower]:
    """A theorem for ``a <= b`` between integrals over a space. Raises KernelError when none is found."""
    claim = claim.oriented()
    if (known := _by_values(context, claim, prove)) is not None:
        return known
    if claim.relation != "<=":
        raise KernelError(f"order: the sign of the difference in {claim} is not known")
    if (known := _by_hypotheses(context, claim)) is not None:
        return known
    _need_existence(context, claim)
    node, rest = _split(context, claim)
    reason = KernelError(f"order: no bound at every point was found for {claim}")
    for lemma in _lemmas(context, node, rest, prove):
        try:
            return _with(context, claim, lemma, prove)
        except KernelError as error:
            reason = error
    raise reason


def _need_existence(context: Context, claim: Claim) -> None:
    """Raise KernelError for an integral of a claim of which nothing shows that it exists."""
    for node in parts(_written(context, sub(claim.rhs, claim.lhs))):
        if node.head == "over" and value(context, node) is None:
            raise KernelError(f"nothing shows that {node} exists; assume it: {node} = {node}")


def prove_pointwise(context: Context, claim: Claim, prove: Prove) -> tuple[Theorem, Tower]:
    """``a <= b`` where ``b - a`` is an integral over a space of what is not negative at any point.

    Raises KernelError.
    """
    claim = claim.oriented()
    node, rest = _split(context, claim)
    if claim.relation != "<=" or rational(rest) != 0:
        raise KernelError(f"order: {claim} is not an inequality between integrals alone")
    name = fresh_name(node.payload, {d.name for d in context} | node.free)
    inner, body = context.declare(name), substitute(node.args[0], {node.payload: sym(name)})
    existing = value(context, binder("over", name, body, node.args[1]))
    known = next(integrals_known(context, node), None)
    if existing is None or known is None:
        raise KernelError(f"order: nothing shows that {node} exists")
    zero = mul(ZERO, substitute(known.node.args[0], {known.node.payload: sym(name)}))
    lemma = _integrated(context, inner, node, Claim(zero, "<=", body), None, existing, prove)
    return _with(context, claim, lemma, prove)


def _by_values(context: Context, claim: Claim, prove: Prove) -> tuple[Theorem, Tower] | None:
    """The claim when hypotheses give the values of all its integrals; else None."""
    gap = sub(claim.rhs, claim.lhs)
    tower = tower_of(context, gap, split=True)
    plain = tower.form(gap).term()
    if has_space(context, plain):
        return None
    try:
        shown, _ = prove(context, Claim(num(0), claim.relation, plain))
    except KernelError:
        return None
    same, speaking = tower.equation(gap, plain), existence(context, gap)
    numbers = [Fraction(1), Fraction(-1), *[Fraction(0)] * len(speaking)]
    return rules.combine(context, claim, [shown, same, *speaking], numbers), tower


def _by_hypotheses(context: Context, claim: Claim) -> tuple[Theorem, Tower] | None:
    """The claim as a sum of hypotheses about order with positive multipliers, or None."""
    from derive.search.order_linear import combination as linear_combination

    stated = [(n, c.oriented()) for n, c in context.hypotheses if c.relation in ORDERS]
    gap, gaps = sub(claim.rhs, claim.lhs), [sub(c.rhs, c.lhs) for _, c in stated]
    tower = tower_of(context, gap, *gaps, split=True)
    target, *columns = [{u: c for c, u in tower.form(t).summands()} for t in (gap, *gaps)]
    found = linear_combination([*columns, {ONE: Fraction(1)}], target)
    if found is None:
        return None
    *multipliers, constant = found
    used = [(n, m) for n, m in enumerate(multipliers) if m]
    whole = total([*(mul(num(m), gaps[n]) for n, m in used), num(constant)])
    tower.add(whole)
    premises = [rules.hypothesis(context, stated[n][0]) for n, _ in used]
    premises.append(tower.equation(gap, whole))
    speaking = existence(context, gap)
    numbers = [*(m for _, m in used), Fraction(-1), *[Fraction(0)] * len(speaking)]
    return rules.combine(context, claim, [*premises, *speaking], numbers), tower


def _with(context: Context, claim: Claim, lemma: Theorem, prove: Prove) -> tuple[Theorem, Tower]:
    """The claim, when what it says beyond a lemma ``A <= B`` is linear. Raises KernelError."""
    gap, more = sub(claim.rhs, claim.lhs), sub(lemma.claim.rhs, lemma.claim.lhs)
    tower = tower_of(context, gap, more, split=True)
    left = tower.form(sub(gap, more)).term()
    same = tower.equation(gap, add(more, left))
    premises, multipliers = [lemma, same], [Fraction(1), Fraction(-1)]
    if rational(left) != 0:
        premises.append(_nonnegative(context, left, prove))
        multipliers.append(Fraction(1))
    speaking = existence(context, gap)
    premises, multipliers = premises + speaking, multipliers + [Fraction(0)] * len(speaking)
    return rules.combine(context, claim, premises, multipliers), tower


def _nonnegative(context: Context, term: Term, prove: Prove) -> Theorem:
    """``0 <= term``, which may speak of integrals that hypotheses bound. Raises KernelError."""
    claim = Claim(num(0), "<=", term)
    for name, stated in context.hypotheses:
        if stated.relation in ("<=", "<", ">=", ">"):
            known = rules.hypothesis(context, name)
            try:
                return rules.combine(context, claim, [known], [Fraction(1)])
            except KernelError:
                continue
    theorem, _ = prove(context, claim)
    return theorem


def _split(context: Context, claim: Claim) -> tuple[Term, Term]:
    """``b - a`` as one integral and a rest. Raises KernelError."""
    gap = _written(context, sub(claim.rhs, claim.lhs))
    rest, bodies, space = [], list[Term](), None
    name = fresh_name("x", {d.name for d in context}.union(*(p.free for p in subterms(gap))))
    for c, unit in normal_form(Ring(), gap).summands():
        found = [b for b, e in factors(unit) if b.head == "over" and rational(e) == 1]
        if not found:
            rest.append(scaled(c, unit))
            continue
        node, others = found[0], [(b, e) for b, e in factors(unit) if b != found[0]]
        if len(found) > 1 or (space is not None and node.args[1] != space):
            raise KernelError(f"order: {claim} is not about one integral")
        space = node.args[1]
        body = substitute(node.args[0], {node.payload: sym(name)})
        kept = [b if rational(e) == 1 else power(b, e) for b, e in others]
        bodies.append(scaled(c, product([*kept, body])))
    if space is None:
        raise KernelError(f"order: the sign of the difference in {claim} is not known")
    return binder("over", name, total(bodies), space), total(rest)


def _written(context: Context, term: Term) -> Term:
    """A term with its definitions written out as far as they hold integrals over a space."""
    definition = context.definition_of(term)
    if definition is not None and has_space(context, definition.body):
        return _written(context, definition.apply(term.args))
    if term.head in BINDERS or not term.args:
        return term
    return rebuild(term, tuple(_written(context, a) for a in term.args))


def _lemmas(context: Context, node: Term, rest: Term, prove: Prove) -> Iterator[Theorem]:
    """Bounds of the integral from below, the rest drawn in with a weight whose integral is 1."""
    name = fresh_name(node.payload, {d.name for d in context} | node.free | rest.free)
    inner, h = context.declare(name), substitute(node.args[0], {node.payload: sym(name)})
    for weight in _weights(context, inner, node, h):
        if rational(rest) == 0 and weight is not None:
            return
        body = h if weight is None else add(h, mul(rest, weight))
        existing = value(context, binder("over", name, body, node.args[1]))
        if existing is None:
            continue
        for below, shown in _below(context, inner, node, body):
            try:
                claim = Claim(below, "<=", body)
                yield _integrated(context, inner, node, claim, shown, existing, prove)
            except KernelError:
                continue


def _weights(context: Context, inner: Context, node: Term, h: Term) -> Iterator[Term | None]:
    """Nothing; then densities that occur, and means of them as they are weighed."""
    yield None
    name = inner.symbols[-1].name
    tower = tower_of(inner, h, split=True)
    groups, _ = grouped(tower, h)
    found = {}
    for weight, logs in groups.items():
        known = value(context, binder("over", name, weight, node.args[1]))
        mass = known.claim.rhs if known is not None else ZERO
        if _is_one(context, mass):
            found[weight] = ratio(logs)[0]
        elif known is not None and not has_space(context, mass):
            yield div(weight, mass)
    yield from found
    if len(found) > 1 and sum(found.values()) == 1:
        yield add(*(mul(num(s), w) for w, s in found.items()))


def _is_one(context: Context, term: Term) -> bool:
    tower = tower_of(context, term)
    return rational(tower.form(term).term()) == 1


def _below(
    context: Context, inner: Context, node: Term, body: Term
) -> Iterator[tuple[Term, Theorem | None]]:
    """What the body may be at least, with a proof where there is one: its tangents, and nothing."""
    seen: set[Term] = set()
    for tower in (tower_of(inner), tower_of(inner, body, split=True)):
        below, parts = tangents(tower, body)
        if parts and below not in seen:
            seen.add(below)
            yield below, by_tangents(inner, body, below, parts)
    known = next(integrals_known(context, node), None)
    if known is not None:
        name = inner.symbols[-1].name
        other = known.node
        yield mul(num(0), substitute(other.args[0], {other.payload: sym(name)})), None


def _integrated(
    context: Context,
    inner: Context,
    node: Term,
    claim: Claim,
    shown: Theorem | None,
    existing: Theorem,
    prove: Prove,
) -> Theorem:
    """``Int l <= Int h`` from ``l <= h`` at every point. Raises KernelError."""
    name = inner.symbols[-1].name
    under = value(context, binder("over", name, claim.lhs, node.args[1]))
    if under is None:
        raise KernelError(f"order: nothing shows that the integral of {claim.lhs} exists")
    if shown is None or any(name in c.free for c in shown.conditions):
        shown = _everywhere(inner, claim, prove)
    letters = {**ranges(node), "f": ((name,), claim.lhs), "g": ((name,), claim.rhs)}
    return schema(context, "space_at_most", letters, [shown], [under, existing])


def _everywhere(inner: Context, claim: Claim, prove: Prove) -> Theorem:
    from derive.search.conditions import discharge_all

    theorem, tower = prove(inner, claim)
    theorem, name = discharge_all(theorem, tower), inner.symbols[-1].name
    if open_ := [c for c in theorem.conditions if name in c.free]:
        raise KernelError(f"{claim} needs {open_[0]} at every point")
    if theorem.claim != claim:
        raise KernelError(f"{theorem.claim} is not {claim}")
    return theorem

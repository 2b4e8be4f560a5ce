"""Inequalities between sums: term by term, by tangents of the logarithm, by squares.

``b - a`` is read as one sum and a rest free of its index, ``Σ h + r``. When every term satisfies
``l <= h``, and ``Σ l + r`` vanishes or is known to be non-negative, the claim follows. The bounds l come
from facts: ``0 <= h``; ``0 <= w*(t - 1 - log(t))`` with a weight ``w >= 0``, which gives the inequalities
of Gibbs and Jensen; and ``0 <= w*(x - m)**2``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product as choices_of
from math import gcd
from typing import Final

from derive.kernel import rules
from derive.kernel.facts import fact
from derive.kernel.normal import Ring
from derive.kernel.sums import range_linear
from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Choices, Refine
from derive.search.conditions import discharge_all
from derive.search.distribution import factors
from derive.search.induction import inductively
from derive.search.polynomials import normal_form, scaled
from derive.search.ranges import closed, holds
from derive.search.scopes import narrowed
from derive.search.sums import quotient
from derive.search.tower import MAX_RESTARTS, Tower
from derive.terms.context import Claim, Context, Definition, Relation
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import (
    Term,
    add,
    binder,
    call,
    mul,
    neg,
    num,
    power,
    product,
    rational,
    sub,
    subterms,
    sym,
    total,
)

ZERO, ONE = num(0), num(1)
INDEX: Final = "i"
MAX_SCALED: Final = 3

Prove = Callable[[Context, Claim], tuple[Theorem, Tower]]


@dataclass(frozen=True)
class Split:
    """``b - a`` as ``Σ h + r``: the sum as a term, the rest, and the tower over which this holds."""

    node: Term
    rest: Term
    tower: Tower


@dataclass(frozen=True)
class Inside:
    """The terms of the sum: the context of one index, the tower there, and h."""

    tower: Tower
    body: Term
    name: str

    @property
    def context(self) -> Context:
        """The context in which the index is declared."""
        return self.tower.context


def prove_sum_order(context: Context, claim: Claim, prove: Prove) -> tuple[Theorem, Tower]:
    """A theorem for ``a <= b`` or ``a < b`` between sums over one range, and a tower to discharge with.

    ``prove`` is asked for claims about single terms, and for the steps of an induction when no bound of
    the terms gives the claim; the theorem it returns may carry conditions. Raises KernelError.
    """
    claim = claim.oriented()
    if claim.relation not in ("<=", "<") or not has_range(context, claim):
        raise KernelError(f"order: the sign of the difference in {claim} is not known")
    choices = Choices()
    for _ in range(2):
        try:
            return _by_terms(context, claim, choices, prove)
        except KernelError:
            _from_second_term(context, claim, choices)
    return inductively(context, claim, prove)


def _by_terms(
    context: Context, claim: Claim, choices: Choices, prove: Prove
) -> tuple[Theorem, Tower]:
    """The claim from a bound of the terms. Raises KernelError."""
    split = _split(context, claim, choices)
    inner, body, name = narrowed(context, split.node)
    below = split.tower.inside(inner)
    below.add(body)
    inside = Inside(below, body, name)
    for bound in _bounds(inside, claim.relation, split, prove):
        try:
            return _assembled(claim, split, inside, bound), split.tower
        except KernelError:
            continue
    raise KernelError(f"sums: no bound of the terms of {split.node} gives {claim}")


def _from_second_term(context: Context, claim: Claim, choices: Choices) -> None:
    """Have the sums of a claim split after their first terms from now on."""
    tower = Tower(context, choices, split=False)
    for side in (claim.lhs, claim.rhs):
        tower.add(side)
        for node in tower.form(side).atoms:
            if node.head == "sum" and (first := rational(node.args[1])) is not None:
                try:
                    tower.add(
                        binder("sum", node.payload, node.args[0], num(first + 1), node.args[2])
                    )
                except Refine:
                    continue


def has_range(context: Context, claim: Claim) -> bool:
    """Whether a sum or product stands in the claim, its definitions written out."""
    bodies = [d.body for d in _definitions_in(context, [claim.lhs, claim.rhs])]
    sides = [claim.lhs, claim.rhs, *bodies]
    return any(p.head in ("sum", "prod") for side in sides for p in subterms(side))


def _definitions_in(context: Context, terms: list[Term]) -> list[Definition]:
    """The definitions that terms use, directly or through others."""
    found: dict[str, Definition] = {}
    left = list(terms)
    while left:
        for part in subterms(left.pop()):
            definition = context.definition_of(part)
            if definition is not None and definition.name not in found:
                found[definition.name] = definition
                left.append(definition.body)
    return list(found.values())


def _split(context: Context, claim: Claim, choices: Choices) -> Split:
    """The difference of the sides as one sum and a rest. Raises KernelError for several ranges."""
    for _ in range(MAX_RESTARTS):
        try:
            tower = Tower(context, choices, split=False)
            gap = sub(claim.rhs, claim.lhs)
            tower.add(gap)
        except Refine:
            continue
        ranges: dict[tuple[Term, Term], list[Term]] = {}
        index = fresh_name(INDEX, {d.name for d in context}) if INDEX in context else INDEX
        rest = []
        for coefficient, unit in tower.form(gap).summands():
            parts = list(factors(unit))
            nodes = [b for b, e in parts if b.head == "sum" and e == ONE]
            if not nodes:
                rest.append(scaled(coefficient, unit))
                continue
            free = quotient([p for p in parts if p[0] is not nodes[0]])
            body, low, high = nodes[0].args
            inside = substitute(body, {nodes[0].payload: sym(index)})
            ranges.setdefault((low, high), []).append(scaled(coefficient, mul(inside, free)))
        (ends, bodies), *others = ranges.items() or [((ZERO, ZERO), [])]
        if others or not bodies:
            raise KernelError("sums: the difference is not one sum and a rest")
        whole = normal_form(Ring(), total(bodies))
        body = whole.term() if len(whole.bottom) == 1 else total(bodies)
        node = binder("sum", index, body, *ends)
        return Split(node, total(rest), tower)
    raise KernelError("sums: the generators keep being refined")


def _bounds(inside: Inside, relation: Relation, split: Split, prove: Prove) -> Iterator[Theorem]:
    """Theorems ``l <= h`` about the terms, l being written over the generators there."""
    wanted: tuple[Relation, ...] = ("<", "<=") if relation == "<" else ("<=",)
    shared = normal_form(Ring(), quotient([(neg(split.rest), ONE), (_size(split), num(-1))]))
    least = [ZERO, shared.term()] if shared.bottom.is_constant() and split.rest != ZERO else [ZERO]
    for strength, low in choices_of(wanted, least):
        try:
            theorem, tower = prove(inside.context, Claim(low, strength, inside.body))
            yield discharge_all(theorem, tower)
        except KernelError:
            continue
    for gaps in (*_tangents(inside, split), *_squares(inside, split)):
        try:
            yield _less(inside, gaps)
        except KernelError:
            continue


def _less(inside: Inside, gaps: list[Theorem]) -> Theorem:
    """``h - Σ d <= h`` from theorems ``0 <= d``, the left side in normal form."""
    lower = inside.body
    for gap in gaps:
        lower = sub(lower, gap.claim.rhs)
        inside.tower.add(gap.claim.rhs)
    plain = inside.tower.form(lower).term()
    inside.tower.add(plain)
    same = inside.tower.equation(plain, lower)
    claim = Claim(plain, "<=", inside.body)
    premises, multipliers = [same, *gaps], [Fraction(1)] * (1 + len(gaps))
    theorem = rules.combine(inside.context, claim, premises, multipliers)
    return discharge_all(theorem, inside.tower)


def _tangents(inside: Inside, split: Split) -> Iterator[list[Theorem]]:
    """``0 <= w*(t - 1 - log(t))`` for each weight w of a logarithm, t being moved by some constant."""
    groups: dict[Term, list[tuple[Fraction, Term]]] = {}
    for coefficient, unit in inside.tower.form(inside.body).summands():
        parts = list(factors(unit))
        logs = [b for b, e in parts if _is_call(b, "log") and inside.name in b.free and e == ONE]
        if len(logs) == 1:
            weight = quotient([p for p in parts if p[0] is not logs[0]])
            groups.setdefault(weight, []).append((coefficient, logs[0].args[0]))
    if not groups:
        yield from _exponential_tangents(inside, split)
        return
    for scale in _scales(split):
        yield [_tangent(inside, w, logs, scale) for w, logs in groups.items()]


def _tangent(
    inside: Inside, weight: Term, logs: list[tuple[Fraction, Term]], scale: Term
) -> Theorem:
    """``0 <= w*(t - 1 - log(t))`` with ``-w*log(t)`` holding the given logarithms."""
    whole = Fraction(gcd(*(c.numerator for c, _ in logs)), max(c.denominator for c, _ in logs))
    t = quotient([*((x, num(-c / whole)) for c, x in logs), *factors(scale)])
    return _above_tangent(inside, scaled(whole, weight), t)


def _above_tangent(inside: Inside, weight: Term, t: Term) -> Theorem:
    known = fact(inside.context, "log_tangent", {"t": t})
    gap = sub(sub(t, ONE), call("log", t))
    above = rules.combine(inside.context, Claim(ZERO, "<=", gap), [known], [Fraction(1)])
    out = rules.bound(inside.context, Claim(ZERO, "<=", mul(weight, gap)), [above.claim])
    return rules.discharge(out, above)


def _scales(split: Split) -> Iterator[Term]:
    """Constants by which the argument of a logarithm may be moved: from logarithms in the rest."""
    found = [p.args[0] for p in _constants(split) if _is_call(p, "log")][:MAX_SCALED]
    for exponents in choices_of((0, -1, 1), repeat=len(found)):
        yield product([power(u, num(e)) for u, e in zip(found, exponents, strict=True) if e])


def _constants(split: Split) -> list[Term]:
    """The parts of the rest and of the terms that hold no bound variable."""
    known = {d.name for d in split.tower.context}
    return [p for t in (split.rest, split.node) for p in subterms(t) if p.free <= known]


def _exponential_tangents(inside: Inside, split: Split) -> Iterator[list[Theorem]]:
    """``0 <= w*exp(m)*(t - 1 - log(t))`` with ``t = exp(u - m)``: convexity of exp at a constant m."""
    constants = [p for p in _constants(split) if _is_call(p, "exp")]
    found = []
    for coefficient, unit in inside.tower.form(inside.body).summands():
        parts = list(factors(unit))
        powers = [b for b, e in parts if _is_call(b, "exp") and inside.name in b.free and e == ONE]
        if len(powers) == 1:
            weight = quotient([p for p in parts if p[0] is not powers[0]])
            found.append((scaled(coefficient, weight), powers[0].args[0]))
    for constant in constants if found else []:
        yield [
            _above_tangent(inside, mul(w, constant), call("exp", sub(u, constant.args[0])))
            for w, u in found
        ]


def _squares(inside: Inside, split: Split) -> Iterator[list[Theorem]]:
    """``0 <= w*(x - m)**2`` for each square in the terms, m being a sum in the rest, or its mean."""
    found = []
    for coefficient, unit in inside.tower.form(inside.body).summands():
        parts = list(factors(unit))
        roots = [b for b, e in parts if e == num(2) and inside.name in b.free]
        if len(roots) == 1:
            weight = quotient([p for p in parts if p[0] is not roots[0]])
            found.append((scaled(coefficient, weight), roots[0]))
    size = _size(split)
    centres = [p for p in _constants(split) if p.head in ("sum", "sym", "index")]
    for centre in (c for s in centres for c in (s, quotient([(s, ONE), (size, num(-1))]))):
        gaps = [mul(w, power(sub(x, centre), num(2))) for w, x in found]
        if found:
            yield [rules.bound(inside.context, Claim(ZERO, "<=", gap)) for gap in gaps]


def _size(split: Split) -> Term:
    _, low, high = split.node.args
    return normal_form(Ring(), add(sub(high, low), ONE)).term()


def _assembled(claim: Claim, split: Split, inside: Inside, bound: Theorem) -> Theorem:
    """``a ⋈ b`` from ``l ⋈ h`` for each term and ``0 <= Σ l + r``."""
    context, tower = split.tower.context, split.tower
    index = split.node.payload
    least = substitute(bound.claim.lhs, {inside.name: sym(index)})
    below = binder("sum", index, least, *split.node.args[1:])
    summed = closed(tower, rules.congruence_inside(context, below, bound))
    upper = summed.claim.rhs
    tower.add(below)
    tower.add(upper)
    left = add(below, split.rest)
    shown = _not_negative(tower, left)
    premises, multipliers = [summed, shown], [Fraction(1), Fraction(1)]
    try:
        gap = tower.equation(sub(claim.rhs, claim.lhs), add(upper, split.rest))
    except KernelError:
        apart = range_linear(context, upper)
        tower.add(apart.claim.rhs)
        gap = tower.equation(sub(claim.rhs, claim.lhs), add(apart.claim.rhs, split.rest))
        premises, multipliers = [*premises, apart], [*multipliers, Fraction(1)]
    return rules.combine(context, claim, [*premises, gap], [*multipliers, Fraction(-1)])


def _not_negative(tower: Tower, term: Term) -> Theorem:
    """``0 <= t``, or ``0 = t``. Raises KernelError."""
    try:
        return tower.equation(ZERO, term)
    except KernelError:
        plain = tower.form(term).term()
        found = holds(tower, Claim(ZERO, "<=", plain))
        if found is None:
            raise
        return rules.trans(found, tower.equation(plain, term))


def _is_call(term: Term, name: str) -> bool:
    return term.head == "call" and term.payload == name

"""Comparing through increasing functions: logarithms of both sides, squares of both sides, and the
order of hypotheses carried through roots and exponentials."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations
from typing import Final

from flint import fmpq, fmpq_mpoly

from derive.kernel import rules
from derive.kernel.facts import fact, schema
from derive.kernel.theorem import Theorem
from derive.search.conditions import sweep
from derive.search.order_cases import core_claim, fresh, granted
from derive.search.order_core import Core
from derive.search.order_space import ZERO, Space, bounded
from derive.terms.context import Claim, Context, Relation
from derive.terms.term import Term, call, div, mul, num, rational, sub, subterms

ONE: Final = num(1)
MAX_PAIRS: Final = 6
KNOWN: Final = {
    "erf": ("erf_tail",),
    "atan": ("atan_below", "atan_tail"),
    "sin": ("sin_positive",),
    "cos": ("cos_positive",),
    "floor": ("floor_below", "floor_above"),
}
"""Facts about functions of one argument that are order claims."""


def by_logarithms(core: Core) -> Theorem | None:
    """``M ⋈ Y`` from ``0 ⋈ log(Y/M)``, where one of the two is a single product of exponentials."""
    space = core.space()
    top, _ = space.quotient(core.term)
    growing = [atom for atom in space.atoms if _is_growing(atom)]
    if not growing or (len(top) > 2 and all(map(_is_root, growing))):
        return None
    sides = _split(core, space, top)
    if sides is None:
        return None
    high, low = sides
    ratio = div(high, low)
    first = core.positive(low, strict=True)
    if first is None:
        return None
    second = core.positive(call("log", ratio), strict=core.strict)
    if second is None:
        return None
    tangent = fact(core.context, "log_tangent", {"t": ratio})
    relation: Relation = second.claim.relation
    gap = sub(ratio, ONE)
    known = rules.combine(
        core.context, Claim(ZERO, relation, gap), [second, tangent], [Fraction(1)] * 2
    )
    target = Claim(ZERO, relation, mul(low, gap))
    return core.link(bounded(core.tower, target, [first, known]))


def _is_growing(atom: Term) -> bool:
    return atom.head == "pow" or (atom.head == "call" and atom.payload == "exp")


def _is_root(atom: Term) -> bool:
    return atom.head == "pow" and rational(atom.args[1]) is not None


def _split(core: Core, space: Space, top: fmpq_mpoly) -> tuple[Term, Term] | None:
    """The goal as a difference of two sums of products of exponentials, one of them a single one."""
    places = [i for i, atom in enumerate(space.atoms) if _is_growing(atom)]
    groups: dict[tuple[int, ...], dict[tuple[int, ...], fmpq]] = {}
    for monomial, c in top.to_dict().items():
        exponents = tuple(int(e) for e in monomial)
        group = groups.setdefault(tuple(exponents[i] for i in places), {})
        group[exponents] = c
    sides: tuple[list[fmpq_mpoly], list[fmpq_mpoly]] = ([], [])
    for group in groups.values():
        poly = space.polynomials.from_dict(group)
        seen = core.samples.signs(space.term(poly))
        if seen is None or seen[0] == seen[1]:
            return None
        sides[seen[0]].append(-poly if seen[0] else poly)
    if min(map(len, sides)) != 1:
        return None
    high, low = (space.term(sum(side[1:], side[0])) for side in sides)
    return high, low


def by_roots(core: Core) -> Theorem | None:
    """``a + b*r`` for a square root r, through ``a**2 - b**2*r**2``."""
    space = core.space()
    top, _ = space.quotient(core.term)
    options = []
    for place, atom in enumerate(space.atoms):
        if atom.head != "pow" or rational(atom.args[1]) != Fraction(1, 2):
            continue
        if int(top.degrees()[place]) != 1:
            continue
        a, b = _linear(top, place)
        signs = [core.samples.signs(space.term(p)) if not p.is_zero() else None for p in (a, b)]
        if signs[0] is None or signs[1] is None or all(signs[0]) or all(signs[1]):
            continue
        r = space.gens[place]
        other = a - b * r if signs[1][0] else b * r - a
        plain = core.tower.sign(space.term(other)) > 0
        options.append((not plain, place, other))
    for _, _, other in sorted(options, key=lambda option: option[:2]):
        theorem = _conjugate(core, space, top, other)
        if theorem is not None:
            return theorem
    return None


def _linear(poly: fmpq_mpoly, place: int) -> tuple[fmpq_mpoly, fmpq_mpoly]:
    parts: tuple[dict[tuple[int, ...], fmpq], ...] = ({}, {})
    for monomial, c in poly.to_dict().items():
        exponents = tuple(int(e) for e in monomial)
        parts[exponents[place]][tuple(0 if i == place else e for i, e in enumerate(exponents))] = c
    ring = poly.context()
    return ring.from_dict(parts[0]), ring.from_dict(parts[1])


def _conjugate(core: Core, space: Space, top: fmpq_mpoly, other: fmpq_mpoly) -> Theorem | None:
    """``0 ⋈ a + b*r`` from ``0 < a - b*r`` or its opposite, and the sign of the product."""
    rest = space.reduced(other * top)
    first = core.positive(space.term(other), strict=True)
    if first is None:
        return None
    second = (
        rules.bound(core.context, Claim(ZERO, "<=", ZERO))
        if rest.is_zero()
        else core.positive(space.term(rest), strict=core.strict)
    )
    if second is None:
        return None
    whole = div(second.claim.rhs, first.claim.rhs)
    target = Claim(ZERO, second.claim.relation, whole)
    return core.link(bounded(core.tower, target, [first, second]))


def by_carried_order(core: Core) -> Theorem | None:
    """The goal with the order of roots or exponentials as further hypotheses."""
    lemmas = []
    inner = core.context
    for low, high in _pairs(core):
        shown = _ordered(core, low, high)
        if shown is not None:
            lemmas.append(shown)
            inner = inner.assume(fresh(inner), shown.claim)
    return _with_lemmas(core, inner, lemmas, 0)


def by_known_bounds(core: Core) -> Theorem | None:
    """The goal with what the kernel's facts say of its special functions as further hypotheses."""
    lemmas = []
    inner = core.context
    stated = {c for _, c in inner.hypotheses}
    for part in subterms(core.term):
        for name in KNOWN.get(part.payload, ()) if part.head == "call" else ():
            (letter,) = schema(name)[0].free
            lemma = fact(core.context, name, {letter: part.args[0]})
            lemma = core.prover.without_conditions(sweep(lemma, core.tower), 0)
            if lemma.conditions and name == "sin_positive":
                lemma = core.prover.without_conditions(_sine_from_zero(core, part), 0)
            if not lemma.conditions and lemma.claim not in stated:
                lemmas.append(lemma)
                stated.add(lemma.claim)
                inner = inner.assume(fresh(inner), lemma.claim)
    return _with_lemmas(core, inner, lemmas, core.depth - 1)


def _sine_from_zero(core: Core, sine: Term) -> Theorem:
    """``0 <= sin(a)`` under ``0 <= a`` and ``a < pi``, the case of 0 apart."""
    context, (a,) = core.context, sine.args
    claim, zero = Claim(ZERO, "<=", sine), Claim(a, "=", ZERO)
    name = fresh(context)
    at = context.assume(name, zero)
    value = rules.congruence(at, sine, [rules.hypothesis(at, name)])
    value = rules.trans(value, fact(at, "sin_zero", {}))
    here = rules.trans(rules.bound(at, Claim(ZERO, "<=", ZERO)), rules.symmetry(value))
    above = fact(context, "sin_positive", {"a": a})
    assumed = [Claim(ZERO, "<=", a), Claim(a, "!=", ZERO)]
    above = rules.discharge(above, rules.bound(context, Claim(ZERO, "<", a), assumed))
    weaker = rules.combine(context, claim, [above], [Fraction(1)])
    return sweep(rules.cases(zero, rules.instantiate(context, here, {}), weaker), core.tower)


def _with_lemmas(core: Core, inner: Context, lemmas: list[Theorem], depth: int) -> Theorem | None:
    """The goal proved in a context that assumes the lemmas' claims."""
    if not lemmas:
        return None
    theorem = core.prover.prove(inner, core_claim(core), depth)
    if theorem is None:
        return None
    theorem = rules.instantiate(core.context, theorem, {})
    for lemma in lemmas:
        theorem = granted(theorem, lemma)
    return theorem


def _ordered(core: Core, low: Term, high: Term) -> Theorem | None:
    """``f(u) ⋈ f(v)``, once ``u ⋈ v`` is seen to have a short proof."""
    relations: tuple[Relation, ...] = ("<", "<=")
    for relation in relations:
        if core.prove(low.args[0], relation, high.args[0], core.depth) is not None:
            return core.prove(low, relation, high, max(core.depth - 1, 0))
    return None


def _pairs(core: Core) -> Iterator[tuple[Term, Term]]:
    """Two values of one increasing function whose order the hypotheses do not state."""
    space = core.space()
    stated = {(c.lhs, c.rhs) for _, h in core.context.hypotheses for c in (h, h.flipped())}
    kinds: dict[object, list[Term]] = {}
    for atom in space.atoms:
        if atom.head == "pow" and rational(atom.args[1]) is not None:
            kinds.setdefault(atom.args[1], []).append(atom)
        elif atom.head == "call" and atom.payload in ("exp", "erf") and atom.free:
            kinds.setdefault(atom.payload, []).append(atom)
    made = 0
    for atoms in kinds.values():
        for low, high in permutations(atoms, 2):
            seen = core.samples.signs(sub(high, low))
            if seen == (False, True) and (low, high) not in stated and made < MAX_PAIRS:
                made += 1
                yield low, high

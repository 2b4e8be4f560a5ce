"""Polynomials: completed squares, and sums of products of things known to be non-negative."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from math import ceil, floor
from typing import Final

from flint import fmpq_mpoly

from derive.kernel import rules
from derive.kernel.interval import Interval
from derive.kernel.theorem import KernelError, Theorem
from derive.search.order_core import Core
from derive.search.order_linear import combination
from derive.search.order_space import ZERO, Space, bounded
from derive.search.polynomials import monomial_term, polynomial_term, to_fraction
from derive.terms.context import Claim, Relation, membership
from derive.terms.term import Term, add, div, mul, neg, num, power, product, rational, sub, total

MAX_FACTORS: Final = 14
MAX_COLUMNS: Final = 260
MAX_TARGET: Final = 80
MAX_SQUARES: Final = 12
MILLION: Final = 10**6


def by_square(core: Core) -> Theorem | None:
    """``a*x**2 + b*x + c`` with ``a > 0`` and ``4*a*c - b**2 >= 0``: the square is completed in x."""
    space = core.space()
    top, _ = space.quotient(core.term)
    for place, gen in enumerate(space.gens):
        if int(top.degrees()[place]) != 2:
            continue
        a, b, c = (_coefficient(top, place, e) for e in (2, 1, 0))
        if b.is_zero():
            continue
        rest = 4 * a * c - b * b
        if _clearly(core, space, a) < 0 or _clearly(core, space, rest) < 0:
            continue
        first = core.positive(space.term(a), strict=True)
        if first is None:
            continue
        if rest.is_zero():
            second = None if core.strict else rules.bound(core.context, Claim(ZERO, "<=", ZERO))
        else:
            second = core.positive(space.term(rest), strict=core.strict)
        if second is None:
            continue
        square = power(space.term(2 * a * gen + b), num(2))
        whole = div(add(square, second.claim.rhs), mul(num(4), first.claim.rhs))
        return core.link(bounded(core.tower, Claim(ZERO, core.relation, whole), [first, second]))
    return None


def _clearly(core: Core, space: Space, poly: fmpq_mpoly) -> int:
    """-1 when a polynomial is negative at some sample."""
    seen = core.samples.signs(space.term(poly)) if not poly.is_zero() else None
    return -1 if seen is not None and seen[0] else 0


def _coefficient(poly: fmpq_mpoly, place: int, exponent: int) -> fmpq_mpoly:
    """The coefficient of a power of one generator."""
    out = {}
    for monomial, c in poly.to_dict().items():
        if int(monomial[place]) == exponent:
            out[tuple(0 if i == place else int(e) for i, e in enumerate(monomial))] = c
    return poly.context().from_dict(out)


def known_factors(core: Core, space: Space, target: fmpq_mpoly) -> list[Known]:
    """What the hypotheses and the bounds say of terms that share generators with the target.

    Or with another such term: the search closes the set.
    """
    found: dict[str, Known] = {}
    for lemma in _cleared(core):
        if lemma.claim.relation in ("<", "<="):
            _keep(space, found, lemma.claim.rhs, lemma.claim.relation == "<", lemma)
    for term, strict in _distances(core, space):
        _keep(space, found, term, strict, None)
    inside = {i for i, d in enumerate(target.degrees()) if d}
    chosen: dict[str, Known] = {}
    while True:
        near = {k: f for k, f in found.items() if _places(f.poly) & inside}
        if near.keys() == chosen.keys():
            return list(near.values())[:MAX_FACTORS]
        chosen = near
        inside = inside.union(*(_places(f.poly) for f in near.values() if f.proof is not None))


def _places(poly: fmpq_mpoly) -> set[int]:
    return {i for i, d in enumerate(poly.degrees()) if d}


def _keep(
    space: Space, found: dict[str, Known], term: Term, strict: bool, proof: Theorem | None
) -> None:
    if space.holds(term):
        poly, bottom = space.quotient(term)
        if bottom.is_constant() and not poly.is_constant():
            found.setdefault(str(poly), Known(term, poly, strict, proof))


def _distances(core: Core, space: Space) -> Iterator[tuple[Term, bool]]:
    """The distances of atoms to their bounds, and whether these can never be 0."""
    for atom in space.atoms:
        r = core.tower.bounds.of(atom)
        if not atom.free:
            r = _rounded(r)
        if r.lower is not None:
            yield (sub(atom, num(r.lower)) if r.lower else atom), r.lower_open
        if r.upper is not None:
            yield sub(num(r.upper), atom), r.upper_open
    for theorem in core.tower.rewrites:
        name = theorem.claim.lhs
        if name.head == "sym" and space.holds(name):
            for claim in membership(name, core.context[name.payload].domain):
                c = claim.oriented()
                if c.relation != "!=":
                    gap = c.rhs if rational(c.lhs) == 0 else sub(c.rhs, c.lhs)
                    yield gap, c.relation == "<"


def _rounded(r: Interval) -> Interval:
    """The bounds of a number, rounded outwards to six decimals."""
    low = None if r.lower is None else Fraction(floor(r.lower * MILLION), MILLION)
    high = None if r.upper is None else Fraction(ceil(r.upper * MILLION), MILLION)
    return Interval(low, high)


def _cleared(core: Core) -> Iterator[Theorem]:
    """What the hypotheses say of polynomials, denominators being multiplied out."""
    yield from core.tower.lemmas
    for name, h in core.context.hypotheses:
        if h.relation in ("=", "!="):
            continue
        claim = h.oriented()
        gap = sub(claim.rhs, claim.lhs)
        form = core.tower.form(gap)
        if form.bottom.is_constant():
            continue
        bottom = polynomial_term(form.bottom, form.atoms)
        for sign, side in ((1, bottom), (-1, neg(bottom))):
            try:
                below = bounded(core.tower, Claim(ZERO, "<", side))
            except KernelError:
                continue
            whole = mul(side, gap)
            given = rules.combine(
                core.context,
                Claim(ZERO, claim.relation, gap),
                [rules.hypothesis(core.context, name)],
                [Fraction(1)],
            )
            product_known = bounded(core.tower, Claim(ZERO, claim.relation, whole), [below, given])
            top = polynomial_term(form.top * sign, form.atoms)
            yield rules.trans(product_known, core.tower.equation(whole, top))


def by_products(core: Core) -> Theorem | None:
    """A non-negative combination of products of known factors and of squares of binomials.

    The goal may be multiplied first by a factor that is known to be positive. For goals without
    logarithms, which have likelier proofs.
    """
    return _products(core, late=False)


def by_products_with_logarithms(core: Core) -> Theorem | None:
    """The same for goals with logarithms."""
    return _products(core, late=True)


def _has_logarithms(space: Space, poly: fmpq_mpoly) -> bool:
    return any(
        d and a.free and a.head == "call" and a.payload == "log"
        for a, d in zip(space.atoms, poly.degrees(), strict=True)
    )


def _products(core: Core, *, late: bool) -> Theorem | None:
    extra = [t.claim.rhs for t in core.tower.lemmas]
    extra += [s for _, h in core.context.hypotheses for s in (h.lhs, h.rhs) if h.relation != "="]
    space = core.space(*extra)
    top, _ = space.quotient(core.term)
    if len(top) > MAX_TARGET or _has_logarithms(space, top) != late:
        return None
    factors = known_factors(core, space, top)
    found = _combined(core, space, top, factors)
    if found is not None:
        return core.total(*found)
    for known in factors:
        found_in = _factor_of(core, space, top, known)
        if found_in is not None:
            return found_in
        if known.strict and known.proof is not None:
            found = _combined(core, space, top * known.poly, factors)
            if found is not None:
                return _divided(core, known, found)
    return None


def _factor_of(core: Core, space: Space, top: fmpq_mpoly, known: Known) -> Theorem | None:
    """The goal as ``h/q`` where a hypothesis says ``0 ⋈ h`` and q is positive."""
    if known.proof is None or known.strict < core.strict or top.is_constant():
        return None
    rest, left = divmod(known.poly, top)
    if not left.is_zero() or rest.is_constant():
        return None
    below = core.positive(space.term(rest), strict=True)
    if below is None:
        return None
    target = Claim(ZERO, core.relation, div(known.term, below.claim.rhs))
    return core.link(bounded(core.tower, target, [known.proof, below]))


@dataclass(frozen=True)
class Known:
    """A term, its polynomial, whether it is never 0, and the proof that it is not negative.

    Without a proof the kernel's bounds show it."""

    term: Term
    poly: fmpq_mpoly
    strict: bool
    proof: Theorem | None


@dataclass(frozen=True)
class Column:
    """A product of known factors and at most one square."""

    term: Term
    poly: fmpq_mpoly
    strict: bool
    proofs: list[Theorem]


def _combined(
    core: Core, space: Space, target: fmpq_mpoly, factors: list[Known]
) -> tuple[list[Theorem], list[Fraction]] | None:
    """Premises ``0 ⋈ p`` and multipliers with which they add up to the target."""
    columns = _columns(space, target, factors)
    vectors = [_vector(space.reduced(c.poly)) for c in columns]
    marks = [c.strict for c in columns] if core.strict else []
    solved = combination(vectors, _vector(space.reduced(target)), marks)
    if solved is None:
        return None
    used = [(m, c) for m, c in zip(solved, columns, strict=True) if m]
    return [_premise(core, c) for _, c in used], [m for m, _ in used]


def _columns(space: Space, target: fmpq_mpoly, factors: list[Known]) -> list[Column]:
    given = [int(f.poly.total_degree()) for f in factors if f.proof is not None]
    degree = max(int(target.total_degree()), 2, *(d + 1 for d in given))
    squares = list(_squares(space, target)) + list(_differences(factors))
    out = [Column(num(1), space.polynomials.constant(1), True, [])]
    for count in range(4):
        for chosen in combinations_with_replacement(factors, count):
            poly = space.polynomials.constant(1)
            for f in chosen:
                poly = poly * f.poly
            if int(poly.total_degree()) > degree:
                continue
            parts = [f.term for f in chosen]
            proofs = [f.proof for f in chosen if f.proof is not None]
            if count:
                out.append(Column(product(parts), poly, all(f.strict for f in chosen), proofs))
            if count <= 2:
                for term, square in squares:
                    if int((poly * square).total_degree()) <= degree:
                        out.append(Column(product([*parts, term]), poly * square, False, proofs))
            if len(out) > MAX_COLUMNS:
                return out[:MAX_COLUMNS]
    return out


def _divided(
    core: Core, known: Known, found: tuple[list[Theorem], list[Fraction]]
) -> Theorem | None:
    """The goal from ``0 ⋈ f*goal`` and ``0 < f``."""
    premises, multipliers = found
    proof = known.proof
    assert proof is not None
    strict = any(p.claim.relation == "<" for p in premises)
    if core.strict and not strict:
        return None
    whole = total([mul(num(m), p.claim.rhs) for m, p in zip(multipliers, premises, strict=True)])
    relation: Relation = "<" if strict else "<="
    added = rules.combine(core.context, Claim(ZERO, relation, whole), premises, multipliers)
    target = Claim(ZERO, relation, div(whole, known.term))
    return core.link(bounded(core.tower, target, [added, proof]))


def _premise(core: Core, column: Column) -> Theorem:
    target = Claim(ZERO, "<" if column.strict else "<=", column.term)
    return bounded(core.tower, target, column.proofs)


def _differences(factors: list[Known]) -> Iterator[tuple[Term, fmpq_mpoly]]:
    """Squares of the differences of two known factors."""
    for a, b in list(combinations(factors, 2))[:MAX_SQUARES]:
        yield power(sub(a.term, b.term), num(2)), (a.poly - b.poly) ** 2


def _vector(poly: fmpq_mpoly) -> dict[tuple[int, ...], Fraction]:
    return {tuple(int(e) for e in m): to_fraction(c) for m, c in poly.to_dict().items()}


def _squares(space: Space, target: fmpq_mpoly) -> Iterator[tuple[Term, fmpq_mpoly]]:
    """Squares ``(m ± m')**2`` and ``m**2`` of monomials of half the degrees of the target's."""
    halves: dict[tuple[int, ...], None] = {}
    for monomial, c in target.to_dict().items():
        exponents = tuple(int(e) for e in monomial)
        if c > 0 and all(e % 2 == 0 for e in exponents):
            halves[tuple(e // 2 for e in exponents)] = None
        if c < 0 and sum(exponents) >= 2:
            for low in (1, 2):
                for places in combinations_with_replacement(range(len(exponents)), low):
                    part = [places.count(i) for i in range(len(exponents))]
                    rest = [e - p for e, p in zip(exponents, part, strict=True)]
                    if min(rest) >= 0 and abs(sum(rest) - sum(part)) <= 1:
                        halves[tuple(part)] = None
                        halves[tuple(rest)] = None
    chosen = list(halves)[:MAX_SQUARES]
    terms = {m: monomial_term(m, space.atoms) for m in chosen}
    polys = {m: space.polynomials.from_dict({m: 1}) for m in chosen}
    for m in chosen:
        yield power(terms[m], num(2)), polys[m] ** 2
    for a, b in combinations(chosen, 2):
        yield power(sub(terms[a], terms[b]), num(2)), (polys[a] - polys[b]) ** 2
        yield power(add(terms[a], terms[b]), num(2)), (polys[a] + polys[b]) ** 2

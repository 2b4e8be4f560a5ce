"""The sign of a polynomial from the signs of its coefficients, after moving each atom to t > 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flint import Ordering, fmpq_mpoly, fmpq_mpoly_ctx

from derive.kernel import rules
from derive.kernel.interval import Interval
from derive.kernel.normal import Ring, to_fmpq
from derive.kernel.theorem import KernelError, Theorem
from derive.search.polynomials import to_fraction
from derive.terms.context import Claim, Relation
from derive.terms.term import Term, num, power, product, sub, total

if TYPE_CHECKING:
    from derive.search.tower import Tower

MAX_DEGREE: Final = 12
MAX_ATOMS: Final = 8
MAX_TERMS: Final = 2_000


def positive_polynomial(term: Term, tower: Tower) -> Theorem | None:
    """``0 < p`` or ``0 <= p`` for a polynomial whose coefficients become non-negative, else None.

    An atom in (l, u) is written (l + u*t)/(1 + t), one in (l, ∞) as l + t, one in (-∞, u) as u - t, with
    t > 0; one without bounds must occur in even powers. Read backwards, this writes the polynomial as a
    sum of products of ``x - l`` and ``u - x``, the sign of which the kernel sees.
    """
    ring = Ring()
    numbers = sorted(ring.generators(term))
    try:
        top, bottom = ring.form(term, numbers)
    except KernelError:
        return None
    if not bottom.is_constant() or not 0 < len(numbers) <= MAX_ATOMS or top.is_zero():
        return None
    atoms = [ring.atoms[n] for n in reversed(numbers)]
    ranges = [tower.bounds.of(a) for a in atoms]
    moved = None if any(_single(r) for r in ranges) else _moved(top, ranges)
    if moved is None:
        return None
    return _shown(term, _written(moved, [int(d) for d in top.degrees()], atoms, ranges), tower)


def _single(r: Interval) -> bool:
    """Whether the bounds leave no more than one number."""
    return r.lower is not None and r.upper is not None and r.lower >= r.upper


def _shown(term: Term, form: Term, tower: Tower) -> Theorem | None:
    relations: tuple[Relation, ...] = ("<", "<=")
    for relation in relations:
        for lemmas in ([], tower.lemmas):
            try:
                claims = [lemma.claim for lemma in lemmas]
                known = rules.bound(tower.context, Claim(num(0), relation, form), claims)
                for lemma in lemmas:
                    if lemma.claim in known.conditions:
                        known = rules.discharge(known, lemma)
                return rules.trans(known, rules.ring(tower.context, form, term))
            except KernelError:
                continue
    return None


def _moved(poly: fmpq_mpoly, ranges: list[Interval]) -> fmpq_mpoly | None:
    """The polynomial in the variables t, cleared of 1 + t; None when a coefficient is negative."""
    ring = fmpq_mpoly_ctx.get(tuple(f"t{i}" for i in range(len(ranges))), Ordering.lex)
    gens = ring.gens()
    placed = [_placed(t, r) for t, r in zip(gens, ranges, strict=True)]
    degrees = [int(d) for d in poly.degrees()]
    if max(degrees, default=0) > MAX_DEGREE:
        return None
    whole = ring.constant(0)
    for exponents, c in poly.to_dict().items():
        part = ring.constant(c)
        for e, d, (top, bottom) in zip(exponents, degrees, placed, strict=True):
            part = part * top ** int(e) * bottom ** (d - int(e))
            if len(part) > MAX_TERMS:
                return None
        whole = whole + part
    unbounded = [i for i, r in enumerate(ranges) if r.lower is None and r.upper is None]
    for exponents, c in whole.to_dict().items():
        if c < 0 or any(int(exponents[i]) % 2 for i in unbounded):
            return None
    return None if whole.is_zero() else whole


def _placed(t: fmpq_mpoly, r: Interval) -> tuple[fmpq_mpoly, fmpq_mpoly]:
    """An atom with the bounds ``r`` as a quotient in t > 0; t itself when it has no bounds."""
    one = t.context().constant(1)
    if r.lower is not None and r.upper is not None:
        return to_fmpq(r.lower) + to_fmpq(r.upper) * t, one + t
    if r.lower is not None:
        return to_fmpq(r.lower) + t, one
    return (to_fmpq(r.upper) - t if r.upper is not None else t), one


def _written(
    moved: fmpq_mpoly, degrees: list[int], atoms: list[Term], ranges: list[Interval]
) -> Term:
    """The polynomial in the t again in terms of the atoms: a sum of products of distances."""
    parts = []
    for exponents, c in moved.to_dict().items():
        scale, factors = to_fraction(c), []
        for e, d, atom, r in zip(exponents, degrees, atoms, ranges, strict=True):
            below = atom if not r.lower else sub(atom, num(r.lower))
            if r.upper is not None:
                above = sub(num(r.upper), atom)
                if r.lower is None:
                    below = above
                else:
                    scale /= (r.upper - r.lower) ** d
                    factors += [power(above, num(d - int(e)))] * (d > int(e))
            factors += [power(below, num(int(e)))] * (e > 0)
        parts.append(product([num(scale), *factors]))
    return total(parts)

"""Polynomials over the generators of a tower, and claims shown by bounds with lemmas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from flint import fmpq_mpoly

from derive.kernel import rules
from derive.kernel.normal import Ring, polynomial_ring, remainder
from derive.kernel.theorem import KernelError, Theorem
from derive.search.polynomials import Fractional, polynomial_term
from derive.search.tower import Tower
from derive.terms.context import Claim
from derive.terms.term import Term, num, rational, sub

ZERO: Final = num(0)


def bounded(tower: Tower, claim: Claim, lemmas: Sequence[Theorem] = ()) -> Theorem:
    """The claim by bounds, from lemmas and what the tower knows. Raises KernelError."""
    for known in ((*lemmas,), (*lemmas, *tower.lemmas)):
        try:
            theorem = rules.bound(tower.context, claim, [t.claim for t in known])
        except KernelError:
            continue
        for lemma in known:
            apart = Claim(lemma.claim.rhs, "!=", ZERO)
            if apart in theorem.conditions and lemma.claim.relation == "<":
                theorem = rules.discharge(theorem, rules.bound(tower.context, apart, [lemma.claim]))
            if lemma.claim in theorem.conditions:
                theorem = rules.discharge(theorem, lemma)
        return theorem
    raise KernelError(f"bound: cannot show {claim}")


class Space:
    """Polynomials over one set of generators: those of the terms given, under a tower's rewrites."""

    def __init__(self, tower: Tower, terms: Iterable[Term]) -> None:
        self.tower = tower
        self.ring = Ring([(t.claim.lhs, t.claim.rhs) for t in tower.rewrites])
        gaps = [sub(t.claim.lhs, t.claim.rhs) for t in tower.relations]
        found = frozenset[int]().union(*(self.ring.generators(t) for t in terms))
        while True:
            near = [g for g in gaps if self.ring.generators(g) & found]
            wider = found.union(*(self.ring.generators(g) for g in near))
            if wider == found:
                break
            found = wider
        self.numbers = sorted(found)
        self.atoms = [self.ring.atoms[n] for n in reversed(self.numbers)]
        self.polynomials = polynomial_ring(len(self.numbers))
        self.gens = self.polynomials.gens()
        self.relations = [self.ring.form(g, self.numbers)[0] for g in near]

    def holds(self, term: Term) -> bool:
        """Whether the generators of a term are all here."""
        return self.ring.generators(term) <= frozenset(self.numbers)

    def quotient(self, term: Term) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        """A term as numerator and denominator. Raises KernelError."""
        top, bottom = self.ring.form(term, self.numbers)
        return self.reduced(top), bottom

    def reduced(self, poly: fmpq_mpoly) -> fmpq_mpoly:
        """A polynomial with the relations divided out."""
        return remainder(poly, self.relations) if self.relations else poly

    def term(self, poly: fmpq_mpoly) -> Term:
        """A polynomial as a term."""
        return polynomial_term(poly, self.atoms)

    def in_roots(self, poly: fmpq_mpoly) -> fmpq_mpoly:
        """A polynomial with each symbol that also occurs as a root written as a power of that root."""
        for place, atom in enumerate(self.atoms):
            exponent = rational(atom.args[1]) if atom.head == "pow" else None
            if exponent is None or exponent.numerator != 1 or atom.args[0] not in self.atoms:
                continue
            if not poly.degrees()[place]:
                continue
            values = list(self.gens)
            values[self.atoms.index(atom.args[0])] = self.gens[place] ** exponent.denominator
            poly = poly.compose(*values)
        return poly

    def fractional(self, top: fmpq_mpoly, bottom: fmpq_mpoly) -> Fractional:
        """A quotient that knows its atoms."""
        return Fractional(top, bottom, tuple(self.atoms))

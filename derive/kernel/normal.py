"""The rational-function checker: one exact normal form over opaque atoms.

A term is read as a quotient of polynomials with rational coefficients in its *atoms*, the subterms
that are not sums, products, quotients or literal integer powers. Two atoms are the same generator when
they have the same outermost operation and their arguments have equal normal forms. Equal normal forms
then mean equal values wherever both terms are defined.

Known equalities can be applied on the way: a *rewrite* ``a = b`` replaces the atom ``a`` by ``b``, a
*relation* ``a = b`` says that a polynomial vanishes, and is divided out at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import comb
from typing import Any, Final

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from derive.kernel.theorem import KernelError
from derive.terms.heads import BINDERS
from derive.terms.term import Term, canonical, rational

MAX_TERMS: Final = 4_000
MAX_EXPONENT: Final = 10_000
MAX_BITS: Final = 20_000

Quotient = tuple[fmpq_mpoly, fmpq_mpoly]
Key = Any


class Ring:
    """Normal forms of terms that share one set of atoms.

    ``rewrites`` are pairs ``(atom, replacement)``, numbered; the replacement of number i is read with
    the rewrites below i only, so reading always ends; a number is never rewritten. ``used`` collects
    the numbers of the rewrites that mattered.
    """

    def __init__(self, rewrites: Sequence[tuple[Term, Term]] = ()) -> None:
        self.rewrites = list(rewrites)
        self.places = {a: i for i, (a, _) in [*enumerate(self.rewrites)][::-1] if a.head != "num"}
        self.used: set[int] = set()
        self.atoms: list[Term] = []
        self._numbers: dict[Key, int] = {}
        self._found: dict[tuple[int, int], tuple[Term, int]] = {}
        self._inside: dict[tuple[int, int], tuple[Term, frozenset[int]]] = {}

    def atom_number(self, atom: Term, limit: int) -> int:
        """The generator that an atom is, registered when it is new."""
        known = self._found.get((id(atom), limit))
        if known is None:
            key = self._key(atom, limit)
            number = self._numbers.setdefault(key, len(self.atoms))
            if number == len(self.atoms):
                self.atoms.append(atom)
            known = self._found[id(atom), limit] = atom, number
        return known[1]

    def _key(self, atom: Term, limit: int) -> Key:
        if atom.head in BINDERS or atom.head in ("sym", "oo"):
            return canonical(atom)
        return (atom.head, atom.payload, *(self._argument_key(a, limit) for a in atom.args))

    def _argument_key(self, term: Term, limit: int) -> Key:
        if term.head == "dist" or term.head == "oo":
            return self._key(term, limit)
        numbers = sorted(self.generators(term, limit))
        if term.head in ("sym", "index", "call") and self.replacement(term, limit) is None:
            return ((((numbers[0], 1),), "1"),), (((), "1"),)
        top, bottom = self.form(term, numbers, limit)
        common = top.gcd(bottom)
        top, bottom = divmod(top, common)[0], divmod(bottom, common)[0]
        lead = bottom.leading_coefficient()
        return tuple(
            tuple(
                sorted(
                    (tuple((numbers[-1 - i], e) for i, e in enumerate(m) if e), str(c / lead))
                    for m, c in poly.to_dict().items()
                )
            )
            for poly in (top, bottom)
        )

    def replacement(self, term: Term, limit: int) -> int | None:
        """The number of the rewrite for this very term, if there is one below ``limit``."""
        place = self.places.get(term) if limit else None
        return place if place is not None and place < limit else None

    def generators(self, term: Term, limit: int | None = None) -> frozenset[int]:
        """The numbers of the atoms that the normal form of a term may use."""
        limit = len(self.rewrites) if limit is None else limit
        known = self._inside.get((id(term), limit))
        if known is None:
            known = self._inside[id(term), limit] = term, self._generators(term, limit)
        return known[1]

    def _generators(self, term: Term, limit: int) -> frozenset[int]:
        place = self.replacement(term, limit)
        if place is not None:
            self.used.add(place)
            return self.generators(self.rewrites[place][1], place)
        if term.head == "num":
            return frozenset()
        if term.head in ("add", "mul", "neg", "div"):
            parts = [self.generators(a, limit) for a in term.args if a.head != "num"]
            return parts[0].union(*parts[1:]) if parts else frozenset()
        if term.head == "pow" and literal_exponent(term) is not None:
            return self.generators(term.args[0], limit)
        return frozenset((self.atom_number(term, limit),))

    def form(self, term: Term, numbers: Sequence[int], limit: int | None = None) -> Quotient:
        """The normal form as ``(numerator, denominator)`` in the generators ``numbers``.

        The later a generator was met, the higher it ranks. Raises KernelError for a division by
        zero, or when a polynomial would become too large.
        """
        limit = len(self.rewrites) if limit is None else limit
        return Reading(self, numbers).of(term, limit)


@cache
def polynomial_ring(count: int) -> fmpq_mpoly_ctx:
    """The polynomial ring in so many generators, the last one ranking highest."""
    return fmpq_mpoly_ctx.get(tuple(f"g{n}" for n in reversed(range(count))), Ordering.lex)


def literal_exponent(term: Term) -> int | None:
    """The exponent of ``a**n`` when n is a literal integer."""
    value = rational(term.args[1])
    return int(value) if value is not None and value.denominator == 1 else None


class Reading:
    """Normal forms of terms in the generators ``numbers`` of a ring, all in one polynomial ring."""

    def __init__(self, ring: Ring, numbers: Sequence[int]) -> None:
        self.ring = ring
        self.polynomials = polynomial_ring(len(numbers))
        self.gens = dict(zip(reversed(numbers), self.polynomials.gens(), strict=True))
        self.one = self.polynomials.constant(1)
        self.memo: dict[tuple[int, int], tuple[Term, Quotient]] = {}

    def of(self, term: Term, limit: int) -> Quotient:
        """The normal form as ``(numerator, denominator)``, read with the rewrites below ``limit``."""
        known = self.memo.get((id(term), limit))
        if known is None:
            known = self.memo[id(term), limit] = term, self._of(term, limit)
        return known[1]

    def _of(self, term: Term, limit: int) -> Quotient:
        place = self.ring.replacement(term, limit)
        if place is not None:
            self.ring.used.add(place)
            return self.of(self.ring.rewrites[place][1], place)
        match term.head:
            case "num":
                return self.polynomials.constant(to_fmpq(term.payload[0])), self.one
            case "add":
                out = self.of(term.args[0], limit)
                for arg in term.args[1:]:
                    out = self.sum(out, self.of(arg, limit))
                return out
            case "mul":
                out = self.of(term.args[0], limit)
                for arg in term.args[1:]:
                    out = self.product(out, self.of(arg, limit))
                return out
            case "neg":
                top, bottom = self.of(term.args[0], limit)
                return -top, bottom
            case "div":
                return self.product(
                    self.of(term.args[0], limit), self.inverse(self.of(term.args[1], limit))
                )
            case "pow" if (exponent := literal_exponent(term)) is not None:
                return self.power(self.of(term.args[0], limit), exponent)
        return self.gens[self.ring.atom_number(term, limit)], self.one

    def sum(self, a: Quotient, b: Quotient) -> Quotient:
        if a[1] is b[1] or a[1] == b[1]:
            return self.reduced(a[0] + b[0], a[1])
        return self.reduced(self.times(a[0], b[1]) + self.times(b[0], a[1]), self.times(a[1], b[1]))

    def product(self, a: Quotient, b: Quotient) -> Quotient:
        return self.reduced(self.times(a[0], b[0]), self.times(a[1], b[1]))

    def inverse(self, a: Quotient) -> Quotient:
        if a[0].is_zero():
            raise KernelError("ring: division by an expression that is identically zero")
        return a[1], a[0]

    def power(self, a: Quotient, exponent: int) -> Quotient:
        if exponent < 0 or (exponent == 0 and a[0].is_zero()):
            a, exponent = self.inverse(a), -exponent
        for poly in a:
            guard_power(poly, exponent)
        return a[0] ** exponent, a[1] ** exponent

    def times(self, a: fmpq_mpoly, b: fmpq_mpoly) -> fmpq_mpoly:
        if a is self.one or b is self.one:
            return b if a is self.one else a
        if len(a) * len(b) > 4 * MAX_TERMS:
            raise KernelError("ring: the polynomials would become too large")
        return a * b

    def reduced(self, top: fmpq_mpoly, bottom: fmpq_mpoly) -> Quotient:
        if len(top) > MAX_TERMS or len(bottom) > MAX_TERMS:
            raise KernelError("ring: the polynomials would become too large")
        if bottom is self.one:
            return top, bottom
        if bottom.is_constant():
            return top * (1 / bottom.leading_coefficient()), self.one
        common = top.gcd(bottom)
        if not common.is_one():
            top, bottom = divmod(top, common)[0], divmod(bottom, common)[0]
        return top, bottom


def guard_power(poly: fmpq_mpoly, exponent: int) -> None:
    """Raise KernelError when ``poly ** exponent`` would be too large to compute."""
    count = max(1, len(poly))
    terms = comb(min(exponent, MAX_EXPONENT) + count - 1, count - 1) if count > 1 else 1
    bits = max((int(c.p).bit_length() + int(c.q).bit_length() for c in poly.coeffs()), default=1)
    grows = bits > 2
    if exponent > MAX_EXPONENT or terms > MAX_TERMS or (grows and bits * exponent > MAX_BITS):
        raise KernelError(f"ring: a power with exponent {exponent} is too large to expand")


def to_fmpq(value: Fraction) -> fmpq:
    """The same rational as a FLINT number."""
    return fmpq(value.numerator, value.denominator)


def remainder(poly: fmpq_mpoly, relations: Sequence[fmpq_mpoly]) -> fmpq_mpoly:
    """What is left of a polynomial after dividing by the relations, over and over.

    The result differs from ``poly`` by a combination of the relations, so it vanishes with them
    exactly when ``poly`` does.
    """
    for _ in range(8):
        before = poly
        for relation in relations:
            if not relation.is_zero() and not relation.is_constant():
                poly = divmod(poly, relation)[1]
        if poly.is_zero() or poly == before:
            break
    return poly

"""Between terms and polynomials: normal forms as terms, and their factors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from flint import fmpq, fmpq_mpoly, fmpz

from derive.kernel.normal import Ring, guard_power
from derive.kernel.theorem import KernelError
from derive.terms.printer import to_text
from derive.terms.term import Term, TermError, div, mul, neg, num, power, product, rational, total

MAX_FACTORED = 10**15
MAX_FACTOR_TERMS = 120
MAX_FACTOR_DEGREE = 60


@dataclass(frozen=True, slots=True)
class Fractional:
    """A normal form ``top / bottom`` together with the atoms its generators stand for."""

    top: fmpq_mpoly
    bottom: fmpq_mpoly
    atoms: tuple[Term, ...]

    @property
    def constant(self) -> Fraction | None:
        """The value, when the form has no atoms."""
        if not (self.top.is_constant() and self.bottom.is_constant()):
            return None
        if self.top.is_zero():
            return Fraction(0)
        return to_fraction(self.top.leading_coefficient() / self.bottom.leading_coefficient())

    def term(self) -> Term:
        """The form as a term, in an order that depends on the atoms' texts alone."""
        top = polynomial_term(self.top, self.atoms)
        if self.bottom.is_one():
            return top
        return div(top, polynomial_term(self.bottom, self.atoms))

    def summands(self) -> list[tuple[Fraction, Term]]:
        """The numerator's monomials over the denominator, as pairs (coefficient, monic term)."""
        if len(self.bottom) == 1:
            return [
                (to_fraction(c), laurent_term(exponents, self.atoms))
                for exponents, c in _ordered_quotient(self.top, self.bottom, self.atoms)
            ]
        lead = leading(self.bottom, self.atoms)
        bottom = polynomial_term(self.bottom * (1 / lead), self.atoms)
        return [
            (to_fraction(c / lead), div(monomial_term(exponents, self.atoms), bottom))
            for exponents, c in _ordered(self.top, self.atoms)
        ]

    def factors(self) -> list[tuple[Term, int]]:
        """Irreducible factors with their exponents, constants as primes, ``-1`` first if negative."""
        counted: dict[Term, int] = {}
        content = Fraction(1)
        for poly, direction in ((self.top, 1), (self.bottom, -1)):
            constant, parts = (
                (poly.leading_coefficient(), []) if poly.is_constant() else _split(poly)
            )
            content *= to_fraction(constant) ** direction
            for factor, exponent in parts:
                lead = leading(factor, self.atoms)
                scale = to_fraction(lead)
                sign = -1 if scale < 0 else 1
                content *= Fraction(sign) ** exponent
                term = polynomial_term(factor * sign, self.atoms)
                counted[term] = counted.get(term, 0) + direction * exponent
        constants = [(number(-1), 1)] if content < 0 else []
        for value, direction in ((content.numerator, 1), (content.denominator, -1)):
            constants += [(number(p), direction * e) for p, e in primes(abs(value))]
        return constants + [(t, e) for t, e in counted.items() if e]


def _split(poly: fmpq_mpoly) -> tuple[fmpq, list[tuple[fmpq_mpoly, int]]]:
    if len(poly) > MAX_FACTOR_TERMS or max(poly.degrees(), default=0) > MAX_FACTOR_DEGREE:
        return fmpq(1), [(poly, 1)]
    constant, parts = poly.factor()
    out = []
    for factor, exponent in parts:
        denominator = fmpz(1)
        for c in factor.coeffs():
            denominator = denominator.lcm(c.q)
        out.append((factor * denominator, int(exponent)))
        constant = constant / fmpq(denominator) ** int(exponent)
    return constant, out


def normal_form(ring: Ring, term: Term) -> Fractional:
    """The normal form of a term. Raises KernelError when it has none."""
    numbers = sorted(ring.generators(term))
    top, bottom = ring.form(term, numbers)
    return Fractional(top, bottom, tuple(ring.atoms[n] for n in reversed(numbers)))


Roots = Mapping[Term, tuple[int, Term]]
"""What a power of an atom equals: for ``atom**n = term``, the pair of n and the term."""


def lowered(ring: Ring, term: Term, roots: Roots) -> Fractional:
    """The normal form of a term in which ``atom**n`` is replaced by what ``roots`` says it equals."""
    numbers, bases = _generators(ring, [term], roots)
    if not bases:
        return normal_form(ring, term)
    top, bottom = _lowered_in(ring, term, numbers, bases)
    return Fractional(top, bottom, tuple(ring.atoms[n] for n in reversed(numbers)))


def _generators(
    ring: Ring, terms: Sequence[Term], roots: Roots
) -> tuple[list[int], dict[int, tuple[int, Term]]]:
    """The generators of some terms and of what their roots are roots of, and these by generator."""
    numbers = set[int]().union(*map(ring.generators, terms))
    bases: dict[int, tuple[int, Term]] = {}
    while new := [n for n in numbers if n not in bases and ring.atoms[n] in roots]:
        for number in new:
            bases[number] = roots[ring.atoms[number]]
            numbers |= ring.generators(bases[number][1])
    return sorted(numbers), bases


def _lowered_in(
    ring: Ring, term: Term, numbers: Sequence[int], bases: Mapping[int, tuple[int, Term]]
) -> tuple[fmpq_mpoly, fmpq_mpoly]:
    top, bottom = ring.form(term, numbers)
    for number in sorted(bases, reverse=True):
        degree, base = bases[number]
        over, under = ring.form(base, numbers)
        if under.is_constant():
            place = len(numbers) - 1 - numbers.index(number)
            plain = over * (1 / under.leading_coefficient())
            top, bottom = (_lower(p, place, degree, plain) for p in (top, bottom))
    common = top.gcd(bottom)
    top, bottom = divmod(top, common)[0], divmod(bottom, common)[0]
    if bottom.is_constant():
        top, bottom = top * (1 / bottom.leading_coefficient()), bottom * 0 + 1
    return top, bottom


def _lower(poly: fmpq_mpoly, place: int, degree: int, base: fmpq_mpoly) -> fmpq_mpoly:
    """``poly`` with ``g**degree`` replaced by ``base``, g being the generator at ``place``."""
    ring = poly.context()
    out = ring.constant(0)
    for exponents, c in poly.to_dict().items():
        times, rest = divmod(int(exponents[place]), degree)
        left = tuple(rest if i == place else int(e) for i, e in enumerate(exponents))
        guard_power(base, times)
        out = out + ring.from_dict({left: c}) * base**times
    return out


SOLVED_FIRST: Final = ("sum", "prod", "int", "over", "mean")


def solve_linear(
    form: Fractional, nonzero: Callable[[Term], bool], usable: Callable[[Term], bool]
) -> tuple[Term, Term, Term] | None:
    """An atom and what it equals when ``form`` is 0: the last name whose coefficient is never 0.

    Sums, products and integrals come before names; a name inside another atom is left alone, and so is
    what is not ``usable``. ``nonzero`` says so of a coefficient; a number is preferred. Returns the atom,
    its value in lowest terms, and the coefficient.
    """
    solvable = ("sym", "index", "call", *SOLVED_FIRST)
    inside = {n for a in form.atoms if a.head != "sym" for n in a.free}
    names = sorted(
        (
            (a.head in SOLVED_FIRST, to_text(a), i)
            for i, a in enumerate(form.atoms)
            if a.head in solvable and usable(a) and not (a.head == "sym" and a.payload in inside)
        ),
        reverse=True,
    )
    solved = [(form.atoms[i], *_coefficient(form.top, i)) for *_, i in names if _is_linear(form, i)]
    for atom, slope, rest in solved:
        if slope.is_constant() and atom.head != "call":
            below = num(to_fraction(slope.leading_coefficient()))
            whole = rest * (-1 / slope.leading_coefficient())
            return atom, polynomial_term(whole, form.atoms), below
    for atom, slope, rest in solved:
        below = polynomial_term(slope, form.atoms)
        if nonzero(below):
            return atom, _quotient_term(-rest, slope, form.atoms), below
    return None


def _quotient_term(top: fmpq_mpoly, bottom: fmpq_mpoly, atoms: Sequence[Term]) -> Term:
    """A quotient of polynomials in lowest terms, as a term."""
    common = top.gcd(bottom)
    if not common.is_constant():
        top, bottom = divmod(top, common)[0], divmod(bottom, common)[0]
    if bottom.is_constant():
        return polynomial_term(top * (1 / bottom.leading_coefficient()), atoms)
    return div(polynomial_term(top, atoms), polynomial_term(bottom, atoms))


def _is_linear(form: Fractional, place: int) -> bool:
    return int(form.top.degrees()[place]) == 1


def _coefficient(poly: fmpq_mpoly, place: int) -> tuple[fmpq_mpoly, fmpq_mpoly]:
    """``a`` and ``b`` of ``a*g + b``, g being the generator at ``place``, in which it is linear."""
    ring = poly.context()
    parts: tuple[dict[tuple[int, ...], fmpq], dict[tuple[int, ...], fmpq]] = {}, {}
    for exponents, c in poly.to_dict().items():
        plain = tuple(0 if i == place else int(e) for i, e in enumerate(exponents))
        parts[0 if exponents[place] else 1][plain] = c
    return ring.from_dict(parts[0]), ring.from_dict(parts[1])


def over_common(
    ring: Ring, term: Term, common: Term, roots: Roots
) -> tuple[Fractional, Fractional, bool]:
    """``term`` as ``q + r/common``: the forms of q and r, and whether ``common`` clears it.

    When it does, q and r have no denominators, so that equal exponents are written in one way.
    """
    raised = mul(term, common)
    numbers, bases = _generators(ring, [raised], roots)
    atoms = tuple(ring.atoms[n] for n in reversed(numbers))
    top, bottom = _lowered_in(ring, raised, numbers, bases)
    below, _ = _lowered_in(ring, common, numbers, bases)
    quotient, rest = divmod(top, below) if not below.is_constant() else (top, top * 0)
    parts = Fractional(quotient, bottom, atoms), Fractional(rest, bottom, atoms)
    return *parts, bottom.is_constant()


def to_fraction(value: fmpq) -> Fraction:
    """The same rational as a Python fraction."""
    return Fraction(int(value.p), int(value.q))


def monomial_term(exponents: Sequence[int], atoms: Sequence[Term]) -> Term:
    """The product of powers of atoms, in the order of their texts."""
    parts = sorted(
        ((to_text(a), a, int(e)) for a, e in zip(atoms, exponents, strict=True) if e),
        key=lambda part: part[0],
    )
    factors = [a if e == 1 else power(a, num(e)) for _, a, e in parts]
    return product(factors)


def laurent_term(exponents: Sequence[int], atoms: Sequence[Term]) -> Term:
    """A product of powers of atoms, those with negative exponents below the line."""
    top = monomial_term([max(e, 0) for e in exponents], atoms)
    bottom = monomial_term([max(-e, 0) for e in exponents], atoms)
    return top if rational(bottom) == 1 else div(top, bottom)


def polynomial_term(poly: fmpq_mpoly, atoms: Sequence[Term]) -> Term:
    """A polynomial as a sum of monomials, in a fixed order."""
    parts = []
    for exponents, c in _ordered(poly, atoms):
        parts.append(scaled(to_fraction(c), monomial_term(exponents, atoms)))
    return total(parts)


def number(value: int | Fraction) -> Term:
    """A literal. Raises KernelError when it is too long to be written as a term."""
    try:
        return num(value)
    except TermError as error:
        raise KernelError(f"normal form: {error}") from None


def scaled(value: Fraction, term: Term) -> Term:
    """``value * term``, written as plainly as can be."""
    if value < 0:
        return neg(scaled(-value, term))
    if value == 1:
        return term
    return number(value) if term == num(1) else mul(number(value), term)


def leading(poly: fmpq_mpoly, atoms: Sequence[Term]) -> fmpq:
    """The coefficient of the monomial whose text comes first."""
    return _ordered(poly, atoms)[0][1]


def _ordered(poly: fmpq_mpoly, atoms: Sequence[Term]) -> list[tuple[tuple[int, ...], fmpq]]:
    names = [to_text(a) for a in atoms]
    order = sorted(range(len(names)), key=lambda i: names[i])
    items = [(tuple(int(e) for e in m), c) for m, c in poly.to_dict().items()]
    return sorted(items, key=lambda item: tuple(-item[0][i] for i in order))


def _ordered_quotient(
    top: fmpq_mpoly, bottom: fmpq_mpoly, atoms: Sequence[Term]
) -> list[tuple[tuple[int, ...], fmpq]]:
    """The terms of ``top / bottom`` for a single-term ``bottom``, with exponents of either sign."""
    ((below, scale),) = _ordered(bottom, atoms)
    return [
        (tuple(e - b for e, b in zip(exponents, below, strict=True)), c / scale)
        for exponents, c in _ordered(top, atoms)
    ]


def primes(value: int) -> list[tuple[int, int]]:
    """Prime factors with exponents; a large number stays whole."""
    if value == 1:
        return []
    if value > MAX_FACTORED:
        return [(value, 1)]
    return [(int(p), int(e)) for p, e in fmpz(value).factor()]

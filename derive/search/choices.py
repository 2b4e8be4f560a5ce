"""What the generators of a tower are: chosen as terms come, refined when a finer one is needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd

from derive.kernel.theorem import KernelError
from derive.terms.printer import to_text
from derive.terms.term import Term, mul, num

ONE = num(1)


class Refine(KernelError):
    """A finer generator is needed; the choices have been updated, and the tower must start again."""

    def __init__(self) -> None:
        super().__init__("tower: a finer generator is needed")


@dataclass
class Choices:
    """What the generators are, so far: steps for multiples, and the exponents' denominator.

    For sums of the same terms: the places where one of them ends, and the ranges met.
    """

    units: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    denominator: Term = ONE
    cuts: dict[Term, list[Term]] = field(default_factory=dict)
    ranges: dict[Term, list[tuple[Term, Term]]] = field(default_factory=dict)

    def state(self) -> tuple[object, ...]:
        """Something that differs once a choice was refined."""
        cuts = tuple((key, tuple(places)) for key, places in self.cuts.items())
        return self.denominator, tuple(sorted(self.units.items())), cuts

    def whole(self) -> tuple[object, ...]:
        """Everything that was chosen, as something to compare."""
        ranges = tuple((key, tuple(places)) for key, places in self.ranges.items())
        return *self.state(), ranges

    def copy(self) -> Choices:
        """The same choices, to be made further on their own."""
        cuts = {key: list(places) for key, places in self.cuts.items()}
        ranges = {key: list(places) for key, places in self.ranges.items()}
        return Choices(dict(self.units), self.denominator, cuts, ranges)

    def become(self, other: Choices) -> None:
        """Take over the choices of another."""
        new = other.copy()
        self.units, self.denominator = new.units, new.denominator
        self.cuts, self.ranges = new.cuts, new.ranges

    def unit(self, kind: str, term: Term, coefficient: Fraction) -> Fraction:
        """The generator's step for multiples of ``term``, refined to divide ``coefficient``."""
        key = kind, to_text(term)
        old = self.units.get(key)
        if old is None:
            self.units[key] = abs(coefficient)
        elif (coefficient / old).denominator != 1:
            self.units[key] = _common(old, abs(coefficient))
            raise Refine
        return self.units[key]

    def clear(self, bottom: Term) -> None:
        """Make the exponents' common denominator a multiple of ``bottom``. Raises Refine."""
        self.denominator = bottom if self.denominator == ONE else mul(self.denominator, bottom)
        raise Refine


def _common(a: Fraction, b: Fraction) -> Fraction:
    """The largest rational of which both are integer multiples."""
    return Fraction(
        gcd(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator
    )

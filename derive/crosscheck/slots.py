"""The inputs of a program that stands for a statement, and the formulas of declared functions.

A function of real numbers is a random smooth one: a sum of sines of random frequency, with a random slope
unless an integral takes it to infinity, where it dies out as a normal density does. It is sent into the
range that was declared for it, so that a positive one is the exponential of such a sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from numeric.builder import Builder
from numeric.domain import Domain

WAVES: Final = 2

Style = Literal["value", "entry", "coefficient", "weight"]
"""How an input is drawn: of any size, of moderate size, near 1, positive and of moderate size."""


@dataclass(frozen=True, slots=True)
class Slot:
    """An input: its name, where its values lie, and of what size they are."""

    name: str
    domain: Domain
    style: Style


REAL: Final = Domain()
POSITIVE: Final = Domain(Fraction(0))


class Slots:
    """The inputs that have been asked for, by name."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.all: dict[str, Slot] = {}

    def input(self, name: str, domain: Domain, style: Style) -> int:
        """The register of an input; it is drawn from the domain."""
        self.all.setdefault(name, Slot(name, domain, style))
        return self.builder.input(name)

    def formula(self, label: str, domain: Domain, reals: Sequence[int], wide: bool) -> int:
        """A smooth function of some registers with values in the domain; its coefficients are inputs."""
        b = self.builder
        value = self._smooth(label, reals, wide)
        if not wide:
            return into(b, value, domain)
        squares = [b.op("mul", r, r) for r in reals]
        far = b.op("neg", b.op("div", _sum(b, squares), b.const(2)))
        if domain.lower is None and domain.upper is None:
            return b.op("mul", value, b.op("exp", far))
        if domain.lower == 0 and domain.upper is None:
            return b.op("exp", b.op("add", value, far))
        return into(b, value, domain)

    def _smooth(self, label: str, reals: Sequence[int], wide: bool) -> int:
        b = self.builder
        parts = [self._coefficient(label, 0)]
        number = 1
        for _ in range(WAVES):
            inside = [self._coefficient(label, number + 1)]
            for k, real in enumerate(reals):
                inside.append(b.op("mul", self._coefficient(label, number + 2 + k), real))
            wave = b.op("sin", _sum(b, inside))
            parts.append(b.op("mul", self._coefficient(label, number), wave))
            number += 2 + len(reals)
        if not wide:
            for k, real in enumerate(reals):
                slope = b.op("div", self._coefficient(label, number + k), b.const(2))
                parts.append(b.op("mul", slope, real))
        return _sum(b, parts)

    def _coefficient(self, label: str, number: int) -> int:
        return self.input(f"{label}#{number}", REAL, "coefficient")


def into(b: Builder, value: int, domain: Domain) -> int:
    """A real number sent smoothly into a domain."""
    low, high = domain.lower, domain.upper
    if low is None and high is None:
        return b.op("exp", value) if domain.nonzero else value
    if high is None:
        assert low is not None
        return b.op("add", b.const(low), b.op("exp", value)) if low else b.op("exp", value)
    if low is None:
        return b.op("sub", b.const(high), b.op("exp", value))
    share = b.op("mul", b.const(high - low), b.op("sigmoid", value))
    return b.op("add", b.const(low), share) if low else share


def _sum(b: Builder, parts: Sequence[int]) -> int:
    out = parts[0]
    for part in parts[1:]:
        out = b.op("add", out, part)
    return out

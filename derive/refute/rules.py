"""Points moved onto the hypotheses: equations solved for one name, inequalities stepped across."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from math import isqrt
from typing import Final

from flint import fmpq

from derive.terms.context import Claim, Relation
from numeric.balls import Undefined, Unresolved, compare, run
from numeric.domain import Domain
from numeric.program import Program

START, LIMIT = 64, 512
STEPS: Final = tuple(Fraction(p, q) for p, q in ((1, 1), (1, 2), (1, 10), (1, 1000)))
PASSES: Final = 2
PAIRS: Final = 12

HOLDS: Final[dict[Relation, tuple[int, ...]]] = {
    "=": (0,),
    "!=": (-1, 1),
    "<": (-1,),
    "<=": (-1, 0),
    ">": (1,),
    ">=": (0, 1),
}
"""The signs of ``lhs - rhs`` at which a relation is true."""

Values = dict[str, Fraction]
Stated = tuple[Claim, Program]
"""A claim about numbers and the program with its two sides as outputs."""


def holds(claim: Claim, program: Program, values: Values) -> bool:
    """Whether the claim certainly holds at the point."""
    try:
        sign = compare(program, values, start=START, limit=LIMIT)
    except (Undefined, Unresolved):
        return False
    return sign is not None and sign in HOLDS[claim.relation]


@dataclass(frozen=True, slots=True)
class Rules:
    """Hypotheses as programs over inputs with domains; the ``fixed`` names are never moved."""

    rules: tuple[Stated, ...]
    domains: dict[str, Domain]
    fixed: frozenset[str]

    def settle(self, values: Values) -> Values | None:
        """The values, moved where that makes a hypothesis hold; None when one still fails."""
        moved = set(self.fixed)
        for _ in range(PASSES):
            broken = [rule for rule in self.rules if not holds(*rule, values)]
            if not broken:
                return values
            for claim, program in broken:
                if holds(claim, program, values):
                    continue
                found = self._mended(claim, program, values, moved)
                if found is None:
                    return None
                moved |= {n for n in found if found[n] != values[n]}
                values = found
        return values if all(holds(*rule, values) for rule in self.rules) else None

    def _mended(
        self, claim: Claim, program: Program, values: Values, moved: set[str]
    ) -> Values | None:
        names = [n for n in reversed(program.inputs) if n not in moved]
        equal = claim.relation == "="
        moves = self._onto(program, values, names) if equal else self._past(program, values, names)
        for changed in moves:
            if all(self.domains[n].contains(v) for n, v in changed.items()):
                candidate = {**values, **changed}
                if holds(claim, program, candidate):
                    return candidate
        return None

    def _onto(self, program: Program, values: Values, names: list[str]) -> Iterator[Values]:
        """Changes that may make the two outputs equal."""
        for name in names:
            for root in roots(program, values, [name]):
                yield {name: root}
        groups: dict[str, list[str]] = {}
        for name in names:
            groups.setdefault(name.partition("[")[0], []).append(name)
        for group in [*groups.values(), names]:
            if len(group) > 1:
                for root in roots(program, values, group):
                    yield {n: root * values[n] for n in group}

    def _past(self, program: Program, values: Values, names: list[str]) -> Iterator[Values]:
        """Changes that may bring the outputs into another order."""
        for name in names:
            for root in roots(program, values, [name]):
                for step in STEPS:
                    yield from ({name: root + step}, {name: root - step})
                yield {name: root}
        for a, b in list(permutations(names, 2))[:PAIRS]:
            if a < b:
                yield {a: values[b], b: values[a]}


def roots(program: Program, values: Values, names: list[str]) -> list[Fraction]:
    """Where the two outputs of a program are equal, in one input, or in a factor of several.

    Only differences that are polynomials of degree at most 2 there, with rational roots, are solved.
    """
    unit = {n: values[n] for n in names} if len(names) > 1 else {names[0]: Fraction(1)}
    gaps = []
    for probe in range(4):
        gap = _gap(program, {**values, **{n: probe * v for n, v in unit.items()}})
        if gap is None:
            return []
        gaps.append(gap)
    square = (gaps[2] - 2 * gaps[1] + gaps[0]) / 2
    slope = gaps[1] - gaps[0] - square
    if gaps[0] + 3 * slope + 9 * square != gaps[3]:
        return []
    if square == 0:
        return [-gaps[0] / slope] if slope else []
    root = _rational_root(slope * slope - 4 * square * gaps[0])
    if root is None:
        return []
    return list(dict.fromkeys([(-slope + root) / (2 * square), (-slope - root) / (2 * square)]))


def _rational_root(value: Fraction) -> Fraction | None:
    if value < 0:
        return None
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    exact = top * top == value.numerator and bottom * bottom == value.denominator
    return Fraction(top, bottom) if exact else None


def _gap(program: Program, values: Values) -> Fraction | None:
    try:
        left, right = run(program, values, START)
    except (Undefined, Unresolved):
        return None
    if not isinstance(left, fmpq) or not isinstance(right, fmpq):
        return None
    gap = left - right
    return Fraction(int(gap.p), int(gap.q))

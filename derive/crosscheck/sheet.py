"""A statement at one layout: its hypotheses and its claim as programs, ready to be evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from derive.crosscheck.adjusting import adjust
from derive.crosscheck.declared import Bound
from derive.crosscheck.layout import Layout
from derive.crosscheck.slots import Slot
from derive.crosscheck.survey import Cannot, Survey, peeled
from derive.crosscheck.unknowns import Move
from derive.crosscheck.writer import Writer
from derive.terms.context import Claim, Context
from numeric.program import Program

MOST_SHOWN: Final = 60

Values = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Rule:
    """One relation between two numbers that a program computes, and what it is a part of."""

    relation: str
    name: str


@dataclass(frozen=True, slots=True)
class Stated:
    """Relations with the program of their sides: left and right of each in turn.

    With ``derivatives`` a side may lack a value only because of what was made up: at a kink, for example.
    """

    rules: tuple[Rule, ...]
    program: Program | None
    derivatives: bool = False

    @property
    def integrals(self) -> bool:
        """Whether the program has an integral in it."""
        return self.program is not None and has_integral(self.program)


def has_integral(program: Program) -> bool:
    """Whether a program computes an integral."""
    return any(i.op == "integral" for i in program.instructions)


def is_nested(program: Program) -> bool:
    """Whether an integral stands inside another one."""
    return any(i.op == "integral" and has_integral(i.body.program) for i in program.instructions)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Programs of the hypotheses, of the claims, and of what an instance is, and their inputs.

    Of several claims one may be None, which nothing could be written for.
    """

    layout: Layout
    slots: tuple[Slot, ...]
    hypotheses: Stated
    claims: tuple[Stated | None, ...]
    shown: tuple[str, ...]
    show: Program | None
    formulas: bool

    @property
    def claim(self) -> Stated:
        """The only claim, or the first of several."""
        claim = self.claims[0]
        assert claim is not None
        return claim

    @property
    def integrals(self) -> bool:
        """Whether anything here is computed by quadrature."""
        every = (self.hypotheses, *self.claims)
        return any(stated is not None and stated.integrals for stated in every)


def sheet(
    context: Context,
    seen: Survey,
    layout: Layout,
    moves: Sequence[Move],
    hypotheses: Sequence[tuple[str, Claim]],
    claims: Sequence[Claim],
) -> Sheet:
    """The sheet of some claims; without any, that of the hypotheses. Raises Cannot, NeedsInteger."""
    writer = Writer(context, seen, layout)
    adjust(writer, moves)
    writer.shown.clear()
    rules: list[tuple[Rule, int, int]] = []
    for name, stated in hypotheses:
        rules += _sides(writer, name, stated)
    kinks = bool(writer.points)
    asked = [_asked(writer, claim, kinks, len(claims) == 1) for claim in claims]
    for need in dict.fromkeys(writer.needs):
        rules.append((Rule(need.relation, need.why), need.left, need.right))
    shown = list(writer.shown)[:MOST_SHOWN]
    registers = [writer.shown[name] for name in shown]
    show = writer.builder.build(*registers) if registers else None
    formulas = any(s.style == "coefficient" for s in writer.slots.all.values())
    given = _stated(writer, rules)
    programs = [given.program, show, *(each.program for each in asked if each is not None)]
    read = {n for p in programs if p is not None for n in p.inputs}
    slots = tuple(s for s in writer.slots.all.values() if s.name in read)
    return Sheet(layout, slots, given, tuple(asked), tuple(shown), show, formulas)


def _asked(writer: Writer, claim: Claim, kinks: bool, alone: bool) -> Stated | None:
    """The sides of a claim; None where there are other claims and nothing can be written for this one."""
    needs, shown, points = len(writer.needs), dict(writer.shown), len(writer.points)
    try:
        sides = _sides(writer, "claim", claim)
    except Cannot:
        if alone:
            raise
        del writer.needs[needs:]
        writer.shown = shown
        return None
    return _stated(writer, sides, kinks or len(writer.points) > points)


def _sides(writer: Writer, name: str, claim: Claim) -> list[tuple[Rule, int, int]]:
    """A claim as relations between numbers, point by point and entry by entry."""
    bound, body = peeled(claim)
    return [side for each in writer.every(bound) for side in _entries(writer, name, body, each)]


def _entries(writer: Writer, name: str, claim: Claim, bound: Bound) -> list[tuple[Rule, int, int]]:
    left, right = writer.value(claim.lhs, bound), writer.value(claim.rhs, bound)
    if isinstance(left, int) and isinstance(right, int):
        return [(Rule(claim.relation, name), left, right)]
    if isinstance(left, int) or isinstance(right, int):
        raise Cannot(f"{claim} compares a number with a matrix")
    return [
        (Rule(claim.relation, f"{name}, entry [{i}, {j}]"), a, b)
        for i, (one, other) in enumerate(zip(left, right, strict=True), 1)
        for j, (a, b) in enumerate(zip(one, other, strict=True), 1)
    ]


def _stated(
    writer: Writer, rules: Sequence[tuple[Rule, int, int]], derivatives: bool = False
) -> Stated:
    outputs = [register for _, left, right in rules for register in (left, right)]
    program = writer.builder.build(*outputs) if outputs else None
    return Stated(tuple(rule for rule, _, _ in rules), program, derivatives)

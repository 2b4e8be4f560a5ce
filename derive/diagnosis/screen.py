"""A quick look at candidates: an edit that fails at a sample point is not worth a proof."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Final

from flint import arb, ctx, fmpq

from derive.refute.points import column
from derive.refute.rules import HOLDS, Values
from derive.refute.sites import Site
from derive.refute.witness import Refuter
from derive.terms.context import Claim, Context
from derive.terms.lower import LoweringError
from derive.terms.term import Term, TermError
from numeric.balls import Undefined, Unresolved, run
from numeric.balls.operations import order
from numeric.program import Program

POINTS: Final = 5
DRAWN: Final = 45
BITS: Final = 64
LARGEST: Final = 3_000


@dataclass(frozen=True, slots=True)
class _Sample:
    """A point of a site, and both sides of the claim there, None for one without a value."""

    site: Site
    values: Values
    sides: tuple[fmpq | arb | None, fmpq | arb | None]


class Screen:
    """Some sample points of a claim, at which other sides are tried in the place of its own."""

    def __init__(self, claim: Claim, context: Context) -> None:
        self.claim = claim
        self.context = context
        drawn = list(islice(Refuter(context, points=DRAWN).samples([claim]), DRAWN))
        spread = drawn[3 :: max(1, len(drawn) // POINTS)] or drawn
        self.samples = [_sample(*point, claim) for point in spread[:POINTS]]

    @property
    def usable(self) -> bool:
        """Whether there is a point to try, and the sides are small enough to be tried often."""
        return bool(self.samples) and all(
            sum(len(program.instructions) for _, program in s.site.parts) <= LARGEST
            for s in self.samples
        )

    def agrees(self, term: Term, side: str) -> bool:
        """Whether the claim may hold with ``term`` as its left or right side, as far as tried."""
        programs: dict[int, Program] = {}
        try:
            for sample in self.samples:
                program = programs.get(id(sample.site))
                if program is None:
                    program = programs[id(sample.site)] = sample.site.lowered([term])
                if not self._agrees_at(sample, program, side == "right"):
                    return False
        except (LoweringError, TermError):
            return False
        return True

    def _agrees_at(self, sample: _Sample, program: Program, right: bool) -> bool:
        other = sample.sides[0 if right else 1]
        if other is None:
            return True
        try:
            value = run(program, self._inputs(program, sample), BITS)[0]
        except Undefined:
            return False
        except Unresolved:
            return True
        with ctx.workprec(BITS):
            sign = order(other, value) if right else order(value, other)
        return sign is None or sign in HOLDS[self.claim.relation]

    def _inputs(self, program: Program, sample: _Sample) -> dict[str, Fraction]:
        """The values at the sample; a name that the claim does not have gets one of its own."""
        values = dict(sample.values)
        for name in program.inputs:
            if name not in values:
                domain = sample.site.reading.context[name.partition("[")[0]].domain
                members = column(domain, len(name), ())
                values[name] = members[len(values) % len(members)]
        return values


def _sample(site: Site, values: Values, claim: Claim) -> _Sample:
    return _Sample(site, values, (_side(site, values, claim.lhs), _side(site, values, claim.rhs)))


def _side(site: Site, values: Values, side: Term) -> fmpq | arb | None:
    try:
        return run(site.lowered([side]), values, BITS)[0]
    except (Undefined, Unresolved, LoweringError):
        return None

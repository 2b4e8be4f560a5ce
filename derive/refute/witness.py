"""The search for a witness: an assignment in the declared domains at which a claim fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from flint import ctx, fmpq

from derive.refute.instances import Reading, eliminated, readings
from derive.refute.rules import HOLDS, LIMIT, START, Stated, Values, holds
from derive.refute.shown import sides
from derive.refute.shrink import shrunk
from derive.refute.sites import Site, sites
from derive.terms.context import Claim, Context
from derive.terms.lower import LoweringError, lower
from derive.terms.term import TermError
from derive.verdict import Witness
from numeric.balls import Undefined, Unresolved, compare, run
from numeric.balls.operations import order
from numeric.program import Program

POINTS: Final = 120
SHRINK_LIMIT: Final = 128
Found = tuple[Site, Values, Stated]
PATIENCE: Final = 2
"""How many points may fail to enclose an integral before the search is given up."""

FEW: Final = 4
"""With fewer points on the hypotheses than this, a hypothesis is read as a definition as well."""


class Refuter:
    """Evaluates claims of one context at sample points of its domains, in balls.

    About ``points`` points are planned, spread over the ways to fix the integers; a search stops after
    ``most`` of them. With ``integrals`` the integrals in a claim are enclosed as well, at one precision;
    such a witness is shown as it was found, and points without a value are passed over.
    """

    def __init__(
        self,
        context: Context,
        *,
        points: int = POINTS,
        most: int | None = None,
        integrals: bool = False,
    ) -> None:
        self.context = context
        self.points = points
        self.most = most
        self.integrals = integrals
        self.blocked = ""

    def search(self, claim: Claim) -> tuple[Witness | None, Witness | None]:
        """A witness with both sides defined, and one where a side is undefined, as far as found."""
        undefined: Found | None = None
        failures = 0
        for site, values in islice(self.samples([claim]), self.most):
            if self.integrals and failures >= PATIENCE:
                break
            for part, program in site.parts:
                try:
                    sign = self._sign(program, values)
                except Undefined:
                    if not self.integrals:
                        undefined = undefined or (site, values, (part, program))
                    continue
                except Unresolved:
                    failures += 1
                    continue
                if sign is not None and sign not in HOLDS[part.relation]:
                    found = _witness(site, values, (part, program))
                    return found, _undefined(*undefined) if undefined is not None else None
        return None, _undefined(*undefined) if undefined is not None else None

    def _sign(self, program: Program, values: Values) -> int | None:
        if not self.integrals:
            return compare(program, values, start=START, limit=LIMIT)
        left, right = run(program, values, START)
        with ctx.workprec(START):
            return order(left, right)

    def satisfiable(self, claims: Sequence[Claim]) -> bool:
        """Whether some sample point satisfies all the claims."""
        if not claims:
            return True
        for site, values in self.samples(list(claims)):
            if all(holds(part, program, values) for part, program in site.parts):
                return True
        return False

    def consistent(self) -> bool:
        """Whether some sample point satisfies the hypotheses; true where none can be computed."""
        return any(True for _ in self.samples([])) or bool(self.blocked)

    def samples(self, claims: Sequence[Claim]) -> Iterator[tuple[Site, Values]]:
        """Points that satisfy the hypotheses, each with what the claims say of numbers there."""
        ways = readings(self.context, claims)
        if self.integrals:
            ways = [replace(way, integrals=True) for way in ways]
        share = self.points // len(ways)
        found = 0
        try:
            for reading in ways:
                for site, points in sites(reading, share):
                    for values in points:
                        found += 1
                        yield site, values
            last = self._eliminated(claims) if found < FEW and len(ways) == 1 else None
            for site, points in sites(last, self.points) if last is not None else ():
                yield from ((site, values) for values in points)
        except (LoweringError, TermError) as error:
            self.blocked = str(error)

    def _eliminated(self, claims: Sequence[Claim]) -> Reading | None:
        return eliminated(self.context, claims, integrals=self.integrals)


def _witness(site: Site, values: Values, stated: Stated) -> Witness:
    """The smallest witness near a point at which a claim is false."""
    claim, program = stated
    if site.reading.integrals:
        return replace(
            _shown(site, values, *sides(program, values, START)), entry=site.place(stated)
        )

    def test(candidate: Values) -> tuple[Values, int] | None:
        admitted = site.admit(candidate)
        if admitted is None:
            return None
        try:
            sign = compare(program, admitted, start=START, limit=SHRINK_LIMIT)
            if sign is None or sign in HOLDS[claim.relation]:
                return None
            inexact = [v for v in run(program, admitted, START) if not isinstance(v, fmpq)]
        except (Undefined, Unresolved):
            return None
        return admitted, len(inexact)

    small = shrunk(values, site.domains, test)
    return replace(_shown(site, small, *sides(program, small)), entry=site.place(stated))


def _undefined(site: Site, values: Values, stated: Stated) -> Witness:
    """The smallest witness near a point at which a side of a claim has no value."""
    claim, program = stated

    def test(candidate: Values) -> tuple[Values, int] | None:
        admitted = site.admit(candidate)
        if admitted is None:
            return None
        try:
            compare(program, admitted, start=START, limit=START)
        except Undefined:
            return admitted, 0
        except Unresolved:
            return None
        return None

    small = shrunk(values, site.domains, test)
    return _shown(site, small, undefined=_without_value(site, small, claim))


def _without_value(site: Site, values: Values, claim: Claim) -> str:
    """Which side has no value, and the operation that has none."""
    for name, side in (("left", claim.lhs), ("right", claim.rhs)):
        program = lower(site.reading.context, [side], site.fixed, stop_gradient=True)
        try:
            run(program, values, START)
        except Undefined as error:
            return f"the {name} side is not defined: {error.detail}"
        except Unresolved:
            continue
    return "a side is not defined"


def _shown(
    site: Site, values: Values, lhs: str = "", rhs: str = "", undefined: str = ""
) -> Witness:
    named = tuple((site.named(n), values[n]) for n in sorted(values, key=_place))
    return Witness(named, lhs, rhs, undefined, site.reading.formulas)


def _place(name: str) -> tuple[bool, str, list[int]]:
    """Symbols come before entries of families, and these by their indices."""
    head, bracket, rest = name.partition("[")
    return bool(bracket), head, [int(i) for i in rest[:-1].split(",")] if bracket else []

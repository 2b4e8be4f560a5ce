"""The search for a witness: an assignment in the declared domains at which a claim fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

from flint import arb, fmpq

from derive.refute.elaborate import elaborate
from derive.refute.instances import instantiated
from derive.refute.points import assignments
from derive.terms.context import Claim, Context, Relation
from derive.terms.lower import LoweringError, lower
from derive.terms.term import BINDERS, Term, TermError
from derive.verdict import Witness
from numeric.balls import Undefined, Unresolved, compare, format_ball, run
from numeric.domain import Domain
from numeric.program import Program

POINTS: Final = 120
LARGEST_RANGE: Final = 30
START, LIMIT = 64, 512

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


class Refuter:
    """Evaluates claims of one context at sample points of its domains, in balls."""

    def __init__(self, context: Context, *, points: int = POINTS) -> None:
        self.context = context
        self.points = points
        self.blocked = ""

    def search(self, claim: Claim) -> tuple[Witness | None, Witness | None]:
        """A witness with both sides defined, and one where a side is undefined, as far as found."""
        undefined: Witness | None = None
        for values, sides in self._samples([claim]):
            program = sides[0]
            try:
                sign = compare(program, values, start=START, limit=LIMIT)
            except Undefined as error:
                if undefined is None:
                    undefined = _witness(values, program, f"{error}")
                continue
            except Unresolved:
                continue
            if sign is not None and sign not in HOLDS[claim.relation]:
                return _witness(values, program), undefined
        return None, undefined

    def satisfiable(self, claims: Sequence[Claim]) -> bool:
        """Whether some sample point satisfies all the claims."""
        if not claims:
            return True
        for values, sides in self._samples(list(claims)):
            if all(_holds(c, p, values) for c, p in zip(claims, sides, strict=True)):
                return True
        return False

    def consistent(self) -> bool:
        """Whether some sample point satisfies the hypotheses, or none could be tried."""
        return any(True for _ in self._samples([])) or bool(self.blocked)

    def _samples(self, claims: list[Claim]) -> Iterator[tuple[Values, list[Program]]]:
        """Points that satisfy the hypotheses, with one two-output program for each claim there."""
        names = {n for c in claims for n in c.free} | self._needed_by_hypotheses(claims)
        open_functions = [
            n
            for n in names
            if n in self.context
            and self.context[n].kind == "function"
            and self.context.definition(n) is None
        ]
        for variant in range(3 if open_functions else 1):
            context = self.context
            if open_functions:
                context = instantiated(context, open_functions, variant)
            try:
                yield from self._points(context, claims)
            except (LoweringError, TermError) as error:
                self.blocked = str(error)
                return

    def _needed_by_hypotheses(self, claims: list[Claim]) -> set[str]:
        return {n for _, h in self.context.hypotheses for n in h.free}

    def _points(
        self, context: Context, claims: list[Claim]
    ) -> Iterator[tuple[Values, list[Program]]]:
        stated = [*claims, *(h for _, h in context.hypotheses)]
        plain = elaborate((side for c in stated for side in (c.lhs, c.rhs)), context)
        pairs = zip(plain.terms[::2], plain.terms[1::2], strict=True)
        stated = [Claim(lhs, c.relation, rhs) for c, (lhs, rhs) in zip(stated, pairs, strict=True)]
        stated += plain.needs
        structural = sorted(_structural(stated, context))
        domains = [_small(context[name].domain) for name in structural]
        count = 12 if structural else 1
        for fixed in assignments(structural, domains, count):
            programs = [lower(context, [c.lhs, c.rhs], fixed, stop_gradient=True) for c in stated]
            inputs = sorted({name for p in programs for name in p.inputs})
            free = [_domain_of(name, context) for name in inputs]
            share = max(12, self.points // count)
            for drawn in assignments(inputs, free, share):
                values = {**drawn, **{k: v for k, v in fixed.items() if k in inputs}}
                rules = list(zip(stated, programs, strict=True))[len(claims) :]
                solved = _satisfy(rules, values, dict(zip(inputs, free, strict=True)), set(fixed))
                if solved is not None:
                    yield {**fixed, **solved}, programs[: len(claims)]


def _structural(claims: Sequence[Claim], context: Context) -> set[str]:
    """Symbols in the bounds of sums and in indices: they need a value before lowering."""
    sides = [side for claim in claims for side in (claim.lhs, claim.rhs)]
    found = {name for side in sides for name in _in_places(side, context)}
    return {
        n
        for n in found
        if n in context and context[n].kind == "scalar" and context.definition(n) is None
    }


def _in_places(term: Term, context: Context) -> Iterator[str]:
    """The names free in a bound of a sum or product, or in an index, of a term."""
    definition = context.definition_of(term)
    if definition is not None:
        yield from _in_places(definition.apply(term.args), context)
        return
    if term.head == "index":
        yield from (n for a in term.args for n in a.free)
    if term.head in ("sum", "prod"):
        yield from (n for a in term.args[1:] for n in a.free)
    scope = BINDERS.get(term.head, ())
    for place, arg in enumerate(term.args):
        inside = _in_places(arg, context)
        yield from (n for n in inside if place not in scope or n != term.payload)


def _small(domain: Domain) -> Domain:
    """The part of an integer domain that a sum can be written out for."""
    low, high = domain.lower, domain.upper
    if low is None:
        low = Fraction(-LARGEST_RANGE) if high is None else high - LARGEST_RANGE
    if high is None or high > low + LARGEST_RANGE:
        high = low + LARGEST_RANGE
    low_open = domain.lower is not None and domain.lower_open
    high_open = high == domain.upper and domain.upper_open
    return Domain(low, high, low_open, high_open, True, domain.nonzero)


def _domain_of(name: str, context: Context) -> Domain:
    return context[name.partition("[")[0]].domain


def _satisfy(
    rules: list[tuple[Claim, Program]], values: Values, domains: dict[str, Domain], fixed: set[str]
) -> Values | None:
    """The values moved onto the equations of the context; None when a hypothesis still fails."""
    moved = set(fixed)
    for claim, program in rules:
        if claim.relation == "=" and not _holds(claim, program, values):
            for name in reversed(program.inputs):
                if name in moved:
                    continue
                solution = _solve(program, values, name)
                if solution is not None and domains[name].contains(solution):
                    values = {**values, name: solution}
                    moved.add(name)
                    break
    if all(_holds(claim, program, values) for claim, program in rules):
        return values
    return None


def _solve(program: Program, values: Values, name: str) -> Fraction | None:
    """The value of one input that makes the two outputs equal, when they are affine in it."""
    gaps = []
    for probe in (0, 1, 2):
        gap = _gap(program, {**values, name: Fraction(probe)})
        if gap is None:
            return None
        gaps.append(gap)
    slope = gaps[1] - gaps[0]
    if slope == 0 or gaps[2] - gaps[1] != slope:
        return None
    return -gaps[0] / slope


def _gap(program: Program, values: Values) -> Fraction | None:
    try:
        left, right = run(program, values, START)
    except (Undefined, Unresolved):
        return None
    if not isinstance(left, fmpq) or not isinstance(right, fmpq):
        return None
    gap = left - right
    return Fraction(int(gap.p), int(gap.q))


def _holds(claim: Claim, program: Program, values: Values) -> bool:
    """Whether the claim certainly holds at the point."""
    try:
        sign = compare(program, values, start=START, limit=LIMIT)
    except (Undefined, Unresolved):
        return False
    return sign is not None and sign in HOLDS[claim.relation]


def _witness(values: Values, program: Program, undefined: str = "") -> Witness:
    shown: list[str] = ["", ""]
    if not undefined:
        shown = [format_ball(value) for value in _enclosed(program, values)]
    ordered = tuple(sorted(values.items()))
    return Witness(ordered, shown[0], shown[1], undefined)


def _enclosed(program: Program, values: Values) -> list[Any]:
    precision = START
    while True:
        try:
            out: list[fmpq | arb] = run(program, values, precision)
            return out
        except Unresolved:
            precision *= 2

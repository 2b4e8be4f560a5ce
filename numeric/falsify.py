"""A search for a point at which two expressions certainly differ, made as small as can be.

Needs Hypothesis, as `numeric.strategies` does. No rounding: `numeric.balls.compare` decides.

>>> from numeric import Builder
>>> from numeric.spaces import Simplex
>>> b = Builder()
>>> q = [b.input(f"q[{k}]") for k in range(2)]
>>> squares = b.op("add", *(b.op("mul", x, x) for x in q))
>>> found = falsify(b.build(squares, b.const(Fraction(1, 2))), {"q": Simplex(2)})
>>> print(found)
q[0] = 2/3, q[1] = 1/3: 5/9 > 1/2
>>> falsify(b.build(squares, b.const(Fraction(1, 2))), {"q": Simplex(2)}, relation=">=") is None
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Final

from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from numeric.balls import Undefined, Unresolved, compare, format_ball, run
from numeric.builder import Builder
from numeric.program import Program
from numeric.spaces.drawing import points
from numeric.spaces.naming import Point, assignments, flat

Pair = Program | tuple[Program, Program]
Claim = Pair | Callable[[Point], Pair]
"""A program with two outputs, or two programs with one each; or what gives these at a point."""

FAILS: Final[dict[str, tuple[int, ...]]] = {
    "=": (-1, 1),
    "<=": (1,),
    ">=": (-1,),
    "<": (0, 1),
    ">": (-1, 0),
}
"""For each relation the orders of left and right that refute it."""

_SIGNS = {-1: "<", 0: "=", 1: ">"}
_STRUCTURED = 64
_AGAIN = 300
_DRAWS = 5


@dataclass(frozen=True)
class Counterexample:
    """A point, the inputs of the program there, and on which side left certainly lies of right."""

    point: Point
    values: dict[str, Fraction]
    order: int
    sides: tuple[str, str]

    def __str__(self) -> str:
        place = ", ".join(f"{name} = {value}" for name, value in self.values.items())
        return f"{place}: {self.sides[0]} {_SIGNS[self.order]} {self.sides[1]}"


def weight(values: Mapping[str, Fraction]) -> int:
    """How hard a point is to work with: numerators and denominators together.

    >>> weight({"x": Fraction(-2, 3), "y": Fraction(0)})
    6
    """
    return sum(abs(value.numerator) + value.denominator for value in values.values())


def falsify(
    claim: Claim,
    domains: Mapping[Any, Any],
    *,
    relation: str = "=",
    budget: int = 500,
    seed: int = 0,
    first: int = 0,
    limit: int = 512,
) -> Counterexample | None:
    """The lightest counterexample found to `left relation right`, or None: which proves nothing.

    `domains` has a domain, a space or a strategy for each name, as for `strategies.points`, whose
    entries are counted from `first`. At most `budget` points are looked at before there is a
    counterexample, and as many again to make it lighter, out of five times as many drawn. Points
    where a side is undefined, or where `limit` bits do not decide, count for nothing. The same
    arguments give the same answer, while Hypothesis and the modules that are loaded stay the same.

    Raises ValueError on an unknown relation, and when the program reads an input without a domain.
    """
    if relation not in FAILS:
        raise ValueError(f"{relation!r} is none of the relations {', '.join(FAILS)}")
    search = _Search(claim, FAILS[relation], budget, first, limit)
    try:
        if not any(isinstance(domain, st.SearchStrategy) for domain in domains.values()):
            for point in assignments(domains, min(_STRUCTURED, budget // 2), seed):
                search.refutes(point)
        search.lighten(points(domains), budget, Random(seed))
    except _Stop:
        pass
    if search.error is not None:
        raise search.error
    return search.best


def _quiet(budget: int) -> settings:
    phases = (Phase.generate, Phase.shrink)
    return settings(max_examples=budget, phases=phases, database=None, deadline=None)


class _Stop(BaseException):
    """Ends a search at once; Hypothesis would take an Exception for another counterexample."""


class _Search:
    def __init__(
        self, claim: Claim, fails: tuple[int, ...], budget: int, first: int, limit: int
    ) -> None:
        self.fixed = None if callable(claim) else _joined(claim)
        self.claim = claim
        self.fails = fails
        self.left = self.more = budget
        self.draws = _DRAWS * budget
        self.first = first
        self.limit = limit
        self.best: Counterexample | None = None
        self.error: ValueError | None = None
        self.known: dict[tuple[tuple[str, Fraction], ...], bool] = {}

    def refutes(self, point: Point) -> bool:
        """Whether the claim fails here; the lightest such point is kept."""
        values = flat(point, self.first)
        key = tuple(values.items())
        if key not in self.known:
            if self.left == 0:
                raise _Stop
            self.left -= 1
            self.known[key] = self._refutes(point, values)
        return self.known[key]

    def lighten(self, strategy: st.SearchStrategy[Point], count: int, rng: Random) -> None:
        """Look for counterexamples, each lighter than the last, until `count` draws give none."""
        while True:
            bound = weight(self.best.values) if self.best else None

            def lighter(point: Point, bound: int | None = bound) -> bool:
                if self.draws == 0:
                    raise _Stop
                self.draws -= 1
                if bound is not None and weight(flat(point, self.first)) >= bound:
                    return False
                return self.refutes(point)

            try:
                find(strategy, lighter, settings=_quiet(count), random=rng)
            except NoSuchExample:
                return
            count = min(count, _AGAIN)

    def _refutes(self, point: Point, values: dict[str, Fraction]) -> bool:
        program = self.fixed or self._program(point)
        missing = [name for name in program.inputs if name not in values]
        if missing:
            self.error = ValueError(
                f"the program reads {', '.join(missing)}, and the domains give {', '.join(values)}"
            )
            raise _Stop
        try:
            order = compare(program, values, limit=self.limit)
        except Undefined:
            return False
        if order is None or order not in self.fails:
            return False
        if self.best is None:
            self.left = self.more
        if self.best is None or weight(values) < weight(self.best.values):
            sides = _sides(program, values)
            self.best = Counterexample(dict(point), values, order, sides)
        return True

    def _program(self, point: Point) -> Program:
        assert callable(self.claim)
        return _joined(self.claim(point))


def _joined(pair: Pair) -> Program:
    if isinstance(pair, Program):
        if len(pair.outputs) != 2:
            raise ValueError(f"the program must have two outputs, and has {len(pair.outputs)}")
        return pair
    builder = Builder()
    ends = []
    for program in pair:
        if len(program.outputs) != 1:
            raise ValueError(f"each of two programs has one output, not {len(program.outputs)}")
        ends.append(builder.include(program, {})[program.outputs[0]])
    return builder.build(*ends)


def _sides(program: Program, values: Mapping[str, Fraction]) -> tuple[str, str]:
    """Both values in at most 12 digits, at a point where some precision decides their order."""
    precision = 64
    while True:
        try:
            left, right = run(program, values, precision)
        except Unresolved:
            precision *= 2
        else:
            return format_ball(left), format_ball(right)

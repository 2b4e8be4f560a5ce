"""Errors of compiled functions against a certain reference, and the condition of a function.

The reference of a point is `Program.balls` on the program as it was lowered, without rewrites, at a
precision that is doubled until the enclosure is good to `REFERENCE_BITS` bits. On a sample of points
`Program.mpmath`, at 50 digits or as many more as it takes, must agree with it.

The condition number of f at x is the sum of |x_i ∂f/∂x_i / f|: how much a relative error of the inputs
grows, taken from differences of balls at high precision. An output of several is measured by itself.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Final

import mpmath
import numpy as np
import sympy as sp
from flint import arb, ctx

from benchmarks.numeric_accuracy_cases import Case
from numeric import Program, Unresolved

REFERENCE_BITS: Final = 90
MOST_BITS: Final = 1 << 15
MOST_DIGITS: Final = 3200
STEP_BITS: Final = 80
"""A difference quotient moves an input by a relative 2**-STEP_BITS to either side."""

MEDIAN_ULPS: Final = 4.0
MEDIAN_CONDITION: Final = 100.0
RELATIVE: Final = 1e-12
WELL_CONDITIONED: Final = 1e3


class NoReference(ArithmeticError):
    """The balls cannot be made small at a point, or mpmath disagrees with them."""


def reference(program: Program, values: Mapping[str, arb], bits: int = REFERENCE_BITS) -> list[arb]:
    """The outputs, each to `bits` good bits. Raises `NoReference`, and `Undefined` off the domain."""
    precision = 2 * bits
    while precision <= MOST_BITS:
        try:
            outputs = [arb(value) for value in program.balls(values, precision)]
        except Unresolved:
            outputs = []
        if outputs and all(value.rel_accuracy_bits() >= bits for value in outputs):
            return outputs
        precision *= 2
    point = {name: float(value) for name, value in values.items()}
    raise NoReference(f"no {bits} good bits with a precision of {MOST_BITS} at {point}")


def check_with_mpmath(program: Program, point: Mapping[str, float], balls: Sequence[arb]) -> None:
    """Raise `NoReference` unless mpmath comes to rest on what the balls enclose.

    The digits start at 50 and are doubled. To be the same twice is not enough: 1 + exp(-700) is 1 at
    50 digits and at 100.
    """
    exact = {name: Fraction(value) for name, value in point.items()}
    digits = 50
    while digits <= MOST_DIGITS:
        now = program.mpmath(exact, digits)
        if all(_within(decimal, ball) for decimal, ball in zip(now, balls, strict=True)):
            return
        digits *= 2
    shown = ", ".join(mpmath.nstr(decimal, 20) for decimal in now)
    raise NoReference(f"mpmath gives {shown}, and balls {list(balls)}, at {dict(point)}")


def _within(decimal: Any, ball: arb) -> bool:
    """Whether a decimal is as near to a ball as both are good."""
    if not mpmath.isfinite(decimal):
        return False
    with ctx.workprec(2 * REFERENCE_BITS):
        gap = abs(arb(mpmath.nstr(decimal, 40)) - ball)
        return bool(gap < abs(ball) * arb(2) ** (5 - REFERENCE_BITS))


def errors(computed: float, exact: arb) -> tuple[float, float]:
    """The error in units of the last place of the float nearest to `exact`, and the relative one.

    A value beyond the largest float has error 0 when infinity was computed.
    """
    nearest = float(exact.mid())
    if math.isinf(nearest):
        return (0.0, 0.0) if computed == nearest else (math.inf, math.inf)
    if not math.isfinite(computed):
        return math.inf, math.inf
    with ctx.workprec(2 * REFERENCE_BITS):
        gap = abs(arb(computed) - exact)
        relative = float((gap / abs(exact)).mid())
        return float((gap / arb(math.ulp(nearest))).mid()), relative


def conditions(program: Program, values: Mapping[str, arb]) -> list[float]:
    """The condition number of each output at a point."""
    bits = REFERENCE_BITS + 2 * STEP_BITS
    middle = reference(program, values, bits)
    totals = [arb(0)] * len(middle)
    with ctx.workprec(4 * bits):
        for name, value in values.items():
            step = value / arb(2) ** STEP_BITS
            high = reference(program, {**values, name: value + step}, bits)
            low = reference(program, {**values, name: value - step}, bits)
            for k, (up, down) in enumerate(zip(high, low, strict=True)):
                totals[k] += abs((up - down) * arb(2) ** (STEP_BITS - 1) / middle[k])
    return [float(total.mid()) for total in totals]


@dataclass(frozen=True, slots=True)
class Errors:
    """One way to compute a case: ulps over all points and outputs, and the broken promises."""

    case: str
    method: str
    points: int
    median: float
    percentile_99: float
    worst: float
    worst_relative: float
    worst_well_conditioned: float
    worst_point: dict[str, float] | None
    condition_median: float | None
    condition_worst: float | None

    @property
    def broken(self) -> list[str]:
        """What of the promise does not hold; see `benchmarks/numeric_accuracy.py`."""
        said = []
        typical = self.condition_median is None or self.condition_median < MEDIAN_CONDITION
        if typical and not self.median <= MEDIAN_ULPS:
            said.append(f"median of {self.median:.3g} ulp")
        if not self.worst_well_conditioned <= RELATIVE:
            where = {name: float(value) for name, value in (self.worst_point or {}).items()}
            said.append(f"relative error {self.worst_well_conditioned:.1e} at {where}")
        return said

    def as_json(self) -> dict[str, Any]:
        """A JSON object with the fields of this class and the broken promises; infinity is "inf"."""
        fields = {**asdict(self), "broken": self.broken}
        return {name: "inf" if value == math.inf else value for name, value in fields.items()}


def compute(case: Case, points: Sequence[Any], method: str) -> list[Any]:
    """The outputs at the points by "numpy" or "numba" on arrays, "floats", or "lambdify"."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if method == "lambdify":
            written = sp.lambdify(list(case.draws), list(case.outputs), modules=["scipy", "numpy"])
            return [np.asarray(output, dtype=np.float64) for output in written(*points)]
        engine = "numpy" if method == "floats" else method
        function = Program.from_sympy(*case.outputs).compile(case.names, engine=engine)
        several = len(case.outputs) > 1
        if method != "floats":
            returned = function(*points)
            return list(returned) if several else [returned]
        rows = [function(*map(float, point)) for point in zip(*points, strict=True)]
        return list(np.array(rows, dtype=np.float64).reshape(len(rows), -1).T)


@dataclass(slots=True)
class _Point:
    values: dict[str, float]
    exact: list[arb]
    conditions: list[float] | None = None

    def balls(self) -> dict[str, arb]:
        return {name: arb(value) for name, value in self.values.items()}


def examine(
    case: Case,
    points: Sequence[Any],
    computed: Mapping[str, Sequence[Any]],
    *,
    with_mpmath: int = 0,
    with_condition: int = 0,
) -> tuple[dict[str, list[tuple[float, float, float | None]]], list[float]]:
    """For each method and each point and output: ulps, relative error, and condition if needed.

    The condition is found where a relative error is above `RELATIVE`, and at the first
    `with_condition` points, whose conditions are the second result; the first `with_mpmath` points
    are checked with mpmath too.
    """
    program = Program.from_sympy(*case.outputs)
    found: dict[str, list[tuple[float, float, float | None]]] = {name: [] for name in computed}
    sampled: list[float] = []
    for number in range(len(points[0])):
        values = {n: float(v[number]) for n, v in zip(case.names, points, strict=True)}
        point = _Point(values, reference(program, {n: arb(v) for n, v in values.items()}))
        if number < with_mpmath:
            check_with_mpmath(program, values, point.exact)
        if number < with_condition:
            point.conditions = conditions(program, point.balls())
            sampled += point.conditions
        for method, outputs in computed.items():
            for k, exact in enumerate(point.exact):
                ulps, relative = errors(float(outputs[k][number]), exact)
                if relative > RELATIVE and point.conditions is None:
                    point.conditions = conditions(program, point.balls())
                condition = None if point.conditions is None else point.conditions[k]
                found[method].append((ulps, relative, condition))
    return found, sampled


def summarise(
    case: Case,
    method: str,
    points: Sequence[Any],
    found: Sequence[tuple[float, float, float | None]],
    sampled: Sequence[float],
) -> Errors:
    """The figures of one method from what `examine` found at these points."""
    ulps = np.array([row[0] for row in found])
    well = [
        (relative, number // len(case.outputs))
        for number, (_, relative, condition) in enumerate(found)
        if condition is None or condition < WELL_CONDITIONED
    ]
    worst, place = max(well, default=(0.0, -1))
    at = {n: float(v[place]) for n, v in zip(case.names, points, strict=True)}
    ordered = np.sort(ulps)
    return Errors(
        case=case.name,
        method=method,
        points=len(points[0]),
        median=float(ordered[len(ordered) // 2]),
        percentile_99=float(ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]),
        worst=float(ordered[-1]),
        worst_relative=max(row[1] for row in found),
        worst_well_conditioned=worst,
        worst_point=at if place >= 0 else None,
        condition_median=float(np.median(sampled)) if len(sampled) else None,
        condition_worst=max(sampled, default=None),
    )

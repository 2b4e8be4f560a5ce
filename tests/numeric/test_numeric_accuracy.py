"""The promise of compiled programs: 4 ulp at the median, 1e-12 where the condition is below 1000.

(The median counts for the functions whose own median condition is below 100.)

A light version of ``benchmarks/numeric_accuracy.py``, with the same cases and the same reference.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from flint import arb

from benchmarks.numeric_accuracy import measure
from benchmarks.numeric_accuracy_cases import cases
from benchmarks.numeric_accuracy_measure import (
    NoReference,
    check_with_mpmath,
    conditions,
    errors,
    reference,
)
from numeric import Program

CASES = cases()
POINTS = 200
MANY_INPUTS = 20
"""From here on a condition number takes a second, and is found only where it is needed."""
HARD = 20
"""At least so many of the cases are beyond formulas computed as they are written."""


@pytest.mark.parametrize("name", CASES)
def test_compiled_programs_keep_the_promise(name: str) -> None:
    case = CASES[name]
    sample = 10 if len(case.names) < MANY_INPUTS else 0
    rows = measure(case, POINTS, ("numpy", "floats"), with_mpmath=3, with_condition=sample)
    assert {row.method: row.broken for row in rows} == {"numpy": [], "floats": []}


def test_formulas_as_they_are_written_break_the_promise() -> None:
    rows = [
        measure(case, 50, ("lambdify",), with_mpmath=0, with_condition=0)[0]
        for case in CASES.values()
    ]
    assert len([row for row in rows if row.broken]) >= HARD


@pytest.mark.parametrize(
    ("text", "at", "true"),
    [("(1 - cos x)/x²", 1e-9, 0.5), ("logistic", 1000.0, 1.0), ("softplus", 1000.0, 1000.0)],
)
def test_the_classic_losses(text: str, at: float, true: float) -> None:
    case = CASES[text]
    function = Program.from_sympy(*case.outputs).compile(case.names)
    assert function(at) == true
    assert function(np.full(5, at)).tolist() == [true] * 5


def test_errors_are_counted_in_units_of_the_last_place() -> None:
    assert errors(1 + 2.0**-52, arb(1)) == (1.0, 2.0**-52)
    assert errors(0.5, arb(1)) == (2.0**51, 0.5)
    assert errors(math.nan, arb(1)) == errors(math.inf, arb(1)) == (math.inf, math.inf)
    assert errors(math.inf, arb(10) ** 400) == (0.0, 0.0)
    assert errors(1e308, arb(10) ** 400) == (math.inf, math.inf)


def test_conditions() -> None:
    x, y = sp.symbols("x y")
    program = Program.from_sympy(x**2 * y, x - 1)
    found = conditions(program, {"x": arb(1.001), "y": arb(7)})
    assert found == pytest.approx([3.0, 1001.0], rel=1e-9)


def test_a_reference_is_certain_to_its_bits_or_refused() -> None:
    x = sp.Symbol("x")
    program = Program.from_sympy((1 - sp.cos(x)) / x**2)
    (value,) = reference(program, {"x": arb(1e-30)})
    assert value.rel_accuracy_bits() >= 90
    assert float(value) == 0.5
    check_with_mpmath(program, {"x": 1e-30}, [value])
    with pytest.raises(NoReference):
        check_with_mpmath(program, {"x": 1e-30}, [value + arb(2) ** -60])

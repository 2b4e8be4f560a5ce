"""Terms lowered to programs: sums written out or bound, integrals only when they are asked for."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.terms import Context, read
from derive.terms.lower import LoweringError, lower
from numeric.balls import Undefined, run, to_ball
from numeric.domain import Domain
from numeric.program import Program

INTEGER = Domain(integer=True)
CONTEXT = (
    Context()
    .declare("t")
    .declare("x")
    .declare("n", INTEGER)
    .declare("m", INTEGER)
    .declare("q", kind="family", arity=1)
    .define("s", read("t**2"))
    .define("f", read("x*t"), ("x",))
)


def program(text: str, **values: int) -> Program:
    fixed = {name: Fraction(value) for name, value in values.items()}
    return lower(CONTEXT, [read(text)], fixed, integrals=True)


@pytest.mark.parametrize("text", ["Int(x, x, 0, 1)", "Sum(i, i, 1, n)", "Sum(i, i, 1, floor(t))"])
def test_what_may_be_slow_is_refused_unless_asked_for(text: str) -> None:
    with pytest.raises(LoweringError):
        lower(CONTEXT, [read(text)])
    assert lower(CONTEXT, [read(text)], integrals=True).outputs


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("Int(x, x, 0, t)", {"t": 3}, fmpq(9, 2)),
        ("Int(x, x, t, t)", {"t": 3}, fmpq(0)),
        ("Int(1/x, x, t, t)", {"t": 0}, fmpq(0)),
        ("Int(x*s, x, 0, 1) + x", {"t": 2, "x": 5}, fmpq(7)),
        ("Int(f(x), x, 0, 2)", {"t": 3}, fmpq(6)),
        ("Int(Int(x, x, 0, 1)*x, x, 0, 2)", {}, fmpq(1)),
        ("Int(x*q[1], x, 0, 1)", {"q[1]": 4}, fmpq(2)),
        ("Int(Sum(x**i, i, 1, 2), x, 0, 1)", {}, fmpq(5, 6)),
        ("Sum(Int(i*x, x, 0, 1), i, 1, 3)", {}, fmpq(3)),
        ("Sum(i, i, 1, n)", {"n": 4}, fmpq(10)),
        ("Sum(i, i, 1, n)", {"n": -4}, fmpq(0)),
        ("Prod(i*t, i, m, n)", {"m": 2, "n": 4, "t": 2}, fmpq(192)),
        ("Sum(Sum(i*j, i, 1, j), j, 1, n)", {"n": 3}, fmpq(25)),
    ],
)
def test_bound_variables(text: str, values: dict[str, int], expected: fmpq) -> None:
    (found,) = run(program(text), {k: Fraction(v) for k, v in values.items()}, 64)
    assert to_ball(found).contains(expected)
    assert to_ball(found).rad() < 1e-9


@pytest.mark.parametrize("text", ["Int(x, x, 1, 0)", "Int(exp(-x), x, oo, 0)", "Int(1, x, 0, -oo)"])
def test_between_ends_in_the_wrong_order_there_is_no_value(text: str) -> None:
    with pytest.raises(Undefined):
        run(program(text), {}, 64)


@pytest.mark.parametrize(
    "text",
    ["Sum(q[i], i, 1, n)", "Sum(1/i**2, i, 1, oo)", "Int(q[n]*x, x, 0, 1)", "x + E[y ~ g](y)"],
)
def test_what_has_no_program_even_then(text: str) -> None:
    with pytest.raises(LoweringError):
        program(text)


def test_known_integers_still_write_a_sum_out() -> None:
    assert program("Sum(q[i], i, 1, n)", n=3).inputs == ("q[1]", "q[2]", "q[3]")
    assert "sum" not in [step.op for step in program("Sum(i*t, i, 1, n)", n=3).instructions]


@settings(max_examples=40, deadline=None)
@given(st.integers(-4, 6), st.integers(-4, 6), st.sampled_from(["i*t", "1/(i**2 + t)", "t - i"]))
def test_a_bound_sum_is_the_sum_written_out(low: int, high: int, body: str) -> None:
    for head in ("Sum", "Prod"):
        text = f"{head}({body}, i, m, n)"
        ends = {"m": Fraction(low), "n": Fraction(high)}
        written = run(lower(CONTEXT, [read(text)], ends), {"t": Fraction(1, 3)}, 64)
        assert run(program(text), {"t": Fraction(1, 3), **ends}, 64) == written

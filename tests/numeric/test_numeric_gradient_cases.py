"""Where a gradient must be undefined; choices, sums, products, integrals and matrices."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import arb
from gradient_checks import (
    COORDINATES,
    assert_gradient,
    at,
    balls,
    build,
    close,
    exact,
    one_sided,
    programs,
    tame,
    undefined,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy.abc import x, y

from numeric.balls import Undefined, Unresolved
from numeric.builder import Builder
from numeric.gradients import NoDerivative
from numeric.program import Program

F = Fraction


class TestKinks:
    @pytest.mark.parametrize(
        ("expr", "kink", "left", "right"),
        [
            (sp.Abs(x), 0, -1, 1),
            (sp.Max(x, 0), 0, 0, 1),
            (sp.Min(x, 0), 0, 1, 0),
            (sp.Max(2 * x, x + 1), 1, 1, 2),
            (sp.sign(x), 0, 0, 0),
            (sp.floor(x), 2, 0, 0),
            (sp.ceiling(x), 2, 0, 0),
            (x * sp.floor(x), 1, 0, 1),
            (sp.Piecewise((0, x < 0), (x, True)), 0, 0, 1),
            (sp.Piecewise((0, x <= 0), (x, True)), 0, 0, 1),
            (sp.Piecewise((1, x < 1), (2, True)), 1, 0, 0),
            (sp.Piecewise((0, sp.floor(x) < 2), (x, True)), 2, 0, 1),
            (sp.Piecewise((0, (x < 1) & (y < 5)), (x, True)), 1, 0, 1),
        ],
    )
    def test_no_subgradient_is_chosen(self, expr, kink, left, right):
        program = Program.from_sympy(expr)
        derivative = program.gradient("x")
        for side, slope in ((-1, left), (1, right)):
            near = {"x": kink + side * F(1, 10**9), "y": F(0)}
            assert derivative.balls(near) == [slope]
            assert at(derivative, near) == [slope]
        point = {"x": F(kink), "y": F(0)}
        assert undefined(program, point, "x")
        assert mpmath.isnan(at(derivative, point)[0])

    def test_a_jump_is_seen_where_the_branches_taken_do_not_read_the_input(self):
        def make(b, x, y):
            inner = b.op("select", b.op("le", x, x), x, y)
            outer = b.op("select", b.op("lt", y, b.const(0)), x, b.op("add", x, inner))
            return [b.op("add", outer, b.op("abs", inner))]

        program = build(make)
        assert program.gradient("y").balls({"x": 1, "y": -1}) == [0]
        assert undefined(program, {"x": 1, "y": 0}, "y")

    @pytest.mark.parametrize(
        ("tested", "end"),
        [
            (lambda b, x: b.op("sqrt", x), 0),
            (lambda b, x: b.op("asin", x), 1),
            (lambda b, x: b.op("acos", x), -1),
            (lambda b, x: b.op("pow", x, b.const(F(3, 2))), 0),
            (lambda b, x: b.op("pow", x, x), -1),
            (lambda b, x: b.op("xlogy", x, x), 0),
        ],
    )
    def test_a_condition_at_the_end_of_its_domain(self, tested, end):
        def make(b, x, same):
            limit = b.op("lt", tested(b, x), b.const(100))
            return [b.op("select", limit, x, x if same else b.const(3))]

        for same in (True, False):
            program = build(lambda b, x, same=same: make(b, x, same), "x")
            assert_gradient(program, {"x": F(1, 2)})
            assert undefined(program, {"x": F(end)})

    def test_what_a_condition_must_not_read(self):
        for make in (
            lambda b, x, y: b.matrix("eigenvalue", [[x, y], [y, x]], 0),
            lambda b, x, y: b.op("polygamma", x, y),
        ):
            chosen = lambda b, x, y, make=make: [  # noqa: E731
                b.op("select", b.op("lt", make(b, x, y), b.const(1)), x, y)
            ]
            with pytest.raises(NoDerivative, match="a condition depends on"):
                build(chosen).gradient("x")

    def test_arrays_are_nan_at_a_kink(self):
        derivative = Program.from_sympy(sp.Max(x, 0) + sp.Abs(x - 1)).gradient()
        found = derivative.numpy(x=[-1.0, 0.0, 0.5, 1.0, 2.0])
        assert [None if np.isnan(v) else float(v) for v in found] == [-1, None, 0, None, 2]

    def test_a_ball_that_straddles_a_kink_is_not_decided(self):
        for expr in (sp.Abs(x), sp.Max(x, 0), sp.Piecewise((0, x < 0), (x, True))):
            with pytest.raises(Unresolved):
                Program.from_sympy(expr).gradient().balls({"x": arb(0, 1e-9)})

    def test_the_ends_of_a_domain(self):
        assert undefined(Program.from_sympy(sp.sqrt(x)), {"x": 0})
        assert undefined(Program.from_sympy(sp.asin(x)), {"x": 1})
        assert undefined(build(lambda b, x: [b.op("xlogy", x, x)], "x"), {"x": 0})

    def test_kinks_stay_kinks_in_the_second_derivative(self):
        twice = Program.from_sympy(x * sp.Abs(x)).gradient().gradient()
        assert twice.balls({"x": -3}) == [-2] and twice.balls({"x": 3}) == [2]
        with pytest.raises(Undefined):
            twice.balls({"x": 0})

    def test_a_condition_on_what_is_held_fixed_is_no_kink(self):
        program = Program.from_sympy(sp.Piecewise((x**2, y < 1), (x, True)))
        assert program.gradient("x").balls({"x": 3, "y": 1}) == [1]
        with pytest.raises(Undefined):
            program.gradient("y").balls({"x": 3, "y": 1})

    def test_a_maximum_of_a_thing_with_itself_is_smooth(self):
        assert build(lambda b, x: [b.op("max", x, x)], "x").gradient().balls({"x": 2}) == [1]

    def test_a_condition_that_reads_an_absolute_value_is_smooth_away_from_its_edge(self):
        huber = sp.Piecewise((x**2 / 2, sp.Abs(x) < 1), (sp.Abs(x) - sp.Rational(1, 2), True))
        derivative = Program.from_sympy(huber).gradient()
        assert [exact(derivative, x=F(v, 2)) for v in (0, 1, -3)] == [0, F(1, 2), -1]


class TestDomains:
    @pytest.mark.parametrize(
        ("expr", "point"),
        [
            (sp.log(x), {"x": -1}),
            (sp.loggamma(x), {"x": F(-1, 2)}),
            (x + sp.log(y), {"x": 1, "y": -1}),
            (x + 1 / y, {"x": 1, "y": 0}),
            (x + sp.gamma(y), {"x": 1, "y": -2}),
            (x * y + sp.sqrt(y), {"x": 1, "y": -1}),
            (sp.Piecewise((sp.log(x), x < 2), (x, True)), {"x": -1}),
        ],
    )
    def test_no_derivative_where_the_function_has_no_value(self, expr, point):
        program = Program.from_sympy(expr)
        assert undefined(program, point, "x")
        assert mpmath.isnan(at(program.gradient("x"), point)[0])

    def test_nothing_is_added_where_the_derivative_already_reads_enough(self):
        softplus = sp.log(1 + sp.exp(x)) + sp.log(x**2 + 1) / sp.sqrt(sp.cosh(x))
        for expr in (1 / x, sp.sqrt(x), sp.gamma(x), x**-3, x * sp.log(x), softplus):
            ops = [i.op for i in Program.from_sympy(expr).gradient().instructions]
            assert "select" not in ops, expr

    def test_an_input_that_plays_no_part_gives_zero_where_the_output_is_defined(self):
        program = build(lambda b, x, y: [b.op("log", x), y])
        assert program.gradient("x", "y").balls({"x": 1, "y": 5}) == [1, 0, 0, 1]
        with pytest.raises(Undefined):
            program.gradient("y").balls({"x": -1, "y": 5})


class TestChoices:
    def test_the_branch_not_taken_may_be_undefined(self):
        expr = sp.Piecewise((sp.log(x), x > 1), (x - 1, True))
        derivative = Program.from_sympy(expr).gradient()
        assert exact(derivative, x=4) == F(1, 4)
        assert derivative.balls({"x": -4}) == [1]
        assert derivative.balls({"x": 0}) == [1]

    def test_what_two_branches_share_and_what_is_outside(self):
        def make(b, x, y):
            root = b.op("sqrt", x)
            inner = b.op("select", b.op("lt", b.const(9), x), b.op("mul", root, y), root)
            outer = b.op("select", b.op("lt", b.const(0), x), inner, b.op("exp", y))
            return [b.op("add", outer, b.op("mul", x, y))]

        program = build(make)
        for point in ({"x": F(-1), "y": F(2)}, {"x": F(4), "y": F(2)}, {"x": F(16), "y": F(2)}):
            assert_gradient(program, point)
        assert undefined(program, {"x": 9, "y": 2})

    def test_many_nested_choices_stay_small(self):
        def make(b, x, y):
            value = y
            for k in range(400):
                value = b.op("select", b.op("lt", x, b.const(k)), b.op("mul", x, b.const(k)), value)
            return [value]

        program = build(make)
        derivative = program.gradient()
        assert len(derivative.instructions) < 6 * len(program.instructions)
        assert derivative.balls({"x": F(15, 2), "y": 3}) == [399, 0]
        assert derivative.balls({"x": F(1000), "y": 3}) == [0, 1]


def cumulative(name, term, lower, upper):
    """A binder over t of term(builder, t, x, y)."""
    inner = Builder()
    t, *outside = (inner.input(n) for n in ("t", "x", "y"))
    body = inner.build(term(inner, t, *outside))
    b = Builder()
    x, y = b.input("x"), b.input("y")
    ends = [
        b.const(e) if isinstance(e, int | Fraction) else e and e(b, x, y) for e in (lower, upper)
    ]
    return b.build(b.bind(name, *ends, body=body, variable="t", captured={"x": x, "y": y}))


@settings(max_examples=40, deadline=None)
@given(programs(), st.sampled_from(["sum", "prod"]), COORDINATES)
def test_random_bodies(body, name, at_y):
    """x is bound, and runs over three integers; y is captured."""
    b = Builder()
    y = b.input("y")
    inside = [b.include(body, {"x": b.const(k), "y": y})[body.outputs[0]] for k in (1, 2, 3)]
    unrolled = b.build(*inside)
    repeated = b.build(
        b.bind(name, b.const(1), b.const(3), body=body, variable="x", captured={"y": y})
    )
    point = {"y": at_y}
    if "y" not in repeated.inputs or not tame(unrolled, point):
        return
    try:
        value = balls(repeated.gradient("y"), point)[0]
    except (Undefined, Unresolved):
        return
    for direction in (1, -1):
        assert close(value, one_sided(repeated, point, "y", direction)[0], 1e-6)


class TestBinders:
    def test_a_sum(self):
        program = cumulative("sum", lambda b, t, x, y: b.op("exp", b.op("mul", t, x)), 0, 4)
        assert_gradient(program, {"x": F(1, 3)})
        assert_gradient(program.gradient(), {"x": F(1, 3)})

    def test_a_product_where_no_one_or_two_factors_are_zero(self):
        term = lambda b, t, x, y: b.op("add", b.op("mul", t, y), b.op("sub", x, t))  # noqa: E731
        program = cumulative("prod", term, 1, 4)
        for point in ({"x": F(1, 2), "y": F(1, 3)}, {"x": F(2), "y": F(0)}, {"x": F(0), "y": F(1)}):
            assert_gradient(program, point)
        assert program.gradient().balls({"x": 0, "y": 1}) == [0, 0]

    def test_a_sum_with_an_input_as_its_bound(self):
        program = cumulative("sum", lambda b, t, x, y: b.op("pow", x, t), 1, lambda b, x, y: y)
        assert program.gradient("x").balls({"x": 2, "y": 3}) == [1 + 4 + 12]
        with pytest.raises(NoDerivative, match="a bound of a sum is an integer"):
            program.gradient("x", "y")
        with pytest.raises(Undefined):
            program.gradient("x").balls({"x": 2, "y": F(5, 2)})

    def test_an_integral_and_its_ends(self):
        density = lambda b, t, x, y: b.op("exp", b.op("neg", b.op("mul", b.op("mul", t, t), y)))  # noqa: E731
        program = cumulative("integral", density, lambda b, x, y: b.op("neg", x), lambda b, x, y: x)
        point = {"x": F(3, 4), "y": F(5, 3)}
        found = program.gradient("x", "y").mpmath(point, 30)
        step = F(1, 10**12)
        for name, value in zip(("x", "y"), found, strict=True):
            ends = [program.mpmath({**point, name: point[name] + s * step}, 45)[0] for s in (-1, 1)]
            assert abs((ends[1] - ends[0]) * 10**12 / 2 - value) < 1e-15
        assert program.gradient("x").balls({"x": 0, "y": 1}) == [2]

    def test_an_infinite_integral(self):
        def density(b, t, x, y):
            shift = b.op("sub", t, x)
            return b.op("mul", y, b.op("exp", b.op("neg", b.op("mul", shift, shift))))

        program = cumulative("integral", density, None, None)
        by_x, by_y = program.gradient("x", "y").mpmath({"x": 2, "y": 3}, 20)
        assert abs(by_x) < 1e-18
        assert abs(by_y - mpmath.sqrt(mpmath.pi)) < 1e-14

    def test_a_moving_jump_under_an_integral_is_refused_and_a_fixed_one_is_not(self):
        moving = cumulative(
            "integral", lambda b, t, x, y: b.op("select", b.op("lt", t, x), x, t), 0, 2
        )
        with pytest.raises(NoDerivative, match="has a jump"):
            moving.gradient("x")
        fixed = cumulative(
            "integral", lambda b, t, x, y: b.op("select", b.op("lt", t, b.const(1)), x, t), 0, 2
        )
        assert abs(fixed.gradient("x").mpmath({"x": 5}, 20)[0] - 1) < 1e-15

    def test_an_end_at_a_jump_of_the_body_has_no_derivative(self):
        program = cumulative("integral", lambda b, t, x, y: b.op("floor", t), 0, lambda b, x, y: x)
        derivative = program.gradient("x")
        assert [derivative.mpmath({"x": F(v, 2)})[0] for v in (3, 5)] == [1, 2]
        assert mpmath.isnan(derivative.mpmath({"x": 2})[0])

    def test_a_body_without_a_value_gives_no_derivative(self):
        program = cumulative("sum", lambda b, t, x, y: b.op("log", b.op("sub", x, t)), 1, 3)
        assert_gradient(program, {"x": F(7, 2)})
        assert undefined(program, {"x": F(5, 2)})

    def test_sums_in_sums(self):
        inner = Builder()
        s, x = inner.input("s"), inner.input("x")
        power = inner.build(inner.op("pow", x, s))
        middle = Builder()
        t, x = middle.input("t"), middle.input("x")
        nested = middle.build(
            middle.bind("sum", middle.const(1), t, body=power, variable="s", captured={"x": x})
        )
        b = Builder()
        x = b.input("x")
        program = b.build(
            b.bind("sum", b.const(1), b.const(3), body=nested, variable="t", captured={"x": x})
        )
        assert program.gradient().balls({"x": 2}) == [3 + 2 * 2 * 2 + 3 * 4]
        assert program.gradient().gradient().balls({"x": 2}) == [4 + 12]


def matrix_program(op, size, *places):
    b = Builder()
    x, y = b.input("x"), b.input("y")
    entries = [x, y, b.op("mul", x, y), b.const(2), b.op("exp", x), b.const(-1), y, b.const(3), x]
    rows = [entries[size * k : size * (k + 1)] for k in range(size)]
    return b.build(b.matrix(op, rows, *places))


class TestMatrices:
    @pytest.mark.parametrize("size", [1, 2, 3])
    def test_determinants_and_inverses(self, size):
        point = {"x": F(5, 7), "y": F(-3, 4)}
        names = ("x",) if size == 1 else ("x", "y")
        assert_gradient(matrix_program("det", size), point, *names)
        for i, j in ((0, 0), (0, size - 1), (size - 1, 0)):
            assert_gradient(matrix_program("inverse", size, i, j), point, *names)

    def test_a_singular_matrix_has_a_derivative_of_its_determinant_but_no_inverse(self):
        determinant = matrix_program("det", 2)
        assert determinant.gradient("x", "y").balls({"x": 0, "y": 5}) == [2 - 25, 0]
        inverse = matrix_program("inverse", 2, 0, 0)
        assert undefined(inverse, {"x": 0, "y": 5}, "x")

    @pytest.mark.parametrize(("op", "places"), [("trace_sqrt", ()), ("eigenvalue", (0,))])
    def test_the_others_are_refused(self, op, places):
        with pytest.raises(NoDerivative, match=f"{op} has no derivative here"):
            matrix_program(op, 2, *places).gradient()

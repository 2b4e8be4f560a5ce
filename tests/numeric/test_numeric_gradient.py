"""Gradients against differences at many digits, against SymPy, and against known ones.

Balls settle the gradient, mpmath the differences, so that the two share no code but the program.
"""

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from gradient_checks import (
    COORDINATES,
    ORDERS,
    assert_gradient,
    at,
    balls,
    build,
    close,
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
from numeric.gradients import NoDerivative, UnknownInput, gradient, hessian, value_and_gradient
from numeric.gradients.derivatives import PARTIALS
from numeric.operations import BINDERS, COMPARISONS, LOGIC, MATRIX_OPS, OPS
from numeric.program import Program

F = Fraction

PLACES = {
    "asin": [(F(1, 3),), (F(-5, 7),)],
    "acos": [(F(1, 3),), (F(-5, 7),)],
    "log": [(F(7, 3),), (F(1, 9),)],
    "sqrt": [(F(7, 3),), (F(1, 9),)],
    "log1p": [(F(7, 3),), (F(-1, 2),)],
    "loggamma": [(F(7, 3),), (F(1, 9),)],
    "gamma": [(F(7, 3),), (F(-7, 3),)],
    "digamma": [(F(7, 3),), (F(-7, 3),)],
    "xlogy": [(F(-2, 3), F(5, 7)), (F(0), F(3))],
    "pow": [(F(5, 3), F(-7, 2)), (F(1, 3), F(2))],
    "logaddexp": [(F(1, 3), F(-7, 2)), (F(40), F(-40))],
}
PLAIN = [(F(5, 3), F(-3, 7)), (F(-5, 2), F(9, 4))]
NUMERIC = sorted(op for op in OPS if OPS[op] in (1, 2) and op not in (*COMPARISONS, *LOGIC))


def test_the_table_is_complete():
    assert sorted(PARTIALS) == NUMERIC
    assert all(len(PARTIALS[op]) == OPS[op] for op in PARTIALS)


@pytest.mark.parametrize("op", sorted(set(NUMERIC) - set(ORDERS)))
def test_the_first_and_second_derivatives_of_each_operation(op):
    program = build(lambda b, *xs: [b.op(op, *xs)], *("x", "y")[: OPS[op]])
    for values in PLACES.get(op, [place[: OPS[op]] for place in PLAIN]):
        point = dict(zip(program.inputs, values, strict=True))
        assert_gradient(program, point)
        first = program.gradient()
        if first.inputs:
            assert_gradient(first, point)


@pytest.mark.parametrize("op", ORDERS)
@pytest.mark.parametrize("order", [0, 1, 2, 5])
def test_the_derivatives_of_functions_with_an_order(op, order):
    program = build(lambda b, x: [b.op(op, b.const(order), x)], "x")
    for value in (F(1, 7), F(5, 3), F(30)):
        assert_gradient(program, {"x": value})
        assert_gradient(program.gradient(), {"x": value})
    with pytest.raises(NoDerivative, match=f"{op} has no derivative by its order"):
        build(lambda b, x: [b.op(op, x, x)], "x").gradient()


def test_a_bessel_function_at_zero_and_left_of_it_and_of_a_broken_order():
    for order in (0, 1, 2):
        program = build(lambda b, x, n=order: [b.op("besseli", b.const(n), x)], "x")
        for value in (F(0), F(-3, 2)):
            assert_gradient(program, {"x": value})
    broken = build(lambda b, x: [b.op("besseli", b.const(F(5, 2)), x)], "x")
    assert_gradient(broken, {"x": F(3, 2)})
    assert_gradient(build(lambda b, x, n: [b.op("besseli", n, x)]), {"x": F(2), "y": F(3)}, "x")


def test_powers():
    for exponent in (-2, -1, 1, 2, 3, 7):
        program = build(lambda b, x, n=exponent: [b.op("pow", x, b.const(n))], "x")
        for value in (F(-3, 2), F(2, 7)):
            assert_gradient(program, {"x": value})
        if exponent > 0:
            assert program.gradient().balls({"x": 0}) == [int(exponent == 1)]
        else:
            assert undefined(program, {"x": 0})
    root = build(lambda b, x: [b.op("pow", x, b.const(F(3, 2)))], "x")
    assert root.gradient().balls({"x": 4}) == [3]
    assert undefined(root, {"x": 0})
    zeroth = build(lambda b, x: [b.op("pow", x, b.const(0))], "x")
    assert zeroth.gradient().balls({"x": -2}) == [0]
    with pytest.raises(Unresolved):
        zeroth.gradient().balls({"x": 0})


def test_a_negative_base_has_a_derivative_but_its_exponent_has_none():
    power = build(lambda b, x, n: [b.op("pow", x, n)])
    assert power.gradient("x").balls({"x": -2, "y": 3}) == [12]
    assert undefined(power, {"x": -2, "y": 3}, "y")


@settings(max_examples=150, deadline=None)
@given(programs(), COORDINATES, COORDINATES)
def test_wherever_a_gradient_is_defined_it_is_the_limit_of_quotients_from_both_sides(
    program, at_x, at_y
):
    point = {"x": at_x, "y": at_y}
    if not program.inputs or not tame(program, point):
        return
    for name in program.inputs:
        try:
            value = balls(program.gradient(name), point)[0]
        except (Undefined, Unresolved):
            continue
        assert not mpmath.isnan(at(program, point)[0]), (name, point)
        for direction in (1, -1):
            quotient = one_sided(program, point, name, direction)[0]
            assert close(value, quotient, 1e-6), (name, direction, value, quotient)


@settings(max_examples=60, deadline=None)
@given(programs(), COORDINATES, COORDINATES)
def test_second_derivatives_are_the_gradient_of_the_gradient(program, at_x, at_y):
    point = {"x": at_x, "y": at_y}
    if "x" not in program.inputs or not tame(program, point):
        return
    first = program.gradient("x")
    if "x" not in first.inputs or not tame(first, point):
        return
    try:
        value = balls(first.gradient("x"), point)[0]
    except (Undefined, Unresolved):
        return
    for direction in (1, -1):
        quotient = one_sided(first, point, "x", direction)[0]
        assert close(value, quotient, 1e-6), (direction, value, quotient)


@st.composite
def expressions(draw, depth=3):
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from([x, y, sp.Integer(2), sp.Rational(1, 3)]))
    inner = draw(expressions(depth=depth - 1))
    functions = [sp.exp, sp.log, sp.sin, sp.tanh, sp.sqrt, sp.atan, sp.erf, sp.gamma, sp.sinh]
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return draw(st.sampled_from(functions))(inner)
    if kind == 1:
        return inner ** draw(st.sampled_from([2, 3, -1, sp.Rational(3, 2)]))
    other = draw(expressions(depth=depth - 1))
    return [inner + other, inner * other, inner**other][kind - 2]


@settings(max_examples=60, deadline=None)
@given(expressions(), COORDINATES, COORDINATES)
def test_the_gradient_is_what_sympy_differentiates_to(expr, at_x, at_y):
    if x not in expr.free_symbols or expr.has(sp.zoo, sp.nan, sp.oo, sp.I):
        return
    by_sympy = expr.diff(x)
    if by_sympy.has(sp.I, sp.zoo, sp.nan):
        return
    program, expected = Program.from_sympy(expr), Program.from_sympy(by_sympy)
    point = {"x": at_x, "y": at_y}
    if not tame(program, point):
        return
    try:
        value, other = balls(program.gradient("x"), point)[0], balls(expected, point)[0]
    except (Undefined, Unresolved):
        return
    assert value.overlaps(other), (value, other)


class TestKnownGradients:
    def test_the_evidence_bound_of_a_gaussian_autoencoder(self):
        mu, s, w, e, d = sp.symbols("mu s w e d")
        latent = mu + sp.exp(s / 2) * e
        bound = -((d - w * latent) ** 2) / 2 - (mu**2 + sp.exp(s) - 1 - s) / 2
        residual = d - w * latent
        by_hand = (
            w * residual - mu,
            w * residual * e * sp.exp(s / 2) / 2 - (sp.exp(s) - 1) / 2,
            latent * residual,
        )
        names = ("mu", "s", "w", "e", "d")
        point = dict(zip(names, map(F, ("1/3", "-2/5", "7/4", "-3/7", "2")), strict=True))
        found = balls(Program.from_sympy(bound).gradient("mu", "s", "w"), point)
        for value, expected in zip(found, balls(Program.from_sympy(*by_hand), point), strict=True):
            assert value.overlaps(expected) and value.rad() < 1e-40

    def test_the_score_of_a_mixture(self):
        weights, means, scales = (F(1, 5), F(3, 10), F(1, 2)), (-2, 0, 3), (F(1, 2), 1, F(3, 2))
        parts = [
            sp.Rational(p) / sp.Rational(s) * sp.exp(-(((x - m) / sp.Rational(s)) ** 2) / 2)
            for p, m, s in zip(weights, means, scales, strict=True)
        ]
        pulls = [(m - x) / sp.Rational(s) ** 2 for m, s in zip(means, scales, strict=True)]
        score = sum(p * pull for p, pull in zip(parts, pulls, strict=True)) / sum(parts)
        derivative = Program.from_sympy(sp.log(sum(parts))).gradient()
        for value in (F(-5), F(1, 3), F(4)):
            found = balls(derivative, {"x": value})[0]
            assert found.overlaps(balls(Program.from_sympy(score), {"x": value})[0])

    def test_the_jacobian_of_a_planar_flow_and_its_log_determinant(self):
        z = sp.symbols("z0:3")
        u, w = (F(1, 2), F(-1, 3), F(2)), (F(3, 4), F(1), F(-2, 5))
        u, w = ([sp.Rational(value) for value in row] for row in (u, w))
        inner = sum(a * b for a, b in zip(w, z, strict=True)) + sp.Rational(1, 7)
        flow = Program.from_sympy(*(c + a * sp.tanh(inner) for c, a in zip(z, u, strict=True)))
        names = [symbol.name for symbol in z]
        jacobian = flow.gradient(*names)
        b = Builder()
        place = b.include(jacobian, {})
        entries = [place[output] for output in jacobian.outputs]
        determinant = b.matrix("det", [entries[3 * k : 3 * k + 3] for k in range(3)])
        point = dict(zip(names, (F(1, 3), F(-1, 2), F(2)), strict=True))
        value = balls(b.build(b.op("log", determinant)), point)[0]
        shrink = 1 + sum(p * q for p, q in zip(u, w, strict=True)) * (1 - sp.tanh(inner) ** 2)
        assert value.overlaps(balls(Program.from_sympy(sp.log(shrink)), point)[0])
        assert value.rad() < 1e-40

    def test_softmax_cross_entropy(self):
        z = sp.symbols("z0:4")
        loss = sp.log(sum(map(sp.exp, z))) - z[2]
        names = [symbol.name for symbol in z]
        point = dict(zip(names, (F(1), F(-2), F(1, 3), F(0)), strict=True))
        found = balls(Program.from_sympy(loss).gradient(*names), point)
        softmax = [sp.exp(c) / sum(map(sp.exp, z)) - int(k == 2) for k, c in enumerate(z)]
        for value, expected in zip(found, balls(Program.from_sympy(*softmax), point), strict=True):
            assert value.overlaps(expected)
        assert sum(found).contains(0)

    def test_the_hessian_is_the_gradient_of_the_gradient(self):
        program = Program.from_sympy(3 * x**2 + 5 * x * y - 7 * y**2)
        twice = program.gradient("x", "y").gradient("x", "y")
        assert twice == hessian(program, "x", "y")
        assert twice.balls({"x": 1, "y": 2}) == [6, 5, 5, -14]
        linear = Program.from_sympy(x**2 + 3 * y, sp.log(y))
        assert hessian(linear, "x", "y").balls({"x": 1, "y": 1}) == [2, 0, 0, 0, 0, 0, 0, -1]


class TestSize:
    def test_a_long_chain_is_quick_and_linear(self):
        b = Builder()
        x, y = b.input("x"), b.input("y")
        value = x
        for _ in range(1250):
            value = b.op("sin", b.op("add", b.op("mul", value, y), b.op("tanh", value)))
        program = b.build(value)
        derivative = program.gradient()
        assert len(derivative.instructions) < 5 * len(program.instructions)
        point = {"x": F(1, 3), "y": F(1, 2)}
        assert mpmath.isfinite(derivative.mpmath(point, 10)[0])

    def test_nothing_is_multiplied_by_one_or_added_to_zero(self):
        program = build(lambda b, x, y: [b.op("add", b.op("sub", x, y), b.op("neg", x))])
        derivative = program.gradient("x", "y")
        assert [i.op for i in derivative.instructions] == ["const", "const"]
        assert derivative.balls({}) == [0, -1]
        product = build(lambda b, x, y: [b.op("mul", x, y)]).gradient()
        assert [i.op for i in product.instructions] == ["input", "input"]

    def test_values_come_before_the_gradient_and_share_its_work(self):
        program = Program.from_sympy(sp.exp(x * y), x + y)
        both = value_and_gradient(program, "y")
        assert both.balls({"x": 0, "y": 3}) == [1, 3, 0, 1]
        assert [i.op for i in both.instructions].count("exp") == 1


class TestDoors:
    def test_an_unknown_name(self):
        program = build(lambda b, x, y: [b.op("mul", x, y)], "sigma", "mu")
        with pytest.raises(UnknownInput, match=r"no input 'sigm' \(did you mean 'sigma'\?\)"):
            program.gradient("sigm")
        with pytest.raises(UnknownInput, match="its inputs are 'sigma', 'mu'"):
            gradient(program, "nothing alike")
        with pytest.raises(UnknownInput, match="reads no input"):
            build(lambda b, x: [b.const(3)], "x").gradient()

    def test_a_truth_value_has_no_derivative(self):
        with pytest.raises(NoDerivative, match=r"output 0 is a truth value \(lt\)"):
            build(lambda b, x, y: [b.op("lt", x, y)]).gradient()

    def test_every_operation_is_differentiated_or_refused_by_name(self):
        known = {*PARTIALS, "select", *COMPARISONS, *LOGIC, "pi", "euler_gamma"}
        assert known == set(OPS)
        assert set(BINDERS) == {"sum", "prod", "integral"}
        assert set(MATRIX_OPS) == {"det", "inverse", "trace_sqrt", "eigenvalue"}

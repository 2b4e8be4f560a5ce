"""SymPy expressions lowered to programs keep their values and their divisions."""

from fractions import Fraction

import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy.abc import x, y

from numeric.balls import Undefined, Unresolved, to_ball
from numeric.domain import POSITIVE
from numeric.from_sympy import UnsupportedExpression, lower
from numeric.program import Program
from numeric.strategies import rationals

F = Fraction


def value(expr, **values):
    return Program.from_sympy(expr).balls(values, 128)[0]


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (x + y, F(5, 6)),
        (x - y, F(1, 6)),
        (-x - y, F(-5, 6)),
        (-3 * x - y / 2 - x * y, F(-11, 6)),
        (x * y, F(1, 6)),
        (x / y, F(3, 2)),
        (-x / (3 * y), F(-1, 2)),
        (1 / (x * y), 6),
        (x**-2, 4),
        (x ** sp.Integer(3), F(1, 8)),
        (1 / sp.sqrt(x + F(7, 4)), F(2, 3)),
        (sp.Rational(3, 4) * x, F(3, 8)),
        (sp.Abs(y - x), F(1, 6)),
        (sp.sign(y - x), -1),
        (sp.floor(5 * x), 2),
        (sp.ceiling(5 * x), 3),
        (sp.Max(x, y, 7 * x), F(7, 2)),
        (sp.Min(x, y, 7 * x), F(1, 3)),
        (sp.Integer(7), 7),
        (7, 7),
        (F(2, 3), F(2, 3)),
        (sp.exp(x - F(1, 2)), 1),
        (sp.Pow(4, x, evaluate=False), 2),
        (sp.Mul(0, x, evaluate=False), 0),
        (sp.Mul(-1, -1, x, evaluate=False), F(1, 2)),
        (sp.Pow(x, 1, evaluate=False), F(1, 2)),
    ],
)
def test_rational_values_stay_exact(expr, expected):
    result = value(expr, x=F(1, 2), y=F(1, 3))
    assert (result.p, result.q) == (expected.numerator, expected.denominator)


FUNCTIONS = [
    *(sp.exp, sp.log, sp.sqrt, sp.sin, sp.cos, sp.tan, sp.asin, sp.acos, sp.atan),
    *(sp.sinh, sp.cosh, sp.tanh, sp.Abs, sp.sign, sp.floor, sp.ceiling),
    *(sp.erf, sp.erfc, sp.gamma, sp.loggamma, sp.digamma),
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_every_function_agrees_with_sympy(function):
    expected = function(sp.Rational(5, 7)).evalf(40)
    assert abs(to_ball(value(function(x), x=F(5, 7))) - arb(str(expected))) < 1e-35


def test_constants():
    assert value(sp.pi).contains(arb.pi().mid())
    assert abs(value(sp.E) - arb(1).exp()) < 1e-12
    unevaluated = sp.Pow(sp.E, x, evaluate=False)
    assert abs(value(unevaluated, x=2) - arb(2).exp()) < 1e-12


@st.composite
def expressions(draw, depth=3):
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from([x, y, sp.Integer(2), sp.Rational(-1, 3), sp.pi]))
    kind = draw(st.sampled_from(["add", "mul", "div", "pow", "exp", "log", "tanh"]))
    left = draw(expressions(depth=depth - 1))
    if kind in ("exp", "log", "tanh"):
        return {"exp": sp.exp, "log": sp.log, "tanh": sp.tanh}[kind](left)
    if kind == "pow":
        return left ** draw(st.sampled_from([-2, -1, 2, 3, sp.Rational(1, 2), sp.Rational(-3, 2)]))
    right = draw(expressions(depth=depth - 1))
    return {"add": left + right, "mul": left * right, "div": left / right if right else left}[kind]


@settings(max_examples=100, deadline=None)
@given(expressions(), rationals(POSITIVE), rationals(POSITIVE))
def test_values_agree_with_sympy(expr, at_x, at_y):
    try:
        program = Program.from_sympy(expr)
        every_step = tuple(range(len(program.instructions)))
        steps = Program(program.instructions, program.inputs, every_step).balls(
            {"x": at_x, "y": at_y}, 128
        )
    except (Undefined, Unresolved, UnsupportedExpression):
        return
    if not all(abs(to_ball(step)) < 1e6 for step in steps):
        return
    ball = to_ball(steps[program.outputs[0]])
    point = {x: sp.Rational(at_x), y: sp.Rational(at_y)}
    expected = expr.evalf(30, subs=point)
    if ball.contains(0):
        assert abs(arb(str(expected))) < 1e-15 + ball.rad(), (expr, point)
        return
    if not expected.is_Float or not 1e-200 < abs(expected) < 1e200:
        return
    decimal = arb(str(expected))
    assert abs(ball.mid() - decimal) < ball.rad() + abs(decimal) * 1e-20, (expr, point)


def test_a_product_with_an_inverse_is_one_division():
    ops = [i.op for i in lower(x * y**-1 / sp.sqrt(x)).instructions]
    assert ops.count("div") <= 1
    assert "pow" not in [i.op for i in lower(x / y).instructions]
    assert [i.op for i in lower(x - y).instructions] == ["input", "input", "sub"]


def test_what_expressions_share_is_lowered_once():
    program = lower(sp.exp(x) + 1, sp.exp(x) * y)
    assert [i.op for i in program.instructions].count("exp") == 1
    assert len(program.outputs) == 2


def test_an_unevaluated_quotient_keeps_its_division():
    quotient = sp.Mul(x, sp.Pow(x, -1), evaluate=False)
    assert value(quotient, x=3) == 1
    with pytest.raises(Undefined, match="division by zero"):
        value(quotient, x=0)
    with pytest.raises(Undefined, match="division by zero"):
        value(sp.Add(y, sp.Mul(-1, x, sp.Pow(x, -1), evaluate=False), evaluate=False), x=0, y=1)


def test_a_real_root_of_a_negative_number_is_undefined():
    with pytest.raises(Undefined, match="-8 to the power 1/3"):
        value(sp.Pow(x, sp.Rational(1, 3)), x=-8)


def test_a_deep_expression_does_not_exhaust_the_stack():
    expr = x
    for _ in range(3000):
        expr = sp.sin(expr, evaluate=False)
    assert len(lower(expr).instructions) == 3001


@pytest.mark.parametrize(
    ("expr", "node", "reason"),
    [
        (0.5 * x, "Float", "no float is exact"),
        (sp.Float("0.1"), "Float", "no float is exact"),
        (sp.Piecewise((x, x > 0), (0, True)), "Piecewise", "no numeric form"),
        (sp.Integral(sp.exp(x), (x, 0, 1)), "Integral", "no numeric form"),
        (sp.Function("f")(x), "f", "no numeric form"),
        (x + sp.I, "ImaginaryUnit", "no numeric form"),
        (sp.oo, "Infinity", "no numeric form"),
        (sp.zoo, "ComplexInfinity", "no numeric form"),
        (sp.nan, "NaN", "no numeric form"),
        (sp.polygamma(1, x), "polygamma", "no numeric form"),
        (sp.true, "BooleanTrue", "no numeric form"),
        (sp.Eq(x, y), "Equality", "no numeric form"),
        (sp.MatrixSymbol("A", 2, 2)[0, 0], "MatrixElement", "no numeric form"),
        ("x + 1", "str", "not a SymPy expression"),
        (0.5, "float", "not a SymPy expression"),
        (True, "bool", "not a SymPy expression"),
        (sp.Symbol("A", commutative=False), "Symbol A", "does not commute"),
        (x + sp.Symbol("x", positive=True), "Symbol x", "two different symbols"),
        (x + sp.Dummy("x"), "Symbol x", "two different symbols"),
    ],
)
def test_other_nodes_are_refused_by_name(expr, node, reason):
    with pytest.raises(UnsupportedExpression, match=reason) as caught:
        lower(expr)
    assert node in str(caught.value)
    assert caught.value.node.startswith(node)
